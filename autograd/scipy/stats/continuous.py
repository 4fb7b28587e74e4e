"""Continuous distributions: one table of formulas each, for the standard form.

``z`` is a point of the standard form, with location 0 and scale 1, and ``q`` a probability.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.special as sp
import scipy.stats

from autograd.engine.dispatch import plain
from autograd.rules.elementwise import where
from autograd.rules.kernel import kernel
from autograd.rules.table import elementwise
from autograd.scipy.fallback import no_rule
from autograd.scipy.stats.families import Continuous

POSITIVE = (0.0, math.inf)
LOG2, LOG_PI, HALF_LOG_2PI = math.log(2), math.log(math.pi), 0.5 * math.log(2 * math.pi)


# -- the truncated normal distribution --------------------------------------------------------


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


# -- the Laplace distribution -----------------------------------------------------------------


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


# -- the von Mises distribution ---------------------------------------------------------------


def vonmises_pdf(x: Any, kappa: Any) -> Any:
    """Return exp(κ cos x) / (2π I₀(κ))."""
    return np.exp(kappa * sp.cosm1(x)) / (2 * math.pi * sp.i0e(kappa))


@kernel(elementwise=True)
def cdf_of_vonmises(x: Any, kappa: Any) -> Any:
    """Return SciPy's distribution function."""
    return scipy.stats.vonmises.cdf(x, kappa)


@kernel(elementwise=True)
def ppf_of_vonmises(q: Any, kappa: Any) -> Any:
    """Return SciPy's quantiles."""
    return scipy.stats.vonmises.ppf(q, kappa)


# fmt: off
vonmises_cdf = elementwise(
    cdf_of_vonmises, None,
    lambda y, x, kappa: vonmises_pdf(x, kappa),
    no_rule("stats.vonmises.cdf", "its parameter kappa"),
    name="vonmises.cdf",
)
vonmises_ppf = elementwise(
    ppf_of_vonmises, None,
    lambda x, q, kappa: 1 / vonmises_pdf(x, kappa),
    no_rule("stats.vonmises.ppf", "its parameter kappa"),
    name="vonmises.ppf",
)

# -- on the whole line ------------------------------------------------------------------------
norm = Continuous(
    "norm",
    logpdf = lambda z: -z * z / 2 - HALF_LOG_2PI,
    cdf    = lambda z: sp.ndtr(z),
    sf     = lambda z: sp.ndtr(-z),
    logcdf = lambda z: sp.log_ndtr(z),
    logsf  = lambda z: sp.log_ndtr(-z),
    ppf    = lambda q: sp.ndtri(q),
    isf    = lambda q: -sp.ndtri(q),
)
t = Continuous(
    "t", ["df"],
    valid  = lambda df: df > 0,
    logpdf = lambda z, df: -sp.betaln(df / 2, 0.5) - np.log(df) / 2 - (df + 1) / 2 * np.log1p(z * z / df),
    cdf    = lambda z, df: sp.stdtr(df, z),
    sf     = lambda z, df: sp.stdtr(df, -z),
    ppf    = lambda q, df: sp.stdtrit(df, q),
    isf    = lambda q, df: -sp.stdtrit(df, q),
)
cauchy = Continuous(
    "cauchy",
    logpdf = lambda z: -LOG_PI - np.log1p(z * z),
    cdf    = lambda z: np.arctan2(1.0, -z) / math.pi,
    sf     = lambda z: np.arctan2(1.0, z) / math.pi,
    ppf    = lambda q: -1 / np.tan(math.pi * q),
    isf    = lambda q: 1 / np.tan(math.pi * q),
)
laplace = Continuous(
    "laplace",
    logpdf = lambda z: -np.abs(z) - LOG2,
    cdf    = lambda z: two_sided(z),
    sf     = lambda z: two_sided(-z),
    logcdf = lambda z: log_two_sided(z),
    logsf  = lambda z: log_two_sided(-z),
    ppf    = lambda q: np.where(plain(q) < 0.5, np.log(2 * q), -np.log(2 * (1 - q))),
    isf    = lambda q: np.where(plain(q) < 0.5, -np.log(2 * q), np.log(2 * (1 - q))),
)
logistic = Continuous(
    "logistic",
    logpdf = lambda z: sp.log_expit(z) + sp.log_expit(-z),
    cdf    = lambda z: sp.expit(z),
    sf     = lambda z: sp.expit(-z),
    logcdf = lambda z: sp.log_expit(z),
    logsf  = lambda z: sp.log_expit(-z),
    ppf    = lambda q: sp.logit(q),
    isf    = lambda q: -sp.logit(q),
)
gumbel_r = Continuous(
    "gumbel_r",
    logpdf = lambda z: -z - np.exp(-z),
    cdf    = lambda z: np.exp(-np.exp(-z)),
    sf     = lambda z: -np.expm1(-np.exp(-z)),
    logcdf = lambda z: -np.exp(-z),
    ppf    = lambda q: -np.log(-np.log(q)),
    isf    = lambda q: -np.log(-np.log1p(-q)),
)
gumbel_l = Continuous(
    "gumbel_l",
    logpdf = lambda z: z - np.exp(z),
    cdf    = lambda z: -np.expm1(-np.exp(z)),
    sf     = lambda z: np.exp(-np.exp(z)),
    logsf  = lambda z: -np.exp(z),
    ppf    = lambda q: np.log(-np.log1p(-q)),
    isf    = lambda q: np.log(-np.log(q)),
)

# -- on the positive half-line ----------------------------------------------------------------
expon = Continuous(
    "expon",
    support = POSITIVE,
    logpdf  = lambda z: -z,
    cdf     = lambda z: -np.expm1(-z),
    sf      = lambda z: np.exp(-z),
    logsf   = lambda z: -z,
    ppf     = lambda q: -np.log1p(-q),
    isf     = lambda q: -np.log(q),
)
gamma = Continuous(
    "gamma", ["a"],
    support = POSITIVE,
    valid   = lambda a: a > 0,
    logpdf  = lambda z, a: sp.xlogy(a - 1, z) - z - sp.gammaln(a),
    cdf     = lambda z, a: sp.gammainc(a, z),
    sf      = lambda z, a: sp.gammaincc(a, z),
    ppf     = lambda q, a: sp.gammaincinv(a, q),
    isf     = lambda q, a: sp.gammainccinv(a, q),
)
chi2 = Continuous(
    "chi2", ["df"],
    support = POSITIVE,
    valid   = lambda df: df > 0,
    logpdf  = lambda z, df: sp.xlogy(df / 2 - 1, z) - z / 2 - sp.gammaln(df / 2) - LOG2 / 2 * df,
    cdf     = lambda z, df: sp.gammainc(df / 2, z / 2),
    sf      = lambda z, df: sp.gammaincc(df / 2, z / 2),
    ppf     = lambda q, df: 2 * sp.gammaincinv(df / 2, q),
    isf     = lambda q, df: 2 * sp.gammainccinv(df / 2, q),
)
chi = Continuous(
    "chi", ["df"],
    support = POSITIVE,
    valid   = lambda df: df > 0,
    logpdf  = lambda z, df: sp.xlogy(df - 1, z) - z * z / 2 - (df / 2 - 1) * LOG2 - sp.gammaln(df / 2),
    cdf     = lambda z, df: sp.gammainc(df / 2, z * z / 2),
    sf      = lambda z, df: sp.gammaincc(df / 2, z * z / 2),
    ppf     = lambda q, df: np.sqrt(2 * sp.gammaincinv(df / 2, q)),
    isf     = lambda q, df: np.sqrt(2 * sp.gammainccinv(df / 2, q)),
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
)
lognorm = Continuous(
    "lognorm", ["s"],
    support = POSITIVE,
    valid   = lambda s: s > 0,
    logpdf  = lambda z, s: -np.log(z) * (1 + np.log(z) / (2 * s * s)) - np.log(s) - HALF_LOG_2PI,
    cdf     = lambda z, s: sp.ndtr(np.log(z) / s),
    sf      = lambda z, s: sp.ndtr(-np.log(z) / s),
    logcdf  = lambda z, s: sp.log_ndtr(np.log(z) / s),
    logsf   = lambda z, s: sp.log_ndtr(-np.log(z) / s),
    ppf     = lambda q, s: np.exp(s * sp.ndtri(q)),
    isf     = lambda q, s: np.exp(-s * sp.ndtri(q)),
)
weibull_min = Continuous(
    "weibull_min", ["c"],
    support = POSITIVE,
    valid   = lambda c: c > 0,
    logpdf  = lambda z, c: np.log(c) + sp.xlogy(c - 1, z) - z**c,
    cdf     = lambda z, c: -np.expm1(-(z**c)),
    sf      = lambda z, c: np.exp(-(z**c)),
    logsf   = lambda z, c: -(z**c),
    ppf     = lambda q, c: (-np.log1p(-q)) ** (1 / c),
    isf     = lambda q, c: (-np.log(q)) ** (1 / c),
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
)
rayleigh = Continuous(
    "rayleigh",
    support = POSITIVE,
    logpdf  = lambda z: np.log(z) - z * z / 2,
    cdf     = lambda z: -np.expm1(-z * z / 2),
    sf      = lambda z: np.exp(-z * z / 2),
    logsf   = lambda z: -z * z / 2,
    ppf     = lambda q: np.sqrt(-2 * np.log1p(-q)),
    isf     = lambda q: np.sqrt(-2 * np.log(q)),
)
maxwell = Continuous(
    "maxwell",
    support = POSITIVE,
    logpdf  = lambda z: (LOG2 - LOG_PI) / 2 + 2 * np.log(z) - z * z / 2,
    cdf     = lambda z: sp.gammainc(1.5, z * z / 2),
    sf      = lambda z: sp.gammaincc(1.5, z * z / 2),
    ppf     = lambda q: np.sqrt(2 * sp.gammaincinv(1.5, q)),
    isf     = lambda q: np.sqrt(2 * sp.gammainccinv(1.5, q)),
)
halfnorm = Continuous(
    "halfnorm",
    support = POSITIVE,
    logpdf  = lambda z: (LOG2 - LOG_PI - z * z) / 2,
    cdf     = lambda z: sp.erf(z / math.sqrt(2)),
    sf      = lambda z: 2 * sp.ndtr(-z),
    logsf   = lambda z: LOG2 + sp.log_ndtr(-z),
    ppf     = lambda q: math.sqrt(2) * sp.erfinv(q),
    isf     = lambda q: -sp.ndtri(q / 2),
)
halfcauchy = Continuous(
    "halfcauchy",
    support = POSITIVE,
    logpdf  = lambda z: LOG2 - LOG_PI - np.log1p(z * z),
    cdf     = lambda z: 2 / math.pi * np.arctan(z),
    sf      = lambda z: 2 / math.pi * np.arctan2(1.0, z),
    ppf     = lambda q: np.tan(math.pi / 2 * q),
    isf     = lambda q: 1 / np.tan(math.pi / 2 * q),
)
halflogistic = Continuous(
    "halflogistic",
    support = POSITIVE,
    logpdf  = lambda z: LOG2 - z - 2 * np.log1p(np.exp(-z)),
    cdf     = lambda z: np.tanh(z / 2),
    sf      = lambda z: 2 * sp.expit(-z),
    logsf   = lambda z: LOG2 + sp.log_expit(-z),
    ppf     = lambda q: 2 * np.arctanh(q),
    isf     = lambda q: np.log((2 - q) / q),
)

# -- on an interval or another half-line ------------------------------------------------------
uniform = Continuous(
    "uniform",
    support = (0.0, 1.0),
    logpdf  = lambda z: 0.0 * z,
    cdf     = lambda z: +z,
    sf      = lambda z: 1 - z,
    logcdf  = lambda z: np.log(z),
    logsf   = lambda z: np.log1p(-z),
    ppf     = lambda q: +q,
    isf     = lambda q: 1 - q,
)
beta = Continuous(
    "beta", ["a", "b"],
    support = (0.0, 1.0),
    valid   = lambda a, b: (a > 0) & (b > 0),
    logpdf  = lambda z, a, b: sp.xlogy(a - 1, z) + sp.xlog1py(b - 1, -z) - sp.betaln(a, b),
    cdf     = lambda z, a, b: sp.betainc(a, b, z),
    sf      = lambda z, a, b: sp.betaincc(a, b, z),
    ppf     = lambda q, a, b: sp.betaincinv(a, b, q),
)
powerlaw = Continuous(
    "powerlaw", ["a"],
    support = (0.0, 1.0),
    valid   = lambda a: a > 0,
    logpdf  = lambda z, a: np.log(a) + sp.xlogy(a - 1, z),
    cdf     = lambda z, a: z**a,
    sf      = lambda z, a: -np.expm1(a * np.log(z)),
    logcdf  = lambda z, a: a * np.log(z),
    ppf     = lambda q, a: q ** (1 / a),
)
truncnorm = Continuous(
    "truncnorm", ["a", "b"],
    support = lambda a, b: (a, b),
    valid   = lambda a, b: a < b,
    logpdf  = lambda z, a, b: -z * z / 2 - (LOG2 + LOG_PI) / 2 - log_mass(a, b),
    cdf     = lambda z, a, b: np.exp(log_mass(a, z) - log_mass(a, b)),
    sf      = lambda z, a, b: np.exp(log_mass(z, b) - log_mass(a, b)),
    logcdf  = lambda z, a, b: log_mass(a, z) - log_mass(a, b),
    logsf   = lambda z, a, b: log_mass(z, b) - log_mass(a, b),
    ppf     = normal_quantile,
    isf     = lambda q, a, b: -normal_quantile(q, -b, -a),
)
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
)
weibull_max = Continuous(
    "weibull_max", ["c"],
    support = (-math.inf, 0.0),
    valid   = lambda c: c > 0,
    logpdf  = lambda z, c: np.log(c) + sp.xlogy(c - 1, -z) - (-z) ** c,
    cdf     = lambda z, c: np.exp(-((-z) ** c)),
    sf      = lambda z, c: -np.expm1(-((-z) ** c)),
    logcdf  = lambda z, c: -((-z) ** c),
    ppf     = lambda q, c: -((-np.log(q)) ** (1 / c)),
    isf     = lambda q, c: -((-np.log1p(-q)) ** (1 / c)),
)

# -- on the circle ----------------------------------------------------------------------------
vonmises = Continuous(
    "vonmises", ["kappa"],
    valid  = lambda kappa: kappa > 0,
    logpdf = lambda z, kappa: kappa * sp.cosm1(z) - np.log(2 * math.pi * sp.i0e(kappa)),
    cdf    = lambda z, kappa: vonmises_cdf(z, kappa),
    sf     = lambda z, kappa: 1 - vonmises_cdf(z, kappa),
    ppf    = lambda q, kappa: vonmises_ppf(q, kappa),
)
# fmt: on
