"""`Face`: a layer of `nn` in PyTorch's style.

A layer of `nn` computes with Tensors of `autograd`. A `Face` of it has the same ``__dict__`` as an
object of the layer's own class, its twin, and lets the twin compute.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Final

from autograd.errors import OptionError
from nn.module import Module as PlainModule
from nn.torch_style.base import inside, numbers, outside, overwritten
from nn.torch_style.calls import ANY, summary
from nn.torch_style.nn.forms import shown_settings
from nn.torch_style.nn.module import FACES, SHOWN, Module
from nn.torch_style.nn.plain_view import plain_view
from nn.torch_style.nn.text import settings_of
from nn.torch_style.random import GENERATOR
from nn.torch_style.tensor import Tensor
from nn.torch_style.types import DEFAULT, array_type, check_device


def twin(face: Any) -> Any:
    """Return the object of the layer's own class, with the same attributes."""
    plain = type(face).plain
    found = object.__new__(plain)
    object.__setattr__(found, "__dict__", object.__getattribute__(face, "__dict__"))
    return found


def _delegated(name: str, function: Any) -> Callable[..., Any]:
    """Return a method that calls a method of the twin."""

    def method(self: Any, *inputs: Any, **options: Any) -> Any:
        if options and name == "forward":
            inputs, options = placed(type(self).called, inputs, options)
        found = function(twin(self), *inside(inputs), **inside(options))
        if name == "forward" and self.overwrites and getattr(self, "inplace", False) is True:
            return overwritten(inputs[0], outside(found))
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
    accepted : tuple of str
        Those of them whose values change nothing here, or are read by the face itself.
    called : tuple of str
        PyTorch's names of the first arguments of ``forward``, where they differ.
    overwrites : bool
        Whether the layer stores its result in the input where it has ``inplace=True``.
    """

    plain: ClassVar[type[PlainModule]]
    order: ClassVar[tuple[str, ...]] = ()
    lacking: ClassVar[dict[str, Any]] = {}
    accepted: ClassVar[tuple[str, ...]] = ()
    called: ClassVar[tuple[str, ...]] = ("input",)
    overwrites: ClassVar[bool] = True
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
        own = {
            name
            for kind in cls.__mro__
            if kind is not Face and issubclass(kind, Face)
            for name, function in vars(kind).items()
            if not getattr(function, "is_delegated", False)
        }
        for name, function in _methods(plain):
            if name not in own and name not in vars(cls):
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
            if name not in self.accepted and harmless is not ANY and given != harmless:
                raise OptionError(
                    f"{type(self).__name__} has no {name}= in nn.torch_style, but what "
                    f"{name}={harmless!r} means."
                )
        renamed = dict(name.split("=") for name in self.order if "=" in name)
        options = {renamed.get(name, name): _plain(item) for name, item in options.items()}
        if self._draws:
            options.setdefault("generator", GENERATOR)
        before = GENERATOR.get_state() if self._draws else None
        kind = DEFAULT.array if wanted is None else array_type(wanted)
        with GENERATOR.drawing(kind):
            twin(self).__init__(*map(_plain, arguments), **options)
        self.astype(kind)
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
        kinds = [numbers(x).dtype for _, x in PlainModule.named_parameters(self)]
        with GENERATOR.drawing(next((kind for kind in kinds if kind.kind == "f"), None)):
            new = dict(self.plain(**options).named_parameters())
        for name, parameter in PlainModule.named_parameters(self, recurse=False):
            if name in new:
                parameter.data = new[name].data.astype(parameter.dtype)

    def extra_repr(self) -> str:
        """Return the settings that ``repr`` shows, in PyTorch's form."""
        found = shown_settings(self, self.plain, self.tupled)
        return settings_of(self) if found is None else found

    def __setattr__(self, name: str, item: Any) -> None:
        if isinstance(getattr(type(self), name, None), property):
            object.__setattr__(self, name, item)
        else:
            super().__setattr__(name, twin(item) if isinstance(item, Face) else item)

    if TYPE_CHECKING:

        def __call__(self, *inputs: Any, **options: Any) -> Tensor: ...  # type: ignore[override]  # noqa: D102


def placed(
    names: tuple[str, ...], inputs: tuple[Any, ...], options: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return arguments that are given by PyTorch's names in their places."""
    options = options.copy()
    for name in names[len(inputs) :]:
        if name not in options:
            break
        inputs = (*inputs, options.pop(name))
    return inputs, options


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


FACES.made_for = face_class
