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
from autograd.scipy.fallback import recorded as _recorded
from autograd.scipy.stats.families import as_distribution as _as_distribution
from autograd.scipy.stats.families import number as _number
from autograd.scipy.stats.tables.interval import beta as _beta

_as_distribution(__name__)

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
    x, alpha = _number(x), _concentrations(alpha)
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


@_redefinable
def entropy(alpha: Any) -> Any:
    """Return the differential entropy."""
    alpha = _concentrations(alpha)
    total, k = np.sum(alpha), np.shape(alpha)[0]
    log_beta = np.sum(_sp.gammaln(alpha)) - _sp.gammaln(total)
    return log_beta + (total - k) * _sp.psi(total) - np.sum((alpha - 1) * _sp.psi(alpha))


@_redefinable
def rvs(alpha: Any, size: Any = 1, random_state: Any = None) -> Any:
    """Draw SciPy's samples; their derivatives are those of breaking a stick.

    Of what the elements before it leave, each element is a fraction that has a beta distribution;
    the derivatives of these fractions are implicit, as for `scipy.stats.beta`.

    Parameters
    ----------
    alpha : array_like
        Concentrations, one positive number for each element.
    size : int or tuple of int
        How many samples.
    random_state : int or generator, optional
        As for SciPy.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import jacobian
    >>> from autograd.scipy.stats import dirichlet
    >>> J = jacobian(lambda a: dirichlet.rvs(a, random_state=0)[0])(np.array([1.0, 2.0, 3.0]))
    >>> bool(np.allclose(J.sum(axis=0), 0))  # they add up to 1
    True
    """
    alpha = _concentrations(alpha)
    x = np.asarray(_recorded(_stats.dirichlet.rvs)(_plain(alpha), size, random_state))
    k = np.shape(alpha)[0]
    rest: Any = 1.0
    found = []
    left = np.flip(np.cumsum(np.flip(x, -1), -1), -1)  # what the elements before one leave
    for i in range(k - 1):
        inside = (x[..., i] > 0) & (x[..., i] < left[..., i])
        fraction = np.where(inside, x[..., i], 0.5) / np.where(inside, left[..., i], 1.0)
        moved = _beta.drawn(fraction, alpha[i], np.sum(alpha[i + 1 :]))
        part = np.where(inside, moved, x[..., i] > 0)
        found.append(rest * part)
        rest = rest * (1 - part)
    return np.stack([*found, rest + 0.0 * x[..., 0]], axis=-1)


def _concentrations(alpha: Any) -> Any:
    alpha = _number(alpha)
    if np.ndim(alpha) != 1 or np.min(_plain(alpha)) <= 0:
        raise _ShapeError(
            "The concentrations alpha of a Dirichlet distribution must be a positive vector."
        )
    return alpha
