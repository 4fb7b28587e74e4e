"""Gradient of a solution of the Lotka-Volterra equations by their four rates.

`RK45` here, the same method of diffrax on JAX, `odeint` of HIPS autograd.
"""

import numpy as np

TOLERANCE = 1e-5
RATES = np.array([1.1, 0.4, 0.1, 0.4])
START, END = np.array([10.0, 10.0]), 10.0
TOLERANCES = {"rtol": 1e-8, "atol": 1e-8}


def change(np, y, a):
    return np.stack([a[0] * y[0] - a[1] * y[0] * y[1], a[2] * y[0] * y[1] - a[3] * y[1]])


def chainrule(size):
    from autograd import grad
    from autograd.scipy.integrate import solve_ivp

    def end(a):
        return solve_ivp(lambda t, y: change(np, y, a), (0, END), START, **TOLERANCES).y[0, -1]

    gradient = grad(end)
    return lambda: gradient(RATES)


def hips(size):
    from autograd import grad
    from autograd import numpy as anp
    from autograd.builtins import tuple as together
    from autograd.scipy.integrate import odeint

    def end(a):
        def slope(y, t, a):
            return anp.stack([a[0] * y[0] - a[1] * y[0] * y[1], a[2] * y[0] * y[1] - a[3] * y[1]])

        return odeint(slope, START, anp.array([0.0, END]), together((a,)), **TOLERANCES)[-1, 0]

    gradient = grad(end)
    return lambda: gradient(RATES)


def jax_jit(size):
    import diffrax
    import jax

    def end(a):
        return diffrax.diffeqsolve(
            diffrax.ODETerm(lambda t, y, a: change(jax.numpy, y, a)),
            diffrax.Dopri5(),
            0.0,
            END,
            0.01,
            jax.numpy.asarray(START),
            a,
            stepsize_controller=diffrax.PIDController(**TOLERANCES),
            max_steps=4096,
        ).ys[0, 0]

    gradient, rates = jax.jit(jax.grad(end)), jax.numpy.asarray(RATES)
    return lambda: jax.block_until_ready(gradient(rates))
