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
from autograd.scipy.fallback import real_part, recorded
from autograd.scipy.rules.quadrature import column
from autograd.scipy.rules.series import by_parameter, sum_0f1, sum_1f1, sum_2f1


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


_POINTS, _WEIGHTS = np.polynomial.legendre.leggauss(50)


def _over_angles(integrand: Any, phi: Any, m: Any) -> Any:
    """Integrate from 0 to an angle."""
    angles = column(phi) * (_POINTS + 1) / 2
    return np.sum(integrand(angles, column(m)) * _WEIGHTS, axis=-1) * phi / 2


def ellipkinc_slope(y: Any, phi: Any, m: Any) -> Any:
    """Return the derivative of F(φ, m) by m (DLMF 19.4.6), for small m as an integral."""
    small = (np.abs(plain(m)) < 0.3) & (np.abs(plain(phi)) < 2)
    close = _over_angles(
        lambda t, m: np.sin(t) ** 2 / (2 * root(t, m) ** 3),
        where(small, phi, 0.0),
        where(small, m, 0.0),
    )
    m, rest = where(small, 0.5, m), 1 - where(small, 0.5, m)
    other = sp.ellipeinc(phi, m) - rest * y
    far = other / (2 * m * rest) - np.sin(2 * phi) / (4 * rest * root(phi, m))
    return where(small, close, far)


def ellipeinc_slope(y: Any, phi: Any, m: Any) -> Any:
    """Return the derivative of E(φ, m) by m (DLMF 19.4.7), for small m as an integral."""
    small = (np.abs(plain(m)) < 0.3) & (np.abs(plain(phi)) < 2)
    close = _over_angles(
        lambda t, m: -(np.sin(t) ** 2) / (2 * root(t, m)),
        where(small, phi, 0.0),
        where(small, m, 0.0),
    )
    m = where(small, 0.5, m)
    return where(small, close, (y - sp.ellipkinc(phi, m)) / (2 * m))


@functools.cache
def lambertw_branch(k: int, tolerance: float) -> Primitive:
    """Return a branch of the Lambert W function, the inverse of w exp(w) (DLMF 4.13.4)."""
    branch = functools.wraps(sp.lambertw)(lambda z: recorded(sp.lambertw)(z, k, tolerance))
    return elementwise(
        branch,
        real_part(branch),
        lambda w, z: 1 / (z + exp(w)),
        name=f"lambertw{k or ''}",
    )


# The derivatives of the complete elliptic integrals (DLMF 19.5.1, 15.5.1) are written so that
# nothing cancels near m = 0.
# fmt: off
hyp0f1     = elementwise(sp.hyp0f1,     None,  by_parameter(sum_0f1, 0),   lambda y, b, x: sp.hyp0f1(b + 1, x) / b)
hyp1f1     = elementwise(sp.hyp1f1,     None,  by_parameter(sum_1f1, 0),   by_parameter(sum_1f1, 1),
                                               lambda y, a, b, x: a / b * sp.hyp1f1(a + 1, b + 1, x))
hyp2f1     = elementwise(sp.hyp2f1,     None,  by_parameter(sum_2f1, 0),   by_parameter(sum_2f1, 1),   by_parameter(sum_2f1, 2),
                                               lambda y, a, b, c, x: a * b / c * sp.hyp2f1(a + 1, b + 1, c + 1, x))
ellipk     = elementwise(sp.ellipk,     None,  lambda y, m: math.pi / 8 * sp.hyp2f1(1.5, 1.5, 2.0, m))
ellipe     = elementwise(sp.ellipe,     None,  lambda y, m: -math.pi / 8 * sp.hyp2f1(0.5, 1.5, 2.0, m))
ellipkm1   = elementwise(sp.ellipkm1,   None,  lambda y, p: -math.pi / 8 * sp.hyp2f1(0.5, 0.5, 2.0, 1 - p) / p)
ellipkinc  = elementwise(sp.ellipkinc,  None,  lambda y, phi, m: 1 / root(phi, m),     ellipkinc_slope)
ellipeinc  = elementwise(sp.ellipeinc,  None,  lambda y, phi, m: root(phi, m),         ellipeinc_slope)
spence     = elementwise(sp.spence,     None,  lambda y, x: -log_ratio(x - 1))
wrightomega = elementwise(sp.wrightomega, None,  lambda w, z: w / (1 + w))
# fmt: on
