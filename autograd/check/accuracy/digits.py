"""How many decimal digits of computed numbers are right."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.check.arrays import Vector


def digits_of_type(dtype: Any) -> float:
    """Return the digits of a rounded number: 16.0 in double precision, 7.2 in single.

    Examples
    --------
    >>> round(digits_of_type(np.float64), 1)
    16.0
    """
    return -math.log10(float(np.finfo(dtype).eps) / 2)


def right_digits(computed: Any, exact: Any, in_range: bool = True) -> Vector:
    """Return the right decimal digits of each element, from 0 to those of its type.

    Parameters
    ----------
    computed : array
        The numbers that a program computed.
    exact : array of object
        The exact ones, of mpmath.
    in_range : bool
        Whether what is too large or too small for the type counts as right if it became infinity
        or zero.
    """
    computed = np.asarray(computed)
    information = np.finfo(computed.dtype)
    found = [
        _digits(x, y, information, in_range)
        for x, y in zip(computed.ravel().tolist(), exact.ravel(), strict=True)
    ]
    return np.array(found, np.float64).reshape(computed.shape)


def _digits(x: Any, y: Any, information: Any, in_range: bool) -> float:
    full = -math.log10(float(information.eps) / 2)
    if x == y or (x != x and y != y):
        return full
    size = abs(y)
    if size == 0 or not abs(x) < math.inf or not size < math.inf:
        beyond = in_range and float(information.max) < size
        same_side = abs(x) == math.inf and not isinstance(x, complex) and (x > 0) == (y > 0)
        return full if beyond and same_side else 0.0
    error = abs(x - y)
    if in_range and error <= float(information.smallest_subnormal):
        return full
    if error >= size:
        return 0.0
    return float(min(full, -log10(error / size)))


def log10(ratio: Any) -> float:
    """Return log10 of a positive number of mpmath, which may be too small for a float.

    Parameters
    ----------
    ratio : mpf
        The number.
    """
    mantissa, exponent = ratio.context.frexp(ratio)
    return math.log10(float(mantissa)) + int(exponent) * math.log10(2)
