"""Saved functions with several branches, and saved training steps."""

import copy
import inspect

import numpy as np
import pytest
from program.saved_modules import bits

import nn
from autograd import Tensor, jit, trace, value_and_grad
from autograd.errors import SourceError
from autograd.program.source.shared import array_of

R = np.random.default_rng(6)

# -- several paths ----------------------------------------------------------------------------


def branching(x, n=2):
    y = np.exp(x) + 1
    if np.sum(x) > 3:
        z = y * n
        z[0] = 7.0
        if x[0] > 1:
            z = z + y
        return z
    for _ in range(int(x[1])):
        y = y * x
    return y


PATHS = [[1, 1, 1], [0, 2, 3], [2, 2, 3], [0, 0, 0.5], [0, 1, 0.5], [0, 2, 0.5]]


def test_paths_become_branches(run):
    f = jit(branching)
    inputs = [np.array(path, float) for path in PATHS]
    for x in inputs:
        f(x)
    source = f.source(inputs[0])
    assert source.count("np.exp(x)") == 1
    assert "if np.sum(x) > 3:" in source
    assert "elif int(" in source
    for x in inputs:
        assert run(f, x) == ("result", bits(branching(x)))
    kind, message = run(f, np.array([0, -3, 0.5]))
    assert kind == "ValueError"
    assert message.startswith("this program was recorded for int(")


def test_branches_of_a_gradient(run):
    @jit
    @value_and_grad
    def f(x):
        y = x * x
        if y > 1.0:
            return y * x
        if x < 0.0:
            return -y
        return y + x

    inputs = (2.0, -0.5, 0.5)
    expected = [f(x) for x in inputs]
    for x, result in zip(inputs, expected, strict=True):
        assert run(f, x) == ("result", bits(result))
    assert len(f.programs) == 3


def test_paths_of_a_step_that_changes_a_node(run):
    w = Tensor(np.ones(3), label="w")

    @jit
    def step(x):
        y = np.sum(w * x)
        if y > 0:
            w.data = w.data - x
        return y.data

    step(np.ones(3))
    step(-np.ones(3))
    kind, found = run(step, np.ones(3), w=np.ones(3))
    assert (kind, found[1][1]) == ("result", {"w": bits(np.zeros(3))})
    kind, found = run(step, -np.ones(3), w=np.ones(3))
    assert (kind, found[1][1]) == ("result", {})


def test_nothing_recorded_for_these_arguments(run):
    f = jit(branching)
    f(np.ones(3))
    x = np.array([2.0, 2.0, 3.0, 4.0])
    assert run(f, x, like=(x,)) == ("result", bits(branching(x)))


def test_methods(run):
    class Model:
        def __init__(self):
            self.w = np.arange(3.0)

        @jit
        def step(self, x):
            return x * self.w if np.sum(x) > 0 else -x

    model = Model()
    x = np.ones(3)
    expected = model.step(x), model.step(-x)
    assert "else:" in model.step.source(x)
    assert run(model.step, x, like=(x,)) == ("result", bits(expected[0]))
    assert run(model.step, -x, like=(x,)) == ("result", bits(expected[1]))


def test_signatures_are_not_mixed():
    f = jit(branching)
    f(np.ones(3))
    f(np.ones(4))
    with pytest.raises(SourceError, match="2 signatures"):
        f.source()
    assert "(4,)" in f.source(np.ones(4))


# -- shared memory ----------------------------------------------------------------------------


def test_a_training_step_of_nn(tmp_path):
    model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 3))
    optimizer = nn.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    x, y = R.normal(size=(5, 4)), np.array([0, 1, 2, 1, 0])
    loss = nn.CrossEntropyLoss()

    def step(x, y):
        optimizer.zero_grad()
        found = loss(model(x), y)
        found.backward()
        optimizer.step()
        return found.data

    step(x, y)
    program = trace(step)(x, y)
    program.save(tmp_path / "saved.py", "saved")
    space = {}
    exec((tmp_path / "saved.py").read_text(), space)
    names = [p.name for p in inspect.signature(space["saved"]).parameters.values()][2:]
    loads = [load for load in program.loads if load.variable is not None]
    state = {
        name: copy.deepcopy(array_of(load) if load.variable.is_array else load.node.data)
        for name, load in zip(names, loads, strict=True)
    }
    for _ in range(3):
        result, stored = space["saved"](x, y, **state)
        state |= {name: stored[name] for name in state if name in stored}
        assert bits(result) == bits(step(x, y))
    weights = [x for name, x in state.items() if name.startswith(("weight", "bias"))]
    assert list(map(bits, weights)) == [bits(p.data) for p in model.parameters()]


def test_arrays_that_share_memory_are_refused(tmp_path):
    whole = np.zeros(6)
    a, b = Tensor(whole[:4], label="a"), Tensor(whole[2:], label="b")

    def step(x):
        a.data += x
        return np.sum(b.data) * x

    assert np.shares_memory(a.data, b.data)
    with pytest.raises(SourceError, match="a, b share memory"):
        trace(step)(1.0).save(tmp_path / "saved.py")


# -- random functions -------------------------------------------------------------------------


def random_function(seed):
    """Return a random function of three elements and a number, which branches and assigns."""

    def f(x, s):
        rng = np.random.default_rng(seed)
        known = [x, x * 0.5, x + s]
        for _ in range(rng.integers(3, 12)):
            a, b = (known[rng.integers(len(known))] for _ in range(2))
            kind = rng.integers(6)
            y = a * 1.0
            if kind == 0:
                y = np.tanh(a * b) + s
            elif kind == 1:
                y[rng.integers(3)] = b[rng.integers(3)]
            elif kind == 2 and np.sum(a) > float(rng.normal()):
                y = a - b
            elif kind == 3:
                y = (a + b)[::-1]
                y *= 2
            elif kind == 4:
                part = y[1:]
                if part[0] > 0.2:
                    part += b[:-1]
                else:
                    part *= s
            elif kind == 5 and s > float(rng.normal()):
                return np.sum(a) * s
            known.append(y)
        return np.sum(known[-1]) + np.sum(known[len(known) // 2]) * s

    return f


@pytest.mark.parametrize("seed", range(12))
def test_branches_of_random_functions(seed, run):
    function = value_and_grad(random_function(seed), (0, 1))
    fast = jit(function)
    rng = np.random.default_rng(seed)
    inputs = [(rng.normal(size=3), float(rng.normal())) for _ in range(6)]
    for x, s in inputs:
        fast(x.copy(), s)
    for x, s in inputs:
        assert run(fast, x.copy(), s) == ("result", bits(function(x.copy(), s)))
