"""Functions of many kinds under `jit` with nodes: structures, modules, transforms, linear algebra."""

import collections
import warnings

import numpy as np
import pytest

import nn
from autograd import (
    Tensor,
    Value,
    elementwise_grad,
    grad,
    grad_and_aux,
    grad_named,
    hessian,
    holomorphic_grad,
    jit,
    multigrad_dict,
    value_and_grad,
)

Pair = collections.namedtuple("Pair", "w b")


def named_fields(jit):
    f = jit(lambda p: np.sum(p.w**2) * p.b)
    return lambda x: value_and_grad(f)(Pair(x, 2.0))


def keyword_nodes(jit):
    f = jit(lambda t, *, scale: np.sum(t * scale))

    def derivatives(x):
        t, scale = Tensor(x), Tensor(x * 2)
        f(t, scale=scale).backward()
        return t.grad, scale.grad

    return derivatives


def nested_containers(jit):
    f = jit(lambda p: np.sum(p["a"][0] * p["b"][0]) * p["a"][1])
    return lambda x: grad(f)({"a": [x, 1.5], "b": (x,)})


def several_arguments(jit):
    f = jit(lambda a, b, n: np.sum(a**n * np.sin(b)) * n)
    return lambda x: grad(f, (0, 1))(x, x * 2, 3)


def arguments_by_name(jit):
    f = jit(lambda w, c=3.0: np.sum(w * w) * c)
    return lambda x: (multigrad_dict(f)(x, 2.0), grad_named(f, "c")(x, 2.0))


def complex_numbers(jit):
    f, g = jit(lambda z: z**3 * np.exp(z)), jit(lambda z: np.sum(np.abs(z) ** 2 * np.real(z)))
    return lambda x: (holomorphic_grad(f)(complex(x[0], x[1])), grad(g)(x + 1j * x))


def auxiliary_results(jit):
    f = jit(lambda x: (np.sum(x * x), {"n": 3, "y": x * 2}))
    return lambda x: (grad_and_aux(f)(x), elementwise_grad(jit(np.tanh))(x))


def single_precision(jit):
    f = jit(lambda x: np.sum(np.tanh(x) * x))
    return lambda x: grad(f)(x.astype(np.float32))


def recurrent_layers(jit):
    nn.seed(0)
    layer = nn.LSTM(3, 4)
    f = jit(lambda x: layer(x))

    def derivatives(x):
        for parameter in layer.parameters():
            parameter.grad = None
        found = f(np.stack([x, x * 2])[:, None, :])
        y = found[0] if isinstance(found, tuple) else found
        np.sum(y * y).backward()
        return [parameter.grad for parameter in layer.parameters()]

    return derivatives


def frozen_layers(jit):
    nn.seed(0)
    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1))
    f = jit(lambda x: model(x).sum())
    calls = []

    def derivatives(x):
        calls.append(x)
        model[0].weight.requires_grad = len(calls) % 2 == 0
        for parameter in model.parameters():
            parameter.grad = None
        f(x[None]).backward()
        return [0.0 if p.grad is None else p.grad for p in model.parameters()]

    return derivatives


def dropout_and_running_averages(jit):
    nn.seed(0)
    model = nn.Sequential(nn.Linear(3, 8), nn.BatchNorm1d(8), nn.Dropout(0.3), nn.Linear(8, 2))
    optimiser = nn.optim.SGD(model.parameters(), lr=0.1)
    f = jit(lambda x: (model(x) ** 2).mean())

    def step(x):
        optimiser.zero_grad()
        loss = f(np.outer(np.arange(1.0, 7.0), x))
        loss.backward()
        optimiser.step()
        return loss.data, model[1].running_mean, [p.data for p in model.parameters()]

    return step


def several_calls_in_one_graph(jit):
    w = Tensor(np.ones(3))
    f = jit(lambda x: np.sum(np.sin(w * x)))

    def derivatives(x):
        w.grad = None
        (f(x) + f(x * 2) * f(x * 3)).backward()
        return w.grad

    return derivatives


def gradient_and_then_backward(jit):
    w = Tensor(np.ones(3))
    f = jit(lambda x: np.sum(np.sin(w * x) * x))

    def derivatives(x):
        w.grad = None
        gradient = grad(f)(x)
        np.sum(gradient * gradient).backward()
        return gradient.data, w.grad

    return derivatives


def kinks_and_orders(jit):
    f = jit(
        lambda x: (
            x.clip(0, 1).sum() + np.maximum(x, 0.5).sum() + np.sort(x)[0] * np.argmax(x)
            + np.linalg.norm(x)
        )
    )  # fmt: skip
    return lambda x: grad(f)(x)


def linear_algebra(jit):
    f = jit(
        lambda x: (
            np.sum(np.linalg.solve(np.outer(x, x) + np.eye(3) * 3, x))
            + np.linalg.det(np.outer(x, x) + np.eye(3))
            + np.sum(np.linalg.eigh(np.outer(x, x) + np.diag(x))[0] ** 2)
        )
    )
    return lambda x: (grad(f)(x), hessian(f)(x))


def arrays_of_objects(jit):
    f = jit(lambda x: np.sum(np.array([x[0] * x[1], x[2] ** 2])))
    return lambda x: grad(f)(x)


def many_values(jit):
    f = jit(lambda v: [v * k for k in range(12)])

    def derivatives(x):
        v = Value(float(x[0]))
        sum(f(v)).backward()
        return v.grad

    return derivatives


CASES = [
    named_fields, keyword_nodes, nested_containers, several_arguments, arguments_by_name,
    complex_numbers, auxiliary_results, single_precision, recurrent_layers, frozen_layers,
    dropout_and_running_averages, several_calls_in_one_graph, gradient_and_then_backward,
    kinks_and_orders, linear_algebra, arrays_of_objects, many_values,
]  # fmt: skip


def snapshot(tree):
    """Return a copy of nested results, without nodes."""
    if isinstance(tree, dict):
        return {key: snapshot(item) for key, item in tree.items()}
    if isinstance(tree, (tuple, list)):
        return [snapshot(item) for item in tree]
    return (type(tree).__name__, np.array(tree.data if isinstance(tree, (Tensor, Value)) else tree))


def results(make, jit):
    random = np.random.default_rng(0)
    function = make(jit)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [snapshot(function(random.normal(size=3))) for _ in range(4)]


def compare(found, expected):
    if isinstance(found, dict):
        assert found.keys() == expected.keys()
        found, expected = list(found.values()), list(expected.values())
    if isinstance(found, list):
        for one, other in zip(found, expected, strict=True):
            compare(one, other)
        return
    assert found[0] == expected[0]
    assert found[1].dtype == expected[1].dtype
    np.testing.assert_allclose(found[1], expected[1], rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("make", CASES, ids=lambda make: make.__name__)
def test_derivatives_are_those_without_jit(make):
    compare(results(make, jit), results(make, lambda function: function))
