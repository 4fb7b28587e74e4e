"""Spherical harmonics as functions of the polar angle (DLMF 14.30)."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special as sp

from autograd.engine import Primitive
from autograd.rules.table import elementwise
from autograd.scipy.fallback import recorded


def _real_part(theta: Any, n: Any, m: Any) -> Any:
    return np.real(recorded(sp.sph_harm_y)(n, m, theta, 0.0))


def _slope(y: Any, theta: Any, n: Any, m: Any) -> Any:
    """Return the derivative by the angle, from the orders above and below: no pole at the poles."""
    n, m = np.asarray(n, float), np.asarray(m, float)
    squares = (n - m) * (n + m + 1), (n + m) * (n - m + 1)
    up, down = (np.sqrt(np.maximum(square, 0.0)) for square in squares)  # 0 beyond the degree
    return (up * polar(theta, n, m + 1) - down * polar(theta, n, m - 1)) / 2


def _of_order(theta: Any, n: Any, m: Any) -> Any:
    """Return the harmonic at azimuth 0; 0 for orders beyond the degree."""
    n, m = np.asarray(n, int), np.asarray(m, int)
    known = np.abs(m) <= n
    return np.where(known, _real_part(theta, n, np.where(known, m, 0)), 0.0)


polar: Primitive = elementwise(_of_order, None, _slope, name="sph_harm_y")
