"""grcwa: rigorous coupled-wave analysis; eigenvectors of matrices that are not symmetric."""

import grcwa
import numpy as np

import autograd.numpy as npa
from autograd import grad

grcwa.set_backend("autograd")
random = np.random.default_rng(7)
n = 12
pattern = 1 + 3 * random.uniform(size=n * n)


def solve(eps, freq=1.1, thickness=0.4):
    rcwa = grcwa.obj(9, [1.3, 0.0], [0.0, 1.3], freq, 0.1, 0.2, verbose=0)
    rcwa.Add_LayerUniform(1.0, 1.0)
    rcwa.Add_LayerGrid(thickness, n, n)
    rcwa.Add_LayerUniform(1.0, 2.0)
    rcwa.Init_Setup()
    rcwa.MakeExcitationPlanewave(1.0, 0.0, 0.0, 0.0, order=0)
    rcwa.GridLayer_geteps(eps)
    return rcwa


def reflection_by_permittivity():
    return grad(lambda eps: solve(eps).RT_Solve(normalize=1)[0])(pattern)


def transmission_by_frequency_and_thickness():
    f = lambda x: solve(pattern, x[0], x[1]).RT_Solve(normalize=1)[1]  # noqa: E731
    return grad(f)(np.array([1.1, 0.4]))


def fields_inside():
    def f(eps):
        electric, _ = solve(eps).Solve_FieldFourier(1, 0.1)
        return sum(npa.sum(npa.abs(part) ** 2) for part in electric[0])

    return grad(f)(pattern)
