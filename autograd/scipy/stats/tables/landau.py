"""The Landau distribution: its density as an integral of positive numbers.

With s = -π x / 2, the distribution function is the mean of exp(-exp(s + v(θ))) over θ from -π/2 to
π/2, where v rises (V. Zolotarev, "One-dimensional Stable Distributions", 1986, 2.2). Points of the
quadrature are numbers, close together where the integrand changes; derivatives by x go into it.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.special as sp
import scipy.stats

from autograd.engine.dispatch import plain
from autograd.rules.elementwise import where
from autograd.rules.table import elementwise
from autograd.scipy.fallback import opaque, recorded
from autograd.scipy.rules.quadrature import column
from autograd.scipy.stats.densities import Continuous
from autograd.scipy.stats.expectation import unit_rule
from autograd.scipy.stats.tables.formulas import LOG2, log_of_sum

_FALL = math.pi / 2
_RULE = unit_rule(0.025)

#: From where on the density is an expansion.
_FAR = 1e5

#: The lowest value of v, and how far from there the integrand reaches, on both sides of its top.
_LOWEST = math.log(2 / math.pi) - 1
_BELOW, _ABOVE = 45.0, 4.0


def _rise(e: Any, d: Any) -> tuple[Any, Any]:
    """Return v - _LOWEST and the logarithm of its slope for θ = e - π/2 = π/2 - d.

    For small e both are series.
    """
    left = e < d
    sine, cosine = np.where(left, np.sin(e), np.sin(d)), np.where(left, np.cos(e), -np.cos(d))
    square = e * e
    near = square * (1 / 2 + square * (1 / 36 + square * (1 / 405 + square / 4200)))
    near_slope = e * (1 + square * (1 / 9 + square * (2 / 135 + square / 525)))
    away = np.log(e / sine) + 1 - e * cosine / sine
    slope = np.log(e) - 2 * np.log(sine) + np.log1p((sine / e) ** 2 - 2 * cosine * sine / e)
    return np.where(e < 0.1, near, away), np.where(e < 0.1, np.log(near_slope), slope)


def _points(x: Any) -> tuple[Any, Any]:
    """Return s + v at the points of the quadrature for each x, and the logarithms of the weights."""
    lowest = _LOWEST - _FALL * column(np.asarray(x, float))
    start = np.maximum(lowest, -_BELOW)
    length = np.where(lowest < 3.0, _ABOVE - start, _BELOW * np.exp(-np.maximum(lowest, 3.0)))
    near, rest, weights = _RULE
    y = np.where(near < rest, start + length * near, start + length - length * rest)
    rise = np.where(lowest < start, y - lowest, length * near)
    low, high = np.full(rise.shape, -700.0), np.full(rise.shape, 700.0)
    with np.errstate(all="ignore"):
        for _ in range(70):  # of the logit of the share of e in π
            t = (low + high) / 2
            e, d = math.pi / (1 + np.exp(-t)), math.pi / (1 + np.exp(t))
            above = _rise(e, d)[0] > rise
            low, high = np.where(above, low, t), np.where(above, t, high)
        return y, np.log(length) + np.log(weights) - _rise(e, d)[1]


_heights = opaque(lambda x: _points(x)[0])
_log_weights = opaque(lambda x: _points(x)[1])


def landau_logpdf(z: Any) -> Any:
    """Return the logarithm of the density; far out by its expansion, whose slopes keep their digits."""
    z_ = plain(z)
    far = z_ > _FAR
    beyond = _expansion(where(far, z, _FAR))
    if np.all(far):
        return beyond
    z, z_ = where(far, 0.0, z), where(far, 0.0, z_)
    y = _heights(z_) - _FALL * column(z - z_)
    return where(far, beyond, log_of_sum(_log_weights(z_) + y - np.exp(y)) - LOG2)


def _expansion(z: Any) -> Any:
    """Return the logarithm of three terms of the density for large numbers.

    They are those of exp(-x t) t^-t sin(π t) / π, integrated over t > 0 term by term.
    """
    x = _FALL * z + math.log(_FALL)
    logs = np.log(x)
    first = -2 * (sp.psi(3.0) - logs) / x
    second = (3 * ((sp.psi(4.0) - logs) ** 2 + sp.polygamma(1, 4.0)) - math.pi**2) / x**2
    return math.log(_FALL) - 2 * logs + np.log1p(first + second)


def _density(z: Any) -> Any:
    return np.exp(landau_logpdf(z))


def _function(name: str, slope: Any) -> Any:
    original = recorded(getattr(scipy.stats.landau, name))
    return elementwise(original, None, slope, name=f"landau.{name}", replaces=())


# fmt: off
landau = Continuous(
    "landau",
    logpdf  = landau_logpdf,
    cdf     = _function("cdf", lambda y, z: _density(z)),
    sf      = _function("sf",  lambda y, z: -_density(z)),
    ppf     = _function("ppf", lambda z, q: 1 / _density(z)),
    isf     = _function("isf", lambda z, q: -1 / _density(z)),
    entropy = lambda: 2.37263644000448182,
)
# fmt: on
