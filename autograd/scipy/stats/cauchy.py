"""Cauchy's distribution: `scipy.stats.cauchy` with derivatives."""

from __future__ import annotations

import math as _math

import numpy as _np
import scipy.stats as _stats

from autograd.scipy.fallback import names_of as _names_of
from autograd.scipy.stats.families import Continuous as _Continuous

# fmt: off
_family = _Continuous(
    "cauchy",
    logpdf = lambda z: -_math.log(_math.pi) - _np.log1p(z * z),
    cdf    = lambda z: _np.arctan2(1.0, -z) / _math.pi,
    sf     = lambda z: _np.arctan2(1.0, z) / _math.pi,
    ppf    = lambda q: -1 / _np.tan(_math.pi * q),
    isf    = lambda q: 1 / _np.tan(_math.pi * q),
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

__getattr__ = _names_of(_stats.cauchy, "scipy.stats.cauchy")
