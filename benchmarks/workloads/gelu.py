"""GELU of 512 rows of 3,072 numbers, in its form with tanh, and its gradient."""

import numpy as np

SIZES = ("float32", "float64")
TOLERANCE = 1e-3
ROWS, WIDTH = 512, 3072
FACTOR = 0.7978845608028654  # √(2/π)


def data(dtype):
    return np.random.default_rng(0).normal(size=(2, ROWS, WIDTH)).astype(dtype)


def function(x, weights, tanh):
    """Return a weighted sum of x · Φ(x)."""
    return (0.5 * x * (1 + tanh(FACTOR * (x + 0.044715 * (x * x * x)))) * weights).sum()


def numpy(dtype):
    x, weights = data(dtype)

    def run():
        square = x * x
        t = np.tanh(FACTOR * (x + 0.044715 * (square * x)))
        half = 0.5 * (1 + t)
        loss = (x * half * weights).sum()
        slope = half + 0.5 * x * (1 - t * t) * (FACTOR * (1 + 3 * 0.044715 * square))
        return loss, slope * weights

    return run


def chainrule(dtype):
    from autograd import Tensor

    x, weights = data(dtype)

    def run():
        leaf = Tensor(x)
        loss = function(leaf, weights, np.tanh)
        loss.backward()
        return loss.item(), leaf.grad

    return run


def chainrule_jit(dtype):
    from autograd import jit

    return jit(chainrule(dtype))


def torch(dtype):
    import torch

    x, weights = map(torch.from_numpy, data(dtype))

    def run():
        leaf = x.detach().requires_grad_()
        loss = (torch.nn.functional.gelu(leaf, approximate="tanh") * weights).sum()
        loss.backward()
        return loss.item(), leaf.grad

    return run


def jax_call(dtype, jit):
    import jax

    x, weights = map(jax.numpy.asarray, data(dtype))
    gradient = jax.value_and_grad(lambda x: function(x, weights, jax.numpy.tanh))
    if jit:
        gradient = jax.jit(gradient)
    return lambda: jax.block_until_ready(gradient(x))


def jax(dtype):
    return jax_call(dtype, jit=False)


def jax_jit(dtype):
    return jax_call(dtype, jit=True)
