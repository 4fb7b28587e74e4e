"""The uniform distribution, from loc to loc + scale: `scipy.stats.uniform` with derivatives."""

from __future__ import annotations

import numpy as _np
import scipy.stats as _stats

from autograd.scipy.fallback import names_of as _names_of
from autograd.scipy.stats.families import Continuous as _Continuous

# fmt: off
_family = _Continuous(
    "uniform",
    support = (0.0, 1.0),
    logpdf  = lambda z: 0.0 * z,
    cdf     = lambda z: +z,
    sf      = lambda z: 1 - z,
    logcdf  = lambda z: _np.log(z),
    logsf   = lambda z: _np.log1p(-z),
    ppf     = lambda q: +q,
    isf     = lambda q: 1 - q,
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

__getattr__ = _names_of(_stats.uniform, "scipy.stats.uniform")
