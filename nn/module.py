"""`Module`, the base class of layers and networks, and `Parameter`, a Tensor to train."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar, overload

import numpy as np

from autograd import Tensor, Value, scope
from autograd.errors import DataError, WeightsError
from autograd.program import State, changed, created, follow
from nn.types import HasForward, P, Result

Item = TypeVar("Item")
FLOAT = np.dtype(np.float64)


class Parameter(Tensor):
    """A Tensor that training updates, found by `Module.parameters`.

    Parameters
    ----------
    data : array_like
        The initial numbers. They are copied, because optimisers write into them.
    dtype : dtype, optional
        The type to convert `data` to.
    label : str, optional
        A name for graphs and tables; by default the name of the `Module` attribute that the
        parameter is assigned to.
    requires_grad : bool
        Whether to train it; False freezes it.

    Examples
    --------
    >>> import nn
    >>> nn.Parameter(np.zeros((2, 3))).shape
    (2, 3)
    """

    def __init__(
        self, data: Any, dtype: Any = None, label: str = "", requires_grad: bool = True
    ) -> None:
        super().__init__(np.array(data), dtype, label, requires_grad)
        self.is_parameter = True


class Module:
    """A function with parameters: the base class of layers and networks.

    A subclass defines ``forward``; calling the module calls it. Parameters, buffers and other
    modules are found in the attributes of a module, and in lists, tuples and dicts there. Their
    names are paths such as ``layers.0.weight``.

    Attributes
    ----------
    training : bool
        Whether the module is in training mode, which changes what `Dropout` and the batch norms do.

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

    def __call__(self: HasForward[P, Result], *inputs: P.args, **options: P.kwargs) -> Result:
        """Call ``forward``, in a scope named as this module is in the module that calls it."""
        running = _RUNNING.calls
        name = running[-1].name_of(self) if running else ""  # type: ignore[arg-type]
        running.append(_Call(self))  # type: ignore[arg-type]
        follow(self)
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
        if vars(self).get(name, self) is not item:
            if not vars(self):
                created(self)
            changed()  # programs that contain the old setting are not right any more
        super().__setattr__(name, item)

    def __delattr__(self, name: str) -> None:
        changed()
        super().__delattr__(name)

    def __program_state__(self) -> Iterator[State]:
        """Yield the attributes of all modules in it, for programs that `autograd.jit` records."""
        for module in self.modules():
            space = vars(module)
            space.setdefault("training", module.training)
            forward = getattr(type(module), "forward", None)
            yield State(space, counted=True, functions=() if forward is None else (forward,))

    # -- contents ---------------------------------------------------------------------------

    def named_modules(self) -> list[tuple[str, Module]]:
        """Return this module, under the empty name, and all modules in it, each once."""
        return _once(self._walk("", ()))

    def modules(self) -> list[Module]:
        """Return this module and all modules in it, each once."""
        return [module for _, module in self.named_modules()]

    def named_parameters(self) -> list[tuple[str, Parameter]]:
        """Return the parameters with their names; a shared one once, under its first name."""
        return _once(self._leaves(Module._own_parameters))

    def parameters(self) -> list[Parameter]:
        """Return the parameters, a shared one once."""
        return [parameter for _, parameter in self.named_parameters()]

    def named_buffers(self) -> list[tuple[str, Any]]:
        """Return the buffers with their names."""
        return _once(self._leaves(Module._own_buffers))

    def buffers(self) -> list[Any]:
        """Return the buffers: arrays that belong to the state but are not trained."""
        return [buffer for _, buffer in self.named_buffers()]

    def register_buffer(self, name: str, array: Any) -> None:
        """Add an array that is saved and loaded with the parameters, but not trained.

        Parameters
        ----------
        name : str
            The name of the attribute to assign it to.
        array : array_like
            The initial numbers, which are copied.
        """
        if name not in self._buffers:
            self._buffers = (*self._buffers, name)
        setattr(self, name, np.array(array))

    def num_parameters(self) -> int:
        """Return how many numbers the parameters hold, counting a shared parameter once."""
        return sum(parameter.size for parameter in self.parameters())

    def _walk(self, prefix: str, above: tuple[Module, ...]) -> Iterator[tuple[str, Module]]:
        """Yield this module and those in it, shared ones under every name."""
        yield prefix, self
        for name, module in _found(vars(self), Module):
            if module is not self and module not in above:  # a module may refer to its owner
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
        """Put this module and all modules in it into training mode; return the module.

        Parameters
        ----------
        mode : bool
            False for evaluation mode.
        """
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        """Put the module into evaluation mode: no dropout, batch norms use running statistics."""
        return self.train(False)

    def zero_grad(self) -> None:
        """Reset the gradients of all parameters to None."""
        for parameter in self.parameters():
            parameter.grad = None

    def requires_grad_(self, wanted: bool = True) -> Self:
        """Set ``requires_grad`` of all parameters; return the module.

        Parameters
        ----------
        wanted : bool
            False freezes the parameters.
        """
        for parameter in self.parameters():
            parameter.requires_grad = wanted
        return self

    def astype(self, dtype: Any) -> Self:
        """Convert parameters and floating-point buffers in place; return the module.

        Call this before creating an optimiser.

        Parameters
        ----------
        dtype : dtype
            A real or complex floating-point type.

        Raises
        ------
        DataError
            If `dtype` is another type.
        """
        dtype = np.dtype(dtype)
        if dtype.kind not in "fc":
            raise DataError(f"Parameters must have a floating-point type, not {dtype}.")
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
        """Return copies of all parameters and buffers, under the names that PyTorch uses.

        A shared parameter appears under each of its names.
        """
        return {name: array.copy() for name, array in self._state().items()}

    def load_state_dict(self, state: Mapping[str, Any], strict: bool = True) -> None:
        """Copy arrays into the parameters and buffers of the same names, keeping their types.

        Parameters
        ----------
        state : mapping of str to array_like
            The arrays by name, such as `state_dict` returns.
        strict : bool
            Whether names must match exactly; False ignores missing and unexpected names. Shapes
            must agree in any case.

        Raises
        ------
        WeightsError
            If names or shapes differ, or an array does not hold numbers. The module is unchanged.
        """
        own = self._state()
        given = {name: np.asarray(array) for name, array in state.items()}
        pairs = [(name, given[name], array) for name, array in own.items() if name in given]
        complaints = [
            f"{name}: shape {new.shape}, expected {old.shape}"
            for name, new, old in pairs
            if new.shape != old.shape
        ] + [
            f"{name}: dtype {new.dtype}, expected {old.dtype}"
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
                + ("\nstrict=False ignores missing and unexpected names." if strict else "")
            )
        for _, new, old in pairs:
            np.copyto(old, new, casting="same_kind")
        for parameter in self.parameters():
            parameter.data = parameter.data  # tells the engine about the change

    def _state(self) -> dict[str, Any]:
        """Return the arrays in all parameters and buffers by name."""
        found: dict[str, Any] = {}
        for prefix, module in self._walk("", ()):
            own = [(name, parameter.data) for name, parameter in module._own_parameters()]
            for name, array in [*own, *module._own_buffers()]:
                path = _joined(prefix, name)
                if path in found:
                    raise WeightsError(f"Two arrays are named {path}; rename one of them.")
                found[path] = array
        return found

    # -- representation ---------------------------------------------------------------------

    def __repr__(self) -> str:
        return "\n".join(self._lines(()))

    def _lines(self, above: tuple[Module, ...]) -> Iterator[str]:
        """Yield the class, settings and parameter count, then the same of inner modules."""
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


def plain(x: Any) -> Any:
    """Return the data of a node; anything else unchanged."""
    return x.data if isinstance(x, (Tensor, Value)) else x


def floating(x: Any) -> Any:
    """Return integers, booleans and lists as float64, as a Tensor holds them; others unchanged.

    In its own type a formula of integers would overflow, or lose its fractions.
    """
    if isinstance(x, (list, tuple, bool, int)):
        x = np.asarray(x)
    return x.astype(np.float64) if getattr(x, "dtype", FLOAT).kind in "iub" else x


def is_array(x: Any) -> bool:
    """Return whether something is an array or a Tensor, not a list or a number."""
    return hasattr(x, "shape") and hasattr(x, "dtype")


def shape_of(x: Any) -> Any:
    """Return the shape of anything like an array; faster than `numpy.shape` for nodes."""
    return x.shape if hasattr(x, "shape") else np.shape(x)


class OneInput(Module):
    """A module of one input. Its result is a Tensor for a Tensor and an array for an array."""

    if TYPE_CHECKING:

        @overload
        def __call__(self, x: Tensor) -> Tensor: ...
        @overload
        def __call__(self, x: Any) -> Any: ...
        def __call__(self, x: Any) -> Any:
            """Apply the module."""


@dataclass(repr=False, eq=False)
class FunctionModule(Module):
    """A module that calls a function. Subclasses are dataclasses: their fields are its settings.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass(repr=False, eq=False)
    ... class Scale(FunctionModule):
    ...     factor: float = 2.0
    ...     function = staticmethod(lambda x, factor: factor * x)
    >>> Scale(3.0)
    Scale(factor=3.0)
    >>> Scale(3.0)(1.0)
    3.0
    """

    function: ClassVar[Callable[..., Any]]

    def forward(self, *inputs: Any) -> Any:
        """Call the function with the inputs and the settings of this module.

        Parameters
        ----------
        *inputs : array_like
            The inputs of the function.
        """
        names: tuple[str, ...] = self.__match_args__  # of all fields
        settings = {name: getattr(self, name) for name in names}
        return self.function(*inputs, **settings)


class _Call:
    """A running call of a module, and the names of the modules in it."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.names: dict[int, str] | None = None

    def name_of(self, module: Module) -> str:
        """Return the path from the running module to another; empty if that is not part of it."""
        if self.names is None:  # looked up once per call, if at all: most modules call no other
            found = _found(vars(self.module), Module)
            self.names = {id(child): name for name, child in found}
        name = self.names.get(id(module))
        if name is None:  # it may be nested deeper, or have been added just now
            self.names.update((id(m), n) for n, m in self.module.named_modules())
            name = self.names.setdefault(id(module), "")
        return name


class _Running(threading.local):
    def __init__(self) -> None:  # called once per thread
        self.calls: list[_Call] = []


_RUNNING = _Running()


def _found(container: Any, kind: type[Item]) -> Iterator[tuple[str, Item]]:
    """Yield the items of a kind in a container, and in the lists, tuples and dicts in it."""
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
    """Return the pairs, without those whose item appeared before."""
    found: dict[int, tuple[str, Item]] = {}
    for name, item in pairs:
        found.setdefault(id(item), (name, item))
    return list(found.values())
