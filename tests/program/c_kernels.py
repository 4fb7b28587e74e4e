"""What tests of kernels in C share: a cache of their own, and how results are compared."""

import warnings

import numpy as np

from autograd import jit


def replayed(function, *arguments):
    """Return what the C kernels of a function compute, and its report."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        jitted = jit(lambda *x: function(*x), backend="c")
        jitted(*arguments)
        return jitted(*arguments), jitted.summary()


def distance(found, wanted):
    """Return how many floating point numbers lie between others; zeros have signs."""
    kind = {4: np.int32, 8: np.int64}[found.dtype.itemsize]

    def position(x):
        bits = x.view(kind).astype(object)
        return np.where(bits < 0, -(bits + (1 << (8 * x.dtype.itemsize - 1))) - 1, bits)

    steps = np.abs(position(found) - position(wanted)).astype(float)
    both = np.isnan(found) & np.isnan(wanted)
    steps[both] = 0
    steps[np.isnan(found) != np.isnan(wanted)] = np.inf
    steps[(found == 0) & (wanted == 0) & (np.signbit(found) != np.signbit(wanted))] = np.inf
    return steps


def unlike(found, wanted, digits):
    """Return what differs between two results; "" if they agree to `digits`."""
    if type(found) is not type(wanted):
        return f"{type(found)} and not {type(wanted)}"
    a, b = np.asarray(found), np.asarray(wanted)
    if (a.dtype, a.shape) != (b.dtype, b.shape):
        return f"{a.dtype}{a.shape} and not {b.dtype}{b.shape}"
    if a.dtype.kind != "f":
        return "" if np.array_equal(a, b) else f"{a} and not {b}"
    size = np.max(np.abs(b[np.isfinite(b)]), initial=1.0)
    limit = 10.0**-digits
    same = np.allclose(a, b, rtol=limit, atol=limit * size, equal_nan=True)
    return "" if same else f"{a} and not {b}"
