"""Formulas that several distributions share, and those that take more than a line."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.special as sp

from autograd.engine.dispatch import plain
from autograd.rules.elementwise import where
from autograd.rules.table import elementwise
from autograd.scipy.fallback import recorded
from autograd.scipy.rules.hypergeometric import log_ratio
from autograd.scipy.rules.quadrature import column
from autograd.scipy.stats.inverse import distribution_function
from autograd.scipy.stats.tails import POINTS, WEIGHTS
from autograd.transforms import deriv

POSITIVE = (0.0, math.inf)
UNIT = (0.0, 1.0)
LOG2, LOG_PI, HALF_LOG_2PI = math.log(2), math.log(math.pi), 0.5 * math.log(2 * math.pi)
EULER = float(np.euler_gamma)

#: How often the tail of Tukey's lambda distribution is improved; each time the digits double.
NEWTON_STEPS = 4


def log_phi(z: Any) -> Any:
    """Return the logarithm of the density of the standard normal distribution."""
    return -z * z / 2 - HALF_LOG_2PI


def log_power(z: Any, c: Any) -> Any:
    """Return log1p(c z) / c, and z where c is 0."""
    return z * log_ratio(c * z)


def log1mexp(x: Any) -> Any:
    """Return log(1 - exp(x)) for x < 0."""
    near = plain(x) > -LOG2
    close, far = where(near, x, -1.0), where(near, -1.0, x)
    return where(near, np.log(-np.expm1(close)), np.log1p(-np.exp(far)))


# -- both sides of zero -----------------------------------------------------------------------


def symmetric_cdf(tail: Callable[..., Any]) -> Callable[..., Any]:
    """Return the distribution function, given twice the probability beyond the distance of z."""

    def cdf(z: Any, *shapes: Any) -> Any:
        half = tail(np.abs(z), *shapes) / 2
        return where(plain(z) < 0, half, 1 - half)

    return cdf


def symmetric_ppf(tail_isf: Callable[..., Any]) -> Callable[..., Any]:
    """Return the quantiles, given the inverse of twice the probability beyond the distance of z."""

    def ppf(q: Any, *shapes: Any) -> Any:
        left = plain(q) < 0.5
        distance = tail_isf(2 * where(left, q, 1 - q), *shapes)
        return where(left, -distance, distance)

    return ppf


def two_sided(z: Any) -> Any:
    """Return exp(z)/2 for z < 0, and 1 - exp(-z)/2 for z >= 0."""
    left = plain(z) < 0
    half = np.exp(where(left, z, 0.0)) / 2, np.exp(-where(left, 0.0, z)) / 2
    return where(left, half[0], 1 - half[1])


def log_two_sided(z: Any) -> Any:
    """Return log(two_sided(z)) without underflow."""
    left = plain(z) < 0
    right = np.log1p(-np.exp(-where(left, 0.0, z)) / 2)
    return where(left, z - LOG2, right)


def unequal_sides(z: Any, kappa: Any) -> Any:
    """Return the distribution function of the asymmetric Laplace distribution."""
    left, total = plain(z) < 0, kappa + 1 / kappa
    below = kappa / total * np.exp(where(left, z, 0.0) / kappa)
    above = 1 / kappa / total * np.exp(-where(left, 0.0, z) * kappa)
    return where(left, below, 1 - above)


def unequal_sides_inverse(q: Any, kappa: Any) -> Any:
    """Return the quantiles of the asymmetric Laplace distribution."""
    total = kappa + 1 / kappa
    left = plain(q) < plain(kappa / total)
    below = kappa * np.log(where(left, q, 0.5) * total / kappa)
    above = -np.log((1 - where(left, 0.5, q)) * total * kappa) / kappa
    return where(left, below, above)


# -- truncated distributions ------------------------------------------------------------------


def log_mass(a: Any, b: Any) -> Any:
    """Return log(Φ(b) - Φ(a)), computed in the tail that contains both."""
    right = plain(a) > 0
    low, high = where(right, -b, a), where(right, -a, b)
    above, below = sp.log_ndtr(high), sp.log_ndtr(low)
    gone = plain(below) == -math.inf
    share = np.exp(where(gone, 0.0, below - above))
    return above + np.log1p(where(gone, 0.0, -share))


def normal_quantile(q: Any, a: Any, b: Any) -> Any:
    """Return z with Φ(z) = Φ(a) + q (Φ(b) - Φ(a)), computed in the tail that contains a and b."""
    right = plain(a) > 0
    low, high = where(right, -b, a), where(right, -a, b)
    share = where(right, 1 - q, q)
    z = sp.ndtri_exp(np.logaddexp(sp.log_ndtr(low), np.log(share) + log_mass(low, high)))
    return where(right, -z, z)


def truncated_entropy(a: Any, b: Any) -> Any:
    """Return the entropy of the truncated normal distribution."""
    mass = log_mass(a, b)
    finite = [where(np.isinf(plain(x)), 0.0, x) for x in (a, b)]
    ends = [x * np.exp(log_phi(x) - mass) for x in finite]
    return HALF_LOG_2PI + 0.5 + mass + (ends[0] - ends[1]) / 2


# -- entropies that cancel for large parameters -----------------------------------------------


def gamma_entropy(a: Any) -> Any:
    """Return the entropy of the gamma distribution; for large a by its series in 1/a."""
    large = plain(a) > 200
    small, a = where(large, 1.0, a), where(large, a, 200.0)
    series = -1 / (3 * a) - a**-2.0 / 12 - a**-3.0 / 90 + a**-4.0 / 120
    exact = small + sp.gammaln(small) + (1 - small) * sp.psi(small)
    return where(large, HALF_LOG_2PI + 0.5 + np.log(a) / 2 + series, exact)


def student_entropy(df: Any) -> Any:
    """Return the entropy of Student's distribution; for large df by its series in 1/df."""
    large = plain(df) > 200
    small, df = where(large, 1.0, df), where(large, df, 200.0)
    series = 1 / df + df**-2.0 / 4 - df**-3.0 / 6 - df**-4.0 / 8 + 0.3 * df**-5.0 + df**-6.0 / 4
    slopes = sp.psi((small + 1) / 2) - sp.psi(small / 2)
    exact = (small + 1) / 2 * slopes + np.log(small) / 2 + sp.betaln(small / 2, 0.5)
    return where(large, HALF_LOG_2PI + 0.5 + series, exact)


# -- sums over a Poisson distribution ---------------------------------------------------------


def poisson_weights(nc: Any) -> tuple[Any, Any]:
    """Return the integers j that matter in a new last axis, and log(Poisson(j; nc / 2))."""
    half = np.max(np.asarray(plain(nc), float), initial=0.0) / 2
    j = np.arange(math.ceil(half + 12 * math.sqrt(half) + 60.0))
    return j, sp.xlogy(j, column(nc) / 2) - column(nc) / 2 - sp.gammaln(j + 1)


def log_of_sum(terms: Any) -> Any:
    """Return the logarithm of the sum of exponentials along the last axis."""
    top = np.max(plain(terms), axis=-1, keepdims=True)
    return np.log(np.sum(np.exp(terms - top), axis=-1)) + top[..., 0]


def noncentral_logpdf(z: Any, df: Any, nc: Any) -> Any:
    """Return the log density of the noncentral χ², a mixture of χ² densities."""
    j, weights = poisson_weights(nc)
    half = column(df) / 2 + j
    terms = sp.xlogy(half - 1, column(z) / 2) - sp.gammaln(half)
    return log_of_sum(weights + terms) - z / 2 - LOG2


def noncentral_sum(incomplete: Callable[..., Any], z: Any, df: Any, nc: Any) -> Any:
    """Return the same mixture of distribution functions, or of their complements."""
    j, weights = poisson_weights(nc)
    half = column(df) / 2 + j
    return np.sum(np.exp(weights) * incomplete(half, column(z) / 2), axis=-1)


# -- the kappa distribution of four parameters ------------------------------------------------


def kappa4_quantile(depth: Any, h: Any, k: Any) -> Any:
    """Return the quantile of the probability exp(-depth), for every sign of h and k."""
    log_power_of_rest = np.log(depth) + np.log(sp.exprel(-h * depth))
    return -log_power_of_rest * sp.exprel(k * log_power_of_rest)


def kappa4_support(h: Any, k: Any) -> tuple[Any, Any]:
    """Return the ends of the support."""
    log_h = np.log(where(h > 0, h, 1.0))
    one_over_k = 1 / where(k == 0, 1.0, k)
    low = np.where(h > 0, log_h * sp.exprel(-k * log_h), np.where(k < 0, one_over_k, -math.inf))
    return low, np.where(k > 0, one_over_k, math.inf)


# -- Tukey's lambda distribution --------------------------------------------------------------


def tukey_quantile(q: Any, lam: Any) -> Any:
    """Return (q^λ - (1 - q)^λ) / λ, and its limit where λ is 0."""
    return sp.boxcox(q, lam) - sp.boxcox1p(-q, lam)


def tukey_log_stretch(log_p: Any, lam: Any) -> Any:
    """Return the logarithm of the derivative of the quantile by p, from log(p)."""
    return np.logaddexp((lam - 1) * log_p, (lam - 1) * np.log1p(-np.exp(log_p)))


def tukey_logpdf(z: Any, lam: Any) -> Any:
    """Return the log density, which is symmetric."""
    return -tukey_log_stretch(np.log(tukey_tail(where(plain(z) > 0, -z, z), lam)), lam)


def tukey_cdf(z: Any, lam: Any) -> Any:
    """Return the distribution function, from the tail on the side of z."""
    right = plain(z) > 0
    tail = tukey_tail(where(right, -z, z), lam)
    return where(right, 1 - tail, tail)


def tukey_logcdf(z: Any, lam: Any) -> Any:
    """Return the logarithm of `tukey_cdf`."""
    right = plain(z) > 0
    tail = tukey_tail(where(right, -z, z), lam)
    return where(right, np.log1p(-tail), np.log(tail))


def tukey_entropy(lam: Any) -> Any:
    """Return the entropy, twice an integral over the probabilities p = exp(-s) / 2."""
    stretch = tukey_log_stretch(-POINTS - LOG2, column(lam))
    return np.sum(stretch * np.exp(-POINTS) * WEIGHTS, axis=-1)


def tukey_support(lam: Any) -> tuple[Any, Any]:
    """Return the ends of the support."""
    high = where(lam > 0, 1 / where(lam > 0, lam, 1.0), math.inf)
    return -high, high


def _tukey_tail(z: Any, lam: Any) -> Any:
    """Return the probability below z <= 0: SciPy's, which is rough in tails, and Newton steps."""
    with np.errstate(all="ignore"):
        log_p = np.log(sp.tklmbda(z, lam))
        for _ in range(NEWTON_STEPS):
            p = np.exp(log_p)
            step = (tukey_quantile(p, lam) - z) * np.exp(-log_p - tukey_log_stretch(log_p, lam))
            log_p = np.where(np.isfinite(step), log_p - np.clip(step, -1.0, 1.0), log_p)
        return np.exp(np.minimum(log_p, -LOG2))


tukey_tail = elementwise(
    recorded(_tukey_tail),
    None,
    lambda p, z, lam: np.exp(-tukey_log_stretch(np.log(p), lam)),
    lambda p, z, lam: (
        -deriv(tukey_quantile, 1)(p, lam) * np.exp(-tukey_log_stretch(np.log(p), lam))
    ),
    name="tukeylambda.tail",
    replaces=(),
)


# -- the von Mises distribution ---------------------------------------------------------------

_POINTS, _WEIGHTS = np.polynomial.legendre.leggauss(60)


def vonmises_logpdf(x: Any, kappa: Any) -> Any:
    """Return log(exp(κ cos x) / (2π I₀(κ)))."""
    return kappa * sp.cosm1(x) - np.log(2 * math.pi * sp.i0e(kappa))


def vonmises_slope(y: Any, x: Any, kappa: Any) -> Any:
    """Return the derivative of the distribution function by κ, the integral of that of the density.

    It is odd in x and has period 2π. Beyond nine standard deviations the density does not matter.
    """
    turns = np.round(plain(x) / (2 * math.pi)) * 2 * math.pi
    x = x - turns
    right = plain(x) > 0
    end = where(right, -x, x)
    start = -np.minimum(math.pi, 9 / np.sqrt(plain(kappa)) + np.abs(plain(end)))
    length, kappa = column(end - start), column(kappa)
    points = column(start) + length * (_POINTS + 1) / 2
    mean_cosine = sp.i1e(kappa) / sp.i0e(kappa)
    density = np.exp(vonmises_logpdf(points, kappa))
    integrand = density * (np.cos(points) - mean_cosine)
    found = np.sum(integrand * _WEIGHTS, axis=-1) * length[..., 0] / 2
    return where(right, -found, found)


def vonmises_entropy(kappa: Any) -> Any:
    """Return the entropy of the von Mises distribution."""
    mean_cosine = sp.i1e(kappa) / sp.i0e(kappa)
    return kappa * (1 - mean_cosine) + np.log(2 * math.pi * sp.i0e(kappa))


vonmises_cdf = distribution_function("vonmises", vonmises_logpdf, vonmises_slope)
