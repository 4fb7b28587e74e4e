"""`numpy.emath`: functions whose results become complex where real numbers would give NaN."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.engine.dispatch import plain
from autograd.rules.table import implements


def made_complex(x: Any, outside: Any) -> Any:
    """Convert all numbers to complex ones if any lies outside of a function's domain."""
    if np.iscomplexobj(plain(x)) or not np.any(outside(np.asarray(plain(x)))):
        return x
    x = x if hasattr(x, "astype") else np.asarray(x)
    return x.astype(np.result_type(x.dtype, np.complex64))


def extended(function: Any, real_function: Any, outside: Any) -> None:
    """Register a function of `numpy.emath` that has one of NumPy's within its domain."""

    @implements(function)
    def of_node(x: Any) -> Any:
        """Return the function, complex where it has to be."""
        return real_function(made_complex(x, outside))


def negative(x: Any) -> Any:
    """Say where numbers are below zero."""
    return x < 0


def beyond_one(x: Any) -> Any:
    """Say where numbers lie outside of [-1, 1]."""
    return np.abs(x) > 1


extended(np.emath.sqrt, np.sqrt, negative)
extended(np.emath.log, np.log, negative)
extended(np.emath.log2, np.log2, negative)
extended(np.emath.log10, np.log10, negative)
extended(np.emath.arccos, np.arccos, beyond_one)
extended(np.emath.arcsin, np.arcsin, beyond_one)
extended(np.emath.arctanh, np.arctanh, beyond_one)


@implements(np.emath.logn)
def logn(n: Any, x: Any) -> Any:
    """Return the logarithm to base `n`."""
    return np.log(made_complex(x, negative)) / np.log(made_complex(n, negative))


@implements(np.emath.power)
def power(x: Any, p: Any) -> Any:
    """Return a power; of a negative number it is complex."""
    x, p = (v if hasattr(v, "dtype") else np.asarray(v) for v in (x, p))
    return np.power(made_complex(x, negative), p)
