"""What a solver has asked a right-hand side for, and whether a batch of calls gives the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.engine import tracing
from autograd.engine.dispatch import plain
from autograd.errors import DataError, SolutionError
from autograd.implicit.equations import variable

Function = Callable[[Any, Any], Any]

#: By how much slopes may differ, relative to the largest of a component.
DIFFERENT = 1e-9


class Calls:
    """A right-hand side as a function of numbers, which keeps what it was called with.

    Parameters
    ----------
    function : callable
        ``function(t, y)``, for numbers.
    size : int
        How many numbers are in a state.
    keeps : bool
        Whether calls are kept.
    """

    def __init__(self, function: Function, size: int, keeps: bool) -> None:
        self.function, self.size, self.keeps = function, size, keeps
        self.has_begun = False
        # Three lists, as many tuples would start Python's search for garbage.
        self.times: list[float] = []
        self.states: list[Any] = []
        self.slopes: list[Any] = []

    def __call__(self, t: Any, y: Any) -> Any:
        """Return the slope; raise `SolutionError` if the first is not finite.

        From there SciPy's solvers would search for a step without end.
        """
        found = self.function(t, y)
        if not self.has_begun:
            self.has_begun = True
            first = np.asarray(tracing.concrete(found))
            if first.dtype.kind in "fc" and not np.all(np.isfinite(first)):
                raise SolutionError(
                    f"The right-hand side is not finite where solve_ivp starts: at t = {t}, "
                    f"y = {tracing.concrete(y)} it returns {first}."
                )
        if self.keeps and y.size == self.size:
            self.times.append(t)
            self.states.append(y.copy())
            self.slopes.append(np.array(found))
        return found

    def samples(self, f: Function, knots: Any, states: Any) -> list[tuple[float, Any]]:
        """Return the times and slopes at some knots, from a function that computes all at once.

        Raises
        ------
        DataError
            If the function gives other slopes in a batch than it gave one by one: it depends on more
            than its arguments, for example.
        """
        count, n = len(self.times), states.shape[1]
        times = np.concatenate([self.times, knots])
        every = np.concatenate([np.reshape(self.states, (-1, n)), states])
        with np.errstate(all="ignore"):  # what a solver tries and rejects may be infinite
            found = np.asarray(plain(f(times, variable(every))))
            expected = np.reshape(self.slopes, (count, n))
            finite = np.isfinite(expected)
            sizes = np.max(np.abs(expected), axis=0, initial=0.0, where=finite)
            same = (np.abs(found[:count] - expected) <= DIFFERENT * sizes) | ~finite
        if found.dtype != float or found.shape != every.shape or not np.all(same):
            raise DataError("The right-hand side is another one in a batch of calls.")
        return list(zip(knots.tolist(), found[count:], strict=True))
