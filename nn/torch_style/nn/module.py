"""`Module`: a module whose attributes are tensors in PyTorch's style.

A module here is one of `nn`: what it stores, parameters, buffers and other modules, is what any
module of `nn` stores. Only access differs: a parameter is shown as a tensor. So whatever works on
modules of `nn`, optimisers, files, programs of `autograd.jit`, works on these.

A layer of `nn` computes with Tensors of `autograd`. A `Face` of it has the same ``__dict__`` as an
object of the layer's own class, its twin, and lets the twin compute.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

import numpy as np

import autograd
from autograd.errors import OptionError
from nn.contents import joined
from nn.module import Module as PlainModule
from nn.parameter import Parameter as PlainParameter
from nn.torch_style import hints
from nn.torch_style.base import TensorBase, inside, made, memory_of, numbers, outside
from nn.torch_style.calls import ANY, summary
from nn.torch_style.nn.loaded import LoadedKeys
from nn.torch_style.nn.parameter import Parameter, shown_parameter
from nn.torch_style.nn.plain_view import plain_loss, plain_view
from nn.torch_style.nn.text import described
from nn.torch_style.random import GENERATOR
from nn.torch_style.tensor import Tensor
from nn.torch_style.types import DEFAULT, array_type, bfloat16, check_device, memory_format

Show = Callable[[Any, str, Any], Any]

#: Methods of PyTorch's modules that are not here.
OF_MODULES: Final = "register_backward_hook", "register_full_backward_hook", "to_empty", "xpu"


def _show_buffer(module: Any, name: str, found: Any) -> Any:
    """Show an array that is a buffer as a tensor, and any other one as it is."""
    return memory_of(found, None) if name in module._buffers else found


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
        face_class(kind)
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
        advice = hints.advice(name) if name in OF_MODULES else ""
        raise AttributeError(
            f"{type(self).__name__!r} object has no attribute {name!r}"
            + (f": write {advice}." if advice else "")
        )

    def __getattribute__(self, name: str) -> Any:
        found = object.__getattribute__(self, name)
        kind = type(found)
        show = SHOWN[kind] if kind in SHOWN else _learned(kind)
        return found if show is None else show(self, name, found)

    def __setattr__(self, name: str, item: Any) -> None:
        if isinstance(item, Parameter):
            item = item._held
        elif isinstance(item, TensorBase) and name in vars(self).get("_buffers", ()):
            item = numbers(item)
        super().__setattr__(name, item)

    # -- contents ---------------------------------------------------------------------------

    def named_modules(self) -> Any:
        """Return this module, under the empty name, and all modules in it, each once."""
        return shown(super().named_modules())

    def named_children(self) -> Any:
        """Return the modules in the attributes of this one, each once."""
        return shown(super().named_children())

    def named_parameters(self, recurse: bool = True) -> Any:
        """Return the parameters with their names; a shared one once."""
        return shown(super().named_parameters(recurse))

    def named_buffers(self, recurse: bool = True) -> Any:
        """Return the buffers with their names."""
        return shown(super().named_buffers(recurse))

    if TYPE_CHECKING:

        def parameters(self, recurse: bool = True) -> list[Parameter]: ...  # type: ignore[override]  # noqa: D102
        def buffers(self, recurse: bool = True) -> list[Tensor]: ...  # noqa: D102

    def get_submodule(self, path: str) -> Any:
        """Return an inner module by its name; itself for the empty one."""
        return shown_item(super().get_submodule(path))

    def get_parameter(self, path: str) -> Any:
        """Return a parameter by its name."""
        return shown_parameter(super().get_parameter(path))

    def get_buffer(self, path: str) -> Any:
        """Return a buffer by its name."""
        return dict(self.named_buffers())[path]

    def compile(self, *options: Any, **more: Any) -> None:
        """Do nothing: `torch.compile` returns a faster module."""

    def register_buffer(self, name: str, tensor: Any, persistent: bool = True) -> None:  # type: ignore[override]
        """Add a tensor that is not trained."""
        super().register_buffer(name, None if tensor is None else numbers(tensor), persistent)

    def register_parameter(self, name: str, param: Any) -> None:  # type: ignore[override]
        """Assign a parameter to an attribute."""
        super().register_parameter(name, param._held if isinstance(param, Parameter) else param)

    def _own_buffers(self) -> Iterator[tuple[str, Any]]:
        found = ((name, vars(self).get(name)) for name in self._buffers)
        return ((name, buffer) for name, buffer in found if buffer is not None)

    def num_parameters(self) -> int:
        """Return how many numbers the parameters hold, counting a shared parameter once."""
        return sum(parameter.numel() for parameter in self.parameters())

    # -- types and devices ------------------------------------------------------------------

    def to(self, *target: Any, **options: Any) -> Self:
        """Convert parameters and buffers of floats; "cpu" is the only device."""
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

    def state_dict(self) -> dict[str, Any]:
        """Return the memory of all parameters and buffers by name: copy it to keep it."""
        owners = {
            joined(prefix, name): parameter
            for prefix, module in self._walk("", ())
            for name, parameter in module._own_parameters()
        }
        return {name: memory_of(array, owners.get(name)) for name, array in self._state().items()}

    @property
    def _modules(self) -> dict[str, Any]:
        """The modules in the attributes, as programs look them up."""
        return dict(self.named_children())

    def load_state_dict(self, state_dict: Any, strict: bool = True, assign: bool = False) -> Any:  # type: ignore[override]
        """Copy tensors or arrays into the parameters and buffers of the same names."""
        found = {name: numbers(array) for name, array in state_dict.items()}
        own = self._state()
        missing = [name for name in own if name not in found]
        unexpected = [name for name in found if name not in own]
        super().load_state_dict(found, strict)
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


def shown(pairs: Any) -> Any:
    """Return pairs of names and items, the items as attributes show them."""
    return type(pairs)((name, shown_item(item)) for name, item in pairs)


# -- layers of nn -------------------------------------------------------------------------------


def twin(face: Any) -> Any:
    """Return the object of the layer's own class, with the same attributes."""
    plain = type(face).plain
    found = object.__new__(plain)
    object.__setattr__(found, "__dict__", object.__getattribute__(face, "__dict__"))
    return found


def _delegated(name: str, function: Any) -> Callable[..., Any]:
    """Return a method that calls a method of the twin."""

    def method(self: Any, *inputs: Any, **options: Any) -> Any:
        found = function(twin(self), *inside(inputs), **inside(options))
        return self if found is None else outside(found)

    method.__name__, method.__doc__ = name, summary(function)
    method.is_delegated = True  # type: ignore[attr-defined]
    return method


class Face(Module):
    """The base class of layers that are those of `nn`: ``class Linear(Face, plain=layers.Linear)``.

    Attributes
    ----------
    plain : type
        The layer's own class.
    order : tuple of str
        The names of PyTorch's positional arguments, where they differ; ``new=old`` where the layer
        has another name.
    lacking : dict
        PyTorch's arguments that the layer lacks, with the values that change nothing, or `ANY`.
    """

    plain: ClassVar[type[PlainModule]]
    order: ClassVar[tuple[str, ...]] = ()
    lacking: ClassVar[dict[str, Any]] = {}
    tupled: ClassVar[tuple[str, ...]] = ()  # arguments that are kept as one number for each axis
    _draws: ClassVar[bool] = False  # whether the layer takes a generator
    _usual: ClassVar[dict[str, Any]] = {}

    def __init_subclass__(cls, plain: type[PlainModule] | None = None, **options: Any) -> None:
        super().__init_subclass__(**options)
        if plain is None:  # a subclass of a layer
            return
        names = inspect.signature(plain).parameters
        cls.plain, cls._draws = plain, "generator" in names
        if any(parameter.kind is parameter.VAR_POSITIONAL for parameter in names.values()):
            cls.order = ()
        elif not cls.order:
            cls.order = (*(name for name in names if name != "generator"), "device", "dtype")
        cls._usual = {
            name: parameter.default
            for name, parameter in names.items()
            if parameter.default is not parameter.empty and name != "generator"
        } | {name: item for name, item in cls.lacking.items() if item is not ANY}
        show_as(plain, cls)
        for name, function in _methods(plain):
            if name not in vars(cls):
                setattr(cls, name, _delegated(name, function))

    def __init__(self, *arguments: Any, **options: Any) -> None:
        if self.order:
            check_count(self, arguments)
            names = [name.partition("=")[0] for name in self.order]
            options = {**dict(zip(names, arguments, strict=False)), **options}
            arguments = ()
        check_device(options.pop("device", None))
        wanted = options.pop("dtype", None)
        settings = options.copy()
        for name, harmless in self.lacking.items():
            given = options.pop(name, harmless)
            if harmless is not ANY and given != harmless:
                raise OptionError(
                    f"{type(self).__name__} has no {name}= in nn.torch_style, but what "
                    f"{name}={harmless!r} means."
                )
        renamed = dict(name.split("=") for name in self.order if "=" in name)
        options = {renamed.get(name, name): _plain(item) for name, item in options.items()}
        if self._draws:
            options.setdefault("generator", GENERATOR)
        before = GENERATOR.get_state() if self._draws else None
        twin(self).__init__(*map(_plain, arguments), **options)
        self.astype(DEFAULT.array if wanted is None else array_type(wanted))
        if not arguments:
            self._remember(settings)
            if type(self).reset_parameters is not Face.reset_parameters:
                if before is not None:  # what the layer has drawn, the method draws
                    GENERATOR.set_state(before)
                self.reset_parameters()

    def __plain_module__(self) -> PlainModule:
        is_own = getattr(type(self).forward, "is_delegated", False)
        return twin(self) if is_own else plain_view(self)  # type: ignore[no-any-return]

    def _remember(self, settings: dict[str, Any]) -> None:
        """Keep the arguments, which are attributes in PyTorch."""
        found = {**self._usual, **settings}
        for name in self.tupled:
            if isinstance(found.get(name), int):
                found[name] = (found[name],) * self.plain.ndim  # type: ignore[attr-defined]
        usual = (bool, int, float, str, tuple, list, type(None))
        found = {name: item for name, item in found.items() if isinstance(item, usual)}
        object.__setattr__(self, "_given", found)

    def reset_parameters(self) -> None:
        """Draw new initial numbers for the parameters.

        Raises
        ------
        OptionError
            If it is not known how they were drawn.
        """
        given, renamed = (
            vars(self).get("_given"),
            dict(n.split("=") for n in self.order if "=" in n),
        )
        if given is None:
            raise OptionError(f"{type(self).__name__} does not know how its parameters were drawn.")
        options = {renamed.get(n, n): item for n, item in given.items() if n not in self.lacking}
        if self._draws:
            options["generator"] = GENERATOR
        new = dict(self.plain(**options).named_parameters())
        for name, parameter in PlainModule.named_parameters(self, recurse=False):
            if name in new:
                parameter.data = new[name].data.astype(parameter.dtype)

    def __setattr__(self, name: str, item: Any) -> None:
        super().__setattr__(name, twin(item) if isinstance(item, Face) else item)

    if TYPE_CHECKING:

        def __call__(self, *inputs: Any, **options: Any) -> Tensor: ...  # type: ignore[override]  # noqa: D102


def check_count(face: Face, arguments: tuple[Any, ...]) -> None:
    """Raise if there are more positional arguments than the layer has."""
    if len(arguments) > len(face.order):
        raise OptionError(
            f"{type(face).__name__} takes {', '.join(face.order)}, not {len(arguments)} arguments."
        )


def _plain(item: Any) -> Any:
    """Return an argument as the layer's own class takes it."""
    if isinstance(item, Face):
        return twin(item)
    if inspect.isroutine(item):  # such as an activation
        return getattr(item, "plain_function", None) or _inside_out(item)
    return inside(item)


def _inside_out(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of Tensors that calls one of tensors."""
    return lambda *inputs: inside(function(*outside(inputs)))


def _methods(plain: type[Any]) -> Iterator[tuple[str, Any]]:
    """Yield the public methods that a layer adds to those of all modules."""
    for kind in plain.__mro__:
        if kind is PlainModule:
            return
        for name, function in vars(kind).items():
            if inspect.isfunction(function) and not name.startswith("_"):
                yield name, function


#: The classes that `face_class` has made.
_MADE: Final[dict[type[Any], Any]] = {}


def face_class(plain: type[PlainModule]) -> Any:
    """Return a class of faces for a layer that has none of its own."""
    if plain not in _MADE:
        _MADE[plain] = type(plain.__name__, (Face,), {"__doc__": plain.__doc__}, plain=plain)
    return _MADE[plain]


def show_as(plain: type[PlainModule], kind: type[Module]) -> None:
    """Show modules of a class of `nn` as those of one in PyTorch's style."""
    SHOWN[plain] = lambda module, name, found: face_of(found, kind)


def face_of(plain: PlainModule, kind: type[Module]) -> Any:
    """Return a module of `nn` in PyTorch's style: another object with the same attributes."""
    face = object.__new__(kind)
    object.__setattr__(face, "__dict__", vars(plain))
    object.__setattr__(face, "_stored", plain)
    return face


def stored_as(module: Module) -> Any:
    """Return the module of `nn` that this one shows; None if it is stored itself."""
    try:
        return object.__getattribute__(module, "_stored")
    except AttributeError:
        return None
