"""Batch rules of ufuncs and their methods, derived from what ufuncs have in common."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.batching import products
from autograd.batching.array import batched
from autograd.batching.entries import RULES
from autograd.batching.indexing import whole_index
from autograd.batching.level import Level, aligned, entry, innermost, is_in, ndim
from autograd.batching.loops import looped
from autograd.batching.operators import refuse_write
from autograd.engine.foreign import index_beside


def call_ufunc(ufunc: Any, method: str, inputs: Any, keywords: dict[str, Any]) -> Any:
    """Call a ufunc, or one of its methods, for all calls of the innermost batch."""
    level = innermost((inputs, keywords))
    if method == "__call__":
        if ufunc.signature is not None:
            return _call_generalised(ufunc, level, inputs, keywords)
        return _call(ufunc, level, inputs, keywords)
    rule = _METHODS.get(method)
    found = NotImplemented if rule is None else rule(ufunc, level, inputs, keywords)
    if found is NotImplemented:
        return looped(getattr(ufunc, method), level, inputs, keywords)
    return found


def _call(ufunc: Any, level: Level, inputs: Any, keywords: dict[str, Any]) -> Any:
    where = keywords.get("where", True)
    out = keywords.get("out")
    if out is not None:
        axes = max(ndim(x) for x in out if x is not None)
    else:
        axes = max([ndim(x) for x in (*inputs, where)])
    plain = [aligned(x, level, axes) for x in inputs]
    if keywords:
        keywords = {**keywords}
        if where is not True:
            keywords["where"] = aligned(where, level, axes)
        if out is not None:
            keywords["out"] = _targets(out, level)
    found = ufunc(*plain, **keywords)
    if out is not None:
        results = found if isinstance(found, tuple) else (found,)
        kept = [batched(f, level) if x is None else x for x, f in zip(out, results, strict=True)]
        return kept[0] if len(kept) == 1 else tuple(kept)
    return wrapped(found, level)


def wrapped(found: Any, level: Level) -> Any:
    """Return the results of a call for all entries, as batched arrays."""
    if isinstance(found, tuple):
        parts = [batched(x, level) for x in found]
        return type(found)(*parts) if hasattr(found, "_fields") else tuple(parts)
    return batched(found, level)


def _targets(out: Any, level: Level) -> Any:
    for x in out:
        if x is not None and not is_in(x, level):
            refuse_write(x)
    return tuple([None if x is None else x.array for x in out])


def _call_generalised(ufunc: Any, level: Level, inputs: Any, keywords: dict[str, Any]) -> Any:
    """Call a ufunc with core dimensions, such as `numpy.matmul`."""
    if keywords:
        return looped(ufunc, level, inputs, keywords)
    if ufunc is np.matmul:
        return products.matmul(level, *inputs)
    cores = [part.count(",") + 1 for part in ufunc.signature.split("->")[0].split("),(")]
    if any(ndim(x) < core for x, core in zip(inputs, cores, strict=True)):
        return looped(ufunc, level, inputs, keywords)  # raises NumPy's error
    loops = max(ndim(x) - core for x, core in zip(inputs, cores, strict=True))
    plain = [aligned(x, level, loops + core) for x, core in zip(inputs, cores, strict=True)]
    return wrapped(ufunc(*plain), level)


# -- methods ------------------------------------------------------------------------------------


def shifted(axis: Any, axes: int) -> Any:
    """Return an axis, or several, behind the axis of the batch."""
    if axis is None:
        return tuple(range(1, axes + 1))
    if isinstance(axis, (tuple, list, range)):
        return tuple([shifted(each, axes) for each in axis])
    number = int(axis)
    if not -axes <= number < axes:
        raise np.exceptions.AxisError(number, axes)
    return number % axes + 1


def _reduce(ufunc: Any, level: Level, inputs: Any, keywords: dict[str, Any]) -> Any:
    names = ("array", "axis", "dtype", "out", "keepdims", "initial", "where")
    given = {**dict(zip(names, inputs, strict=False)), **keywords}
    x = given.pop("array")
    out = given.pop("out", None)
    if not is_in(x, level) or out not in (None, (None,)) or is_in(given.get("initial"), level):
        return NotImplemented
    axis = given.pop("axis", 0)
    if not x.ndim:
        axis = ()
    where = given.pop("where", True)
    if where is not True:
        given["where"] = aligned(where, level, x.ndim)
    axis = shifted(axis, x.ndim)
    single = len(axis) == 1 if isinstance(axis, tuple) else False
    array = ufunc.reduce(x.array, axis=axis[0] if single else axis, **given)
    return batched(array, level)


def _accumulate(ufunc: Any, level: Level, inputs: Any, keywords: dict[str, Any]) -> Any:
    given = {**dict(zip(("array", "axis", "dtype", "out"), inputs, strict=False)), **keywords}
    x = given.pop("array")
    if given.pop("out", None) not in (None, (None,)) or not x.ndim:
        return NotImplemented
    axis = shifted(given.pop("axis", 0), x.ndim)
    return batched(ufunc.accumulate(x.array, axis=axis, **given), level)


def _reduceat(ufunc: Any, level: Level, inputs: Any, keywords: dict[str, Any]) -> Any:
    names = ("array", "indices", "axis", "dtype", "out")
    given = {**dict(zip(names, inputs, strict=False)), **keywords}
    x, indices = given.pop("array"), given.pop("indices")
    if given.pop("out", None) not in (None, (None,)) or innermost(indices) is level:
        return NotImplemented
    axis = shifted(given.pop("axis", 0), x.ndim)
    return batched(ufunc.reduceat(x.array, indices, axis=axis, **given), level)


def _outer(ufunc: Any, level: Level, inputs: Any, keywords: dict[str, Any]) -> Any:
    if keywords:
        return NotImplemented
    a, b = inputs
    n, m = ndim(a), ndim(b)
    if is_in(a, level):
        a = a.array.reshape(a.array.shape + (1,) * m)
    else:
        a = np.reshape(a, np.shape(a) + (1,) * m)
    return wrapped(ufunc(a, aligned(b, level, n + m)), level)


def _at(ufunc: Any, level: Level, inputs: Any, keywords: dict[str, Any]) -> Any:
    target, index, *operands = inputs
    if not is_in(target, level):
        refuse_write(target)
    found = whole_index(target, index, level)
    if found is None:
        for place in range(level.size):
            ufunc.at(target.array[place, ...], *entry((index, *operands), level, place))
        return None
    index, axes = found
    ufunc.at(
        target.array,
        index_beside(index, target.array),
        *[aligned(x, level, axes) for x in operands],
    )
    return None


_METHODS = {
    "reduce": _reduce, "accumulate": _accumulate, "reduceat": _reduceat, "outer": _outer, "at": _at,
}  # fmt: skip

RULES["ufunc"] = call_ufunc
