"""Single precision: whether a difference from the claim is there at every step that resolves it.

The steps of differences in single precision are wide, and may cross kinks: those of a relu network
for other examples, say. A wrong claim differs from all difference quotients. A right one agrees
with those of narrow steps, or with those to one side.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.check.finite_differences import RATIO, Array, Line
from autograd.check.step_sizes import Numbers
from autograd.check.verdicts import OK, UNRESOLVED, WRONG

#: The widest of the narrow steps, and how many there are.
WIDEST, COUNT = 2.0**-8, 6

#: Results whose relative rounding error is larger than this are coarse.
COARSE = 1e-12


@dataclass
class NarrowQuotients:
    """Difference quotients of narrow steps along a line, for all functions.

    Attributes
    ----------
    left, right, central : ndarray, shape (steps, functions)
        The quotients.
    steps : ndarray, shape (steps, 1)
        Their steps.
    """

    left: Array
    right: Array
    central: Array
    steps: Array

    @classmethod
    def of(cls, line: Line, center: Array) -> NarrowQuotients:
        """Evaluate along a line, where the values at the origin are `center`."""
        wanted = [WIDEST / RATIO**k for k in range(COUNT)]
        right_steps, right = zip(*[line(step) for step in wanted], strict=True)
        left_steps, left = zip(*[line(-step) for step in wanted], strict=True)
        to, back = (np.array(steps)[:, None] for steps in (right_steps, left_steps))
        above, below = np.array(right), np.array(left)
        return cls(
            (below - center) / back, (above - center) / to, (above - below) / (to - back), to
        )

    def judge(
        self, row: int, claim: float, numeric: float, noise: float, allowed: Callable[[Array], Any]
    ) -> tuple[int, Numbers]:
        """Return the verdict on a claim that wider steps contradict, and its numbers.

        Parameters
        ----------
        row : int
            The number of the function.
        claim, numeric : float
            Its claimed derivative, and the one of wider steps.
        noise : float
            The rounding error of its values.
        allowed : callable
            Takes errors; returns the differences to accept with them, NaN for errors too large.
        """
        gap, floors = abs(claim - numeric), noise / self.steps[:, 0]
        central, tolerances = self.central[:, row], allowed(2 * floors)
        quotients = np.stack([self.left[:, row], self.right[:, row], central])
        resolved = floors < gap
        closer = resolved & (np.abs(quotients - claim) < gap / 2).any(axis=0)
        off = np.abs(central - claim)
        agree = resolved & (off <= tolerances) & (off <= np.abs(central - numeric) / 2)
        if agree.any():
            best = np.flatnonzero(agree)[0]
            tolerance = float(tolerances[best])
            return OK, (float(central[best]), float(floors[best]), tolerance)
        sure = resolved.any() and not closer.any()
        return (WRONG if sure else UNRESOLVED), (numeric, gap, gap)
