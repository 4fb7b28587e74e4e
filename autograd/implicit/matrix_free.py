"""Solutions of large systems: the Jacobian takes part in products only, and is never made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.captured import Made, pulled
from autograd.engine import dispatch, tracing
from autograd.engine.grad_mode import enable_grad
from autograd.errors import SolutionError
from autograd.forward import push_forward
from autograd.implicit.equations import System, variable
from autograd.implicit.newton import NEAR, STEPS, largest, no_solution

#: How large the rest of a linear system may be, relative to its right side.
REST = 1e-6


class Residual:
    """The residual at a point as a recorded graph, through which products with its Jacobian go."""

    def __init__(self, system: System, at: Any) -> None:
        with enable_grad():
            self.u = variable(at)
            with Made() as self.made:
                self.residual = system.equations(self.u)

    def pushed(self, v: Any) -> Any:
        """Return the Jacobian times a vector."""
        (found,) = push_forward([self.residual], {self.u: np.ravel(v)})
        return dispatch.plain(found)

    def pulled(self, v: Any, create: bool = False) -> Any:
        """Return the transposed Jacobian times a vector."""
        (found,) = pulled(self.residual, v, [self.u], create)
        return np.zeros(self.u.size, self.u.dtype) if found is None else found


class Jacobian:
    """The Jacobian or its transpose, for solvers that take what `scipy.sparse.linalg` does.

    Parameters
    ----------
    residual : Residual
        The residual at a point.
    transposed : bool
        Whether `matvec` multiplies by the transposed Jacobian.
    """

    def __init__(self, residual: Residual, transposed: bool = False) -> None:
        self.shape = (residual.u.size, residual.u.size)
        self.dtype = residual.u.dtype
        products: tuple[Any, ...] = (residual.pushed, residual.pulled)
        self._product, self._other = products[::-1] if transposed else products

    def matvec(self, v: Any) -> Any:
        """Return the product with a vector."""
        return tracing.give_to_solver(self._product(np.ravel(v)))

    def rmatvec(self, v: Any) -> Any:
        """Return the product of the transpose with a vector."""
        return tracing.give_to_solver(self._other(np.ravel(v)))


class Krylov:
    """Linear systems of a Jacobian, solved by a function that takes it for a matrix.

    Parameters
    ----------
    solve : callable
        ``solve(A, b)`` returns the solution, or a tuple that begins with it, as
        `scipy.sparse.linalg.gmres` does.
    """

    def __init__(self, solve: Callable[[Any, Any], Any]) -> None:
        self.solve = solve

    def __call__(
        self, residual: Residual, b: Any, transposed: bool = False, allowed: float = REST
    ) -> Any:
        """Return the solution; raise if more than `allowed` of the right side is left."""
        matrix = Jacobian(residual, transposed)
        size = largest(b)
        if size == 0.0:
            return np.zeros_like(b)
        found = self.solve(matrix, b / size)  # iterations take a small right side for a breakdown
        x = size * np.asarray(found[0] if isinstance(found, tuple) else found)
        rest = largest(matrix.matvec(x) - b)
        if not rest <= allowed * size:
            raise SolutionError(
                "The function passed as solve= did not solve a system with the Jacobian of the "
                f"residual: it leaves {rest / size:.0e} of the right side, and {allowed:.0e} is "
                "allowed. Allow more iterations and a smaller tolerance, "
                "functools.partial(gmres, rtol=1e-10), or precondition; a singular Jacobian has no "
                "solution."
            )
        return x

    def polished(self, system: System, start: Any) -> Residual:
        """Return the point of an exact solution near another one, by Newton's method, or raise."""
        x, last = start, np.inf
        reach = NEAR * max(1.0, largest(start))
        eps = np.finfo(x.dtype).eps
        for _ in range(STEPS):
            residual = Residual(system, x)
            step = self(residual, dispatch.plain(residual.residual), allowed=NEAR)
            if largest(step) <= 64 * eps * largest(x):
                return residual
            if not largest(step) <= last / 4:
                if largest(step) <= np.sqrt(eps) * max(1.0, largest(x)):
                    return residual  # the rest is rounding
                break
            x, last = x - step, largest(step)
            if not largest(x - start) <= reach:
                break
        raise no_solution(system, start)
