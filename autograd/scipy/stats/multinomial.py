"""The multinomial distribution: `scipy.stats.multinomial` with derivatives by its probabilities."""

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
from autograd.scipy.stats.tables.integers import binom as _binom

_as_distribution(__name__)

__getattr__ = _names_of(_stats.multinomial, "scipy.stats.multinomial")


@_redefinable
def logpmf(x: Any, n: Any, p: Any) -> Any:
    """Return the logarithm of the probability of counts.

    Parameters
    ----------
    x : array_like
        Counts, along the last axis.
    n : array_like
        The number of trials, the sum of the counts.
    p : array_like
        Probabilities, along the last axis. As in SciPy, the last one is ignored: it is 1 minus the
        sum of the others.

    Raises
    ------
    NoRuleError
        If `x` or `n` is a node: they are integers.
    """
    x, n = (_constant("multinomial", k, what) for k, what in ((x, "x"), (n, "n")))
    p = _completed(p)
    possible = np.all((x >= 0) & (x == np.floor(x)), axis=-1) & (np.sum(x, axis=-1) == n)
    allowed = np.all((_plain(p) >= 0) & (_plain(p) <= 1), axis=-1) & (n >= 0)
    counts = np.where(possible[..., None], x, 0)
    y = _sp.gammaln(n + 1) + np.sum(_sp.xlogy(counts, p) - _sp.gammaln(counts + 1), axis=-1)
    return np.where(allowed, np.where(possible, y, -_math.inf), _math.nan)


@_redefinable
def pmf(x: Any, n: Any, p: Any) -> Any:
    """Return the probability of counts."""
    return np.exp(logpmf(x, n, p))


@_redefinable
def entropy(n: Any, p: Any) -> Any:
    """Return the entropy, for one number of trials."""
    n, p = _constant("multinomial", n, "n"), _completed(p)
    if np.ndim(n):
        raise _ShapeError(f"n must be one number; its shape is {np.shape(n)}.")
    k = np.arange(int(n) + 1.0)
    counts = _binom.pmf(k, n, p[..., None]) * _sp.gammaln(k + 1)
    return n * np.sum(_sp.entr(p), axis=-1) - _sp.gammaln(n + 1) + np.sum(counts, axis=(-1, -2))


def _completed(p: Any) -> Any:
    """Return the probabilities with the last one from the others."""
    first = _number(p)[..., :-1]
    return np.concatenate([first, 1.0 - np.sum(first, axis=-1, keepdims=True)], axis=-1)
