"""Random formulas: the digits that are counted are those of the formula in mpmath."""

import math
import os
import random

import mpmath
import numpy as np
import pytest

from autograd import Value
from autograd.check import check_precision

#: The number of formulas; `make fuzz` multiplies it.
COUNT = round(120 * float(os.environ.get("CHAINRULE_FUZZ", "1")))

M = mpmath.mp.clone()
M.dps = 700
FUNCTIONS = ("exp", "log", "sqrt", "sin", "cos", "tanh", "expm1", "log1p", "sinh", "cosh")
SIZES = (1e-9, 1e-5, 0.3, 1.0, 7.0, 30.0, 1e4, 1e8)
FULL = -math.log10(2.0**-53)


def formula(source, depth):
    kind = source.random()
    if depth == 0 or kind < 0.12:
        return source.choice("xy")
    if kind < 0.5:
        return f"{source.choice(FUNCTIONS)}({formula(source, depth - 1)})"
    if kind < 0.9:
        sign = source.choice("+--*/")
        return f"({formula(source, depth - 1)} {sign} {formula(source, depth - 1)})"
    return f"({formula(source, depth - 1)})**2"


def bounded(function):
    def call(x):
        if isinstance(x, M.mpf) and M.isfinite(x) and M.mag(x) > 1024:
            raise OverflowError("beyond the range of doubles")
        return function(x)

    return call


IN_NUMPY = {name: getattr(np, name) for name in FUNCTIONS}
IN_MPMATH = {name: bounded(getattr(M, name)) for name in FUNCTIONS}


def right_digits(computed, exact):
    error = abs(M.mpf(computed) - exact)
    if error <= 5e-324:
        return FULL
    return 0.0 if error >= abs(exact) else min(FULL, -float(M.log10(error / abs(exact))))


def compared(seed):
    """Return the formula and the digits that are counted and that are right; None if it has none."""
    source = random.Random(seed)
    text = formula(source, 4)
    x, y = (source.choice(SIZES) * source.uniform(0.5, 1.5) for _ in "xy")
    if "x" not in text.replace("exp", ""):
        return None
    try:
        exact = eval(text, {**IN_MPMATH, "x": M.mpf(x), "y": M.mpf(y)})
    except (OverflowError, ZeroDivisionError, ValueError):
        return None
    if not isinstance(exact, M.mpf) or not M.isfinite(exact) or exact == 0:
        return None
    f = eval(f"lambda x, y: {text}", dict(IN_NUMPY))
    with np.errstate(all="ignore"):
        computed = f(Value(x), Value(y)).data
    if not np.isfinite(computed):
        return None
    report = check_precision(f, x, y)
    if report.digits < FULL - 3:
        assert report.lines, f"seed {seed}: {text}"
    if report.digits > FULL - 2:
        assert not report.lines, f"seed {seed}: {text}"
    return text, report.digits, right_digits(computed, exact)


@pytest.mark.parametrize("part", range(4))
def test_digits_of_random_formulas_are_right(part):
    found = [compared(seed) for seed in range(part, COUNT, 4)]
    known = [item for item in found if item is not None]
    assert len(known) > COUNT / 12
    for text, counted, right in known:
        assert counted == pytest.approx(right, abs=0.05), text
