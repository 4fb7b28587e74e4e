"""The Poisson distribution: `scipy.stats.poisson` with derivatives."""

from __future__ import annotations

from typing import Any as _Any

import numpy as _np
import scipy.special as _sp
import scipy.stats as _stats

from autograd.engine.dispatch import plain as _plain
from autograd.rules.elementwise import where as _where
from autograd.scipy.fallback import names_of as _names_of
from autograd.scipy.stats.families import Discrete as _Discrete


def _log_mass(k: _Any, mu: _Any) -> _Any:
    return _sp.xlogy(k, mu) - _sp.gammaln(k + 1) - mu


def _mass(k: _Any, mu: _Any) -> _Any:
    """Return mu^k exp(-mu) / k!; for mu = 0 as it is written, without logarithms."""
    none = _plain(mu) == 0
    y = _np.exp(_log_mass(k, _where(none, 1.0, mu)))
    if not _np.any(none):
        return y
    return _where(none, _where(none, mu, 0.0) ** k * _np.exp(-mu) * _sp.rgamma(k + 1), y)


# fmt: off
_family = _Discrete(
    "poisson",
    ["mu"],
    valid  = lambda mu: mu >= 0,
    logpmf = _log_mass,
    pmf    = _mass,
    cdf    = lambda k, mu: _sp.gammaincc(k + 1, mu),
    sf     = lambda k, mu: _sp.gammainc(k + 1, mu),
)
# fmt: on

pmf = _family.pmf
logpmf = _family.logpmf
cdf = _family.cdf
logcdf = _family.logcdf
sf = _family.sf
logsf = _family.logsf

__getattr__ = _names_of(_stats.poisson, "scipy.stats.poisson")
