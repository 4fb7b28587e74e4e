"""The constraints and bounds of `scipy.optimize.minimize`, for SciPy and as functions that may be 0."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.optimize as _original

from autograd.engine.dispatch import plain
from autograd.rules.node_lists import as_array
from autograd.scipy.fallback import has_node
from autograd.scipy.optimize.called import Called
from autograd.transforms import jacobian

Function = Callable[[Any], Any]


class _Constraint:
    """One constraint: ``low <= function(x) <= high``."""

    def __init__(self, called: Called, low: Any, high: Any) -> None:
        self.called, self.low, self.high = called, low, high

    def value(self, x: Any) -> Any:
        """Return the function as a vector."""
        return np.atleast_1d(as_array(self.called(x)))

    def follows(self, x: Any, *said: Any) -> bool:
        """Return whether it depends on nodes, given what the solver says of `x`."""
        return has_node(self.low, self.high) or self.called.follows(x, *said)

    def equalities(self, x: Any) -> Any:
        """Return what must be 0."""
        value, low, high = self._broadcast(x)
        where = plain(low) == plain(high)
        return (value - low)[where]

    def inequalities(self, x: Any) -> list[Any]:
        """Return what must not be negative."""
        value, low, high = self._broadcast(x)
        bounded = plain(low) != plain(high)
        lower = bounded & np.isfinite(plain(low))
        upper = bounded & np.isfinite(plain(high))
        return [value[lower] - low[lower], high[upper] - value[upper]]

    def _broadcast(self, x: Any) -> Any:
        value = self.value(x)
        return value, *(np.broadcast_to(b, value.shape) for b in (self.low, self.high))


class Constraints:
    """All constraints of one call.

    Parameters
    ----------
    given : dict, LinearConstraint, NonlinearConstraint or sequence of them
        As SciPy takes them; their functions and numbers may be nodes.
    start : array
        Where the solver starts.
    """

    def __init__(self, given: Any, start: Any) -> None:
        several = isinstance(given, (list, tuple))
        self.given = list(given) if several else [given] if given is not None else []
        self.start = start
        self.all = [_read(one) for one in self.given]

    def for_scipy(self) -> Any:
        """Return them as SciPy takes them, with numbers only and with derivatives."""
        return [self._for_scipy(g, c) for g, c in zip(self.given, self.all, strict=True)]

    def _for_scipy(self, given: Any, constraint: _Constraint) -> Any:
        called = constraint.called
        if isinstance(given, _original.LinearConstraint):
            return _original.LinearConstraint(
                plain(given.A), plain(given.lb), plain(given.ub), given.keep_feasible
            )
        is_dict = isinstance(given, dict)
        jac = given.get("jac") if is_dict else given.jac
        if callable(jac):
            jac = called.of_numbers(jac)
        elif jac is None or (not is_dict and jac == "2-point"):
            jac = called.derivative(jacobian, self.start) or jac
        if is_dict:
            parts = {"type": given["type"], "fun": called.numbers}
            return parts if jac is None else {**parts, "jac": jac}
        return _original.NonlinearConstraint(
            called.numbers,
            plain(given.lb),
            plain(given.ub),
            jac,
            called.of_numbers(given.hess) if callable(given.hess) else given.hess,
            given.keep_feasible,
        )

    def follows(self, x: Any, *said: Any) -> bool:
        """Return whether one of them depends on nodes, given what the solver says of `x`."""
        return any(constraint.follows(x, *said) for constraint in self.all)

    def equalities(self, x: Any) -> Function | None:
        """Return the function that must be 0, if there is one."""
        return self._joined(x, lambda one, x: [one.equalities(x)])

    def inequalities(self, x: Any) -> Function | None:
        """Return the function that must not be negative, if there is one."""
        return self._joined(x, lambda one, x: one.inequalities(x))

    def _joined(self, x: Any, parts: Callable[[_Constraint, Any], list[Any]]) -> Function | None:
        def function(x: Any) -> Any:
            return np.concatenate([part for one in self.all for part in parts(one, x)])

        return function if self.all and np.size(plain(function(x))) else None


def _read(given: Any) -> _Constraint:
    if isinstance(given, _original.LinearConstraint):
        return _Constraint(Called(lambda x: given.A @ x), given.lb, given.ub)
    if isinstance(given, _original.NonlinearConstraint):
        return _Constraint(Called(given.fun), given.lb, given.ub)
    high = 0.0 if given["type"] == "eq" else np.inf
    return _Constraint(Called(given["fun"], given.get("args", ())), 0.0, high)


def limits(bounds: Any, count: int) -> tuple[Any, Any] | None:
    """Return the lowest and the highest values as two vectors, from what `minimize` takes."""
    if bounds is None:
        return None
    if isinstance(bounds, _original.Bounds):
        return between((bounds.lb, bounds.ub), count)
    lows = [-np.inf if low is None else low for low, _ in bounds]
    highs = [np.inf if high is None else high for _, high in bounds]
    return between((lows, highs), count)


def between(pair: tuple[Any, Any], count: int) -> tuple[Any, Any]:
    """Return a pair of limits, each a number or several, as two vectors."""
    low, high = (np.broadcast_to(as_array(b), (count,)) for b in pair)
    return low, high
