"""Distributions of positive numbers, or of negative ones: one table each.

``z`` is a point of the standard form, with location 0 and scale 1, and ``q`` a probability.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.special as sp

from autograd.engine.dispatch import plain
from autograd.rules.elementwise import where
from autograd.scipy.stats.densities import Continuous
from autograd.scipy.stats.inverse import distribution_function
from autograd.scipy.stats.tables.formulas import (
    EULER,
    HALF_LOG_2PI,
    LOG2,
    LOG_PI,
    POSITIVE,
    gamma_entropy,
    log1mexp,
    log_phi,
    noncentral_logpdf,
    noncentral_sum,
)
from autograd.scipy.stats.tails import POSITIVE_LINE, Density, functions


def invgauss_cdf(z: Any, mu: Any) -> Any:
    """Return the distribution function of the inverse Gaussian distribution."""
    root = np.sqrt(z)
    return sp.ndtr((z / mu - 1) / root) + np.exp(2 / mu + sp.log_ndtr(-(z / mu + 1) / root))


def invgauss_sf(z: Any, mu: Any) -> Any:
    """Return the probability above z: a difference, whose larger part is factored out."""
    root = np.sqrt(z)
    first = sp.log_ndtr(-(z / mu - 1) / root)
    second = 2 / mu + sp.log_ndtr(-(z / mu + 1) / root)
    return np.exp(first) * -np.expm1(second - first)


def birnbaum(x: Any) -> Any:
    """Return z with √z - 1/√z = x."""
    half = x / 2
    return np.exp(2 * np.arcsinh(half))


def rice_logpdf(z: Any, b: Any) -> Any:
    """Return log(z exp(-(z² + b²) / 2) I₀(b z))."""
    return np.log(z) - (z - b) ** 2 / 2 + np.log(sp.i0e(z * b))


def genexpon_logsf(z: Any, a: Any, b: Any, c: Any) -> Any:
    """Return the logarithm of the probability above z of the generalized exponential distribution."""
    return -(a + b) * z - b / c * np.expm1(-c * z)


def geninvgauss_logpdf(z: Any, p: Any, b: Any) -> Any:
    """Return log(z^(p - 1) exp(-b (z + 1/z) / 2) / (2 K_p(b)))."""
    return (
        (p - 1) * np.log(z) - b * (np.sqrt(z) - 1 / np.sqrt(z)) ** 2 / 2 - np.log(2 * sp.kve(p, b))
    )


def breitwigner_logpdf(z: Any, rho: Any) -> Any:
    """Return the log density of the relativistic Breit-Wigner distribution."""
    root = np.sqrt(1 + rho**-2.0)
    middle = np.log(2 / math.pi) + np.log(root) + np.log(2 / (1 + root)) / 2
    return middle - np.log1p(((z - rho) * (z + rho) / rho) ** 2)


# fmt: off
_geninvgauss = Density(geninvgauss_logpdf, POSITIVE_LINE, lambda p, b: np.log((p - 1 + np.sqrt((p - 1) ** 2 + b * b)) / b))
GENINVGAUSS  = functions("geninvgauss", _geninvgauss, *map(_geninvgauss.slope, (1, 2)), integrated=True)
_breitwigner = Density(breitwigner_logpdf, POSITIVE_LINE, np.log)
BREITWIGNER  = functions("rel_breitwigner", _breitwigner, _breitwigner.slope(1), integrated=True)
rice_cdf = distribution_function("rice", rice_logpdf, lambda y, z, b: -z * np.exp(-(z - b) ** 2 / 2) * sp.i1e(z * b))

expon = Continuous(
    "expon",
    support = POSITIVE,
    logpdf  = lambda z: -z,
    cdf     = lambda z: -np.expm1(-z),
    sf      = lambda z: np.exp(-z),
    logsf   = lambda z: -z,
    ppf     = lambda q: -np.log1p(-q),
    isf     = lambda q: -np.log(q),
    entropy = lambda: 1.0,
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
    entropy = gamma_entropy,
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
    entropy = lambda df: gamma_entropy(df / 2) + LOG2,
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
    entropy = lambda df: gamma_entropy(df / 2) - (LOG2 + sp.psi(df / 2)) / 2,
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
    entropy = lambda s: HALF_LOG_2PI + 0.5 + np.log(s),
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
    entropy = lambda c: EULER * (1 - 1 / c) - np.log(c) + 1,
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
    entropy = lambda c: EULER * (1 - 1 / c) - np.log(c) + 1,
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
    entropy = lambda: 1 + (EULER - LOG2) / 2,
)
maxwell = Continuous(
    "maxwell",
    support = POSITIVE,
    logpdf  = lambda z: (LOG2 - LOG_PI) / 2 + 2 * np.log(z) - z * z / 2,
    cdf     = lambda z: sp.gammainc(1.5, z * z / 2),
    sf      = lambda z: sp.gammaincc(1.5, z * z / 2),
    ppf     = lambda q: np.sqrt(2 * sp.gammaincinv(1.5, q)),
    isf     = lambda q: np.sqrt(2 * sp.gammainccinv(1.5, q)),
    entropy = lambda: EULER + HALF_LOG_2PI - 0.5,
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
    entropy = lambda: (LOG_PI - LOG2 + 1) / 2,
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
    entropy = lambda: 2 - LOG2,
)
gengamma = Continuous(
    "gengamma", ["a", "c"],
    support = POSITIVE,
    valid   = lambda a, c: (a > 0) & (c != 0),
    logpdf  = lambda z, a, c: np.log(np.abs(c)) + sp.xlogy(c * a - 1, z) - z**c - sp.gammaln(a),
    cdf     = lambda z, a, c: where(plain(c) > 0, sp.gammainc(a, z**c), sp.gammaincc(a, z**c)),
    sf      = lambda z, a, c: where(plain(c) > 0, sp.gammaincc(a, z**c), sp.gammainc(a, z**c)),
    ppf     = lambda q, a, c: where(plain(c) > 0, sp.gammaincinv(a, q), sp.gammainccinv(a, q)) ** (1 / c),
    isf     = lambda q, a, c: where(plain(c) > 0, sp.gammainccinv(a, q), sp.gammaincinv(a, q)) ** (1 / c),
    entropy = lambda a, c: gamma_entropy(a) + (1 / c - 1) * sp.psi(a) - np.log(np.abs(c)),
)
invgauss = Continuous(
    "invgauss", ["mu"],
    support = POSITIVE,
    valid   = lambda mu: mu > 0,
    logpdf  = lambda z, mu: -HALF_LOG_2PI - 1.5 * np.log(z) - (z / mu - 1) ** 2 / (2 * z),
    cdf     = invgauss_cdf,
    sf      = invgauss_sf,
)
wald = Continuous(
    "wald",
    support = POSITIVE,
    logpdf  = lambda z: -HALF_LOG_2PI - 1.5 * np.log(z) - (z - 1) ** 2 / (2 * z),
    cdf     = lambda z: invgauss_cdf(z, 1.0),
    sf      = lambda z: invgauss_sf(z, 1.0),
)
rel_breitwigner = Continuous(
    "rel_breitwigner", ["rho"],
    support = POSITIVE,
    valid   = lambda rho: rho > 0,
    logpdf  = breitwigner_logpdf,
    cdf     = BREITWIGNER[0],
    sf      = BREITWIGNER[1],
    ppf     = BREITWIGNER[2],
    isf     = BREITWIGNER[3],
    entropy = _breitwigner.entropy,
)
recipinvgauss = Continuous(
    "recipinvgauss", ["mu"],
    support = POSITIVE,
    valid   = lambda mu: mu > 0,
    logpdf  = lambda z, mu: -HALF_LOG_2PI - np.log(z) / 2 - (1 - mu * z) ** 2 / (2 * z * mu * mu),
    cdf     = lambda z, mu: invgauss_sf(1 / z, mu),
    sf      = lambda z, mu: invgauss_cdf(1 / z, mu),
)
nakagami = Continuous(
    "nakagami", ["nu"],
    support = POSITIVE,
    valid   = lambda nu: nu > 0,
    logpdf  = lambda z, nu: LOG2 + sp.xlogy(nu, nu) - sp.gammaln(nu) + sp.xlogy(2 * nu - 1, z) - nu * z * z,
    cdf     = lambda z, nu: sp.gammainc(nu, nu * z * z),
    sf      = lambda z, nu: sp.gammaincc(nu, nu * z * z),
    ppf     = lambda q, nu: np.sqrt(sp.gammaincinv(nu, q) / nu),
    isf     = lambda q, nu: np.sqrt(sp.gammainccinv(nu, q) / nu),
    entropy = lambda nu: gamma_entropy(nu) - LOG2 - (sp.psi(nu) + np.log(nu)) / 2,
)
ncx2 = Continuous(
    "ncx2", ["df", "nc"],
    support = POSITIVE,
    valid   = lambda df, nc: (df > 0) & (nc >= 0),
    logpdf  = noncentral_logpdf,
    cdf     = lambda z, df, nc: noncentral_sum(sp.gammainc, z, df, nc),
    sf      = lambda z, df, nc: noncentral_sum(sp.gammaincc, z, df, nc),
)
rice = Continuous(
    "rice", ["b"],
    support = POSITIVE,
    valid   = lambda b: b >= 0,
    logpdf  = rice_logpdf,
    cdf     = lambda z, b: rice_cdf(z, b),
    sf      = lambda z, b: noncentral_sum(sp.gammaincc, z * z, 2.0, b * b),
    ppf     = lambda q, b: np.sqrt(ncx2.inverse("ppf")(q, 2.0, b * b)),
    isf     = lambda q, b: np.sqrt(ncx2.inverse("isf")(q, 2.0, b * b)),
)
foldnorm = Continuous(
    "foldnorm", ["c"],
    support = POSITIVE,
    valid   = lambda c: c >= 0,
    logpdf  = lambda z, c: -HALF_LOG_2PI - (z - c) ** 2 / 2 + np.log1p(np.exp(-2 * c * z)),
    cdf     = lambda z, c: (sp.erf((z - c) / math.sqrt(2)) + sp.erf((z + c) / math.sqrt(2))) / 2,
    sf      = lambda z, c: sp.ndtr(c - z) + sp.ndtr(-c - z),
)
exponweib = Continuous(
    "exponweib", ["a", "c"],
    support = POSITIVE,
    valid   = lambda a, c: (a > 0) & (c > 0),
    logpdf  = lambda z, a, c: np.log(a) + np.log(c) + (a - 1) * log1mexp(-(z**c)) - z**c + sp.xlogy(c - 1, z),
    cdf     = lambda z, a, c: np.exp(a * log1mexp(-(z**c))),
    sf      = lambda z, a, c: -np.expm1(a * log1mexp(-(z**c))),
    logcdf  = lambda z, a, c: a * log1mexp(-(z**c)),
    ppf     = lambda q, a, c: (-np.log(-np.expm1(np.log(q) / a))) ** (1 / c),
    isf     = lambda q, a, c: (-np.log(-np.expm1(np.log1p(-q) / a))) ** (1 / c),
)
exponpow = Continuous(
    "exponpow", ["b"],
    support = POSITIVE,
    valid   = lambda b: b > 0,
    logpdf  = lambda z, b: 1 + np.log(b) + sp.xlogy(b - 1, z) + z**b - np.exp(z**b),
    cdf     = lambda z, b: -np.expm1(-np.expm1(z**b)),
    sf      = lambda z, b: np.exp(-np.expm1(z**b)),
    logsf   = lambda z, b: -np.expm1(z**b),
    ppf     = lambda q, b: np.log1p(-np.log1p(-q)) ** (1 / b),
    isf     = lambda q, b: np.log1p(-np.log(q)) ** (1 / b),
)
gompertz = Continuous(
    "gompertz", ["c"],
    support = POSITIVE,
    valid   = lambda c: c > 0,
    logpdf  = lambda z, c: np.log(c) + z - c * np.expm1(z),
    cdf     = lambda z, c: -np.expm1(-c * np.expm1(z)),
    sf      = lambda z, c: np.exp(-c * np.expm1(z)),
    logsf   = lambda z, c: -c * np.expm1(z),
    ppf     = lambda q, c: np.log1p(-np.log1p(-q) / c),
    isf     = lambda q, c: np.log1p(-np.log(q) / c),
    entropy = lambda c: 1 - np.log(c) - np.exp(c) * sp.exp1(c),
)
gibrat = Continuous(
    "gibrat",
    support = POSITIVE,
    logpdf  = lambda z: -np.log(z) + log_phi(np.log(z)),
    cdf     = lambda z: sp.ndtr(np.log(z)),
    sf      = lambda z: sp.ndtr(-np.log(z)),
    logcdf  = lambda z: sp.log_ndtr(np.log(z)),
    logsf   = lambda z: sp.log_ndtr(-np.log(z)),
    ppf     = lambda q: np.exp(sp.ndtri(q)),
    isf     = lambda q: np.exp(-sp.ndtri(q)),
    entropy = lambda: HALF_LOG_2PI + 0.5,
)
powerlognorm = Continuous(
    "powerlognorm", ["c", "s"],
    support = POSITIVE,
    valid   = lambda c, s: (c > 0) & (s > 0),
    logpdf  = lambda z, c, s: np.log(c) - np.log(z) - np.log(s) + log_phi(np.log(z) / s) + (c - 1) * sp.log_ndtr(-np.log(z) / s),
    cdf     = lambda z, c, s: -np.expm1(c * sp.log_ndtr(-np.log(z) / s)),
    sf      = lambda z, c, s: np.exp(c * sp.log_ndtr(-np.log(z) / s)),
    logsf   = lambda z, c, s: c * sp.log_ndtr(-np.log(z) / s),
    ppf     = lambda q, c, s: np.exp(-s * sp.ndtri_exp(np.log1p(-q) / c)),
    isf     = lambda q, c, s: np.exp(-s * sp.ndtri_exp(np.log(q) / c)),
)
fatiguelife = Continuous(
    "fatiguelife", ["c"],
    support = POSITIVE,
    valid   = lambda c: c > 0,
    logpdf  = lambda z, c: np.log1p(z) - np.log(2 * c) - HALF_LOG_2PI - 1.5 * np.log(z) - (z - 1) ** 2 / (2 * z * c * c),
    cdf     = lambda z, c: sp.ndtr((np.sqrt(z) - 1 / np.sqrt(z)) / c),
    sf      = lambda z, c: sp.ndtr((1 / np.sqrt(z) - np.sqrt(z)) / c),
    logcdf  = lambda z, c: sp.log_ndtr((np.sqrt(z) - 1 / np.sqrt(z)) / c),
    logsf   = lambda z, c: sp.log_ndtr((1 / np.sqrt(z) - np.sqrt(z)) / c),
    ppf     = lambda q, c: birnbaum(c * sp.ndtri(q)),
    isf     = lambda q, c: birnbaum(-c * sp.ndtri(q)),
)
halfgennorm = Continuous(
    "halfgennorm", ["beta"],
    support = POSITIVE,
    valid   = lambda beta: beta > 0,
    logpdf  = lambda z, beta: np.log(beta) - sp.gammaln(1 / beta) - z**beta,
    cdf     = lambda z, beta: sp.gammainc(1 / beta, z**beta),
    sf      = lambda z, beta: sp.gammaincc(1 / beta, z**beta),
    ppf     = lambda q, beta: sp.gammaincinv(1 / beta, q) ** (1 / beta),
    isf     = lambda q, beta: sp.gammainccinv(1 / beta, q) ** (1 / beta),
    entropy = lambda beta: 1 / beta - np.log(beta) + sp.gammaln(1 / beta),
)
erlang = Continuous(
    "erlang", ["a"],
    support = POSITIVE,
    valid   = lambda a: a > 0,
    logpdf  = lambda z, a: sp.xlogy(a - 1, z) - z - sp.gammaln(a),
    cdf     = lambda z, a: sp.gammainc(a, z),
    sf      = lambda z, a: sp.gammaincc(a, z),
    ppf     = lambda q, a: sp.gammaincinv(a, q),
    isf     = lambda q, a: sp.gammainccinv(a, q),
    entropy = gamma_entropy,
)
genexpon = Continuous(
    "genexpon", ["a", "b", "c"],
    support = POSITIVE,
    valid   = lambda a, b, c: (a > 0) & (b > 0) & (c > 0),
    logpdf  = lambda z, a, b, c: np.log(a - b * np.expm1(-c * z)) + genexpon_logsf(z, a, b, c),
    cdf     = lambda z, a, b, c: -np.expm1(genexpon_logsf(z, a, b, c)),
    sf      = lambda z, a, b, c: np.exp(genexpon_logsf(z, a, b, c)),
    logsf   = genexpon_logsf,
)
geninvgauss = Continuous(
    "geninvgauss", ["p", "b"],
    support = POSITIVE,
    valid   = lambda p, b: np.isfinite(p) & (b > 0),
    logpdf  = geninvgauss_logpdf,
    cdf     = GENINVGAUSS[0],
    sf      = GENINVGAUSS[1],
    ppf     = GENINVGAUSS[2],
    isf     = GENINVGAUSS[3],
    entropy = _geninvgauss.entropy,
)
# fmt: on
