"""Set operations: the results are elements of the arguments.

Among equal elements the first one is taken and gets the derivative.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.engine import Node
from autograd.engine.dispatch import plain
from autograd.engine.foreign import full
from autograd.rules.table import composition_of


@composition_of(np.unique)
def unique(
    ar: Any, return_index: bool = False, return_inverse: bool = False,
    return_counts: bool = False, axis: Any = None, **keywords: Any,
) -> Any:  # fmt: skip
    """Return sorted distinct elements, and plain indices and counts."""
    more = {**keywords, "return_inverse": return_inverse, "return_counts": return_counts}
    _, first, *others = np.unique(plain(ar), return_index=True, axis=axis, **more)
    values = np.ravel(ar)[first] if axis is None else np.take(ar, first, axis=axis)
    indices = [first] if return_index else []
    results = (values, *indices, *others)
    return results if len(results) > 1 else values


@composition_of(np.unique_values)
def unique_values(x: Any) -> Any:
    """Return the sorted distinct elements."""
    return unique(x, equal_nan=False)


@composition_of(np.unique_all)
def unique_all(x: Any) -> Any:
    """Return distinct elements, their first indices, inverse indices and counts."""
    found = np.unique_all(plain(x))
    return type(found)(np.ravel(x)[found.indices], *found[1:])


@composition_of(np.unique_counts)
def unique_counts(x: Any) -> Any:
    """Return distinct elements and their counts."""
    values, counts = unique(x, return_counts=True, equal_nan=False)
    return type(np.unique_counts(plain(x)))(values, counts)


@composition_of(np.unique_inverse)
def unique_inverse(x: Any) -> Any:
    """Return distinct elements and the inverse indices."""
    found = np.unique_all(plain(x))
    kind = type(np.unique_inverse(plain(x)))
    return kind(np.ravel(x)[found.indices], found.inverse_indices)


@composition_of(np.union1d)
def union1d(ar1: Any, ar2: Any) -> Any:
    """Return the union; equal elements are taken from the first array."""
    return unique(np.concatenate([np.ravel(ar1), np.ravel(ar2)]))


@composition_of(np.intersect1d)
def intersect1d(
    ar1: Any, ar2: Any, assume_unique: bool = False, return_indices: bool = False
) -> Any:
    """Return the intersection: elements of the first array, or of the one that is a node."""
    _, i, j = np.intersect1d(plain(ar1), plain(ar2), assume_unique, True)
    values = np.ravel(ar1)[i] if isinstance(ar1, Node) else np.ravel(ar2)[j]
    return (values, i, j) if return_indices else values


@composition_of(np.setdiff1d)
def setdiff1d(ar1: Any, ar2: Any, assume_unique: bool = False) -> Any:
    """Return the elements of the first array that are not in the second."""
    ar1 = np.ravel(ar1) if assume_unique else np.unique(ar1)
    return ar1[np.isin(plain(ar1), plain(ar2), invert=True)]


@composition_of(np.setxor1d)
def setxor1d(ar1: Any, ar2: Any, assume_unique: bool = False) -> Any:
    """Return the elements of exactly one of two arrays."""
    both = [np.ravel(ar) if assume_unique else np.unique(ar) for ar in (ar1, ar2)]
    ordered = np.sort(np.concatenate(both))
    change = plain(ordered)[1:] != plain(ordered)[:-1]
    end = full(1, True, bool, ordered)
    changes = np.concatenate([end, change, end])
    return ordered[changes[1:] & changes[:-1]]


@composition_of(np.sort_complex)
def sort_complex(a: Any) -> Any:
    """Sort numbers, converted to complex."""
    ordered = np.sort(a)
    return ordered if np.iscomplexobj(plain(a)) else ordered.astype(np.complex128)


@composition_of(np.trim_zeros)
def trim_zeros(filt: Any, trim: str = "fb", axis: Any = None) -> Any:
    """Trim zeros at the ends."""
    ndim = np.ndim(filt)
    if ndim == 0:
        return filt
    axes = range(ndim) if axis is None else (axis,) if np.ndim(axis) == 0 else axis
    places = np.nonzero(plain(filt))
    index = [slice(None)] * ndim
    for a in axes:
        if places[a].size == 0:
            index[a] = slice(0, 0)
            continue
        first = int(places[a].min()) if "f" in trim.lower() else None
        last = int(places[a].max()) + 1 if "b" in trim.lower() else None
        index[a] = slice(first, last)
    return filt[tuple(index)]
