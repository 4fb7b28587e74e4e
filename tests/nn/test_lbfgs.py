"""L-BFGS: its minimum, interruptions, and what it needs."""

import sys

import numpy as np
import pytest

from autograd import Tensor, Value
from autograd.errors import (
    MissingProgramError,
)
from nn import optim


def rosenbrock(x, y):
    return (1 - x) ** 2 + 100 * (y - x * x) ** 2


@pytest.mark.parametrize("kind", [Tensor, Value])
def test_lbfgs_finds_the_minimum(kind):
    x, y = kind(-1.0), kind(2.0)
    optimizer = optim.LBFGS([x, y], max_iter=100)

    def closure():
        optimizer.zero_grad()
        loss = rosenbrock(x, y)
        loss.backward()
        return loss

    assert optimizer.step(closure) < 1e-10
    assert optimizer.result.success
    assert [float(x.data), float(y.data)] == pytest.approx([1.0, 1.0], abs=1e-5)
    assert isinstance(x.data, float if kind is Value else np.ndarray)


def test_lbfgs_keeps_the_last_good_point_when_interrupted():
    x, y = Tensor(-1.0), Tensor(2.0)
    optimizer = optim.LBFGS([x, y], max_iter=100)
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


def test_lbfgs_needs_a_closure_and_scipy(monkeypatch):
    optimizer = optim.LBFGS([Tensor([1.0])])
    with pytest.raises(TypeError, match="closure"):
        optimizer.step()
    monkeypatch.setitem(sys.modules, "scipy.optimize", None)
    with pytest.raises(MissingProgramError, match=r'pip install "chainrule\[scipy\]"'):
        optimizer.step(lambda: 0.0)
