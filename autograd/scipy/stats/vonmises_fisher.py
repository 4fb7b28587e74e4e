"""The von Mises-Fisher distribution of directions: `scipy.stats.vonmises_fisher` with derivatives."""

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
from autograd.scipy.stats.families import number as _number

_as_distribution(__name__)

__getattr__ = _names_of(_stats.vonmises_fisher, "scipy.stats.vonmises_fisher")


@_redefinable
def logpdf(x: Any, mu: Any = None, kappa: Any = 1) -> Any:
    """Return the logarithm of the density on the unit sphere.

    Parameters
    ----------
    x : array_like
        Unit vectors, along the last axis. Derivatives ignore that constraint.
    mu : array_like
        The mean direction, a unit vector.
    kappa : float
        The concentration.

    Raises
    ------
    ShapeError
        If `x` or `mu` are not unit vectors.
    """
    x, mu, kappa = _unit(x, "x"), _unit(mu, "mu"), _number(kappa)
    return _log_scale(np.shape(mu)[-1], kappa) + kappa * np.sum(x * mu, axis=-1)


@_redefinable
def pdf(x: Any, mu: Any = None, kappa: Any = 1) -> Any:
    """Return the density on the unit sphere."""
    return np.exp(logpdf(x, mu, kappa))


@_redefinable
def entropy(mu: Any = None, kappa: Any = 1) -> Any:
    """Return the differential entropy, which does not depend on the direction."""
    n, kappa = np.shape(_unit(mu, "mu"))[-1], _number(kappa)
    mean_cosine = _sp.ive(n / 2, kappa) / _sp.ive(n / 2 - 1, kappa)
    return -_log_scale(n, kappa) - kappa * mean_cosine


def _log_scale(n: int, kappa: Any) -> Any:
    """Return the logarithm of the factor of exp(κ μ·x)."""
    if np.ndim(kappa) or not _plain(kappa) > 0:
        raise _ShapeError(f"kappa must be one positive number, not {_plain(kappa)!r}.")
    bessel = np.log(_sp.ive(n / 2 - 1, kappa)) + kappa
    return (n / 2 - 1) * np.log(kappa) - n / 2 * _math.log(2 * _math.pi) - bessel


def _unit(x: Any, name: str) -> Any:
    x = _number(x)
    lengths = np.sum(_plain(x) ** 2, axis=-1)
    if np.any(np.abs(lengths - 1) > 1e-6):
        raise _ShapeError(f"{name} must be unit vectors along the last axis.")
    return x
