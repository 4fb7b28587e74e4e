"""ceviche: Maxwell's equations in two dimensions, through sparse solvers with rules of their own."""

import copy

import ceviche
import numpy as np
from ceviche.optimizers import adam_optimize

import autograd.numpy as npa
from autograd import grad

random = np.random.default_rng(0)
omega, spacing, shape = 2 * np.pi * 200e12, 50e-9, (24, 20)
eps = 1 + 3 * random.uniform(size=shape)
source = np.zeros(shape)
source[8, 10] = 1.0


def intensity(kind, eps):
    fields = getattr(ceviche, kind)(omega, spacing, eps, [5, 5]).solve(source)
    return sum(
        (i + 1) * npa.sum(npa.abs(field[14:18, 6:12]) ** 2) for i, field in enumerate(fields)
    )


def ez():
    return grad(lambda x: 1e9 * intensity("fdfd_ez", x))(eps)


def hz():
    return grad(lambda x: intensity("fdfd_hz", x))(eps)


def by_source():
    simulation = ceviche.fdfd_ez(omega, spacing, eps, [5, 5])
    return grad(lambda j: 1e9 * npa.sum(npa.abs(simulation.solve(j)[2]) ** 2))(source)


def permittivity_assigned_to_a_simulation():
    def f(x):
        simulation = ceviche.fdfd_ez(omega, spacing, eps, [5, 5])
        simulation.eps_r = copy.copy(x.reshape(shape))
        return 1e9 * npa.sum(npa.abs(simulation.solve(source)[0]))

    return grad(f)(eps.ravel())


def jacobians_in_both_modes():
    def f(x):
        field = ceviche.fdfd_ez(omega, spacing, eps * x[0] + x[1], [5, 5]).solve(source)[2]
        return npa.abs(field[10:12, 8:11]).ravel()

    x = np.array([1.1, 0.3])
    return [ceviche.jacobian(f, mode=mode)(x) for mode in ("reverse", "forward")]


def a_design_is_optimized():
    def objective(rho):
        return 1e9 * intensity("fdfd_ez", 1 + 3 / (1 + npa.exp(-rho.reshape(shape))))

    gradient = ceviche.jacobian(objective, mode="reverse")
    start = np.zeros(eps.size)
    return adam_optimize(objective, start, gradient, Nsteps=4, direction="max", verbose=False)
