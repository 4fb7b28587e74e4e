"""Gradient of a solution of Robertson's stiff equations by their rates.

`Radau` here, Kvaerno's method of order 5 of diffrax on JAX.
"""

import numpy as np

TOLERANCE = 1e-3
RATES = np.array([0.04, 3e7, 1e4])
START, END = np.array([1.0, 0.0, 0.0]), 100.0
TOLERANCES = {"rtol": 1e-7, "atol": 1e-10}


def change(np, y, k):
    first, second, third = k[0] * y[0], k[1] * y[1] ** 2, k[2] * y[1] * y[2]
    return np.stack([third - first, first - third - second, second])


def chainrule(size):
    from autograd import grad
    from autograd.scipy.integrate import solve_ivp

    def end(log_rates):
        k = np.exp(log_rates)
        return solve_ivp(
            lambda t, y: change(np, y, k), (0, END), START, "Radau", **TOLERANCES
        ).y[0, -1]  # fmt: skip

    gradient, logs = grad(end), np.log(RATES)
    return lambda: gradient(logs)


def jax_jit(size):
    import diffrax
    import jax

    def end(log_rates):
        return diffrax.diffeqsolve(
            diffrax.ODETerm(lambda t, y, k: change(jax.numpy, y, k)),
            diffrax.Kvaerno5(),
            0.0,
            END,
            1e-6,
            jax.numpy.asarray(START),
            jax.numpy.exp(log_rates),
            stepsize_controller=diffrax.PIDController(**TOLERANCES),
            max_steps=4096,
        ).ys[0, 0]

    gradient, logs = jax.jit(jax.grad(end)), jax.numpy.log(RATES)
    return lambda: jax.block_until_ready(gradient(logs))
