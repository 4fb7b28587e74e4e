"""The χ² distribution: `scipy.stats.chi2` with derivatives."""

from __future__ import annotations

import math as _math

import scipy.special as _sp
import scipy.stats as _stats

from autograd.scipy.fallback import names_of as _names_of
from autograd.scipy.stats.families import Continuous as _Continuous

# fmt: off
_family = _Continuous(
    "chi2",
    ["df"],
    support = (0.0, _math.inf),
    valid   = lambda df: df > 0,
    logpdf  = lambda z, df: _sp.xlogy(df / 2 - 1, z) - z / 2 - _sp.gammaln(df / 2) - _math.log(2) / 2 * df,
    cdf     = lambda z, df: _sp.gammainc(df / 2, z / 2),
    sf      = lambda z, df: _sp.gammaincc(df / 2, z / 2),
    ppf     = lambda q, df: 2 * _sp.gammaincinv(df / 2, q),
    isf     = lambda q, df: 2 * _sp.gammainccinv(df / 2, q),
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

__getattr__ = _names_of(_stats.chi2, "scipy.stats.chi2")
