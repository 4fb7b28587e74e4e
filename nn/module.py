"""`Module`, what networks are made of, and `Parameter`, what training changes in them."""

from __future__ import annotations

import inspect
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Self, TypeVar

import numpy as np

from autograd import Tensor, Value, scope
from autograd.errors import DataError, ShapeError, WeightsError

Item = TypeVar("Item")


class Parameter(Tensor):
    """A Tensor that training is to change: what `Module.parameters` finds.

    It copies the numbers it begins with, for optimisers write into them. Its label is by default
    the name of the attribute of a `Module` it is assigned to; ``requires_grad=False`` freezes it.
    """

    def __init__(
        self, data: Any, dtype: Any = None, label: str = "", requires_grad: bool = True
    ) -> None:
        super().__init__(np.array(data), dtype, label, requires_grad)
        self.is_parameter = True


class Module:
    """A function with parameters. Subclasses write ``forward``; calling the module calls it.

    Parameters, buffers and other modules are found wherever they are: in attributes, and in
    lists, tuples and dicts there. Their names are the paths to them, ``layers.0.weight``.

    ``training`` says whether to behave as in training: `Dropout` and the batch norms ask.

    Examples
    --------
    >>> import nn
    >>> class Network(nn.Module):
    ...     def __init__(self):
    ...         self.layers = [nn.Linear(4, 8), nn.Linear(8, 2)]
    ...
    ...     def forward(self, x):
    ...         for layer in self.layers:
    ...             x = np.tanh(layer(x))
    ...         return x
    >>> model = Network()
    >>> model(np.ones((5, 4))).shape
    (5, 2)
    >>> print(model)
    Network: 58 parameters
      layers.0: Linear(in_features=4, out_features=8): 40 parameters
      layers.1: Linear(in_features=8, out_features=2): 18 parameters
    """

    forward: Callable[..., Any]
    training: bool = True
    _buffers: tuple[str, ...] = ()  # the names of the attributes that are buffers

    def __call__(self, *inputs: Any, **options: Any) -> Any:
        """Call ``forward`` in a scope of the name that this has in the module that is running."""
        running = _RUNNING.calls
        name = running[-1].name_of(self) if running else ""
        running.append(_Call(self))
        try:
            if not name:
                return self.forward(*inputs, **options)
            with scope(name):
                return self.forward(*inputs, **options)
        finally:
            running.pop()

    def __setattr__(self, name: str, item: Any) -> None:
        if isinstance(item, Parameter) and not item.label:
            item.label = name
        super().__setattr__(name, item)

    # -- what is in it ----------------------------------------------------------------------

    def named_modules(self) -> list[tuple[str, Module]]:
        """List this module, under the empty name, and all modules in it; each one once."""
        return _once(self._walk("", ()))

    def modules(self) -> list[Module]:
        """List this module and all modules in it, each one once."""
        return [module for _, module in self.named_modules()]

    def named_parameters(self) -> list[tuple[str, Parameter]]:
        """List the parameters with their names, a shared one once, under its first name."""
        return _once(self._leaves(Module._own_parameters))

    def parameters(self) -> list[Parameter]:
        """List the parameters, a shared one once."""
        return [parameter for _, parameter in self.named_parameters()]

    def named_buffers(self) -> list[tuple[str, Any]]:
        """List the buffers with their names."""
        return _once(self._leaves(Module._own_buffers))

    def buffers(self) -> list[Any]:
        """List the buffers: arrays that belong to the state, but that no derivative flows to."""
        return [buffer for _, buffer in self.named_buffers()]

    def register_buffer(self, name: str, array: Any) -> None:
        """Make of an array an attribute that is saved and loaded with the parameters."""
        if name not in self._buffers:
            self._buffers = (*self._buffers, name)
        setattr(self, name, np.array(array))

    def num_parameters(self) -> int:
        """Count the numbers in the parameters, those of a shared one once."""
        return sum(parameter.size for parameter in self.parameters())

    def _walk(self, prefix: str, above: tuple[Module, ...]) -> Iterator[tuple[str, Module]]:
        """Yield this module and those in it, shared ones under every name."""
        yield prefix, self
        for name, module in _found(vars(self), Module):
            if module is not self and module not in above:  # it might refer to what it is part of
                yield from module._walk(_joined(prefix, name), (*above, self))

    def _leaves(
        self, own: Callable[[Module], Iterator[tuple[str, Item]]]
    ) -> Iterator[tuple[str, Item]]:
        for prefix, module in self._walk("", ()):
            for name, leaf in own(module):
                yield _joined(prefix, name), leaf

    def _own_parameters(self) -> Iterator[tuple[str, Parameter]]:
        return _found(vars(self), Parameter)

    def _own_buffers(self) -> Iterator[tuple[str, Any]]:
        return ((name, getattr(self, name)) for name in self._buffers)

    # -- modes ------------------------------------------------------------------------------

    def train(self, mode: bool = True) -> Self:
        """Behave as in training, here and in all modules in it; return the module."""
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        """Behave as in use: no dropout, batch norms by their running statistics."""
        return self.train(False)

    def zero_grad(self) -> None:
        """Forget the derivatives of all parameters."""
        for parameter in self.parameters():
            parameter.grad = None

    def requires_grad_(self, wanted: bool = True) -> Self:
        """Let derivatives flow to the parameters, or with False freeze them; return the module."""
        for parameter in self.parameters():
            parameter.requires_grad = wanted
        return self

    def astype(self, dtype: Any) -> Self:
        """Convert parameters and floating-point buffers in place; return the module.

        Do so before an optimiser is made for them. A `DataError` says if `dtype` is not a real or
        complex floating-point type.
        """
        dtype = np.dtype(dtype)
        if dtype.kind not in "fc":
            raise DataError(f"Parameters are floating-point numbers, which {dtype} are not.")
        for parameter in self.parameters():
            parameter.grad = None
            parameter.data = parameter.data.astype(dtype)
        for module in self.modules():
            for name, buffer in module._own_buffers():
                if buffer.dtype.kind in "fc":
                    setattr(module, name, buffer.astype(dtype))
        return self

    # -- state ------------------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """Return copies of all parameters and buffers by name, as PyTorch names them.

        What is shared is there under each of its names.
        """
        return {name: array.copy() for name, array in self._state().items()}

    def load_state_dict(self, state: Mapping[str, Any], strict: bool = True) -> None:
        """Write arrays into the parameters and buffers of the same names, keeping their types.

        If `strict`, each name on one side must exist on the other; shapes must agree in any case.

        Raises
        ------
        WeightsError
            If names or shapes differ, or what is given are not numbers. The module is unchanged.
        """
        own = self._state()
        given = {name: np.asarray(array) for name, array in state.items()}
        pairs = [(name, given[name], array) for name, array in own.items() if name in given]
        complaints = [
            f"{name}: shape {new.shape}, wanted {old.shape}"
            for name, new, old in pairs
            if new.shape != old.shape
        ] + [
            f"{name}: {new.dtype} numbers, wanted {old.dtype}"
            for name, new, old in pairs
            if not np.can_cast(new.dtype, old.dtype, "same_kind")
        ]
        if strict:
            complaints += [f"{name}: missing" for name in own if name not in given]
            complaints += [f"{name}: unexpected" for name in given if name not in own]
        if complaints:
            raise WeightsError(
                f"This state does not fit the {type(self).__name__}, which is unchanged:\n  "
                + "\n  ".join(complaints)
                + ("\nstrict=False passes over names that one side lacks." if strict else "")
            )
        for _, new, old in pairs:
            np.copyto(old, new, casting="same_kind")
        for parameter in self.parameters():
            parameter.data = parameter.data  # so that the engine knows of the change

    def _state(self) -> dict[str, Any]:
        """Return the arrays in all parameters and buffers by name."""
        found: dict[str, Any] = {}
        for prefix, module in self._walk("", ()):
            own = [(name, parameter.data) for name, parameter in module._own_parameters()]
            for name, array in [*own, *module._own_buffers()]:
                path = _joined(prefix, name)
                if path in found:
                    raise WeightsError(f"Two arrays are named {path}: give one another name.")
                found[path] = array
        return found

    # -- how it looks -----------------------------------------------------------------------

    def __repr__(self) -> str:
        return "\n".join(self._lines(()))

    def _lines(self, above: tuple[Module, ...]) -> Iterator[str]:
        """Yield what this is and how many parameters it has, then the same of what is in it."""
        settings = ", ".join(
            f"{name}={setting!r}"
            for name, setting in vars(self).items()
            if isinstance(setting, (int, float, str)) or _is_numbers(setting)
            if not name.startswith("_") and name != "training"
        )
        count = self.num_parameters()
        yield (
            type(self).__name__
            + (f"({settings})" if settings else "")
            + (f": {count:,} parameter{'s' if count != 1 else ''}" if count else "")
        )
        for name, module in _found(vars(self), Module):
            if module is not self and module not in above:
                head, *rest = module._lines((*above, self))
                yield f"  {name}: {head}"
                yield from (f"  {line}" for line in rest)


class Sequential(Module):
    """Modules one after the other, or any functions of one node, such as `numpy.tanh`.

    Examples
    --------
    >>> import nn
    >>> model = nn.Sequential(nn.Linear(4, 8), np.tanh, nn.Linear(8, 2))
    >>> model
    Sequential: 58 parameters
      0: Linear(in_features=4, out_features=8): 40 parameters
      2: Linear(in_features=8, out_features=2): 18 parameters
    >>> model[0].weight.shape
    (8, 4)
    """

    def __init__(self, *modules: Callable[[Any], Any]) -> None:
        for i, module in enumerate(modules):
            if not callable(module):
                raise DataError(f"Modules and functions can follow each other, not {module!r}.")
            setattr(self, str(i), module)

    def __iter__(self) -> Iterator[Any]:
        return (module for name, module in vars(self).items() if name.isdigit())

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __getitem__(self, index: Any) -> Any:
        """Return a module by its number, or for a slice a `Sequential` of the same modules."""
        found = list(self)[index]
        return Sequential(*found) if isinstance(index, slice) else found

    def forward(self, x: Any) -> Any:
        """Apply the modules in turn."""
        for module in self:
            x = module(x)
        return x


class Residual(Sequential):
    """Modules one after the other, and the input added to what comes out: x + f(x).

    Source: He et al., "Deep residual learning for image recognition", 2016.

    As in ``Residual(LayerNorm(8), Linear(8, 8), ReLU())``: what comes out must have the shape of x.
    """

    def forward(self, x: Any) -> Any:
        """Return x + f(x)."""
        y = super().forward(x)
        if shape_of(y) != shape_of(x):
            raise ShapeError(
                f"A residual block adds its input, of shape {shape_of(x)}, to its output, of "
                f"shape {shape_of(y)}: they must be the same."
            )
        return x + y


def plain(x: Any) -> Any:
    """Return the numbers of a node, such as a derivative; anything else as it is."""
    return x.data if isinstance(x, (Tensor, Value)) else x


def shape_of(x: Any) -> Any:
    """Return the shape of anything like an array; for a node, `numpy.shape` takes a long way."""
    return x.shape if hasattr(x, "shape") else np.shape(x)


def module_of(name: str, function: Callable[..., Any], inputs: int = 1) -> type[Module]:
    """Make a class of modules out of a function: the arguments beyond its inputs are settings.

    Examples
    --------
    >>> Scale = module_of("Scale", lambda x, factor=2.0: factor * x)
    >>> Scale(3.0)
    Scale(factor=3.0)
    >>> Scale(3.0)(1.0)
    3.0
    """
    known = inspect.signature(function).parameters if inspect.isfunction(function) else {}
    parameters = list(known.values())[inputs:]
    signature = inspect.Signature(parameters)

    def initialise(self: Module, *arguments: Any, **settings: Any) -> None:
        bound = signature.bind(*arguments, **settings)
        bound.apply_defaults()
        vars(self).update(bound.arguments)

    def forward(self: Module, *given: Any) -> Any:
        """Call the function with the inputs and the settings of this module."""
        return function(*given, **{name: vars(self)[name] for name in signature.parameters})

    members = {
        "__init__": initialise,
        "__signature__": signature,
        "__doc__": function.__doc__ if parameters else f"`{function.__name__}` as a module.",
        "__module__": sys._getframe(1).f_globals["__name__"],
        "forward": forward,
    }
    return type(name, (Module,), members)


class _Call:
    """A call of a module that is under way, and what the modules in it are called."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.names: dict[int, str] | None = None

    def name_of(self, module: Module) -> str:
        """Return the path from the running module to another, empty if it is not in there."""
        if self.names is None:  # looked up at most once a call: most modules call no other
            found = _found(vars(self.module), Module)
            self.names = {id(child): name for name, child in found}
        name = self.names.get(id(module))
        if name is None:  # it may stand deeper, or have been put there just now
            self.names.update((id(m), n) for n, m in self.module.named_modules())
            name = self.names.setdefault(id(module), "")
        return name


class _Running(threading.local):
    def __init__(self) -> None:  # runs in each thread
        self.calls: list[_Call] = []


_RUNNING = _Running()


def _found(container: Any, kind: type[Item]) -> Iterator[tuple[str, Item]]:
    """Yield what is of a kind in a container and in the lists, tuples and dicts in it."""
    for key, item in container.items() if isinstance(container, dict) else enumerate(container):
        if isinstance(item, kind):
            yield str(key), item
        elif isinstance(item, (list, tuple, dict)):
            for name, inner in _found(item, kind):
                yield f"{key}.{name}", inner


def _is_numbers(setting: Any) -> bool:
    return isinstance(setting, tuple) and all(isinstance(part, (int, float)) for part in setting)


def _joined(prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if prefix else name


def _once(pairs: Iterator[tuple[str, Item]]) -> list[tuple[str, Item]]:
    """List pairs without those whose second part has been there before."""
    found: dict[int, tuple[str, Item]] = {}
    for name, item in pairs:
        found.setdefault(id(item), (name, item))
    return list(found.values())
