"""Factors of matrices whose entries fill a narrow band around the diagonal, by LAPACK."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg

from autograd.scipy.sparse.patterns import Pattern

#: How many numbers a band may hold for each entry of the matrix; LAPACK keeps three bands for two.
SPARSE = 2.0


def is_narrow(pattern: Pattern) -> bool:
    """Return whether a square matrix has entries nearly everywhere in a band."""
    below, above = pattern.band
    return pattern.size > 0 and (2 * below + above + 1) * pattern.shape[0] <= SPARSE * pattern.size


class Banded:
    """The factors of a banded matrix, with the methods of SciPy's for sparse ones.

    Parameters
    ----------
    data : array
        The entries.
    pattern : Pattern
        Their places.

    Raises
    ------
    RuntimeError
        If a pivot is 0, as from SciPy.
    """

    def __init__(self, data: Any, pattern: Pattern) -> None:
        self.below, self.above = below, above = pattern.band
        rows, columns = pattern.rows, pattern.indices
        band = np.zeros((2 * below + above + 1, pattern.shape[1]), data.dtype, "F")
        band[below + above + rows - columns, columns] = data
        factor, self._solve = scipy.linalg.get_lapack_funcs(("gbtrf", "gbtrs"), (band,))
        self._band, self._rows, info = factor(band, below, above, overwrite_ab=True)
        if info > 0:
            raise RuntimeError("Factor is exactly singular")

    @property
    def pivots(self) -> Any:
        """The diagonal of the upper factor."""
        return self._band[self.below + self.above]

    def solve(self, b: Any, trans: str = "N") -> Any:
        """Return the solution for a right side, with the matrix, its transpose or its adjoint."""
        if np.iscomplexobj(b) and not np.iscomplexobj(self._band):
            return self.solve(b.real, trans) + 1j * self.solve(b.imag, trans)
        kind = {"N": 0, "T": 1, "H": 2}[trans]
        return self._solve(self._band, self.below, self.above, b, self._rows, trans=kind)[0]
