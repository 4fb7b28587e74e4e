"""Whether a function under `jit` does what it does without: results, errors, warnings, arguments."""

import copy
import dataclasses
import math
import warnings
from collections import namedtuple

import numpy as np

from autograd import Tensor, Value, jit
from autograd.errors import AutogradError


def alike(a, b):
    """Return whether two results are the same: types, shapes, and every bit of the numbers."""
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        if a.dtype != b.dtype or a.shape != b.shape:
            return False
        if a.dtype == object:
            return all(map(alike, a.reshape(-1), b.reshape(-1)))
        return _bits(a) == _bits(b)
    if isinstance(a, np.generic):
        return a.dtype == b.dtype and _bits(a) == _bits(b)
    if isinstance(a, float | complex):
        return _bits(np.array(a)) == _bits(np.array(b))
    if isinstance(a, tuple | list):
        return len(a) == len(b) and all(map(alike, a, b))
    if isinstance(a, dict):
        return alike(list(a), list(b)) and all(alike(a[key], b[key]) for key in a)
    if isinstance(a, Value | Tensor):
        return alike(a.data, b.data) and alike(a.grad, b.grad)
    if isinstance(a, slice):
        return alike((a.start, a.stop, a.step), (b.start, b.stop, b.step))
    if dataclasses.is_dataclass(a):
        return alike(vars(a), vars(b))
    return a == b or a is b


def near(a, b):
    """Return whether two results are the same up to rounding, in a few of the last digits."""
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray | np.generic | float | complex):
        x, y = np.asarray(a), np.asarray(b)
        if (x.dtype, x.shape) != (y.dtype, y.shape) or x.dtype.kind not in "fc":
            return alike(a, b)
        limit = 1e-3 if x.dtype.itemsize == (4 if x.dtype.kind == "f" else 8) else 1e-9
        size = np.max(np.abs(y[np.isfinite(y)]), initial=0.0)
        return np.allclose(x, y, rtol=limit, atol=limit * size, equal_nan=True)
    if isinstance(a, tuple | list):
        return len(a) == len(b) and all(map(near, a, b))
    if isinstance(a, dict):
        return alike(list(a), list(b)) and all(near(a[key], b[key]) for key in a)
    if isinstance(a, Value | Tensor):
        return near(a.data, b.data) and near(a.grad, b.grad)
    return alike(a, b)


def _bits(x):
    """Return the bytes of an array, with one NaN for all: the sign of a NaN means nothing."""
    x = np.asarray(x)
    if x.dtype.kind == "c":
        return _bits(x.real) + _bits(x.imag)
    if x.dtype.kind == "f":
        x = np.where(np.isnan(x), np.array(np.nan, x.dtype), x)
    return x.tobytes()


class Outcome:
    """What a call did.

    Attributes
    ----------
    result : any
        What it returned, or None.
    error : Exception or None
        What it raised.
    warnings : list of str
        What it warned of.
    arguments : tuple
        The arguments afterwards.
    """

    def __init__(self, function, arguments, keywords):
        self.result = self.error = None
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                self.result = function(*arguments, **keywords)
            except Exception as error:
                self.error = error
        self.warnings = sorted({str(w.message) for w in caught})
        self.arguments = (arguments, keywords)

    def difference(self, other, warned=True, same=alike):
        """Return what differs from another outcome; None if nothing does."""
        if (self.error is None) != (other.error is None):
            return f"raised {self.error!r} instead of {other.error!r}"
        if self.error is not None and (
            type(self.error) is not type(other.error) or str(self.error) != str(other.error)
        ):
            return f"raised {self.error!r} instead of {other.error!r}"
        if not same(self.result, other.result):
            return f"returned {self.result!r} instead of {other.result!r}"
        if not same(self.arguments, other.arguments):
            return f"left the arguments {self.arguments!r} instead of {other.arguments!r}"
        if warned and self.warnings != other.warnings:
            return f"warned {self.warnings} instead of {other.warnings}"
        return None


def difference(
    function, *calls, keywords=None, warned=True, refusal=False, backend=None, same=alike
):
    """Return how `jit` of a function differs from the function, called with each arguments in turn.

    Parameters
    ----------
    function : callable
        The function, or a list of two equal ones with their own state: for jit and for comparison.
    calls : tuple
        The arguments of each call.
    keywords : list of dict, optional
        The keyword arguments of each call.
    warned : bool
        Compare warnings too.
    refusal : bool
        Let jit raise an error of this library that says what to write.
    backend : str, optional
        What runs the programs.
    same : callable
        Returns whether two results are the same.
    """
    first, second = function if isinstance(function, list) else (function, function)
    replayed = jit(first, backend=backend)
    for number, arguments in enumerate(calls):
        named = keywords[number] if keywords else {}
        wanted = Outcome(second, *copy.deepcopy((arguments, named)))
        found = Outcome(replayed, *copy.deepcopy((arguments, named)))
        if isinstance(found.error, AutogradError) and (refusal or wanted.error is not None):
            return None
        fault = found.difference(wanted, warned, same)
        if fault:
            return f"call {number}, {arguments!r}: {fault}"
    return None


Point = namedtuple("Point", "x y")


def array(*numbers):
    return np.array(numbers, float)


VECTORS = [
    array(1, 2, 3), array(-1, 2, -3), array(0.5, -0.0, np.nan), array(3, 2, 1), array(1, 1, 1),
    array(-np.inf, 0, np.inf), array(1, 2, 3),
]  # fmt: skip
NUMBERS = [1.5, -2.5, 0.0, -0.0, 3.0, 1.5, math.inf, math.nan, 1e-310]
INTEGERS = [np.arange(4), np.arange(4) * 2, np.arange(4)[::-1]]


def paths(jitted):
    return [path for found in jitted._cache.values() for path in found]


def same_as_before(replayed, f, *arguments):
    """Check one call."""
    assert alike(replayed(*copy.deepcopy(arguments)), f(*copy.deepcopy(arguments))), arguments
