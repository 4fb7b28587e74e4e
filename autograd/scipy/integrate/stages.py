"""The stages of a step of Radau IIA, as the solution of a system of equations.

Each stage needs the derivative of its own slope alone, so the Jacobian of all of them is put together
from one of the equation for each stage, and Newton's method keeps it while it converges.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.linalg

from autograd.captured import Made
from autograd.engine import no_grad
from autograd.engine.dispatch import plain
from autograd.engine.transform_calls import arguments as arguments_of_call
from autograd.implicit.equations import assert_regular, jacobian_of, variable
from autograd.implicit.newton import largest
from autograd.implicit.newton import polished as generally_polished
from autograd.implicit.solution import Solution
from autograd.scipy.integrate.tableaus import NODES, WEIGHTS

Function = Callable[[Any, Any], Any]

#: How often the Jacobian may be used before Newton's method makes one in each step.
ITERATIONS = 8


class Point:
    """The equations of the stages and their Jacobian, at changes of the state or nodes for them."""

    def __init__(self, f: Function, t: Any, h: Any, y: Any, changes: Any, create: bool) -> None:
        self.u = variable(changes)
        with Made() as self.made, arguments_of_call([self.u]):
            z = self.u.reshape(len(NODES), -1)
            states = [variable(y + z[i]) for i in range(len(NODES))]
            slopes = [f(t + c * h, state) for c, state in zip(NODES, states, strict=True)]
            self.residual = np.ravel(z - h * (WEIGHTS @ np.stack(slopes)))
        pairs = zip(slopes, states, strict=True)
        blocks = np.stack([jacobian_of(slope, state, create) for slope, state in pairs], axis=1)
        size = self.u.size
        step = h if create else plain(h)
        whole = np.reshape(WEIGHTS[:, None, :, None] * blocks, (size, size))
        self.jacobian = np.eye(size) - step * whole


class Stages(Solution):
    """The changes of the state at the stages, as a node."""

    def __init__(self, f: Function, t: Any, h: Any, y: Any, guess: Any) -> None:
        self.f, self.t, self.h, self.y = f, t, h, y
        super().__init__(self.equations, guess)

    def equations(self, z: Any) -> Any:
        """Return what must be 0."""
        h = self.h
        slopes = [self.f(self.t + c * h, self.y + z[i]) for i, c in enumerate(NODES)]
        return z - h * (WEIGHTS @ np.stack(slopes))

    def at(self, u: Any, create: bool = False) -> Any:
        """Return the equations at a point."""
        return Point(self.f, self.t, self.h, self.y, u, create)

    def polished(self, start: Any) -> Any:
        """Return the point of the solution near the solver's."""
        point = self.at(start)
        assert_regular(plain(point.jacobian))
        factors = scipy.linalg.lu_factor(plain(point.jacobian))
        x, rest, last = start, plain(point.residual), np.inf
        eps = np.finfo(x.dtype).eps
        for _ in range(ITERATIONS):
            step = scipy.linalg.lu_solve(factors, rest)
            x = x - step
            if largest(step) <= 4 * eps * largest(x):
                return self.at(x)
            if not largest(step) <= last / 4:
                break
            last = largest(step)
            with no_grad():
                rest = np.ravel(plain(self.equations(x.reshape(len(NODES), -1))))
        return self.at(plain(generally_polished(self.system, x).u))
