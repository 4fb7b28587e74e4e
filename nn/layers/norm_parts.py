"""Parts of arrays that are normalised, and numbers that repeat in them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd import kernel

#: The bytes of a part of an array; rows take smaller parts, a few of which fit into the cache.
PART = 1 << 20

#: NumPy copies numbers that repeat to buffers. Where runs of as many elements share a number, that
#: takes longer than the step itself, and the smallest buffers are faster.
RUN, LONGEST_RUN, SMALLEST_BUFFERS = 256, 4096, 16

#: Shorter rows are filled fastest by products of matrices; fewer numbers need no filling.
SHORT, SMALL = 32, 1 << 13


@kernel()
def parts(rows: Any, size: int) -> Any:
    """Return equal slices of the first axis that have at most about as many bytes."""
    if rows.nbytes <= size:
        return [slice(None)]
    step = max(math.ceil(len(rows) / math.ceil(rows.nbytes / max(size, 1))), 1)
    return [slice(start, start + step) for start in range(0, len(rows), step)]


class BuffersFor:
    """Compute with buffers of NumPy of the size with which steps on x take least time.

    Numbers are shared along the axes from `first` on.
    """

    def __init__(self, x: Any, first: int) -> None:
        is_large = x.nbytes >= PART >> 5
        self.is_needed = is_large and RUN <= math.prod(x.shape[first:]) <= LONGEST_RUN

    def __enter__(self) -> None:
        if self.is_needed:
            self.usual = np.setbufsize(SMALLEST_BUFFERS)

    def __exit__(self, *error: object) -> None:
        if self.is_needed:
            np.setbufsize(self.usual)


@kernel()
def spread(numbers: Any, out: Any) -> Any:
    """Return numbers as they are combined fastest with an array like `out`, perhaps in `out`.

    That is repeated, in `out`, unless they are few or in long runs: NumPy would copy what repeats
    anyway, to its buffers, in twice the time.
    """
    run = out.shape[-1] if numbers.shape[-1] == 1 else 0
    if run >= RUN or out.size < SMALL:
        return numbers
    if 0 < run < SHORT and out.ndim == 2:
        return numbers.dot(np.ones((1, run), out.dtype), out)
    np.copyto(out, numbers)
    return out


@kernel()
def outer(column: Any, row: Any, out: Any) -> Any:
    """Return a column, times a row if there is one, to be combined with rows; perhaps in `out`."""
    return spread(column, out) if row is None else column.dot(row, out)


@kernel()
def inverse_root(variance: Any, eps: float) -> Any:
    """Return 1 / √(variance + eps)."""
    root = variance + eps
    np.sqrt(root, out=root)
    return np.divide(1, root, out=root)
