"""`numpy.emath`: functions that return complex numbers where real ones would be NaN."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.engine.dispatch import plain
from autograd.rules.kernel import holds
from autograd.rules.shapes import arrays
from autograd.rules.table import implements


def made_complex(x: Any, outside: Any) -> Any:
    """Convert to complex numbers if any element lies outside of the real domain."""
    if np.iscomplexobj(plain(x)) or not holds(outside(arrays(plain(x))[0])):
        return x
    x = x if hasattr(x, "astype") else np.asarray(x)
    return x.astype(np.result_type(x.dtype, np.complex64))


def extended(function: Any, real_function: Any, outside: Any) -> None:
    """Register a function of `numpy.emath` that equals a NumPy function on the real domain."""

    @implements(function)
    def of_node(x: Any) -> Any:
        """Return the function, complex where necessary."""
        return real_function(made_complex(x, outside))


def negative(x: Any) -> Any:
    """Return where numbers are negative."""
    return x < 0


def beyond_one(x: Any) -> Any:
    """Return where numbers lie outside of [-1, 1]."""
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
    """Return a power; complex for negative numbers."""
    x, p = arrays(x, p)
    return np.power(made_complex(x, negative), p)
