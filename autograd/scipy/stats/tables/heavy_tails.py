"""Distributions on a half-line whose density falls like a power: one table each.

``z`` is a point of the standard form, with location 0 and scale 1, and ``q`` a probability.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.special as sp

from autograd.engine.dispatch import plain
from autograd.rules.elementwise import where
from autograd.scipy.rules.quadrature import column
from autograd.scipy.stats.densities import Continuous
from autograd.scipy.stats.tables.formulas import (
    EULER,
    HALF_LOG_2PI,
    LOG2,
    LOG_PI,
    POSITIVE,
    gamma_entropy,
    log_mass,
    log_of_sum,
    log_phi,
    log_power,
    log_two_sided,
    poisson_weights,
    two_sided,
)


def noncentral_f(formula: Callable[..., Any], z: Any, m: Any, n: Any, nc: Any) -> Any:
    """Return a mixture by Poisson weights: of ``formula(log weight, x, m / 2 + j, n / 2)``."""
    j, weights = poisson_weights(nc)
    x = column(m * z / n)
    return formula(weights, x, column(m) / 2 + j, column(n) / 2)


def ncf_logpdf(z: Any, m: Any, n: Any, nc: Any) -> Any:
    """Return the log density of the noncentral F distribution."""

    def terms(weights: Any, x: Any, a: Any, b: Any) -> Any:
        return weights + (a - 1) * np.log(x) - (a + b) * np.log1p(x) - sp.betaln(a, b)

    return log_of_sum(noncentral_f(terms, z, m, n, nc)) + np.log(m / n)


def ncf_cdf(z: Any, m: Any, n: Any, nc: Any) -> Any:
    """Return the distribution function of the noncentral F distribution."""

    def terms(weights: Any, x: Any, a: Any, b: Any) -> Any:
        return np.exp(weights) * sp.betainc(a, b, x / (1 + x))

    return np.sum(noncentral_f(terms, z, m, n, nc), axis=-1)


def ncf_sf(z: Any, m: Any, n: Any, nc: Any) -> Any:
    """Return the probability above z of the noncentral F distribution."""

    def terms(weights: Any, x: Any, a: Any, b: Any) -> Any:
        return np.exp(weights) * sp.betainc(b, a, 1 / (1 + x))

    return np.sum(noncentral_f(terms, z, m, n, nc), axis=-1)


# fmt: off
pareto = Continuous(
    "pareto", ["b"],
    support = (1.0, math.inf),
    valid   = lambda b: b > 0,
    logpdf  = lambda z, b: np.log(b) - (b + 1) * np.log(z),
    cdf     = lambda z, b: -np.expm1(-b * np.log(z)),
    sf      = lambda z, b: z**-b,
    logsf   = lambda z, b: -b * np.log(z),
    ppf     = lambda q, b: np.exp(-np.log1p(-q) / b),
    isf     = lambda q, b: np.exp(-np.log(q) / b),
    entropy = lambda b: 1 + 1 / b - np.log(b),
)
invgamma = Continuous(
    "invgamma", ["a"],
    support = POSITIVE,
    valid   = lambda a: a > 0,
    logpdf  = lambda z, a: -np.divide((a + 1) * sp.xlogy(z, z) + 1, z) - sp.gammaln(a),
    cdf     = lambda z, a: sp.gammaincc(a, 1 / z),
    sf      = lambda z, a: sp.gammainc(a, 1 / z),
    ppf     = lambda q, a: 1 / sp.gammainccinv(a, q),
    isf     = lambda q, a: 1 / sp.gammaincinv(a, q),
    entropy = lambda a: gamma_entropy(a) - 2 * sp.psi(a),
)
fisk = Continuous(
    "fisk", ["c"],
    support = POSITIVE,
    valid   = lambda c: c > 0,
    logpdf  = lambda z, c: np.log(c) + sp.xlogy(c - 1, z) - 2 * np.log1p(z**c),
    cdf     = lambda z, c: sp.expit(c * np.log(z)),
    sf      = lambda z, c: sp.expit(-c * np.log(z)),
    logcdf  = lambda z, c: sp.log_expit(c * np.log(z)),
    logsf   = lambda z, c: sp.log_expit(-c * np.log(z)),
    ppf     = lambda q, c: np.exp(sp.logit(q) / c),
    isf     = lambda q, c: np.exp(-sp.logit(q) / c),
    entropy = lambda c: 2 - np.log(c),
)
lomax = Continuous(
    "lomax", ["c"],
    support = POSITIVE,
    valid   = lambda c: c > 0,
    logpdf  = lambda z, c: np.log(c) - (c + 1) * np.log1p(z),
    cdf     = lambda z, c: -np.expm1(-c * np.log1p(z)),
    sf      = lambda z, c: np.exp(-c * np.log1p(z)),
    logsf   = lambda z, c: -c * np.log1p(z),
    ppf     = lambda q, c: np.expm1(-np.log1p(-q) / c),
    isf     = lambda q, c: np.expm1(-np.log(q) / c),
    entropy = lambda c: 1 + 1 / c - np.log(c),
)
f = Continuous(
    "f", ["dfn", "dfd"],
    support = POSITIVE,
    valid   = lambda m, n: (m > 0) & (n > 0),
    logpdf  = lambda z, m, n: (m * np.log(m) + n * np.log(n)) / 2 + sp.xlogy(m / 2 - 1, z) - (m + n) / 2 * np.log(n + m * z) - sp.betaln(m / 2, n / 2),
    cdf     = lambda z, m, n: sp.betainc(m / 2, n / 2, m * z / (n + m * z)),
    sf      = lambda z, m, n: sp.betainc(n / 2, m / 2, n / (n + m * z)),
    ppf     = lambda q, m, n: n / m / (1 / sp.betaincinv(m / 2, n / 2, q) - 1),
    isf     = lambda q, m, n: n / m * (1 / sp.betaincinv(n / 2, m / 2, q) - 1),
    entropy = lambda m, n: np.log(n / m) + sp.betaln(m / 2, n / 2) + (1 - m / 2) * sp.psi(m / 2) - (1 + n / 2) * sp.psi(n / 2) + (m + n) / 2 * sp.psi((m + n) / 2),
)
halfcauchy = Continuous(
    "halfcauchy",
    support = POSITIVE,
    logpdf  = lambda z: LOG2 - LOG_PI - np.log1p(z * z),
    cdf     = lambda z: 2 / math.pi * np.arctan(z),
    sf      = lambda z: 2 / math.pi * np.arctan2(1.0, z),
    ppf     = lambda q: np.tan(math.pi / 2 * q),
    isf     = lambda q: 1 / np.tan(math.pi / 2 * q),
    entropy = lambda: LOG2 + LOG_PI,
)
betaprime = Continuous(
    "betaprime", ["a", "b"],
    support = POSITIVE,
    valid   = lambda a, b: (a > 0) & (b > 0),
    logpdf  = lambda z, a, b: sp.xlogy(a - 1, z) - (a + b) * np.log1p(z) - sp.betaln(a, b),
    cdf     = lambda z, a, b: sp.betainc(a, b, z / (1 + z)),
    sf      = lambda z, a, b: sp.betainc(b, a, 1 / (1 + z)),
    ppf     = lambda q, a, b: 1 / sp.betainccinv(b, a, q) - 1,
    isf     = lambda q, a, b: 1 / sp.betaincinv(b, a, q) - 1,
)
invweibull = Continuous(
    "invweibull", ["c"],
    support = POSITIVE,
    valid   = lambda c: c > 0,
    logpdf  = lambda z, c: np.log(c) - (c + 1) * np.log(z) - z**-c,
    cdf     = lambda z, c: np.exp(-(z**-c)),
    sf      = lambda z, c: -np.expm1(-(z**-c)),
    logcdf  = lambda z, c: -(z**-c),
    ppf     = lambda q, c: (-np.log(q)) ** (-1 / c),
    isf     = lambda q, c: (-np.log1p(-q)) ** (-1 / c),
    entropy = lambda c: 1 + EULER + EULER / c - np.log(c),
)
burr = Continuous(
    "burr", ["c", "d"],
    support = POSITIVE,
    valid   = lambda c, d: (c > 0) & (d > 0),
    logpdf  = lambda z, c, d: np.log(c) + np.log(d) + sp.xlogy(c * d - 1, z) - (d + 1) * np.log1p(z**c),
    cdf     = lambda z, c, d: np.exp(-d * np.log1p(z**-c)),
    sf      = lambda z, c, d: -np.expm1(-d * np.log1p(z**-c)),
    logcdf  = lambda z, c, d: -d * np.log1p(z**-c),
    ppf     = lambda q, c, d: np.expm1(-np.log(q) / d) ** (-1 / c),
    isf     = lambda q, c, d: np.expm1(-np.log1p(-q) / d) ** (-1 / c),
)
burr12 = Continuous(
    "burr12", ["c", "d"],
    support = POSITIVE,
    valid   = lambda c, d: (c > 0) & (d > 0),
    logpdf  = lambda z, c, d: np.log(c) + np.log(d) + sp.xlogy(c - 1, z) - (d + 1) * np.log1p(z**c),
    cdf     = lambda z, c, d: -np.expm1(-d * np.log1p(z**c)),
    sf      = lambda z, c, d: np.exp(-d * np.log1p(z**c)),
    logsf   = lambda z, c, d: -d * np.log1p(z**c),
    ppf     = lambda q, c, d: np.expm1(-np.log1p(-q) / d) ** (1 / c),
    isf     = lambda q, c, d: np.expm1(-np.log(q) / d) ** (1 / c),
)
mielke = Continuous(
    "mielke", ["k", "s"],
    support = POSITIVE,
    valid   = lambda k, s: (k > 0) & (s > 0),
    logpdf  = lambda z, k, s: np.log(k) + sp.xlogy(k - 1, z) - (1 + k / s) * np.log1p(z**s),
    cdf     = lambda z, k, s: np.exp(-k / s * np.log1p(z**-s)),
    sf      = lambda z, k, s: -np.expm1(-k / s * np.log1p(z**-s)),
    logcdf  = lambda z, k, s: -k / s * np.log1p(z**-s),
    ppf     = lambda q, k, s: np.expm1(-np.log(q) * s / k) ** (-1 / s),
    isf     = lambda q, k, s: np.expm1(-np.log1p(-q) * s / k) ** (-1 / s),
)
kappa3 = Continuous(
    "kappa3", ["a"],
    support = POSITIVE,
    valid   = lambda a: a > 0,
    logpdf  = lambda z, a: np.log(a) - (1 + 1 / a) * np.log(a + z**a),
    cdf     = lambda z, a: np.exp(-np.log1p(a * z**-a) / a),
    sf      = lambda z, a: -np.expm1(-np.log1p(a * z**-a) / a),
    logcdf  = lambda z, a: -np.log1p(a * z**-a) / a,
    ppf     = lambda q, a: (a / np.expm1(-a * np.log(q))) ** (1 / a),
    isf     = lambda q, a: (a / np.expm1(-a * np.log1p(-q))) ** (1 / a),
)
foldcauchy = Continuous(
    "foldcauchy", ["c"],
    support = POSITIVE,
    valid   = lambda c: c >= 0,
    logpdf  = lambda z, c: -LOG_PI + np.log(1 / (1 + (z - c) ** 2) + 1 / (1 + (z + c) ** 2)),
    cdf     = lambda z, c: (np.arctan(z - c) + np.arctan(z + c)) / math.pi,
    sf      = lambda z, c: (np.arctan2(1.0, z - c) + np.arctan2(1.0, z + c)) / math.pi,
)
levy = Continuous(
    "levy",
    support = POSITIVE,
    logpdf  = lambda z: -HALF_LOG_2PI - 1.5 * np.log(z) - 1 / (2 * z),
    cdf     = lambda z: sp.erfc(np.sqrt(0.5 / z)),
    sf      = lambda z: sp.erf(np.sqrt(0.5 / z)),
    ppf     = lambda q: 0.5 / sp.erfcinv(q) ** 2,
    isf     = lambda q: 0.5 / sp.erfinv(q) ** 2,
    entropy = lambda: (1 + 3 * EULER + math.log(16 * math.pi)) / 2,
)
levy_l = Continuous(
    "levy_l",
    support = (-math.inf, 0.0),
    logpdf  = lambda z: -HALF_LOG_2PI - 1.5 * np.log(-z) + 1 / (2 * z),
    cdf     = lambda z: sp.erf(np.sqrt(-0.5 / z)),
    sf      = lambda z: sp.erfc(np.sqrt(-0.5 / z)),
    ppf     = lambda q: -0.5 / sp.erfinv(q) ** 2,
    isf     = lambda q: -0.5 / sp.erfcinv(q) ** 2,
    entropy = lambda: (1 + 3 * EULER + math.log(16 * math.pi)) / 2,
)
loglaplace = Continuous(
    "loglaplace", ["c"],
    kinks   = lambda *_: [1.0],
    support = POSITIVE,
    valid   = lambda c: c > 0,
    logpdf  = lambda z, c: np.log(c / 2) - np.log(z) - c * np.abs(np.log(z)),
    cdf     = lambda z, c: two_sided(c * np.log(z)),
    sf      = lambda z, c: two_sided(-c * np.log(z)),
    logcdf  = lambda z, c: log_two_sided(c * np.log(z)),
    logsf   = lambda z, c: log_two_sided(-c * np.log(z)),
    ppf     = lambda q, c: np.exp(np.where(plain(q) < 0.5, np.log(2 * q), -np.log(2 * (1 - q))) / c),
    isf     = lambda q, c: np.exp(np.where(plain(q) < 0.5, -np.log(2 * q), np.log(2 * (1 - q))) / c),
    entropy = lambda c: 1 - np.log(c / 2),
)
alpha = Continuous(
    "alpha", ["a"],
    support = POSITIVE,
    valid   = lambda a: a > 0,
    logpdf  = lambda z, a: -2 * np.log(z) + log_phi(a - 1 / z) - sp.log_ndtr(a),
    cdf     = lambda z, a: sp.ndtr(a - 1 / z) / sp.ndtr(a),
    sf      = lambda z, a: np.exp(log_mass(a - 1 / z, a) - sp.log_ndtr(a)),
    logcdf  = lambda z, a: sp.log_ndtr(a - 1 / z) - sp.log_ndtr(a),
    ppf     = lambda q, a: 1 / (a - sp.ndtri_exp(np.log(q) + sp.log_ndtr(a))),
    isf     = lambda q, a: 1 / (a - sp.ndtri_exp(np.log1p(-q) + sp.log_ndtr(a))),
)
genpareto = Continuous(
    "genpareto", ["c"],
    support = lambda c: (0.0, np.where(c < 0, -1 / where(c == 0, 1.0, c), math.inf)),
    valid   = lambda c: np.isfinite(c),
    logpdf  = lambda z, c: -(c + 1) * log_power(z, c),
    cdf     = lambda z, c: -np.expm1(-log_power(z, c)),
    sf      = lambda z, c: np.exp(-log_power(z, c)),
    logsf   = lambda z, c: -log_power(z, c),
    ppf     = lambda q, c: -np.log1p(-q) * sp.exprel(-c * np.log1p(-q)),
    isf     = lambda q, c: -np.log(q) * sp.exprel(-c * np.log(q)),
    entropy = lambda c: 1 + c,
)
ncf = Continuous(
    "ncf", ["dfn", "dfd", "nc"],
    support = POSITIVE,
    valid   = lambda m, n, nc: (m > 0) & (n > 0) & (nc >= 0),
    logpdf  = ncf_logpdf,
    cdf     = ncf_cdf,
    sf      = ncf_sf,
)
# fmt: on
