"""`Module`, the base class of layers and networks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NoReturn, Self, TypeVar

import numpy as np

from autograd import scope
from autograd.errors import DataError, OptionError, WeightsError
from autograd.program import State, changed, created, follow
from nn.arrays import copied, moved, plain
from nn.assignments import check_assignment, check_class
from nn.contents import Found, buffers_of, found_in, joined, once, parameters_of
from nn.description import described, title
from nn.hooks import Hook, hooked
from nn.known_elsewhere import missing
from nn.parameter import Parameter
from nn.running import RUNNING, Call
from nn.state import copy_into
from nn.types import HasForward, P, Result

Item = TypeVar("Item")

_MISSING = object()


class Module:
    """A function with parameters: the base class of layers and networks.

    A subclass defines ``forward``; calling the module calls it. Parameters, buffers and other
    modules are found in the attributes of a module, and in lists, dicts, dataclasses and other
    containers there. Their names are paths such as ``layers.0.weight``. What training would not
    find, such as an array in place of a parameter, or a set of modules, is an error.

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
    _unsaved: tuple[str, ...] = ()  # those of them that are not part of the state
    _hooks: tuple[Hook, ...] = ()

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        check_class(cls, (Parameter, Module))

    def __call__(self: HasForward[P, Result], *inputs: P.args, **options: P.kwargs) -> Result:
        """Call ``forward``, in a scope named as this module is in the module that calls it."""
        running = RUNNING.calls
        name = running[-1].name_of(self) if running else ""
        running.append(Call(self, Module))
        follow(self)
        try:
            forward = hooked(self) if self._hooks else self.forward  # type: ignore[attr-defined]
            if not name:
                return forward(*inputs, **options)
            with scope(name, title(self)):
                return forward(*inputs, **options)
        finally:
            running.pop()

    def __setattr__(self, name: str, item: Any) -> None:
        if isinstance(item, Parameter) and not item.label:
            item.label = name
        before = vars(self).get(name, _MISSING)
        if before is not item:
            check_assignment(self, name, before, item, Module)
            if not vars(self):
                created(self)
            changed()  # programs that contain the old setting are not right any more
        super().__setattr__(name, item)

    if not TYPE_CHECKING:  # a type checker is to find wrong names

        def __getattr__(self, name: str) -> NoReturn:
            if hasattr(type(self), name):  # a property, whose own error is to be seen
                object.__getattribute__(self, name)
            raise AttributeError(missing(self, name), name=name, obj=self)

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
        return once(self._walk("", ()))

    def modules(self) -> list[Module]:
        """Return this module and all modules in it, each once."""
        return Found(module for _, module in self.named_modules())

    def named_children(self) -> list[tuple[str, Module]]:
        """Return the modules in the attributes of this one, each once."""
        return once(found_in(vars(self), Module))

    def children(self) -> list[Module]:
        """Return the modules in the attributes of this one, each once."""
        return Found(module for _, module in self.named_children())

    def named_parameters(self, recurse: bool = True) -> list[tuple[str, Parameter]]:
        """Return the parameters with their names; a shared one once, under its first name.

        Parameters
        ----------
        recurse : bool
            Whether to include those of inner modules.
        """
        return once(self._leaves(parameters_of) if recurse else self._own_parameters())

    def parameters(self, recurse: bool = True) -> list[Parameter]:
        """Return the parameters, a shared one once.

        Parameters
        ----------
        recurse : bool
            Whether to include those of inner modules.
        """
        return Found(parameter for _, parameter in self.named_parameters(recurse))

    def named_buffers(self, recurse: bool = True) -> list[tuple[str, Any]]:
        """Return the buffers with their names.

        Parameters
        ----------
        recurse : bool
            Whether to include those of inner modules.
        """
        return once(self._leaves(buffers_of) if recurse else self._own_buffers())

    def buffers(self, recurse: bool = True) -> list[Any]:
        """Return the buffers: arrays that belong to the module but are not trained.

        Parameters
        ----------
        recurse : bool
            Whether to include those of inner modules.
        """
        return Found(buffer for _, buffer in self.named_buffers(recurse))

    def register_buffer(self, name: str, array: Any, persistent: bool = True) -> None:
        """Add an array that is not trained.

        Parameters
        ----------
        name : str
            The name of the attribute to assign it to.
        array : array_like or None
            The initial numbers, which are copied.
        persistent : bool
            Whether it is saved and loaded with the parameters.
        """
        if name not in self._buffers:
            self._buffers = (*self._buffers, name)
        self._unsaved = tuple(n for n in self._unsaved if n != name) + (name,) * (not persistent)
        setattr(self, name, None if array is None else copied(plain(array)))

    def register_parameter(self, name: str, parameter: Parameter | None) -> None:
        """Assign a parameter to an attribute.

        Parameters
        ----------
        name : str
            The name of the attribute.
        parameter : Parameter or None
            The parameter.

        Raises
        ------
        DataError
            If it is something else.
        """
        if parameter is not None and not isinstance(parameter, Parameter):
            raise DataError(
                f"register_parameter({name!r}, ...) takes a Parameter or None, not "
                f"{type(parameter).__name__}: write nn.Parameter(array)."
            )
        setattr(self, name, parameter)

    def add_module(self, name: str, module: Module | None) -> None:
        """Assign a module to an attribute.

        Parameters
        ----------
        name : str
            The name of the attribute.
        module : Module or None
            The module.

        Raises
        ------
        DataError
            If it is something else.
        """
        if module is not None and not isinstance(module, Module):
            raise DataError(
                f"add_module({name!r}, ...) takes a module or None, not {type(module).__name__}."
            )
        setattr(self, name, module)

    register_module = add_module

    def get_submodule(self, path: str) -> Module:
        """Return an inner module by its name, such as ``layers.0``.

        Parameters
        ----------
        path : str
            The name, as in `named_modules`.

        Raises
        ------
        OptionError
            If there is none of this name.
        """
        return _named(path, self._walk("", ()), "module")

    def get_parameter(self, path: str) -> Parameter:
        """Return a parameter by its name, such as ``layers.0.weight``.

        Parameters
        ----------
        path : str
            The name, as in `named_parameters`.

        Raises
        ------
        OptionError
            If there is none of this name.
        """
        return _named(path, self._leaves(parameters_of), "parameter")

    def apply(self, function: Callable[[Module], Any]) -> Self:
        """Call a function with each inner module and, last, with this one; return the module.

        Parameters
        ----------
        function : callable
            ``function(module)``.
        """
        for child in self.children():
            child.apply(function)
        function(self)
        return self

    def num_parameters(self) -> int:
        """Return how many numbers the parameters hold, counting a shared parameter once."""
        return sum(parameter.size for parameter in self.parameters())

    def _walk(self, prefix: str, above: tuple[Module, ...]) -> Iterator[tuple[str, Module]]:
        """Yield this module and those in it, shared ones under every name."""
        yield prefix, self
        for name, module in found_in(vars(self), Module):
            if module is not self and module not in above:  # a module may refer to its owner
                yield from module._walk(joined(prefix, name), (*above, self))

    def _leaves(
        self, own: Callable[[Module], Iterator[tuple[str, Item]]]
    ) -> Iterator[tuple[str, Item]]:
        for prefix, module in self._walk("", ()):
            for name, leaf in own(module):
                yield joined(prefix, name), leaf

    def _own_parameters(self) -> Iterator[tuple[str, Parameter]]:
        return found_in(vars(self), Parameter)

    def _own_buffers(self) -> Iterator[tuple[str, Any]]:
        found = ((name, getattr(self, name)) for name in self._buffers)
        return ((name, buffer) for name, buffer in found if buffer is not None)

    # -- hooks ------------------------------------------------------------------------------

    def register_forward_hook(self, hook: Callable[..., Any]) -> Hook:
        """Call a function after each call of ``forward``.

        Parameters
        ----------
        hook : callable
            ``hook(module, inputs, outputs)``, with a tuple of the inputs; what it returns, if not
            None, replaces the outputs.

        Returns
        -------
        Hook
            Its method ``remove()`` removes the hook.
        """
        return Hook(self, hook, after=True)

    def register_forward_pre_hook(self, hook: Callable[..., Any]) -> Hook:
        """Call a function before each call of ``forward``.

        Parameters
        ----------
        hook : callable
            ``hook(module, inputs)``, with a tuple of the inputs; what it returns, if not None,
            replaces the inputs: a tuple, or one input.

        Returns
        -------
        Hook
            Its method ``remove()`` removes the hook.
        """
        return Hook(self, hook, after=False)

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

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Reset the gradients of all parameters.

        Parameters
        ----------
        set_to_none : bool
            Whether to set them to None instead of zeros.
        """
        for parameter in self.parameters():
            parameter.grad = None if set_to_none else np.zeros_like(parameter.data)

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

    def to(self, library: Any) -> Self:
        """Move parameters and buffers to the device of another library, in place.

        Call this before creating an optimiser.

        Parameters
        ----------
        library : module
            A library of arrays, such as `cupy`; `numpy` moves them back.

        Returns
        -------
        Module
            The module itself.

        Raises
        ------
        OptionError
            If the library has no function ``asarray``.

        Examples
        --------
        >>> import nn
        >>> nn.Linear(2, 3).to(np).weight.shape
        (3, 2)
        """
        if not hasattr(library, "asarray"):
            raise OptionError(
                f"{library!r} is no library of arrays. Write model.to(cupy), or model.to(numpy) to "
                "move it back; for another type write model.astype(dtype)."
            )
        for parameter in self.parameters():
            parameter.grad = None
            parameter.data = moved(parameter.data, library)
        for module in self.modules():
            for name, buffer in module._own_buffers():
                setattr(module, name, moved(buffer, library))
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
        copy_into(self._state(), state, strict, type(self).__name__)
        for parameter in self.parameters():
            parameter.data = parameter.data  # tells the engine about the change

    def _state(self) -> dict[str, Any]:
        """Return the arrays in all parameters and buffers by name."""
        found: dict[str, Any] = {}
        for prefix, module in self._walk("", ()):
            own = [(name, parameter.data) for name, parameter in module._own_parameters()]
            saved = ((n, b) for n, b in module._own_buffers() if n not in module._unsaved)
            for name, array in [*own, *saved]:
                path = joined(prefix, name)
                if path in found:
                    raise WeightsError(f"Two arrays are named {path}; rename one of them.")
                found[path] = array
        return found

    # -- representation ---------------------------------------------------------------------

    def __repr__(self) -> str:
        return described(self, Module)


def _named(path: str, found: Iterator[tuple[str, Item]], what: str) -> Item:
    """Return an item by its name; raise if there is none."""
    items = dict(found)
    if path not in items:
        known = ", ".join(name or "'', itself" for name in items) or "none"
        raise OptionError(f"There is no {what} named {path!r}; there is {known}.")
    return items[path]
