"""Solutions of `solve_ivp` with derivatives, as functions of the time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import implicit
from autograd.engine.dispatch import plain
from autograd.rules.node_lists import as_array
from autograd.scipy.fallback import has_node, joined


def ends_of(found: Any, t_span: Any) -> Any:
    """Return the ends of the steps as the solver has chosen them."""
    pieces = found.sol.interpolants
    ends = [pieces[0].t_old, *[piece.t for piece in pieces]] if pieces else [plain(t_span[0])]
    return np.array(ends, float)


def knots_of(found: Any, t_span: Any, fixed: Any) -> Any:
    """Return the ends of steps as they depend on the span."""
    first, last = t_span
    start, length = fixed[0], plain(last) - fixed[0]
    if found.status == 0 and has_node(first, last):
        return first + (fixed - start) / length * (last - first)
    return first + (fixed - start)


class Solution:
    """A solution as a function of the time, with derivatives.

    Parameters
    ----------
    steps : InTurn or Together
        The steps of the solver, with derivatives.
    fixed : array
        The ends of the steps.
    args : tuple
        Further arguments of the events.
    shown : array of int
        Which of the ends are those of the solver's own steps.
    """

    def __init__(self, steps: Any, fixed: Any, args: Any, shown: Any) -> None:
        self.steps, self.fixed, self.args, self.shown = steps, fixed, args, shown

    def __call__(self, t: Any) -> Any:
        """Return the state at some times: a column for each, or one vector for a number."""
        t = joined(t)
        numbers = np.asarray(plain(t))
        if len(self.fixed) == 1:
            rows = np.broadcast_to(self.steps.states[0], (numbers.size, len(self.steps.states[0])))
        else:
            rows = self.steps.at(self._steps_at(np.ravel(numbers)), np.reshape(t, (-1,)))
        return np.transpose(rows) if numbers.ndim else rows[0]

    def _steps_at(self, times: Any) -> Any:
        """Return in which steps some times are."""
        sign = 1 if self.fixed[-1] >= self.fixed[0] else -1
        return np.searchsorted(sign * self.fixed[1:-1], sign * times, side="left")

    def put_into(self, result: Any, t_eval: Any, events: Any) -> None:
        """Put times, states and events with derivatives into the solver's result."""
        last = result.t[-1] if len(result.t) else None
        for number, event in enumerate(events or ()):
            times = [self._time_of(event, t) for t in result.t_events[number]]
            if times:
                result.t_events[number] = as_array(times)
                result.y_events[number] = np.stack([self(t) for t in times])
        if t_eval is not None:
            result.t = as_array(t_eval)[: len(result.t)]
            result.y = self(result.t) if len(result.t) else result.y
            return
        knots, states = self.steps.knots, self.steps.states
        if len(self.shown) < len(self.fixed):
            knots, states = knots[self.shown], states[self.shown]
        if result.status == 1:  # an event has ended the last step
            ends = [times[-1] for times in result.t_events if len(times)]
            end = min(ends, key=lambda t: abs(plain(t) - last))
            knots = np.concatenate([knots[:-1], np.reshape(end, (1,))])
            states = np.concatenate([states[:-1], self(end)[None]])
        result.t, result.y = knots, np.transpose(states)

    def _time_of(self, event: Callable[..., Any], t: Any) -> Any:
        """Return the time of an event, by the implicit function theorem."""
        return implicit.root(lambda t: event(t, self(t), *self.args), float(t))
