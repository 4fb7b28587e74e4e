"""Distributions on the whole line whose shapes make one side heavier: one table each.

``z`` is a point of the standard form, with location 0 and scale 1, and ``q`` a probability.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.special as sp

from autograd.engine.dispatch import plain
from autograd.rules.elementwise import where
from autograd.scipy.rules.quadrature import column
from autograd.scipy.stats.densities import Continuous
from autograd.scipy.stats.tables.formulas import (
    HALF_LOG_2PI,
    LOG2,
    LOG_PI,
    gamma_entropy,
    log_of_sum,
)
from autograd.scipy.stats.tails import LINE, POWERS, Density, functions
from autograd.transforms import deriv

# -- Pearson's third type: a gamma distribution with mean 0 and variance 1 ----------------------
#
# With α = 4 / skew² and w = skew z / 2, α (1 + w) has the gamma distribution of shape α. Everything
# is written as a function that is smooth where skew is 0, and the distribution normal.


def _log_excess(w: Any) -> Any:
    """Return (log(1 + w) - w) / w²; near zero by its series."""
    near = np.abs(plain(w)) < 0.05
    away, close = where(near, 1.0, w), where(near, w, 0.0)
    series: Any = 0.0
    for n in range(16, 1, -1):
        series = 1 / n - close * series
    return where(near, -series, (np.log1p(away) - away) / away**2)


def _stirling(e: Any) -> Any:
    """Return log Γ(1/e) minus Stirling's formula (DLMF 5.11.1); for small e by its series."""
    near = plain(e) < 0.02
    away, close = where(near, 1.0, e), where(near, e, 0.0)
    square = close * close
    terms = 1 / 1260 - square * (1 / 1680 - square / 1188)
    series = close * (1 / 12 - square * (1 / 360 - square * terms))
    a = 1 / away
    return where(near, series, sp.gammaln(a) - (a - 0.5) * np.log(a) + a - HALF_LOG_2PI)


def pearson3_logpdf(z: Any, skew: Any) -> Any:
    """Return the log density of Pearson's third type."""
    w = skew * z / 2
    return z * z * _log_excess(w) - np.log1p(w) - HALF_LOG_2PI - _stirling(skew * skew / 4)


def _as_gamma(z: Any, skew: Any) -> Any:
    """Return the distribution function of Pearson's third type, where skew is not small."""
    a, positive = 4 / skew**2, plain(skew) > 0
    point = a * (1 + skew * z / 2)
    return where(positive, sp.gammainc(a, point), sp.gammaincc(a, point))


def _within(logpdf: Any) -> Any:
    """Return the log density with -1e300 outside of the support."""

    def guarded(z: Any, skew: Any) -> Any:
        outside = plain(skew * z) <= -2.0
        return where(outside, -1e300, logpdf(where(outside, 0.0, z), skew))

    return guarded


_BY_SKEW = Density(_within(pearson3_logpdf), LINE).slope(1)
_BY_LARGE_SKEW = deriv(_as_gamma, 1)


def pearson3_slope(y: Any, z: Any, skew: Any) -> Any:
    """Return the derivative of the distribution function by skew; for small skew as an integral."""
    small = np.abs(plain(skew)) < 0.1
    by_integral = _BY_SKEW(y, z, where(small, skew, 0.0))
    return where(small, by_integral, _BY_LARGE_SKEW(z, where(small, 1.0, skew)))


def pearson3_entropy(skew: Any) -> Any:
    """Return the entropy of Pearson's third type."""
    small = np.abs(plain(skew)) < 0.1
    e = where(small, skew, 0.0) ** 2 / 4
    series = e * (-1 / 3 - e * (1 / 12 + e * (1 / 90 - e / 120)))
    a = 4 / where(small, 1.0, skew) ** 2
    return where(small, HALF_LOG_2PI + 0.5 + series, gamma_entropy(a) - np.log(a) / 2)


# -- noncentral t ------------------------------------------------------------------------------

_TAU = np.arange(-5.0, 5.05, 0.1)


def _log_moment(p: Any, m: Any) -> Any:
    """Return the logarithm of the integral of v^p exp(-(v - m)² / 2) over all v > 0.

    The trapezoidal rule in log(v), around the top of the integrand, converges exponentially.
    """
    p, m = column(p), column(m)
    p_, m_ = plain(p), plain(m)
    root = np.sqrt(m_ * m_ + 4 * (p_ + 1))
    top = where(m_ > 0, (root + m_) / 2, 2 * (p_ + 1) / (root + np.abs(m_)))
    width = 1 / np.sqrt(top * (2 * top - m_))
    u = np.log(top) + width * np.sinh(_TAU)
    terms = (p + 1) * u - (np.exp(u) - m) ** 2 / 2 + np.log(0.1 * width * np.cosh(_TAU))
    return log_of_sum(terms)


def nct_logpdf(z: Any, df: Any, nc: Any) -> Any:
    """Return the log density of (N + nc) / √(χ² / df), an integral over χ."""
    square = z * z / df
    log_constant = -(df - 1) / 2 * LOG2 - LOG_PI / 2 - sp.gammaln(df / 2) - np.log(df) / 2
    m = z / np.sqrt(df) * nc / np.sqrt(1 + square)
    return (
        log_constant
        - (df + 1) / 2 * np.log1p(square)
        - nc * nc / (2 * (1 + square))
        + _log_moment(df, m)
    )


# -- hyperbolic distributions ------------------------------------------------------------------


def norminvgauss_logpdf(z: Any, a: Any, b: Any) -> Any:
    """Return log(a K₁(a q) exp(√(a² - b²) + b z) / (π q)), where q = √(1 + z²)."""
    q = np.sqrt(1 + z * z)
    root = np.sqrt((a - b) * (a + b))
    return np.log(a) - LOG_PI - np.log(q) + np.log(sp.k1e(a * q)) - a * q + root + b * z


def genhyperbolic_logpdf(z: Any, p: Any, a: Any, b: Any) -> Any:
    """Return the log density of the generalized hyperbolic distribution, in SciPy's parameters."""
    q = np.sqrt(1 + z * z)
    root = np.sqrt((a - b) * (a + b))
    return (
        p * np.log(root)
        - (p - 0.5) * np.log(a)
        - HALF_LOG_2PI
        - np.log(sp.kve(p, root))
        + root
        + np.log(sp.kve(p - 0.5, a * q))
        - a * q
        + b * z
        + (p - 0.5) * np.log(q)
    )


# -- Jones and Faddy's skew t ------------------------------------------------------------------


def skew_t_sides(z: Any, a: Any, b: Any) -> tuple[Any, Any]:
    """Return (1 + x) / 2 and (1 - x) / 2 for x = z / √(a + b + z²), neither by a difference."""
    root = np.sqrt(a + b + z * z)
    small = (a + b) / (2 * root * (root + np.abs(z)))
    right = plain(z) > 0
    return where(right, 1 - small, small), where(right, small, 1 - small)


def jf_skew_t_logpdf(z: Any, a: Any, b: Any) -> Any:
    """Return the log density of the skew t distribution of M. Jones and M. Faddy (2003)."""
    above, below = skew_t_sides(z, a, b)
    powers = (a + 0.5) * np.log(2 * above) + (b + 0.5) * np.log(2 * below)
    return powers - sp.betaln(a, b) - np.log(a + b) / 2 - (a + b - 1) * LOG2


# -- a normal distribution whose left tail is a power -------------------------------------------


def _log_sides(beta: Any, m: Any) -> tuple[Any, Any]:
    """Return the logarithms of the masses of the power and of the normal part, up to a factor."""
    return np.log(m / beta / (m - 1)) - beta * beta / 2, HALF_LOG_2PI + sp.log_ndtr(beta)


def _crystal(z: Any, beta: Any, m: Any) -> tuple[Any, Any, Any, Any]:
    """Return where the normal part holds, z there, log(1 + β (-β - z) / m), and the log of the mass."""
    normal = plain(z) > -plain(beta)
    distance = where(normal, 0.0, -beta - z)
    total = np.logaddexp(*_log_sides(beta, m))
    return normal, where(normal, z, 0.0), np.log1p(beta * distance / m), total


def crystalball_logpdf(z: Any, beta: Any, m: Any) -> Any:
    """Return the log density of the Crystal Ball distribution."""
    normal, inner, rise, total = _crystal(z, beta, m)
    return where(normal, -inner * inner / 2, -beta * beta / 2 - m * rise) - total


def crystalball_cdf(z: Any, beta: Any, m: Any) -> Any:
    """Return the distribution function of the Crystal Ball distribution."""
    normal, inner, rise, total = _crystal(z, beta, m)
    power = np.exp(_log_sides(beta, m)[0] - (m - 1) * rise - total)
    above = np.exp(HALF_LOG_2PI + sp.log_ndtr(-inner) - total)
    return where(normal, 1 - above, power)


def crystalball_sf(z: Any, beta: Any, m: Any) -> Any:
    """Return the probability above z of the Crystal Ball distribution."""
    normal, inner, rise, total = _crystal(z, beta, m)
    power = np.exp(_log_sides(beta, m)[0] - (m - 1) * rise - total)
    above = np.exp(HALF_LOG_2PI + sp.log_ndtr(-inner) - total)
    return where(normal, above, 1 - power)


def crystalball_entropy(beta: Any, m: Any) -> Any:
    """Return the entropy of the Crystal Ball distribution, part by part."""
    power, normal = _log_sides(beta, m)
    total = np.logaddexp(power, normal)
    mean_square = np.exp(normal - total) - beta * np.exp(-beta * beta / 2 - total)
    return total + mean_square / 2 + np.exp(power - total) * (beta * beta / 2 + m / (m - 1))


def hyperbolic_middle(*shapes: Any) -> Any:
    """Return a place near the middle of a hyperbolic distribution."""
    a, b = shapes[-2:]
    return b / np.sqrt((a - b) * (a + b))


# fmt: off
PEARSON3      = functions("pearson3", Density(pearson3_logpdf, LINE), pearson3_slope)
_nct          = Density(nct_logpdf, POWERS, lambda df, nc: np.arcsinh(nc))
NCT           = functions("nct", _nct, _nct.slope(1), _nct.slope(2))
_norminvgauss = Density(norminvgauss_logpdf, LINE, hyperbolic_middle)
NORMINVGAUSS  = functions("norminvgauss", _norminvgauss, *map(_norminvgauss.slope, (1, 2)), integrated=True)
_hyperbolic   = Density(genhyperbolic_logpdf, LINE, hyperbolic_middle)
HYPERBOLIC    = functions("genhyperbolic", _hyperbolic, *map(_hyperbolic.slope, (1, 2, 3)), integrated=True)

pearson3 = Continuous(
    "pearson3", ["skew"],
    support = lambda skew: (np.where(skew > 0, -2 / where(skew == 0, 1.0, skew), -math.inf), np.where(skew < 0, -2 / where(skew == 0, 1.0, skew), math.inf)),
    valid   = lambda skew: np.isfinite(skew),
    logpdf  = pearson3_logpdf,
    cdf     = PEARSON3[0],
    sf      = PEARSON3[1],
    ppf     = PEARSON3[2],
    isf     = PEARSON3[3],
    entropy = pearson3_entropy,
)
nct = Continuous(
    "nct", ["df", "nc"],
    valid   = lambda df, nc: (df > 0) & np.isfinite(nc),
    logpdf  = nct_logpdf,
    cdf     = NCT[0],
    sf      = NCT[1],
    ppf     = NCT[2],
    isf     = NCT[3],
    entropy = _nct.entropy,
)
norminvgauss = Continuous(
    "norminvgauss", ["a", "b"],
    valid   = lambda a, b: (a > 0) & (np.abs(b) < a),
    logpdf  = norminvgauss_logpdf,
    cdf     = NORMINVGAUSS[0],
    sf      = NORMINVGAUSS[1],
    ppf     = NORMINVGAUSS[2],
    isf     = NORMINVGAUSS[3],
    entropy = _norminvgauss.entropy,
)
genhyperbolic = Continuous(
    "genhyperbolic", ["p", "a", "b"],
    valid   = lambda p, a, b: np.isfinite(p) & (a > 0) & (np.abs(b) < a),
    logpdf  = genhyperbolic_logpdf,
    cdf     = HYPERBOLIC[0],
    sf      = HYPERBOLIC[1],
    ppf     = HYPERBOLIC[2],
    isf     = HYPERBOLIC[3],
    entropy = _hyperbolic.entropy,
)
jf_skew_t = Continuous(
    "jf_skew_t", ["a", "b"],
    valid   = lambda a, b: (a > 0) & (b > 0),
    logpdf  = jf_skew_t_logpdf,
    cdf     = lambda z, a, b: sp.betainc(a, b, skew_t_sides(z, a, b)[0]),
    sf      = lambda z, a, b: sp.betainc(b, a, skew_t_sides(z, a, b)[1]),
    ppf     = lambda q, a, b: (2 * sp.betaincinv(a, b, q) - 1) * np.sqrt(a + b) / (2 * np.sqrt(sp.betaincinv(a, b, q) * (1 - sp.betaincinv(a, b, q)))),
    isf     = lambda q, a, b: (1 - 2 * sp.betaincinv(b, a, q)) * np.sqrt(a + b) / (2 * np.sqrt(sp.betaincinv(b, a, q) * (1 - sp.betaincinv(b, a, q)))),
    entropy = Density(jf_skew_t_logpdf, POWERS).entropy,
)
crystalball = Continuous(
    "crystalball", ["beta", "m"],
    kinks   = lambda beta, m: [-beta],
    valid   = lambda beta, m: (beta > 0) & (m > 1),
    logpdf  = crystalball_logpdf,
    cdf     = crystalball_cdf,
    sf      = crystalball_sf,
    entropy = crystalball_entropy,
)
# fmt: on
