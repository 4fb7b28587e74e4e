"""Weibull's distribution of smallest values: `scipy.stats.weibull_min` with derivatives."""

from __future__ import annotations

import math as _math

import numpy as _np
import scipy.special as _sp
import scipy.stats as _stats

from autograd.scipy.fallback import names_of as _names_of
from autograd.scipy.stats.families import Continuous as _Continuous

# fmt: off
_family = _Continuous(
    "weibull_min",
    ["c"],
    support = (0.0, _math.inf),
    valid   = lambda c: c > 0,
    logpdf  = lambda z, c: _np.log(c) + _sp.xlogy(c - 1, z) - z**c,
    cdf     = lambda z, c: -_np.expm1(-(z**c)),
    sf      = lambda z, c: _np.exp(-(z**c)),
    logsf   = lambda z, c: -(z**c),
    ppf     = lambda q, c: (-_np.log1p(-q)) ** (1 / c),
    isf     = lambda q, c: (-_np.log(q)) ** (1 / c),
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

__getattr__ = _names_of(_stats.weibull_min, "scipy.stats.weibull_min")
