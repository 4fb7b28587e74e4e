"""The logistic distribution: `scipy.stats.logistic` with derivatives."""

from __future__ import annotations

import scipy.special as _sp
import scipy.stats as _stats

from autograd.scipy.fallback import names_of as _names_of
from autograd.scipy.stats.families import Continuous as _Continuous

# fmt: off
_family = _Continuous(
    "logistic",
    logpdf = lambda z: _sp.log_expit(z) + _sp.log_expit(-z),
    cdf    = lambda z: _sp.expit(z),
    sf     = lambda z: _sp.expit(-z),
    logcdf = lambda z: _sp.log_expit(z),
    logsf  = lambda z: _sp.log_expit(-z),
    ppf    = lambda q: _sp.logit(q),
    isf    = lambda q: -_sp.logit(q),
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

__getattr__ = _names_of(_stats.logistic, "scipy.stats.logistic")
