"""Chain of ten elementwise operations and a sum, and its gradient."""

import numpy as np

LENGTHS = (10**2, 10**3, 10**4, 10**5, 10**6, 10**7)
SIZES = tuple(f"{n} {kind}" for n in LENGTHS for kind in ("float32", "float64"))
QUICK_SIZES = ("100 float32", "10000 float32", "1000000 float32", "1000000 float64")
LARGEST = {
    "tinygrad": "100000 float64",
    "interpreted": "1000000 float64",
    "jax": "1000000 float64",
}
TOLERANCE = 2e-3  # float32


def data(size):
    n, kind = size.split()
    return np.random.default_rng(0).normal(size=int(n)).astype(kind)


def function(x, np):
    """Return the sum, with the functions of any module that names them as NumPy does."""
    scaled = x * 0.5 + 0.1
    t = np.tanh(scaled)
    s = np.sin(np.exp(t * x) - t)
    return ((s * s + x) * scaled).sum()


def numpy(size):
    x = data(size)

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


def chainrule(size):
    from autograd import Tensor

    x = data(size)

    def run():
        leaf = Tensor(x)
        total = function(leaf, np)
        total.backward()
        return total.item(), leaf.grad

    return run


def chainrule_jit(size):
    from autograd import jit

    return jit(chainrule(size))


def torch(size):
    import torch

    x = torch.from_numpy(data(size))

    def run():
        leaf = x.detach().requires_grad_()
        total = function(leaf, torch)
        total.backward()
        return total.item(), leaf.grad

    return run


def hips(size):
    import autograd.numpy as np
    from autograd import value_and_grad

    x = data(size)
    gradient = value_and_grad(lambda x: function(x, np))
    return lambda: gradient(x)


def jax_call(size, jit):
    import jax

    x = jax.numpy.asarray(data(size))
    gradient = jax.value_and_grad(lambda x: function(x, jax.numpy))
    if jit:
        gradient = jax.jit(gradient)
    return lambda: jax.block_until_ready(gradient(x))


def jax(size):
    return jax_call(size, jit=False)


def jax_jit(size):
    return jax_call(size, jit=True)


def mygrad(size):
    import mygrad

    x = data(size)

    def run():
        leaf = mygrad.tensor(x)
        total = function(leaf, mygrad)
        total.backward()
        return total.item(), leaf.grad

    return run


def tinygrad(size):
    from tinygrad import Tensor, TinyJit

    x = Tensor(data(size)).realize()

    def both():
        total = function(x, Tensor)
        return total, total.gradient(x)[0]

    jitted = TinyJit(lambda: [t.realize() for t in both()])
    return lambda: [t.numpy() for t in jitted()]
