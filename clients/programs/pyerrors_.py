"""pyerrors: errors of Monte Carlo estimates, propagated by derivatives."""

import numpy as np
import pyerrors as pe

import autograd.numpy as npa

random = np.random.default_rng(4)
samples = [random.normal(m, 0.1, 400) for m in (1.0, 2.0, 0.5)]
a, b, c = (pe.Obs([s], ["ensemble"]) for s in samples)


def shown(*observables):
    for observable in observables:
        observable.gamma_method()
    return [[observable.value, observable.dvalue] for observable in observables]


def functions_of_observables():
    derived = pe.derived_observable(lambda x, **_: npa.sin(x[0]) * x[1] ** x[2], [a, b, c])
    return shown(derived, np.exp(a * c) / b, np.arctan(a - c) ** 2)


def arrays_of_observables():
    derived = pe.derived_observable(lambda x: npa.array([x[0] * x[1], x[1] / x[2]]), [a, b, c])
    return shown(*derived)


def matrices_of_observables():
    matrix = np.array([[a + 3, c], [c, b + 1]])
    values, _ = pe.linalg.eigh(matrix)
    return shown(*values, pe.linalg.det(matrix), *pe.linalg.inv(matrix).ravel())


def fits():
    x = np.arange(1.0, 7.0)
    y = [pe.Obs([random.normal(2 * np.exp(-0.3 * xi), 0.02, 300)], ["fit"]) for xi in x]
    for observable in y:
        observable.gamma_method()
    found = pe.fits.least_squares(x, y, lambda p, x: p[0] * npa.exp(-p[1] * x), silent=True)
    return [*shown(*found.fit_parameters), found.chisquare_by_dof]


def roots_and_integrals():
    root = pe.roots.find_root(a, lambda x, d: x**2 - d, 1.0)
    integral = pe.integrate.quad(lambda p, x: npa.exp(-p[0] * x**2), [b], 0.0, c)[0]
    return shown(root, integral)


def special_functions():
    names = ("gammaln", "erf", "j0", "digamma")
    functions = [
        lambda x, function=function, **_: function(x[0])
        for function in (getattr(pe.special, name) for name in names)
    ]
    functions.append(lambda x, **_: pe.special.kn(1, x[0]))
    return shown(*[pe.derived_observable(function, [b]) for function in functions])
