"""The normal distribution: `scipy.stats.norm` with derivatives."""

from __future__ import annotations

import math as _math

import scipy.special as _sp
import scipy.stats as _stats

from autograd.scipy.fallback import names_of as _names_of
from autograd.scipy.stats.families import Continuous as _Continuous

# fmt: off
_family = _Continuous(
    "norm",
    logpdf = lambda z: -z * z / 2 - 0.5 * _math.log(2 * _math.pi),
    cdf    = lambda z: _sp.ndtr(z),
    sf     = lambda z: _sp.ndtr(-z),
    logcdf = lambda z: _sp.log_ndtr(z),
    logsf  = lambda z: _sp.log_ndtr(-z),
    ppf    = lambda q: _sp.ndtri(q),
    isf    = lambda q: -_sp.ndtri(q),
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

__getattr__ = _names_of(_stats.norm, "scipy.stats.norm")
