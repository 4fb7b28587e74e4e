"""The error function and its relatives: DLMF chapter 7, exponential integrals 6."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.special as sp

from autograd.engine.dispatch import plain
from autograd.errors import DataError
from autograd.rules.elementwise import exp, where
from autograd.rules.table import elementwise, implements
from autograd.scipy.fallback import no_rule, whole

ROOT_PI, ROOT_2, ROOT_2PI = math.sqrt(math.pi), math.sqrt(2), math.sqrt(2 * math.pi)


def inverse_square_series(x: Any, sign: float, factors: list[float]) -> Any:
    """Sum a series in sign / (2x²) by Horner's scheme; each term is a factor times the last."""
    z = sign / (2 * x * x)
    total: Any = 0.0
    for factor in reversed(factors):
        total = factor * z * (1 + total)
    return total


def erfcx_slope(y: Any, x: Any) -> Any:
    """Return 2xy - 2/√π; for large x by its series, which avoids cancellation (DLMF 7.12.1)."""
    if np.iscomplexobj(plain(x)):
        return 2 * x * y - 2 / ROOT_PI
    far = plain(x) > 10
    series = inverse_square_series(where(far, x, 10.0), -1.0, [2 * k + 1.0 for k in range(12)])
    return where(far, 2 / ROOT_PI * series, 2 * where(far, 0.0, x) * y - 2 / ROOT_PI)


def dawson_slope(y: Any, x: Any) -> Any:
    """Return 1 - 2xy; for large x by its series, which avoids cancellation (DLMF 7.12.1)."""
    if np.iscomplexobj(plain(x)):
        return 1 - 2 * x * y
    far = np.abs(plain(x)) > 10
    series = inverse_square_series(where(far, x, 10.0), 1.0, [2 * k + 1.0 for k in range(12)])
    return where(far, -series, 1 - 2 * where(far, 0.0, x) * y)


def normal_density(x: Any) -> Any:
    """Return the density of the standard normal distribution."""
    return exp(-x * x / 2) / ROOT_2PI


def hazard(x: Any) -> Any:
    """Return φ(x) / Φ(x), the derivative of log_ndtr; erfcx avoids underflow for negative x."""
    left = plain(x) < 0
    near, far = where(left, 0.0, x), where(left, x, 0.0)
    return where(
        left, math.sqrt(2 / math.pi) / sp.erfcx(-far / ROOT_2), normal_density(near) / sp.ndtr(near)
    )


def sine_ratio(x: Any) -> Any:
    """Return sin(x) / x."""
    return np.sinc(x / np.pi)


def hyperbolic_sine_ratio(x: Any) -> Any:
    """Return sinh(x) / x, from the even function 0F1(3/2; x²/4) (DLMF 10.39.9, 10.49.12)."""
    return sp.hyp0f1(1.5, x * x / 4)


def not_of_floats(x: float) -> float:
    """Refuse a Value: the derivative of the Faddeeva function is complex everywhere."""
    raise DataError(
        f"wofz of {x} has a complex derivative, and a Value holds a real number: use a Tensor."
    )


# fmt: off
# -- error functions ----------------------------------------------------------------------------------------------
erf       = elementwise(sp.erf,       None,  lambda y, x: 2 / ROOT_PI * exp(-x * x))
erfc      = elementwise(sp.erfc,      None,  lambda y, x: -2 / ROOT_PI * exp(-x * x))
erfi      = elementwise(sp.erfi,      None,  lambda y, x: 2 / ROOT_PI * exp(x * x))
erfcx     = elementwise(sp.erfcx,     None,  erfcx_slope)
dawsn     = elementwise(sp.dawsn,     None,  dawson_slope)
wofz      = elementwise(sp.wofz,      not_of_floats,  lambda y, z: 2j / ROOT_PI - 2 * z * y)
erfinv    = elementwise(sp.erfinv,    None,  lambda y, x: ROOT_PI / 2 * exp(y * y))
erfcinv   = elementwise(sp.erfcinv,   None,  lambda y, x: -ROOT_PI / 2 * exp(y * y))

# -- the normal distribution --------------------------------------------------------------------------------------
ndtr      = elementwise(sp.ndtr,      None,  lambda y, x: normal_density(x))
log_ndtr  = elementwise(sp.log_ndtr,  None,  lambda y, x: hazard(x))
ndtri     = elementwise(sp.ndtri,     None,  lambda x, y: ROOT_2PI * exp(x * x / 2))
ndtri_exp = elementwise(sp.ndtri_exp, None,  lambda x, y: 1 / hazard(x))
owens_t   = elementwise(sp.owens_t,   None,  lambda y, h, a: -normal_density(h) * sp.erf(a * h / ROOT_2) / 2,
                                             lambda y, h, a: exp(-h * h * (1 + a * a) / 2) / (2 * math.pi * (1 + a * a)))

# -- exponential, trigonometric and Fresnel integrals -------------------------------------------------------------
exp1      = elementwise(sp.exp1,      None,  lambda y, x: -exp(-x) / x)
expi      = elementwise(sp.expi,      None,  lambda y, x: exp(x) / x)
expn      = elementwise(sp.expn,      None,  no_rule("expn", "its order"),
                                             lambda y, n, x: -where(whole(n) == 0, y * (1 + 1 / x), sp.expn(where(whole(n) == 0, 1.0, whole(n) - 1), x)))
si        = elementwise(lambda x: sp.sici(x)[0],     None,  lambda y, x: sine_ratio(x),                name="si")
ci        = elementwise(lambda x: sp.sici(x)[1],     None,  lambda y, x: np.cos(x) / x,                name="ci")
shi       = elementwise(lambda x: sp.shichi(x)[0],   None,  lambda y, x: hyperbolic_sine_ratio(x),     name="shi")
chi       = elementwise(lambda x: sp.shichi(x)[1],   None,  lambda y, x: np.cosh(x) / x,               name="chi")
fresnel_s = elementwise(lambda x: sp.fresnel(x)[0],  None,  lambda y, x: np.sin(math.pi / 2 * x * x),  name="fresnel_s")
fresnel_c = elementwise(lambda x: sp.fresnel(x)[1],  None,  lambda y, x: np.cos(math.pi / 2 * x * x),  name="fresnel_c")

implements(sp.sici)(lambda x: (si(x), ci(x)))
implements(sp.shichi)(lambda x: (shi(x), chi(x)))
implements(sp.fresnel)(lambda x: (fresnel_s(x), fresnel_c(x)))
# fmt: on
