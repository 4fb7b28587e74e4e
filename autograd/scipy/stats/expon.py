"""The exponential distribution: `scipy.stats.expon` with derivatives."""

from __future__ import annotations

import math as _math

import numpy as _np
import scipy.stats as _stats

from autograd.scipy.fallback import names_of as _names_of
from autograd.scipy.stats.families import Continuous as _Continuous

# fmt: off
_family = _Continuous(
    "expon",
    support = (0.0, _math.inf),
    logpdf  = lambda z: -z,
    cdf     = lambda z: -_np.expm1(-z),
    sf      = lambda z: _np.exp(-z),
    logsf   = lambda z: -z,
    ppf     = lambda q: -_np.log1p(-q),
    isf     = lambda q: -_np.log(q),
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

__getattr__ = _names_of(_stats.expon, "scipy.stats.expon")
