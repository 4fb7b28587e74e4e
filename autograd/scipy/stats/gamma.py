"""The gamma distribution: `scipy.stats.gamma` with derivatives."""

from __future__ import annotations

import math as _math

import scipy.special as _sp
import scipy.stats as _stats

from autograd.scipy.fallback import names_of as _names_of
from autograd.scipy.stats.families import Continuous as _Continuous

# fmt: off
_family = _Continuous(
    "gamma",
    ["a"],
    support = (0.0, _math.inf),
    valid   = lambda a: a > 0,
    logpdf  = lambda z, a: _sp.xlogy(a - 1, z) - z - _sp.gammaln(a),
    cdf     = lambda z, a: _sp.gammainc(a, z),
    sf      = lambda z, a: _sp.gammaincc(a, z),
    ppf     = lambda q, a: _sp.gammaincinv(a, q),
    isf     = lambda q, a: _sp.gammainccinv(a, q),
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

__getattr__ = _names_of(_stats.gamma, "scipy.stats.gamma")
