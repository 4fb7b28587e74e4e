"""Galleries of accurate and inaccurate functions: digits by mpmath, lines, causes, formulas."""

import functools
import inspect
import math

import mpmath
import numpy as np
import pytest
from check.digits import accurate, gradients, inaccurate

import autograd
from autograd.check import check_precision

M = mpmath.mp.clone()
M.dps = 400
#: What a report may differ from mpmath's digits by.
ALLOWED = 0.05


@functools.cache
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
    full = -math.log10(float(np.finfo(computed.dtype).eps) / 2)
    for found, x, y in zip(np.ravel(report_digits), np.ravel(computed), flat, strict=True):
        expected = digits_of(x, y)
        # Near the last digit the two computations may round differently: BLAS is free to.
        allowed = ALLOWED if expected < full - 1.5 else 1.0
        assert found == pytest.approx(expected, abs=allowed)


def marks(function, mark="# loses: "):
    """Return the lines that are marked, and how they lose digits."""
    lines, start = inspect.getsourcelines(function)
    marked = [(start + i, line.split(mark)) for i, line in enumerate(lines)]
    return {number: parts[1].strip() for number, parts in marked if len(parts) > 1}


def node(x):
    """Return what a program gets for an input: nodes for numbers that are not integers."""
    if isinstance(x, float):
        return autograd.Value(x)
    return autograd.Tensor(x) if np.asarray(x).dtype.kind in "fc" else x


EVERY = {
    f"{gallery.__name__.split('.')[-1]}-{name}": case
    for gallery in (inaccurate, accurate, gradients)
    for name, case in gallery.CASES.items()
}


@pytest.mark.parametrize("case", EVERY.values(), ids=EVERY)
def test_digits_are_those_of_the_function_in_mpmath(case):
    with np.errstate(all="ignore"):
        computed = case.function(*map(node, case.inputs)).data
    exact = case.exact(M, *map(numbers, case.inputs))
    compare(measured(case).results["result"], np.asarray(computed), exact)


def derivative(case, argument, position):
    """Return the derivative of the result in mpmath by a central difference."""
    inputs = [numbers(x) for x in case.inputs]
    ends = []
    for sign in (1, -1):
        moved = np.array(inputs[argument], dtype=object)
        step = M.mpf(10) ** -80 * (abs(moved.ravel()[position]) or 1)
        moved.reshape(-1)[position] += sign * step
        others = inputs[:argument], inputs[argument + 1 :]
        ends.append(case.exact(M, *others[0], moved.tolist(), *others[1]))
    return (ends[0] - ends[1]) / (2 * step)


def is_number(case):
    with np.errstate(all="ignore"):
        return np.ndim(case.function(*map(node, case.inputs)).data) == 0


NUMBERS = {
    name: case
    for name, case in EVERY.items()
    if not any(np.iscomplexobj(x) for x in case.inputs) and is_number(case)
}


@pytest.mark.parametrize("case", NUMBERS.values(), ids=NUMBERS)
def test_digits_of_gradients_are_those_in_mpmath(case):
    report = measured(case)
    leaves = [node(x) for x in case.inputs]
    with np.errstate(all="ignore"):
        case.function(*leaves).backward()
    for argument, (path, digits) in enumerate(report.gradient_digits.items()):
        known = np.flatnonzero(~np.isnan(np.ravel(digits)))
        for position in known[:4]:
            computed = np.ravel(np.asarray(leaves[argument].grad))[position]
            exact = derivative(case, argument, int(position))
            if exact != 0:
                found = np.ravel(digits)[position]
                assert found == pytest.approx(digits_of(computed, exact), abs=ALLOWED), path


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
    expected = marks(accurate.CASES[name].function, "# gradient loses: ")
    assert {line.place.line: line.reason for line in report.gradient_lines} == expected


@pytest.mark.parametrize("name", gradients.CASES)
def test_line_of_an_inaccurate_gradient_is_named(name):
    case = gradients.CASES[name]
    report = measured(case)
    assert report.lines == []
    assert report.digits > report.full - 1
    (line,) = report.gradient_lines
    assert {line.place.line: line.reason} == marks(case.function, "# gradient loses: ")
    assert line.gradient
    assert line.suggestion == case.suggestion
    worst = min(np.min(digits) for digits in report.gradient_digits.values())
    assert worst < report.full - 3
    if case.suggestion:
        assert report.gradient_improved > worst + 3


def test_galleries_are_large():
    assert len(inaccurate.CASES) >= 40
    assert len(accurate.CASES) >= 35
