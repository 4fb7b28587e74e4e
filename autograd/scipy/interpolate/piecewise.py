"""Piecewise polynomials."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.interpolate as _original

from autograd.engine.dispatch import plain
from autograd.errors import NoRuleError, ShapeError
from autograd.rules.redefinable import for_batches
from autograd.scipy.fallback import has_node
from autograd.scipy.interpolate.places import (
    column,
    floats,
    inserted,
    intervals,
    masked,
    rows,
    within,
)


class PPoly:
    """A piecewise polynomial; see `scipy.interpolate.PPoly`.

    Parameters
    ----------
    c : array_like
        The coefficients, of shape (degree + 1, intervals, ...), highest power first.
    x : array_like
        The ends of the intervals, increasing.
    extrapolate : bool or "periodic"
        Whether the outer polynomials hold outside; else the result is NaN there.
    axis : int
        The axis of the data in what it interpolates.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import grad
    >>> from autograd.scipy.interpolate import PPoly
    >>> square = PPoly(np.array([[1.0], [0.0], [0.0]]), np.array([0.0, 5.0]))
    >>> grad(square)(3.0)
    6.0
    """

    def __init__(self, c: Any, x: Any, extrapolate: Any = None, axis: int = 0) -> None:
        self.c, self.x = floats(c), floats(x)
        self.extrapolate = True if extrapolate is None else extrapolate
        self.axis = axis % max(np.ndim(self.c) - 1, 1)
        if np.ndim(self.x) != 1 or np.shape(self.c)[1:2] != (np.shape(self.x)[0] - 1,):
            raise ShapeError(
                f"Coefficients of shape {np.shape(c)} need {np.shape(self.c)[1:2]} + 1 breakpoints; "
                f"x has shape {np.shape(self.x)}."
            )

    def __call__(self, x: Any, nu: int = 0, extrapolate: Any = None) -> Any:
        """Return the value, or the derivative of order `nu`, at points."""
        beyond = self.extrapolate if extrapolate is None else extrapolate
        return _evaluated(self.c, self.x, floats(x), nu, beyond, self.axis)

    def derivative(self, nu: int = 1) -> PPoly:
        """Return the derivative of order `nu`, as a piecewise polynomial."""
        if nu < 0:
            return self.antiderivative(-nu)
        return self._like(_derived(self.c, nu), self.extrapolate)

    def antiderivative(self, nu: int = 1) -> PPoly:
        """Return a continuous antiderivative that is 0 at the first breakpoint."""
        c = self.c
        for _ in range(nu):
            c = _integrated(c, self.x)
        extrapolate = False if self.extrapolate == "periodic" else self.extrapolate
        return self._like(c, extrapolate)

    def integrate(self, a: Any, b: Any, extrapolate: Any = None) -> Any:
        """Return the integral between two numbers."""
        beyond = self.extrapolate if extrapolate is None else extrapolate
        whole = self.antiderivative()
        if beyond != "periodic":
            ends = [whole(t, extrapolate=beyond) for t in (b, a)]
            return np.moveaxis(ends[0] - ends[1], 0, 0) if np.ndim(ends[0]) else ends[0] - ends[1]
        return _integral_to(whole, self.x, b) - _integral_to(whole, self.x, a)

    def _like(self, c: Any, extrapolate: Any) -> PPoly:
        found = PPoly.__new__(PPoly)
        found.c, found.x, found.extrapolate, found.axis = c, self.x, extrapolate, self.axis
        return found

    def __getattr__(self, name: str) -> Any:
        """Return any other attribute of SciPy's polynomial, if there are no nodes."""
        if name.startswith("_") or name in ("c", "x") or not hasattr(_original.PPoly, name):
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
        if has_node(self.c, self.x):
            raise NoRuleError(
                f"{type(self).__name__}.{name} of nodes has no derivative rule. For a root see "
                "autograd.implicit.root."
            )
        same = _original.PPoly.construct_fast(self.c, self.x, self.extrapolate, self.axis)
        return getattr(same, name)


def _integral_to(whole: PPoly, breaks: Any, t: Any) -> Any:
    """Return the integral of a periodic function from the first breakpoint."""
    period = breaks[-1] - breaks[0]
    turns = np.floor((plain(t) - plain(breaks[0])) / plain(period))
    return turns * whole(breaks[-1]) + whole(t - turns * period)


def _derived(c: Any, nu: int) -> Any:
    for _ in range(nu):
        degree = np.shape(c)[0] - 1
        powers = np.arange(degree, 0, -1.0)
        c = c[:-1] * column(powers, np.ndim(c) - 1) if degree else 0.0 * c
    return c


def _integrated(c: Any, x: Any) -> Any:
    """Return the coefficients of the antiderivative, continuous and 0 at the first breakpoint."""
    k, ndim = np.shape(c)[0], np.ndim(c) - 2
    higher = c / column(np.arange(k, 0, -1.0), np.ndim(c) - 1)
    widths = column(x[1:] - x[:-1], ndim)
    steps: Any = 0.0
    for i in range(k):
        steps = (steps + higher[i]) * widths
    sums = np.cumsum(steps, axis=0)
    constants = np.concatenate([0.0 * sums[:1], sums[:-1]])
    return np.concatenate([higher, constants[None]])


@for_batches
def _evaluated(c: Any, breaks: Any, x: Any, nu: int, extrapolate: Any, axis: int) -> Any:
    """Return a piecewise polynomial, given by its coefficients, at points."""
    x, known = within(x, breaks[0], breaks[-1], extrapolate)
    index, c = intervals(breaks, x), _derived(c, nu)
    step = column(x - rows(breaks, index), np.ndim(c) - 2)
    y: Any = rows(c[0], index) + 0.0 * step
    for k in range(1, np.shape(c)[0]):
        y = y * step + rows(c[k], index)
    return inserted(masked(y, known), np.ndim(x), axis)
