"""The Dirichlet multinomial distribution of counts: `scipy.stats.dirichlet_multinomial` with derivatives."""

from __future__ import annotations

import math as _math
from typing import Any

import numpy as np
import scipy.special as _sp
import scipy.stats as _stats

from autograd.engine.dispatch import plain as _plain
from autograd.errors import ShapeError as _ShapeError
from autograd.rules.redefinable import redefinable as _redefinable
from autograd.scipy.fallback import names_of as _names_of
from autograd.scipy.stats.families import as_distribution as _as_distribution
from autograd.scipy.stats.families import constant as _constant
from autograd.scipy.stats.families import number as _number

_as_distribution(__name__)

__getattr__ = _names_of(_stats.dirichlet_multinomial, "scipy.stats.dirichlet_multinomial")


@_redefinable
def logpmf(x: Any, alpha: Any, n: Any) -> Any:
    """Return the logarithm of the probability of counts.

    Parameters
    ----------
    x : array_like
        Counts, along the last axis.
    alpha : array_like
        Concentrations, positive numbers along the last axis.
    n : array_like
        The number of trials, the sum of the counts.

    Raises
    ------
    NoRuleError
        If `x` or `n` is a node: they are integers.
    """
    x, n = (_constant("dirichlet_multinomial", k, what) for k, what in ((x, "x"), (n, "n")))
    alpha = _number(alpha)
    if np.any(_plain(alpha) <= 0):
        raise _ShapeError("The concentrations alpha must be positive.")
    possible = np.all((x >= 0) & (x == np.floor(x)), axis=-1) & (np.sum(x, axis=-1) == n)
    counts, total = np.where(possible[..., None], x, 0), np.sum(alpha, axis=-1)
    y = _sp.gammaln(total) + _sp.gammaln(n + 1) - _sp.gammaln(n + total)
    terms = _sp.gammaln(counts + alpha) - _sp.gammaln(alpha) - _sp.gammaln(counts + 1)
    return np.where(possible, y + np.sum(terms, axis=-1), -_math.inf)


@_redefinable
def pmf(x: Any, alpha: Any, n: Any) -> Any:
    """Return the probability of counts."""
    return np.exp(logpmf(x, alpha, n))
