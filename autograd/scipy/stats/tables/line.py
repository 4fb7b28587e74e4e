"""Distributions on the whole line, or on a part of it that depends on the shape: one table each.

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
    gamma_entropy,
    kappa4_quantile,
    kappa4_support,
    log_phi,
    log_power,
    log_two_sided,
    student_entropy,
    symmetric_cdf,
    symmetric_ppf,
    tukey_cdf,
    tukey_entropy,
    tukey_logcdf,
    tukey_logpdf,
    tukey_quantile,
    tukey_support,
    two_sided,
    unequal_sides,
    unequal_sides_inverse,
    vonmises_cdf,
    vonmises_entropy,
    vonmises_logpdf,
)


def skewnorm_logpdf(z: Any, a: Any) -> Any:
    """Return log(2 φ(z) Φ(a z))."""
    return LOG2 + log_phi(z) + sp.log_ndtr(a * z)


# fmt: off
skewnorm_cdf = distribution_function("skewnorm", skewnorm_logpdf, lambda y, z, a: -np.exp(-z * z * (1 + a * a) / 2) / (math.pi * (1 + a * a)))

norm = Continuous(
    "norm",
    logpdf  = lambda z: -z * z / 2 - HALF_LOG_2PI,
    cdf     = lambda z: sp.ndtr(z),
    sf      = lambda z: sp.ndtr(-z),
    logcdf  = lambda z: sp.log_ndtr(z),
    logsf   = lambda z: sp.log_ndtr(-z),
    ppf     = lambda q: sp.ndtri(q),
    isf     = lambda q: -sp.ndtri(q),
    entropy = lambda: HALF_LOG_2PI + 0.5,
)
t = Continuous(
    "t", ["df"],
    valid   = lambda df: df > 0,
    logpdf  = lambda z, df: -sp.betaln(df / 2, 0.5) - np.log(df) / 2 - (df + 1) / 2 * np.log1p(z * z / df),
    cdf     = lambda z, df: sp.stdtr(df, z),
    sf      = lambda z, df: sp.stdtr(df, -z),
    ppf     = lambda q, df: sp.stdtrit(df, q),
    isf     = lambda q, df: -sp.stdtrit(df, q),
    entropy = student_entropy,
)
cauchy = Continuous(
    "cauchy",
    logpdf  = lambda z: -LOG_PI - np.log1p(z * z),
    cdf     = lambda z: np.arctan2(1.0, -z) / math.pi,
    sf      = lambda z: np.arctan2(1.0, z) / math.pi,
    ppf     = lambda q: -1 / np.tan(math.pi * q),
    isf     = lambda q: 1 / np.tan(math.pi * q),
    entropy = lambda: math.log(4 * math.pi),
)
laplace = Continuous(
    "laplace",
    kinks   = lambda *_: [0.0],
    logpdf  = lambda z: -np.abs(z) - LOG2,
    cdf     = lambda z: two_sided(z),
    sf      = lambda z: two_sided(-z),
    logcdf  = lambda z: log_two_sided(z),
    logsf   = lambda z: log_two_sided(-z),
    ppf     = lambda q: np.where(plain(q) < 0.5, np.log(2 * q), -np.log(2 * (1 - q))),
    isf     = lambda q: np.where(plain(q) < 0.5, -np.log(2 * q), np.log(2 * (1 - q))),
    entropy = lambda: LOG2 + 1,
)
logistic = Continuous(
    "logistic",
    logpdf  = lambda z: sp.log_expit(z) + sp.log_expit(-z),
    cdf     = lambda z: sp.expit(z),
    sf      = lambda z: sp.expit(-z),
    logcdf  = lambda z: sp.log_expit(z),
    logsf   = lambda z: sp.log_expit(-z),
    ppf     = lambda q: sp.logit(q),
    isf     = lambda q: -sp.logit(q),
    entropy = lambda: 2.0,
)
gumbel_r = Continuous(
    "gumbel_r",
    logpdf  = lambda z: -z - np.exp(-z),
    cdf     = lambda z: np.exp(-np.exp(-z)),
    sf      = lambda z: -np.expm1(-np.exp(-z)),
    logcdf  = lambda z: -np.exp(-z),
    ppf     = lambda q: -np.log(-np.log(q)),
    isf     = lambda q: -np.log(-np.log1p(-q)),
    entropy = lambda: EULER + 1,
)
gumbel_l = Continuous(
    "gumbel_l",
    logpdf  = lambda z: z - np.exp(z),
    cdf     = lambda z: -np.expm1(-np.exp(z)),
    sf      = lambda z: np.exp(-np.exp(z)),
    logsf   = lambda z: -np.exp(z),
    ppf     = lambda q: np.log(-np.log1p(-q)),
    isf     = lambda q: np.log(-np.log(q)),
    entropy = lambda: EULER + 1,
)
gennorm = Continuous(
    "gennorm", ["beta"],
    kinks   = lambda *_: [0.0],
    valid   = lambda beta: beta > 0,
    logpdf  = lambda z, beta: np.log(beta / 2) - sp.gammaln(1 / beta) - np.abs(z) ** beta,
    cdf     = symmetric_cdf(lambda r, beta: sp.gammaincc(1 / beta, r**beta)),
    sf      = lambda z, beta: symmetric_cdf(lambda r, beta: sp.gammaincc(1 / beta, r**beta))(-z, beta),
    ppf     = symmetric_ppf(lambda q, beta: sp.gammainccinv(1 / beta, q) ** (1 / beta)),
    isf     = lambda q, beta: -symmetric_ppf(lambda q, beta: sp.gammainccinv(1 / beta, q) ** (1 / beta))(q, beta),
    entropy = lambda beta: 1 / beta - np.log(beta / 2) + sp.gammaln(1 / beta),
)
dgamma = Continuous(
    "dgamma", ["a"],
    kinks   = lambda *_: [0.0],
    valid   = lambda a: a > 0,
    logpdf  = lambda z, a: sp.xlogy(a - 1, np.abs(z)) - np.abs(z) - LOG2 - sp.gammaln(a),
    cdf     = symmetric_cdf(lambda r, a: sp.gammaincc(a, r)),
    sf      = lambda z, a: symmetric_cdf(lambda r, a: sp.gammaincc(a, r))(-z, a),
    ppf     = symmetric_ppf(lambda q, a: sp.gammainccinv(a, q)),
    isf     = lambda q, a: -symmetric_ppf(lambda q, a: sp.gammainccinv(a, q))(q, a),
    entropy = lambda a: gamma_entropy(a) + LOG2,
)
dweibull = Continuous(
    "dweibull", ["c"],
    kinks   = lambda *_: [0.0],
    valid   = lambda c: c > 0,
    logpdf  = lambda z, c: np.log(c) - LOG2 + sp.xlogy(c - 1, np.abs(z)) - np.abs(z) ** c,
    cdf     = symmetric_cdf(lambda r, c: np.exp(-(r**c))),
    sf      = lambda z, c: symmetric_cdf(lambda r, c: np.exp(-(r**c)))(-z, c),
    ppf     = symmetric_ppf(lambda q, c: (-np.log(q)) ** (1 / c)),
    isf     = lambda q, c: -symmetric_ppf(lambda q, c: (-np.log(q)) ** (1 / c))(q, c),
    entropy = lambda c: EULER * (1 - 1 / c) - np.log(c) + 1 + LOG2,
)
laplace_asymmetric = Continuous(
    "laplace_asymmetric", ["kappa"],
    kinks   = lambda *_: [0.0],
    valid   = lambda kappa: kappa > 0,
    logpdf  = lambda z, kappa: -np.abs(z) * where(plain(z) < 0, 1 / kappa, kappa) - np.log(kappa + 1 / kappa),
    cdf     = unequal_sides,
    sf      = lambda z, kappa: unequal_sides(-z, 1 / kappa),
    ppf     = unequal_sides_inverse,
    isf     = lambda q, kappa: -unequal_sides_inverse(q, 1 / kappa),
    entropy = lambda kappa: 1 + np.log(kappa + 1 / kappa),
)
genlogistic = Continuous(
    "genlogistic", ["c"],
    valid   = lambda c: c > 0,
    logpdf  = lambda z, c: np.log(c) + c * sp.log_expit(z) + sp.log_expit(-z),
    cdf     = lambda z, c: np.exp(c * sp.log_expit(z)),
    sf      = lambda z, c: -np.expm1(c * sp.log_expit(z)),
    logcdf  = lambda z, c: c * sp.log_expit(z),
    ppf     = lambda q, c: -np.log(np.expm1(-np.log(q) / c)),
    isf     = lambda q, c: -np.log(np.expm1(-np.log1p(-q) / c)),
    entropy = lambda c: 1 - np.log(c) + EULER + sp.psi(c + 1),
)
hypsecant = Continuous(
    "hypsecant",
    logpdf  = lambda z: LOG2 - LOG_PI - np.abs(z) - np.log1p(np.exp(-2 * np.abs(z))),
    cdf     = lambda z: 2 / math.pi * np.arctan(np.exp(z)),
    sf      = lambda z: 2 / math.pi * np.arctan(np.exp(-z)),
    ppf     = lambda q: np.log(np.tan(math.pi / 2 * q)),
    isf     = lambda q: -np.log(np.tan(math.pi / 2 * q)),
    entropy = lambda: LOG2 + LOG_PI,
)
moyal = Continuous(
    "moyal",
    logpdf  = lambda z: -(z + np.exp(-z)) / 2 - HALF_LOG_2PI,
    cdf     = lambda z: sp.erfc(np.exp(-z / 2) / math.sqrt(2)),
    sf      = lambda z: sp.erf(np.exp(-z / 2) / math.sqrt(2)),
    ppf     = lambda q: -np.log(2 * sp.erfcinv(q) ** 2),
    isf     = lambda q: -np.log(2 * sp.erfinv(q) ** 2),
    entropy = lambda: (1 + LOG2 + EULER) / 2 + HALF_LOG_2PI,
)
skewnorm = Continuous(
    "skewnorm", ["a"],
    valid  = lambda a: np.isfinite(a),
    logpdf = skewnorm_logpdf,
    cdf    = lambda z, a: skewnorm_cdf(z, a),
    sf     = lambda z, a: skewnorm_cdf(-z, -a),
)
skewcauchy = Continuous(
    "skewcauchy", ["a"],
    kinks   = lambda *_: [0.0],
    valid   = lambda a: np.abs(a) < 1,
    logpdf  = lambda z, a: -LOG_PI - np.log1p((z / (1 + a * np.sign(plain(z)))) ** 2),
    cdf     = lambda z, a: (1 - a) / 2 + (1 + a * np.sign(plain(z))) / math.pi * np.arctan(z / (1 + a * np.sign(plain(z)))),
    sf      = lambda z, a: (1 + a) / 2 - (1 + a * np.sign(plain(z))) / math.pi * np.arctan(z / (1 + a * np.sign(plain(z)))),
    ppf     = lambda q, a: where(plain(q) < plain((1 - a) / 2), 1 - a, 1 + a) * np.tan(math.pi / where(plain(q) < plain((1 - a) / 2), 1 - a, 1 + a) * (q - (1 - a) / 2)),
    entropy = lambda a: 2 * LOG2 + LOG_PI + 0.0 * a,
)
exponnorm = Continuous(
    "exponnorm", ["K"],
    valid  = lambda k: k > 0,
    logpdf = lambda z, k: (1 / (2 * k) - z) / k + sp.log_ndtr(z - 1 / k) - np.log(k),
    cdf    = lambda z, k: sp.ndtr(z) - np.exp((1 / (2 * k) - z) / k + sp.log_ndtr(z - 1 / k)),
    sf     = lambda z, k: sp.ndtr(-z) + np.exp((1 / (2 * k) - z) / k + sp.log_ndtr(z - 1 / k)),
)
johnsonsu = Continuous(
    "johnsonsu", ["a", "b"],
    valid  = lambda a, b: (b > 0) & (a == a),
    logpdf = lambda z, a, b: np.log(b) - np.log1p(z * z) / 2 + log_phi(a + b * np.arcsinh(z)),
    cdf    = lambda z, a, b: sp.ndtr(a + b * np.arcsinh(z)),
    sf     = lambda z, a, b: sp.ndtr(-(a + b * np.arcsinh(z))),
    logcdf = lambda z, a, b: sp.log_ndtr(a + b * np.arcsinh(z)),
    logsf  = lambda z, a, b: sp.log_ndtr(-(a + b * np.arcsinh(z))),
    ppf    = lambda q, a, b: np.sinh((sp.ndtri(q) - a) / b),
    isf    = lambda q, a, b: np.sinh((-sp.ndtri(q) - a) / b),
)
loggamma = Continuous(
    "loggamma", ["c"],
    valid   = lambda c: c > 0,
    logpdf  = lambda z, c: c * z - np.exp(z) - sp.gammaln(c),
    cdf     = lambda z, c: sp.gammainc(c, np.exp(z)),
    sf      = lambda z, c: sp.gammaincc(c, np.exp(z)),
    ppf     = lambda q, c: np.log(sp.gammaincinv(c, q)),
    isf     = lambda q, c: np.log(sp.gammainccinv(c, q)),
    entropy = lambda c: gamma_entropy(c) - sp.psi(c),
)
powernorm = Continuous(
    "powernorm", ["c"],
    valid  = lambda c: c > 0,
    logpdf = lambda z, c: np.log(c) + log_phi(z) + (c - 1) * sp.log_ndtr(-z),
    cdf    = lambda z, c: -np.expm1(c * sp.log_ndtr(-z)),
    sf     = lambda z, c: np.exp(c * sp.log_ndtr(-z)),
    logsf  = lambda z, c: c * sp.log_ndtr(-z),
    ppf    = lambda q, c: -sp.ndtri_exp(np.log1p(-q) / c),
    isf    = lambda q, c: -sp.ndtri_exp(np.log(q) / c),
)
genextreme = Continuous(
    "genextreme", ["c"],
    support = lambda c: (np.where(c < 0, 1 / where(c == 0, 1.0, c), -math.inf), np.where(c > 0, 1 / where(c == 0, 1.0, c), math.inf)),
    valid   = lambda c: np.isfinite(c),
    logpdf  = lambda z, c: -np.exp(-log_power(z, -c)) - log_power(z, -c) * (1 - c),
    cdf     = lambda z, c: np.exp(-np.exp(-log_power(z, -c))),
    sf      = lambda z, c: -np.expm1(-np.exp(-log_power(z, -c))),
    logcdf  = lambda z, c: -np.exp(-log_power(z, -c)),
    ppf     = lambda q, c: -np.log(-np.log(q)) * sp.exprel(c * np.log(-np.log(q))),
    isf     = lambda q, c: -np.log(-np.log1p(-q)) * sp.exprel(c * np.log(-np.log1p(-q))),
    entropy = lambda c: EULER * (1 - c) + 1,
)
tukeylambda = Continuous(
    "tukeylambda", ["lam"],
    support = tukey_support,
    valid   = lambda lam: np.isfinite(lam),
    logpdf  = tukey_logpdf,
    cdf     = tukey_cdf,
    sf      = lambda z, lam: tukey_cdf(-z, lam),
    logcdf  = tukey_logcdf,
    logsf   = lambda z, lam: tukey_logcdf(-z, lam),
    ppf     = tukey_quantile,
    isf     = lambda q, lam: -tukey_quantile(q, lam),
    entropy = tukey_entropy,
)
kappa4 = Continuous(
    "kappa4", ["h", "k"],
    support = kappa4_support,
    valid   = lambda h, k: np.isfinite(h) & np.isfinite(k),
    logpdf  = lambda z, h, k: (k - 1) * log_power(z, -k) + (h - 1) * log_power(np.exp(-log_power(z, -k)), -h),
    cdf     = lambda z, h, k: np.exp(-log_power(np.exp(-log_power(z, -k)), -h)),
    sf      = lambda z, h, k: -np.expm1(-log_power(np.exp(-log_power(z, -k)), -h)),
    logcdf  = lambda z, h, k: -log_power(np.exp(-log_power(z, -k)), -h),
    ppf     = lambda q, h, k: kappa4_quantile(-np.log(q), h, k),
    isf     = lambda q, h, k: kappa4_quantile(-np.log1p(-q), h, k),
)
vonmises = Continuous(
    "vonmises", ["kappa"],
    valid   = lambda kappa: kappa > 0,
    logpdf  = vonmises_logpdf,
    cdf     = lambda z, kappa: vonmises_cdf(z, kappa),
    sf      = lambda z, kappa: 1 - vonmises_cdf(z, kappa),
    entropy = vonmises_entropy,
    turn    = (-math.pi, math.pi),
    wrapped = lambda y: np.mod(y + math.pi, 2 * math.pi) - math.pi,
)
# fmt: on
