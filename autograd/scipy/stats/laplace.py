"""Laplace's distribution: `scipy.stats.laplace` with derivatives."""

from __future__ import annotations

import math as _math
from typing import Any as _Any

import numpy as _np
import scipy.stats as _stats

from autograd.engine.dispatch import plain as _plain
from autograd.rules.elementwise import where as _where
from autograd.scipy.fallback import names_of as _names_of
from autograd.scipy.stats.families import Continuous as _Continuous


def _two_sided(z: _Any) -> _Any:
    """Return exp(z)/2 left of 0, and 1 - exp(-z)/2 right of it."""
    left = _plain(z) < 0
    half = _np.exp(_where(left, z, 0.0)) / 2, _np.exp(-_where(left, 0.0, z)) / 2
    return _where(left, half[0], 1 - half[1])


def _log_two_sided(z: _Any) -> _Any:
    """Return the logarithm of the same, without underflow on the left."""
    left = _plain(z) < 0
    right = _np.log1p(-_np.exp(-_where(left, 0.0, z)) / 2)
    return _where(left, z - _math.log(2), right)


# fmt: off
_family = _Continuous(
    "laplace",
    logpdf = lambda z: -_np.abs(z) - _math.log(2),
    cdf    = lambda z: _two_sided(z),
    sf     = lambda z: _two_sided(-z),
    logcdf = lambda z: _log_two_sided(z),
    logsf  = lambda z: _log_two_sided(-z),
    ppf    = lambda q: _np.where(_plain(q) < 0.5, _np.log(2 * q), -_np.log(2 * (1 - q))),
    isf    = lambda q: _np.where(_plain(q) < 0.5, -_np.log(2 * q), _np.log(2 * (1 - q))),
)
# fmt: on

pdf = _family.pdf
logpdf = _family.logpdf
cdf = _family.cdf
logcdf = _family.logcdf
sf = _family.sf
logsf = _family.logsf
ppf = _family.ppf
isf = _family.isf

__getattr__ = _names_of(_stats.laplace, "scipy.stats.laplace")
