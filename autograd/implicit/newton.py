"""Newton's method, to make solutions exact and to see that they are solutions."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.engine import Tensor, dispatch
from autograd.errors import NoDerivativeError, SolutionError
from autograd.implicit.equations import Point, System

#: How far Newton steps may move a solution, relative to its size, before it counts as wrong.
NEAR = 1e-2

#: How many Newton steps may make a solution exact.
STEPS = 20

#: How much the Jacobian may change in a Newton step that should be the last.
SLOW = 0.1


def polished(system: System, start: Any) -> Point:
    """Return the point of an exact solution near another one, by Newton's method, or raise."""
    x, before, last = start, None, np.zeros(0)
    reach = NEAR * max(1.0, largest(start))
    for _ in range(STEPS):
        point = Point(system, x)
        step = point.step()
        if largest(step) <= 4 * np.finfo(x.dtype).eps * largest(x):
            _assert_steady(system, point)
            return point
        if before is not None and not largest(step) <= largest(last) / 4:
            change = np.linalg.solve(before, (point.jacobian - before) @ last)
            bent = largest(change) / largest(last)  # whatever the units of the residual
            if bent > SLOW:
                raise NoDerivativeError(
                    "Newton's method converges too slowly here, as at a solution that counts more "
                    "than once: there the solution has no derivative."
                )
            if largest(step) <= np.sqrt(np.finfo(x.dtype).eps) * max(1.0, largest(x)):
                return point  # the rest is rounding
            break
        x, before, last = x - step, point.jacobian, step
        if not largest(x - start) <= reach:
            break
    else:
        return Point(system, x)
    raise no_solution(system, start)


def no_solution(system: System, start: Any) -> SolutionError:
    """Return the error for a point that is not a solution, and has none near."""
    return SolutionError(
        f"This is not a solution: the residual is {largest(_residual_at(system, start)):.2g} there "
        "(for an optimum, the gradient), and no solution is near. Let the solver converge, and "
        "check that the function is the one that was solved."
    )


def _assert_steady(system: System, point: Point) -> None:
    """Raise if a Jacobian is next to 0 only because the point is an exact multiple solution.

    Only where its rows do not show that: next to the solution it is another one.
    """
    x, jacobian = dispatch.plain(point.u), point.jacobian
    near = np.sqrt(np.finfo(x.dtype).eps)
    rows = np.abs(jacobian).max(axis=1, initial=0.0)
    if x.size > 1 and np.min(rows) > near * np.max(rows):
        return
    with np.errstate(all="ignore"):
        change = Point(system, x * (1 + near)).jacobian - jacobian
        if largest(np.linalg.solve(jacobian, change)) > 1:
            raise NoDerivativeError(
                "The Jacobian of the residual is 0 at the solution and not next to it, as where a "
                "solution counts more than once: there the solution has no derivative."
            )


def _residual_at(system: System, x: Any) -> Any:
    return dispatch.plain(system.equations(Tensor(x)))


def largest(x: Any) -> float:
    """Return the largest magnitude, 0 if there are no numbers."""
    return float(np.max(np.abs(x), initial=0.0))
