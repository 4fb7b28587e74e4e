"""Quantiles and samples: numbers z with F(z, θ) = q, and their derivatives by the implicit function.

With the density p = ∂F/∂z, they are ∂z/∂q = 1/p and ∂z/∂θ = -(∂F/∂θ) / p. A sample is a quantile of
a probability that does not depend on the parameters, which need not be known (M. Figurnov,
S. Mohamed and A. Mnih, "Implicit reparameterization gradients", NeurIPS 2018).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.stats

from autograd.engine import Primitive
from autograd.rules.elementwise import positive
from autograd.rules.table import elementwise
from autograd.scipy.fallback import recorded
from autograd.transforms import deriv

Formula = Callable[..., Any]


def slopes(cdf: Formula, logpdf: Formula, number: int) -> list[Formula]:
    """Return ∂z/∂θ for each of a number of shape parameters, as functions of z and of them."""

    def slope(argnum: int) -> Formula:
        by_shape = deriv(cdf, argnum)
        return lambda z, _, *shapes: -by_shape(z, *shapes) * np.exp(-logpdf(z, *shapes))

    return [slope(i + 1) for i in range(number)]


def sample(name: str, cdf: Formula, logpdf: Formula, number: int) -> Primitive:
    """Return the function of drawn numbers and shape parameters that returns these numbers."""
    return elementwise(
        lambda z, *shapes: positive(z),
        None,
        0,
        *slopes(cdf, logpdf, number),
        name=f"{name}.rvs",
        replaces=(),
    )


def quantile(name: str, cdf: Formula, logpdf: Formula, number: int) -> Primitive:
    """Return the inverse of a distribution function that SciPy inverts without a formula."""
    return elementwise(
        recorded(getattr(scipy.stats, name).ppf),
        None,
        lambda z, _, *shapes: np.exp(-logpdf(z, *shapes)),
        *slopes(cdf, logpdf, number),
        name=f"{name}.ppf",
        replaces=(),
    )


def upper_quantile(name: str, cdf: Formula, logpdf: Formula, number: int) -> Primitive:
    """Return the inverse of the probability above a number, as `quantile`."""
    return elementwise(
        recorded(getattr(scipy.stats, name).isf),
        None,
        lambda z, _, *shapes: -np.exp(-logpdf(z, *shapes)),
        *slopes(cdf, logpdf, number),
        name=f"{name}.isf",
        replaces=(),
    )


def distribution_function(name: str, logpdf: Formula, *partials: Any) -> Primitive:
    """Return SciPy's distribution function, given its derivatives by the shape parameters."""
    return elementwise(
        recorded(getattr(scipy.stats, name).cdf),
        None,
        lambda y, z, *shapes: np.exp(logpdf(z, *shapes)),
        *partials,
        name=f"{name}.cdf",
        replaces=(),
    )
