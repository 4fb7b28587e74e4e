"""Modules made of others: `Sequential`, `Residual`, `ModuleList`, `ModuleDict`; and `Identity`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Self

from autograd.errors import DataError, OptionError, ShapeError
from nn.arrays import shape_of
from nn.function_module import OneInput
from nn.module import Module


class Modules(Module):
    """The base class of modules that are lists of others, in attributes named 0, 1 and so on."""

    #: Whether None may stand where there is no module.
    may_be_none = False

    def _items(self) -> list[Any]:
        return [module for name, module in vars(self).items() if name.isdigit()]

    def _assign(self, modules: Iterable[Any]) -> None:
        """Make these the modules of the list."""
        modules = list(modules)
        for module in modules:
            if not callable(module) and not (module is None and self.may_be_none):
                raise DataError(
                    f"{type(self).__name__} takes modules and functions, not {module!r}."
                )
        for name in [name for name in vars(self) if name.isdigit()]:
            delattr(self, name)
        for i, module in enumerate(modules):
            setattr(self, str(i), module)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items())

    def __len__(self) -> int:
        return len(self._items())

    def __getitem__(self, index: Any) -> Any:
        """Return a module by its index, or for a slice an object of this class."""
        found = self._items()[index]
        return type(self)._of(found) if isinstance(index, slice) else found

    def __setitem__(self, index: Any, module: Any) -> None:
        items = self._items()
        items[index] = module
        self._assign(items)

    def __delitem__(self, index: Any) -> None:
        items = self._items()
        del items[index]
        self._assign(items)

    @classmethod
    def _of(cls, modules: list[Any]) -> Any:
        return cls(*modules)

    def append(self, module: Any) -> Self:
        """Add a module at the end; return this object.

        Parameters
        ----------
        module : callable
            A module or a function.
        """
        self._assign([*self, module])
        return self

    def extend(self, modules: Iterable[Any]) -> Self:
        """Add several modules at the end; return this object.

        Parameters
        ----------
        modules : iterable of callable
            Modules or functions.
        """
        self._assign([*self, *modules])
        return self

    def insert(self, index: int, module: Any) -> Self:
        """Add a module before another one; return this object.

        Parameters
        ----------
        index : int
            The index of the new module.
        module : callable
            A module or a function.
        """
        items = self._items()
        items.insert(index, module)
        self._assign(items)
        return self


class Sequential(Modules):
    """Modules applied one after the other.

    Parameters
    ----------
    *modules : callable
        Modules, or any functions of one argument, such as `numpy.tanh`; or one dict of them, whose
        keys are the names.

    Raises
    ------
    DataError
        If one of them cannot be called.

    Examples
    --------
    >>> import nn
    >>> import numpy as np
    >>> model = nn.Sequential(nn.Linear(4, 8), np.tanh, nn.Linear(8, 2))
    >>> model
    Sequential: 58 parameters
      0: Linear(in_features=4, out_features=8): 40 parameters
      2: Linear(in_features=8, out_features=2): 18 parameters
    >>> model[0].weight.shape
    (8, 4)
    """

    def __init__(self, *modules: Callable[[Any], Any] | Mapping[str, Callable[[Any], Any]]) -> None:
        if len(modules) == 1 and isinstance(modules[0], Mapping):
            named = dict(modules[0])
            self._names: tuple[str, ...] = tuple(map(str, named))
            for name, module in named.items():
                _check_name(self, name)
                setattr(self, name, module)
        else:
            self._assign(modules)

    def _items(self) -> list[Any]:
        names = vars(self).get("_names")
        return super()._items() if names is None else [getattr(self, name) for name in names]

    def _assign(self, modules: Iterable[Any]) -> None:
        if "_names" in vars(self):
            raise OptionError(
                "The modules of this Sequential have names: write model.name = module, or make a "
                "new one of list(model)."
            )
        super()._assign(modules)

    @classmethod
    def _of(cls, modules: list[Any]) -> Sequential:
        return Sequential(*modules)

    def forward(self, x: Any) -> Any:
        """Apply the modules in turn.

        Parameters
        ----------
        x : array_like
            The input of the first module.
        """
        for module in self:
            x = module(x)
        return x


class ModuleList(Modules):
    """A list of modules. A plain list in an attribute of a module does the same.

    Parameters
    ----------
    modules : iterable of callable
        Modules or functions, or None where there is none.

    Raises
    ------
    DataError
        If one of them cannot be called.

    Examples
    --------
    >>> import nn
    >>> layers = nn.ModuleList(nn.Linear(2, 2) for _ in range(3))
    >>> [name for name, _ in layers.named_parameters()][:2]
    ['0.weight', '0.bias']
    >>> len(layers.append(nn.Tanh()))
    4
    """

    may_be_none = True

    def __init__(self, modules: Iterable[Any] = ()) -> None:
        self._assign(modules)

    @classmethod
    def _of(cls, modules: list[Any]) -> ModuleList:
        return ModuleList(modules)

    def forward(self, *inputs: Any) -> Any:
        """Raise: the modules of a list are called one by one.

        Parameters
        ----------
        *inputs : array_like
            The inputs.
        """
        raise OptionError("A ModuleList cannot be called: write for module in modules, or [i].")


class ModuleDict(Module):
    """A dict of modules. A plain dict in an attribute of a module does the same.

    Parameters
    ----------
    modules : mapping of str to callable, optional
        Modules or functions by name.

    Raises
    ------
    OptionError
        If a name cannot be the name of an attribute.

    Examples
    --------
    >>> import nn
    >>> heads = nn.ModuleDict({"sign": nn.Linear(2, 1), "class": nn.Linear(2, 3)})
    >>> heads["class"].out_features
    3
    >>> list(heads)
    ['sign', 'class']
    """

    def __init__(self, modules: Mapping[str, Any] | None = None) -> None:
        self._names: tuple[str, ...] = ()
        self.update(modules or {})

    def __getitem__(self, name: str) -> Any:
        if name not in self._names:
            raise KeyError(name)
        return vars(self)[name]

    def __setitem__(self, name: str, module: Any) -> None:
        if name not in self._names:
            _check_name(self, name)
            self._names = (*self._names, name)
        setattr(self, name, module)

    def add_module(self, name: str, module: Module | None) -> None:
        """Add a module, or replace the one of that name.

        Parameters
        ----------
        name : str
            The name.
        module : Module or None
            The module.
        """
        super().add_module(name, module)
        if name not in self._names:
            self._names = (*self._names, name)

    register_module = add_module

    def __delitem__(self, name: str) -> None:
        self[name]  # or raise
        self._names = tuple(n for n in self._names if n != name)
        delattr(self, name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def keys(self) -> list[str]:
        """Return the names."""
        return list(self._names)

    def values(self) -> list[Any]:
        """Return the modules."""
        return [self[name] for name in self._names]

    def items(self) -> list[tuple[str, Any]]:
        """Return the names and the modules."""
        return [(name, self[name]) for name in self._names]

    def update(self, modules: Mapping[str, Any]) -> None:
        """Add modules, or replace those of the same names.

        Parameters
        ----------
        modules : mapping of str to callable
            Modules or functions by name.
        """
        for name, module in dict(modules).items():
            self[name] = module

    def forward(self, *inputs: Any) -> Any:
        """Raise: the modules of a dict are called one by one.

        Parameters
        ----------
        *inputs : array_like
            The inputs.
        """
        raise OptionError("A ModuleDict cannot be called: write modules[name](x).")


class Identity(OneInput):
    """Returns its input. It takes any arguments, and ignores them.

    Parameters
    ----------
    *arguments, **options
        Anything.

    Examples
    --------
    >>> import nn
    >>> nn.Identity()(3.0)
    3.0
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        del arguments, options

    def forward(self, x: Any) -> Any:
        """Return x.

        Parameters
        ----------
        x : any
            The input.
        """
        return x


def _check_name(owner: Module, name: str) -> None:
    """Raise if an attribute of this name would replace another one, or hide a method."""
    if not isinstance(name, str) or not name or "." in name or hasattr(owner, name):
        raise OptionError(
            f"A module of a {type(owner).__name__} cannot be named {name!r}: the name must be a "
            "string without dots, and not that of an attribute of the class."
        )


class Residual(Sequential):
    """Modules applied one after the other, with a shortcut around them: x + f(x).

    Source: He et al., "Deep residual learning for image recognition", 2016.

    Parameters
    ----------
    *modules : callable
        Modules or functions, as for `Sequential`. Together they must keep the shape.

    Examples
    --------
    >>> import nn
    >>> import numpy as np
    >>> block = nn.Residual(nn.LayerNorm(8), nn.Linear(8, 8), nn.ReLU())
    >>> block(np.ones((5, 8))).shape
    (5, 8)
    """

    def forward(self, x: Any) -> Any:
        """Return x + f(x).

        Parameters
        ----------
        x : array_like
            The input, of the same shape as the output.

        Raises
        ------
        ShapeError
            If the modules change the shape.
        """
        y = super().forward(x)
        if shape_of(y) != shape_of(x):
            raise ShapeError(
                f"A residual block adds its input, of shape {shape_of(x)}, to its output, of "
                f"shape {shape_of(y)}; the shapes must be equal."
            )
        return x + y
