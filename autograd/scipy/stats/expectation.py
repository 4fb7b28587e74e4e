"""Expectations without a closed form, as integrals over probabilities."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.engine.dispatch import plain
from autograd.rules.elementwise import where
from autograd.scipy.rules.quadrature import column

Formula = Callable[..., Any]

#: The share of a term that does not change a sum.
_NEGLIGIBLE = 1e-20

# A half of the probability, q = exp(-s) / 2, with s = exp(τ - exp(-τ)): the trapezoidal rule in τ
# then converges exponentially for integrands that grow like a power of s, as logarithms of q do.
_STEP = 0.08
_TAU = np.arange(-4.0, 3.7, _STEP)
_S = np.exp(_TAU - np.exp(-_TAU))
_Q = np.exp(-_S) / 2
_WEIGHTS = _STEP * _S * (1 + np.exp(-_TAU)) * _Q


def mean_of(
    function: Callable[..., Any], ppf: Callable[..., Any], isf: Callable[..., Any], *shapes: Any
) -> Any:
    """Return the mean of ``function(z, *shapes)`` for a distribution with these quantiles."""
    columns = [column(a) for a in shapes]
    total: Any = 0.0
    for inverse in (ppf, isf):
        z = inverse(_Q, *columns)
        y = function(z, *columns)
        # Where a quantile rounds to an end of the support, next to no probability is left.
        known = np.isfinite(plain(z)) & np.isfinite(plain(y))
        if not np.all(known):
            z = where(known, z, plain(inverse(0.5, *columns)))
            y = where(known, function(z, *columns), 0.0)
        total = total + np.sum(y * _WEIGHTS, axis=-1)
    return total


# Double exponential rules: for the unit interval with few points (H. Takahasi and M. Mori, 1974), with
# the distance from both ends, and for the half-line, also of integrands that fall like a power.
_H = 0.05
_T = np.arange(-130, 131) * _H


def unit_rule(step: float) -> tuple[Any, Any, Any]:
    """Return the points of the rule for the unit interval, their distances from 1, and weights."""
    count = int(4.15 / step)
    t = np.arange(-count, count + 1) * step
    near = 1 / (1 + np.exp(-np.pi * np.sinh(t)))
    return near, near[::-1], step * np.pi * np.cosh(t) * near * near[::-1]


_UNIT = unit_rule(_H)
_FAR = np.exp(np.pi / 2 * np.sinh(_T))
_HALF_LINE = _FAR, _H * np.pi / 2 * np.cosh(_T) * _FAR


def mean_by_density(
    function: Formula, logpdf: Formula, bounds: list[Any], width: Any, shapes: tuple[Any, ...]
) -> Any:
    """Return the mean of ``function(z, *shapes)`` for a density that is smooth between some numbers.

    Parameters
    ----------
    function : callable
        What to average.
    logpdf : callable
        The logarithm of the density, ``f(z, *shapes)``.
    bounds : list
        The ends of the support and the numbers between which everything is smooth, in order.
    width : array
        The scale on which the density changes, within a factor of a thousand.
    shapes : tuple
        The parameters.
    """
    columns = tuple([column(a) for a in shapes])
    total: Any = 0.0
    for low, high in itertools.pairwise(bounds):
        if _is_infinite(low) or _is_infinite(high):
            sign, start = (-1.0, high) if _is_infinite(low) else (1.0, low)
            z = column(start) + sign * column(width) * _HALF_LINE[0]
            weights = column(width) * _HALF_LINE[1]
        else:
            length, (near, rest, unit) = column(high) - column(low), _UNIT
            z = where(near < rest, column(low) + length * near, column(high) - length * rest)
            weights = length * unit
        total = total + _sum_of(function, logpdf, z, weights, columns)
    return total


def _is_infinite(x: Any) -> bool:
    return bool(np.all(np.isinf(plain(x))))


def _sum_of(function: Formula, logpdf: Formula, z: Any, weights: Any, columns: Any) -> Any:
    """Sum the weighted terms that matter: far out, a formula may be beyond all numbers."""
    z_, numbers = plain(z), plain(columns)
    with np.errstate(all="ignore"):
        y = np.abs(plain(function(z_, *columns)) * np.exp(logpdf(z_, *numbers)) * plain(weights))
        y = np.where(np.isfinite(y), y, 0.0)
        matter = y > _NEGLIGIBLE * np.max(y, axis=-1, keepdims=True)
        some = np.take_along_axis(
            np.broadcast_to(z_, y.shape), np.argmax(y, axis=-1)[..., None], axis=-1
        )
        z = where(matter, z, some)
        terms = function(z, *columns) * np.exp(logpdf(z, *columns)) * weights
        return np.sum(where(matter, terms, 0.0), axis=-1)


def integral(function: Formula, logpdf: Formula, bounds: list[Any], width: Any) -> Any:
    """Return the mean of a function, as `mean_by_density`, for parameters that formulas close over.

    Points are along a new first axis, so that parameters of any shape broadcast against them.
    """

    def moved(formula: Formula) -> Formula:
        return lambda z: np.moveaxis(formula(np.moveaxis(z, -1, 0)), 0, -1)

    whole = [bound + 0.0 * width for bound in bounds]
    return mean_by_density(moved(function), moved(logpdf), whole, width, ())
