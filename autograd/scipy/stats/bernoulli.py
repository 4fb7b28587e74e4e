"""Bernoulli's distribution of 0 and 1: `scipy.stats.bernoulli` with derivatives."""

from __future__ import annotations

import scipy.special as _sp
import scipy.stats as _stats

from autograd.scipy.fallback import names_of as _names_of
from autograd.scipy.stats.families import Discrete as _Discrete

# fmt: off
_family = _Discrete(
    "bernoulli",
    ["p"],
    valid   = lambda p: (p >= 0) & (p <= 1),
    highest = lambda p: 1.0,
    logpmf  = lambda k, p: _sp.xlogy(k, p) + _sp.xlog1py(1 - k, -p),
    pmf     = lambda k, p: k * p + (1 - k) * (1 - p),
    cdf     = lambda k, p: 1 - p + 0.0 * k,
    sf      = lambda k, p: p + 0.0 * k,
)
# fmt: on

pmf = _family.pmf
logpmf = _family.logpmf
cdf = _family.cdf
logcdf = _family.logcdf
sf = _family.sf
logsf = _family.logsf

__getattr__ = _names_of(_stats.bernoulli, "scipy.stats.bernoulli")
