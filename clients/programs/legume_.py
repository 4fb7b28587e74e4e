"""legume: photonic crystals by guided-mode expansion, differentiated through eigenvalues."""

import legume
import numpy as np

import autograd.numpy as npa
from autograd import grad
from autograd.numpy.numpy_boxes import ArrayBox

legume.set_backend("autograd")


def _get_value(x):
    """Do what the function of legume does, which asks for the name of the type instead."""
    return x._value if isinstance(x, ArrayBox) else x


for _module in (legume.utils, legume.primitives, legume.gme.gme, legume.gme.slab_modes):
    _module.get_value = _get_value


def crystal(radius, eps, thickness=0.5):
    lattice = legume.Lattice("square")
    phc = legume.PhotCryst(lattice)
    phc.add_layer(d=thickness, eps_b=eps)
    phc.add_shape(legume.Circle(eps=1.0, r=radius))
    return phc


def frequencies(radius, eps):
    gme = legume.GuidedModeExp(crystal(radius, eps), gmax=2.01)
    gme.run(
        kpoints=np.array([[0.3], [0.2]]), gmode_inds=[0, 1], numeig=3, verbose=False,
        gradients="exact", compute_im=False,
    )  # fmt: skip
    return gme


def gradients_by_radius_and_permittivity():
    f = lambda r, e: npa.sum(frequencies(r, e).freqs)  # noqa: E731
    return [grad(f)(0.2, 9.0), grad(f, 1)(0.2, 9.0)]


def plane_waves():
    lattice = legume.Lattice("hexagonal")

    def f(r):
        layer = legume.ShapesLayer(lattice, eps_b=9.0)
        layer.add_shape(legume.Circle(eps=1.0, r=r))
        pwe = legume.PlaneWaveExp(layer, gmax=3)
        pwe.run(kpoints=np.array([[0.4], [0.3]]), pol="te", numeig=4)
        return npa.sum(pwe.freqs**2)

    return grad(f)(0.3)
