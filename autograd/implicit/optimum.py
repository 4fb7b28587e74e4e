"""Optima with their derivatives, also where bounds and constraints hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import tree
from autograd.engine import dispatch
from autograd.errors import NoDerivativeError, SolutionError
from autograd.implicit.equations import Packing, jacobian_of, joined, variable
from autograd.implicit.newton import NEAR, largest
from autograd.implicit.solution import Solution, root
from autograd.rules.entries import in_turn
from autograd.transforms import grad

#: How near to 0 a constraint is active, relative to the size of the solution.
ACTIVE = 1e-5

#: How large the multiplier of an active constraint must be: relative to what moving the solution
#: by its whole size does to the gradient.
STRICT = 1e-7

#: The same relative to the gradient itself, of which less is rounding: all that counts where the
#: objective is linear.
ROUNDING = 1e-12

Function = Callable[[Any], Any]


@in_turn
def optimum(
    objective: Function,
    x: Any,
    *,
    bounds: tuple[Any, Any] | None = None,
    equalities: Function | None = None,
    inequalities: Function | None = None,
) -> Any:
    """Return an optimum with its derivatives: `root` of the conditions of Karush, Kuhn and Tucker.

    Parameters
    ----------
    objective : callable
        A function of `x` that returns one number, with second derivatives.
    x : float, array_like or containers of them
        The minimum, from any solver.
    bounds : pair, optional
        The lowest and the highest values, numbers or in the structure of `x`; None for no bound.
        They may be nodes.
    equalities, inequalities : callable, optional
        Functions of `x` whose results are 0, and are not negative, at the minimum.

    Returns
    -------
    node, array or containers of them
        The minimum, in the structure of `x`. Its derivatives assume that the bounds and
        inequalities that hold with equality still do so when the parameters change.

    Raises
    ------
    SolutionError
        If the conditions do not hold at `x` or near: the gradient is not 0 along a direction that
        the constraints allow, a constraint is violated, or there are none and `x` is a saddle or a
        maximum.
    NoDerivativeError
        If the second derivatives are singular or jump, constraints depend on each other, or one of
        them just touches the minimum: the derivative there depends on the direction.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import grad, implicit
    >>> A, b = np.array([[2.0, 0.0], [1.0, 1.0], [0.0, 3.0]]), np.array([1.0, 2.0, 3.0])
    >>> def ridge(strength):
    ...     plain = float(getattr(strength, "data", strength))
    ...     x = np.linalg.solve(A.T @ A + plain * np.eye(2), A.T @ b)  # any solver
    ...     loss = lambda x: np.sum((A @ x - b) ** 2) + strength * np.sum(x * x)
    ...     return implicit.optimum(loss, x)[0]
    >>> h = 1e-6
    >>> bool(np.isclose(grad(ridge)(1.0), (ridge(1.0 + h) - ridge(1.0 - h)) / (2 * h)))
    True
    """
    constraints = _Constraints(x, bounds, equalities, inequalities)
    active = constraints.active_at(constraints.packed())
    if active.size == 0:
        solution = Solution(grad(objective), x)
        assert_curved(solution.point.jacobian)
        constraints.assert_holds(solution.result, active)
        return solution.result
    unknowns = (x, constraints.multipliers(objective, active))

    def conditions(unknowns: Any) -> Any:
        at, weights = unknowns

        def lagrangian(x: Any) -> Any:
            return objective(x) - np.sum(constraints.values(x)[active] * weights)

        return [grad(lagrangian)(at), constraints.values(at)[active]]

    found, weights = root(conditions, unknowns)
    constraints.assert_holds(found, active)
    at = joined(dispatch.plain(found))
    constraints.assert_pushing(objective, at, dispatch.plain(weights), active)
    return found


def assert_curved(curvature: Any) -> None:
    """Raise if a matrix of second derivatives is not that of a minimum."""
    sizes = np.sqrt(np.abs(np.diagonal(curvature)))
    scales = np.where(sizes > 0, sizes, 1.0)
    lowest = np.min(np.linalg.eigvalsh(curvature / scales / scales[:, None]), initial=np.inf)
    if lowest < -np.sqrt(np.finfo(curvature.dtype).eps):
        raise SolutionError(
            "This is not a minimum but a saddle or a maximum: the objective falls on both sides "
            "along some direction. Start elsewhere; for a maximum pass minus the function."
        )


def _touches() -> NoDerivativeError:
    return NoDerivativeError(
        "An inequality or bound only touches the optimum, or the optimum is not unique there: "
        "parameters on one side make it active and on the other do not, so there is no derivative."
    )


class _Constraints(Packing):
    """Equalities, then inequalities, then bounds, as one vector that must be 0 or not negative."""

    def __init__(
        self,
        x: Any,
        bounds: tuple[Any, Any] | None,
        equalities: Function | None,
        inequalities: Function | None,
    ) -> None:
        super().__init__(x)
        self.functions = [f for f in (equalities, inequalities) if f is not None]
        low, high = (None, None) if bounds is None else bounds
        self.bounds = [self._limit(b, s) for b, s in ((low, 1), (high, -1)) if b is not None]
        self.equal = 0
        if equalities is not None:
            self.equal = joined(equalities(self.unpacked(self.packed()))).size

    def _limit(self, bound: Any, sign: int) -> tuple[Any, Any, int]:
        """Return a bound as a vector, which of its elements are finite, and the sign of x there."""
        given = [bound] * len(self.parts) if not isinstance(bound, tree.CONTAINERS) else None
        leaves = given or tree.aligned(bound, self.template)
        parts = [
            np.broadcast_to(-sign * np.inf if leaf is None else leaf, part.shape)
            for leaf, part in zip(leaves, self.parts, strict=True)
        ]
        limit = joined(parts)
        return limit, np.flatnonzero(np.isfinite(dispatch.plain(limit))), sign

    def values(self, x: Any) -> Any:
        """Return all constraints at a point."""
        found = [joined(f(x)) for f in self.functions]
        u = joined(x)
        found += [sign * (u[where] - limit[where]) for limit, where, sign in self.bounds]
        return np.concatenate(found) if found else np.zeros(0)

    def active_at(self, u: Any) -> Any:
        """Return the indices of the constraints that hold with equality at a point."""
        values = dispatch.plain(self._of_vector(u))
        if values.size == 0:
            return np.zeros(0, int)
        slopes = np.sum(np.abs(self._slopes(u)), axis=1)
        distances = values / np.where(slopes > 0, slopes, 1.0) / max(1.0, largest(u))
        if not np.all(np.abs(distances[: self.equal]) <= NEAR):
            raise SolutionError("This is not an optimum: an equality does not hold there.")
        self._assert_distances(distances, NEAR)
        is_equality = np.arange(values.size) < self.equal
        return np.flatnonzero(is_equality | (distances <= ACTIVE))

    def multipliers(self, objective: Function, active: Any) -> Any:
        """Return how much each active constraint pushes, and raise if one only touches."""
        u = self.packed()
        slope = grad(lambda u: objective(self.unpacked(u)))(variable(u))
        constraints = self._slopes(u)[active]
        found = np.linalg.lstsq(constraints.T, dispatch.plain(slope), rcond=None)[0]
        self.assert_pushing(objective, u, found, active)
        return found

    def assert_pushing(self, objective: Function, u: Any, multipliers: Any, active: Any) -> None:
        """Raise if an active inequality does not hold the solution back."""
        at = variable(u)
        slope = grad(lambda u: objective(self.unpacked(u)))(at)
        curvature = np.abs(jacobian_of(slope, at)) @ np.maximum(1.0, np.abs(u))
        least = STRICT * largest(curvature) + ROUNDING * largest(dispatch.plain(slope))
        pushes = multipliers * np.max(np.abs(self._slopes(u)[active]), axis=1, initial=0.0)
        is_inequality = active >= self.equal
        if np.any(is_inequality & (np.abs(pushes) <= least)):
            raise _touches()
        if np.any(multipliers[is_inequality] < 0):
            raise SolutionError(
                "This is not a minimum: the objective decreases away from a bound or an inequality "
                "that holds with equality there."
            )

    def assert_holds(self, found: Any, active: Any) -> None:
        """Raise if the exact solution violates a constraint, or touches one that is not active."""
        u = joined(dispatch.plain(found))
        values = dispatch.plain(self._of_vector(u))
        if values.size:
            slopes = np.sum(np.abs(self._slopes(u)), axis=1)
            distances = values / np.where(slopes > 0, slopes, 1.0) / max(1.0, largest(u))
            near = np.sqrt(np.finfo(u.dtype).eps)
            self._assert_distances(distances, near)
            if np.any(np.delete(distances, active) <= near):
                raise _touches()

    def _assert_distances(self, distances: Any, allowed: float) -> None:
        if not np.all(distances[self.equal :] >= -allowed):
            raise SolutionError(
                "This is not an optimum: a bound or an inequality is violated there, or by the "
                "exact solution near it. Let the solver converge."
            )

    def _of_vector(self, u: Any) -> Any:
        return self.values(self.unpacked(u))

    def _slopes(self, u: Any) -> Any:
        """Return the gradients of all constraints, as plain rows."""
        at = variable(u)
        return jacobian_of(self._of_vector(at), at)
