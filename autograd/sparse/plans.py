"""How to compute a sparse derivative for arguments of some shapes: its pattern and colouring."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd.sparse.coloring import columns_colored, stars_colored
from autograd.sparse.pattern import Pattern
from autograd.sparse.products import TOGETHER, structured
from autograd.sparse.sets import Sets, scipy_sparse

#: Vectors of fewer numbers than this are kept.
KEPT = 1 << 23

#: Differences up to this many times the relative precision count as rounding errors.
EPSILONS = 1e3


class Plan:
    """The pattern of a derivative, a colouring, and how its entries are found in the products.

    This one has colours for columns: a product computes several of them together, in forward mode.

    Parameters
    ----------
    pattern : Pattern
        Which entries may be other than zero.
    shape : tuple of int
        The shape of the argument, whose elements are the columns.

    Attributes
    ----------
    colors : ndarray of int
        The colour of each column, or of each row.
    count : int
        The number of colours.
    tolerance : float or ndarray
        How far a product with the result may be from the one that is computed, relative to the
        sum of the absolute terms, because of rounding errors that have been seen.
    noise : float or ndarray
        The same, where all terms are rounding errors: how far it may be from the product.
    what : str
        What has colours.
    mode : str
        In which mode products are computed.
    """

    what = "columns"
    mode = "forward"

    def __init__(self, pattern: Pattern, shape: tuple[int, ...]) -> None:
        self.pattern = pattern
        self.sets = sets = pattern.sets
        self.tolerance: Any = 0.0
        self.noise: Any = 0.0
        self.rows = np.repeat(np.arange(sets.size), np.diff(sets.indptr))
        self.colors = self._colored(shape)
        self.count = int(self.colors.max(initial=-1)) + 1
        self._places = self._found()
        self._blocks: dict[int, list[Any]] = {}

    def _colored(self, shape: tuple[int, ...]) -> Any:
        """Return the colours."""
        return columns_colored(self.sets, shape)

    def _found(self) -> Any:
        """Return the place of each entry in the products, one after the other."""
        return self.colors[self.sets.indices] * self.sets.size + self.rows

    @property
    def shape(self) -> tuple[int, int]:
        """The shape of the derivative as a matrix."""
        return self.sets.size, self.sets.width

    def blocks(self, like: Any, test: bool) -> Iterable[Any]:
        """Return what the products are computed with, and perhaps one more vector as a test.

        Parameters
        ----------
        like : any
            The structure of the vectors, always the same.
        test : bool
            Whether to add the vector that tests the result.
        """
        count = self.count + test
        if count in self._blocks:
            return self._blocks[count]
        parts = -(-count // max(TOGETHER // max(self.colors.size, 1), 1))
        ends = [count * k // parts for k in range(parts + 1)]
        found = (structured(self._vectors(a, b), like) for a, b in itertools.pairwise(ends))
        if count * self.colors.size > KEPT:
            return found
        self._blocks[count] = list(found)
        return self._blocks[count]

    def _vectors(self, begin: int, end: int) -> Any:
        """Return some of the vectors, in rows."""
        rows = [self.test if k == self.count else self.colors == k for k in range(begin, end)]
        return np.array(rows, float)

    @functools.cached_property
    def test(self) -> Any:
        """A vector without zeros, to test the result."""
        return np.random.default_rng(0).uniform(0.5, 1.5, self.colors.size)

    def matrix(self, products: Any) -> Any:
        """Return the derivative."""
        return self.filled(products.reshape(-1)[self._places] if self.count else products[0, :0])

    def filled(self, entries: Any) -> Any:
        """Return a matrix with these entries."""
        parts = (entries, self.sets.indices.copy(), self.sets.indptr.copy())
        return scipy_sparse().csr_array(parts, shape=self.shape)

    def errors(self, matrix: Any, product: Any) -> Any:
        """Return how far a product with the test is from that of a matrix, relative to the terms.

        Where it is so close that rounding explains it, however small the terms are, that is 0.
        """
        with np.errstate(all="ignore"):
            expected = self.times(matrix, self.test)
            difference = np.abs(expected - product)
            rounding = np.maximum(EPSILONS * epsilon_of(product) * abs(expected), self.noise)
            far = np.flatnonzero(~(difference <= rounding))
            found = np.zeros(len(expected))
            if far.size:
                terms = abs(self._turned(matrix)[far]) @ self.test
                ratios = difference[far] / terms
                ratios[~np.isfinite(terms) | (difference[far] == 0)] = 0.0
                found[far] = np.where(np.isnan(ratios), np.inf, ratios)
        return found

    def times(self, matrix: Any, vector: Any) -> Any:
        """Return the product of a matrix with a vector, as it is computed."""
        return self._turned(matrix) @ vector

    def _turned(self, matrix: Any) -> Any:
        """Return the matrix whose products are computed."""
        return matrix


class RowPlan(Plan):
    """Colours of rows: a product computes several rows together, in reverse mode."""

    what = "rows"
    mode = "reverse"

    def _colored(self, shape: tuple[int, ...]) -> Any:
        columns = self.sets.matrix().T.tocsr()
        return columns_colored(Sets.of_matrix(columns), (self.sets.size,))

    def _found(self) -> Any:
        return self.colors[self.rows] * self.sets.width + self.sets.indices

    def _turned(self, matrix: Any) -> Any:
        return matrix.T.tocsr()


class StarPlan(Plan):
    """Colours of a symmetric matrix: an entry is found in its row or in its column."""

    what = "rows and columns"

    def _colored(self, shape: tuple[int, ...]) -> Any:
        matrix = self.sets.matrix()
        self.sets = Sets.of_matrix((matrix + matrix.T).tocsr())
        self.rows = np.repeat(np.arange(self.sets.size), np.diff(self.sets.indptr))
        return stars_colored(self.sets, shape)

    def _found(self) -> Any:
        columns, size = self.sets.indices.astype(int), self.sets.size
        keys = self.rows * max(self.count, 1) + self.colors[columns]
        _, positions, counts = np.unique(keys, return_inverse=True, return_counts=True)
        alone = counts[positions] == 1  # whether an entry is the only one of its colour in its row
        mirror = np.lexsort((self.rows, columns))
        direct = np.where(self.rows <= columns, alone, ~alone[mirror])  # the same for both images
        here = self.colors[columns] * size + self.rows
        return np.where(direct, here, here[mirror])


def epsilon_of(product: Any) -> float:
    """Return the relative precision of numbers."""
    return float(np.finfo(product.dtype).eps)


def plan_of(pattern: Pattern, shape: tuple[int, ...], mode: str) -> Plan:
    """Return the plan with fewest products.

    Parameters
    ----------
    pattern : Pattern
        Which entries may be other than zero.
    shape : tuple of int
        The shape of the argument.
    mode : str
        "forward", "reverse" or "auto".
    """
    if mode == "reverse":
        return RowPlan(pattern, shape)
    columns = Plan(pattern, shape)
    longest = int(np.bincount(pattern.sets.indices, minlength=1).max(initial=0))
    if mode == "forward" or columns.count <= longest:  # rows need as many colours, or more
        return columns
    rows = RowPlan(pattern, shape)
    return rows if rows.count < columns.count else columns
