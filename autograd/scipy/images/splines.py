"""The coefficients of the spline through the elements of an array."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.ndimage as _original

from autograd.engine import Primitive
from autograd.errors import OptionError
from autograd.rules.shapes import along_axis
from autograd.rules.table import linear
from autograd.scipy.fallback import in_place_of, opaque
from autograd.scipy.images.filters import image, refuse_output

#: Along a shorter axis SciPy's filter for a reflection is no exact solution, and not symmetric.
SHORT = 64

#: Extensions whose matrix is symmetric. That of the others, a reflection about the last element, is
#: symmetric but for the first and the last row.
_SYMMETRIC = ("reflect", "grid-mirror", "nearest", "grid-wrap")


@opaque
def _filtered(x: Any, order: int, axis: int, mode: str) -> Any:
    """Return SciPy's coefficients along an axis."""
    kind = np.result_type(x, np.float32)
    return _original.spline_filter1d(x, order, axis, np.float64, mode).astype(kind, copy=False)


def _transpose(g: Any, x: Any, order: int, axis: int, mode: str) -> Any:
    n = np.shape(x)[axis]
    if mode in ("reflect", "grid-mirror", "nearest") and n < SHORT:
        matrix = _filtered(np.eye(n, dtype=np.real(x).dtype), order, 0, mode)
        return np.moveaxis(np.tensordot(matrix, g, (0, axis)), 0, axis)
    if mode in _SYMMETRIC:
        return _coefficients(g, order, axis, mode)
    ends = np.ones(n, np.real(x).dtype)
    ends[[0, -1]] = 0.5 if n > 1 else 1.0
    ends = along_axis(ends, axis, np.ndim(x))
    return _coefficients(g / ends, order, axis, mode) * ends


_coefficients: Primitive = linear(_filtered, _transpose, name="spline_filter")


@in_place_of(_original.spline_filter1d)
def spline_filter1d(
    input: Any, order: int = 3, axis: int = -1, output: Any = np.float64, mode: str = "mirror"
) -> Any:
    """Return the coefficients of a spline along an axis; see `scipy.ndimage.spline_filter1d`."""
    if not 0 <= order <= 5:
        raise OptionError(f"order={order} must be from 0 to 5.")
    refuse_output(output)
    x = image(input)
    x = np.astype(x, np.result_type(output, 1j) if np.iscomplexobj(x) else output)
    if order < 2 or np.shape(x)[axis] == 1:
        return +x
    return _coefficients(x, order, axis % np.ndim(x), mode)


@in_place_of(_original.spline_filter)
def spline_filter(
    input: Any, order: int = 3, output: Any = np.float64, mode: str = "mirror"
) -> Any:
    """Return the coefficients of a spline; see `scipy.ndimage.spline_filter`."""
    x = image(input)
    for axis in range(np.ndim(x)):
        x = spline_filter1d(x, order, axis, output, mode)
    return x
