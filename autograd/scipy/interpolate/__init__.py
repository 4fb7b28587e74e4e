"""`scipy.interpolate` with derivatives: by the position and by the data, of any order.

Splines, piecewise cubics, tables on grids and radial functions take nodes as positions, as values and
as the places of the data. All other names are SciPy's own.
"""

from __future__ import annotations

from typing import Any

import scipy.interpolate as _original

from autograd.scipy.fallback import names_of as _names_of
from autograd.scipy.fallback import refusing_nodes_in as _refusing_nodes_in
from autograd.scipy.interpolate.bsplines import BSpline as BSpline
from autograd.scipy.interpolate.bsplines import make_interp_spline as make_interp_spline
from autograd.scipy.interpolate.bsplines import make_lsq_spline as make_lsq_spline
from autograd.scipy.interpolate.cubic import Akima1DInterpolator as Akima1DInterpolator
from autograd.scipy.interpolate.cubic import CubicHermiteSpline as CubicHermiteSpline
from autograd.scipy.interpolate.cubic import CubicSpline as CubicSpline
from autograd.scipy.interpolate.cubic import PchipInterpolator as PchipInterpolator
from autograd.scipy.interpolate.grids import RegularGridInterpolator as RegularGridInterpolator
from autograd.scipy.interpolate.grids import interpn as interpn
from autograd.scipy.interpolate.piecewise import PPoly as PPoly
from autograd.scipy.interpolate.radial import RBFInterpolator as RBFInterpolator
from autograd.scipy.interpolate.tables import interp1d as interp1d
from autograd.scipy.lists import take_lists as _take_lists

#: Interpolates piecewise by cubics that do not overshoot.
pchip = PchipInterpolator

LinearNDInterpolator, CloughTocher2DInterpolator = (
    _refusing_nodes_in(f"scipy.interpolate.{name}", getattr(_original, name))
    for name in ("LinearNDInterpolator", "CloughTocher2DInterpolator")
)

__getattr__ = _names_of(_original, "scipy.interpolate")

__all__ = list(_original.__all__)


def pchip_interpolate(xi: Any, yi: Any, x: Any, der: Any = 0, axis: int = 0) -> Any:
    """Return a `PchipInterpolator` or its derivative at points; see `scipy.interpolate`."""
    curve = PchipInterpolator(xi, yi, axis=axis)
    orders = [der] if isinstance(der, int) else der
    found = [curve(x, nu) for nu in orders]
    return found[0] if isinstance(der, int) else found


def __dir__() -> list[str]:
    return sorted({*dir(_original), *globals()})


_take_lists(globals(), _original, "make_interp_spline")  # its conditions are pairs
