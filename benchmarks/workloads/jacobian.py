"""Jacobian of tanh(A @ x), 64×64."""

import numpy as np


def data():
    random = np.random.RandomState(0)
    return random.randn(64, 64) / 8, random.randn(64)


def numpy(size):
    matrix, x = data()
    return lambda: (1.0 - np.tanh(matrix @ x) ** 2)[:, None] * matrix


def chainrule(size):
    from autograd import jacobian

    matrix, x = data()
    derivative = jacobian(lambda x: np.tanh(matrix @ x))
    return lambda: derivative(x)


def chainrule_jit(size):
    from autograd import jit

    return jit(chainrule(size))


def hips(size):
    import autograd.numpy as np
    from autograd import jacobian

    matrix, x = data()
    derivative = jacobian(lambda x: np.tanh(np.dot(matrix, x)))
    return lambda: derivative(x)


def torch(size):
    import torch

    matrix, x = map(torch.from_numpy, data())
    derivative = torch.func.jacrev(lambda x: torch.tanh(matrix @ x))
    return lambda: derivative(x)


def jax_call(jit):
    import jax

    matrix, x = map(jax.numpy.asarray, data())
    derivative = jax.jacrev(lambda x: jax.numpy.tanh(matrix @ x))
    if jit:
        derivative = jax.jit(derivative)
    return lambda: jax.block_until_ready(derivative(x))


def jax(size):
    return jax_call(jit=False)


def jax_jit(size):
    return jax_call(jit=True)
