"""Student's t distribution: `scipy.stats.t` with derivatives."""

from __future__ import annotations

import numpy as _np
import scipy.special as _sp
import scipy.stats as _stats

from autograd.scipy.fallback import names_of as _names_of
from autograd.scipy.stats.families import Continuous as _Continuous

# fmt: off
_family = _Continuous(
    "t",
    ["df"],
    valid  = lambda df: df > 0,
    logpdf = lambda z, df: -_sp.betaln(df / 2, 0.5) - _np.log(df) / 2 - (df + 1) / 2 * _np.log1p(z * z / df),
    cdf    = lambda z, df: _sp.stdtr(df, z),
    sf     = lambda z, df: _sp.stdtr(df, -z),
    ppf    = lambda q, df: _sp.stdtrit(df, q),
    isf    = lambda q, df: -_sp.stdtrit(df, q),
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

__getattr__ = _names_of(_stats.t, "scipy.stats.t")
