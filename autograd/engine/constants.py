"""Plain arrays as constants: protection against changes before the backward pass reads them.

NumPy's arrays have no versions. So a small array is copied into the record, and of a large one a
fingerprint of some elements is taken, which backward compares. A change that spares all of these
elements is not noticed: a full comparison would take as long as the operation itself. Of a large
array of a device nothing is taken, because a comparison would read it.
"""

from __future__ import annotations

import copy
from typing import Any, Final

import numpy as np

from autograd.engine.batching import Batched
from autograd.engine.fields import ArrayNode
from autograd.engine.foreign import is_foreign
from autograd.engine.tracing import Followed

_ndarray: Final = np.ndarray

#: The largest array, in bytes, that is copied: a copy takes about as long as two fingerprints.
COPIED: Final = 1 << 15

#: About how many elements of a larger array are compared.
COMPARED: Final = 61


def kept(x: Any) -> Any:
    """Return a constant for the record: small arrays are copied, also in tuples and lists."""
    if type(x) is _ndarray:
        return x.copy("K") if x.nbytes <= COPIED else x
    if isinstance(x, Followed):
        return x.as_constant()
    if isinstance(x, Batched):
        own = kept(x.array)
        return x if own is x.array else x.with_array(own)
    if isinstance(x, list):
        return [kept(item) for item in x]
    if type(x) is tuple:
        return tuple([kept(part) for part in x]) if _holds_arrays(x) else x
    return _kept_elsewhere(x) if is_foreign(x) else x


def _kept_elsewhere(x: Any) -> Any:
    """Return a constant of another library: what is computed later takes no memory to copy."""
    if not hasattr(x, "strides"):
        return copy.copy(x)
    return x.copy() if x.nbytes <= COPIED else x


def keep(node: ArrayNode, copies: bool, takes_fingerprint: bool) -> None:
    """Protect the constants that a node was computed from, keyword arguments included."""
    keywords = node._keywords
    if keywords:
        keywords = _kept_keywords(keywords)
    if copies:
        node._arguments = _kept_arguments(node._arguments)
    if takes_fingerprint or keywords is not node._keywords:
        node._constants = fingerprint(node._arguments, keywords)
    node._keywords = keywords


def _kept_arguments(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple([kept(x) for x in arguments])


def _kept_keywords(keywords: dict[str, Any]) -> dict[str, Any]:
    """Apply `kept` to keyword arguments."""
    for item in keywords.values():
        if (
            type(item) is _ndarray
            or isinstance(item, list)
            or isinstance(item, tuple)
            or isinstance(item, Batched)
            or is_foreign(item)
        ):
            return {name: kept(item) for name, item in keywords.items()}
    return keywords


def _holds_arrays(items: tuple[Any, ...]) -> bool:
    for item in items:
        if (
            type(item) is _ndarray
            or isinstance(item, list)
            or isinstance(item, tuple)
            or isinstance(item, Batched)
            or is_foreign(item)
        ):
            return True
    return False


def fingerprint(arguments: tuple[Any, ...], keywords: dict[str, Any]) -> int:
    """Return a number that changes when a large constant array does; zero if there is none."""
    found = _of_items(arguments)
    if keywords:
        for item in keywords.values():
            found = _with(found, item)
    return found


def _of_items(items: tuple[Any, ...]) -> int:
    found = 0
    for x in items:
        found = _with(found, x)
    return found


def _with(found: int, x: Any) -> int:
    """Combine a fingerprint with that of `x`."""
    if type(x) is _ndarray:
        return hash((found, _sample(x))) if x.nbytes > COPIED else found
    if isinstance(x, Batched):
        return _with(found, x.array)
    if isinstance(x, list):
        x = tuple(x)
    if not isinstance(x, tuple):
        return found
    inside = _of_items(x)
    return found if inside == 0 else hash((found, inside))


def _sample(x: Any) -> Any:
    step = x.size // COMPARED + 1
    flat = x.reshape(-1) if x.flags.c_contiguous else x.flat
    return flat[::step].tobytes()
