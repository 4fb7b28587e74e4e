"""Galleries of accurate and inaccurate functions: digits by mpmath, lines, causes, formulas."""

import inspect
import math

import mpmath
import numpy as np
import pytest
from check.digits import accurate, inaccurate

import autograd
from autograd.check import check_precision

M = mpmath.mp.clone()
M.dps = 400
#: What a report may differ from mpmath's digits by.
ALLOWED = 0.05


def measured(case):
    return check_precision(case.function, *case.inputs)


def number(x):
    return M.mpc(x) if isinstance(x, complex) else M.mpf(x)


def numbers(x):
    """Return the exact numbers of an input, as nested lists of mpmath's."""
    return number(np.asarray(x).item()) if np.ndim(x) == 0 else [numbers(item) for item in x]


def digits_of(computed, exact):
    """Return the right digits of a number of NumPy, compared with one of mpmath."""
    information = np.finfo(computed.dtype)
    full = -math.log10(float(information.eps) / 2)
    computed = computed.item()
    if not np.isfinite(computed):
        return 0.0
    error = abs(number(computed) - exact)
    if error <= float(information.smallest_subnormal):
        return full
    return max(0.0, min(full, -float(M.log10(error / abs(exact)))))


def compare(report_digits, computed, exact):
    flat = np.array(exact, dtype=object).ravel()
    assert flat.shape == np.ravel(computed).shape == np.ravel(report_digits).shape
    for found, x, y in zip(np.ravel(report_digits), np.ravel(computed), flat, strict=True):
        assert found == pytest.approx(digits_of(x, y), abs=ALLOWED)


def marks(function):
    """Return the lines that are marked, and how they lose digits."""
    lines, start = inspect.getsourcelines(function)
    marked = [(start + i, line.split("# loses: ")) for i, line in enumerate(lines)]
    return {number: parts[1].strip() for number, parts in marked if len(parts) > 1}


EVERY = {
    f"{gallery.__name__.split('.')[-1]}-{name}": case
    for gallery in (inaccurate, accurate)
    for name, case in gallery.CASES.items()
}


@pytest.mark.parametrize("case", EVERY.values(), ids=EVERY)
def test_digits_are_those_of_the_function_in_mpmath(case):
    with np.errstate(all="ignore"):
        computed = case.function(*map(node, case.inputs)).data
    exact = case.exact(M, *map(numbers, case.inputs))
    compare(measured(case).results["result"], np.asarray(computed), exact)


def node(x):
    """Return what a program gets for an input: nodes for numbers that are not integers."""
    if isinstance(x, float):
        return autograd.Value(x)
    return autograd.Tensor(x) if np.asarray(x).dtype.kind in "fc" else x


@pytest.mark.parametrize("name", inaccurate.CASES)
def test_line_cause_and_formula_are_named(name):
    case = inaccurate.CASES[name]
    report = measured(case)
    assert {line.place.line: line.reason for line in report.lines} == marks(case.function)
    assert all(line.before > line.after for line in report.lines)
    suggestions = [line.suggestion for line in report.lines]
    assert case.suggestion in suggestions
    if case.suggestion:
        assert report.improved > report.digits + 2


@pytest.mark.parametrize("name", accurate.CASES)
def test_no_line_of_an_accurate_function_is_accused(name):
    report = measured(accurate.CASES[name])
    assert report.lines == []
    assert report.unknown == []
    assert math.isnan(report.improved)


def test_galleries_are_large():
    assert len(inaccurate.CASES) >= 40
    assert len(accurate.CASES) >= 35
