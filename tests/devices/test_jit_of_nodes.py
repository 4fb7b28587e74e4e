"""`jit` of functions that are given nodes with arrays of a device: forward and backward programs."""

import numpy as np
import pytest
from devices import strict
from devices.strict import DeviceArray, on_device
from devices.test_jit_on_devices import COMPILES, STAND_IN, _Library, _NoList, fusing  # noqa: F401
from devices.test_rules_on_devices import Place, number
from rules.checks import quiet
from rules.samples import SAMPLES

import autograd as ag
import nn
from autograd import Tensor, Value, tree

X = np.random.default_rng(0).normal(size=6)
M = np.random.default_rng(1).normal(size=(3, 2))


def plain(x):
    return x.data if isinstance(x, Tensor) else x


def same(found, expected):
    for a, b in zip(found, expected, strict=True):
        assert (a is None) == (b is None)
        if a is not None:
            a, b = plain(a), plain(b)
            assert isinstance(a, DeviceArray) == isinstance(b, DeviceArray)
            assert (a.shape, a.dtype) == (b.shape, b.dtype)
            np.testing.assert_allclose(number(a), number(b), 1e-9, 1e-11)


def passes(function, inputs, move=on_device):
    """Return what a function of Tensors returns, and the derivatives of a number made of it."""
    nodes = [Tensor(move(x)) for x in inputs]
    found = tree.flat(function(*nodes))
    parts = [np.sum(np.real(x) * np.cos(np.real(x))) for x in found if isinstance(x, Tensor)]
    total = sum(parts)
    if isinstance(total, Tensor) and total.requires_grad:
        total.backward()
    return [*found, *(node.grad for node in nodes)]


@pytest.mark.parametrize("sample", SAMPLES[7::16], ids=str)
@quiet
def test_a_rule_is_replayed_and_differentiated(sample, monkeypatch):
    monkeypatch.setattr(strict, "transfers", _NoList())
    place = Place(sample, True)
    if place.is_refused():
        pytest.skip("CuPy lacks this function")
    expected = passes(lambda *nodes: place.call(list(nodes)), place.inputs)
    function = ag.jit(lambda *nodes: place.call(list(nodes)))
    for _ in range(3):
        same(passes(function, place.inputs), expected)


def several(x, y):
    z = np.tanh(x) * y
    return {"product": z, "sums": (np.sum(z, axis=0), np.sum(x) * 2)}, x


def column(x, v):
    y = np.zeros_like(x)
    y[:, 0] = x[:, 0] ** 2
    return y * 1.0


def row_by_view(x, v):
    y = x * 2
    row = y[0]
    row[1] = v[0]
    return y


def view_after(x, v):
    y = x * 2
    row = y[0]
    y[0, 1] = v[0]
    return row


def filled(x, v):
    y = x * 1.0
    y[0], y[1] = v, v * y[2]
    return y, v


ASSIGNING = [column, row_by_view, view_after, filled, several]


@pytest.mark.parametrize("function", ASSIGNING, ids=lambda function: function.__name__)
@pytest.mark.parametrize("move", [np.array, on_device], ids=["here", "there"])
def test_what_is_assigned_keeps_its_derivative(function, move):
    inputs = [M, np.array([1.0, 2.0])]
    expected, jitted = passes(function, inputs, move), ag.jit(function)
    for _ in range(3):
        for a, b in zip(passes(jitted, inputs, move), expected, strict=True):
            assert (a is None) == (b is None)
            assert a is None or np.allclose(number(plain(a)), number(plain(b)))


TRANSFORMS = {
    "grad": ag.grad,
    "hessian": ag.hessian,
    "jacobian": ag.jacobian,
    "a second derivative": lambda f: ag.grad(lambda x: np.sum(ag.grad(f)(x) ** 2)),
    "hvp": lambda f: lambda x: ag.hessian_vector_product(f)(x, x),
    "jvp": lambda f: lambda x: ag.make_jvp(f)(x)(x)[1],
    "vmap of grad": lambda f: lambda x: ag.vmap(ag.grad(f))(x[:, None] * x),
    "checkpoint": lambda f: ag.grad(lambda x: np.sum(ag.checkpoint(f)(x) * x)),
    "jit": lambda f: ag.jit(ag.grad(f)),
}


@pytest.mark.parametrize("name", TRANSFORMS)
def test_a_transform_differentiates_a_replayed_function(name):
    def function(x):
        return np.sum(np.tanh(x) ** 2 * np.cumsum(x))

    expected = TRANSFORMS[name](function)(X)
    found = TRANSFORMS[name](ag.jit(function))
    for _ in range(3):
        np.testing.assert_allclose(found(on_device(X)).get(), expected, 1e-9)


@STAND_IN
def test_a_replayed_step_reads_nothing():
    model = nn.Sequential(nn.Linear(6, 3), nn.Tanh(), nn.Linear(3, 1)).to(_Library)
    loss = ag.jit(lambda x: np.mean(model(x) ** 2))
    x = Tensor(on_device(np.outer(np.arange(1.0, 5.0), X)))
    for turn in range(4):
        strict.transfers.clear()
        model.zero_grad()
        loss(x).backward()
        if turn > 1:
            assert strict.transfers == []
    replayed = [p.grad for p in model.parameters()]
    model.zero_grad()
    loss.function(x).backward()
    same(replayed, [p.grad for p in model.parameters()])
    assert not loss.not_followed


def test_arrays_may_change_between_calls_and_passes():
    factor = on_device(X)
    function = ag.jit(lambda x: np.sum(factor * x * x))
    for change in (1.0, 2.0, 3.0):
        factor[:] = change
        x = Tensor(on_device(X))
        result = function(x)
        result.backward()
        np.testing.assert_allclose(x.grad.get(), 2 * change * X)


def test_random_numbers_are_drawn_as_without_jit():
    def trained(wrap):
        model = nn.Sequential(nn.Linear(6, 4, generator=np.random.default_rng(0)), nn.Dropout(0.5))
        model.to(_Library)
        nn.seed(0)
        loss, found = wrap(lambda x: np.sum(model(x) ** 2)), []
        for _ in range(4):
            model.zero_grad()
            loss(Tensor(on_device(X[None]))).backward()
            found += [p.grad for p in model.parameters()]
        return found

    same(trained(ag.jit), trained(lambda f: f))


def test_values_and_devices_are_computed_directly():
    function = ag.jit(lambda x, v: v * float(np.sum(x.data)))
    for _ in range(2):
        v = Value(2.0)
        function(Tensor(on_device(X)), v).backward()
        assert v.grad == pytest.approx(np.sum(X))
    assert "Values" in function.summary()


@COMPILES
def test_both_programs_are_fused(fusing):  # noqa: F811
    def function(x, scale):
        return np.mean(np.tanh(scale * x) ** 2 + np.exp(-(x**2)) / (1 + np.abs(x)))

    inputs = [X, np.array(0.5)]
    expected, jitted = passes(function, inputs), ag.jit(function)
    for _ in range(3):
        same(passes(jitted, inputs), expected)
    assert 2 <= len(fusing) <= 6
    assert "fused kernels" in jitted.summary()
