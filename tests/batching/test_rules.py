"""Every rule's samples through `vmap`, compared with a loop over the entries."""

import numpy as np
import pytest
from batching import against_loops
from batching.against_loops import check
from rules.checks import quiet
from rules.samples import SAMPLES

import autograd

EACH = pytest.mark.each("sample", SAMPLES)
pytestmark = pytest.mark.filterwarnings("ignore:The result does not depend:UserWarning")


def parts_of(sample):
    """Return the function of a sample, batches of its inputs, their axes, and a real-valued sum."""
    inputs, axes = against_loops.chosen(sample.inputs, str(sample))

    def function(*x):
        return sample.function(*x, **sample.keywords)

    numbers = tuple(i for i, x in enumerate(sample.inputs) if np.asarray(x).dtype.kind in "fc")
    one = function(*sample.inputs)
    scalar = against_loops.total(function, against_loops.weights_of(one))
    return function, inputs, axes, numbers, scalar


@EACH
@quiet
def test_values_and_gradients_match_a_loop(sample):
    function, inputs, axes, numbers, scalar = parts_of(sample)
    if sample.reference is None:  # else NumPy itself may be wrong, in one way or the other
        check(function, inputs, axes)
    check(autograd.grad(scalar, numbers), inputs, axes, rtol=1e-9)


@pytest.mark.gallery
@EACH
@quiet
def test_tangents_match_a_loop(sample):
    function, inputs, axes, numbers, _ = parts_of(sample)
    if len(numbers) == len(inputs):
        check(against_loops.pushed(function, sample.inputs), inputs, axes, rtol=1e-9)


@pytest.mark.gallery
@EACH
@quiet
def test_second_derivatives_match_a_loop(sample):
    _, inputs, axes, numbers, scalar = parts_of(sample)
    if sample.smooth:
        gradient = autograd.grad(scalar, numbers)
        check(against_loops.again(gradient, numbers), inputs, axes, rtol=1e-8)


@pytest.mark.gallery
@EACH
@quiet
def test_traced_batches_match_a_loop(sample):
    function, inputs, axes, numbers, scalar = parts_of(sample)
    if "modf into" in str(sample):
        pytest.skip("jit does not follow several out=")
    if sample.reference is None:
        check(function, inputs, axes, outer=autograd.jit)
    check(autograd.grad(scalar, numbers), inputs, axes, 1e-9, outer=autograd.jit)


@pytest.mark.gallery
@EACH
@quiet
def test_batches_of_batches_match_a_loop(sample):
    function, inputs, axes, _, _ = parts_of(sample)
    if sample.reference is not None:
        return
    grids = [
        x if a is None else np.stack([x, x * 0.99], 0) for x, a in zip(inputs, axes, strict=True)
    ]
    inner = autograd.vmap(function, axes)
    found = autograd.vmap(inner, tuple(None if a is None else 0 for a in axes))(*grids)
    each = [
        inner(*[g if a is None else g[i] for g, a in zip(grids, axes, strict=True)]) for i in (0, 1)
    ]
    against_loops.close(found, each)
