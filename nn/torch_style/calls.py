"""Functions of `autograd` and `nn` as functions of tensors in PyTorch's style."""

from __future__ import annotations

import inspect
import operator
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from autograd.errors import OptionError
from nn.torch_style.base import inside, outside, overwritten
from nn.torch_style.tensor import Tensor

#: Of an argument that changes nothing: every value is accepted.
ANY: Final = object()


def shown(
    function: Callable[..., Any], order: str = "", lacking: Mapping[str, Any] | None = None
) -> Callable[..., Tensor]:
    """Return a function of tensors that calls one of Tensors and arrays.

    Parameters
    ----------
    function : callable
        The function.
    order : str
        The names of PyTorch's arguments in their order, where they differ; ``new=old`` gives an
        argument that the function names otherwise.
    lacking : mapping
        PyTorch's arguments that the function lacks, with the values that change nothing, or `ANY`.
    """
    names = [name.partition("=")[0] for name in order.split()]
    renamed = dict(name.split("=") for name in order.split() if "=" in name)
    harmless = lacking or {}
    called = getattr(function, "__name__", "function")

    def call(*inputs: Any, **options: Any) -> Any:
        if names:
            if len(inputs) > len(names):
                raise OptionError(f"{called} takes at most {len(names)} arguments.")
            options = {**dict(zip(names, inputs, strict=False)), **options}
            inputs = ()
        overwrites = "inplace" in harmless and options.get("inplace", False)
        for name, usual in harmless.items():
            if options.pop(name, usual) != usual and usual is not ANY:
                raise OptionError(f"{called} has no {name}= here, but what {name}={usual!r} means.")
        if names and names[0] in options:
            inputs = (options.pop(names[0]),)
        given = {renamed.get(name, name): option for name, option in options.items()}
        found = outside(function(*inside(inputs), **inside(given)))
        return overwritten(inputs[0], found) if overwrites else found

    call.__name__ = called
    call.plain_function = function  # type: ignore[attr-defined]
    call.__signature__ = signature_of(function, order.split(), harmless)  # type: ignore[attr-defined]
    call.__doc__ = summary(function)
    return call


def signature_of(
    function: Callable[..., Any], order: Iterable[str], lacking: Mapping[str, Any]
) -> inspect.Signature:
    """Return the signature with PyTorch's names: those in an order, or all of the function's own.

    Parameters
    ----------
    function : callable
        The function or class, of which the defaults are.
    order : iterable of str
        The names of PyTorch's arguments, as in `shown`.
    lacking : mapping
        PyTorch's arguments that the function lacks, with their defaults.
    """
    known = inspect.signature(function).parameters
    found = []
    for name in order:
        new, _, old = name.partition("=")
        default = getattr(known.get(old or new), "default", lacking.get(new))
        place = inspect.Parameter.POSITIONAL_OR_KEYWORD
        found.append(inspect.Parameter(new, place, default=None if default is ANY else default))
    try:
        return inspect.Signature(found or [p for n, p in known.items() if n != "generator"])
    except ValueError:  # a default before an argument without one
        return inspect.Signature([p.replace(kind=p.KEYWORD_ONLY) for p in found])


def summary(function: Callable[..., Any]) -> str:
    """Return the first line of a docstring; the examples behind it are those of arrays."""
    return (function.__doc__ or "").strip().partition("\n")[0]


def named_in(module: str, space: dict[str, Any]) -> None:
    """Name functions as a module does, unless they are found by their own names, for pickles."""
    for name, item in space.items():
        if inspect.isfunction(item) and not _is_found(item):
            item.__module__, item.__qualname__ = module, name


def _is_found(function: Any) -> bool:
    try:
        return (
            operator.attrgetter(function.__qualname__)(sys.modules[function.__module__]) is function
        )
    except (AttributeError, KeyError):
        return False
