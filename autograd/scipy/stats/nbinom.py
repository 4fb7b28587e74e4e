"""The negative binomial distribution: `scipy.stats.nbinom` with derivatives."""

from __future__ import annotations

import numpy as _np
import scipy.special as _sp
import scipy.stats as _stats

from autograd.scipy.fallback import names_of as _names_of
from autograd.scipy.stats.families import Discrete as _Discrete

# fmt: off
_family = _Discrete(
    "nbinom",
    ["n", "p"],
    valid  = lambda n, p: (n > 0) & (p > 0) & (p <= 1),
    logpmf = lambda k, n, p: _sp.gammaln(n + k) - _sp.gammaln(k + 1) - _sp.gammaln(n) + n * _np.log(p) + _sp.xlog1py(k, -p),
    cdf    = lambda k, n, p: _sp.betainc(n, k + 1, p),
    sf     = lambda k, n, p: _sp.betaincc(n, k + 1, p),
)
# fmt: on

pmf = _family.pmf
logpmf = _family.logpmf
cdf = _family.cdf
logcdf = _family.logcdf
sf = _family.sf
logsf = _family.logsf

__getattr__ = _names_of(_stats.nbinom, "scipy.stats.nbinom")
