"""Work as users of HIPS autograd write it: the same lines run with either distribution.

Each function sets one piece of work up and returns a call without arguments, whose result is what
the two must agree on.
"""

import numpy as onp

import autograd.numpy as np
from autograd import grad, hessian, jacobian


def scalar_loop():
    """1,500 operations on numbers, and the gradient with respect to two floats."""

    def f(x, w):
        y = x
        for _ in range(125):
            y = y * w + 0.1
            y = (y - x) * 0.5 + w / 3.0
            y = y * y - 0.1 * y
            y = y * 0.9 + x
            y = y / (1.0 + x)
        return y

    gradient = grad(f, (0, 1))
    return lambda: gradient(0.3, 0.9)


def tiny_mlp():
    """The gradient of a network of 2, 16, 16 and 1 units on 100 points."""
    random = onp.random.RandomState(0)
    x, target = random.randn(100, 2), random.randn(100, 1)
    parameters = [
        (random.randn(m, n) / m**0.5, random.randn(n)) for m, n in ((2, 16), (16, 16), (16, 1))
    ]

    def loss(parameters):
        h = x
        for weights, bias in parameters[:-1]:
            h = np.tanh(np.dot(h, weights) + bias)
        weights, bias = parameters[-1]
        return np.mean((np.dot(h, weights) + bias - target) ** 2)

    gradient = grad(loss)
    return lambda: gradient(parameters)


def lstm():
    """The gradient of a hand-written LSTM: 50 steps, batch 32, width 64."""
    random = onp.random.RandomState(0)
    inputs = random.randn(50, 32, 64)
    ones = onp.ones((32, 1))
    parameters = {name: random.randn(64 + 64 + 1, 64) / 11 for name in ("f", "i", "o", "c")}

    def sigmoid(x):
        return 0.5 * (np.tanh(x / 2.0) + 1.0)

    def loss(parameters):
        h, c = onp.zeros((32, 64)), onp.zeros((32, 64))
        for x in inputs:
            both = np.hstack((x, h, ones))
            forget = sigmoid(np.dot(both, parameters["f"]))
            take = sigmoid(np.dot(both, parameters["i"]))
            give = sigmoid(np.dot(both, parameters["o"]))
            c = forget * c + take * np.tanh(np.dot(both, parameters["c"]))
            h = give * np.tanh(c)
        return np.sum(h**2)

    gradient = grad(loss)
    return lambda: gradient(parameters)


def jacobian_of_layer():
    """The Jacobian of tanh(A @ x), 64 by 64."""
    random = onp.random.RandomState(0)
    matrix, x = random.randn(64, 64) / 8, random.randn(64)
    derivative = jacobian(lambda x: np.tanh(matrix @ x))
    return lambda: derivative(x)


def hessian_of_rosenbrock():
    """The Hessian of Rosenbrock's function in 50 dimensions."""
    x = onp.random.RandomState(0).randn(50)
    derivative = hessian(lambda x: np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2))
    return lambda: derivative(x)


WORK = {
    "scalar": scalar_loop,
    "mlp": tiny_mlp,
    "lstm": lstm,
    "jacobian": jacobian_of_layer,
    "hessian": hessian_of_rosenbrock,
}


def lifelines_likelihoods():
    """The gradients of twenty of the likelihoods that lifelines fits by, on 163 lifetimes."""
    import lifelines
    from lifelines.datasets import load_waltons

    from autograd import value_and_grad

    data = load_waltons()
    lifetimes = data["T"].to_numpy(float)
    died = data["E"].to_numpy(bool)
    entry, weights = onp.zeros_like(lifetimes), onp.ones_like(lifetimes)
    fitters = [
        lifelines.WeibullFitter(),
        lifelines.ExponentialFitter(),
        lifelines.LogNormalFitter(),
        lifelines.LogLogisticFitter(),
        lifelines.PiecewiseExponentialFitter([20, 40]),
        lifelines.SplineFitter([5, 30, 60]),
        lifelines.GeneralizedGammaFitter(),
    ]
    times = {
        "right": (lifetimes, None),
        "left": (None, lifetimes),
        "interval": (lifetimes - 1.0, lifetimes),
    }
    calls = []
    for fitter in fitters:
        fitter.fit(lifetimes, died)
        at = onp.asarray(fitter._fitted_parameters_, float) * 1.05
        for kind, between in times.items():
            likelihood = getattr(fitter, f"_negative_log_likelihood_{kind}_censoring")
            calls.append((value_and_grad(likelihood), at, between))
    calls = calls[:20]
    return lambda: [f(at, between, died, entry, weights) for f, at, between in calls]


WORK["lifelines"] = lifelines_likelihoods
