"""The binomial distribution: `scipy.stats.binom` with derivatives."""

from __future__ import annotations

from typing import Any as _Any

import numpy as _np
import scipy.special as _sp
import scipy.stats as _stats

from autograd.engine.dispatch import plain as _plain
from autograd.rules.elementwise import where as _where
from autograd.scipy.fallback import names_of as _names_of
from autograd.scipy.stats.families import Discrete as _Discrete


def _log_mass(k: _Any, n: _Any, p: _Any) -> _Any:
    n = _family.constant(n, "n")
    k = _np.minimum(k, n)
    ways = _sp.gammaln(n + 1) - _sp.gammaln(k + 1) - _sp.gammaln(n - k + 1)
    return ways + _sp.xlogy(k, p) + _sp.xlog1py(n - k, -p)


def _mass(k: _Any, n: _Any, p: _Any) -> _Any:
    """Return the binomial coefficient times p^k (1-p)^(n-k); for p = 0 and 1 without logarithms."""
    n = _family.constant(n, "n")
    certain = (_plain(p) == 0) | (_plain(p) == 1)
    inner = _np.exp(_log_mass(k, n, _where(certain, 0.5, p)))
    if not _np.any(certain):
        return inner
    others = _np.maximum(n - k, 0.0)
    edge = _sp.binom(n, k) * p**k * (1 - p) ** others
    return _where(certain, edge, inner)


def _after(k: _Any, n: _Any) -> _Any:
    """Return n - k, which is positive where the result is used."""
    return _np.maximum(_family.constant(n, "n") - k, 1.0)


# fmt: off
_family = _Discrete(
    "binom",
    ["n", "p"],
    valid   = lambda n, p: (n >= 0) & (_np.floor(n) == n) & (p >= 0) & (p <= 1),
    highest = lambda n, p: n,
    logpmf  = _log_mass,
    pmf     = _mass,
    cdf     = lambda k, n, p: _sp.betaincc(k + 1, _after(k, n), p),
    sf      = lambda k, n, p: _sp.betainc(k + 1, _after(k, n), p),
)
# fmt: on

pmf = _family.pmf
logpmf = _family.logpmf
cdf = _family.cdf
logcdf = _family.logcdf
sf = _family.sf
logsf = _family.logsf

__getattr__ = _names_of(_stats.binom, "scipy.stats.binom")
