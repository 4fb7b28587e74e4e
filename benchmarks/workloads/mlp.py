"""Training step of a tanh network on arrays: loss, gradient and gradient descent."""

import itertools

import numpy as np

SHAPES = {
    "100×[2,16,16,1]": (100, [2, 16, 16, 1]),
    "32×[64,64,64,10]": (32, [64, 64, 64, 10]),
    "128×[784,256,128,10]": (128, [784, 256, 128, 10]),
    "1024×[1024,1024,1024,10]": (1024, [1024, 1024, 1024, 10]),
}
SIZES = tuple(f"{shape} {kind}" for shape in SHAPES for kind in ("float32", "float64"))
QUICK_SIZES = SIZES[:3]
CALLS = 3
TOLERANCE = 1e-4
LARGEST = {"tinygrad": "128×[784,256,128,10] float64"}
RATE = 0.01


def data(size):
    shape, kind = size.split()
    dtype = np.dtype(kind)
    batch, widths = SHAPES[shape]
    generator = np.random.default_rng(0)
    # in its own type from the beginning: peak_of_step counts what is made on the way
    x, target = (generator.standard_normal((batch, n), dtype) for n in (widths[0], widths[-1]))
    weights = []
    for a, b in itertools.pairwise(widths):
        weights.append(generator.standard_normal((a, b), dtype))
        weights[-1] /= dtype.type(np.sqrt(a))
    biases = [np.zeros(b, dtype) for b in widths[1:]]
    return x, target, weights, biases


def loss_of(weights, biases, x, target, tanh):
    """Return the mean square error, for arrays of any library."""
    h = x
    for w, b in zip(weights[:-1], biases[:-1], strict=True):
        h = tanh(h @ w + b)
    difference = h @ weights[-1] + biases[-1] - target
    return (difference**2).mean()


def numpy(size):
    x, target, weights, biases = data(size)

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


def chainrule(size):
    from autograd import Tensor

    x, target, weights, biases = data(size)
    weights, biases = [Tensor(w) for w in weights], [Tensor(b) for b in biases]

    def step():
        loss = loss_of(weights, biases, x, target, np.tanh)
        loss.backward()
        for p in (*weights, *biases):
            p.data -= RATE * p.grad
            p.grad = None
        return loss.item()

    return step


def chainrule_jit(size):
    from autograd import jit

    return jit(chainrule(size))


def torch(size):
    import torch

    x, target, weights, biases = data(size)
    x, target = torch.from_numpy(x), torch.from_numpy(target)
    weights = [torch.from_numpy(w).requires_grad_() for w in weights]
    biases = [torch.from_numpy(b).requires_grad_() for b in biases]

    def step():
        loss = loss_of(weights, biases, x, target, torch.tanh)
        loss.backward()
        with torch.no_grad():
            for p in (*weights, *biases):
                p -= RATE * p.grad
                p.grad = None
        return loss.item()

    return step


def hips(size):
    import autograd.numpy as np
    from autograd import value_and_grad

    x, target, *parameters = data(size)
    gradient = value_and_grad(lambda p: loss_of(*p, x, target, np.tanh))

    def step():
        loss, gradients = gradient(parameters)
        for kind, found in zip(parameters, gradients, strict=True):
            for p, g in zip(kind, found, strict=True):
                p -= RATE * g
        return loss

    return step


def jax_step(size, jit):
    import jax

    x, target, *parameters = jax.tree.map(jax.numpy.asarray, data(size))
    gradient = jax.value_and_grad(lambda p: loss_of(*p, x, target, jax.numpy.tanh))

    def update(parameters):
        loss, gradients = gradient(parameters)
        return loss, jax.tree.map(lambda p, g: p - RATE * g, parameters, gradients)

    if jit:
        update = jax.jit(update)

    def step():
        nonlocal parameters
        loss, parameters = update(parameters)
        jax.block_until_ready(parameters)
        return float(loss)

    return step


def jax(size):
    return jax_step(size, jit=False)


def jax_jit(size):
    return jax_step(size, jit=True)


def mygrad(size):
    import mygrad

    x, target, weights, biases = data(size)
    weights, biases = [mygrad.tensor(w) for w in weights], [mygrad.tensor(b) for b in biases]

    def step():
        loss = loss_of(weights, biases, x, target, mygrad.tanh)
        loss.backward()
        for p in (*weights, *biases):
            p.data -= RATE * p.grad
            p.null_grad()
        return loss.item()

    return step


def tinygrad(size):
    from tinygrad import Tensor, TinyJit

    x, target, weights, biases = data(size)
    x, target = Tensor(x).realize(), Tensor(target).realize()
    weights, biases = [Tensor(w).realize() for w in weights], [Tensor(b).realize() for b in biases]
    parameters = [*weights, *biases]

    @TinyJit
    def update():
        loss = loss_of(weights, biases, x, target, Tensor.tanh)
        for p, g in zip(parameters, loss.gradient(*parameters), strict=True):
            p.assign(p - RATE * g)
        return loss.realize(*parameters)

    return lambda: update().item()
