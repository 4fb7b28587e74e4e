"""Statistics that compare samples, and their p-values: `ttest_ind`, `pearsonr`, `linregress` and others."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import scipy.stats as _original

from autograd.engine.dispatch import plain
from autograd.errors import OptionError
from autograd.scipy.fallback import in_place_of
from autograd.scipy.special import xlogy
from autograd.scipy.stats.families import number
from autograd.scipy.stats.tables.half_line import chi2
from autograd.scipy.stats.tables.heavy_tails import f as f_distribution
from autograd.scipy.stats.tables.interval import beta
from autograd.scipy.stats.tables.line import t as t_distribution


class Statistic(NamedTuple):
    """A statistic and its p-value. The degrees of freedom, if there are any, are its ``df``."""

    statistic: Any
    pvalue: Any

    @property
    def correlation(self) -> Any:
        """The statistic."""
        return self.statistic


class _OfStudent(Statistic):
    df: Any


class Line(NamedTuple):
    """What `linregress` returns: see `scipy.stats.linregress`."""

    slope: Any
    intercept: Any
    rvalue: Any
    pvalue: Any
    stderr: Any


class _LineWithIntercept(Line):
    intercept_stderr: Any


def _sample(x: Any, axis: Any) -> tuple[Any, Any]:
    x = number(x)
    flat = axis is None or np.ndim(x) == 0
    return (np.reshape(x, (-1,)), 0) if flat else (x, axis)


def _refuse(name: str, **options: Any) -> None:
    """Raise an error for options that are not SciPy's defaults."""
    defaults = {"nan_policy": "propagate", "trim": 0}
    for option, value in options.items():
        if value is not None and value is not False and value != defaults.get(option):
            raise OptionError(f"{name} of nodes has no {option}={value!r}.")


def _p_value(statistic: Any, distribution: Any, shapes: tuple[Any, ...], alternative: str) -> Any:
    """Return the probability of a statistic beyond this one, of a symmetric distribution."""
    if alternative == "two-sided":
        return 2 * distribution.sf(np.abs(statistic), *shapes)
    if alternative not in ("less", "greater"):
        raise ValueError("alternative must be 'less', 'greater' or 'two-sided'")
    return (distribution.cdf if alternative == "less" else distribution.sf)(statistic, *shapes)


def _t_test(statistic: Any, df: Any, alternative: str) -> Any:
    found = _OfStudent(statistic, _p_value(statistic, t_distribution, (df,), alternative))
    found.df = df
    return found


@in_place_of(_original.ttest_1samp)
def ttest_1samp(
    a: Any, popmean: Any, axis: Any = 0, nan_policy: str = "propagate", alternative: str = "two-sided", *,
    keepdims: bool = False,
) -> Any:  # fmt: skip
    """Return the t statistic of the mean of a sample."""
    _refuse("ttest_1samp", nan_policy=nan_policy, keepdims=keepdims)
    a, axis = _sample(a, axis)
    n = np.shape(a)[axis]
    error = np.std(a, axis=axis, ddof=1) / math.sqrt(n)
    return _t_test((np.mean(a, axis=axis) - number(popmean)) / error, n - 1.0, alternative)


@in_place_of(_original.ttest_rel)
def ttest_rel(
    a: Any, b: Any, axis: Any = 0, nan_policy: str = "propagate", alternative: str = "two-sided", *,
    keepdims: bool = False,
) -> Any:  # fmt: skip
    """Return the t statistic of the differences of pairs."""
    return ttest_1samp(number(a) - number(b), 0.0, axis, nan_policy, alternative, keepdims=keepdims)


def _of_two(parts: list[Any], equal_var: bool) -> Any:
    """Return the t statistic of two samples and its degrees of freedom."""
    mean1, std1, n, mean2, std2, m = parts
    first, second = std1**2, std2**2
    if equal_var:
        df = n + m - 2
        error = np.sqrt(((n - 1) * first + (m - 1) * second) / df * (1 / n + 1 / m))
    else:
        first, second = first / n, second / m
        df = (first + second) ** 2 / (first**2 / (n - 1) + second**2 / (m - 1))
        error = np.sqrt(first + second)
    return (mean1 - mean2) / error, df


@in_place_of(_original.ttest_ind_from_stats)
def ttest_ind_from_stats(
    mean1: Any, std1: Any, nobs1: Any, mean2: Any, std2: Any, nobs2: Any, equal_var: bool = True,
    alternative: str = "two-sided",
) -> Any:  # fmt: skip
    """Return the t statistic of two samples, from their means and standard deviations."""
    parts = [number(x) for x in (mean1, std1, nobs1, mean2, std2, nobs2)]
    statistic, df = _of_two(parts, equal_var)
    return Statistic(statistic, _p_value(statistic, t_distribution, (df,), alternative))


@in_place_of(_original.ttest_ind)
def ttest_ind(
    a: Any, b: Any, axis: Any = 0, equal_var: bool = True, nan_policy: str = "propagate",
    permutations: Any = None, random_state: Any = None, alternative: str = "two-sided", trim: Any = 0,
    *, method: Any = None, keepdims: bool = False,
) -> Any:  # fmt: skip
    """Return the t statistic of the means of two samples."""
    options = {"permutations": permutations, "random_state": random_state, "method": method}
    _refuse("ttest_ind", nan_policy=nan_policy, trim=trim, keepdims=keepdims, **options)
    (a, axis), (b, _) = _sample(a, axis), _sample(b, axis)
    parts = []
    for x in (a, b):
        n = np.shape(x)[axis]
        mean = np.mean(x, axis=axis)
        # The spread of a single number, which is unknown, has no weight in a common one.
        spread = 0.0 * mean if n == 1 and equal_var else np.std(x, axis=axis, ddof=1)
        parts += [mean, spread, float(n)]
    statistic, df = _of_two(parts, equal_var)
    return _t_test(statistic, df, alternative)


@in_place_of(_original.f_oneway)
def f_oneway(
    *samples: Any, axis: Any = 0, equal_var: bool = True, nan_policy: str = "propagate", keepdims: bool = False
) -> Any:  # fmt: skip
    """Return the F statistic of the means of several samples."""
    _refuse("f_oneway", nan_policy=nan_policy, keepdims=keepdims, equal_var=not equal_var)
    parts = [_sample(x, axis)[0] for x in samples]
    axis = 0 if axis is None else axis
    sizes = [np.shape(x)[axis] for x in parts]
    means = [np.mean(x, axis=axis, keepdims=True) for x in parts]
    whole = sum(n * m for n, m in zip(sizes, means, strict=True)) / sum(sizes)
    between = sum(n * (m - whole) ** 2 for n, m in zip(sizes, means, strict=True))
    within = sum(np.sum((x - m) ** 2, axis=axis) for x, m in zip(parts, means, strict=True))
    first, second = float(len(parts) - 1), float(sum(sizes) - len(parts))
    statistic = np.squeeze(between, axis) / first / (within / second)
    return Statistic(statistic, f_distribution.sf(statistic, first, second))


def _correlation(x: Any, y: Any, axis: int) -> Any:
    x, y = (a - np.mean(a, axis=axis, keepdims=True) for a in (x, y))
    squares = np.sum(x * x, axis=axis) * np.sum(y * y, axis=axis)
    return np.sum(x * y, axis=axis) / np.sqrt(squares)


@in_place_of(_original.pearsonr)
def pearsonr(
    x: Any, y: Any, *, alternative: str = "two-sided", method: Any = None, axis: Any = 0
) -> Any:
    """Return Pearson's correlation of two samples."""
    _refuse("pearsonr", method=method)
    (x, axis), (y, _) = _sample(x, axis), _sample(y, axis)
    n, r = np.shape(x)[axis], _correlation(x, y, axis)
    if n == 2:
        raise OptionError("pearsonr of nodes needs at least 3 pairs: of two it is always 1 or -1.")
    inner = np.minimum(np.maximum(r, -1.0), 1.0)
    half = n / 2 - 1.0
    tail = beta.sf(np.abs(inner) if alternative == "two-sided" else inner, half, half, -1.0, 2.0)
    p = {"two-sided": lambda: 2 * tail, "greater": lambda: tail, "less": lambda: 1 - tail}
    if alternative not in p:
        raise ValueError('`alternative` must be "less", "greater", or "two-sided".')
    return Statistic(r, p[alternative]())


@in_place_of(_original.linregress)
def linregress(
    x: Any, y: Any, alternative: str = "two-sided", *, axis: Any = 0, nan_policy: str = "propagate",
    keepdims: bool = False,
) -> Any:  # fmt: skip
    """Return the line with the least squares of residuals."""
    _refuse("linregress", nan_policy=nan_policy, keepdims=keepdims)
    (x, axis), (y, _) = _sample(x, axis), _sample(y, axis)
    means = [np.mean(a, axis=axis) for a in (x, y)]
    steps, rise = (a - np.expand_dims(m, axis) for a, m in zip((x, y), means, strict=True))
    square = np.sum(steps * steps, axis=axis)
    slope = np.sum(steps * rise, axis=axis) / square
    df = np.shape(x)[axis] - 2.0
    r = _correlation(x, y, axis)
    error = np.sqrt((1 - r * r) * np.sum(rise * rise, axis=axis) / square / df)
    statistic = r * np.sqrt(df / ((1 - r) * (1 + r)))
    p = _p_value(statistic, t_distribution, (df,), alternative)
    found = _LineWithIntercept(slope, means[1] - slope * means[0], r, p, error)
    found.intercept_stderr = error * np.sqrt(square / (df + 2) + means[0] ** 2)
    return found


@in_place_of(_original.jarque_bera)
def jarque_bera(
    x: Any, *, axis: Any = None, nan_policy: str = "propagate", keepdims: bool = False
) -> Any:
    """Return a statistic of skewness and kurtosis, which are 0 for normal samples."""
    _refuse("jarque_bera", nan_policy=nan_policy, keepdims=keepdims)
    x, axis = _sample(x, axis)
    d = x - np.mean(x, axis=axis, keepdims=True)
    second, third, fourth = (np.mean(d**k, axis=axis) for k in (2, 3, 4))
    skew, excess = third / second**1.5, fourth / second**2 - 3
    statistic = np.shape(x)[axis] / 6 * (skew**2 + excess**2 / 4)
    return Statistic(statistic, chi2.sf(statistic, 2.0))


_POWERS = {
    "pearson": 1.0, "log-likelihood": 0.0, "freeman-tukey": -0.5, "mod-log-likelihood": -1.0,
    "neyman": -2.0, "cressie-read": 2 / 3,
}  # fmt: skip


@in_place_of(_original.power_divergence)
def power_divergence(
    f_obs: Any, f_exp: Any = None, ddof: Any = 0, axis: Any = 0, lambda_: Any = None, *,
    nan_policy: str = "propagate", keepdims: bool = False, sum_check: bool = True,
) -> Any:  # fmt: skip
    """Return a statistic of observed and expected frequencies."""
    _refuse("power_divergence", nan_policy=nan_policy, keepdims=keepdims)
    power = 1.0 if lambda_ is None else _POWERS.get(lambda_, lambda_)
    observed, axis = _sample(f_obs, axis)
    if f_exp is None:
        expected = np.mean(observed, axis=axis, keepdims=True)
    else:
        expected = number(f_exp)
        sums = [np.sum(plain(x), axis=axis) for x in (observed, expected)]
        if sum_check and np.any(np.abs(sums[0] - sums[1]) > 1e-8 * np.minimum(*sums)):
            raise ValueError(
                f"The observed frequencies sum to {sums[0]}, and the expected ones to {sums[1]}: the "
                "sums must agree."
            )
    if isinstance(power, float) and power == 0:
        terms = 2 * xlogy(observed, observed / expected)
    elif isinstance(power, float) and power == -1:
        terms = 2 * xlogy(expected, expected / observed)
    elif isinstance(power, float) and power == 1:
        terms = (observed - expected) ** 2 / expected
    else:
        terms = 2 * observed * ((observed / expected) ** power - 1) / (power * (power + 1))
    statistic = np.sum(terms, axis=axis)
    count = np.shape(observed)[axis]
    return Statistic(statistic, chi2.sf(statistic, count - 1.0 - np.asarray(ddof)))


@in_place_of(_original.chisquare)
def chisquare(
    f_obs: Any, f_exp: Any = None, ddof: Any = 0, axis: Any = 0, *, sum_check: bool = True,
    nan_policy: str = "propagate", keepdims: bool = False,
) -> Any:  # fmt: skip
    """Return the χ² statistic of observed and expected frequencies."""
    options = {"nan_policy": nan_policy, "keepdims": keepdims, "sum_check": sum_check}
    return power_divergence(f_obs, f_exp, ddof, axis, **options)


@in_place_of(_original.scoreatpercentile)
def scoreatpercentile(
    a: Any, per: Any, limit: Any = (), interpolation_method: str = "fraction", axis: Any = None
) -> Any:
    """Return percentiles."""
    if limit:
        raise OptionError("scoreatpercentile of nodes has no limit=: choose the elements before.")
    methods = {"fraction": "linear", "lower": "lower", "higher": "higher"}
    percentile: Any = np.percentile
    return percentile(number(a), number(per), axis=axis, method=methods[interpolation_method])
