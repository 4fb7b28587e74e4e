"""Hessian of Rosenbrock's function in 50 dimensions."""

import numpy as np

DIMENSIONS = 50


def data(dimensions=DIMENSIONS):
    return np.random.RandomState(0).randn(dimensions)


def rosenbrock(x):
    return (100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2).sum()


def numpy(size):
    x = data()

    def run():
        diagonal = np.zeros_like(x)
        diagonal[:-1] = 1200.0 * x[:-1] ** 2 - 400.0 * x[1:] + 2.0
        diagonal[1:] += 200.0
        beside = -400.0 * x[:-1]
        return np.diag(diagonal) + np.diag(beside, 1) + np.diag(beside, -1)

    return run


def chainrule(size):
    from autograd import hessian

    x, derivative = data(), hessian(rosenbrock)
    return lambda: derivative(x)


def chainrule_jit(size):
    from autograd import jit

    return jit(chainrule(size))


hips = chainrule


def torch(size):
    import torch

    x, derivative = torch.from_numpy(data()), torch.func.hessian(rosenbrock)
    return lambda: derivative(x)


def jax(size):
    import jax

    x, derivative = jax.numpy.asarray(data()), jax.hessian(rosenbrock)
    return lambda: jax.block_until_ready(derivative(x))


def jax_jit(size):
    import jax

    x, derivative = jax.numpy.asarray(data()), jax.jit(jax.hessian(rosenbrock))
    return lambda: jax.block_until_ready(derivative(x))
