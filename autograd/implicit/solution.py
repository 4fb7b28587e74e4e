"""Solutions as nodes, by the implicit function theorem."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import tree
from autograd.captured import AllAtOnce, closed_over, pulled
from autograd.engine import Node, dispatch
from autograd.engine.closures import begin_call
from autograd.engine.grad_mode import enable_grad, is_recording
from autograd.errors import DataError
from autograd.implicit.equations import Point, System
from autograd.implicit.kinks import assert_smooth
from autograd.implicit.matrix_free import Krylov, Residual
from autograd.implicit.newton import largest, polished
from autograd.rules.custom import define
from autograd.rules.entries import in_turn

#: How far a solution may have moved, relative to its size, when it is differentiated.
CHANGED = 1e-6


@in_turn
def root(
    residual: Callable[[Any], Any],
    x: Any,
    *,
    solve: Callable[[Any, Any], Any] | None = None,
) -> Any:
    """Return a solution of ``residual(x) = 0`` with its derivatives.

    By the implicit function theorem, ``dx/dθ = -(∂r/∂x)⁻¹ ∂r/∂θ`` for every node θ that `residual`
    closes over: how `x` was found does not matter. Both modes, any order. (S. Krantz and H. Parks,
    "The implicit function theorem", 2003.)

    Parameters
    ----------
    residual : callable
        A function of `x`, with as many numbers in its result as in `x`.
    x : float, array_like or containers of them
        The solution, from any solver; nodes count as plain numbers.
    solve : callable, optional
        Solves linear systems of the Jacobian without making it, for thousands of unknowns:
        ``solve(A, b)``, where `A` has products, ``A.matvec(v)`` and ``A.rmatvec(v)``. Iterations of
        `scipy.sparse.linalg` are such functions: ``functools.partial(gmres, rtol=1e-10)``.

    Returns
    -------
    node, array or containers of them
        The solution, in the structure of `x`. Newton steps make it exact.

    Raises
    ------
    SolutionError
        If `x` is not a solution: Newton steps move it by more than a hundredth, or do not converge;
        or if `solve` does not solve a linear system.
    NoDerivativeError
        If the Jacobian of the residual is singular there, or the residual jumps or has a kink
        there that makes the derivative one-sided.
    ShapeError
        If the residual has more or fewer numbers than `x`.
    DataError
        If `x` is not real.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import grad, implicit
    >>> def anomaly(e, M=1.0):  # Kepler's equation
    ...     E = M
    ...     for _ in range(50):  # any solver, differentiable or not
    ...         E = M + float(getattr(e, "data", e)) * np.sin(E)
    ...     return implicit.root(lambda E: E - e * np.sin(E) - M, E)
    >>> e, h = 0.3, 1e-6
    >>> derivative = grad(anomaly)(e)
    >>> bool(np.isclose(derivative, (anomaly(e + h) - anomaly(e - h)) / (2 * h)))
    True
    """
    if solve is None:
        return Solution(residual, x).result
    return MatrixFree(residual, x, Krylov(solve)).result


@in_turn
def fixed_point(
    step: Callable[[Any], Any],
    x: Any,
    *,
    solve: Callable[[Any, Any], Any] | None = None,
) -> Any:
    """Return a fixed point ``x = step(x)`` with its derivatives; see `root`.

    Parameters
    ----------
    step : callable
        A function of `x`, with a result like `x`.
    x : float, array_like or containers of them
        The fixed point, from any iteration.
    solve : callable, optional
        As for `root`.

    Returns
    -------
    node, array or containers of them
        The fixed point, in the structure of `x`.

    Raises
    ------
    SolutionError, NoDerivativeError, ShapeError, DataError
        As `root`.

    Examples
    --------
    >>> from autograd import grad, implicit
    >>> grad(lambda a: implicit.fixed_point(lambda x: (x + a / x) / 2, 3.0))(9.0)  # x = sqrt(a)
    0.16666666666666666
    """

    def residual(y: Any) -> Any:
        pairs = zip(tree.flat(y), tree.aligned(step(y), y), strict=True)
        return [before - after for before, after in pairs]

    return root(residual, x, solve=solve)


class Solution:
    """A solution as a node: its arguments are the nodes that the residual closes over."""

    def __init__(self, residual: Callable[[Any], Any], x: Any) -> None:
        self.system = System(residual, x)
        begun = begin_call()
        with enable_grad():
            self.point = self.polished(self.system.packed())
        self.packed = dispatch.plain(self.point.u)
        self.others = closed_over(self.point.made, [self.point.u], begun)
        self.derivatives = AllAtOnce(range(len(self.others)))
        solution = self.packed
        if self.others and is_recording():
            self.assert_smooth()
            primitive = define(
                lambda *_: self.packed.copy(), variadic=self._pull_back, name="solution"
            )
            solution = dispatch.apply(primitive, tuple(self.others), dispatch.NO_KEYWORDS)
        self.result = self.system.unpacked(solution)

    def polished(self, start: Any) -> Any:
        """Return the point of an exact solution near another one; raise if there is none."""
        return polished(self.system, start)

    def at(self, u: Any, create: bool = False) -> Any:
        """Return the residual at a point, with what solves systems of its Jacobian."""
        return Point(self.system, u, create)

    def assert_smooth(self) -> None:
        """Raise if the residual jumps at the solution, or has a kink there."""
        if isinstance(self.point, Point):  # with a Jacobian of its own kind it is not asked for
            with enable_grad():
                assert_smooth(self.system, self.point, self.others)

    def _pull_back(self, argnum: int, g: Any, y: Any, *arguments: Any) -> Any:
        return self.derivatives.of(argnum, g, lambda: self._by_all(g, y, arguments))

    def _by_all(self, g: Any, y: Any, arguments: Any) -> list[Any]:
        """Solve ``Jᵀ λ = g``, once for all arguments; the derivative by one is -λᵀ ∂r/∂θ."""
        create = isinstance(g, Node) or any(isinstance(a, Node) for a in (y, *arguments))
        point = self.point
        if create:
            point = self.at(y, True)
            self._assert_same(point)
        adjoint = self.adjoint(point, g, create)
        found = pulled(point.residual, -adjoint, [point.u, *self.others], create)[1:]
        zeros = [np.zeros_like(dispatch.plain(node)) for node in self.others]
        return [zero if part is None else part for part, zero in zip(found, zeros, strict=True)]

    def adjoint(self, point: Any, g: Any, create: bool) -> Any:
        """Return λ."""
        return np.linalg.solve(np.transpose(point.jacobian), g)

    def step(self, change: Any) -> Any:
        """Return by how much the solution moves if the residual changes."""
        return np.linalg.solve(self.point.jacobian, change)

    def _assert_same(self, point: Any) -> None:
        """Raise if the residual has become another function."""
        change = dispatch.plain(point.residual) - dispatch.plain(self.point.residual)
        if not largest(self.step(change)) <= CHANGED * max(1.0, largest(self.packed)):
            raise DataError(
                "The residual of an implicit solution has changed since it was solved, so its "
                "derivative would be wrong. Do not let the residual depend on what changes."
            )


class MatrixFree(Solution):
    """A solution whose linear systems are solved with products of the Jacobian alone."""

    def __init__(self, residual: Callable[[Any], Any], x: Any, krylov: Krylov) -> None:
        self.krylov = krylov
        super().__init__(residual, x)

    def polished(self, start: Any) -> Any:
        """Return the point of an exact solution near another one; raise if there is none."""
        return self.krylov.polished(self.system, start)

    def at(self, u: Any, create: bool = False) -> Any:
        """Return the residual at a point."""
        return Residual(self.system, u)

    def adjoint(self, point: Any, g: Any, create: bool) -> Any:
        """Return λ, if needed as the root of its own system."""
        plain = self.krylov(self.point, dispatch.plain(g), True)
        if not create:
            return plain
        return root(lambda v: point.pulled(v, True) - g, plain, solve=self.krylov.solve)

    def step(self, change: Any) -> Any:
        """Return by how much the solution moves if the residual changes."""
        return self.krylov(self.point, change)
