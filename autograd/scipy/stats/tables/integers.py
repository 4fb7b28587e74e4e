"""Distributions of integers: one table of formulas each, in terms of ``k`` and the parameters.

A test compares all of them with SciPy; references are to its documentation.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.special as sp

from autograd.engine.dispatch import plain
from autograd.rules.elementwise import where
from autograd.rules.kernel import any_holds
from autograd.scipy.rules.gamma import zeta, zeta_slope
from autograd.scipy.rules.quadrature import column
from autograd.scipy.stats.families import constant
from autograd.scipy.stats.masses import Discrete
from autograd.scipy.stats.tables.formulas import noncentral_sum


def log_choose(n: Any, k: Any) -> Any:
    """Return the logarithm of the binomial coefficient."""
    return sp.gammaln(n + 1) - sp.gammaln(k + 1) - sp.gammaln(n - k + 1)


def binom_logpmf(k: Any, n: Any, p: Any) -> Any:
    """Return log(C(n, k) p^k (1-p)^(n-k))."""
    n = binom.constant(n, "n")
    k = np.minimum(k, n)
    return log_choose(n, k) + sp.xlogy(k, p) + sp.xlog1py(n - k, -p)


def binom_pmf(k: Any, n: Any, p: Any) -> Any:
    """Return C(n, k) p^k (1-p)^(n-k); without logarithms at p = 0 and p = 1."""
    n = binom.constant(n, "n")
    certain = (plain(p) == 0) | (plain(p) == 1)
    inner = np.exp(binom_logpmf(k, n, where(certain, 0.5, p)))
    if not any_holds(certain):
        return inner
    edge = sp.binom(n, k) * p**k * (1 - p) ** np.maximum(n - k, 0.0)
    return where(certain, edge, inner)


def binom_rest(k: Any, n: Any) -> Any:
    """Return n - k, which is positive where the result is used."""
    return np.maximum(binom.constant(n, "n") - k, 1.0)


def poisson_pmf(k: Any, mu: Any) -> Any:
    """Return mu^k exp(-mu) / k!; without logarithms at mu = 0."""
    none = plain(mu) == 0
    y = np.exp(poisson.log_mass(k, where(none, 1.0, mu)))
    if not any_holds(none):
        return y
    return where(none, where(none, mu, 0.0) ** k * np.exp(-mu) * sp.rgamma(k + 1), y)


def betabinom_logpmf(k: Any, n: Any, a: Any, b: Any) -> Any:
    """Return log(C(n, k) B(k + a, n - k + b) / B(a, b))."""
    n = betabinom.constant(n, "n")
    k = np.minimum(k, n)
    return log_choose(n, k) + sp.betaln(k + a, n - k + b) - sp.betaln(a, b)


def terms_of_boltzmann(n: Any) -> Any:
    """Return the number of integers in the support, which has no derivative."""
    return constant("boltzmann", n, "N")


def dlaplace_cdf(k: Any, a: Any) -> Any:
    """Return the distribution function, from the tail that contains k."""
    left = k < 0
    below = np.exp(a * where(left, k + 1, 0.0)) / (np.exp(a) + 1)
    above = np.exp(-a * where(left, 0.0, k)) / (np.exp(a) + 1)
    return where(left, below, 1 - above)


def skellam_logpmf(k: Any, mu1: Any, mu2: Any) -> Any:
    """Return the log probability of a difference of two Poisson numbers."""
    roots = np.sqrt(mu1), np.sqrt(mu2)
    order = np.abs(k)
    return (
        k * np.log(roots[0] / roots[1])
        - (roots[0] - roots[1]) ** 2
        + np.log(sp.ive(order, 2 * roots[0] * roots[1]))
    )


def skellam_cdf(k: Any, mu1: Any, mu2: Any) -> Any:
    """Return the distribution function, in terms of the noncentral χ² distribution."""
    left = k < 0
    below = noncentral_sum(sp.gammainc, 2 * mu2, -2 * where(left, k, -1.0), 2 * mu1)
    above = noncentral_sum(sp.gammaincc, 2 * mu1, 2 * (where(left, 0.0, k) + 1), 2 * mu2)
    return where(left, below, above)


def zipfian_logpmf(k: Any, a: Any, n: Any) -> Any:
    """Return the log probability of k, in proportion to k^-a up to n."""
    return -a * np.log(k) - np.log(harmonic(constant("zipfian", n, "n"), a))


def harmonic(n: Any, a: Any) -> Any:
    """Return the sum of j^-a for j up to n, and 0 for n = 0."""
    j = 1.0 + np.arange(np.max(n, initial=1.0))
    return np.sum(where(j <= column(n), j ** -column(a), 0.0), axis=-1)


# fmt: off
bernoulli = Discrete(
    "bernoulli", ["p"],
    valid   = lambda p: (p >= 0) & (p <= 1),
    highest = lambda p: 1.0,
    logpmf  = lambda k, p: sp.xlogy(k, p) + sp.xlog1py(1 - k, -p),
    pmf     = lambda k, p: k * p + (1 - k) * (1 - p),
    cdf     = lambda k, p: 1 - p + 0.0 * k,
    sf      = lambda k, p: p + 0.0 * k,
)
binom = Discrete(
    "binom", ["n", "p"],
    valid   = lambda n, p: (n >= 0) & (np.floor(n) == n) & (p >= 0) & (p <= 1),
    highest = lambda n, p: n,
    logpmf  = binom_logpmf,
    pmf     = binom_pmf,
    cdf     = lambda k, n, p: sp.betaincc(k + 1, binom_rest(k, n), p),
    sf      = lambda k, n, p: sp.betainc(k + 1, binom_rest(k, n), p),
)
geom = Discrete(
    "geom", ["p"],
    lowest  = 1,
    valid   = lambda p: (p > 0) & (p <= 1),
    logpmf  = lambda k, p: sp.xlog1py(k - 1, -p) + np.log(p),
    pmf     = lambda k, p: (1 - p) ** (k - 1) * p,
    cdf     = lambda k, p: -np.expm1(np.log1p(-p) * k),
    sf      = lambda k, p: np.exp(np.log1p(-p) * k),
)
nbinom = Discrete(
    "nbinom", ["n", "p"],
    valid   = lambda n, p: (n > 0) & (p > 0) & (p <= 1),
    logpmf  = lambda k, n, p: sp.gammaln(n + k) - sp.gammaln(k + 1) - sp.gammaln(n) + n * np.log(p) + sp.xlog1py(k, -p),
    cdf     = lambda k, n, p: sp.betainc(n, k + 1, p),
    sf      = lambda k, n, p: sp.betaincc(n, k + 1, p),
)
poisson = Discrete(
    "poisson", ["mu"],
    valid   = lambda mu: mu >= 0,
    logpmf  = lambda k, mu: sp.xlogy(k, mu) - sp.gammaln(k + 1) - mu,
    pmf     = poisson_pmf,
    cdf     = lambda k, mu: sp.gammaincc(k + 1, mu),
    sf      = lambda k, mu: sp.gammainc(k + 1, mu),
)
betabinom = Discrete(
    "betabinom", ["n", "a", "b"],
    valid   = lambda n, a, b: (n >= 0) & (np.floor(n) == n) & (a > 0) & (b > 0),
    highest = lambda n, a, b: n,
    logpmf  = betabinom_logpmf,
)
betanbinom = Discrete(
    "betanbinom", ["n", "a", "b"],
    valid   = lambda n, a, b: (n >= 0) & (a > 0) & (b > 0),
    logpmf  = lambda k, n, a, b: -np.log(n + k) - sp.betaln(n, k + 1) + sp.betaln(a + n, b + k) - sp.betaln(a, b),
)
boltzmann = Discrete(
    "boltzmann", ["lambda_", "N"],
    valid   = lambda s, n: (s > 0) & (n > 0) & (np.floor(n) == n),
    highest = lambda s, n: n - 1,
    logpmf  = lambda k, s, n: np.log(np.expm1(-s) / np.expm1(-s * terms_of_boltzmann(n))) - s * k,
    cdf     = lambda k, s, n: np.expm1(-s * (k + 1)) / np.expm1(-s * terms_of_boltzmann(n)),
    sf      = lambda k, s, n: np.exp(-s * (k + 1)) * np.expm1(-s * (terms_of_boltzmann(n) - k - 1)) / np.expm1(-s * terms_of_boltzmann(n)),
)
dlaplace = Discrete(
    "dlaplace", ["a"],
    lowest  = -math.inf,
    valid   = lambda a: a > 0,
    logpmf  = lambda k, a: np.log(np.tanh(a / 2)) - a * np.abs(k),
    cdf     = dlaplace_cdf,
    sf      = lambda k, a: dlaplace_cdf(-k - 1, a),
    entropy = lambda a: a / np.sinh(a) - np.log(np.tanh(a / 2)),
)
logser = Discrete(
    "logser", ["p"],
    lowest  = 1,
    valid   = lambda p: (p > 0) & (p < 1),
    logpmf  = lambda k, p: k * np.log(p) - np.log(k) - np.log(-np.log1p(-p)),
)
planck = Discrete(
    "planck", ["lambda_"],
    valid   = lambda s: s > 0,
    logpmf  = lambda k, s: np.log(-np.expm1(-s)) - s * k,
    cdf     = lambda k, s: -np.expm1(-s * (k + 1)),
    sf      = lambda k, s: np.exp(-s * (k + 1)),
    entropy = lambda s: s / np.expm1(s) - np.log(-np.expm1(-s)),
)
skellam = Discrete(
    "skellam", ["mu1", "mu2"],
    lowest  = -math.inf,
    valid   = lambda m, n: (m > 0) & (n > 0),
    logpmf  = skellam_logpmf,
    cdf     = skellam_cdf,
    sf      = lambda k, m, n: skellam_cdf(-k - 1, n, m),
)
yulesimon = Discrete(
    "yulesimon", ["alpha"],
    lowest  = 1,
    valid   = lambda a: a > 0,
    logpmf  = lambda k, a: np.log(a) + sp.betaln(k, a + 1),
    cdf     = lambda k, a: 1 - k * sp.beta(k, a + 1),
    sf      = lambda k, a: k * sp.beta(k, a + 1),
)
zipf = Discrete(
    "zipf", ["a"],
    lowest  = 1,
    valid   = lambda a: a > 1,
    logpmf  = lambda k, a: -a * np.log(k) - np.log(zeta(a, 1.0)),
    cdf     = lambda k, a: 1 - zeta(a, k + 1) / zeta(a, 1.0),
    sf      = lambda k, a: zeta(a, k + 1) / zeta(a, 1.0),
    entropy = lambda a: np.log(zeta(a, 1.0)) - a * zeta_slope(zeta(a, 1.0), a, 1.0) / zeta(a, 1.0),
)
zipfian = Discrete(
    "zipfian", ["a", "n"],
    lowest  = 1,
    valid   = lambda a, n: (a >= 0) & (n > 0) & (np.floor(n) == n),
    highest = lambda a, n: n,
    logpmf  = zipfian_logpmf,
    cdf     = lambda k, a, n: harmonic(k, a) / harmonic(constant("zipfian", n, "n"), a),
)
# fmt: on
