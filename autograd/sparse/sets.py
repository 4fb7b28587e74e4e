"""`Sets`: for each element of an array, the set of inputs on which it depends."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.errors import MissingProgramError, ShapeError

#: Patterns with more entries than this are refused: with their values they take 1.2 GB.
LIMIT = 10**8


def scipy_sparse() -> Any:
    """Return `scipy.sparse`, which only sparse derivatives need."""
    try:
        import scipy.sparse
    except ImportError:
        raise MissingProgramError(
            "Sparse derivatives need SciPy. Install it: pip install scipy"
        ) from None
    return scipy.sparse


class Sets:
    """Sets of columns, one for each element of an array in C order: the rows of a sparse matrix.

    Sets are never changed, so those that are equal may be the same object.

    Parameters
    ----------
    indptr, indices : ndarray
        As in a `scipy.sparse.csr_array`.
    width : int
        The number of columns.
    """

    __slots__ = ("indices", "indptr", "width")

    def __init__(self, indptr: Any, indices: Any, width: int) -> None:
        self.indptr = indptr
        self.indices = indices
        self.width = width

    @classmethod
    def empty(cls, size: int, width: int) -> Sets:
        """Return empty sets."""
        return cls(np.zeros(size + 1, np.int32), np.zeros(0, np.int32), width)

    @classmethod
    def identity(cls, first: int, size: int, width: int) -> Sets:
        """Return sets of one column each, in order."""
        columns = np.arange(first, first + size, dtype=np.int32)
        return cls(np.arange(size + 1, dtype=np.int32), columns, width)

    @property
    def size(self) -> int:
        """The number of sets."""
        return len(self.indptr) - 1

    @property
    def count(self) -> int:
        """The number of elements of all sets."""
        return len(self.indices)

    def matrix(self) -> Any:
        """Return the matrix of these rows, of booleans."""
        ones = np.ones(self.count, bool)
        shape = (self.size, self.width)
        return scipy_sparse().csr_array((ones, self.indices, self.indptr), shape=shape)

    @classmethod
    def of_matrix(cls, matrix: Any) -> Sets:
        """Return the rows of a `scipy.sparse.csr_array` without duplicates."""
        return cls(matrix.indptr, matrix.indices, matrix.shape[1])

    def take(self, index: Any) -> Sets:
        """Return the sets at positions, as for ``array[index]``; at -1 an empty one."""
        index = index.reshape(-1)
        if not self.count:
            return Sets.empty(index.size, self.width)
        exists = index >= 0
        starts = self.indptr[index]
        lengths = np.where(exists, self.indptr[index + 1] - starts, 0)
        total = int(lengths.sum(dtype=np.int64))
        require_few(total, index.size, self.width)
        indptr = np.zeros(index.size + 1, np.int32)
        np.cumsum(lengths, out=indptr[1:])
        if total == index.size and lengths.all():  # the usual case: one element each
            return Sets(indptr, self.indices[starts], self.width)
        places = np.arange(total, dtype=np.int32) + np.repeat(starts - indptr[:-1], lengths)
        return Sets(indptr, self.indices[places], self.width)

    def union(self, other: Sets) -> Sets:
        """Return the unions of sets at the same position."""
        if other is self or not other.count:
            return self
        if not self.count:
            return other
        if self.size == 1:
            indices = np.union1d(self.indices, other.indices)
            return Sets(_one(indices), indices, self.width)
        same = self.count == other.count and np.array_equal(self.indptr, other.indptr)
        if same and np.array_equal(self.indices, other.indices):
            return self
        return Sets.of_matrix(self.matrix() + other.matrix())

    def combined(self, into: Any, places: Any, size: int) -> Sets:
        """Return unions of sets: of those at `places`, at the position in `into` of the result.

        Parameters
        ----------
        into, places : ndarray
            Positions in the result and in these sets, of the same length.
        size : int
            The number of results.
        """
        lengths = np.diff(self.indptr)[places]
        total = int(lengths.sum(dtype=np.int64))
        if not total:
            return Sets.empty(size, self.width)
        require_few(min(total, size * self.width), size, self.width)
        sparse = scipy_sparse()
        ones = np.ones(len(into), bool)
        chosen = sparse.coo_array((ones, (into, places)), shape=(size, self.size)).tocsr()
        found = chosen @ self.matrix()
        found.sort_indices()
        return Sets.of_matrix(found)

    def all(self) -> Sets:
        """Return the union of all sets."""
        present = np.zeros(self.width, bool)
        present[self.indices] = True
        indices = np.flatnonzero(present).astype(np.int32)
        return Sets(_one(indices), indices, self.width)

    def filtered(self, kept: Any) -> Sets:
        """Return the sets where a mask holds, and empty ones elsewhere."""
        index = np.where(kept.reshape(-1), np.arange(self.size), -1)
        return self if kept.all() else self.take(index)

    def replaced(self, places: Any, others: Sets) -> Sets:
        """Return these sets with others at positions, of which no two are the same."""
        index = np.arange(self.size)
        index[places] = self.size + np.arange(others.size)
        return joined([self, others]).take(index)


def _one(indices: Any) -> Any:
    """Return the `indptr` of a single set."""
    return np.array([0, indices.size], np.int32)


def joined(parts: list[Sets]) -> Sets:
    """Return the sets of several arrays, one after the other."""
    if len(parts) == 1:
        return parts[0]
    require_few(sum(part.count for part in parts), sum(p.size for p in parts), parts[0].width)
    starts = np.cumsum([0, *(part.count for part in parts)], dtype=np.int32)
    indptr = [part.indptr[:-1] + start for part, start in zip(parts, starts, strict=False)]
    indptr.append(starts[-1:])
    indices = np.concatenate([part.indices for part in parts])
    return Sets(np.concatenate(indptr), indices, parts[0].width)


def require_few(count: int, size: int, width: int) -> None:
    """Raise an error for a pattern that is too dense."""
    if count > LIMIT:
        raise ShapeError(
            f"A derivative of {size} numbers with respect to {width} has {count} entries, more "
            f"than {LIMIT}: it is not sparse enough to be stored. Use make_jvp, make_vjp or "
            "make_hvp, which need no matrix."
        )


def broadcast_positions(shape: tuple[int, ...], to: tuple[int, ...]) -> Any:
    """Return the position of the element of an array that each element of a larger one repeats."""
    return np.broadcast_to(np.arange(math.prod(shape)).reshape(shape), to).reshape(-1)
