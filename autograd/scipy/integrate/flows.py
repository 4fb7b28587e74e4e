"""`odeint` of functions that close over nodes, by the adjoint method.

The adjoint equation closes over the same nodes and over the cotangent, so that a derivative of a
derivative is again one of these.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.integrate as _original

from autograd.captured import AllAtOnce, Made, closed_over, pulled
from autograd.engine import Node, dispatch
from autograd.engine.closures import begin_call
from autograd.engine.dispatch import plain
from autograd.engine.grad_mode import is_recording
from autograd.engine.transform_calls import arguments as arguments_of_call
from autograd.implicit.equations import variable
from autograd.rules.custom import define
from autograd.rules.node_lists import as_array
from autograd.scipy.fallback import with_copies
from autograd.scipy.integrate.along import Watched
from autograd.scipy.integrate.failures import refusing_failure

Change = Callable[[Any, Any], Any]


class Flow:
    """A solution of dy/dt = change(y, t) as a node, whose arguments are also the nodes closed over.

    Parameters
    ----------
    change : callable
        The slope, a vector; it may close over nodes.
    y0, t : array or node
        The initial values, and the times, the first one of these.
    options : dict
        Options of `scipy.integrate.odeint`.
    shared : dict
        Those that the adjoint equation shares.
    is_adjoint : bool
        Whether it is that equation, along a solution whose jumps have been looked for.
    """

    def __init__(
        self,
        change: Change,
        y0: Any,
        t: Any,
        options: dict[str, Any],
        shared: dict[str, Any],
        is_adjoint: bool = False,
    ) -> None:
        self.change, self.shared = change, shared
        begun = begin_call()
        watched = Watched(lambda y, t: plain(self.slope(y, t)))
        with Made() as made, refusing_failure():
            found = _original.odeint(with_copies(watched), plain(y0), plain(t), **options)
        if not is_adjoint:
            watched.assert_no_moving_jump((), change, y0, t)
        self.others = closed_over(made, [], begun) if is_recording() else []
        self.derivatives = AllAtOnce(range(2 + len(self.others)))
        primitive = define(lambda *_: found, variadic=self._pull_back, name="odeint")
        self.result: Any = dispatch.apply(primitive, (y0, t, *self.others), dispatch.NO_KEYWORDS)

    def slope(self, y: Any, t: Any) -> Any:
        """Return the slope as a vector."""
        y = y if isinstance(y, Node) else variable(y)  # an array that is made like it is a Tensor
        return np.reshape(as_array(self.change(y, t)), (-1,))

    def _pull_back(self, argnum: int, g: Any, y: Any, y0: Any, t: Any, *others: Any) -> Any:
        create = any(isinstance(x, Node) for x in (g, y, y0, t, *others))
        return self.derivatives.of(argnum, g, lambda: self._by_all(g, y, t, create))

    def _by_all(self, g: Any, y: Any, t: Any, create: bool) -> list[Any]:
        """Solve the adjoint equation backward in time, from each time to the one before."""
        n, sizes = np.shape(y)[1], [np.size(plain(node)) for node in self.others]
        adjoint, by_times = g[-1], []
        by_others: Any = np.zeros(sum(sizes))

        def backward(state: Any, time: Any) -> Any:
            return self._adjoint_slope(state, time, n, create or isinstance(state, Node))

        for i in range(np.shape(y)[0] - 1, 0, -1):
            by_times.append(np.sum(self._at(y[i], t[i], create) * g[i]))
            state = np.concatenate([y[i], adjoint, by_others])
            if plain(t[i]) != plain(t[i - 1]):
                state = self._solved(backward, state, np.stack([t[i], t[i - 1]]), create)
            adjoint, by_others = state[n : 2 * n], state[2 * n :]
            if i == 1:  # a later start leaves less time
                by_times.append(-np.sum(self._at(y[0], t[0], create) * adjoint))
            adjoint = adjoint + g[i - 1]
        by_t = np.stack(by_times[::-1]) if by_times else np.zeros(np.shape(plain(t)))
        return [adjoint, by_t, *self._split(by_others, sizes)]

    def _at(self, y: Any, t: Any, create: bool) -> Any:
        found = self.slope(y, t)
        return found if create else plain(found)

    def _solved(self, backward: Change, state: Any, span: Any, create: bool) -> Any:
        if create:
            return Flow(backward, state, span, self.shared, self.shared, True).result[1]
        with refusing_failure():
            return _original.odeint(with_copies(backward), state, span, **self.shared)[1]

    def _adjoint_slope(self, state: Any, time: Any, n: int, create: bool) -> Any:
        """Return the slopes of state, adjoint, and derivatives by what is closed over."""
        u, fixed = variable(state[:n]), []
        if isinstance(time, Node):  # which may depend on what is closed over
            time = variable(time)
            fixed = [time]
        with arguments_of_call([u, *fixed]):
            slope = self.slope(u, time)
        targets = [u, *self.others]
        if isinstance(slope, Node):
            found = pulled(slope, -state[n : 2 * n], [*fixed, *targets], create)
            parts = found[len(fixed) :]
        else:
            parts = [None] * len(targets)
        filled = [
            np.zeros(np.size(plain(node))) if part is None else np.reshape(part, (-1,))
            for part, node in zip(parts, targets, strict=True)
        ]
        return np.concatenate([slope if create else plain(slope), *filled])

    def _split(self, vector: Any, sizes: list[int]) -> list[Any]:
        """Return the derivatives by what is closed over, each in its shape."""
        found, start = [], 0
        for size, node in zip(sizes, self.others, strict=True):
            found.append(np.reshape(vector[start : start + size], np.shape(plain(node))))
            start += size
        return found
