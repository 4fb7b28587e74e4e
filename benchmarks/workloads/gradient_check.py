"""Finite-difference check of the gradient of three tanh layers, 192 inputs."""

import numpy as np

SIZES = (
    "64 results, element by element",
    "64 results, projected",
    "their sum, element by element",
    "their sum, projected",
)
QUICK_SIZES = SIZES[:2]


def data():
    generator = np.random.default_rng(0)
    return generator.normal(size=(8, 8)), [generator.normal(size=(8, 8)) / 3 for _ in range(3)]


def layers(x, tanh, total):
    def function(a, b, c):
        y = tanh(tanh(tanh(x @ a) @ b) @ c)
        return y.sum() if total else y

    return function


def chainrule(size):
    from autograd import check_gradients

    x, weights = data()
    method = "projected" if size.endswith("projected") else "full"
    function = layers(x, np.tanh, size.startswith("their sum"))
    return lambda: bool(check_gradients(function, *weights, method=method))


def torch(size):
    import torch

    x, weights = data()
    weights = [torch.tensor(w, requires_grad=True) for w in weights]
    function = layers(torch.from_numpy(x), torch.tanh, size.startswith("their sum"))
    fast = size.endswith("projected")
    return lambda: torch.autograd.gradcheck(function, weights, fast_mode=fast)


def hips(size):
    import autograd.numpy as np
    from autograd.test_util import check_vjp

    if not size.endswith("projected"):
        raise NotImplementedError("it checks along random directions only")
    x, weights = data()
    function = layers(x, np.tanh, size.startswith("their sum"))

    def run():
        check_vjp(lambda w: function(*w), weights)
        return True

    return run
