"""The steps of the solvers of `solve_ivp`, again with nodes, one after the other.

The solver has chosen the steps; between their ends the result is a fixed sequence of operations, so
that its derivative is exact. The explicit methods repeat their own formulas. The implicit ones, whose
steps are solutions of equations, are followed by the method Radau IIA of order 5 on the same steps
(E. Hairer and G. Wanner, "Solving Ordinary Differential Equations II", section IV.8).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from autograd.engine import Node
from autograd.engine.dispatch import plain
from autograd.forward import push_forward
from autograd.implicit.equations import variable
from autograd.scipy.integrate.stages import Stages
from autograd.scipy.integrate.tableaus import NODES, POWERS, Tableau

Function = Callable[[Any, Any], Any]

#: What a step gives: the state at its end, the slope there if it was needed, the state between, and
#: the estimated error.
Step = tuple[Any, Any, Callable[[Any], Any], Callable[[], Any]]


def runge_kutta(method: Tableau, f: Function, t: Any, h: Any, y: Any, slope: Any) -> Step:
    """Return a step of an explicit method, whose interpolant may need more slopes."""
    slopes = [f(t, y) if slope is None else slope]

    def up_to(count: int) -> Any:
        while len(slopes) < count:
            i = len(slopes)
            change = np.stack(slopes, axis=-1) @ method.a[i, :i] * h
            slopes.append(f(t + method.c[i] * h, y + change))
        return np.stack(slopes[:count], axis=-1)

    def between(x: Any) -> Any:
        powers = x ** np.arange(1.0, method.powers.shape[1] + 1)
        return y + h * (up_to(len(method.c)) @ (method.powers @ powers))

    def error() -> Any:
        return h * (up_to(s + 1) @ method.error[1:])

    s = method.stages
    new = y + h * (up_to(s) @ method.b[:s])
    slopes.append(f(t + h, new))
    return new, slopes[s], between, error


def radau(
    method: Tableau, f: Function, t: Any, h: Any, y: Any, guess: Callable[[Any], Any]
) -> Step:
    """Return a step of Radau IIA: three stages, which are the solution of a system of equations."""
    z = Stages(f, t, h, y, np.stack([guess(c) for c in NODES])).result

    def between(x: Any) -> Any:
        return y + (x ** np.arange(1.0, 4.0)) @ (POWERS @ z)

    def error() -> Any:
        start, *stages = method.error[:-1]
        return h * start * f(t, y) + np.linalg.solve(method.a.T, stages) @ z

    return y + z[2], None, between, error


class InTurn:
    """The steps of a solver one after the other.

    Attributes
    ----------
    knots : array or node
        The ends of the steps.
    states : array or node
        The states there, one row for each.

    Parameters
    ----------
    method : Tableau
        The method.
    f : callable
        ``f(t, y)``.
    knots, y0 : array or node
        The ends of the steps, and the state at the first.
    fixed : array
        The ends of the steps as numbers.
    sol : OdeSolution
        What the solver has found.
    """

    def __init__(
        self, method: Tableau, f: Function, knots: Any, y0: Any, fixed: Any, sol: Any
    ) -> None:
        self.knots, self.between, self._errors, slope = knots, list[Any](), list[Any](), None
        states = [y0 if isinstance(y0, Node) else variable(y0)]
        for number, (first, last) in enumerate(pairwise(fixed)):
            t, h, y = knots[number], knots[number + 1] - knots[number], states[-1]

            def guess(x: Any, first: Any = first, last: Any = last) -> Any:
                return sol(first + x * (last - first)) - sol(first)

            if method.is_explicit:
                y, slope, between, error = runge_kutta(method, f, t, h, y, slope)
            else:
                y, slope, between, error = radau(method, f, t, h, y, guess)
            states.append(y)
            self.between.append(between)
            self._errors.append(error)
        self.states = np.stack(states)

    @cached_property
    def _estimates(self) -> Any:
        return np.stack([error() for error in self._errors])

    def errors(self) -> Any:
        """Return the error of each step that the method estimates, one row for each."""
        return plain(self._estimates)

    def moved(self, tangents: Any) -> tuple[Any, Any]:
        """Return the tangents of the errors and of the states, given those of nodes."""
        outputs = [self._estimates, self.states]
        if not isinstance(outputs[0], Node):
            return np.zeros_like(outputs[0]), np.zeros_like(plain(self.states))
        by_errors, by_states = (plain(x) for x in push_forward(outputs, tangents))
        return by_errors, by_states

    def at(self, steps: Any, times: Any) -> Any:
        """Return the states at times in some steps, one row for each."""
        rows = []
        for row, i in enumerate(steps):
            start, end = self.knots[i], self.knots[i + 1]
            rows.append(self.between[i]((times[row] - start) / (end - start)))
        return np.stack(rows)
