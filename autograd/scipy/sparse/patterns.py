"""Where a sparse matrix has entries, and the products that its numbers take part in.

A matrix with derivatives is a pattern, which is constant, and a vector of its numbers, which may be a
node. Whatever moves entries (a transpose, a part, a sum of duplicates) is done once, by SciPy, to a
matrix of their positions.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import scipy.sparse

from autograd.engine import Primitive
from autograd.rules.table import define
from autograd.scipy.fallback import opaque

Matrix = Any


class Pattern:
    """The places of the entries of a matrix, row by row.

    Parameters
    ----------
    matrix : csr_array
        A matrix with entries there, without duplicates and sorted.
    """

    def __init__(self, matrix: Matrix) -> None:
        self.shape: tuple[int, int] = matrix.shape
        self.indices, self.indptr = matrix.indices, matrix.indptr

    @functools.cached_property
    def rows(self) -> Any:
        """The row of each entry."""
        return np.repeat(np.arange(self.shape[0]), np.diff(self.indptr))

    @functools.cached_property
    def band(self) -> tuple[int, int]:
        """How far entries are below and above the diagonal."""
        distances = self.indices - self.rows
        return int(-np.min(distances, initial=0)), int(np.max(distances, initial=0))

    @property
    def size(self) -> int:
        """The number of entries."""
        return len(self.indices)

    def matrix(self, data: Any) -> Matrix:
        """Return the matrix with these numbers."""
        return scipy.sparse.csr_array((np.asarray(data), self.indices, self.indptr), self.shape)

    def positions(self) -> Matrix:
        """Return the matrix of the positions of its entries, beginning with 1."""
        return self.matrix(np.arange(1, self.size + 1))

    @functools.cached_property
    def transpose(self) -> tuple[Pattern, Any]:
        """The pattern of the transposed matrix, and the position of each of its entries here."""
        return moved(self.positions().T)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return (
            isinstance(other, Pattern)
            and self.shape == other.shape
            and np.array_equal(self.indptr, other.indptr)
            and np.array_equal(self.indices, other.indices)
        )

    def __hash__(self) -> int:
        return hash((self.shape, self.size))

    def __repr__(self) -> str:
        return f"<pattern of {self.size} entries in {self.shape}>"


def moved(positions: Matrix) -> tuple[Pattern, Any]:
    """Return the pattern of a matrix of positions, and the positions in its order."""
    found = scipy.sparse.csr_array(positions)
    found.sort_indices()
    return Pattern(found), found.data - 1


# -- products ---------------------------------------------------------------------------------


@opaque
def _times(data: Any, x: Any, pattern: Pattern) -> Any:
    """Return the matrix times a vector or a matrix."""
    return pattern.matrix(data) @ np.asarray(x)


@opaque
def _times_transposed(data: Any, x: Any, pattern: Pattern) -> Any:
    """Return the transposed matrix times a vector or a matrix."""
    return pattern.matrix(data).T @ np.asarray(x)


@opaque
def _at_entries(a: Any, b: Any, pattern: Pattern) -> Any:
    """Return the entries of the pattern in the matrix a bᵀ."""
    a, b = a[pattern.rows], b[pattern.indices]
    return a * b if np.ndim(a) == 1 else np.einsum("ij,ij->i", a, b)


times: Primitive
times_transposed: Primitive
at_entries: Primitive

# fmt: off
times            = define(_times,            lambda g, y, data, x, p: at_entries(g, x, p),
                                             lambda g, y, data, x, p: times_transposed(data, g, p),  multilinear=True, name="sparse_product")
times_transposed = define(_times_transposed, lambda g, y, data, x, p: at_entries(x, g, p),
                                             lambda g, y, data, x, p: times(data, g, p),             multilinear=True, name="sparse_transposed_product")
at_entries       = define(_at_entries,       lambda g, y, a, b, p: times(g, b, p),
                                             lambda g, y, a, b, p: times_transposed(g, a, p),        multilinear=True, name="entries_of_product")
# fmt: on
