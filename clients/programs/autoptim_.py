"""autoptim: SciPy's optimizers with gradients."""

import numpy as np
from autoptim import minimize

import autograd.numpy as npa

random = np.random.default_rng(9)
X, y = random.normal(size=(30, 3)), random.normal(size=30)


def a_vector():
    f = lambda w: npa.mean((X @ w - y) ** 2) + 0.1 * npa.sum(w**2)  # noqa: E731
    return minimize(f, np.zeros(3))[0]


def a_list_of_arrays():
    def f(w, b):
        return npa.mean(npa.log(1 + npa.exp(-npa.sign(y) * (X @ w + b)))) + 0.1 * npa.sum(w**2)

    return list(minimize(f, [np.zeros(3), np.zeros(1)])[0])
