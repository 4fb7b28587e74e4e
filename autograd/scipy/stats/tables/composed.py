"""Distributions whose densities are products of other functions: one table each.

``z`` is a point of the standard form, with location 0 and scale 1, and ``q`` a probability.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special as sp

from autograd.scipy.stats.densities import Continuous
from autograd.scipy.stats.tables.formulas import POSITIVE, UNIT, log_phi
from autograd.scipy.stats.tails import Density, Path, functions

# -- a lognormal variable times the ratio of two of Pareto's ---------------------------------------


def _log_mills(x: Any) -> Any:
    """Return the logarithm of Φ(-x) / φ(x)."""
    return sp.log_ndtr(-x) - log_phi(x)


def _standard(z: Any, u: Any, s: Any, a: Any, b: Any) -> tuple[Any, Any, Any]:
    """Return the normal variable, and the arguments of Mills' ratio."""
    y = (np.log(z) - u) / s
    return y, a * s - y, b * s + y


def dpareto_lognorm_logpdf(z: Any, u: Any, s: Any, a: Any, b: Any) -> Any:
    """Return the log density (W. Reed and M. Jorgensen, 2004)."""
    y, first, second = _standard(z, u, s, a, b)
    ratios = np.logaddexp(_log_mills(first), _log_mills(second))
    return np.log(a) + np.log(b) - np.log(a + b) - np.log(z) + log_phi(y) + ratios


def _excess(z: Any, u: Any, s: Any, a: Any, b: Any) -> tuple[Any, Any]:
    """Return the normal variable, and how far the probability above is from that of the lognormal."""
    y, first, second = _standard(z, u, s, a, b)
    parts = [np.exp(log_phi(y) + _log_mills(x)) for x in (first, second)]
    return y, (b * parts[0] - a * parts[1]) / (a + b)


def dpareto_lognorm_cdf(z: Any, *shapes: Any) -> Any:
    """Return the distribution function."""
    y, excess = _excess(z, *shapes)
    return sp.ndtr(y) - excess


def dpareto_lognorm_sf(z: Any, *shapes: Any) -> Any:
    """Return the probability above z."""
    y, excess = _excess(z, *shapes)
    return sp.ndtr(-y) + excess


# -- Gauss' hypergeometric distribution ------------------------------------------------------------


def gausshyper_logpdf(x: Any, a: Any, b: Any, c: Any, z: Any) -> Any:
    """Return the logarithm of x^(a-1) (1-x)^(b-1) (1+zx)^(-c), and of the factor in front of it."""
    powers = sp.xlogy(a - 1, x) + sp.xlog1py(b - 1, -x) - c * np.log1p(z * x)
    return powers - sp.betaln(a, b) - np.log(sp.hyp2f1(c, a, a + b, -z))


_UNIT_LINE = Path(sp.logit, sp.expit, lambda u: sp.expit(u) * sp.expit(-u), 36.0)
_gausshyper = Density(
    gausshyper_logpdf, _UNIT_LINE, lambda a, b, c, z: np.log(a / b) + 0.0 * (c + z)
)

# fmt: off
GAUSSHYPER = functions("gausshyper", _gausshyper, *map(_gausshyper.slope, (1, 2, 3, 4)), integrated=True)

dpareto_lognorm = Continuous(
    "dpareto_lognorm", ["u", "s", "a", "b"],
    support = POSITIVE,
    valid   = lambda u, s, a, b: np.isfinite(u) & (s > 0) & (a > 0) & (b > 0),
    logpdf  = dpareto_lognorm_logpdf,
    cdf     = dpareto_lognorm_cdf,
    sf      = dpareto_lognorm_sf,
)
gausshyper = Continuous(
    "gausshyper", ["a", "b", "c", "z"],
    support = UNIT,
    valid   = lambda a, b, c, z: (a > 0) & (b > 0) & np.isfinite(c) & (z > -1),
    logpdf  = gausshyper_logpdf,
    cdf     = GAUSSHYPER[0],
    sf      = GAUSSHYPER[1],
    ppf     = GAUSSHYPER[2],
    isf     = GAUSSHYPER[3],
    entropy = _gausshyper.entropy,
)
# fmt: on
