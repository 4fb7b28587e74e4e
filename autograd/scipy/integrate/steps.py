"""The steps of the solvers of `solve_ivp`, again with nodes, one after the other.

The solver has chosen the steps; between their ends the result is a fixed sequence of operations, so
that its derivative is exact. The explicit methods repeat their own formulas. The implicit ones, whose
steps are solutions of equations, are followed by the method Radau IIA of order 5 on the same steps
(E. Hairer and G. Wanner, "Solving Ordinary Differential Equations II", section IV.8).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.engine import Node
from autograd.implicit.equations import variable
from autograd.scipy.integrate.stages import Stages
from autograd.scipy.integrate.tableaus import NODES, POWERS, Tableau

Function = Callable[[Any, Any], Any]

#: What a step gives: the state at its end, the slope there if it was needed, and the state between.
Step = tuple[Any, Any, Callable[[Any], Any]]


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

    s = method.stages
    new = y + h * (up_to(s) @ method.b[:s])
    slopes.append(f(t + h, new))
    return new, slopes[s], between


def radau(f: Function, t: Any, h: Any, y: Any, guess: Callable[[Any], Any]) -> Step:
    """Return a step of Radau IIA: three stages, which are the solution of a system of equations."""
    z = Stages(f, t, h, y, np.stack([guess(c) for c in NODES])).result

    def between(x: Any) -> Any:
        return y + (x ** np.arange(1.0, 4.0)) @ (POWERS @ z)

    return y + z[2], None, between


class InTurn:
    """The steps of a solver one after the other.

    Attributes
    ----------
    knots : array or node
        The ends of the steps.
    states : array or node
        The states there, one row for each.
    """

    def __init__(
        self, method: Tableau, f: Function, knots: Any, y0: Any, pieces: list[Any]
    ) -> None:
        self.knots, self.between, slope = knots, [], None
        states = [y0 if isinstance(y0, Node) else variable(y0)]
        for number, piece in enumerate(pieces):
            t, h, y = knots[number], knots[number + 1] - knots[number], states[-1]

            def guess(x: Any, piece: Any = piece) -> Any:
                return piece(piece.t_old + x * (piece.t - piece.t_old)) - piece(piece.t_old)

            if method.is_explicit:
                y, slope, between = runge_kutta(method, f, t, h, y, slope)
            else:
                y, slope, between = radau(f, t, h, y, guess)
            states.append(y)
            self.between.append(between)
        self.states = np.stack(states)

    def at(self, steps: Any, times: Any) -> Any:
        """Return the states at times in some steps, one row for each."""
        rows = []
        for row, i in enumerate(steps):
            start, end = self.knots[i], self.knots[i + 1]
            rows.append(self.between[i]((times[row] - start) / (end - start)))
        return np.stack(rows)
