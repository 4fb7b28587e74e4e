"""Batch rules of linear algebra, which NumPy computes for stacks of matrices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.batching.array import batched
from autograd.batching.axes import stacks
from autograd.batching.level import Level, depends_on, is_in, ndim, shape, whole
from autograd.batching.ufuncs import shifted


def solve(level: Level, a: Any, b: Any) -> Any:
    """Solve linear equations: for one vector, or for the columns of matrices."""
    if ndim(a) < 2:
        return NotImplemented  # the loop raises NumPy's error
    if is_in(b, level) and not is_in(a, level) and b.ndim == 1 and ndim(a) == 2:
        return batched(np.linalg.solve(a, b.array.T).T, level)  # one factorisation for all
    if ndim(b) == 1:
        (length,) = shape(b)
        columns = whole(b, level).reshape((level.size, *(1,) * (ndim(a) - 2), length, 1))
        return batched(np.linalg.solve(whole(a, level), columns)[..., 0], level)
    if ndim(a) != ndim(b):
        return NotImplemented
    return batched(np.linalg.solve(whole(a, level), whole(b, level)), level)


def norm(level: Level, x: Any, ord: Any = None, axis: Any = None, keepdims: Any = False) -> Any:
    """Return a norm of vectors or matrices."""
    if depends_on((ord, axis), level):
        return NotImplemented
    if axis is None and (ord is None or x.ndim not in (1, 2)):
        if ord is not None or x.ndim == 0:
            return NotImplemented
        flat = np.linalg.norm(x.array.reshape((level.size, x.size)), axis=1)
        if keepdims:
            flat = flat.reshape((level.size, *(1,) * x.ndim))
        return batched(flat, level)
    return batched(
        np.linalg.norm(x.array, ord, shifted(axis, x.ndim) if axis is not None else
                       (1 if x.ndim == 1 else (1, 2)), keepdims), level
    )  # fmt: skip


LINALG: dict[Any, Callable[..., Any]] = {
    **{f: stacks(f) for f in (
        np.linalg.inv, np.linalg.det, np.linalg.slogdet, np.linalg.cholesky, np.linalg.eigh,
        np.linalg.eigvalsh, np.linalg.eig, np.linalg.eigvals, np.linalg.svd, np.linalg.svdvals,
        np.linalg.qr, np.linalg.pinv, np.linalg.matrix_rank, np.linalg.matrix_power, np.linalg.cond,
        np.linalg.matrix_norm,
    )},
    np.linalg.solve: solve,
    np.linalg.norm: norm,
}  # fmt: skip
