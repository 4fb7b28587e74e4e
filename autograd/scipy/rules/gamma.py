"""The gamma function and its relatives: DLMF chapters 5 and 8, zeta 25."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np
import scipy.special as sp

from autograd.engine import Primitive
from autograd.engine.dispatch import plain
from autograd.errors import NoRuleError
from autograd.rules.elementwise import where
from autograd.rules.table import composition_of, elementwise
from autograd.scipy.fallback import no_rule, recorded
from autograd.scipy.rules.incomplete import (
    beta_density,
    betainc_slope_a,
    betainc_slope_b,
    gamma_density,
    gammainc_slope,
    student_density,
    student_slope,
)


def like_argument(function: Any, position: int = -1) -> Any:
    """Return the function with results in the precision of an argument."""
    bare = recorded(function)

    @functools.wraps(function)
    def same(*arguments: Any) -> Any:
        precision = np.result_type(np.asarray(arguments[position]), np.float16)
        return np.asarray(bare(*arguments)).astype(precision)[()]

    return same


def rgamma_slope(y: Any, x: Any) -> Any:
    """Return -ψ(x) / Γ(x); for negative x, where ψ has poles, by reflection (DLMF 5.5.3, 5.5.4)."""
    left = plain(x) < 0.5
    mirrored, at = 1 - where(left, x, 0.0), where(left, 1.0, x)
    reflected = np.cos(np.pi * where(left, x, 0.0)) * sp.gamma(mirrored) - y * sp.psi(mirrored)
    return where(left, reflected, -y * sp.psi(at))


def trigamma(x: Any) -> Any:
    """Return the derivative of ψ, for real numbers only."""
    if np.iscomplexobj(plain(x)):
        raise NoRuleError("scipy.special.psi has no derivative rule for complex numbers.")
    return polygamma(1, x)


#: The Bernoulli numbers B₂, B₄, ..., each divided by the factorial of its index.
BERNOULLI = tuple(float(b) / math.factorial(2 * j) for j, b in enumerate(sp.bernoulli(20)[2::2], 1))
TERMS = 12


def zeta_slope(y: Any, s: Any, q: Any) -> Any:
    """Return the derivative of Σ (q + k)^-s by s, by the Euler-Maclaurin formula (DLMF 25.11.28)."""
    if np.any(plain(s) < -1):
        raise NoRuleError(
            "scipy.special.zeta has no derivative rule with respect to an exponent below -1, where "
            "the sum loses all digits. Pass a plain number there (node.data)."
        )
    found: Any = 0.0 * y  # NaN where the function has no value
    for k in range(TERMS):
        found = found - np.log(q + k) * (q + k) ** -s
    a = q + TERMS
    log = np.log(a)
    found = found - a ** (1 - s) * (log / (s - 1) + 1 / (s - 1) ** 2) - log * a**-s / 2
    rising, slope = s, 1.0 + 0.0 * s  # s (s + 1) ... (s + 2j - 2), and its derivative
    for j, factor in enumerate(BERNOULLI, 1):
        found = found + factor * (slope - rising * log) * a ** (1 - s - 2 * j)
        first, second = s + (2 * j - 1), s + 2 * j
        slope = slope * first * second + rising * (first + second)
        rising = rising * first * second
    return found


psi = sp.psi
polygamma: Primitive
zeta: Primitive
riemann_zeta: Primitive


def _share(part: Any, rest: Any) -> Any:
    """Return the share of a part in the whole, as an argument of the incomplete beta function."""
    return part / (rest + part)


# fmt: off
# -- the gamma function -------------------------------------------------------------------------------------------
gamma        = elementwise(sp.gamma,       None,  lambda y, x: y * psi(x))
gammaln      = elementwise(sp.gammaln,     None,  lambda y, x: psi(x))
loggamma     = elementwise(sp.loggamma,    None,  lambda y, x: psi(x))
rgamma       = elementwise(sp.rgamma,      None,  rgamma_slope)
gammasgn     = elementwise(sp.gammasgn,    None,  0)
digamma      = elementwise(sp.psi,         None,  lambda y, x: trigamma(x), name="digamma")
polygamma    = elementwise(like_argument(sp.polygamma), None, no_rule("polygamma", "its order"),
                                                  lambda y, n, x: polygamma(n + 1, x))
zeta         = elementwise(like_argument(sp.zeta),      None, lambda y, s, q: zeta_slope(y, s, q),
                                                  lambda y, s, q: -s * zeta(s + 1, q))
riemann_zeta = elementwise(like_argument(sp.zeta),      None, lambda y, s: zeta_slope(y, s, 1.0), name="riemann_zeta", replaces=())
poch         = elementwise(sp.poch,        None,  lambda y, z, m: y * (psi(z + m) - psi(z)),
                                                  lambda y, z, m: y * psi(z + m))
binom        = elementwise(sp.binom,       None,  lambda y, n, k: y * (psi(n + 1) - psi(n - k + 1)),
                                                  lambda y, n, k: y * (psi(n - k + 1) - psi(k + 1)))
beta         = elementwise(sp.beta,        None,  lambda y, a, b: y * (psi(a) - psi(a + b)),
                                                  lambda y, a, b: y * (psi(b) - psi(a + b)))
betaln       = elementwise(sp.betaln,      None,  lambda y, a, b: psi(a) - psi(a + b),
                                                  lambda y, a, b: psi(b) - psi(a + b))

# -- incomplete ---------------------------------------------------------------------------------------------------
gammainc     = elementwise(sp.gammainc,    None,  lambda y, a, x: gammainc_slope(a, x),      lambda y, a, x: gamma_density(a, x))
gammaincc    = elementwise(sp.gammaincc,   None,  lambda y, a, x: -gammainc_slope(a, x),     lambda y, a, x: -gamma_density(a, x))
gammaincinv  = elementwise(sp.gammaincinv, None,  lambda x, a, p: -gammainc_slope(a, x) / gamma_density(a, x),
                                                  lambda x, a, p: 1 / gamma_density(a, x))
gammainccinv = elementwise(sp.gammainccinv, None, lambda x, a, q: -gammainc_slope(a, x) / gamma_density(a, x),
                                                  lambda x, a, q: -1 / gamma_density(a, x))
betainc      = elementwise(sp.betainc,     None,  lambda y, a, b, x: betainc_slope_a(a, b, x),
                                                  lambda y, a, b, x: betainc_slope_b(a, b, x),
                                                  lambda y, a, b, x: beta_density(a, b, x))
betaincc     = elementwise(sp.betaincc,    None,  lambda y, a, b, x: -betainc_slope_a(a, b, x),
                                                  lambda y, a, b, x: -betainc_slope_b(a, b, x),
                                                  lambda y, a, b, x: -beta_density(a, b, x))
betaincinv   = elementwise(sp.betaincinv,  None,  lambda x, a, b, p: -betainc_slope_a(a, b, x) / beta_density(a, b, x),
                                                  lambda x, a, b, p: -betainc_slope_b(a, b, x) / beta_density(a, b, x),
                                                  lambda x, a, b, p: 1 / beta_density(a, b, x))
betainccinv  = elementwise(sp.betainccinv, None,  lambda x, a, b, q: -betainc_slope_a(a, b, x) / beta_density(a, b, x),
                                                  lambda x, a, b, q: -betainc_slope_b(a, b, x) / beta_density(a, b, x),
                                                  lambda x, a, b, q: -1 / beta_density(a, b, x))
stdtr        = elementwise(sp.stdtr,       None,  lambda y, df, t: student_slope(df, t),     lambda y, df, t: student_density(df, t))
stdtrit      = elementwise(sp.stdtrit,     None,  lambda t, df, p: -student_slope(df, t) / student_density(df, t),
                                                  lambda t, df, p: 1 / student_density(df, t))

# -- distribution functions in terms of these, of lists as well ---------------------------------------------------------------------
composition_of(sp.chdtr)(lambda v, x: sp.gammainc(np.divide(v, 2), np.divide(x, 2)))
composition_of(sp.chdtrc)(lambda v, x: sp.gammaincc(np.divide(v, 2), np.divide(x, 2)))
composition_of(sp.gdtr)(lambda a, b, x: sp.gammainc(b, np.multiply(a, x)))
composition_of(sp.gdtrc)(lambda a, b, x: sp.gammaincc(b, np.multiply(a, x)))
composition_of(sp.fdtr)(lambda dfn, dfd, x: sp.betainc(np.divide(dfn, 2), np.divide(dfd, 2), _share(np.multiply(dfn, x), dfd)))
composition_of(sp.fdtrc)(lambda dfn, dfd, x: sp.betaincc(np.divide(dfn, 2), np.divide(dfd, 2), _share(np.multiply(dfn, x), dfd)))
composition_of(sp.pdtr)(lambda k, m: sp.gammaincc(np.floor(plain(k)) + 1, m))
composition_of(sp.pdtrc)(lambda k, m: sp.gammainc(np.floor(plain(k)) + 1, m))
# fmt: on
