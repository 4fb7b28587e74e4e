"""Functions of Values and of Python's floats under `jit`: the same numbers as without it."""

import itertools
import math
import random
import struct

import numpy as np
import pytest

import autograd
from autograd import Value, grad, jit, value_and_grad
from autograd.errors import ImpureFunctionError
from nn.scalar import MLP

NUMBERS = (2.0, 0.5, -1.5, 0.0, -0.0, 800.0, math.inf, -math.inf, math.nan, 1e-320, 3.7)

FUNCTIONS = {
    "polynomial": lambda x: x**3 - 2 * x + 1 / (1 + x * x),
    "exp": lambda x: np.exp(x) - np.expm1(x) + np.exp2(x / 10),
    "log": lambda x: np.log(x) + np.log1p(x) * np.log2(x) - np.log10(x),
    "powers": lambda x: x**0.5 + 2.0**x + x**x,
    "angles": lambda x: np.sin(x) * np.cos(x) + np.tan(x),
    "inverse angles": lambda x: np.arcsin(x) + np.arccos(x) * np.arctan(x),
    "hyperbolic": lambda x: np.tanh(x) + np.sinh(x) * np.cosh(x),
    "inverse hyperbolic": lambda x: np.arcsinh(x) + np.arccosh(x) * np.arctanh(x),
    "two arguments": lambda x: np.hypot(x, 2.0) + np.arctan2(x, 3.0) + np.logaddexp(x, 1.0),
    "roots": lambda x: np.cbrt(x) + np.sqrt(x),
    "steps": lambda x: np.sign(x) * x + x // 1.5 + x % 1.5 + np.floor(x) * x,
    "kinks": lambda x: abs(x) + np.maximum(x, 0.3) + np.minimum(x, 0.7) + np.clip(x, -1.0, 1.0),
    "activations": lambda x: autograd.sigmoid(x) * autograd.relu(x) + autograd.softplus(x),
    "special": lambda x: autograd.erf(x) + autograd.lgamma(x),
    "where": lambda x: np.where(x > 0, x, 2 * x),
    "branch": lambda x: x * x if x > 1 else max(x, 2 * x),
    "division": lambda x: 1 / x + x / 3.0 - (2 - x) / x,
    "stack": lambda x: np.sum(np.stack([x, x * x, np.exp(x)])),
    "array": lambda x: np.dot(np.ones(3) * x, np.arange(3.0)),
}


def bits(tree):
    """Return types and bytes of all numbers."""
    if isinstance(tree, (tuple, list)):
        return [bits(item) for item in tree]
    number = struct.pack("d", tree) if tree == tree else b"nan"
    return (type(tree) is np.ndarray, np.shape(tree), number)


def outcome(function, *arguments):
    """Return what a function returns, or the type of the error that it raises."""
    with np.errstate(all="ignore"):
        try:
            return bits(function(*arguments))
        except (ArithmeticError, ValueError) as error:
            return type(error)


def programs(jitted):
    return [path.program for paths in jitted._cache.values() for path in paths]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", FUNCTIONS)
def test_replays_give_the_same_bits_as_calls(name):
    f = FUNCTIONS[name]
    for function in (value_and_grad(f), grad(grad(f))):
        jitted = jit(function)
        for number in (*NUMBERS, *NUMBERS):
            assert outcome(jitted, number) == outcome(function, number), number
        assert len(programs(jitted)) <= 4


def test_closed_over_values_are_read_at_each_call():
    w = Value(2.0, label="w")

    def step(x):
        w.grad = 0
        loss = (w * x - 1) ** 2
        loss.backward()
        w.data -= 0.1 * w.grad
        return loss.data, loss.data > 1

    jitted = jit(step)
    found = [jitted(3.0) for _ in range(3)]
    w.data, after = 2.0, w.data
    assert [step(3.0) for _ in range(3)] == found
    assert w.data == after
    w.data = -1.0
    assert jitted(3.0) == (16.0, True)
    assert len(programs(jitted)) == 1


def test_micrograd_demo_with_its_accuracy_records_once():
    random = np.random.default_rng(0)
    points = random.normal(size=(6, 2)).tolist()
    labels = [1 if a * b > 0 else -1 for a, b in points]
    model = MLP(2, [4, 4, 1], generator=np.random.default_rng(0))
    parameters = list(model.parameters())

    def step(rate):
        scores = [model([Value(a), Value(b)]) for a, b in points]
        losses = [(1 + -y * s).relu() for y, s in zip(labels, scores, strict=True)]
        loss = sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in parameters)
        hits = [(y > 0) == (s.data > 0) for y, s in zip(labels, scores, strict=True)]
        for p in parameters:
            p.grad = 0
        loss.backward()
        for p in parameters:
            p.data -= rate * p.grad
        return loss.data, sum(hits) / len(hits)

    start = [p.data for p in parameters]
    expected = [step(1.0 - 0.1 * k) for k in range(8)]
    end = [p.data for p in parameters]
    for p, number in zip(parameters, start, strict=True):
        p.data, p.grad = number, 0
    jitted = jit(step)
    assert [jitted(1.0 - 0.1 * k) for k in range(8)] == expected
    assert [p.data for p in parameters] == end
    assert len({accuracy for _, accuracy in expected}) > 1
    [program] = programs(jitted)
    assert program.guards == []


def test_squares_of_values_are_products_to_the_last_bit():
    """`math.pow` rounds a square to another number for one argument in a thousand."""
    generator = random.Random(0)
    for f in (lambda v: v**2, lambda v: np.power(v, 2.0), lambda v: v * v):
        replayed = jit(lambda x, f=f: f(Value(x)).data)
        for _ in range(5000):
            x = generator.uniform(-2, 2)
            assert replayed(x) == f(Value(x)).data == x * x


def test_many_values_are_read_and_stored_at_each_call():
    values, others = ([Value(0.1 * k) for k in range(20)] for _ in range(2))

    def step(values):
        y = values[0]
        for v in values:
            y = np.tanh(y * v + 0.1)
            v.grad = 0  # an integer
        y.backward()
        for v in values:
            v.data -= 0.1 * v.grad
        return y.data

    replayed = jit(lambda: step(values))
    for k in range(4):
        assert replayed() == step(others)
        assert [(v.data, v.grad) for v in values] == [(v.data, v.grad) for v in others]
        for v in (values[k], others[k]):
            v.data = float(k)
    source = next(iter(replayed._cache.values()))[0].run.source
    assert "read_data" in source or "bound" in source


def test_derivatives_that_are_nodes_are_not_taken_for_numbers():
    values = [Value(0.1 * k + 0.1) for k in range(20)]

    @jit
    def total():
        return sum([v.grad * 2.0 for v in values])

    assert total() == 0.0
    y = Value(1.0)
    for v in values:
        y = y * v
    y.backward(create_graph=True)
    found = total()
    assert isinstance(found, Value)
    assert found.data == sum([v.grad * 2.0 for v in values]).data
    for v in values:
        v.grad = 1.5
    assert total() == 60.0


def test_gradients_of_values_inside_are_those_of_calls():
    def f(x):
        v = Value(x)
        y = v * 3.0
        z = np.tanh(y) * y - v
        z.backward()
        first = [y.grad, z.grad, v.grad, y.grad * 2.0]
        (y * z).backward()
        u = -y
        u.backward(-0.0)
        return [*first, y.grad, z.grad, v.grad, u.grad]

    replayed = jit(f)
    for number in (*NUMBERS, *NUMBERS):
        assert outcome(replayed, number) == outcome(f, number), number


ANOTHER = {
    "leaf": lambda w, v: Value(w.data),
    "same numbers": lambda w, v: v * 3.0,
    "parts": lambda w, v: Value(v.data) * 3.0,
    "order": lambda w, v: 3.0 * v,
    "constant": lambda w, v: Value(1.5),
}


@pytest.mark.parametrize("comes_first", [False, True])
@pytest.mark.parametrize("name", ANOTHER)
def test_a_backward_pass_of_another_graph_is_not_taken_over(name, comes_first):
    def f(x, flips):
        v = Value(x)
        w = v * 3.0
        y = (ANOTHER[name](w, v) if next(flips) else w) * w
        y.backward()
        return v.grad

    flips = itertools.cycle([comes_first, not comes_first])
    with pytest.raises(ImpureFunctionError):
        jit(lambda x: f(x, flips))(1.5)
