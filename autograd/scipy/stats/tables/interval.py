"""Distributions on an interval: one table each.

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
from autograd.scipy.stats.tables.formulas import (
    HALF_LOG_2PI,
    LOG2,
    LOG_PI,
    UNIT,
    log_mass,
    log_phi,
    normal_quantile,
    truncated_entropy,
    vonmises_cdf,
    vonmises_entropy,
    vonmises_logpdf,
)


def triangle(z: Any, c: Any) -> Any:
    """Return the height of a triangle with its top at (c, 1)."""
    left = plain(z) < plain(c)
    return where(left, z / where(left, c, 1.0), (1 - z) / where(left, 1.0, 1 - c))


def trapezoid_height(z: Any, c: Any, d: Any) -> Any:
    """Return the density of a trapezoid that is flat from c to d."""
    left, right = plain(z) < plain(c), plain(z) > plain(d)
    rise = where(left, z, 1.0) / where(left, c, 1.0)
    fall = (1 - where(right, z, 0.0)) / (1 - where(right, d, 0.0))
    return 2 / (1 + d - c) * where(left, rise, where(right, fall, 1.0))


def trapezoid_cdf(z: Any, c: Any, d: Any) -> Any:
    """Return the distribution function of a trapezoid that is flat from c to d."""
    left, right = plain(z) < plain(c), plain(z) > plain(d)
    before = where(left, z, 0.0) ** 2 / where(left, c, 1.0)
    after = (1 - where(right, z, 0.0)) ** 2 / (1 - where(right, d, 0.0))
    total = 1 + d - c
    return where(left, before / total, where(right, 1 - after / total, (2 * z - c) / total))


def argus_mass(chi: Any) -> Any:
    """Return 2 (Φ(χ) - χ φ(χ) - 1/2), without cancellation."""
    return sp.gammainc(1.5, chi * chi / 2)


def argus_logpdf(z: Any, chi: Any) -> Any:
    """Return the log density of the ARGUS distribution."""
    rest = (1 - z) * (1 + z)
    scale = 3 * np.log(chi) + LOG2 - HALF_LOG_2PI - np.log(argus_mass(chi))
    return scale + np.log(z) + np.log(rest) / 2 - chi * chi * rest / 2


def argus_above(z: Any, chi: Any) -> Any:
    """Return the probability above z of the ARGUS distribution."""
    return sp.gammainc(1.5, chi * chi * (1 - z) * (1 + z) / 2) / argus_mass(chi)


# fmt: off
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
    entropy = lambda: 0.0,
)
beta = Continuous(
    "beta", ["a", "b"],
    support = (0.0, 1.0),
    valid   = lambda a, b: (a > 0) & (b > 0),
    logpdf  = lambda z, a, b: sp.xlogy(a - 1, z) + sp.xlog1py(b - 1, -z) - sp.betaln(a, b),
    cdf     = lambda z, a, b: sp.betainc(a, b, z),
    sf      = lambda z, a, b: sp.betaincc(a, b, z),
    ppf     = lambda q, a, b: sp.betaincinv(a, b, q),
    entropy = lambda a, b: sp.betaln(a, b) - (a - 1) * sp.psi(a) - (b - 1) * sp.psi(b) + (a + b - 2) * sp.psi(a + b),
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
    entropy = lambda a: 1 - 1 / a - np.log(a),
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
    entropy = truncated_entropy,
)
arcsine = Continuous(
    "arcsine",
    support = UNIT,
    logpdf  = lambda z: -LOG_PI - (np.log(z) + np.log1p(-z)) / 2,
    cdf     = lambda z: 2 / math.pi * np.arcsin(np.sqrt(z)),
    sf      = lambda z: 2 / math.pi * np.arccos(np.sqrt(z)),
    ppf     = lambda q: np.sin(math.pi / 2 * q) ** 2,
    isf     = lambda q: np.cos(math.pi / 2 * q) ** 2,
    entropy = lambda: LOG_PI - 2 * LOG2,
)
semicircular = Continuous(
    "semicircular",
    support = (-1.0, 1.0),
    logpdf  = lambda z: LOG2 - LOG_PI + np.log1p(-z * z) / 2,
    cdf     = lambda z: 0.5 + (z * np.sqrt((1 - z) * (1 + z)) + np.arcsin(z)) / math.pi,
    sf      = lambda z: 0.5 - (z * np.sqrt((1 - z) * (1 + z)) + np.arcsin(z)) / math.pi,
    entropy = lambda: LOG_PI - 0.5,
)
anglit = Continuous(
    "anglit",
    support = (-math.pi / 4, math.pi / 4),
    logpdf  = lambda z: np.log(np.cos(2 * z)),
    cdf     = lambda z: np.sin(z + math.pi / 4) ** 2,
    sf      = lambda z: np.cos(z + math.pi / 4) ** 2,
    ppf     = lambda q: np.arcsin(np.sqrt(q)) - math.pi / 4,
    isf     = lambda q: math.pi / 4 - np.arcsin(np.sqrt(q)),
    entropy = lambda: 1 - LOG2,
)
cosine = Continuous(
    "cosine",
    support = (-math.pi, math.pi),
    logpdf  = lambda z: np.log1p(np.cos(z)) - LOG2 - LOG_PI,
    cdf     = lambda z: (math.pi + z + np.sin(z)) / (2 * math.pi),
    sf      = lambda z: (math.pi - z - np.sin(z)) / (2 * math.pi),
    entropy = lambda: 2 * LOG2 + LOG_PI - 1,
)
bradford = Continuous(
    "bradford", ["c"],
    support = UNIT,
    valid   = lambda c: c > 0,
    logpdf  = lambda z, c: np.log(c) - np.log1p(c * z) - np.log(np.log1p(c)),
    cdf     = lambda z, c: np.log1p(c * z) / np.log1p(c),
    sf      = lambda z, c: np.log1p(c * (1 - z) / (1 + c * z)) / np.log1p(c),
    ppf     = lambda q, c: np.expm1(q * np.log1p(c)) / c,
    entropy = lambda c: np.log1p(c) / 2 - np.log(c / np.log1p(c)),
)
triang = Continuous(
    "triang", ["c"],
    kinks   = lambda c: [c],
    support = UNIT,
    valid   = lambda c: (c >= 0) & (c <= 1),
    logpdf  = lambda z, c: LOG2 + np.log(triangle(z, c)),
    cdf     = lambda z, c: where(plain(z) < plain(c), z * triangle(z, c), 1 - (1 - z) * triangle(z, c)),
    sf      = lambda z, c: where(plain(z) < plain(c), 1 - z * triangle(z, c), (1 - z) * triangle(z, c)),
    ppf     = lambda q, c: where(plain(q) < plain(c), np.sqrt(c * q), 1 - np.sqrt((1 - c) * (1 - q))),
    isf     = lambda q, c: where(plain(1 - q) < plain(c), np.sqrt(c * (1 - q)), 1 - np.sqrt((1 - c) * q)),
    entropy = lambda c: 0.5 - LOG2 + 0.0 * c,
)
truncexpon = Continuous(
    "truncexpon", ["b"],
    support = lambda b: (0.0, b),
    valid   = lambda b: b > 0,
    logpdf  = lambda z, b: -z - np.log(-np.expm1(-b)),
    cdf     = lambda z, b: np.expm1(-z) / np.expm1(-b),
    sf      = lambda z, b: np.exp(-z) * np.expm1(z - b) / np.expm1(-b),
    ppf     = lambda q, b: -np.log1p(q * np.expm1(-b)),
    isf     = lambda q, b: -np.log1p((1 - q) * np.expm1(-b)),
    entropy = lambda b: 1 - b / np.expm1(b) + np.log(-np.expm1(-b)),
)
loguniform = Continuous(
    "loguniform", ["a", "b"],
    support = lambda a, b: (a, b),
    valid   = lambda a, b: (a > 0) & (b > a),
    logpdf  = lambda z, a, b: -np.log(z) - np.log(np.log(b / a)),
    cdf     = lambda z, a, b: np.log(z / a) / np.log(b / a),
    sf      = lambda z, a, b: np.log(b / z) / np.log(b / a),
    ppf     = lambda q, a, b: np.exp(np.log(a) + q * np.log(b / a)),
    isf     = lambda q, a, b: np.exp(np.log(b) - q * np.log(b / a)),
    entropy = lambda a, b: (np.log(a) + np.log(b)) / 2 + np.log(np.log(b / a)),
)
reciprocal = Continuous(
    "reciprocal", ["a", "b"],
    support = lambda a, b: (a, b),
    valid   = lambda a, b: (a > 0) & (b > a),
    logpdf  = lambda z, a, b: -np.log(z) - np.log(np.log(b / a)),
    cdf     = lambda z, a, b: np.log(z / a) / np.log(b / a),
    sf      = lambda z, a, b: np.log(b / z) / np.log(b / a),
    ppf     = lambda q, a, b: np.exp(np.log(a) + q * np.log(b / a)),
    isf     = lambda q, a, b: np.exp(np.log(b) - q * np.log(b / a)),
    entropy = lambda a, b: (np.log(a) + np.log(b)) / 2 + np.log(np.log(b / a)),
)
johnsonsb = Continuous(
    "johnsonsb", ["a", "b"],
    support = UNIT,
    valid   = lambda a, b: (b > 0) & (a == a),
    logpdf  = lambda z, a, b: np.log(b) - np.log(z) - np.log1p(-z) + log_phi(a + b * sp.logit(z)),
    cdf     = lambda z, a, b: sp.ndtr(a + b * sp.logit(z)),
    sf      = lambda z, a, b: sp.ndtr(-(a + b * sp.logit(z))),
    logcdf  = lambda z, a, b: sp.log_ndtr(a + b * sp.logit(z)),
    logsf   = lambda z, a, b: sp.log_ndtr(-(a + b * sp.logit(z))),
    ppf     = lambda q, a, b: sp.expit((sp.ndtri(q) - a) / b),
    isf     = lambda q, a, b: sp.expit((-sp.ndtri(q) - a) / b),
)
rdist = Continuous(
    "rdist", ["c"],
    support = (-1.0, 1.0),
    valid   = lambda c: c > 0,
    logpdf  = lambda z, c: (c / 2 - 1) * np.log1p(-z * z) - sp.betaln(c / 2, 0.5),
    cdf     = lambda z, c: sp.betainc(c / 2, c / 2, (1 + z) / 2),
    sf      = lambda z, c: sp.betainc(c / 2, c / 2, (1 - z) / 2),
    ppf     = lambda q, c: 2 * sp.betaincinv(c / 2, c / 2, q) - 1,
    isf     = lambda q, c: 1 - 2 * sp.betaincinv(c / 2, c / 2, q),
    entropy = lambda c: beta.standard_entropy(c / 2, c / 2) + LOG2,
)
wrapcauchy = Continuous(
    "wrapcauchy", ["c"],
    support = (0.0, 2 * math.pi),
    valid   = lambda c: (c > 0) & (c < 1),
    logpdf  = lambda z, c: np.log1p(-c * c) - LOG2 - LOG_PI - np.log(1 + c * c - 2 * c * np.cos(z)),
    cdf     = lambda z, c: np.arctan2((1 + c) * np.sin(z / 2), (1 - c) * np.cos(z / 2)) / math.pi,
    sf      = lambda z, c: np.arctan2((1 + c) * np.sin(z / 2), -(1 - c) * np.cos(z / 2)) / math.pi,
    ppf     = lambda q, c: 2 * np.arctan2((1 - c) * np.sin(math.pi * q), (1 + c) * np.cos(math.pi * q)),
    isf     = lambda q, c: 2 * np.arctan2((1 - c) * np.sin(math.pi * q), -(1 + c) * np.cos(math.pi * q)),
    entropy = lambda c: LOG2 + LOG_PI + np.log1p(-c * c),
    wrapped = lambda y: np.mod(y, 2 * math.pi),
)
truncpareto = Continuous(
    "truncpareto", ["b", "c"],
    support = lambda b, c: (1.0, c),
    valid   = lambda b, c: (b != 0) & (c > 1),
    logpdf  = lambda z, b, c: np.log(b / -np.expm1(-b * np.log(c))) - (b + 1) * np.log(z),
    cdf     = lambda z, b, c: np.expm1(-b * np.log(z)) / np.expm1(-b * np.log(c)),
    sf      = lambda z, b, c: z**-b * np.expm1(-b * np.log(c / z)) / np.expm1(-b * np.log(c)),
    ppf     = lambda q, b, c: np.exp(-np.log1p(q * np.expm1(-b * np.log(c))) / b),
)
genhalflogistic = Continuous(
    "genhalflogistic", ["c"],
    support = lambda c: (0.0, 1 / c),
    valid   = lambda c: c > 0,
    logpdf  = lambda z, c: LOG2 + (1 / c - 1) * np.log1p(-c * z) - 2 * np.log1p((1 - c * z) ** (1 / c)),
    cdf     = lambda z, c: -np.expm1(np.log1p(-c * z) / c) / (1 + (1 - c * z) ** (1 / c)),
    sf      = lambda z, c: 2 * (1 - c * z) ** (1 / c) / (1 + (1 - c * z) ** (1 / c)),
    ppf     = lambda q, c: -np.expm1(c * np.log((1 - q) / (1 + q))) / c,
    isf     = lambda q, c: -np.expm1(c * np.log(q / (2 - q))) / c,
    entropy = lambda c: 2 - (2 * c + 1) * LOG2,
)
trapezoid = Continuous(
    "trapezoid", ["c", "d"],
    kinks   = lambda c, d: [c, d],
    support = UNIT,
    valid   = lambda c, d: (c >= 0) & (c <= d) & (d <= 1),
    logpdf  = lambda z, c, d: np.log(trapezoid_height(z, c, d)),
    cdf     = trapezoid_cdf,
    sf      = lambda z, c, d: trapezoid_cdf(1 - z, 1 - d, 1 - c),
    entropy = lambda c, d: (1 - d + c) / (2 * (1 + d - c)) + np.log((1 + d - c) / 2),
)
argus = Continuous(
    "argus", ["chi"],
    support = UNIT,
    valid   = lambda chi: chi > 0,
    logpdf  = argus_logpdf,
    cdf     = lambda z, chi: 1 - argus_above(z, chi),
    sf      = argus_above,
    ppf     = lambda q, chi: np.sqrt(1 - 2 * sp.gammaincinv(1.5, (1 - q) * argus_mass(chi)) / (chi * chi)),
    isf     = lambda q, chi: np.sqrt(1 - 2 * sp.gammaincinv(1.5, q * argus_mass(chi)) / (chi * chi)),
)
truncweibull_min = Continuous(
    "truncweibull_min", ["c", "a", "b"],
    support = lambda c, a, b: (a, b),
    valid   = lambda c, a, b: (c > 0) & (a >= 0) & (b > a),
    logpdf  = lambda z, c, a, b: np.log(c) + sp.xlogy(c - 1, z) + a**c - z**c - np.log(-np.expm1(a**c - b**c)),
    cdf     = lambda z, c, a, b: np.expm1(a**c - z**c) / np.expm1(a**c - b**c),
    sf      = lambda z, c, a, b: np.exp(a**c - z**c) * np.expm1(z**c - b**c) / np.expm1(a**c - b**c),
    ppf     = lambda q, c, a, b: (a**c - np.log1p(q * np.expm1(a**c - b**c))) ** (1 / c),
)
vonmises_line = Continuous(
    "vonmises_line", ["kappa"],
    support = (-math.pi, math.pi),
    valid   = lambda kappa: kappa > 0,
    logpdf  = vonmises_logpdf,
    cdf     = lambda z, kappa: vonmises_cdf(z, kappa),
    sf      = lambda z, kappa: vonmises_cdf(-z, kappa),
    entropy = vonmises_entropy,
)
# fmt: on
