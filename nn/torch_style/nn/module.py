"""`Module`: a module whose attributes are tensors in PyTorch's style.

A module here is one of `nn`: what it stores, parameters, buffers and other modules, is what any
module of `nn` stores. Only access differs: a parameter is shown as a tensor. So whatever works on
modules of `nn`, optimisers, files, programs of `autograd.jit`, works on these.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any, Final, Self

import numpy as np

import autograd
from autograd.errors import DataError, OptionError
from nn.contents import Found, buffers_of, joined, once, parameters_of
from nn.hooks import Hook
from nn.module import Module as PlainModule
from nn.parameter import Parameter as PlainParameter
from nn.torch_style import hints
from nn.torch_style.base import Attribute, TensorBase, made, memory_of, numbers
from nn.torch_style.nn.backward_hooks import BackwardHook
from nn.torch_style.nn.loaded import LoadedKeys
from nn.torch_style.nn.parameter import Buffer, Parameter, shown_parameter
from nn.torch_style.nn.plain_view import plain_loss, plain_view
from nn.torch_style.nn.text import described
from nn.torch_style.tensor import Tensor
from nn.torch_style.types import array_type, bfloat16, check_device, check_options, memory_format

Show = Callable[[Any, str, Any], Any]


class _Faces:
    """The function that makes classes for layers of `nn`, which `face` sets."""

    made_for: Callable[[type[Any]], Any]


FACES: Final = _Faces()

#: Methods of PyTorch's modules that are not here.
OF_MODULES: Final = (
    "get_extra_state", "ipu", "mtia", "register_backward_hook",
    "register_load_state_dict_post_hook", "register_load_state_dict_pre_hook",
    "register_state_dict_post_hook", "register_state_dict_pre_hook", "set_extra_state",
    "set_submodule", "to_empty", "xpu",
)  # fmt: skip


def _show_buffer(module: Any, name: str, found: Any) -> Any:
    """Show an array that is a buffer as a tensor, and any other one as it is."""
    return memory_of(found, Attribute(module, name)) if name in module._buffers else found


#: By the type of an attribute, how it is shown: ``show(module, name, attribute)``, or None.
SHOWN: Final[dict[type[Any], Show | None]] = {
    PlainParameter: lambda module, name, found: shown_parameter(found),
    autograd.Tensor: lambda module, name, found: made(found),
    np.ndarray: _show_buffer,
    list: lambda module, name, found: shown_list(found),
}


def _learned(kind: type[Any]) -> Show | None:
    """Return how attributes of another type are shown, and remember it."""
    show: Show | None = None
    if issubclass(kind, PlainModule) and not issubclass(kind, Module):
        FACES.made_for(kind)
        return SHOWN[kind]
    if hasattr(kind, "__array_function__") and not issubclass(kind, TensorBase):
        show = _show_buffer  # an array of another library, or of a function that is traced
    SHOWN[kind] = show
    return show


class Module(PlainModule):
    """A function with parameters: the base class of layers and networks.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> from nn.torch_style import nn
    >>> class Net(nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.layer = nn.Linear(4, 2)
    ...         self.scale = nn.Parameter(torch.ones(1))
    ...
    ...     def forward(self, x):
    ...         return self.scale * self.layer(x).relu()
    >>> model = Net()
    >>> model(torch.zeros(3, 4)).size()
    torch.Size([3, 2])
    >>> [name for name, _ in model.named_parameters()]
    ['scale', 'layer.weight', 'layer.bias']
    """

    __slots__ = ("_stored",)

    def __getattr__(self, name: str) -> Any:
        """Return an argument that the module was made with; raise for anything unknown."""
        space = vars(self)
        if name in space:  # called as a method
            return getattr(self, name)
        found = space.get("_given", ())
        if name in found:
            return found[name]
        if name == "forward":
            return self._without_forward
        advice = hints.advice(name) if name in OF_MODULES else ""
        raise AttributeError(
            f"{type(self).__name__!r} object has no attribute {name!r}"
            + (f": write {advice}." if advice else "")
        )

    def _without_forward(self, *inputs: Any, **options: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} has no forward: define forward(self, x).")

    def __getattribute__(self, name: str) -> Any:
        found = object.__getattribute__(self, name)
        kind = type(found)
        show = SHOWN[kind] if kind in SHOWN else _learned(kind)
        return found if show is None else show(self, name, found)

    def __setattr__(self, name: str, item: Any) -> None:
        if isinstance(item, Buffer):
            self.register_buffer(name, item, item.persistent)
            return
        is_buffer = name in vars(self).get("_buffers", ())
        if isinstance(item, Parameter):
            item = item._held
            if is_buffer:
                self._buffers = tuple(other for other in self._buffers if other != name)
        elif is_buffer:
            item = _buffer_of(self, name, item)
        super().__setattr__(name, item)

    # -- contents ---------------------------------------------------------------------------

    def named_modules(  # type: ignore[override]
        self, memo: Any = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Any:
        """Return this module, under the empty name, and all modules in it, each once."""
        return _listed(self._walk("", ()), prefix, remove_duplicate)

    def modules(self, remove_duplicate: bool = True) -> Any:
        """Return this module and all modules in it, each once."""
        return Found(found for _, found in self.named_modules(None, "", remove_duplicate))

    def named_children(self) -> Any:
        """Return the modules in the attributes of this one, each once."""
        return shown(super().named_children())

    def named_parameters(  # type: ignore[override]
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Any:
        """Return the parameters with their names; a shared one once."""
        found = self._leaves(parameters_of) if recurse else self._own_parameters()
        return _listed(found, prefix, remove_duplicate)

    def parameters(self, recurse: bool = True) -> list[Parameter]:  # type: ignore[override]
        """Return the parameters, a shared one once."""
        return Found(found for _, found in self.named_parameters("", recurse))

    def named_buffers(  # type: ignore[override]
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Any:
        """Return the buffers with their names."""
        found = self._leaves(buffers_of) if recurse else self._own_buffers()
        return _listed(found, prefix, remove_duplicate)

    def buffers(self, recurse: bool = True) -> list[Tensor]:
        """Return the buffers."""
        return Found(found for _, found in self.named_buffers("", recurse))

    def get_submodule(self, target: str) -> Any:
        """Return an inner module by its name; itself for the empty one."""
        return shown_item(_named(super().get_submodule, target))

    def get_parameter(self, target: str) -> Any:
        """Return a parameter by its name."""
        return shown_parameter(_named(super().get_parameter, target))

    def get_buffer(self, target: str) -> Any:
        """Return a buffer by its name."""
        found = dict(self.named_buffers())
        if target not in found:
            known = ", ".join(found) or "none"
            raise AttributeError(f"There is no buffer named {target!r}; there is {known}.")
        return found[target]

    def apply(self, fn: Callable[[Any], Any]) -> Self:
        """Call a function with each inner module and, last, with this one; return the module."""
        return super().apply(fn)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Set ``requires_grad`` of all parameters; return the module."""
        return super().requires_grad_(requires_grad)

    def _get_name(self) -> str:
        return type(self).__name__

    # -- hooks ------------------------------------------------------------------------------

    def register_forward_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False,
        always_call: bool = False,
    ) -> Hook:  # fmt: skip
        """Call a function after each call of ``forward``."""
        if always_call:
            raise OptionError("always_call=True: here a hook is not called where forward fails.")
        return Hook(self, hook, after=True, with_options=with_kwargs, first=prepend)

    def register_forward_pre_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> Hook:
        """Call a function before each call of ``forward``."""
        return Hook(self, hook, after=False, with_options=with_kwargs, first=prepend)

    def register_full_backward_hook(
        self, hook: Callable[..., Any], prepend: bool = False
    ) -> BackwardHook:
        """Call a function in the backward pass, with the derivatives of inputs and outputs."""
        return BackwardHook(self, hook, first=prepend)

    def register_full_backward_pre_hook(
        self, hook: Callable[..., Any], prepend: bool = False
    ) -> BackwardHook:
        """Call a function in the backward pass, with the derivatives of the outputs."""
        return BackwardHook(self, hook, early=True, first=prepend)

    def compile(self, *options: Any, **more: Any) -> None:
        """Do nothing: `torch.compile` returns a faster module."""

    def register_buffer(self, name: str, tensor: Any, persistent: bool = True) -> None:  # type: ignore[override]
        """Add a tensor that is not trained."""
        super().register_buffer(name, None if tensor is None else numbers(tensor), persistent)

    def register_parameter(self, name: str, param: Any) -> None:  # type: ignore[override]
        """Assign a parameter to an attribute."""
        super().register_parameter(name, param._held if isinstance(param, Parameter) else param)

    def add_module(self, name: str, module: Any) -> None:
        """Assign a module, or None, to an attribute."""
        if not name or "." in name:
            raise KeyError(f"add_module: {name!r} is no name of a module; it may have no dots.")
        super().add_module(name, module)

    register_module = add_module

    def _own_buffers(self) -> Iterator[tuple[str, Any]]:
        found = ((name, vars(self).get(name)) for name in self._buffers)
        return ((name, buffer) for name, buffer in found if buffer is not None)

    def num_parameters(self) -> int:
        """Return how many numbers the parameters hold, counting a shared parameter once."""
        return sum(parameter.numel() for parameter in self.parameters())

    # -- types and devices ------------------------------------------------------------------

    def to(self, *target: Any, **options: Any) -> Self:
        """Convert parameters and buffers of floats; "cpu" is the only device."""
        check_options("Module.to", options, "dtype device non_blocking memory_format")
        wanted = options.get("dtype")
        check_device(options.get("device"))
        for each in target:
            if isinstance(each, TensorBase):
                wanted = each._held.dtype
            elif isinstance(each, str) or hasattr(each, "index"):
                check_device(each)
            elif not isinstance(each, (bool, memory_format)):
                wanted = each
        return self if wanted is None else self.astype(array_type(wanted))

    def astype(self, dtype: Any) -> Self:
        """Convert parameters and floating-point buffers in place; return the module."""
        plain = PlainModule.named_parameters(self)
        for _, parameter in plain:
            parameter.grad = None
            parameter.data = parameter.data.astype(dtype)
        for _, module in PlainModule.named_modules(self):
            space = vars(module)
            for name in module._buffers:
                buffer = space.get(name)
                if buffer is not None and buffer.dtype.kind in "fc":
                    PlainModule.__setattr__(module, name, buffer.astype(dtype))
        return self

    def double(self) -> Self:
        """Convert to float64."""
        return self.astype(np.float64)

    def float(self) -> Self:
        """Convert to float32."""
        return self.astype(np.float32)

    def half(self) -> Self:
        """Convert to float16."""
        return self.astype(np.float16)

    def bfloat16(self) -> Self:
        """Raise: NumPy has no such type."""
        return self.astype(array_type(bfloat16))

    def type(self, dst_type: Any) -> Self:
        """Convert parameters and buffers of floats."""
        return self.astype(array_type(dst_type))

    def cpu(self) -> Self:
        """Return the module."""
        return self

    def cuda(self, device: Any = None) -> Self:
        """Raise: there is no such device."""
        check_device("cuda")
        return self

    def share_memory(self) -> Self:
        """Return the module."""
        return self

    # -- state ------------------------------------------------------------------------------

    def state_dict(
        self, destination: Any = None, prefix: str = "", keep_vars: bool = False
    ) -> dict[str, Any]:
        """Return the memory of all parameters and buffers by name: copy it to keep it."""
        owners = {
            joined(path, name): parameter
            for path, module in self._walk("", ())
            for name, parameter in module._own_parameters()
        }
        found = OrderedDict() if destination is None else destination
        for name, array in self._state().items():
            owner = owners.get(name)
            kept = shown_parameter(owner) if keep_vars and owner is not None else None
            found[prefix + name] = memory_of(array, owner) if kept is None else kept
        return found  # type: ignore[no-any-return]

    @property
    def _forward_pre_hooks(self) -> dict[int, Any]:
        """The functions that are called before ``forward``, as programs look them up."""
        return {i: hook.function for i, hook in enumerate(self._hooks) if not hook.after}

    @property
    def _modules(self) -> dict[str, Any]:
        """The modules in the attributes, as programs look them up."""
        return dict(self.named_children())

    def load_state_dict(self, state_dict: Any, strict: bool = True, assign: bool = False) -> Any:  # type: ignore[override]
        """Copy tensors or arrays into the parameters and buffers of the same names.

        With `assign`, the parameters take over the arrays themselves, with their types.
        """
        found = {name: numbers(array) for name, array in state_dict.items()}
        own = self._state()
        missing = [name for name in own if name not in found]
        unexpected = [name for name in found if name not in own]
        super().load_state_dict(found, strict)
        for name, parameter in PlainModule.named_parameters(self) if assign else ():
            if name in found:
                parameter.data = found[name]
        return LoadedKeys(missing, unexpected)

    # -- for nn.fit -------------------------------------------------------------------------

    def __plain_module__(self) -> PlainModule:
        return plain_view(self)

    def __plain_loss__(self, loss: Any) -> Any:
        return plain_loss(loss)

    def extra_repr(self) -> str:
        """Return what ``repr`` shows in the brackets behind the name of the class."""
        return ""

    def __repr__(self) -> str:
        return described(self, PlainModule, shown_item)

    def __dir__(self) -> Any:
        return sorted({*object.__dir__(self), *vars(self)})


def _buffer_of(module: Any, name: str, item: Any) -> Any:
    """Return the array of what is assigned to a buffer."""
    if item is not None and not hasattr(numbers(item), "__array_function__"):
        raise DataError(
            f"{name} is a buffer of this {type(module).__name__}, which holds a tensor or None, "
            f"not {item!r}: write torch.tensor(...)."
        )
    return numbers(item)


def shown_list(items: list[Any]) -> list[Any]:
    """Return a layer's own list of modules as attributes show them; a user's list itself."""
    for item in items:
        if isinstance(item, PlainModule) and not isinstance(item, Module):
            return [shown_item(part) for part in items]
    return items


def shown_item(item: Any) -> Any:
    """Return a parameter, buffer or module as attributes show it."""
    if isinstance(item, np.ndarray):
        return memory_of(item, None)
    kind = type(item)
    show = SHOWN[kind] if kind in SHOWN else _learned(kind)
    return item if show is None else show(None, "", item)


def _listed(pairs: Any, prefix: str, once_each: bool) -> Any:
    """Return pairs of names and items, the names behind a prefix, the items as they are shown."""
    found = once(pairs) if once_each else Found(pairs)
    return Found(
        (joined(prefix, name) if name else prefix, shown_item(item)) for name, item in found
    )


def shown(pairs: Any) -> Any:
    """Return pairs of names and items, the items as attributes show them."""
    return type(pairs)((name, shown_item(item)) for name, item in pairs)


def stored_as(module: Module) -> Any:
    """Return the module of `nn` that this one shows; None if it is stored itself."""
    try:
        return object.__getattribute__(module, "_stored")
    except AttributeError:
        return None


def _named(find: Callable[[str], Any], target: str) -> Any:
    """Return an item by its name; raise as PyTorch does if there is none."""
    try:
        return find(target)
    except OptionError as error:
        raise AttributeError(str(error)) from None
