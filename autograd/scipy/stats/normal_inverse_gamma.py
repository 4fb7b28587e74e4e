"""The normal-inverse-gamma distribution of a mean and a variance: `scipy.stats.normal_inverse_gamma` with derivatives."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.stats as _stats

from autograd.rules.redefinable import redefinable as _redefinable
from autograd.scipy.fallback import names_of as _names_of
from autograd.scipy.stats.families import as_distribution as _as_distribution
from autograd.scipy.stats.families import number as _number
from autograd.scipy.stats.tables.heavy_tails import invgamma as _invgamma
from autograd.scipy.stats.tables.line import norm as _norm

_as_distribution(__name__)

__getattr__ = _names_of(_stats.normal_inverse_gamma, "scipy.stats.normal_inverse_gamma")


@_redefinable
def logpdf(x: Any, s2: Any, mu: Any = 0, lmbda: Any = 1, a: Any = 1, b: Any = 1) -> Any:
    """Return the logarithm of the density of a mean `x` and a variance `s2`.

    Parameters
    ----------
    x, s2 : array_like
        The mean and the variance.
    mu, lmbda, a, b : array_like
        The location of the mean, the ratio of `s2` to its variance, and the shape and scale of the
        inverse gamma distribution of `s2`.
    """
    x, s2, mu, lmbda, a, b = (_number(value) for value in (x, s2, mu, lmbda, a, b))
    return _norm.logpdf(x, mu, np.sqrt(s2 / lmbda)) + _invgamma.logpdf(s2, a, 0.0, b)


@_redefinable
def pdf(x: Any, s2: Any, mu: Any = 0, lmbda: Any = 1, a: Any = 1, b: Any = 1) -> Any:
    """Return the density: see `logpdf`."""
    return np.exp(logpdf(x, s2, mu, lmbda, a, b))
