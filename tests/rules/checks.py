"""Checks of one sample of a rule: its value, derivatives, precision and memory."""

import itertools

import numpy as np
import pytest

import autograd
from autograd import Tensor, check_gradients
from autograd.engine.cotangents import conform, is_new
from autograd.graph import Graph, contents

quiet = pytest.mark.filterwarnings(
    "ignore:.*encountered:RuntimeWarning",
    "ignore:numpy.* is deprecated:DeprecationWarning",  # in a later NumPy, but there
)


def leaves(sample):
    return [Tensor(np.array(x)) for x in sample.inputs]


def call(sample, nodes):
    return sample.function(*nodes, **sample.keywords)


def weights_like(result, seed=1):
    random = np.random.default_rng(seed)
    weights = random.uniform(0.5, 1.5, result.shape)
    if result.dtype.kind == "c":
        weights = weights + 1j * random.uniform(0.5, 1.5, result.shape)
    return np.asarray(weights, result.dtype)


def gradients(sample, inputs, weights):
    nodes = [Tensor(np.array(x)) for x in inputs]
    call(sample, nodes).backward(weights)
    return [node.grad for node in nodes]


def primitives_used(samples):
    used = set()
    for sample in samples:
        with np.errstate(all="ignore"):
            result = call(sample, leaves(sample))
            used.update(id(node.primitive) for node in Graph.of(result) if node.op)
            if sample.name.startswith("["):
                result.backward(np.ones_like(result), create_graph=True)
    return used


def check_value(sample, expected, rtol=1e-12):
    result = call(sample, leaves(sample))
    assert isinstance(result, Tensor)
    assert result.shape == np.shape(expected)
    assert result.dtype == np.result_type(expected)
    np.testing.assert_allclose(result.data, expected, rtol=rtol)


def check_jacobians(sample):
    report = check_gradients(
        lambda *nodes: call(sample, nodes),
        *map(np.asarray, sample.inputs),
        modes=("reverse", "forward"),
    )
    reals = [np.size(x) * (2 if np.iscomplexobj(x) else 1) for x in (*sample.inputs,)]
    result = call(sample, leaves(sample))
    rows = result.size * (2 if result.dtype.kind == "c" else 1)
    assert len(report.comparisons) == 2 * rows * sum(reals)


def check_second_derivatives(sample):
    """Check the Hessian of a weighted sum of the results over a random surface in the inputs.

    The surface has two parameters, so four numbers depend on every second derivative. It is curved:
    even for linear functions the numbers differ from zero, and two differences of gradients settle
    each. `make gallery` checks each sample element by element.
    """
    random = np.random.default_rng(3)
    surfaces = [surface(np.asarray(x), random) for x in sample.inputs]

    def total(p):
        result = call(sample, [points(p[0], p[1]) for points in surfaces])
        return np.sum(np.real(weights_like(result) * result))

    check_gradients(autograd.grad(total), np.zeros(2))


def surface(x, random):
    """Return a function of two parameters: a curved surface through `x`; constant for integers."""
    if x.dtype.kind not in "fc":
        return lambda s, t: x
    directions = random.normal(size=(3, *x.shape))
    if x.dtype.kind == "c":
        directions = directions + 1j * random.normal(size=directions.shape)
    a, b, bend = directions * np.maximum(np.abs(x), 0.1)
    return lambda s, t: x + a * s + b * t + bend * (s + t) ** 2


def check_without_false_alarm(sample):
    """Check each first and second derivative: the checker must report none."""
    check_gradients(
        lambda *nodes: call(sample, nodes),
        *map(np.asarray, sample.inputs),
        order=2,
        modes=("reverse", "forward"),
    )


def check_single_precision(sample, always_double=False):
    single = {"d": np.float32, "D": np.complex64}
    inputs = [np.asarray(x, single.get(np.asarray(x).dtype.char)) for x in sample.inputs]
    nodes = [Tensor(x) for x in inputs]
    result = call(sample, nodes)
    if not always_double:
        # Some NumPy functions always return double precision.
        singly = (np.float32, np.complex64)
        assert result.dtype in (np.result_type(call(sample, inputs)), *singly)
        if np.result_type(call(sample, inputs)) in singly:
            assert result.dtype in singly
    weights = weights_like(result)
    result.backward(weights)
    exact = gradients(sample, sample.inputs, weights.astype(np.result_type(weights, float)))
    for node, expected in zip(nodes, exact, strict=True):
        assert node.grad.dtype == node.dtype
        np.testing.assert_allclose(node.grad, expected, rtol=2e-3, atol=2e-3)


def check_memory(sample):
    nodes = leaves(sample)
    result = call(sample, nodes)
    weights = weights_like(result)
    before = weights.copy()
    result.backward(weights, retain_graph=True)
    for i, node in enumerate(nodes):
        assert not np.shares_memory(node.grad, weights)
        assert not np.shares_memory(node.grad, node.data)
        for other in nodes[:i]:
            assert not np.shares_memory(node.grad, other.grad)
    np.testing.assert_array_equal(weights, before)


def check_new_arrays(sample):
    """Check that rules return arrays that nothing else holds: backward adds to them in place."""
    result = call(sample, leaves(sample))

    def pull(node, g):
        if node.primitive is None:
            return
        y, arguments = contents(node), [contents(x) for x in node.arguments]
        varying = [i for i, x in enumerate(node.arguments) if getattr(x, "requires_grad", False)]
        found = [
            node.primitive.pullback(i, g, y, arguments, node.keywords) for i in (*varying, *varying)
        ]
        if node.primitive.fresh_results:
            new = [x for x in found if is_new(x, g, y, arguments)]
            held = [x for x in (g, y, *arguments) if isinstance(x, np.ndarray)]
            for x, other in (*itertools.combinations(new, 2), *itertools.product(new, held)):
                assert not np.shares_memory(x, other), node.primitive
        for i, x in zip(varying, found, strict=False):
            yield node.arguments[i], conform(x, node.arguments[i], node.primitive)

    program = Graph.of(result)
    program.pull_back({id(program.outputs[0]): weights_like(result)}, pull)
