"""L-BFGS: the steps of PyTorch's, its minimum, interruptions, and what it needs."""

import runpy
from pathlib import Path

import numpy as np
import pytest

from autograd import Tensor, Value
from autograd.errors import OptionError
from nn import optim
from nn.arrays import plain

RECORDER = runpy.run_path(str(Path(__file__).with_name("record_torch_optim.py")))
RECORDED = np.load(RECORDER["FOLDER"] / "torch_optim.npz")


def rosenbrock(x, y):
    return (1 - x) ** 2 + 100 * (y - x * x) ** 2


@pytest.mark.parametrize("kind", [Tensor, Value])
def test_lbfgs_finds_the_minimum(kind):
    x, y = kind(-1.0), kind(2.0)
    optimizer = optim.LBFGS([x, y], max_iter=100, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        loss = rosenbrock(x, y)
        loss.backward()
        return loss

    assert plain(optimizer.step(closure)) == rosenbrock(-1.0, 2.0)
    assert plain(rosenbrock(x, y)) < 1e-10
    assert [float(x.data), float(y.data)] == pytest.approx([1.0, 1.0], abs=1e-5)
    assert isinstance(x.data, float if kind is Value else np.ndarray)


def test_lbfgs_keeps_the_last_good_point_when_interrupted():
    x, y = Tensor(-1.0), Tensor(2.0)
    optimizer = optim.LBFGS([x, y], max_iter=100, line_search_fn="strong_wolfe")
    losses = []

    def closure():
        optimizer.zero_grad()
        if len(losses) == 10:
            raise KeyboardInterrupt
        loss = rosenbrock(x, y)
        loss.backward()
        losses.append(loss.item())
        return loss

    with pytest.raises(KeyboardInterrupt):
        optimizer.step(closure)
    assert rosenbrock(x, y).item() in losses
    assert rosenbrock(x, y).item() < losses[0]


def test_lbfgs_needs_a_closure_and_one_group():
    optimizer = optim.LBFGS([Tensor([1.0])])
    with pytest.raises(TypeError, match="closure"):
        optimizer.step()
    with pytest.raises(OptionError, match="strong_wolfe"):
        optim.LBFGS([Tensor([1.0])], line_search_fn="armijo")
    with pytest.raises(OptionError, match="one group"):
        optim.LBFGS([{"params": [Tensor([1.0])]}, {"params": [Tensor([1.0])]}])


@pytest.mark.parametrize("name", RECORDER["CLOSURES"])
def test_the_steps_of_lbfgs_match_pytorch(name):
    inputs, targets, *start = RECORDER["problem"]()
    parameters = [Tensor(array) for array in start]
    optimizer = RECORDER["CLOSURES"][name](optim, parameters)

    def closure():
        optimizer.zero_grad()
        loss = RECORDER["loss"](np.tanh, parameters, inputs, targets)
        loss.backward()
        return loss

    for expected in RECORDED[f"closure: {name}"]:
        loss = optimizer.step(closure)
        found = np.concatenate([np.ravel(p.data) for p in parameters])
        np.testing.assert_allclose([loss.item(), *found], expected, rtol=1e-7, atol=1e-7)
        state = optimizer.state_dict()
        optimizer = RECORDER["CLOSURES"][name](optim, parameters)
        optimizer.load_state_dict(state)


def test_a_closure_may_limit_the_parameters():
    p, losses = Tensor(np.array([0.2, 0.9])), []
    optimizer = optim.LBFGS([p], max_iter=6)

    def closure():
        p.data = np.clip(p.data, 0, 1)
        optimizer.zero_grad()
        loss = (p[0] - 3 * p[1]) ** 2 + (p[1] - 0.3) ** 4 + p[0] * p[1]
        loss.backward()
        losses.append(float(loss.data))
        return loss

    optimizer.step(closure)
    # Computed by PyTorch.
    expected = [6.5596, 0.05188479133844, 0.04772468369359, 0.0425129912509, 0.0299722028739]
    assert losses[:5] == pytest.approx(expected, rel=1e-10)
    assert p.data.tolist() == pytest.approx([0.03662201918104681, 0.015562953709478071])
