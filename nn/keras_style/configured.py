"""Objects as dicts of options, which JSON can hold, and objects made again from these.

A built-in class keeps each option of its ``__init__`` in an attribute of the same name.
"""

from __future__ import annotations

import inspect
import operator
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

from autograd.errors import OptionError
from nn.arrays import plain
from nn.keras_style.registered import (
    custom_object_scope,
    get_registered_name,
    get_registered_object,
)

#: The classes of Keras that are here, by the module and the name that they have in Keras.
BUILT_IN: dict[tuple[str, str], type] = {}

#: Functions that names in files may stand for, such as activations.
FUNCTIONS: dict[str, Callable[..., Any]] = {"getitem": operator.getitem}

#: The functions of NumPy that functional models may be made of; those that read files are not.
NUMPY = [
    "abs", "absolute", "add", "all", "allclose", "amax", "amin", "any", "append", "arange",
    "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctan2", "arctanh", "argmax", "argmin",
    "argsort", "array_split", "average", "bincount", "bitwise_and", "bitwise_or", "bitwise_xor",
    "broadcast_to", "cbrt", "ceil", "clip", "concatenate", "conj", "conjugate", "copy",
    "copysign", "corrcoef", "cos", "cosh", "count_nonzero", "cross", "cumprod", "cumsum",
    "deg2rad", "diag", "diagflat", "diagonal", "diff", "digitize", "divide", "dot", "einsum",
    "empty", "empty_like", "equal", "exp", "exp2", "expand_dims", "expm1", "eye", "fabs", "flip",
    "fliplr", "flipud", "floor", "floor_divide", "fmax", "fmin", "fmod", "full", "full_like",
    "geomspace", "greater", "greater_equal", "heaviside", "hstack", "hypot", "identity", "imag",
    "inner", "isclose", "isfinite", "isin", "isinf", "isnan", "isneginf", "isposinf", "isreal",
    "kron", "ldexp", "left_shift", "less", "less_equal", "linspace", "log", "log10", "log1p",
    "log2", "logaddexp", "logaddexp2", "logical_and", "logical_not", "logical_or", "logical_xor",
    "logspace", "matmul", "max", "maximum", "mean", "median", "meshgrid", "min", "minimum", "mod",
    "moveaxis", "multiply", "nanmax", "nanmean", "nanmin", "nanprod", "nanstd", "nansum",
    "nanvar", "ndim", "negative", "nonzero", "not_equal", "ones", "ones_like", "outer", "pad",
    "positive", "power", "prod", "ptp", "quantile", "rad2deg", "ravel", "real", "reciprocal",
    "repeat", "reshape", "right_shift", "rint", "roll", "rot90", "round", "searchsorted", "sign",
    "signbit", "sin", "sinc", "sinh", "size", "sort", "split", "sqrt", "square", "squeeze",
    "stack", "std", "subtract", "sum", "swapaxes", "take", "take_along_axis", "tan", "tanh",
    "tensordot", "tile", "trace", "transpose", "tri", "tril", "triu", "true_divide", "trunc",
    "unravel_index", "vander", "var", "vdot", "vstack", "where", "zeros", "zeros_like",
]  # fmt: skip


class Made:
    """The arguments that a class was called with.

    Parameters
    ----------
    arguments : tuple
        The arguments.
    options : dict
        Those by name.
    """

    def __init__(self, arguments: tuple[Any, ...], options: dict[str, Any]) -> None:
        self.arguments, self.options = arguments, options

    def by_name(self, kind: type) -> dict[str, Any]:
        """Return all arguments of the ``__init__`` of a class by their names."""
        signature = inspect.signature(kind.__init__)  # type: ignore[misc]
        parameters = signature.parameters
        bound = signature.bind(None, *self.arguments, **self.options).arguments
        found: dict[str, Any] = {}
        for name, argument in list(bound.items())[1:]:  # without self
            if parameters[name].kind is inspect.Parameter.VAR_POSITIONAL:
                raise OptionError(
                    f"{kind.__name__} takes *{name}, which has no name in a dict of options: "
                    "define get_config and from_config."
                )
            is_rest = parameters[name].kind is inspect.Parameter.VAR_KEYWORD
            found |= argument if is_rest else {name: argument}
        return {name: described(argument) for name, argument in found.items()}


def signature_of(names: Iterable[str]) -> inspect.Signature:
    """Return a signature of arguments that may all be left out."""
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return inspect.Signature([inspect.Parameter(name, kind, default=...) for name in names])


class OfInit:
    """The signature of a class: that of its ``__init__``, which `Configured.__new__` would hide."""

    def __get__(self, instance: Any, owner: Any) -> inspect.Signature:
        if instance is not None:
            raise AttributeError("__signature__")
        if owner.argument_names:
            return signature_of(owner.argument_names)
        if owner.__init__ is object.__init__:
            return inspect.Signature()
        own = inspect.signature(owner.__init__)
        return own.replace(parameters=list(own.parameters.values())[1:])


class Configured:
    """What can be described by the options of its class; the base of layers, losses and others."""

    keras_module = ""  # the module of Keras that has the class
    _made: Made
    __signature__ = OfInit()
    argument_names: tuple[str, ...] = ()  # in their order, where ``__init__`` takes any
    fixed: tuple[str, ...] = ()  # the options of base classes that a class chooses itself

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if is_built_in(cls):
            BUILT_IN[cls.keras_module, cls.__name__] = cls

    def __new__(cls, *arguments: Any, **options: Any) -> Any:
        """Return a new object that knows what it is made with."""
        made = super().__new__(cls)
        made._made = Made(arguments, options)
        return made

    def get_config(self) -> dict[str, Any]:
        """Return the options with which to make such an object again.

        Raises
        ------
        OptionError
            If the class has options that it does not keep in attributes.
        """
        kind = described_by(type(self))
        if not is_built_in(kind):
            return self._made.by_name(kind)
        return kept_options(self, options_of(kind))

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """Return a new object with the options that `get_config` returned.

        Parameters
        ----------
        config : dict
            The options.
        """
        return cls(**{name: revived(option) for name, option in config.items()})


def is_built_in(kind: type) -> bool:
    """Return whether a class belongs to this package."""
    return kind.__module__.startswith("nn.keras_style")


def described_by(kind: type) -> type:
    """Return the class whose options `get_config` is to return.

    It is the class itself; where classes of users define `get_config` it is the first built-in
    class among their bases, whose options they ask for by ``super().get_config()``.
    """
    kinds = kind.__mro__
    own = [one for one in kinds if not is_built_in(one) and "get_config" in vars(one)]
    return next(one for one in kinds if is_built_in(one)) if own else kind


def options_of(kind: type, leave: tuple[str, ...] = ()) -> list[str]:
    """Return the names of the options of a class and of its bases, as far as it passes these on.

    Examples
    --------
    >>> class Shape:
    ...     def __init__(self, sides=3, **options): ...
    >>> class Box(Shape):
    ...     def __init__(self, width, **options): ...
    >>> options_of(Box)
    ['width', 'sides']
    """
    found: dict[str, None] = {}
    for one in kind.__mro__:
        if "__init__" not in vars(one) or one is object:
            continue
        parameters = list(inspect.signature(vars(one)["__init__"]).parameters.values())[1:]
        kinds = {parameter.kind for parameter in parameters}
        named = [p.name for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
        found |= dict.fromkeys(named)
        if inspect.Parameter.VAR_KEYWORD not in kinds:
            break
    fixed = {*leave, *getattr(kind, "fixed", ())}
    return [name for name in found if name not in fixed]


def kept_options(thing: Any, names: list[str]) -> dict[str, Any]:
    """Return the options that an object keeps in attributes."""
    lost = [name for name in names if not hasattr(thing, name)]
    if lost:
        raise OptionError(
            f"{type(thing).__name__} does not say with which {', '.join(lost)} it was made: write "
            f"self.{lost[0]} = {lost[0]} in __init__, or define get_config."
        )
    return {name: described(getattr(thing, name)) for name in names}


# -- objects as dicts ----------------------------------------------------------------------------

#: The layers that have been met while a model is described, or made again.
_MET: ContextVar[dict[Any, Any] | None] = ContextVar("layers that are met", default=None)


@contextmanager
def sharing() -> Iterator[None]:
    """Describe a layer that is met several times, or make it again, as one layer."""
    token = _MET.set({}) if _MET.get() is None else None
    try:
        yield
    finally:
        if token is not None:
            _MET.reset(token)


def described(thing: Any) -> Any:
    """Return an option as `get_config` has it: objects as dicts, known functions by their names."""
    if isinstance(thing, Configured):
        return serialize_keras_object(thing)
    if isinstance(thing, np.dtype):
        return thing.name
    if isinstance(thing, (list, tuple)):
        return type(thing)([described(part) for part in thing])
    if isinstance(thing, dict):
        return {name: described(part) for name, part in thing.items()}
    if callable(thing) and not isinstance(thing, type):
        known = next((name for name, one in FUNCTIONS.items() if one is thing), None)
        return thing if known is None else known
    return thing


def serialize_keras_object(obj: Any) -> Any:
    """Return an object as numbers, strings, lists and dicts.

    Parameters
    ----------
    obj : object
        A layer, loss or other object of `keras`; a function that has a name; numbers, arrays,
        strings, and lists, tuples and dicts of these.

    Raises
    ------
    OptionError
        If it is anything else.

    Examples
    --------
    >>> from nn.keras_style.initializers import Constant
    >>> serialize_keras_object(Constant(2.0))["config"]
    {'value': 2.0}
    """
    if obj is None or isinstance(obj, (bool, int, float, str)):
        return obj
    if isinstance(obj, Configured):
        return _described_object(obj)
    if isinstance(obj, (list, tuple)):
        parts = [serialize_keras_object(part) for part in obj]
        return parts if isinstance(obj, list) else tagged("__tuple__", parts)
    if isinstance(obj, dict):
        return {str(name): serialize_keras_object(part) for name, part in obj.items()}
    if isinstance(obj, np.dtype):
        return obj.name
    if isinstance(obj, type) and issubclass(obj, np.generic):
        return np.dtype(obj).name
    if isinstance(obj, slice):
        ends = (obj.start, obj.stop, obj.step)
        return tagged("__slice__", [serialize_keras_object(end) for end in ends])
    if obj is Ellipsis:
        return tagged("__ellipsis__", None)
    if isinstance(obj, (np.ndarray, np.generic)) or hasattr(obj, "requires_grad"):
        array = np.asarray(plain(obj))
        return tagged("__array__", {"value": array.tolist(), "dtype": array.dtype.name})
    if callable(obj) and not isinstance(obj, type) and hasattr(obj, "__name__"):
        return _described_function(obj)
    raise OptionError(
        f"{obj!r} is a {type(obj).__name__}, which a file cannot hold: write a layer or a class of "
        "keras with get_config, or save the weights alone: model.save_weights(path)."
    )


def tagged(kind: str, content: Any) -> dict[str, Any]:
    """Return a dict that stands for something that JSON has no form of."""
    return {"class_name": kind, "config": content}


def _described_object(thing: Any) -> dict[str, Any]:
    kind, met = type(thing), _MET.get()
    found = {
        "module": f"keras.{kind.keras_module}" if is_built_in(kind) else kind.__module__,
        "class_name": kind.__name__,
        "config": serialize_keras_object(thing.get_config()),
        "registered_name": None if is_built_in(kind) else get_registered_name(kind),
    }
    if met is not None and kind.keras_module == "layers":
        found["shared_object_id"] = met.setdefault(("described", id(thing)), (len(met), thing))[0]
    return found


def _described_function(function: Any) -> dict[str, Any]:
    known = next((name for name, one in FUNCTIONS.items() if one is function), None)
    name = function.__name__
    if known is not None:
        return tagged("function", known)
    if name in NUMPY and getattr(np, name) is function:
        return tagged("function", f"numpy.{name}")
    if name == "<lambda>":
        raise OptionError(
            "A file cannot hold a lambda: write a function with a name, def halved(x): ..., and "
            'give it to load_model(path, custom_objects={"halved": halved}).'
        )
    return tagged("custom_function", get_registered_name(function))


# -- dicts as objects ----------------------------------------------------------------------------


def is_tagged(config: Any) -> bool:
    """Return whether a dict stands for an object."""
    return isinstance(config, dict) and "class_name" in config and "config" in config


def deserialize_keras_object(config: Any, custom_objects: Any = None, **options: Any) -> Any:
    """Return the object of a dict that `serialize_keras_object` returned.

    Parameters
    ----------
    config : dict, list, number or str
        The dict, or lists and dicts of such dicts.
    custom_objects : dict, optional
        Classes and functions of your own by name.
    **options
        Options of Keras, which are ignored: no program in a file is ever run.

    Raises
    ------
    OptionError
        If it names a class or a function that is not known.

    Examples
    --------
    >>> from nn.keras_style.initializers import Constant
    >>> deserialize_keras_object(serialize_keras_object(Constant(2.0)))
    Constant(value=2.0)
    """
    del options
    with custom_object_scope(custom_objects), sharing():
        return revived(config)


def revived(config: Any) -> Any:
    """Return lists and dicts with objects in place of the dicts that stand for these."""
    if isinstance(config, (list, tuple)):
        return type(config)([revived(part) for part in config])
    if not isinstance(config, dict):
        return config
    if not is_tagged(config):
        return {name: revived(part) for name, part in config.items()}
    name, content = config["class_name"], config["config"]
    plain_one = untagged(config)
    if not is_tagged(plain_one):
        return plain_one
    if name in ("function", "custom_function"):
        return _function(content, name == "function")
    met, number = _MET.get(), config.get("shared_object_id")
    if met is not None and number in met:
        return met[number]
    made = class_of(config).from_config(untagged(content))  # type: ignore[attr-defined]
    if met is not None and number is not None:
        met[number] = made
    return made


def untagged(config: Any) -> Any:
    """Return a structure with its tuples, slices and arrays, in which objects are dicts still."""
    if isinstance(config, list):
        return [untagged(part) for part in config]
    if not isinstance(config, dict):
        return config
    content = config.get("config")
    match config.get("class_name") if is_tagged(config) else None:
        case "__tuple__":
            return tuple(untagged(part) for part in content)  # type: ignore[union-attr]
        case "__slice__":
            return slice(*content)  # type: ignore[misc]
        case "__ellipsis__":
            return Ellipsis
        case "__array__":
            return np.asarray(content["value"], content["dtype"])  # type: ignore[index]
    return {name: untagged(part) for name, part in config.items()}


def class_of(config: dict[str, Any]) -> type:
    """Return the class that a dict names."""
    name, module = config["class_name"], str(config.get("module") or "")
    for own in (config.get("registered_name"), name):
        found = None if own is None else get_registered_object(own)
        if found is not None:
            return found  # type: ignore[no-any-return]
    kinds = [module.removeprefix("keras.")] if module.startswith("keras.") else []
    kinds = kinds or ([] if module else [kind for kind, known in BUILT_IN if known == name])
    found = next((BUILT_IN[kind, name] for kind in kinds if (kind, name) in BUILT_IN), None)
    own = getattr(sys.modules.get(module), name, None)  # of a program that is running
    if isinstance(own, type) and issubclass(own, Configured):
        found = own
    if found is None:
        raise OptionError(
            f"The class {name} is not known: give it to the function that loads, "
            f'custom_objects={{"{name}": {name}}}, or write '
            "@keras.saving.register_keras_serializable() before the class."
        )
    return found


def _function(name: str, is_known: bool) -> Any:
    found = get_registered_object(name)
    if found is None and is_known:
        of_numpy = name.removeprefix("numpy.")
        found = FUNCTIONS.get(name) if of_numpy == name else None
        found = getattr(np, of_numpy) if of_numpy in NUMPY and of_numpy != name else found
    if found is None:
        raise OptionError(
            f"The function {name} is not known: give it to the function that loads, "
            f'custom_objects={{"{name}": {name}}}, or write '
            "@keras.saving.register_keras_serializable() before the function."
        )
    return found
