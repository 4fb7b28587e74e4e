"""Statistics of samples: `scipy.stats.sem`, `gmean`, `skew`, `zscore` and others with derivatives."""

from __future__ import annotations

import functools
import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.stats as _original

from autograd.engine import Node
from autograd.engine.dispatch import plain
from autograd.errors import NoRuleError, OptionError
from autograd.scipy.fallback import in_place_of
from autograd.scipy.special import boxcox, xlogy
from autograd.scipy.stats.families import number


def summary(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the counterpart of SciPy's function of the same name, which is given its axis.

    Arguments are bound as by SciPy's function; its NaN are results.
    """
    name = function.__name__
    original = getattr(_original, name)
    signature = inspect.signature(original)
    has_axis = "axis" in signature.parameters
    default = signature.parameters["axis"].default if has_axis else _DEFAULTS.get(name)
    samples = _SAMPLES.get(name, (next(iter(signature.parameters)),))

    @functools.wraps(function)
    def call(*arguments: Any, **keywords: Any) -> Any:
        given = signature.bind(*arguments, **keywords).arguments
        axis, keepdims = given.pop("axis", default), given.pop("keepdims", False)
        if (policy := given.pop("nan_policy", "propagate")) != "propagate":
            raise OptionError(
                f"{name} of nodes has no nan_policy={policy!r}: choose the elements before."
            )
        given |= {key: number(given[key]) for key in samples}
        shape = np.shape(given[samples[0]])
        if axis is None or (shape == () and axis in (0, -1)):
            given |= {key: np.reshape(given[key], (-1,)) for key in samples}
            found = function(**given, axis=0)
            if name in _SCORES:
                return np.reshape(found, shape)
            return np.reshape(found, (1,) * len(shape)) if keepdims else found
        found = function(**given, axis=axis)
        return np.expand_dims(found, axis) if keepdims else found

    return in_place_of(original)(call)


#: Which arguments have the axis, if not the first alone; the functions with a result for each element,
#: and the axis of those that take none.
_SAMPLES = {"zmap": ("scores", "compare"), "boxcox_llf": ("data",)}
_SCORES = ("zscore", "gzscore", "zmap")
_DEFAULTS = {"boxcox_llf": 0}


def _mean(x: Any, axis: int) -> Any:
    return np.mean(x, axis=axis, keepdims=True)


@summary
def sem(a: Any, *, axis: Any, ddof: int = 1) -> Any:
    """Return the standard error of the mean."""
    return np.std(a, axis=axis, ddof=ddof) / math.sqrt(np.shape(a)[axis])


def _average(x: Any, axis: int, weights: Any) -> Any:
    return np.mean(x, axis=axis) if weights is None else np.average(x, axis=axis, weights=weights)


@summary
def gmean(a: Any, *, axis: Any, weights: Any = None) -> Any:
    """Return the geometric mean."""
    return np.exp(_average(np.log(a), axis, weights))


@summary
def hmean(a: Any, *, axis: Any, weights: Any = None) -> Any:
    """Return the harmonic mean."""
    return 1 / _average(1 / a, axis, weights)


@summary
def pmean(a: Any, p: Any, *, axis: Any, weights: Any = None) -> Any:
    """Return the power mean."""
    if not isinstance(p, Node) and p == 0:
        return np.exp(_average(np.log(a), axis, weights))
    return _average(a**p, axis, weights) ** (1 / p)


@summary
def moment(a: Any, order: Any = 1, *, axis: Any, center: Any = None) -> Any:
    """Return a moment about the mean, or about a center."""
    middle = _mean(a, axis) if center is None else center
    return np.mean((a - middle) ** int(order), axis=axis)


@summary
def skew(a: Any, *, axis: Any, bias: bool = True) -> Any:
    """Return the skewness."""
    n, d = np.shape(a)[axis], a - _mean(a, axis)
    found = np.mean(d**3, axis=axis) / np.mean(d**2, axis=axis) ** 1.5
    return found if bias or n < 3 else found * math.sqrt(n * (n - 1)) / (n - 2)


@summary
def kurtosis(a: Any, *, axis: Any, fisher: bool = True, bias: bool = True) -> Any:
    """Return the kurtosis."""
    n, d = np.shape(a)[axis], a - _mean(a, axis)
    found = np.mean(d**4, axis=axis) / np.mean(d**2, axis=axis) ** 2
    if not bias and n > 3:
        found = ((n * n - 1) * found - 3 * (n - 1) ** 2) / ((n - 2) * (n - 3)) + 3
    return found - 3 if fisher else found


@summary
def variation(a: Any, *, axis: Any, ddof: int = 0) -> Any:
    """Return the ratio of the standard deviation to the mean."""
    return np.std(a, axis=axis, ddof=ddof) / np.mean(a, axis=axis)


@summary
def zscore(a: Any, *, axis: Any, ddof: int = 0) -> Any:
    """Return how many standard deviations each element is above the mean."""
    return (a - _mean(a, axis)) / np.std(a, axis=axis, ddof=ddof, keepdims=True)


@summary
def gzscore(a: Any, *, axis: Any, ddof: int = 0) -> Any:
    """Return `zscore` of the logarithms."""
    logs = np.log(a)
    return (logs - _mean(logs, axis)) / np.std(logs, axis=axis, ddof=ddof, keepdims=True)


@summary
def zmap(scores: Any, compare: Any, *, axis: Any, ddof: int = 0) -> Any:
    """Return how many standard deviations of others each element is above their mean."""
    return (scores - _mean(compare, axis)) / np.std(compare, axis=axis, ddof=ddof, keepdims=True)


@summary
def iqr(x: Any, *, axis: Any, rng: Any = (25, 75), scale: Any = 1.0) -> Any:
    """Return the range between two percentiles."""
    if scale == "normal":
        scale = 1.3489795003921634
    low, high = (np.percentile(x, q, axis=axis) for q in sorted(plain(rng)))
    return (high - low) / scale


@summary
def trim_mean(a: Any, proportiontocut: Any, *, axis: Any) -> Any:
    """Return the mean without a part of the elements at both ends."""
    n = np.shape(a)[axis]
    if isinstance(proportiontocut, Node):
        raise NoRuleError(
            "trim_mean drops a number of elements, which jumps with its proportion. Pass a plain "
            "number there (node.data)."
        )
    cut = int(np.reshape(proportiontocut, ()) * n)
    if 2 * cut >= n:
        raise OptionError(f"trim_mean cuts {cut} of {n} elements at each end: none is left.")
    return np.mean(np.take(np.sort(a, axis=axis), np.arange(cut, n - cut), axis=axis), axis=axis)


@summary
def boxcox_llf(lmb: Any, data: Any, *, axis: Any) -> Any:
    """Return the logarithm of the likelihood of Box and Cox's transform."""
    logs = np.log(data)
    spread = np.var(boxcox(data, lmb), axis=axis)
    count = np.shape(data)[axis]
    return (lmb - 1) * np.sum(logs, axis=axis) - count / 2 * np.log(spread)


@in_place_of(_original.entropy)
def entropy(
    pk: Any, qk: Any = None, base: Any = None, axis: int = 0, *, nan_policy: str = "propagate",
    keepdims: bool = False,
) -> Any:  # fmt: skip
    """Return the entropy of probabilities, or relative to others."""
    if nan_policy != "propagate":
        raise OptionError(f"entropy of nodes has no nan_policy={nan_policy!r}.")
    pk = number(pk)
    pk = pk / np.sum(pk, axis=axis, keepdims=True)
    parts = -xlogy(pk, pk)
    if qk is not None:
        qk = number(qk)
        parts = -parts - xlogy(pk, qk / np.sum(qk, axis=axis, keepdims=True))
    found = np.sum(parts, axis=axis, keepdims=keepdims)
    return found if base is None else found / np.log(base)


@in_place_of(_original.rankdata)
def rankdata(a: Any, *arguments: Any, **keywords: Any) -> Any:
    """Return the ranks of the elements, which have no derivative."""
    return _original.rankdata(plain(number(a)), *arguments, **keywords)
