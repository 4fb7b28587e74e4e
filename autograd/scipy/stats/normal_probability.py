"""The probability that all components of a normal vector are below limits.

Its derivative by a limit is a density times a probability of one component less; that by the
covariance is half the second derivative by the limits (R. L. Plackett, 1954). Both hold again for
those probabilities, so every order is known.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.special as sp
import scipy.stats as _stats

from autograd.engine import Primitive
from autograd.engine.dispatch import plain
from autograd.rules.table import define
from autograd.scipy.fallback import opaque


@opaque
def _value(z: Any, cov: Any, options: Any) -> Any:
    return np.asarray(
        _stats.multivariate_normal.cdf(z, np.zeros(len(z)), cov, True, **dict(options))
    )


def _given(z: Any, cov: Any, known: list[int]) -> Any:
    """Return the density of some components at their limits, times that of the others below theirs."""
    rest = [i for i in range(np.shape(z)[0]) if i not in known]
    block, at = cov[np.ix_(known, known)], z[known]
    solved = np.linalg.solve(block, np.concatenate([at[:, None], cov[np.ix_(known, rest)]], axis=1))
    _, logdet = np.linalg.slogdet(block)
    half = len(known) / 2 * math.log(2 * math.pi)
    density = np.exp(-(at @ solved[:, 0]) / 2 - logdet / 2 - half)
    across = cov[np.ix_(rest, known)]
    return (
        density,
        z[rest] - across @ solved[:, 0],
        cov[np.ix_(rest, rest)] - across @ solved[:, 1:],
    )


def _slope(z: Any, cov: Any, options: Any, known: list[int]) -> Any:
    density, limits, left = _given(z, cov, known)
    return density * probability(limits, left, options)


def _by_limits(g: Any, y: Any, z: Any, cov: Any, options: Any) -> Any:
    return g * np.stack([_slope(z, cov, options, [i]) for i in range(np.shape(z)[0])])


def _by_covariance(g: Any, y: Any, z: Any, cov: Any, options: Any) -> Any:
    n = np.shape(z)[0]
    mixed = {
        (i, j): _slope(z, cov, options, [i, j]) for i in range(n) for j in range(i + 1, n)
    }  # fmt: skip
    rows = []
    for i in range(n):
        row = [mixed[min(i, j), max(i, j)] if i != j else 0.0 for j in range(n)]
        own = z[i] * _slope(z, cov, options, [i])
        row[i] = -(own + sum(cov[i, j] * row[j] for j in range(n) if j != i)) / cov[i, i]
        rows.append(np.stack(row))
    return g / 2 * np.stack(rows)


several: Primitive = define(_value, _by_limits, _by_covariance, name="normal_probability")


def probability(z: Any, cov: Any, options: Any = ()) -> Any:
    """Return the probability that a normal vector of mean 0 is below `z`, in each component.

    Parameters
    ----------
    z : array
        The limits, also infinite ones.
    cov : array
        The covariance, symmetric and positive definite.
    options : tuple of pairs
        Those of SciPy's integration.
    """
    numbers = plain(z)
    if np.any(numbers == -np.inf):
        return 0.0
    limited = np.flatnonzero(numbers != np.inf)
    if limited.size < np.size(numbers):
        z, cov = z[limited], cov[np.ix_(limited, limited)]
    if limited.size == 0:
        return 1.0
    if limited.size == 1:
        return sp.ndtr(z[0] / np.sqrt(cov[0, 0]))
    return several(z, cov, options)
