"""Reductions and broadcasting: standardise the columns of 512×256 numbers, scale and shift."""

import numpy as np

EPSILON = 1e-5


def data():
    generator = np.random.default_rng(0)
    shapes = ((512, 256), (256,), (256,))
    return [generator.normal(size=shape) for shape in shapes]


def function(x, scale, shift, sqrt):
    """Return the loss, for arrays of any library."""
    centred = x - x.mean(0)
    deviation = sqrt((centred * centred).mean(0) + EPSILON)
    y = centred / deviation * scale + shift
    return (y * y).mean()


def numpy(size):
    x, scale, shift = data()

    def run():
        centred = x - x.mean(0)
        inverse = 1.0 / np.sqrt((centred * centred).mean(0) + EPSILON)
        standard = centred * inverse
        y = standard * scale + shift
        loss = (y * y).mean()
        g = y * (2.0 / y.size)
        g_shift = g.sum(0)
        g_scale = (g * standard).sum(0)
        g *= scale
        g_x = inverse * (g - g.mean(0) - standard * (g * standard).mean(0))
        return loss, g_x, g_scale, g_shift

    return run


def backward_through(leaf, sqrt):
    arrays = data()

    def run():
        leaves = [leaf(array) for array in arrays]
        loss = function(*leaves, sqrt)
        loss.backward()
        return loss.item(), *(x.grad for x in leaves)

    return run


def chainrule(size):
    from autograd import Tensor

    return backward_through(Tensor, np.sqrt)


def chainrule_jit(size):
    from autograd import jit

    return jit(chainrule(size))


def torch(size):
    import torch

    return backward_through(lambda x: torch.from_numpy(x).requires_grad_(), torch.sqrt)


def mygrad(size):
    import mygrad

    return backward_through(mygrad.tensor, mygrad.sqrt)


def hips(size):
    import autograd.numpy as np
    from autograd import value_and_grad

    arrays = data()
    gradient = value_and_grad(lambda leaves: function(*leaves, np.sqrt))
    return lambda: gradient(arrays)


def jax_call(jit):
    import jax

    arrays = [jax.numpy.asarray(x) for x in data()]
    gradient = jax.value_and_grad(lambda leaves: function(*leaves, jax.numpy.sqrt))
    if jit:
        gradient = jax.jit(gradient)
    return lambda: jax.tree.leaves(jax.block_until_ready(gradient(arrays)))


def jax(size):
    return jax_call(jit=False)


def jax_jit(size):
    return jax_call(jit=True)


def tinygrad(size):
    from tinygrad import Tensor, TinyJit

    leaves = [Tensor(x).realize() for x in data()]

    @TinyJit
    def every():
        loss = function(*leaves, Tensor.sqrt)
        return [t.realize() for t in (loss, *loss.gradient(*leaves))]

    return lambda: [t.numpy() for t in every()]
