"""Lines of layers as courses and libraries write them: many parameters, loops, single precision."""

import numpy as np
import pytest

from autograd import check_gradients, check_layer


class Steps:
    """A recurrent layer that keeps its states in single precision."""

    def __init__(self, W):
        self.W, self.dW = W, np.zeros_like(W)

    def forward(self, xs):
        self.states = np.zeros((len(xs) + 1, len(self.W)), "f")
        for t, x in enumerate(xs):
            self.states[t + 1] = np.tanh(x + self.states[t] @ self.W)
        return self.states[1:]

    def backward(self, d):
        dxs, dh = np.empty(d.shape, "f"), 0
        for t in reversed(range(len(d))):
            dz = (d[t] + dh) * (1 - self.states[t + 1] ** 2)
            self.dW += np.outer(self.states[t + 1], dz)  # states[t]
            dh = dz @ self.W.T
            dxs[t] = dz
        return dxs


def test_a_line_is_found_though_differences_are_rough():
    random = np.random.default_rng(0)
    layer = Steps(2 * random.normal(size=(3, 3)))
    report = check_layer(layer, random.normal(size=(8, 3)), raises=False)
    (line,) = report.lines
    assert line.correction == "self.dW += np.outer(self.states[t], dz)"


class Scale:
    """A normalisation with a scale and a shift, whose gradients are accumulated."""

    def __init__(self, size):
        self.params = {"scale": np.full(size, 1.5), "shift": np.full(size, 0.2)}
        self.grads = {name: np.zeros(size) for name in self.params}

    def forward(self, x):
        self.x = x
        return self.params["scale"] * (x - x.mean(axis=0)) / x.std(axis=0) + self.params["shift"]

    def backward(self, d):
        dx, dscale, dshift = self.derivatives(d)
        self.grads["scale"] -= dscale  # +=
        self.grads["shift"] += dshift
        return dx

    def derivatives(self, d):
        normal = (self.x - self.x.mean(axis=0)) / self.x.std(axis=0)
        g = d * self.params["scale"]
        dx = (g - g.mean(axis=0) - normal * (g * normal).mean(axis=0)) / self.x.std(axis=0)
        return dx, (d * normal).sum(axis=0), d.sum(axis=0)


@pytest.mark.parametrize("seed", [0, 1])
def test_an_accumulation_with_the_wrong_sign_is_named(seed):
    x = np.random.default_rng(seed).normal(size=(5, 3))
    report = check_layer(Scale(3), x, raises=False)
    assert "self.grads['scale'] += dscale" in [line.correction for line in report.lines]


class CrossEntropy:
    """A loss whose backward pass ignores `dout`, and leaves out what keeps the logarithm finite."""

    def forward(self, x, t):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.p, self.t = e / e.sum(axis=1, keepdims=True), t
        return -np.log(self.p[np.arange(len(t)), t.argmax(axis=1)] + 1e-7).mean()

    def backward(self, dout=1):
        return (self.p - self.t) / self.t.shape[1]  # shape[0]


def test_a_line_is_named_though_a_small_constant_is_left_out():
    labels = np.eye(4, dtype=int)[[0, 2, 3]]
    x = np.random.default_rng(0).normal(size=(3, 4))
    (line,) = check_layer(CrossEntropy(), x, labels, raises=False).lines
    assert line.correction == "return (self.p - self.t) / self.t.shape[0]"


def test_a_forgotten_sum_along_an_axis_is_named():
    x = np.random.default_rng(0).normal(size=(5, 3))

    def spread(x):
        return ((x - x.mean(axis=0)) ** 3).sum()

    def gradient(x):
        d = 3 * (x - x.mean(axis=0)) ** 2
        total = d  # .sum(axis=0)
        return d - total / len(d)

    (line,) = check_gradients(spread, x, gradient=gradient, raises=False).lines
    assert line.correction in ("total = d.sum(axis=0)", "return d - total.sum(axis=0) / len(d)")
