"""The log-normal distribution: `scipy.stats.lognorm` with derivatives."""

from __future__ import annotations

import math as _math

import numpy as _np
import scipy.special as _sp
import scipy.stats as _stats

from autograd.scipy.fallback import names_of as _names_of
from autograd.scipy.stats.families import Continuous as _Continuous

# fmt: off
_family = _Continuous(
    "lognorm",
    ["s"],
    support = (0.0, _math.inf),
    valid   = lambda s: s > 0,
    logpdf  = lambda z, s: -_np.log(z) * (1 + _np.log(z) / (2 * s * s)) - _np.log(s) - 0.5 * _math.log(2 * _math.pi),
    cdf     = lambda z, s: _sp.ndtr(_np.log(z) / s),
    sf      = lambda z, s: _sp.ndtr(-_np.log(z) / s),
    logcdf  = lambda z, s: _sp.log_ndtr(_np.log(z) / s),
    logsf   = lambda z, s: _sp.log_ndtr(-_np.log(z) / s),
    ppf     = lambda q, s: _np.exp(s * _sp.ndtri(q)),
    isf     = lambda q, s: _np.exp(-s * _sp.ndtri(q)),
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

__getattr__ = _names_of(_stats.lognorm, "scipy.stats.lognorm")
