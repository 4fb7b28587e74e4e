"""What is timed: the same work written for each peer as its own users would write it."""

import itertools
import random
from pathlib import Path

import numpy as np

# -- one number at a time ---------------------------------------------------------------------


def scalar_expression(value, operations=1500):
    """Record and differentiate an expression that uses each of micrograd's operations."""
    x, w, b = value(0.3), value(0.9), value(0.1)
    y = x
    for _ in range(operations // 10):
        y = (y * w + b).relu()
        y = (y - x) * 0.5 + w / 3.0
        y = y**2 - b * y
    y.backward()
    return x.grad, w.grad, b.grad


def micrograd_network(value):
    """Return micrograd's own MLP class with another Value imported, and nothing else changed."""
    import micrograd.nn

    source = Path(micrograd.nn.__file__).read_text()
    line = "from micrograd.engine import Value"
    assert line in source
    namespace = {"TheValue": value}
    exec(source.replace(line, "Value = TheValue"), namespace)
    return namespace["MLP"]


def moons(n=100):
    """Two interleaved half circles, as in micrograd's demo, labelled -1 and 1."""
    generator = np.random.default_rng(1337)
    angle = generator.uniform(0, np.pi, n)
    label = np.where(np.arange(n) < n // 2, 1, -1)
    x = np.cos(angle) * label + (label < 0)
    y = np.sin(angle) * label + 0.5 * (label < 0)
    points = np.stack([x, y], axis=1) + generator.normal(0, 0.1, (n, 2))
    return points.tolist(), label.tolist()


def micrograd_demo(value, points=100):
    """One step of micrograd's demo: 2-16-16-1 network, hinge loss, L2, plain descent."""
    random.seed(1337)
    model = micrograd_network(value)(2, [16, 16, 1])
    X, y = moons(points)

    def step():
        inputs = [list(map(value, row)) for row in X]
        scores = list(map(model, inputs))
        losses = [(1 + -yi * score).relu() for yi, score in zip(y, scores, strict=True)]
        data_loss = sum(losses) * (1.0 / len(losses))
        reg_loss = 1e-4 * sum(p * p for p in model.parameters())
        total = data_loss + reg_loss
        model.zero_grad()
        total.backward()
        for p in model.parameters():
            p.data -= 1e-3 * p.grad
        return total.data

    return step


# -- whole arrays -----------------------------------------------------------------------------

SIZES = {
    "100×[2,16,16,1]": (100, [2, 16, 16, 1]),
    "32×[64,64,64,10]": (32, [64, 64, 64, 10]),
    "128×[784,256,128,10]": (128, [784, 256, 128, 10]),
    "1024×[1024,1024,1024,10]": (1024, [1024, 1024, 1024, 10]),
}


def mlp_data(size, dtype):
    batch, widths = SIZES[size]
    generator = np.random.default_rng(0)
    x = generator.normal(size=(batch, widths[0])).astype(dtype)
    target = generator.normal(size=(batch, widths[-1])).astype(dtype)
    weights = [
        (generator.normal(size=(a, b)) / np.sqrt(a)).astype(dtype)
        for a, b in itertools.pairwise(widths)
    ]
    biases = [np.zeros(b, dtype) for b in widths[1:]]
    return x, target, weights, biases


RATE = 0.01


def mlp_numpy(size, dtype):
    """Forward, backward and update written out by hand."""
    x, target, weights, biases = mlp_data(size, dtype)

    def step():
        outputs = [x]
        for w, b in zip(weights[:-1], biases[:-1], strict=True):
            outputs.append(np.tanh(outputs[-1] @ w + b))
        difference = outputs[-1] @ weights[-1] + biases[-1] - target
        loss = (difference**2).mean()
        g = difference * (2.0 / difference.size)
        gradients = []
        for i in reversed(range(len(weights))):
            h = outputs[i]
            gradients.append((h.T @ g, g.sum(axis=0)))
            if i:
                g = (g @ weights[i].T) * (1 - h * h)
        for w, b, (gw, gb) in zip(weights, biases, reversed(gradients), strict=True):
            w -= RATE * gw
            b -= RATE * gb
        return float(loss)

    return step


def mlp_chainrule(size, dtype):
    from autograd import Tensor

    x, target, weights, biases = mlp_data(size, dtype)
    weights = [Tensor(w) for w in weights]
    biases = [Tensor(b) for b in biases]

    def step():
        h = x
        for w, b in zip(weights[:-1], biases[:-1], strict=True):
            h = np.tanh(h @ w + b)
        difference = h @ weights[-1] + biases[-1] - target
        loss = (difference**2).mean()
        loss.backward()
        for p in (*weights, *biases):
            p.data -= RATE * p.grad
            p.grad = None
        return loss.item()

    return step


def mlp_torch(size, dtype):
    import torch

    x, target, weights, biases = mlp_data(size, dtype)
    x, target = torch.from_numpy(x), torch.from_numpy(target)
    weights = [torch.from_numpy(w).requires_grad_() for w in weights]
    biases = [torch.from_numpy(b).requires_grad_() for b in biases]

    def step():
        h = x
        for w, b in zip(weights[:-1], biases[:-1], strict=True):
            h = torch.tanh(h @ w + b)
        difference = h @ weights[-1] + biases[-1] - target
        loss = (difference**2).mean()
        loss.backward()
        with torch.no_grad():
            for p in (*weights, *biases):
                p -= RATE * p.grad
                p.grad = None
        return loss.item()

    return step


# -- checking a gradient ----------------------------------------------------------------------


def layers_inputs():
    """Return the data and the three weight matrices of three tanh layers, 8 wide."""
    generator = np.random.default_rng(0)
    return generator.normal(size=(8, 8)), [generator.normal(size=(8, 8)) / 3 for _ in range(3)]


def layers_chainrule(total):
    """Return a check of the derivatives of three tanh layers, or of the sum of their results."""
    import autograd

    X, weights = layers_inputs()

    def layers(a, b, c):
        y = np.tanh(np.tanh(np.tanh(X @ a) @ b) @ c)
        return y.sum() if total else y

    return lambda **options: autograd.check_gradients(layers, *weights, **options)


def layers_torch(total):
    """Return the same for PyTorch."""
    import torch

    X, weights = layers_inputs()
    X = torch.tensor(X)
    weights = [torch.tensor(w, requires_grad=True) for w in weights]

    def layers(a, b, c):
        y = torch.tanh(torch.tanh(torch.tanh(X @ a) @ b) @ c)
        return y.sum() if total else y

    return lambda **options: torch.autograd.gradcheck(layers, weights, **options)


def lstm_inputs(dtype):
    random = np.random.RandomState(0)
    inputs = random.randn(50, 32, 64).astype(dtype)
    weights = {gate: (random.randn(129, 64) / 11).astype(dtype) for gate in "fioc"}
    return inputs, weights


def lstm_chainrule(dtype):
    """The gradient of an LSTM cell written by hand, 50 steps, batch 32, width 64."""
    from autograd import grad, sigmoid

    inputs, weights = lstm_inputs(dtype)
    ones = np.ones((32, 1), dtype)

    def loss(w):
        h = c = np.zeros((32, 64), dtype)
        for x in inputs:
            both = np.hstack((x, h, ones))
            c = sigmoid(both @ w["f"]) * c + sigmoid(both @ w["i"]) * np.tanh(both @ w["c"])
            h = sigmoid(both @ w["o"]) * np.tanh(c)
        return np.sum(h**2)

    gradient = grad(loss)
    return lambda: gradient(weights)


def lstm_torch(dtype):
    import torch

    plain, weights = lstm_inputs(dtype)
    inputs, ones = torch.tensor(plain), torch.tensor(np.ones((32, 1), dtype))
    w = {gate: torch.tensor(array, requires_grad=True) for gate, array in weights.items()}
    sigmoid = torch.sigmoid

    def gradient():
        h = c = torch.zeros((32, 64), dtype=inputs.dtype)
        for x in inputs:
            both = torch.hstack((x, h, ones))
            c = sigmoid(both @ w["f"]) * c + sigmoid(both @ w["i"]) * torch.tanh(both @ w["c"])
            h = sigmoid(both @ w["o"]) * torch.tanh(c)
        found = torch.autograd.grad((h**2).sum(), list(w.values()))
        return dict(zip(w, found, strict=True))

    return gradient
