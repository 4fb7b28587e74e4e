"""Layers as people write them are checked as they are: every parameter, and the wrong line."""

import copy
from types import SimpleNamespace

import numpy as np
import pytest

import autograd
from autograd.check import check_layer
from autograd.errors import DataError, GradientError


def real(*shape, seed=0):
    return np.random.default_rng([seed, *shape]).normal(size=shape)


def dense():
    return real(3, 2), real(2)


# -- where gradients are ------------------------------------------------------------------------


class Beside:
    def __init__(self):
        self.W, self.b = dense()

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W.T


class Spelled(Beside):
    def __init__(self):
        self.weights, self.bias = dense()

    W = property(lambda self: self.weights)
    b = property(lambda self: self.bias)

    def backward(self, dout):
        self.grad_weights = self.x.T @ dout
        self.bias_grad = dout.sum(axis=0)
        return dout @ self.weights.T


class Abbreviated(Spelled):
    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        self.dx = dout @ self.weights.T


class InDict(Beside):
    def backward(self, dout):
        self.grads = {"W": self.x.T @ dout, "b": dout.sum(axis=0)}
        return dout @ self.W.T


class Dicts:
    def __init__(self):
        W, b = dense()
        self.params, self.grads, self.cache = {"W": W, "b": b}, {}, None

    def forward(self, x):
        self.cache = (x, self.params["W"])
        return x @ self.params["W"] + self.params["b"]

    def backward(self, dout):
        x, W = self.cache
        self.grads["dW"] = x.T @ dout
        self.grads["db"] = dout.sum(axis=0)
        return dout @ W.T


class Lists(Beside):
    def __init__(self):
        super().__init__()
        self.params = [self.W, self.b]
        self.grads = [np.zeros_like(p) for p in self.params]

    def backward(self, dout):
        self.grads[0][...] = self.x.T @ dout
        self.grads[1][...] = dout.sum(axis=0)
        return dout @ self.W.T


class Methods(Beside):
    def backward(self, dout):
        self._found = self.x.T @ dout, dout.sum(axis=0)
        return dout @ self.W.T

    def parameters(self):
        return [self.W, self.b]

    def gradients(self):
        return list(self._found)


class Objects:
    def __init__(self):
        self.W, self.b = (SimpleNamespace(data=p, grad=None) for p in dense())

    def forward(self, x):
        self.x = x
        return x @ self.W.data + self.b.data

    def backward(self, dout):
        self.W.grad = self.x.T @ dout
        self.b.grad = dout.sum(axis=0)
        return dout @ self.W.data.T


class Accumulating(Beside):
    def __init__(self):
        super().__init__()
        self.dW, self.db = np.full((3, 2), 7.0), np.ones(2)  # of an earlier batch

    def backward(self, dout):
        self.dW += self.x.T @ dout
        self.db += dout.sum(axis=0)
        return dout @ self.W.T


class Returning(Beside):
    def backward(self, dout):
        return dout @ self.W.T, self.x.T @ dout, dout.sum(axis=0)


class ReturningByName(Beside):
    def backward(self, dout):
        return {"db": dout.sum(axis=0), "dx": dout @ self.W.T, "dW": self.x.T @ dout}


class Stepping(Beside):
    def backward(self, dout, learning_rate):
        dx = dout @ self.W.T
        self.W -= learning_rate * self.x.T @ dout
        self.b = self.b - learning_rate * dout.sum(axis=0)
        return dx


class LeavingEverything(Beside):
    def forward(self, inputs):
        self.inputs = inputs
        self.output = inputs @ self.W + self.b

    def backward(self, dvalues):
        self.dW = self.inputs.T @ dvalues
        self.db = dvalues.sum(axis=0)
        self.dinputs = dvalues @ self.W.T


class Called(Beside):
    forward = None

    def __call__(self, x):
        return Beside.forward(self, x)


class WithCache(Beside):
    def forward(self, x):
        return x @ self.W + self.b, (x,)

    def backward(self, dout, cache):
        (x,) = cache
        self.dW = x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W.T


class Viewing(Beside):
    def __init__(self):
        self.flat = real(8)
        self.flat_grad = np.zeros(8)
        self.W, self.b = self.flat[:6].reshape(3, 2), self.flat[6:]

    def backward(self, dout):
        self.flat_grad[:6] = (self.x.T @ dout).reshape(-1)
        self.flat_grad[6:] = dout.sum(axis=0)
        return dout @ self.W.T


class ReturningDict(Beside):
    def backward(self, dout):
        return dout @ self.W.T, {"dW": self.x.T @ dout, "db": dout.sum(axis=0)}


class ReturningPair(Beside):
    def backward(self, dout):
        return [dout @ self.W.T], [self.x.T @ dout, dout.sum(axis=0)]


class TakingInput(Beside):
    def forward(self, input):
        return input @ self.W + self.b

    def backward(self, input, grad_output, verbose=False, scale=1):
        self.dW = input.T @ grad_output
        self.db = grad_output.sum(axis=0)
        return grad_output @ self.W.T


class SteppingByItself(Beside):
    def __init__(self):
        super().__init__()
        self.learning_rate = 0.1

    def backward(self, dout):
        dx = dout @ self.W.T
        self.W = self.W - self.learning_rate * self.x.T @ dout
        self.b = self.b - self.learning_rate * dout.sum(axis=0)
        return dx


class Variable:
    __slots__ = ("grad", "value")

    def __init__(self, value):
        self.value, self.grad = value, np.zeros_like(value)


class Slotted:
    def __init__(self):
        self.W, self.b = map(Variable, dense())

    def forward(self, x):
        self.x = x
        return x @ self.W.value + self.b.value

    def backward(self, dout):
        self.W.grad += self.x.T @ dout
        self.b.grad += dout.sum(axis=0)
        return dout @ self.W.value.T


DENSE = [
    ReturningDict, ReturningPair, TakingInput, SteppingByItself, Slotted,
    Beside, Spelled, Abbreviated, InDict, Dicts, Lists, Methods, Objects, Accumulating, Returning,
    ReturningByName, Stepping, LeavingEverything, Called, WithCache, Viewing,
]  # fmt: skip


@pytest.mark.parametrize("kind", DENSE)
def test_parameters_are_found_however_they_are_kept(kind):
    layer = kind()
    report = check_layer(layer, real(4, 3))
    assert report.counts == {"ok": 8 * (12 + 8)}
    assert sum(leaf.size for leaf in report.leaves) == 20


@pytest.mark.parametrize("kind", DENSE)
def test_all_gradients_of_a_wrong_backward_are_wrong(kind):
    layer = kind()
    right = layer.backward

    def scaled(dout, *rest):
        return right(dout * np.array([2.0, 3.0]), *rest)

    def with_rate(dout, learning_rate):
        return scaled(dout, learning_rate)

    def with_cache(dout, cache):
        return scaled(dout, cache)

    def with_input(input, grad_output):
        return right(input, grad_output * np.array([2.0, 3.0]))

    special = {Stepping: with_rate, WithCache: with_cache, TakingInput: with_input}
    backward = special.get(kind, lambda dout: scaled(dout))
    report = check_layer(layer, real(4, 3), backward=backward, explain=False, raises=False)
    wrong = [c for c in report.comparisons if c.verdict == "WRONG"]
    assert len(wrong) == sum(c.numeric != 0 for c in report.comparisons)


# -- what layers do -----------------------------------------------------------------------------


class Relu:
    def forward(self, x):
        self.mask = x <= 0
        return np.where(self.mask, 0, x)

    def backward(self, dout):
        dout = dout.copy()
        dout[self.mask] = 0
        return dout


class Network:
    """Layers in a list, a loss, and labels."""

    def __init__(self):
        self.layers = [Beside(), Relu(), Returning()]
        self.layers[2].W, self.layers[2].b = real(2, 4), real(4)

    def forward(self, x, labels):
        self.labels = labels
        for layer in self.layers:
            x = layer.forward(x)
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.p = e / e.sum(axis=1, keepdims=True)
        return -np.log(self.p[np.arange(len(labels)), labels]).mean()

    def backward(self):
        d = self.p.copy()
        d[np.arange(len(d)), self.labels] -= 1
        d /= len(d)
        d, self.layers[2].dW, self.layers[2].db = self.layers[2].backward(d)
        for layer in self.layers[1::-1]:
            d = layer.backward(d)
        return d


class BatchNorm:
    def __init__(self, size):
        self.gamma, self.beta = 1 + real(size) / 3, real(size, seed=1)
        self.running_mean, self.running_var = np.zeros(size), np.ones(size)

    def forward(self, x, train=True):
        mean, var = self.running_mean, self.running_var
        if train:
            mean, var = x.mean(axis=0), x.var(axis=0)
            self.running_mean = 0.9 * self.running_mean + 0.1 * mean
            self.running_var *= 0.9
            self.running_var += 0.1 * var
        self.scale, self.train = 1 / np.sqrt(var + 1e-5), train
        self.normal = (x - mean) * self.scale
        return self.gamma * self.normal + self.beta

    def backward(self, dout):
        self.dgamma = (dout * self.normal).sum(axis=0)
        self.dbeta = dout.sum(axis=0)
        d = dout * self.gamma
        if self.train:
            d = d - d.mean(axis=0) - self.normal * (d * self.normal).mean(axis=0)
        return d * self.scale


class Dropout:
    def __init__(self):
        self.generator = np.random.default_rng(0)

    def forward(self, x, keep=0.7):
        self.mask = (self.generator.random(x.shape) < keep) * (np.random.rand(*x.shape) < 0.9)
        return x * self.mask

    def backward(self, dout):
        return dout * self.mask


class Cell:
    """Two inputs, two results, weights that accumulate, and a cache that backward takes away."""

    def __init__(self):
        self.params = {"Wx": real(3, 2), "Wh": real(2, 2)}
        self.grads = {"Wx": 0.0, "Wh": 0.0}
        self.caches = []

    def forward(self, x, h):
        new = np.tanh(x @ self.params["Wx"] + h @ self.params["Wh"])
        self.caches.append((x, h, new))
        return new, new**2

    def backward(self, dnew, dsquare):
        x, h, new = self.caches.pop()
        dz = (dnew + 2 * new * dsquare) * (1 - new**2)
        self.grads["Wx"] = self.grads["Wx"] + x.T @ dz
        self.grads["Wh"] = self.grads["Wh"] + h.T @ dz
        return dz @ self.params["Wx"].T, dz @ self.params["Wh"].T


class MeanSquare:
    def forward(self, prediction, target):
        return np.mean((prediction - target) ** 2)

    def backward(self, prediction, target):
        d = 2 * (prediction - target) / prediction.size
        return d, -d


class Residual:
    def __init__(self):
        self.inner = Beside()
        self.inner.W, self.inner.b = real(3, 3), real(3)

    def __call__(self, pair):
        a, b = pair
        return {"sum": self.inner.forward(a) + b, "first": a}

    def backward(self, g):
        d = self.inner.backward(g["sum"])
        return [d + g["first"], g["sum"]]


LAYERS = {
    "a network with labels": (Network(), (real(5, 3), np.array([0, 1, 3, 2, 1])), {}, 15 + 8 + 12),
    "batch normalisation": (BatchNorm(3), (real(6, 3),), {}, 18 + 6),
    "its running statistics": (BatchNorm(3), (real(6, 3),), {"kwargs": {"train": False}}, 18 + 6),
    "a flag by position": (BatchNorm(3), (real(6, 3),), {"args": (False,)}, 18 + 6),
    "dropout": (Dropout(), (real(6, 3),), {}, 18),
    "two inputs and results": (Cell(), (real(4, 3), real(4, 2)), {}, 12 + 8 + 6 + 4),
    "a loss without a cotangent": (MeanSquare(), (real(4), real(4, seed=1)), {}, 8),
    "lists and dicts": (Residual(), ([real(2, 3), real(2, 3)],), {}, 6 + 6 + 9 + 3),
    "many weights": (Residual(), ([real(2, 3), real(2, 3)],), {"method": "projected"}, 24),
}


@pytest.mark.parametrize("name", LAYERS)
def test_a_right_layer_passes_and_stays_as_it_was(name):
    layer, inputs, options, size = LAYERS[name]
    before, state = copy.deepcopy(layer), np.random.get_state()[1].copy()
    report = check_layer(layer, *inputs, **options)
    assert sum(leaf.size for leaf in report.leaves) == size
    assert _state(layer) == _state(before)
    assert np.array_equal(np.random.get_state()[1], state)


def _state(item):
    if isinstance(item, np.random.Generator):
        return str(item.bit_generator.state)
    if isinstance(item, (list, tuple)):
        return [_state(part) for part in item]
    return (
        {k: _state(v) for k, v in vars(item).items()} if hasattr(item, "__dict__") else repr(item)
    )


class Broken(BatchNorm):
    def backward(self, dout):
        self.dgamma = (dout * self.normal).sum(axis=0)
        self.dbeta = dout.sum(axis=0)
        d = dout * self.gamma
        d = d - d.mean(axis=0) - self.normal * d.mean(axis=0)
        return d * self.scale


class Failing(Beside):
    calls = 0

    def backward(self, dout):
        Failing.calls += 1
        self.W += 1
        if Failing.calls > 3:
            raise ValueError("no")
        self.dW, self.db = self.x.T @ dout, dout.sum(axis=0)
        return dout @ self.W.T


def test_the_wrong_line_of_a_method_is_named_beside_large_arrays():
    layer = Broken(3)
    layer.table = np.zeros(400_000)
    with pytest.raises(GradientError, match="should be") as caught:
        check_layer(layer, real(6, 3))
    assert layer.table.flags.writeable
    (line,) = caught.value.report.lines
    assert line.statement == "d = d - d.mean(axis=0) - self.normal * d.mean(axis=0)"
    assert (
        line.correction == "d = d - d.mean(axis=0) - self.normal * (d * self.normal).mean(axis=0)"
    )


def test_a_layer_is_put_back_after_an_error():
    layer = Failing()
    W = layer.W.copy()
    with pytest.raises(ValueError, match="no"):
        check_layer(layer, real(4, 3))
    assert np.array_equal(layer.W, W)
    assert set(vars(layer)) == {"W", "b"}


def test_a_layer_is_checked_at_its_own_parameters():
    layer = Beside()
    W, b = layer.W.copy(), layer.b.copy()
    leaves = check_layer(layer, real(4, 3)).leaves
    assert np.array_equal(leaves[1].data, W)
    assert np.array_equal(leaves[2].data, b)


def test_what_is_not_checked_is_said():
    layer = Beside()
    layer.backward = lambda dout: setattr(layer, "dW", layer.x.T @ dout)
    report = check_layer(layer, real(4, 3), raises=False)
    assert [leaf.path for leaf in report.leaves] == ["W"]
    assert report.notes == [
        "Not checked: x. backward neither returns nor keeps a derivative for it.",
        "Not checked: b. The result depends on it, but no gradient was found. If it is a "
        "parameter, pass parameters= and gradients=.",
    ]


def test_parameters_and_their_gradients_can_be_named():
    layer = Beside()
    layer.backward = lambda dout: setattr(layer, "result", {"first": layer.x.T @ dout})
    report = check_layer(
        layer, real(4, 3), parameters=["W"], gradients=["result['first']"], raises=False
    )
    assert [leaf.path for leaf in report.leaves] == ["W"]
    assert report.ok


def test_methods_may_have_other_names():
    layer = SimpleNamespace(x=0.0)

    def fprop(x):
        layer.x = x
        return np.sin(x)

    layer.fprop, layer.bprop = fprop, lambda g: g * np.cos(layer.x)
    assert check_layer(layer, 0.5, forward="fprop", backward="bprop").ok


@pytest.mark.parametrize(
    ("layer", "options", "message"),
    [
        (Beside, {}, "not its class: Beside"),
        (SimpleNamespace(forward=np.sin), {}, "no method 'backward'"),
        (Beside(), {"parameters": ["V"]}, "no number or array 'V'. It has: W, b"),
        (Beside(), {"gradients": ["V"]}, "pass both"),
        (Beside(), {"parameters": ["W"], "gradients": []}, "one place for each"),
        (Beside(), {"backward": lambda: None}, "takes no derivative of the result"),
        (Beside(), {"backward": lambda g, ctx: None}, "takes ctx"),
        (Beside(), {"backward": lambda g: (g, g, g, g)}, "4 parts for 1 inputs"),
        (Relu(), {"backward": lambda g: None}, "no derivative of an input"),
        (SimpleNamespace(forward=lambda x: None, backward=np.sin), {}, "must return its result"),
    ],
)
def test_a_layer_that_cannot_be_called_gets_a_clear_error(layer, options, message):
    with pytest.raises(DataError, match=message):
        check_layer(layer, real(4, 3), **options)


def test_check_layer_is_at_the_top():
    assert autograd.check_layer is check_layer
