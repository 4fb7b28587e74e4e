"""PyTorch's ``torch.serialization``: which classes `torch.load` may meet in a file of objects.

Such a file is a pickle. Without ``weights_only=False`` it may refer only to layers, optimisers and
tensors of this package and to what the caller lists here, so that it cannot run anything else.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from autograd import Primitive
from autograd.errors import OptionError

_listed: list[Any] = []


def add_safe_globals(safe_globals: list[Any]) -> None:
    """Let `torch.load` meet these classes and functions in files.

    Parameters
    ----------
    safe_globals : list
        Classes and functions; or pairs of one and the name that files have for it.
    """
    for item in safe_globals:
        _name_of(item)  # or raise
    _listed.extend(safe_globals)


def get_safe_globals() -> list[Any]:
    """Return what has been listed."""
    return [*_listed]


def clear_safe_globals() -> None:
    """Forget what has been listed."""
    _listed.clear()


@contextlib.contextmanager
def safe_globals(safe_globals: list[Any]) -> Iterator[None]:
    """List classes and functions in a ``with`` block only.

    Parameters
    ----------
    safe_globals : list
        As for `add_safe_globals`.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> with torch.serialization.safe_globals([torch.nn.Linear]):
    ...     torch.serialization.get_safe_globals()
    [<class 'nn.torch_style.nn.layers.Linear'>]
    >>> torch.serialization.get_safe_globals()
    []
    """
    before = get_safe_globals()
    add_safe_globals(safe_globals)
    try:
        yield
    finally:
        _listed[:] = before


def _name_of(item: Any) -> str:
    """Return the full name of a class or function, or the one that it is listed with."""
    if isinstance(item, tuple) and len(item) == 2 and isinstance(item[1], str):
        return item[1]
    if isinstance(item, Primitive):
        return item.__name__
    if not hasattr(item, "__qualname__"):
        raise OptionError(f"safe_globals are classes and functions, not {item!r}.")
    return f"{item.__module__}.{item.__qualname__}"


def named() -> dict[str, Any]:
    """Return what has been listed, under the names that files have for it."""
    return {_name_of(item): item[0] if isinstance(item, tuple) else item for item in _listed}
