"""Derivatives of Bessel functions by their order, as integrals (DLMF 10.9.6, 10.9.7, 10.32.4, 10.32.9).

The integrals are those of Schläfli, differentiated under the integral sign:

    J_v(x) = 1/π ∫ cos(v τ - x sin τ) dτ - sin(v π)/π ∫ exp(-x sinh t - v t) dt
    Y_v(x) = 1/π ∫ sin(x sin τ - v τ) dτ - 1/π ∫ (exp(v t) + exp(-v t) cos(v π)) exp(-x sinh t) dt
    I_v(x) = 1/π ∫ exp(x cos τ) cos(v τ) dτ - sin(v π)/π ∫ exp(-x cosh t - v t) dt
    K_v(x) = ∫ exp(-x cosh t) cosh(v t) dt

with τ from 0 to π and t from 0 to infinity, for x > 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.special as sp

from autograd.engine.dispatch import plain
from autograd.errors import NoRuleError
from autograd.rules.elementwise import where
from autograd.scipy.rules.quadrature import column, in_blocks
from autograd.scipy.rules.series import sum_0f1
from autograd.transforms import deriv

#: The largest order or argument: beyond, the integrands oscillate too fast.
LARGEST = 2000.0


def _points(v: Any, x: Any) -> tuple[Any, Any]:
    """Return points and weights on [0, 1] that resolve the oscillations."""
    fastest = float(np.max(np.abs(v), initial=0.0) + np.max(np.abs(x), initial=0.0))
    if fastest > LARGEST:
        raise NoRuleError(
            f"Bessel functions have no derivative by their order beyond {LARGEST:g}, where the "
            "integrals need too many points. Pass a plain number as the order (node.data)."
        )
    points, weights = np.polynomial.legendre.leggauss(60 + int(0.7 * fastest))
    return (points + 1) / 2, weights / 2


def of_series(sign: float, v: Any, x: Any) -> Any:
    """Return the derivative by v of J_v(x), for a sign of -1, or I_v(x) (DLMF 10.16.9, 10.39.9).

    Where v is larger than x the functions are so small that integrals of size 1 lose their digits.
    """
    first = np.exp(v * np.log(x / 2) - sp.gammaln(v + 1))
    z = sign * x * x / 4
    total, slope = sum_0f1(v + 1, z), deriv(sum_0f1)(v + 1, z)
    return first * ((np.log(x / 2) - sp.psi(v + 1)) * total + slope)


def by_order(
    slope: Callable[..., Any],
    series: Callable[..., Any] | None = None,
    where_series: Callable[..., Any] = lambda v, x: False,
) -> Callable[..., Any]:
    """Return a derivative by the order for all arguments, given one for x > 0.

    The given function takes v, x, and the points and weights of both integrals; `series` takes v and
    x where the third function says so.
    """

    @in_blocks
    def derivative(v: Any, x: Any) -> Any:
        if np.iscomplexobj(plain(x)):
            raise NoRuleError(
                "Bessel functions of complex numbers have no derivative rule with respect to their "
                "order. Pass a plain number there (node.data)."
            )
        given, v_ = np.asarray(plain(x), float), np.asarray(plain(v), float)
        inside = (given > 0) & np.isfinite(given) & np.isfinite(v_)
        x, v = where(inside, x, 1.0), where(inside, v, 1.0)
        known = np.asarray(where_series(np.asarray(plain(v)), np.asarray(plain(x))))
        sums = None
        if series is not None and np.any(known):
            sums = series(where(known, v, 1.0), where(known, x, 1.0))
            if np.all(known):
                return sums if np.all(inside) else where(inside, sums, _at_the_edge(given))
            x, v = where(known, 1.0, x), where(known, 1.0, v)
        v_, x_ = np.asarray(plain(v), float), np.asarray(plain(x), float)
        unit, weights = _points(v_, x_)
        reach = column(np.arcsinh((45 + 25 * np.abs(v_)) / x_))
        y = slope(
            column(v),
            column(x),
            (math.pi * unit, math.pi * weights),
            (reach * unit, reach * weights),
        )
        y = y if sums is None else where(known, sums, y)
        return y if np.all(inside) else where(inside, y, _at_the_edge(given))

    return derivative


def _at_the_edge(x: Any) -> Any:
    return np.where(x == 0, 0.0, math.nan)


def _jv(v: Any, x: Any, first: Any, second: Any) -> Any:
    """Return the derivative of J by its order."""
    (a, wa), (t, wt) = first, second
    turning = np.sum(-a * np.sin(v * a - x * np.sin(a)) * wa, axis=-1)
    decay = np.exp(-x * np.sinh(t) - v * t) * wt
    sine, cosine = np.sin(math.pi * v) / math.pi, np.cos(math.pi * v)
    return turning / math.pi + np.sum((sine * t - cosine) * decay, axis=-1)


def _yv(v: Any, x: Any, first: Any, second: Any) -> Any:
    """Return the derivative of Y by its order."""
    (a, wa), (t, wt) = first, second
    turning = np.sum(-a * np.cos(x * np.sin(a) - v * a) * wa, axis=-1)
    sine, cosine = math.pi * np.sin(math.pi * v), np.cos(math.pi * v)
    growing, falling = np.exp(v * t - x * np.sinh(t)), np.exp(-v * t - x * np.sinh(t))
    decay = np.sum((t * growing - (t * cosine + sine) * falling) * wt, axis=-1)
    return (turning - decay) / math.pi


def _ive(v: Any, x: Any, first: Any, second: Any) -> Any:
    """Return the derivative of exp(-x) I by its order."""
    (a, wa), (t, wt) = first, second
    turning = np.sum(-a * np.sin(v * a) * np.exp(x * (np.cos(a) - 1)) * wa, axis=-1)
    decay = np.exp(-x * (np.cosh(t) + 1) - v * t) * wt
    sine, cosine = np.sin(math.pi * v) / math.pi, np.cos(math.pi * v)
    return turning / math.pi + np.sum((sine * t - cosine) * decay, axis=-1)


def _kve(v: Any, x: Any, first: Any, second: Any) -> Any:
    """Return the derivative of exp(x) K by its order."""
    t, weights = second
    lower = -x * 2 * np.sinh(t / 2) ** 2  # cosh(t) - 1 without cancellation
    return np.sum(t * (np.exp(v * t + lower) - np.exp(-v * t + lower)) / 2 * weights, axis=-1)


jv_slope = by_order(
    _jv, lambda v, x: of_series(-1.0, v, x), lambda v, x: (v > -0.5) & (x * x < 4 * v + 4)
)
yv_slope = by_order(_yv)
ive_slope = by_order(
    _ive, lambda v, x: of_series(1.0, v, x) * np.exp(-x), lambda v, x: (v > -0.5) & (x < 40)
)
kve_slope = by_order(_kve)
