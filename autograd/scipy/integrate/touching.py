"""Events that touch 0 and do not cross it: whether they happen at all depends on every parameter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar

from autograd.errors import NoDerivativeError

#: At how many points of a step an event is looked at.
POINTS = 4

#: Relative to its largest number, what is 0, at most and at least, and what may be noise.
MOST, LEAST, NOISE = 1e-6, 1e-8, 1e-5


def assert_not_touching(event: Callable[..., Any], sol: Any, rtol: Any) -> None:
    """Raise `NoDerivativeError` if an event only touches 0 along a solution.

    Parameters
    ----------
    event : callable
        ``event(t, y)``, of numbers.
    sol : OdeSolution
        The solution.
    rtol : float
        The tolerance of the solver.
    """
    shares = np.arange(POINTS) / POINTS
    times = np.append((sol.ts[:-1, None] + np.diff(sol.ts)[:, None] * shares).ravel(), sol.ts[-1])
    states = sol(times).T
    found = np.array([event(t, y) for t, y in zip(times, states, strict=True)], float)
    sizes, signs = np.abs(found), np.sign(found)
    largest = np.max(sizes)
    near = max(LEAST, min(MOST, float(np.min(rtol)))) * largest
    lowest = (sizes[1:-1] <= sizes[:-2]) & (sizes[1:-1] <= sizes[2:])
    same = (signs[:-2] == signs[2:]) & (signs[:-2] != 0)
    rises = np.maximum(sizes[:-2], sizes[2:]) > NOISE * largest
    for i in np.flatnonzero(lowest & same & rises):
        ends = sorted((times[i], times[i + 2]))

        def above(t: float, sign: float = signs[i]) -> float:
            return sign * float(event(t, sol(t)))

        best = minimize_scalar(above, bounds=ends, method="bounded", options={"xatol": 1e-9})
        if abs(best.fun) <= near:  # far below, it crosses twice, which SciPy does not see
            raise NoDerivativeError(
                f"An event only touches 0, at t = {best.x:.6g}: parameters on one side make it happen "
                "and on the other do not, so what depends on it has no derivative."
            )
