"""The docstring and the signature of a primitive: those of its function."""

from __future__ import annotations

import inspect
from typing import Any

from autograd.engine.primitive import Primitive


class Docstring:
    """The docstring of a primitive's function; for the class `Primitive`, its own."""

    def __init__(self, of_class: str | None) -> None:
        self._of_class = of_class

    def __get__(self, primitive: Primitive | None, owner: type) -> str | None:
        if primitive is None:
            return self._of_class
        for function in (primitive.function, primitive.scalar):
            text: str | None = getattr(function, "__doc__", None)
            if text:
                return text
        return self._of_class


class Signature:
    """The signature of a primitive's function; any arguments if that has none."""

    def __get__(self, primitive: Primitive | None, owner: type) -> inspect.Signature:
        if primitive is None:
            raise AttributeError("__signature__")  # then Python takes that of the constructor
        try:
            return inspect.signature(primitive.function)
        except (TypeError, ValueError):
            return inspect.signature(_anything)


def _anything(*arguments: Any, **keywords: Any) -> None:
    """Accept the arguments of `Primitive.__call__`."""


def describe_primitives() -> None:
    """Give the class its two descriptors; mypyc has no notation for either."""
    Primitive.__doc__ = Docstring(Primitive.__doc__)  # type: ignore[assignment]
    Primitive.__signature__ = Signature()  # type: ignore[attr-defined]
