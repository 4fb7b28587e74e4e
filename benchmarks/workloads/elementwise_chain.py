"""Chain of ten elementwise operations and a sum, and its gradient."""

import numpy as np

SIZES = (10**2, 10**3, 10**4, 10**5, 10**6, 10**7)
QUICK_SIZES = (10**2, 10**4, 10**6)
LARGEST = {"tinygrad": 10**5, "interpreted": 10**6, "jax": 10**6}


def data(n):
    return np.random.default_rng(0).normal(size=n)


def function(x, np):
    """Return the sum, with the functions of any module that names them as NumPy does."""
    scaled = x * 0.5 + 0.1
    t = np.tanh(scaled)
    s = np.sin(np.exp(t * x) - t)
    return ((s * s + x) * scaled).sum()


def numpy(n):
    x = data(n)

    def run():
        scaled = x * 0.5 + 0.1
        t = np.tanh(scaled)
        e = np.exp(t * x)
        inner = e - t
        s = np.sin(inner)
        last = s * s + x
        total = (last * scaled).sum()
        g_inner = scaled * (2.0 * s) * np.cos(inner)
        g_product = g_inner * e
        g_scaled = last + (g_product * x - g_inner) * (1.0 - t * t)
        return total, scaled + g_product * t + 0.5 * g_scaled

    return run


def chainrule(n):
    from autograd import Tensor

    x = data(n)

    def run():
        leaf = Tensor(x)
        total = function(leaf, np)
        total.backward()
        return total.item(), leaf.grad

    return run


def torch(n):
    import torch

    x = torch.from_numpy(data(n))

    def run():
        leaf = x.detach().requires_grad_()
        total = function(leaf, torch)
        total.backward()
        return total.item(), leaf.grad

    return run


def hips(n):
    import autograd.numpy as np
    from autograd import value_and_grad

    x = data(n)
    gradient = value_and_grad(lambda x: function(x, np))
    return lambda: gradient(x)


def jax_call(n, jit):
    import jax

    x = jax.numpy.asarray(data(n))
    gradient = jax.value_and_grad(lambda x: function(x, jax.numpy))
    if jit:
        gradient = jax.jit(gradient)
    return lambda: jax.block_until_ready(gradient(x))


def jax(n):
    return jax_call(n, jit=False)


def jax_jit(n):
    return jax_call(n, jit=True)


def mygrad(n):
    import mygrad

    x = data(n)

    def run():
        leaf = mygrad.tensor(x)
        total = function(leaf, mygrad)
        total.backward()
        return total.item(), leaf.grad

    return run


def tinygrad(n):
    from tinygrad import Tensor, TinyJit

    x = Tensor(data(n)).realize()

    def both():
        total = function(x, Tensor)
        return total, total.gradient(x)[0]

    jitted = TinyJit(lambda: [t.realize() for t in both()])
    return lambda: [t.numpy() for t in jitted()]
