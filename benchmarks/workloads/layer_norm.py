"""Layer normalisation of 512 rows of 768 numbers, with scale and shift, and its gradients."""

import numpy as np

SIZES = ("float32", "float64")
TOLERANCE = 1e-3
ROWS, WIDTH = 512, 768


def data(dtype):
    generator = np.random.default_rng(0)
    x, weights = generator.normal(size=(2, ROWS, WIDTH)).astype(dtype)
    return x, *generator.normal(size=(2, WIDTH)).astype(dtype), weights


def function(x, scale, shift, weights, sqrt):
    """Return a weighted sum of what layer normalisation gives."""
    centred = x - x.mean(-1, keepdims=True)
    variance = (centred * centred).mean(-1, keepdims=True)
    return ((centred / sqrt(variance + 1e-5) * scale + shift) * weights).sum()


def numpy(dtype):
    x, scale, shift, weights = data(dtype)

    def run():
        centred = x - x.mean(-1, keepdims=True)
        inverse = 1 / np.sqrt((centred * centred).mean(-1, keepdims=True) + np.array(1e-5, dtype))
        normal = centred * inverse
        loss = ((normal * scale + shift) * weights).sum()
        g = weights * scale
        g_x = g - g.mean(-1, keepdims=True) - normal * (g * normal).mean(-1, keepdims=True)
        return loss, g_x * inverse, (weights * normal).sum(0), weights.sum(0)

    return run


def chainrule(dtype):
    from autograd import Tensor

    *inputs, weights = data(dtype)

    def run():
        leaves = [Tensor(x) for x in inputs]
        loss = function(*leaves, weights, np.sqrt)
        loss.backward()
        return loss.item(), *[leaf.grad for leaf in leaves]

    return run


def chainrule_jit(dtype):
    from autograd import jit

    return jit(chainrule(dtype))


def torch(dtype):
    import torch

    *inputs, weights = map(torch.from_numpy, data(dtype))

    def run():
        leaves = [x.detach().requires_grad_() for x in inputs]
        normal = torch.nn.functional.layer_norm(leaves[0], (WIDTH,), *leaves[1:])
        loss = (normal * weights).sum()
        loss.backward()
        return loss.item(), *[leaf.grad for leaf in leaves]

    return run


def jax_call(dtype, jit):
    import jax

    arguments = [jax.numpy.asarray(x) for x in data(dtype)]
    gradient = jax.value_and_grad(lambda *x: function(*x, jax.numpy.sqrt), (0, 1, 2))
    if jit:
        gradient = jax.jit(gradient)

    def run():
        loss, gradients = jax.block_until_ready(gradient(*arguments))
        return loss, *gradients

    return run


def jax(dtype):
    return jax_call(dtype, jit=False)


def jax_jit(dtype):
    return jax_call(dtype, jit=True)
