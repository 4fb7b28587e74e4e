"""Hessian-vector product of Rosenbrock's function in 10,000 dimensions."""

import numpy as np

from workloads.hessian import rosenbrock


def data():
    random = np.random.RandomState(0)
    return random.randn(10_000), random.randn(10_000)


def numpy(size):
    x, v = data()

    def run():
        product = 200.0 * v
        product[0] = 0.0
        product[:-1] += (1200.0 * x[:-1] ** 2 - 400.0 * x[1:] + 2.0) * v[:-1]
        beside = -400.0 * x[:-1]
        product[:-1] += beside * v[1:]
        product[1:] += beside * v[:-1]
        return product

    return run


def chainrule(size):
    from autograd import hessian_vector_product

    x, v = data()
    product = hessian_vector_product(rosenbrock)
    return lambda: product(x, v)


def chainrule_jit(size):
    from autograd import jit

    return jit(chainrule(size))


hips = chainrule


def torch(size):
    import torch

    x, v = map(torch.from_numpy, data())
    return lambda: torch.autograd.functional.hvp(rosenbrock, x, v)[1]


def jax_call(jit):
    import jax

    x, v = map(jax.numpy.asarray, data())

    def product(x, v):
        return jax.jvp(jax.grad(rosenbrock), (x,), (v,))[1]

    if jit:
        product = jax.jit(product)
    return lambda: jax.block_until_ready(product(x, v))


def jax(size):
    return jax_call(jit=False)


def jax_jit(size):
    return jax_call(jit=True)
