"""Sparse Hessian of Rosenbrock's function.

The pattern is known: what is timed is the computation of the entries.
"""

import numpy as np

SIZES = (1_000, 100_000)
QUICK_SIZES = (1_000,)


def rosenbrock(np, x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def data(size):
    return np.random.RandomState(0).randn(size)


def numpy(size):
    import scipy.sparse

    x = data(size)
    pattern = scipy.sparse.diags_array([1.0, 1.0, 1.0], offsets=[-1, 0, 1], shape=(size, size))
    pattern = pattern.tocsr()

    def by_hand():
        bands = np.zeros((size, 3))  # left, diagonal, right
        bands[:-1, 1] = 1200 * x[:-1] ** 2 - 400 * x[1:] + 2
        bands[1:, 1] += 200
        bands[1:, 0] = bands[:-1, 2] = -400 * x[:-1]
        entries = bands.ravel()[1:-1]
        parts = (entries, pattern.indices, pattern.indptr)
        return scipy.sparse.csr_array(parts, shape=pattern.shape).data

    return by_hand


def chainrule(size):
    from autograd import sparse_hessian

    x = data(size)
    derivative = sparse_hessian(lambda x: rosenbrock(np, x))
    derivative(x)
    return lambda: derivative(x).data


def asdex(size):
    import asdex
    import jax

    x = jax.numpy.asarray(data(size))
    derivative = jax.jit(asdex.hessian(lambda x: rosenbrock(jax.numpy, x), x))
    return lambda: jax.block_until_ready(derivative(x)).data


def casadi(size):
    import casadi

    x = casadi.SX.sym("x", size)
    f = casadi.sum1(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)
    derivative = casadi.Function("hessian", [x], [casadi.hessian(f, x)[0]])
    point = data(size)
    return lambda: derivative(point).nz[:].full().ravel()
