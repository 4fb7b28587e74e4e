"""`scipy.sparse` with derivatives by the numbers in sparse matrices, and by what they multiply.

The constructors return a `SparseArray` if their numbers are a node, else SciPy's matrices. Operators
between SciPy's matrices and nodes work as they are.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as _original

from autograd.scipy.fallback import has_node as _has_node
from autograd.scipy.fallback import names_of as _names_of
from autograd.scipy.lists import joined as _joined
from autograd.scipy.lists import take_lists as _take_lists
from autograd.scipy.sparse import linalg as linalg
from autograd.scipy.sparse import operators as _operators  # noqa: F401 - registers itself
from autograd.scipy.sparse.arrays import SparseArray as SparseArray
from autograd.scipy.sparse.arrays import from_entries as _from_entries
from autograd.scipy.sparse.arrays import is_sparse as _is_sparse
from autograd.scipy.sparse.solving import dense_or_sparse as _dense_or_sparse

__all__ = list(_original.__all__)

__getattr__ = _names_of(_original, "scipy.sparse")


def __dir__() -> list[str]:
    return sorted({*dir(_original), *globals()})


def _constructor(name: str, transposed: bool = False) -> Any:
    original = getattr(_original, name)

    def construct(
        arg1: Any, shape: Any = None, dtype: Any = None, copy: bool = False, **options: Any
    ) -> Any:
        if isinstance(arg1, SparseArray):
            return arg1
        if not _has_node(arg1):
            return original(arg1, shape, dtype, copy, **options)
        found = _of_nodes(arg1, shape, transposed)
        return found if dtype is None else SparseArray(found.data.astype(dtype), found.pattern)

    construct.__name__ = name
    construct.__doc__ = f"Return a sparse matrix; see `scipy.sparse.{name}`."
    return construct


def _of_nodes(given: Any, shape: Any, transposed: bool) -> Any:
    """Return a matrix from (data, (rows, columns)), (data, indices, indptr) or a dense node."""
    if not isinstance(given, tuple):
        dense = _joined(given)
        rows, columns = np.indices(np.shape(dense)).reshape(2, -1)
        return _from_entries(np.reshape(dense, (-1,)), rows, columns, np.shape(dense))
    if len(given) == 2:
        data, (rows, columns) = given
    else:
        data, indices, indptr = given
        rows, columns = np.repeat(np.arange(len(indptr) - 1), np.diff(indptr)), np.asarray(indices)
        rows, columns = (columns, rows) if transposed else (rows, columns)
    if shape is None:
        count = len(given[2]) - 1 if len(given) == 3 else 0
        shape = (int(np.max(rows, initial=-1)) + 1, int(np.max(columns, initial=-1)) + 1)
        if count:
            shape = (shape[0], count) if transposed else (count, shape[1])
    return _from_entries(_joined(data), rows, columns, tuple(shape))


csr_array, csr_matrix = _constructor("csr_array"), _constructor("csr_matrix")
csc_array, csc_matrix = _constructor("csc_array", True), _constructor("csc_matrix", True)
coo_array, coo_matrix = _constructor("coo_array"), _constructor("coo_matrix")


def diags_array(
    diagonals: Any, /, *, offsets: Any = 0, shape: Any = None, format: Any = None, dtype: Any = None
) -> Any:
    """Return a matrix from its diagonals; see `scipy.sparse.diags_array`."""
    if not _has_node(diagonals):
        return _original.diags_array(
            diagonals, offsets=offsets, shape=shape, format=format, dtype=dtype
        )
    if np.ndim(offsets) == 0:
        diagonals = [diagonals] if np.ndim(_joined(diagonals)) <= 1 else diagonals
    offsets = np.atleast_1d(offsets)
    parts = [np.atleast_1d(_joined(d)) for d in diagonals]
    if shape is None:
        n = np.shape(parts[0])[0] + abs(int(offsets[0]))
        shape = (n, n)
    rows: list[Any] = []
    columns: list[Any] = []
    numbers: list[Any] = []
    for part, k in zip(parts, offsets, strict=True):
        length = min(shape[0] + min(k, 0), shape[1] - max(k, 0))
        if np.shape(part)[0] not in (1, length):
            raise ValueError(
                f"Diagonal length (index {len(rows)}: {np.shape(part)[0]} at offset {k}) does not "
                f"agree with array size ({shape[0]}, {shape[1]})."
            )
        rows.append(np.arange(length) - min(k, 0))
        columns.append(np.arange(length) + max(k, 0))
        numbers.append(part + np.zeros(length))
    entries = np.concatenate(numbers)
    return _from_entries(entries, np.concatenate(rows), np.concatenate(columns), shape)


def diags(
    diagonals: Any, offsets: Any = 0, shape: Any = None, format: Any = None, dtype: Any = None
) -> Any:
    """Return a matrix from its diagonals; see `scipy.sparse.diags`."""
    if not _has_node(diagonals):
        return _original.diags(diagonals, offsets, shape, format, dtype)
    return diags_array(diagonals, offsets=offsets, shape=shape)


def _has_nodes(*matrices: Any) -> bool:
    return any(isinstance(x, SparseArray) or _has_node(x) for x in matrices)


def kron(A: Any, B: Any, format: Any = None) -> Any:  # noqa: N803
    """Return the Kronecker product; see `scipy.sparse.kron`."""
    if not _has_nodes(A, B):
        return _original.kron(A, B, format)
    a, b = _dense_or_sparse(A), _dense_or_sparse(B)
    rows = (a.pattern.rows[:, None] * b.shape[0] + b.pattern.rows).reshape(-1)
    columns = (a.indices[:, None] * b.shape[1] + b.indices).reshape(-1)
    shape = (a.shape[0] * b.shape[0], a.shape[1] * b.shape[1])
    return _from_entries(np.reshape(a.data[:, None] * b.data, (-1,)), rows, columns, shape)


def block_array(blocks: Any, *, format: Any = None, dtype: Any = None) -> Any:
    """Return a matrix of blocks, None for zeros; see `scipy.sparse.block_array`."""
    if not _has_nodes(*[x for row in blocks for x in row]):
        return _original.block_array(blocks, format=format, dtype=dtype)
    parts = [[None if x is None else _dense_or_sparse(x) for x in row] for row in blocks]
    heights = [next(x.shape[0] for x in row if x is not None) for row in parts]
    widths = [
        next(x.shape[1] for x in column if x is not None) for column in zip(*parts, strict=True)
    ]
    rows: list[Any] = []
    columns: list[Any] = []
    numbers: list[Any] = []
    for i, row in enumerate(parts):
        for j, part in enumerate(row):
            if part is not None:
                rows.append(part.pattern.rows + sum(heights[:i]))
                columns.append(part.indices + sum(widths[:j]))
                numbers.append(part.data)
    places = np.concatenate(rows), np.concatenate(columns)
    return _from_entries(np.concatenate(numbers), *places, (sum(heights), sum(widths)))


def bmat(blocks: Any, format: Any = None, dtype: Any = None) -> Any:
    """Return a matrix of blocks, None for zeros; see `scipy.sparse.bmat`."""
    if not _has_nodes(*[x for row in blocks for x in row]):
        return _original.bmat(blocks, format, dtype)
    return block_array(blocks)


def block_diag(mats: Any, format: Any = None, dtype: Any = None) -> Any:
    """Return the block diagonal matrix of these blocks; see `scipy.sparse.block_diag`."""
    mats = list(mats)
    if not _has_nodes(*mats):
        return _original.block_diag(mats, format, dtype)
    return block_array(
        [[x if i == j else None for j in range(len(mats))] for i, x in enumerate(mats)]
    )


def hstack(blocks: Any, format: Any = None, dtype: Any = None) -> Any:
    """Return matrices side by side; see `scipy.sparse.hstack`."""
    if not _has_nodes(*blocks):
        return _original.hstack(blocks, format, dtype)
    return block_array([list(blocks)])


def vstack(blocks: Any, format: Any = None, dtype: Any = None) -> Any:
    """Return matrices one above the other; see `scipy.sparse.vstack`."""
    if not _has_nodes(*blocks):
        return _original.vstack(blocks, format, dtype)
    return block_array([[x] for x in blocks])


def issparse(x: Any) -> bool:
    """Return whether something is a sparse matrix, of numbers or of nodes."""
    return _is_sparse(x)


#: Functions whose lists hold matrices, or diagonals of several lengths.
_OF_MATRICES = (
    *("csr_array", "csr_matrix", "csc_array", "csc_matrix", "coo_array", "coo_matrix"),
    *("block_array", "bmat", "block_diag", "hstack", "vstack", "diags", "diags_array", "issparse"),
)

_take_lists(globals(), _original, *_OF_MATRICES)
