"""Further statistics of one sample: of angles, of trimmed samples, robust and unbiased ones."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import scipy.stats as _original

from autograd.engine.dispatch import plain
from autograd.errors import NoRuleError, OptionError
from autograd.rules.elementwise import where
from autograd.scipy.fallback import in_place_of
from autograd.scipy.stats.families import number
from autograd.scipy.stats.summaries import kurtosis, skew, summary


@summary
def gstd(a: Any, *, axis: Any, ddof: int = 1) -> Any:
    """Return the geometric standard deviation."""
    return np.exp(np.std(np.log(a), axis=axis, ddof=ddof))


@summary
def median_abs_deviation(x: Any, *, axis: Any, center: Any = np.median, scale: Any = 1.0) -> Any:
    """Return the median of the distances from the median."""
    scale = 0.6744897501960817 if scale == "normal" else scale
    middle = np.expand_dims(center(x, axis=axis), axis)
    return np.median(np.abs(x - middle), axis=axis) / scale


# -- angles --------------------------------------------------------------------------------------


def _direction(samples: Any, axis: Any, low: Any, high: Any) -> tuple[Any, Any, Any]:
    """Return the mean cosine and sine of angles, and how much one radian is."""
    unit = (high - low) / (2 * math.pi)
    angles = (samples - low) / unit
    return np.mean(np.cos(angles), axis=axis), np.mean(np.sin(angles), axis=axis), unit


@summary
def circmean(samples: Any, *, axis: Any, high: Any = 2 * math.pi, low: Any = 0.0) -> Any:
    """Return the mean of angles, in their range."""
    c, s, unit = _direction(samples, axis, low, high)
    angle = np.arctan2(s, c)
    return where(plain(angle) < 0, angle + 2 * math.pi, angle) * unit + low


@summary
def circvar(samples: Any, *, axis: Any, high: Any = 2 * math.pi, low: Any = 0.0) -> Any:
    """Return one minus the length of the mean direction."""
    c, s, _ = _direction(samples, axis, low, high)
    return 1 - np.hypot(c, s)


@summary
def circstd(
    samples: Any, *, axis: Any, high: Any = 2 * math.pi, low: Any = 0.0, normalize: bool = False
) -> Any:
    """Return the standard deviation of angles."""
    c, s, unit = _direction(samples, axis, low, high)
    square = -2 * np.log(np.hypot(c, s))
    none = plain(square) <= 0  # all angles are equal, up to rounding
    found = where(none, 0.0, np.sqrt(where(none, 1.0, square)))
    return found if normalize else found * unit


# -- samples without what is beyond limits ---------------------------------------------------------


def _within(a: Any, limits: Any, inclusive: Any, axis: Any) -> tuple[Any, Any, Any]:
    """Return which elements are within limits, how many, and their mean."""
    low, high = (None, None) if limits is None else plain(tuple(limits))
    used = np.ones(np.shape(a), bool)
    if low is not None:
        used &= plain(a) >= low if inclusive[0] else plain(a) > low
    if high is not None:
        used &= plain(a) <= high if inclusive[1] else plain(a) < high
    count = np.sum(used, axis=axis)
    return used, count, np.sum(where(used, a, 0.0), axis=axis) / count


@summary
def tmean(a: Any, *, axis: Any, limits: Any = None, inclusive: Any = (True, True)) -> Any:
    """Return the mean of the elements within limits."""
    return _within(a, limits, inclusive, axis)[2]


@summary
def tvar(
    a: Any, *, axis: Any, limits: Any = None, inclusive: Any = (True, True), ddof: int = 1
) -> Any:
    """Return the variance of the elements within limits."""
    used, count, mean = _within(a, limits, inclusive, axis)
    squares = where(used, (a - np.expand_dims(mean, axis)) ** 2, 0.0)
    return np.sum(squares, axis=axis) / (count - ddof)


@summary
def tstd(
    a: Any, *, axis: Any, limits: Any = None, inclusive: Any = (True, True), ddof: int = 1
) -> Any:
    """Return the standard deviation of the elements within limits."""
    return np.sqrt(tvar(a, limits, inclusive, axis, ddof))


@summary
def tsem(
    a: Any, *, axis: Any, limits: Any = None, inclusive: Any = (True, True), ddof: int = 1
) -> Any:
    """Return the standard error of the mean of the elements within limits."""
    count = _within(a, limits, inclusive, axis)[1]
    return np.sqrt(tvar(a, limits, inclusive, axis, ddof) / count)


# -- others --------------------------------------------------------------------------------------


@summary
def kstat(data: Any, n: Any = 2, *, axis: Any) -> Any:
    """Return the unbiased estimate of a cumulant, up to the fourth."""
    size, mean = np.shape(data)[axis], np.mean(data, axis=axis, keepdims=True)
    if n == 1:
        return np.squeeze(mean, axis)
    second, third, fourth = (np.mean((data - mean) ** k, axis=axis) for k in (2, 3, 4))
    if n == 2:
        return size / (size - 1) * second
    if n == 3:
        return size**2 / ((size - 1) * (size - 2)) * third
    if n == 4:
        whole = (size + 1) * fourth - 3 * (size - 1) * second**2
        return size**2 * whole / ((size - 1) * (size - 2) * (size - 3))
    raise ValueError("k-statistics only supported for 1<=n<=4")


@summary
def differential_entropy(
    values: Any, *, axis: Any, window_length: Any = None, base: Any = None, method: str = "auto"
) -> Any:
    """Estimate the differential entropy of the distribution of a sample, from its spacings."""
    n = np.shape(values)[axis]
    m = math.floor(math.sqrt(n) + 0.5) if window_length is None else window_length
    if method == "auto":
        method = "van es" if n <= 10 else "ebrahimi" if n <= 1000 else "vasicek"
    x = np.moveaxis(np.sort(values, axis=axis), axis, -1)
    if method == "van es":
        found = np.mean(np.log((n + 1) / m * (x[..., m:] - x[..., :-m])), axis=-1)
        found = found + np.sum(1 / np.arange(m, n + 1)) + math.log(m) - math.log(n + 1)
    elif method in ("vasicek", "ebrahimi"):
        places = np.arange(n)
        rise = x[..., np.minimum(places + m, n - 1)] - x[..., np.maximum(places - m, 0)]
        rank = places + 1.0
        edge = np.where(
            rank <= m, 1 + (rank - 1) / m, np.where(rank >= n - m + 1, 1 + (n - rank) / m, 2.0)
        )
        found = np.mean(np.log(n * rise / ((edge if method == "ebrahimi" else 2) * m)), axis=-1)
    else:
        raise OptionError(
            f"differential_entropy of nodes has no method={method!r}: choose van es, vasicek or ebrahimi."
        )
    return found if base is None else found / math.log(base)


@summary
def expectile(a: Any, alpha: Any = 0.5, *, axis: Any, weights: Any = None) -> Any:
    """Return the number from which weighted distances up and down add up to the same."""
    weights = 1.0 if weights is None else number(weights)
    at = _original.expectile(
        plain(a), plain(alpha), weights=None if np.ndim(weights) == 0 else plain(weights)
    )
    shares = where(plain(a) > at, alpha, 1 - alpha) * weights
    return np.sum(shares * a, axis=axis) / np.sum(shares + 0.0 * plain(a), axis=axis)


class Description(NamedTuple):
    """What `describe` returns: see `scipy.stats.describe`."""

    nobs: Any
    minmax: Any
    mean: Any
    variance: Any
    skewness: Any
    kurtosis: Any


@in_place_of(_original.describe)
def describe(
    a: Any, axis: Any = 0, ddof: int = 1, bias: bool = True, nan_policy: str = "propagate"
) -> Any:
    """Return the size, range, mean, variance, skewness and kurtosis of a sample."""
    if nan_policy != "propagate":
        raise OptionError(f"describe of nodes has no nan_policy={nan_policy!r}.")
    a = number(a)
    a, axis = (np.reshape(a, (-1,)), 0) if axis is None or np.ndim(a) == 0 else (a, axis)
    return Description(
        np.int64(np.shape(a)[axis]),
        (np.min(a, axis=axis), np.max(a, axis=axis)),
        np.mean(a, axis=axis),
        np.var(a, axis=axis, ddof=ddof),
        skew(a, axis, bias),
        kurtosis(a, axis, bias=bias),
    )


# -- distances of two samples ----------------------------------------------------------------------


def _distance(u: Any, v: Any, u_weights: Any, v_weights: Any, p: int) -> Any:
    """Return the integral of a power of the distance of two empirical distribution functions."""
    u, v = number(u), number(v)
    if np.ndim(u) != 1 or np.ndim(v) != 1:
        raise OptionError("Distances of distributions of nodes need vectors of values.")
    weights = [
        np.ones(np.shape(x)[0]) if w is None else number(w)
        for x, w in ((u, u_weights), (v, v_weights))
    ]
    masses = np.concatenate([weights[0] / np.sum(weights[0]), -weights[1] / np.sum(weights[1])])
    values = np.concatenate([u, v])
    order = np.argsort(plain(values), kind="stable")
    values, masses = values[order], masses[order]
    heights = np.abs(np.cumsum(masses)[:-1])
    return np.sum(heights**p * (values[1:] - values[:-1]))


@in_place_of(_original.wasserstein_distance)
def wasserstein_distance(
    u_values: Any, v_values: Any, u_weights: Any = None, v_weights: Any = None
) -> Any:
    """Return the least mean distance by which one distribution is moved to another."""
    return _distance(u_values, v_values, u_weights, v_weights, 1)


@in_place_of(_original.energy_distance)
def energy_distance(
    u_values: Any, v_values: Any, u_weights: Any = None, v_weights: Any = None
) -> Any:
    """Return the energy distance of two distributions."""
    return np.sqrt(2 * _distance(u_values, v_values, u_weights, v_weights, 2))


# -- transforms to normal samples ------------------------------------------------------------------


def _only_given(name: str, lmbda: Any, more: Any) -> None:
    if lmbda is None or any(x is not None for x in more):
        raise NoRuleError(
            f"scipy.stats.{name} of nodes needs lmbda=. Its estimate is a solution: maximize "
            f"{name}_llf with autograd.scipy.optimize.minimize_scalar, whose result is a node."
        )


@in_place_of(_original.boxcox)
def boxcox(x: Any, lmbda: Any = None, alpha: Any = None, optimizer: Any = None) -> Any:
    """Return Box and Cox's transform of a positive sample, with a given parameter."""
    from autograd.scipy.special import boxcox as transform

    _only_given("boxcox", lmbda, (alpha, optimizer))
    return transform(number(x), number(lmbda))


def _yeojohnson(x: Any, lmbda: Any) -> Any:
    from autograd.scipy.special import boxcox1p

    positive = plain(x) >= 0
    above, below = where(positive, x, 0.0), where(positive, 0.0, x)
    return where(positive, boxcox1p(above, lmbda), -boxcox1p(-below, 2 - lmbda))


@in_place_of(_original.yeojohnson)
def yeojohnson(x: Any, lmbda: Any = None) -> Any:
    """Return Yeo and Johnson's transform of a sample, with a given parameter."""
    _only_given("yeojohnson", lmbda, ())
    return _yeojohnson(number(x), number(lmbda))


@in_place_of(_original.yeojohnson_llf)
def yeojohnson_llf(lmb: Any, data: Any, **options: Any) -> Any:
    """Return the logarithm of the likelihood of Yeo and Johnson's transform."""
    if any(value not in (0, "propagate", False) for value in options.values()):
        raise OptionError(f"yeojohnson_llf of nodes has no options {', '.join(options)}.")
    lmb, data = number(lmb), number(data)
    spread = np.var(_yeojohnson(data, lmb), axis=0)
    logs = np.sum(np.sign(plain(data)) * np.log1p(np.abs(data)), axis=0)
    return (lmb - 1) * logs - np.shape(data)[0] / 2 * np.log(spread)
