"""Hypergeometric functions and elliptic integrals: DLMF chapters 13, 15, 16, 19; dilogarithm 25.12."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np
import scipy.special as sp

from autograd.engine import Primitive
from autograd.engine.dispatch import plain
from autograd.rules.elementwise import exp, where
from autograd.rules.table import elementwise
from autograd.scipy.fallback import no_rule, recorded


def log_ratio(z: Any) -> Any:
    """Return log(1 + z) / z; near zero by its series."""
    near = np.abs(plain(z)) < 1e-3
    away, close = where(near, 1.0, z), where(near, z, 0.0)
    series: Any = 0.0
    for n in range(8, 0, -1):
        series = 1 / n - close * series
    return where(near, series, np.log1p(away) / away)


def root(phi: Any, m: Any) -> Any:
    """Return √(1 - m sin²φ)."""
    return np.sqrt(1 - m * np.sin(phi) ** 2)


@functools.cache
def lambertw_branch(k: int, tolerance: float) -> Primitive:
    """Return a branch of the Lambert W function, the inverse of w exp(w) (DLMF 4.13.4)."""
    return elementwise(
        lambda z: recorded(sp.lambertw)(z, k, tolerance),
        None,
        lambda w, z: 1 / (z + exp(w)),
        name=f"lambertw{k or ''}",
    )


# The derivatives of the complete elliptic integrals (DLMF 19.5.1, 15.5.1) are written so that
# nothing cancels near m = 0.
# fmt: off
hyp0f1     = elementwise(sp.hyp0f1,     None,  no_rule("hyp0f1", "its parameter"),     lambda y, b, x: sp.hyp0f1(b + 1, x) / b)
hyp1f1     = elementwise(sp.hyp1f1,     None,  no_rule("hyp1f1", "its parameter a"),   no_rule("hyp1f1", "its parameter b"),
                                               lambda y, a, b, x: a / b * sp.hyp1f1(a + 1, b + 1, x))
hyp2f1     = elementwise(sp.hyp2f1,     None,  no_rule("hyp2f1", "its parameter a"),   no_rule("hyp2f1", "its parameter b"),
                                               no_rule("hyp2f1", "its parameter c"),
                                               lambda y, a, b, c, x: a * b / c * sp.hyp2f1(a + 1, b + 1, c + 1, x))
ellipk     = elementwise(sp.ellipk,     None,  lambda y, m: math.pi / 8 * sp.hyp2f1(1.5, 1.5, 2.0, m))
ellipe     = elementwise(sp.ellipe,     None,  lambda y, m: -math.pi / 8 * sp.hyp2f1(0.5, 1.5, 2.0, m))
ellipkm1   = elementwise(sp.ellipkm1,   None,  lambda y, p: -math.pi / 8 * sp.hyp2f1(0.5, 0.5, 2.0, 1 - p) / p)
ellipkinc  = elementwise(sp.ellipkinc,  None,  lambda y, phi, m: 1 / root(phi, m),     no_rule("ellipkinc", "its parameter m"))
ellipeinc  = elementwise(sp.ellipeinc,  None,  lambda y, phi, m: root(phi, m),         no_rule("ellipeinc", "its parameter m"))
spence     = elementwise(sp.spence,     None,  lambda y, x: -log_ratio(x - 1))
wrightomega = elementwise(sp.wrightomega, None,  lambda w, z: w / (1 + w))
# fmt: on
