"""PyTorch's ``torch.jit``: functions and modules stay as they are; `torch.compile` is faster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

from nn.missing_names import refuse
from nn.torch_style import hints

__all__ = [
    "Final", "annotate", "export", "ignore", "is_scripting", "is_tracing", "script",
    "script_if_tracing", "trace", "unused",
]  # fmt: skip

T = TypeVar("T")


def script(obj: T, **options: Any) -> T:
    """Return a function or module as it is."""
    return obj


def trace(func: T, example_inputs: Any = None, **options: Any) -> T:
    """Return a function or module as it is."""
    return func


def ignore(drop: Any = False, **options: Any) -> Any:
    """Return a function as it is."""
    return drop if callable(drop) else _same


def annotate(the_type: Any, the_value: T) -> T:
    """Return a value as it is."""
    return the_value


def _same(function: T) -> T:
    return function


def is_scripting() -> bool:
    """Return False: nothing is compiled."""
    return False


is_tracing = is_scripting
export = unused = script_if_tracing = _overload_method = _same

if not TYPE_CHECKING:  # a type checker is to find wrong names

    def __getattr__(name: str) -> Any:
        refuse(hints.missing("torch.jit", name, __all__))
