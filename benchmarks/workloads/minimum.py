"""Gradient of where Rosenbrock's function has its minimum, by its parameter, with BFGS.

JAX uses optimistix.
"""

import numpy as np

FIRST = np.array([-1.2, 1.0, 0.5])
TOLERANCE = 1e-4


def rosenbrock(np, x, a):
    return np.sum(a * (x[1:] - x[:-1] ** 2) ** 2 + (1.5 - x[:-1]) ** 2 + 0.1 * a * x[:-1] ** 2)


def chainrule(size):
    from autograd import grad
    from autograd.scipy.optimize import minimize

    def place(a):
        found = minimize(lambda x: rosenbrock(np, x, a), FIRST, method="BFGS", tol=1e-8)
        return np.sum(found.x)

    gradient = grad(place)
    return lambda: gradient(10.0)


def jax_jit(size):
    import jax
    import optimistix

    solver = optimistix.BFGS(rtol=1e-10, atol=1e-10)

    def place(a):
        found = optimistix.minimise(
            lambda x, a: rosenbrock(jax.numpy, x, a), solver, jax.numpy.asarray(FIRST), a
        )
        return jax.numpy.sum(found.value)

    gradient = jax.jit(jax.grad(place))
    return lambda: jax.block_until_ready(gradient(10.0))
