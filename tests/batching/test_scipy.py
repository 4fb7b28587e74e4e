"""The samples of SciPy's rules through `vmap`, compared with a loop over the entries."""

import numpy as np
import pytest
from batching import against_loops
from batching.against_loops import check
from rules.checks import quiet

import autograd

pytest.importorskip("scipy")
from scipy_rules.samples import SAMPLES

#: A density estimate is an object that holds the data: it cannot be called for each entry.
#: `logm` and what uses it draw random numbers to estimate a norm.
LEFT_OUT = ("gaussian_kde", "linalg.logm", "linalg.fractional_matrix_power")
CASES = [
    pytest.param(sample, id=f"{i}-{sample}")
    for i, sample in enumerate(SAMPLES)
    if not str(sample).startswith(LEFT_OUT)
]


def matches(sample):
    """Check the value and the gradient of one sample."""
    inputs, axes = against_loops.chosen(sample.inputs, str(sample))

    def function(*x):
        return sample.function(*x, **sample.keywords)

    check(function, inputs, axes, rtol=1e-9)
    one = function(*sample.inputs)
    numbers = tuple(i for i, x in enumerate(sample.inputs) if np.asarray(x).dtype.kind in "fc")
    if numbers and not isinstance(one, (tuple, list)):
        scalar = against_loops.total(function, against_loops.weights_of(one))
        check(autograd.grad(scalar, numbers), inputs, axes, rtol=1e-8)


@pytest.mark.filterwarnings("ignore:The result does not depend:UserWarning")
@pytest.mark.parametrize("sample", CASES[::25])
@quiet
def test_samples_match_a_loop(sample):
    matches(sample)


@pytest.mark.gallery
@pytest.mark.filterwarnings("ignore:The result does not depend:UserWarning")
@pytest.mark.parametrize("sample", CASES)
@quiet
def test_all_samples_match_a_loop(sample):
    matches(sample)
