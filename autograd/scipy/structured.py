"""Structured matrices: `scipy.linalg.toeplitz`, `hankel`, `circulant` and `block_diag`."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg

from autograd.engine.dispatch import plain
from autograd.rules.node_lists import as_array
from autograd.scipy import conditions
from autograd.scipy.fallback import in_place_of


@in_place_of(scipy.linalg.block_diag)
def block_diag(*arrs: Any) -> Any:
    """Return the block diagonal matrix of these blocks."""
    blocks = [np.atleast_2d(block) for block in arrs]
    widths = [np.shape(block)[1] for block in blocks]
    rows = []
    for i, block in enumerate(blocks):
        rows.append(np.pad(block, ((0, 0), (sum(widths[:i]), sum(widths[i + 1 :])))))
    return np.concatenate(rows)


@in_place_of(scipy.linalg.toeplitz)
def toeplitz(c: Any, r: Any = None) -> Any:
    """Return the matrix with constant diagonals, given its first column and row."""
    r = np.conjugate(c) if r is None else r
    m, n = np.shape(c)[0], np.shape(r)[0]
    values = np.concatenate([np.flip(r)[: n - 1], c])
    return values[n - 1 + np.arange(m)[:, None] - np.arange(n)]


@in_place_of(scipy.linalg.hankel)
def hankel(c: Any, r: Any = None) -> Any:
    """Return the matrix with constant antidiagonals, given its first column and last row."""
    r = np.zeros_like(plain(c)) if r is None else r
    values = np.concatenate([c, r[1:]])
    return values[np.arange(np.shape(c)[0])[:, None] + np.arange(np.shape(r)[0])]


@in_place_of(scipy.linalg.circulant)
def circulant(c: Any) -> Any:
    """Return the matrix whose columns are cyclic shifts of a vector."""
    n = np.shape(c)[-1]
    return c[..., (np.arange(n)[:, None] - np.arange(n)) % n]


def _parts(c_or_cr: Any) -> tuple[Any, ...]:
    """Return the first column of a Toeplitz matrix, and the first row if it is given."""
    parts = c_or_cr if isinstance(c_or_cr, tuple) else (c_or_cr,)
    return tuple([np.reshape(as_array(part), (-1,)) for part in parts])


@in_place_of(scipy.linalg.solve_toeplitz)
def solve_toeplitz(c_or_cr: Any, b: Any, check_finite: bool = True) -> Any:
    """Solve a system whose matrix has constant diagonals, given its first column and row."""
    return conditions.solve(toeplitz(*_parts(c_or_cr)), as_array(b))


@in_place_of(scipy.linalg.matmul_toeplitz)
def matmul_toeplitz(c_or_cr: Any, x: Any, check_finite: bool = False, workers: Any = None) -> Any:
    """Multiply by a matrix that has constant diagonals, given its first column and row."""
    return toeplitz(*_parts(c_or_cr)) @ as_array(x)
