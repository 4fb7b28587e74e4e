"""Sparse matrices whose numbers may be nodes."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse

from autograd.engine import Node
from autograd.engine.dispatch import plain
from autograd.errors import ShapeError
from autograd.scipy.sparse.patterns import Pattern, moved, times, times_transposed
from autograd.scipy.stats.families import number


class SparseArray:
    """A sparse matrix whose numbers are a node, in rows like a `scipy.sparse.csr_array`.

    It is what the constructors of this package and operators with nodes return. Its numbers are
    ``data``, its places ``indices`` and ``indptr``; ``A @ x``, ``x @ A``, ``A @ B``, ``A + B``, ``A.T``,
    ``A[rows, columns]``, ``A * c``, ``A.multiply(B)``, ``A.sum(axis)``, ``A.diagonal()``, ``A.toarray()``
    are recorded. Entries outside of the pattern stay zero, and have no derivative.

    Parameters
    ----------
    data : array_like or node
        The numbers.
    pattern : Pattern
        Their places.
    """

    __array_ufunc__ = None  # NumPy's arrays leave operators to this class
    __array_priority__ = 20.0
    ndim = 2

    def __init__(self, data: Any, pattern: Pattern) -> None:
        self.data, self.pattern = data, pattern

    @property
    def shape(self) -> tuple[int, int]:
        """The numbers of rows and columns."""
        return self.pattern.shape

    @property
    def dtype(self) -> Any:
        """The type of the numbers."""
        return self.data.dtype

    @property
    def nnz(self) -> int:
        """The number of entries."""
        return self.pattern.size

    @property
    def indices(self) -> Any:
        """The column of each entry."""
        return self.pattern.indices

    @property
    def indptr(self) -> Any:
        """The position of the first entry of each row, then the number of entries."""
        return self.pattern.indptr

    @property
    def T(self) -> SparseArray:  # noqa: N802 - NumPy's name
        """The transposed matrix."""
        pattern, order = self.pattern.transpose
        return SparseArray(self.data[order], pattern)

    def transpose(self) -> SparseArray:
        """Return the transposed matrix."""
        return self.T

    def plain(self) -> Any:
        """Return the matrix as a `scipy.sparse.csr_array` of numbers."""
        return self.pattern.matrix(plain(self.data))

    def toarray(self) -> Any:
        """Return a dense matrix."""
        flat = np.concatenate([self.data, np.zeros(1, self.dtype)])
        source = np.full(self.shape, self.nnz)
        source[self.pattern.rows, self.indices] = np.arange(self.nnz)
        return flat[source]

    todense = toarray

    def tocsr(self, copy: bool = False) -> SparseArray:
        """Return the matrix itself."""
        return self

    tocsc = tocoo = asformat = tocsr

    def copy(self) -> SparseArray:
        """Return the same matrix."""
        return SparseArray(+self.data, self.pattern)

    def diagonal(self, k: int = 0) -> Any:
        """Return a diagonal."""
        return self._gathered(self.pattern.positions().diagonal(k))

    def trace(self) -> Any:
        """Return the sum of the diagonal."""
        return np.sum(self.diagonal())

    def sum(self, axis: Any = None) -> Any:
        """Return the sum of all entries, or of those along an axis."""
        if axis is None:
            return np.sum(self.data)
        ones = np.ones(self.shape[0 if axis in (0, -2) else 1], self.dtype)
        return (times_transposed if axis in (0, -2) else times)(self.data, ones, self.pattern)

    def multiply(self, other: Any) -> SparseArray:
        """Multiply by a number, or element by element by an array or a sparse matrix."""
        if np.ndim(other) == 0 and not is_sparse(other):
            return SparseArray(self.data * other, self.pattern)
        if is_sparse(other):
            return _elementwise_product(self, as_sparse(other))
        dense = number(other)
        whole = np.broadcast_to(
            np.reshape(np.arange(np.size(plain(dense))), np.shape(dense)), self.shape
        )
        flat = np.reshape(dense, (-1,))
        return SparseArray(self.data * flat[whole[self.pattern.rows, self.indices]], self.pattern)

    def dot(self, other: Any) -> Any:
        """Return the product of matrices."""
        return self @ other

    def __matmul__(self, other: Any) -> Any:
        if is_sparse(other):
            return _product(self, as_sparse(other))
        return times(self.data, self._fitting(number(other), 1), self.pattern)

    def __rmatmul__(self, other: Any) -> Any:
        if is_sparse(other):
            return _product(as_sparse(other), self)
        x = number(other)
        if np.ndim(x) == 1:
            return times_transposed(self.data, self._fitting(x, 0), self.pattern)
        x = np.swapaxes(x, -1, -2)
        return np.swapaxes(times_transposed(self.data, self._fitting(x, 0), self.pattern), -1, -2)

    def _fitting(self, x: Any, axis: int) -> Any:
        if np.ndim(x) not in (1, 2) or np.shape(x)[0] != self.shape[axis]:
            raise ShapeError(
                f"A sparse matrix of shape {self.shape} cannot be multiplied by an array of shape "
                f"{np.shape(x)}: the inner lengths must be equal, of one or two axes."
            )
        return x

    def __mul__(self, other: Any) -> Any:
        return self.multiply(other)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> SparseArray:
        return self.multiply(1 / other)

    def __neg__(self) -> SparseArray:
        return SparseArray(-self.data, self.pattern)

    def __add__(self, other: Any) -> Any:
        if is_sparse(other):
            return _sum(self, as_sparse(other))
        return self.toarray() + other

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        return self + (-other)

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def __getitem__(self, index: Any) -> Any:
        found = self.pattern.positions()[index]
        if not scipy.sparse.issparse(found):
            return self._gathered(np.asarray(found))
        if found.ndim == 1:
            return self._gathered(found.toarray())
        pattern, order = moved(found)
        return SparseArray(self.data[order], pattern)

    def _gathered(self, positions: Any) -> Any:
        """Return entries by their positions, 0 for none."""
        flat = np.concatenate([np.zeros(1, self.dtype), self.data])
        return flat[np.asarray(positions, int)]

    def __repr__(self) -> str:
        return f"<SparseArray of {self.nnz} entries in {self.shape}, data={self.data!r}>"


def is_sparse(x: Any) -> bool:
    """Return whether something is a sparse matrix, of numbers or of nodes."""
    return isinstance(x, SparseArray) or scipy.sparse.issparse(x)


def as_sparse(x: Any) -> SparseArray:
    """Return any sparse matrix as one whose numbers may be nodes."""
    if isinstance(x, SparseArray):
        return x
    matrix = scipy.sparse.csr_array(x, copy=True)
    matrix.sum_duplicates()
    data = matrix.data if matrix.dtype.kind in "fc" else matrix.data.astype(float)
    return SparseArray(data, Pattern(matrix))


def simplified(matrix: SparseArray) -> Any:
    """Return SciPy's matrix if there is no node."""
    return matrix if isinstance(matrix.data, Node) else matrix.plain()


def from_entries(data: Any, rows: Any, columns: Any, shape: Any) -> Any:
    """Return the matrix with these entries; those at the same place are added."""
    rows, columns = np.asarray(rows), np.asarray(columns)
    ones = np.ones(len(rows), np.int8)
    pattern = scipy.sparse.csr_array((ones, (rows, columns)), shape)
    pattern.sum_duplicates()
    found = Pattern(pattern)
    places = pattern.indptr[rows] * 0
    numbered = found.positions()
    places = np.asarray(numbered[rows, columns]).reshape(-1) - 1 if len(rows) else places
    if len(places) == found.size and np.array_equal(places, np.arange(found.size)):
        return SparseArray(data, found)
    sums = scipy.sparse.csr_array(
        (np.ones(len(rows)), (places, np.arange(len(rows)))), (found.size, len(rows))
    )
    sums.sort_indices()
    return SparseArray(times(sums.data, data, Pattern(sums)), found)


def _sum(a: SparseArray, b: SparseArray) -> SparseArray:
    if a.shape != b.shape:
        raise ShapeError(f"Sparse matrices of shapes {a.shape} and {b.shape} cannot be added.")
    if np.array_equal(a.indices, b.indices) and np.array_equal(a.indptr, b.indptr):
        return SparseArray(a.data + b.data, a.pattern)
    rows = np.concatenate([a.pattern.rows, b.pattern.rows])
    columns = np.concatenate([a.indices, b.indices])
    return from_entries(np.concatenate([a.data, b.data]), rows, columns, a.shape)  # type: ignore[no-any-return]


def _elementwise_product(a: SparseArray, b: SparseArray) -> SparseArray:
    if a.shape != b.shape:
        raise ShapeError(f"Sparse matrices of shapes {a.shape} and {b.shape} cannot be multiplied.")
    ones = a.pattern.matrix(np.ones(a.nnz)), b.pattern.matrix(np.ones(b.nnz))
    both = scipy.sparse.csr_array(ones[0].multiply(ones[1]))
    both.sort_indices()
    pattern = Pattern(both)
    parts = [x.data[_positions(x, pattern.rows, pattern.indices)] for x in (a, b)]
    return SparseArray(parts[0] * parts[1], pattern)


def _positions(x: SparseArray, rows: Any, columns: Any) -> Any:
    """Return where entries at these places are among the entries of a matrix."""
    if len(rows) == 0:
        return np.zeros(0, int)
    return np.asarray(x.pattern.positions()[rows, columns]).reshape(-1) - 1


def _product(a: SparseArray, b: SparseArray) -> Any:
    """Return the product: for each entry of a, all entries of b in the row of its column."""
    if a.shape[1] != b.shape[0]:
        raise ShapeError(f"Sparse matrices of shapes {a.shape} and {b.shape} cannot be multiplied.")
    counts = np.diff(b.indptr)[a.indices]
    first = np.repeat(np.arange(a.nnz), counts)
    before = np.repeat(np.cumsum(counts) - counts, counts)
    second = np.repeat(b.indptr[a.indices], counts) + np.arange(len(first)) - before
    rows, columns = a.pattern.rows[first], b.indices[second]
    shape = (a.shape[0], b.shape[1])
    return from_entries(a.data[first] * b.data[second], rows, columns, shape)
