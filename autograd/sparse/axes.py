"""Patterns of functions that combine all elements along some axes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.program.instructions import Method
from autograd.sparse.operands import Operand, Step, Unknown, plain
from autograd.sparse.sets import Sets, broadcast_positions, require_few

Rule = Callable[[Step], list[Sets]]


def _first(step: Step) -> Operand:
    """Return the array that a function is called with: only it may depend on anything."""
    found = step.arguments[0] if step.arguments else None
    others = [x for x in step.operands() if x is not found and x.sets is not None]
    if not isinstance(found, Operand) or found.sets is None or others:
        raise Unknown
    return found


def _axes(axis: Any, ndim: int) -> tuple[int, ...]:
    """Return axes as numbers that are not negative; all for None."""
    axis = plain(axis)
    if axis is None:
        return tuple(range(ndim))
    return tuple(int(k) % ndim for k in (axis if isinstance(axis, (tuple, list)) else (axis,)))


def grouped(x: Operand, axes: tuple[int, ...]) -> tuple[Sets, tuple[int, ...]]:
    """Return the unions along some axes, and their shape, in which these axes have length 1."""
    assert x.sets is not None
    kept = tuple(1 if k in axes else n for k, n in enumerate(x.shape))
    if math.prod(kept) == 1:
        return x.sets.all(), kept
    into = broadcast_positions(kept, x.shape)
    return x.sets.combined(into, np.arange(x.size), math.prod(kept)), kept


def _of_array(array: Any, axis: Any = 0, *_: Any, **__: Any) -> None:
    """Have the signature of the methods of ufuncs."""


def _of_segments(array: Any, indices: Any, axis: Any = 0, *_: Any, **__: Any) -> None:
    """Have the signature of ``ufunc.reduceat``."""


def reduction(signature: Any, default: Any = None) -> Rule:
    """Return the rule of a reduction, whose parameters are those of another function."""

    def reduced(step: Step) -> list[Sets]:
        x = _first(step)
        named = step.bound(signature)
        axis = named.get("axis", default)
        found, _ = grouped(x, _axes(axis, len(x.shape)))
        if found.size != math.prod(step.shape):
            raise Unknown
        return [found]

    return reduced


def scan(signature: Any, default: Any = None) -> Rule:
    """Return the rule of a function whose results depend on all elements before them."""

    def scanned(step: Step) -> list[Sets]:
        x = _first(step)
        axis = plain(step.bound(signature).get("axis", default))
        shape = (x.size,) if axis is None else x.shape
        if not shape or math.prod(step.shape) != x.size:
            raise Unknown
        axis = 0 if axis is None else axis
        n = shape[axis]
        require_few(x.size * (n + 1) // 2, x.size, x.size)
        lines = np.moveaxis(np.arange(x.size).reshape(shape), axis, -1).reshape(-1, n)
        later, earlier = np.tril_indices(n)
        assert x.sets is not None
        return [x.sets.combined(lines[:, later].ravel(), lines[:, earlier].ravel(), x.size)]

    return scanned


def segments(step: Step) -> list[Sets]:
    """Return the unions of ``ufunc.reduceat``: from each index to the next one."""
    x = _first(step)
    assert x.sets is not None
    named = step.bound(_of_segments)
    axis = int(plain(named.get("axis", 0)))
    indices = np.asarray(plain(named["indices"]))
    lines = np.moveaxis(np.arange(x.size).reshape(x.shape), axis, -1)
    lengths = np.maximum(np.append(indices[1:], lines.shape[-1]) - indices, 1)
    starts = indices - (np.cumsum(lengths) - lengths)
    segment = np.repeat(np.arange(indices.size), lengths)
    place = np.arange(segment.size) + np.repeat(starts, lengths)
    results = np.moveaxis(np.arange(math.prod(step.shape)).reshape(step.shape), axis, -1)
    into, places = results[..., segment], lines[..., place]
    return [x.sets.combined(into.reshape(-1), places.reshape(-1), results.size)]


def along(parameter: str, default: Any) -> Rule:
    """Return the rule of a function whose results depend on all elements along some axes."""

    def mixed(step: Step) -> list[Sets]:
        x = _first(step)
        axes = _axes(step.bound().get(parameter, default), len(x.shape))
        return [_spread_again(x, axes, step.shape)]

    return mixed


def _spread_again(x: Operand, axes: tuple[int, ...], shape: tuple[int, ...]) -> Sets:
    """Return the unions along axes, for each element along these axes of the result."""
    found, kept = grouped(x, axes)
    fits = len(kept) == len(shape) and all(
        k in axes or n == m for k, (n, m) in enumerate(zip(kept, shape, strict=True))
    )
    if not fits:
        raise Unknown
    return found.take(broadcast_positions(kept, shape))


def matrices(step: Step) -> list[Sets]:
    """Return the sets of a function of matrices: stacks of them do not mix."""
    parts: list[tuple[Sets, tuple[int, ...]]] = []
    for x in step.operands():
        if len(x.shape) < 2:
            raise Unknown
        if x.sets is not None:
            found, kept = grouped(x, (len(x.shape) - 2, len(x.shape) - 1))
            parts.append((found, kept[:-2]))
    batch = np.broadcast_shapes(*(x.shape[:-2] for x in step.operands()))
    total = Sets.empty(math.prod(batch), step.width)
    for found, shape in parts:
        total = found.take(broadcast_positions(shape, batch)).union(total)
    results = []
    for shape in [result.shape for result in step.results]:
        if shape[: len(batch)] != batch:
            raise Unknown
        each = math.prod(shape[len(batch) :])
        results.append(total.take(np.repeat(np.arange(total.size), each)))
    return results


def solved(step: Step) -> list[Sets]:
    """Return the sets of solutions of linear equations: right-hand sides do not mix."""
    a, b = step.arguments[:2]
    if isinstance(a, Operand) and a.sets is not None:
        return matrices(step)
    if not isinstance(b, Operand) or len(b.shape) < 2 or step.shape[:-2] != b.shape[:-2]:
        raise Unknown
    return [_spread_again(b, (len(b.shape) - 2,), step.shape)]


def counted(step: Step) -> list[Sets]:
    """Return the unions of weights that `numpy.bincount` adds up."""
    named = step.bound()
    weights = named.get("weights")
    if not isinstance(weights, Operand) or weights.sets is None:
        raise Unknown
    into = np.asarray(plain(named["x"])).reshape(-1)
    return [weights.sets.combined(into, np.arange(into.size), math.prod(step.shape))]


_REDUCTIONS = (
    np.sum, np.prod, np.mean, np.max, np.min, np.amax, np.amin, np.nansum, np.nanprod, np.nanmean,
    np.nanmax, np.nanmin, np.any, np.all, np.var, np.std, np.nanvar, np.nanstd, np.ptp, np.median,
    np.nanmedian, np.count_nonzero, np.argmax, np.argmin, np.linalg.norm, np.linalg.vector_norm,
)  # fmt: skip
_SCANS = (np.cumsum, np.cumprod, np.nancumsum, np.nancumprod)
_OF_ONE_AXIS = (
    np.fft.fft, np.fft.ifft, np.fft.rfft, np.fft.irfft, np.fft.hfft, np.fft.ihfft, np.sort,
    np.unwrap, np.argsort,
)  # fmt: skip
_OF_AXES = (np.fft.fftn, np.fft.ifftn, np.fft.rfftn, np.fft.irfftn)
_OF_TWO_AXES = (np.fft.fft2, np.fft.ifft2, np.fft.rfft2, np.fft.irfft2)
_OF_MATRICES = (
    np.linalg.inv, np.linalg.det, np.linalg.slogdet, np.linalg.cholesky, np.linalg.pinv,
    np.linalg.matrix_power, np.linalg.eigh, np.linalg.eigvalsh, np.linalg.svd, np.linalg.qr,
    np.linalg.eig, np.linalg.eigvals,
)  # fmt: skip

RULES: dict[Any, Rule] = {
    **{function: reduction(function) for function in _REDUCTIONS},
    **{
        Method(function.__name__): reduction(function)
        for function in _REDUCTIONS
        if hasattr(np.ndarray, function.__name__)
    },
    **{function: scan(function) for function in _SCANS},
    Method("cumsum"): scan(np.cumsum),
    Method("cumprod"): scan(np.cumprod),
    **dict.fromkeys(_OF_ONE_AXIS, along("axis", -1)),
    **dict.fromkeys(_OF_AXES, along("axes", None)),
    **dict.fromkeys(_OF_TWO_AXES, along("axes", (-2, -1))),
    **dict.fromkeys(_OF_MATRICES, matrices),
    np.linalg.solve: solved,
    np.bincount: counted,
}

#: The rules of the methods of ufuncs.
OF_UFUNC: dict[Any, Rule] = {
    np.ufunc.reduce: reduction(_of_array, 0),
    np.ufunc.accumulate: scan(_of_array, 0),
    np.ufunc.reduceat: segments,
}
