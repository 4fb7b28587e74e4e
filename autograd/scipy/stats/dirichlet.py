"""The Dirichlet distribution: `scipy.stats.dirichlet` with derivatives."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special as _sp
import scipy.stats as _stats

from autograd.engine.dispatch import plain as _plain
from autograd.errors import ShapeError as _ShapeError
from autograd.rules.redefinable import redefinable as _redefinable
from autograd.scipy.fallback import names_of as _names_of
from autograd.scipy.stats.families import number as _number

__getattr__ = _names_of(_stats.dirichlet, "scipy.stats.dirichlet")


@_redefinable
def logpdf(x: Any, alpha: Any) -> Any:
    """Return the logarithm of the density.

    Parameters
    ----------
    x : array_like
        Positive numbers that add up to 1 along the first axis; the last may be omitted. Their
        derivatives ignore that constraint.
    alpha : array_like
        Concentrations, one positive number for each element.

    Raises
    ------
    ShapeError
        If the lengths differ, or `x` is not positive or does not add up to 1.
    """
    x, alpha = _number(x), _number(alpha)
    if np.ndim(alpha) != 1 or np.min(_plain(alpha)) <= 0:
        raise _ShapeError(
            "The concentrations alpha of a Dirichlet distribution must be a positive vector."
        )
    k = np.shape(alpha)[0]
    if np.shape(x)[0] == k - 1:
        x = np.concatenate([x, 1 - np.sum(x, axis=0, keepdims=True)])
    x_, total = _plain(x), np.sum(_plain(x), axis=0)
    if np.shape(x)[0] != k or np.any(x_ < 0) or np.any(np.abs(total - 1) > 1e-9):
        raise _ShapeError(
            f"x must be {k} positive numbers that add up to 1 along the first axis; its shape is "
            f"{np.shape(x)}."
        )
    powers = np.reshape(alpha - 1, (k, *[1] * (np.ndim(x) - 1)))
    if np.any((_plain(powers) < 0) & (x_ == 0)):
        raise _ShapeError("The density is infinite where x is 0 and its concentration is below 1.")
    scale = _sp.gammaln(np.sum(alpha)) - np.sum(_sp.gammaln(alpha))
    return scale + np.sum(_sp.xlogy(powers, x), axis=0)


@_redefinable
def pdf(x: Any, alpha: Any) -> Any:
    """Return the density: see `logpdf`."""
    return np.exp(logpdf(x, alpha))
