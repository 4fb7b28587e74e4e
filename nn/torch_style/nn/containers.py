"""Modules made of others: `Sequential`, `ModuleList`, `ModuleDict`; parameters in lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, KeysView, Mapping
from typing import Any, Self

from autograd.errors import OptionError
from nn import containers
from nn.module import Module as PlainModule
from nn.torch_style.nn.face import show_as
from nn.torch_style.nn.module import Module, shown_item
from nn.torch_style.nn.parameter import Parameter
from nn.torch_style.tensor import Tensor


class Sequential(Module, containers.Sequential):
    """Modules applied one after the other.

    Parameters
    ----------
    *modules : Module
        The modules; or one dict of them.

    Examples
    --------
    >>> from nn.torch_style import nn
    >>> nn.Sequential(nn.Linear(4, 8), nn.ReLU())
    Sequential(
      (0): Linear(in_features=4, out_features=8, bias=True)
      (1): ReLU()
    )
    """

    def __init__(self, *modules: Any) -> None:
        containers.Sequential.__init__(self, *modules)

    def __setattr__(self, name: str, item: Any) -> None:
        super().__setattr__(name, item)
        has_names = "_names" in vars(self) or not name.isdigit()
        if isinstance(item, PlainModule) and has_names and name not in self._all_names():
            self._names = (*self._all_names(), name)  # every module is applied

    def __delattr__(self, name: str) -> None:
        super().__delattr__(name)
        if name in vars(self).get("_names", ()):
            self._names = tuple(other for other in self._names if other != name)

    def _all_names(self) -> tuple[str, ...]:
        digits = tuple(name for name in vars(self) if name.isdigit())
        names: tuple[str, ...] = vars(self).get("_names", digits)
        return names

    def _items(self) -> list[Any]:
        return [shown_item(module) for module in super()._items()]

    def __getitem__(self, index: Any) -> Any:
        if not isinstance(index, slice):
            return super().__getitem__(index)
        return Sequential(dict(zip(self._all_names()[index], self._items()[index], strict=True)))

    def __setitem__(self, index: Any, module: Any) -> None:
        if "_names" in vars(self):
            setattr(self, self._all_names()[index], module)
        else:
            super().__setitem__(index, module)

    def __delitem__(self, index: Any) -> None:
        items, names = self._items(), vars(self).get("_names")
        del items[index]
        if names is not None:  # the others are numbered, as in PyTorch
            for name in names:
                super().__delattr__(name)
            del self._names
        self._assign(items)

    def append(self, module: Any) -> Self:
        """Add a module at the end; return this object."""
        if "_names" not in vars(self):
            return super().append(module)
        self.add_module(str(len(self)), module)
        return self

    def extend(self, sequential: Iterable[Any]) -> Self:  # type: ignore[override]
        """Add several modules at the end; return this object."""
        for module in list(sequential):
            self.append(module)
        return self

    def __iadd__(self, other: Iterable[Any]) -> Self:
        return self.extend(other)

    def __add__(self, other: Iterable[Any]) -> Sequential:
        return Sequential(*self, *other)

    def __mul__(self, count: int) -> Sequential:
        _check_count(count)
        return Sequential(*self._items() * count)  # the same modules again, as in PyTorch

    __rmul__ = __mul__

    def __imul__(self, count: int) -> Self:
        _check_count(count)
        return self.extend(self._items() * (count - 1))

    def pop(self, key: int) -> Any:
        """Remove a module by its index, and return it."""
        found = self[key]
        del self[key]
        return found


class ModuleList(Module, containers.ModuleList):
    """A list of modules."""

    groups_equal = True  # in its text

    def __init__(self, modules: Iterable[Any] | None = None) -> None:
        containers.ModuleList.__init__(self, modules or ())

    def _items(self) -> list[Any]:
        return [shown_item(module) for module in super()._items()]

    @classmethod
    def _of(cls, modules: list[Any]) -> ModuleList:
        return ModuleList(modules)

    def pop(self, key: int) -> Any:
        """Remove a module by its index, and return it."""
        found = self[key]
        del self[key]
        return found

    def __iadd__(self, modules: Iterable[Any]) -> ModuleList:
        return self.extend(modules)

    def __add__(self, other: Iterable[Any]) -> ModuleList:
        return ModuleList([*self, *other])


class ModuleDict(Module, containers.ModuleDict):
    """A dict of modules."""

    def __init__(self, modules: Mapping[str, Any] | None = None) -> None:
        containers.ModuleDict.__init__(self, modules)

    def __setattr__(self, name: str, item: Any) -> None:
        super().__setattr__(name, item)
        names = vars(self).get("_names", ())
        if isinstance(item, PlainModule) and name not in names:
            self._names = (*names, name)  # every module is an item

    def __delattr__(self, name: str) -> None:
        super().__delattr__(name)
        self._names = tuple(other for other in self._names if other != name)

    def __getitem__(self, name: str) -> Any:
        return shown_item(super().__getitem__(name))

    def keys(self) -> KeysView[str]:  # type: ignore[override]
        """Return the names."""
        return dict.fromkeys(super().keys()).keys()

    def clear(self) -> None:
        """Remove all modules."""
        for name in list(self):
            del self[name]

    def pop(self, key: str) -> Any:
        """Remove a module by its name, and return it."""
        found = self[key]
        del self[key]
        return found


class Identity(Module):
    """Returns its input. It takes any arguments, and ignores them."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__()

    def forward(self, x: Any) -> Any:
        """Return x."""
        return x


show_as(containers.Sequential, Sequential)
show_as(containers.ModuleList, ModuleList)
show_as(containers.ModuleDict, ModuleDict)


class ParameterList(Module):
    """A list of parameters.

    Parameters
    ----------
    values : iterable of tensor
        Parameters; other tensors become parameters.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> [p.numel() for p in torch.nn.ParameterList([torch.zeros(2), torch.ones(3)]).parameters()]
    [2, 3]
    """

    def __init__(self, values: Iterable[Any] | None = None) -> None:
        super().__init__()
        self._count = 0
        self.extend(values or ())

    def append(self, value: Any) -> ParameterList:
        """Add a parameter at the end; return the list."""
        setattr(self, str(self._count), _parameter(value))
        self._count += 1
        return self

    def extend(self, values: Iterable[Any]) -> ParameterList:
        """Add several parameters at the end; return the list."""
        for value in values:
            self.append(value)
        return self

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return ParameterList([self[i] for i in range(*index.indices(len(self)))])
        return getattr(self, str(range(len(self))[index]))

    def __setitem__(self, index: int, value: Any) -> None:
        setattr(self, str(range(len(self))[index]), _parameter(value))

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    def __iadd__(self, values: Iterable[Any]) -> ParameterList:
        return self.extend(values)

    def extra_repr(self) -> str:
        """Return the types and sizes of the parameters, a line for each."""
        return "\n".join(_line(i, item, "dtype") for i, item in enumerate(self))


class ParameterDict(Module):
    """A dict of parameters.

    Parameters
    ----------
    parameters : mapping of str to tensor
        Parameters; other tensors become parameters.
    """

    def __init__(self, parameters: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        self._names: tuple[str, ...] = ()
        self.update(parameters or {})

    def update(self, parameters: Mapping[str, Any]) -> None:
        """Add parameters, or replace those of the same names."""
        for name, value in dict(parameters).items():
            self[name] = value

    def __getitem__(self, name: str) -> Any:
        if name not in self._names:
            raise KeyError(name)
        return getattr(self, name)

    def __setitem__(self, name: str, value: Any) -> None:
        if name not in self._names:
            self._names = (*self._names, name)
        setattr(self, name, _parameter(value))

    def __len__(self) -> int:
        return len(self._names)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def keys(self) -> KeysView[str]:
        """Return the names."""
        return dict.fromkeys(self._names).keys()

    def values(self) -> list[Any]:
        """Return the parameters."""
        return [self[name] for name in self._names]

    def get(self, name: str, default: Any = None) -> Any:
        """Return a parameter by its name, or a default."""
        return self[name] if name in self._names else default

    def __delitem__(self, name: str) -> None:
        self.pop(name)

    def clear(self) -> None:
        """Remove all parameters."""
        for name in self._names:
            self.pop(name)

    def setdefault(self, key: str, default: Any = None) -> Any:
        """Return a parameter by its name; make it first if there is none."""
        if key not in self._names:
            self[key] = default
        return self[key]

    def popitem(self) -> tuple[str, Any]:
        """Remove the last parameter, and return its name and itself."""
        name = self._names[-1]
        return name, self.pop(name)

    def copy(self) -> ParameterDict:
        """Return another dict of the same parameters."""
        return ParameterDict(dict(self.items()))

    def pop(self, name: str) -> Any:
        """Remove a parameter by its name, and return it."""
        found = self[name]
        delattr(self, name)
        self._names = tuple(other for other in self._names if other != name)
        return found

    def items(self) -> list[tuple[str, Any]]:
        """Return the names and the parameters."""
        return [(name, self[name]) for name in self._names]

    def extra_repr(self) -> str:
        """Return the types and sizes of the parameters, a line for each."""
        return "\n".join(_line(name, item, "type") for name, item in self.items())


def _check_count(count: int) -> None:
    if count < 1:
        raise OptionError(f"A Sequential times {count!r} would be empty; write 1 or more.")


def _parameter(value: Any) -> Any:
    """Return a tensor as a parameter, and anything else as it is."""
    is_tensor = isinstance(value, Tensor) and not isinstance(value, Parameter)
    return Parameter(value) if is_tensor else value


def _line(key: Any, item: Any, kind: str) -> str:
    """Return what is shown of an item: of a parameter its type and size."""
    if not isinstance(item, Parameter):
        return f"  ({key}): Object of type: {type(item).__name__}"
    name = item.dtype if kind == "dtype" else item.type()
    return f"  ({key}): Parameter containing: [{name} of size {'x'.join(map(str, item.shape))}]"
