"""Right gradients that are hard to check numerically pass, in double and in single precision."""

import numpy as np
import pytest
from check.right.table import single
from check.right.tables import TABLES
from check.right_gradients import RIGHT

from autograd import check_gradients, tree

PRECISIONS = (np.float64, np.float32)
#: The suite takes one of this many rows; `make gallery` takes all, with all seeds.
SPARSE = 6


def cases(*, one_seed=False):
    found = []
    for number, row in enumerate(TABLES):
        for seed in range(1 if one_seed else row.seeds):
            rare = number % SPARSE or seed
            marks = [pytest.mark.gallery] if rare else []
            found.append(pytest.param(row, seed, marks=marks, id=f"{row}-{seed}"))
    return found


def check(row, dtype, seed, factor=1.0):
    f, gradient, inputs = row.arrange(dtype, seed)

    def claimed(*inputs):
        made = gradient(*inputs)
        return made if factor == 1 else tree.mapped(made, lambda g: g if g is None else factor * g)

    return check_gradients(f, *inputs, gradient=claimed, raises=False, explain=False, **row.options)


@pytest.mark.parametrize("dtype", PRECISIONS)
@pytest.mark.parametrize(("row", "seed"), cases())
def test_a_right_gradient_is_not_called_wrong(row, seed, dtype):
    report = check(row, dtype, seed)
    assert "WRONG" not in report.counts, report
    if not row.undecided:
        assert report.ok, report


@pytest.mark.parametrize("dtype", PRECISIONS)
@pytest.mark.parametrize(("row", "seed"), cases(one_seed=True))
def test_the_same_gradient_made_too_large_is_found(row, seed, dtype):
    _, gradient, inputs = row.arrange(dtype, seed)
    found = [np.asarray(g) for _, g in tree.leaves(gradient(*inputs)) if g is not None]
    if not any(np.any(np.abs(g) > 1e-12) for g in found):
        pytest.skip("its gradient is zero")
    assert not check(row, dtype, seed, factor=1.5).ok


@pytest.mark.gallery
@pytest.mark.parametrize("right", RIGHT, ids=str)
def test_a_derivative_of_this_library_in_single_precision(right):
    inputs = tree.mapped(right.inputs, single)
    report = check_gradients(right.f, *inputs, **right.options, raises=False)
    assert "WRONG" not in report.counts, report


def test_there_are_enough_right_gradients():
    assert len(TABLES) >= 150
    assert len({row.name for row in TABLES}) == len(TABLES)
