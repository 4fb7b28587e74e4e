"""Distributions of integers: one table of formulas each, in terms of ``k`` and the parameters.

A test compares all of them with SciPy; references are to its documentation.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special as sp

from autograd.engine.dispatch import plain
from autograd.rules.elementwise import where
from autograd.rules.kernel import any_holds
from autograd.scipy.stats.families import Discrete


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
# fmt: on
