"""Gradient of the solution of a tridiagonal system by its diagonal and its right side.

`spsolve` of a sparse matrix here, lineax on JAX.
"""

import numpy as np

SIZES = (1_000, 100_000)


def data(size):
    random = np.random.RandomState(0)
    return 3.0 + random.rand(size), random.randn(size)


def chainrule(size):
    from autograd import grad
    from autograd.scipy import sparse

    beside = -np.ones(size - 1)

    def loss(diagonal, b):
        a = sparse.diags_array([beside, diagonal, beside], offsets=[-1, 0, 1])
        return np.sum(sparse.linalg.spsolve(a, b) ** 2)

    diagonal, b = data(size)
    gradient = grad(loss, (0, 1))
    return lambda: gradient(diagonal, b)


def jax_jit(size):
    import jax
    import lineax

    beside = -jax.numpy.ones(size - 1)

    def loss(diagonal, b):
        operator = lineax.TridiagonalLinearOperator(diagonal, beside, beside)
        solver = lineax.Tridiagonal()
        return jax.numpy.sum(lineax.linear_solve(operator, b, solver).value ** 2)

    diagonal, b = map(jax.numpy.asarray, data(size))
    gradient = jax.jit(jax.grad(loss, (0, 1)))
    return lambda: jax.block_until_ready(gradient(diagonal, b))
