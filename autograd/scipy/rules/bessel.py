"""Bessel and Airy functions: DLMF chapters 9 and 10."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special as sp

from autograd.engine import Primitive
from autograd.rules.table import elementwise, implements
from autograd.scipy.fallback import no_rule, whole
from autograd.scipy.rules.orders import ive_slope, jv_slope, kve_slope, yv_slope

# `yn` and `kn` take the integer part of their order, so they have no derivative with respect to it.
# fmt: off
# -- first and second kind: DLMF 10.6.1, 10.6.3 -------------------------------------------------------------------
j0   = elementwise(sp.j0,   None,  lambda y, x: -sp.j1(x))
j1   = elementwise(sp.j1,   None,  lambda y, x: (sp.j0(x) - sp.jv(2, x)) / 2)
y0   = elementwise(sp.y0,   None,  lambda y, x: -sp.y1(x))
y1   = elementwise(sp.y1,   None,  lambda y, x: (sp.y0(x) - sp.yv(2, x)) / 2)
jv   = elementwise(sp.jv,   None,  lambda y, v, x: jv_slope(v, x),   lambda y, v, x: (sp.jv(v - 1, x) - sp.jv(v + 1, x)) / 2)
yv   = elementwise(sp.yv,   None,  lambda y, v, x: yv_slope(v, x),   lambda y, v, x: (sp.yv(v - 1, x) - sp.yv(v + 1, x)) / 2)
yn   = elementwise(sp.yn,   None,  no_rule("yn", "its order"),   lambda y, v, x: (sp.yv(whole(v) - 1, x) - sp.yv(whole(v) + 1, x)) / 2)

# -- modified: DLMF 10.29.1, 10.29.3; names with e are scaled: I by exp(-|x|), K by exp(x) ------------------------
i0   = elementwise(sp.i0,   None,  lambda y, x: sp.i1(x))
i1   = elementwise(sp.i1,   None,  lambda y, x: (sp.i0(x) + sp.iv(2, x)) / 2)
iv   = elementwise(sp.iv,   None,  lambda y, v, x: np.exp(x) * ive_slope(v, x),   lambda y, v, x: (sp.iv(v - 1, x) + sp.iv(v + 1, x)) / 2)
i0e  = elementwise(sp.i0e,  None,  lambda y, x: sp.i1e(x) - np.sign(x) * y)
i1e  = elementwise(sp.i1e,  None,  lambda y, x: (sp.i0e(x) + sp.ive(2, x)) / 2 - np.sign(x) * y)
ive  = elementwise(sp.ive,  None,  lambda y, v, x: ive_slope(v, x),  lambda y, v, x: (sp.ive(v - 1, x) + sp.ive(v + 1, x)) / 2 - np.sign(np.real(x)) * y)
k0   = elementwise(sp.k0,   None,  lambda y, x: -sp.k1(x))
k1   = elementwise(sp.k1,   None,  lambda y, x: -(sp.k0(x) + sp.kv(2, x)) / 2)
kv   = elementwise(sp.kv,   None,  lambda y, v, x: np.exp(-x) * kve_slope(v, x),   lambda y, v, x: -(sp.kv(v - 1, x) + sp.kv(v + 1, x)) / 2)
kn   = elementwise(sp.kn,   None,  no_rule("kn", "its order"),   lambda y, v, x: -(sp.kv(whole(v) - 1, x) + sp.kv(whole(v) + 1, x)) / 2)
k0e  = elementwise(sp.k0e,  None,  lambda y, x: y - sp.k1e(x))
k1e  = elementwise(sp.k1e,  None,  lambda y, x: y - (sp.k0e(x) + sp.kve(2, x)) / 2)
kve  = elementwise(sp.kve,  None,  lambda y, v, x: kve_slope(v, x),  lambda y, v, x: y - (sp.kve(v - 1, x) + sp.kve(v + 1, x)) / 2)
# fmt: on


def airy_part(position: int, name: str, partial: Any) -> Primitive:
    """Return a row for one of the four results of `scipy.special.airy`."""
    return elementwise(lambda x: sp.airy(x)[position], None, partial, name=name)


# DLMF 9.2.1: w'' = x w.
ai_prime: Primitive
bi_prime: Primitive
ai = airy_part(0, "airy_ai", lambda y, x: ai_prime(x))
ai_prime = airy_part(1, "airy_ai_prime", lambda y, x: x * ai(x))
bi = airy_part(2, "airy_bi", lambda y, x: bi_prime(x))
bi_prime = airy_part(3, "airy_bi_prime", lambda y, x: x * bi(x))

implements(sp.airy)(lambda x: (ai(x), ai_prime(x), bi(x), bi_prime(x)))
