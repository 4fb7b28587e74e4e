"""Jacobian of the parameters of a fitted exponential by its 50 data.

JAX uses the Levenberg-Marquardt method of optimistix.
"""

import numpy as np

TIMES = np.linspace(0.0, 4.0, 50)
VALUES = 2.5 * np.exp(-1.3 * TIMES) + 0.5 + 0.02 * np.sin(9 * TIMES)
FIRST = np.array([1.0, 1.0, 0.0])


def model(np, t, p):
    return p[0] * np.exp(-p[1] * t) + p[2]


def chainrule(size):
    from autograd import jacobian
    from autograd.scipy.optimize import least_squares

    def fitted(y):
        return least_squares(lambda p: model(np, TIMES, p) - y, FIRST).x

    derivative = jacobian(fitted)
    return lambda: derivative(VALUES)


def jax_jit(size):
    import jax
    import optimistix

    solver = optimistix.LevenbergMarquardt(rtol=1e-12, atol=1e-12)

    def fitted(y):
        return optimistix.least_squares(
            lambda p, y: model(jax.numpy, TIMES, p) - y, solver, jax.numpy.asarray(FIRST), y
        ).value

    derivative, y = jax.jit(jax.jacrev(fitted)), jax.numpy.asarray(VALUES)
    return lambda: jax.block_until_ready(derivative(y))
