"""Jumps of a right-hand side along a solution that is only known at the points its solver asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.interpolate import CubicHermiteSpline

from autograd.engine import no_grad
from autograd.engine.dispatch import plain
from autograd.engine.grad_mode import is_recording
from autograd.scipy.fallback import has_node, joined
from autograd.scipy.held import MOVE, nodes_held, untraced
from autograd.scipy.jumps import assert_no_moving_jump

Function = Callable[..., Any]


class Watched:
    """A right-hand side, and where a solver has asked for it.

    Parameters
    ----------
    function : callable
        ``function(y, t, *args)`` returns dy/dt.
    is_time_first : bool
        Whether it takes `t` first.
    """

    def __init__(self, function: Function, is_time_first: bool = False) -> None:
        self.function, self.is_time_first = function, is_time_first
        self.samples: dict[float, tuple[Any, Any]] | None = {} if is_recording() else None

    def __call__(self, *at: Any) -> Any:
        """Return dy/dt, and note it if it is numbers."""
        found = self.function(*at)
        t, y = at[:2] if self.is_time_first else at[1::-1]
        if self.samples is not None and isinstance(t, float) and not has_node(found):
            self.samples[t] = np.array(y, float), np.array(found, float).ravel()
        return found

    def assert_no_moving_jump(self, args: Any, *holders: Any) -> None:
        """Raise if dy/dt jumps where the state or a node has some value, and not at a fixed time.

        Parameters
        ----------
        args : tuple
            The further arguments of the function, with nodes.
        *holders
            What else holds nodes.
        """
        samples, self.samples = self.samples or {}, None
        times = [t for t in sorted(samples) if np.all(np.isfinite(samples[t]))]
        nodes = nodes_held(self.function, args, *holders) if len(times) > 3 else []
        if not nodes:
            return
        states, slopes = (np.stack([samples[t][i] for t in times]) for i in (0, 1))
        state = CubicHermiteSpline(times, states, slopes)
        sizes = np.max(np.abs(states), axis=0)
        aside = MOVE * np.where(sizes > 0, sizes, 1.0)

        def along(t: Any, aside: Any = 0.0) -> Any:
            first = (t, state(t) + aside) if self.is_time_first else (state(t) + aside, t)
            return np.ravel(plain(joined(self.function(*first, *plain(args))))).astype(float)

        with no_grad(), untraced(nodes):
            pairs = [(t, along(t)) for t in times]
            what = "The right-hand side"
            assert_no_moving_jump(along, pairs, nodes, what, "t", lambda t: along(t, aside))
