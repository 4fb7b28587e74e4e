"""Jumps and kinks of equations exactly at their solution, which then has no single derivative."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.captured import pulled
from autograd.engine import Node, dispatch
from autograd.errors import NoDerivativeError
from autograd.implicit.equations import Point, System, variable

#: How far from the solution the equations are compared, in units of rounding.
ASIDE = 64.0

#: Relative differences between both sides above this are no rounding, and below it matter little.
DIFFERENT = 1e-4

#: By what part of its size a jump may move a solution.
FAR = 1e-6


def assert_smooth(system: System, point: Point, others: list[Any]) -> None:
    """Raise `NoDerivativeError` if equations jump at their solution, or have a kink that matters.

    Parameters
    ----------
    system : System
        The equations.
    point : Point
        Their solution.
    others : list of Node
        What they depend on.
    """
    x = dispatch.plain(point.u)
    if not x.size:
        return
    largest = np.max(np.abs(x))
    size = np.maximum(np.abs(x), 1e-4 * (largest if largest > 0 else 1.0))
    # Two directions, neither of them that of x.
    weights = np.random.default_rng(0).uniform(1.0, 2.0, (2, x.size))
    weights *= np.where(np.arange(x.size) % 2, -1.0, 1.0)
    aside = (ASIDE * np.finfo(x.dtype).eps * size * weights[0]).astype(x.dtype)
    with np.errstate(all="ignore"):
        both = [_Side(system, x + sign * aside, weights[1]) for sign in (1, -1)]
        if not all(np.all(np.isfinite(side.residual)) for side in both):
            return  # the solution is at the end of where the equations hold
        change = both[0].residual - both[1].residual - point.jacobian @ (2 * aside)
        if np.max(np.abs(np.linalg.solve(point.jacobian, change))) > FAR * (largest or FAR):
            raise NoDerivativeError(
                "The residual (for an optimum, the gradient) jumps at the solution, so that it is "
                "0 only there, or on one side: the solution has no derivative."
            )
        if _differ(both[0].slopes, both[1].slopes):
            points = [point, *[Point(system, side.at) for side in both]]
            _assert_same_results(points, others, weights[0])


class _Side:
    """The equations on one side of their solution, and a product with their Jacobian."""

    def __init__(self, system: System, at: Any, weights: Any) -> None:
        self.at = at
        u = variable(at)
        residual = system.equations(u)
        self.residual = dispatch.plain(residual)
        weights = weights.astype(self.residual.dtype)
        found = pulled(residual, weights, [u], False)[0] if isinstance(residual, Node) else None
        self.slopes = np.zeros(u.size) if found is None else found


def _result(point: Point, weights: Any, others: list[Any]) -> Any:
    """Return the derivatives of the weighted solution by all that the equations depend on."""
    adjoint = np.linalg.solve(point.jacobian.T, weights.astype(point.jacobian.dtype))
    parts = pulled(point.residual, adjoint, [point.u, *others], False)[1:]
    zeros = [np.zeros(np.shape(dispatch.plain(node))) for node in others]
    filled = [zero if p is None else p for p, zero in zip(parts, zeros, strict=True)]
    return np.concatenate([np.ravel(part) for part in filled])


def _assert_same_results(points: list[Point], others: list[Any], weights: Any) -> None:
    try:
        found = [_result(point, weights, others) for point in points]
        is_same = not any(_differ(found[0], other) for other in found[1:])
    except np.linalg.LinAlgError:
        is_same = False
    if not is_same:
        raise NoDerivativeError(
            "The residual (for an optimum, the gradient) has a kink at the solution, as abs(x) has "
            "at 0: its derivatives on both sides give different derivatives of the solution. Move "
            "the parameters a little, or pass a smooth function."
        )


def _differ(x: Any, y: Any) -> bool:
    """Return whether two vectors are different beyond rounding, or not finite."""
    scale = max(float(np.max(np.abs(x), initial=0.0)), float(np.max(np.abs(y), initial=0.0)))
    return not float(np.max(np.abs(x - y), initial=0.0)) <= DIFFERENT * scale
