"""The beta distribution: `scipy.stats.beta` with derivatives."""

from __future__ import annotations

import scipy.special as _sp
import scipy.stats as _stats

from autograd.scipy.fallback import names_of as _names_of
from autograd.scipy.stats.families import Continuous as _Continuous

# fmt: off
_family = _Continuous(
    "beta",
    ["a", "b"],
    support = (0.0, 1.0),
    valid   = lambda a, b: (a > 0) & (b > 0),
    logpdf  = lambda z, a, b: _sp.xlogy(a - 1, z) + _sp.xlog1py(b - 1, -z) - _sp.betaln(a, b),
    cdf     = lambda z, a, b: _sp.betainc(a, b, z),
    sf      = lambda z, a, b: _sp.betaincc(a, b, z),
    ppf     = lambda q, a, b: _sp.betaincinv(a, b, q),
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

__getattr__ = _names_of(_stats.beta, "scipy.stats.beta")
