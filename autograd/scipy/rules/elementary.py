"""Exponentials, logarithms, powers and angles of `scipy.special`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.special as sp

from autograd.engine.dispatch import plain
from autograd.rules import elementwise as numbers
from autograd.rules.elementwise import log, where
from autograd.rules.special import sigmoid
from autograd.rules.table import elementwise, implements, without_derivative

LN10, DEGREE = math.log(10), math.pi / 180


def quotient(x: Any, y: Any) -> Any:
    """Return x / y, and 0 for 0 / 0."""
    return x / where((plain(x) == 0) & (plain(y) == 0), 1.0, y)


def exprel_slope(x: Any) -> Any:
    """Return ∫ t exp(tx) dt from 0 to 1, the derivative of (exp(x) - 1) / x (DLMF 13.4.1)."""
    far = np.abs(plain(x)) > 1
    near, away = where(far, 0.0, x), where(far, x, 1.0)
    formula = (np.exp(away) * (1 - 1 / away) + 1 / away) / away
    return where(far, formula, sp.hyp1f1(2.0, 3.0, near) / 2)


def boxcox_slope(logarithm: Any, p: Any) -> Any:
    """Return the derivative by p of (exp(p L) - 1) / p for L = log x, which is L exprel(p L)."""
    return logarithm * logarithm * exprel_slope(p * logarithm)


def beyond(delta: Any, r: Any) -> Any:
    """Return where the Huber loss is linear."""
    return np.abs(plain(r)) > plain(delta)


def stretch(delta: Any, r: Any) -> Any:
    """Return √(1 + (r/δ)²)."""
    return np.sqrt(1 + (r / delta) * (r / delta))


# fmt: off
# -- exponentials and logarithms ----------------------------------------------------------------------------------
exp10        = elementwise(sp.exp10,        None,  lambda y, x: y * LN10)
exprel       = elementwise(sp.exprel,       None,  lambda y, x: exprel_slope(x))
cosm1        = elementwise(sp.cosm1,        None,  lambda y, x: -np.sin(x))
logit        = elementwise(sp.logit,        None,  lambda y, x: 1 / (x * (1 - x)))
log_expit    = elementwise(sp.log_expit,    None,  lambda y, x: sigmoid(-x))
xlogy        = elementwise(sp.xlogy,        None,  lambda z, x, y: log(y),                 lambda z, x, y: quotient(x, y))
xlog1py      = elementwise(sp.xlog1py,      None,  lambda z, x, y: np.log1p(y),            lambda z, x, y: quotient(x, 1 + y))
powm1        = elementwise(sp.powm1,        None,  lambda z, x, y: y * x ** (y - 1),       lambda z, x, y: x ** y * log(x))

# -- information --------------------------------------------------------------------------------------------------
entr         = elementwise(sp.entr,         None,  lambda y, x: -1 - log(x))
rel_entr     = elementwise(sp.rel_entr,     None,  lambda z, x, y: log(x / y) + 1,         lambda z, x, y: -quotient(x, y))
kl_div       = elementwise(sp.kl_div,       None,  lambda z, x, y: log(x / y),             lambda z, x, y: 1 - quotient(x, y))

# -- losses: by the width δ, by the residual r --------------------------------------------------------------------
huber        = elementwise(sp.huber,        None,  lambda y, d, r: where(beyond(d, r), np.abs(r) - d, 0.0),
                                                   lambda y, d, r: where(beyond(d, r), d * np.sign(r), r))
pseudo_huber = elementwise(sp.pseudo_huber, None,  lambda y, d, r: 2 * y / d - r * r / (d * stretch(d, r)),
                                                   lambda y, d, r: r / stretch(d, r))

# -- Box and Cox: y = (x^p - 1) / p -------------------------------------------------------------------------------
boxcox       = elementwise(sp.boxcox,       None,  lambda y, x, p: x ** (p - 1),           lambda y, x, p: boxcox_slope(log(x), p))
boxcox1p     = elementwise(sp.boxcox1p,     None,  lambda y, x, p: (1 + x) ** (p - 1),     lambda y, x, p: boxcox_slope(np.log1p(x), p))
inv_boxcox   = elementwise(sp.inv_boxcox,   None,  lambda x, y, p: x ** (1 - p),           lambda x, y, p: -boxcox_slope(log(x), p) * x ** (1 - p))
inv_boxcox1p = elementwise(sp.inv_boxcox1p, None,  lambda x, y, p: (1 + x) ** (1 - p),     lambda x, y, p: -boxcox_slope(np.log1p(x), p) * (1 + x) ** (1 - p))

# -- angles in degrees --------------------------------------------------------------------------------------------
sindg        = elementwise(sp.sindg,        None,  lambda y, x: DEGREE * sp.cosdg(x))
cosdg        = elementwise(sp.cosdg,        None,  lambda y, x: -DEGREE * sp.sindg(x))
tandg        = elementwise(sp.tandg,        None,  lambda y, x: DEGREE * (1 + y * y))

# -- aliases of NumPy's functions ---------------------------------------------------------------------------------
implements(sp.expit)(sigmoid)
implements(sp.expm1)(numbers.expm1)
implements(sp.log1p)(numbers.log1p)
implements(sp.exp2)(numbers.exp2)
implements(sp.cbrt)(numbers.cbrt)
without_derivative(sp.round)
# fmt: on
