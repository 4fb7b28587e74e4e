"""`scipy.stats`: densities and distribution functions that have derivatives.

``from autograd.scipy.stats import norm``: distributions are modules here, as in HIPS autograd, or
objects. All names that are not here, in this package and in its modules, are SciPy's own.
"""

from __future__ import annotations

import importlib
from typing import Any

import scipy.stats as _original

from autograd.scipy.fallback import names_of as _names_of
from autograd.scipy.stats.kernel_density import gaussian_kde as gaussian_kde
from autograd.scipy.stats.table import DISTRIBUTIONS as _TABLE

_DISTRIBUTIONS = (
    *("bernoulli", "beta", "binom", "cauchy", "chi2", "dirichlet", "expon", "gamma", "laplace"),
    *("logistic", "lognorm", "multinomial", "multivariate_normal", "nbinom", "norm", "poisson"),
    *("t", "uniform", "weibull_min"),
)
_others = _names_of(_original, "scipy.stats")

__all__ = [*_DISTRIBUTIONS, *_TABLE, "gaussian_kde"]


def __getattr__(name: str) -> Any:
    if name in _DISTRIBUTIONS:
        return importlib.import_module(f"autograd.scipy.stats.{name}")
    if name in _TABLE:
        return _TABLE[name]
    return _others(name)


def __dir__() -> list[str]:
    return sorted({*dir(_original), *__all__})
