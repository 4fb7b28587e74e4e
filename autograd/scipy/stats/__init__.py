"""`scipy.stats`: densities and distribution functions that have derivatives.

Each distribution is a module: ``from autograd.scipy.stats import norm``. All names that are not
here, in this package and in its modules, are SciPy's own.
"""

from __future__ import annotations

import importlib
from typing import Any

import scipy.stats as _original

from autograd.scipy.original import names_of as _names_of

_DISTRIBUTIONS = (
    *("bernoulli", "beta", "binom", "cauchy", "chi2", "dirichlet", "expon", "gamma", "laplace"),
    *("logistic", "lognorm", "multivariate_normal", "nbinom", "norm", "poisson", "t", "uniform"),
    "weibull_min",
)
_others = _names_of(_original, "scipy.stats")

__all__ = list(_DISTRIBUTIONS)


def __getattr__(name: str) -> Any:
    if name in _DISTRIBUTIONS:
        return importlib.import_module(f"autograd.scipy.stats.{name}")
    return _others(name)


def __dir__() -> list[str]:
    return sorted({*dir(_original), *_DISTRIBUTIONS})
