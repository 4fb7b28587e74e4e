"""The steps of the solvers of `solve_ivp`, again with nodes.

The solver has chosen the steps; between their ends the result is a fixed sequence of operations, so
that its derivative is exact. The explicit methods repeat their own formulas. The implicit ones, whose
steps are solutions of equations, are followed by the method Radau IIA of order 5 on the same steps
(E. Hairer and G. Wanner, "Solving Ordinary Differential Equations II", section IV.8).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.integrate as _original

from autograd.scipy.integrate.stages import NODES, Stages

Function = Callable[[Any, Any], Any]

#: What a step gives: the state at its end, the slope there if it was needed, and the state between.
Step = tuple[Any, Any, Callable[[Any], Any]]


def runge_kutta(method: type) -> Callable[..., Step]:
    """Return the step of an explicit method of Runge and Kutta with an interpolant in powers."""

    def step(f: Function, t: Any, h: Any, y: Any, slope: Any, guess: Any) -> Step:
        new, end, slopes = _stages(method, f, t, h, y, slope)
        coefficients = np.stack(slopes, axis=-1) @ method.P  # type: ignore[attr-defined]

        def between(x: Any) -> Any:
            powers = x ** np.arange(1.0, coefficients.shape[-1] + 1)
            return y + h * (coefficients @ powers)

        return new, end, between

    return step


def dop853(f: Function, t: Any, h: Any, y: Any, slope: Any, guess: Any) -> Step:
    """Return the step of the method of Dormand and Prince of order 8, whose interpolant needs more."""
    method = _original.DOP853
    new, end, slopes = _stages(method, f, t, h, y, slope)
    known: list[Any] = []

    def coefficients() -> list[Any]:
        if not known:
            more = list(slopes)
            for a, c in zip(method.A_EXTRA, method.C_EXTRA, strict=True):
                more.append(f(t + c * h, y + h * (np.stack(more, axis=-1) @ a[: len(more)])))
            change = new - y
            known.extend([change, h * slopes[0] - change, 2 * change - h * (end + slopes[0])])
            known.extend(h * (method.D @ np.stack(more)))
        return known

    def between(x: Any) -> Any:
        total: Any = 0.0
        for i, part in enumerate(reversed(coefficients())):
            total = (total + part) * (x if i % 2 == 0 else 1 - x)
        return y + total

    return new, end, between


def _stages(method: Any, f: Function, t: Any, h: Any, y: Any, slope: Any) -> tuple[Any, Any, Any]:
    """Return the state and the slope at the end of a step, and all slopes."""
    slopes = [f(t, y) if slope is None else slope]
    for a, c in zip(method.A[1:], method.C[1:], strict=True):
        change = np.stack(slopes, axis=-1) @ a[: len(slopes)] * h
        slopes.append(f(t + c * h, y + change))
    new = y + h * (np.stack(slopes, axis=-1) @ method.B)
    slopes.append(f(t + h, new))
    return new, slopes[-1], slopes


#: From the values at the nodes to the coefficients of x, x² and x³.
_POWERS = np.linalg.inv(NODES[:, None] ** np.arange(1, 4))


def radau(f: Function, t: Any, h: Any, y: Any, slope: Any, guess: Any) -> Step:
    """Return a step of Radau IIA: three stages, which are the solution of a system of equations."""
    z = Stages(f, t, h, y, np.stack([guess(c) for c in NODES])).result

    def between(x: Any) -> Any:
        return y + (x ** np.arange(1.0, 4.0)) @ (_POWERS @ z)

    return y + z[2], None, between


STEPS: dict[str, Callable[..., Step]] = {
    "RK23": runge_kutta(_original.RK23),
    "RK45": runge_kutta(_original.RK45),
    "DOP853": dop853,
    "Radau": radau,
    "BDF": radau,
    "LSODA": radau,
}
