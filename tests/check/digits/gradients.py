"""Functions whose results are accurate, but not their gradients: the derivatives of paths cancel.

The line where they cancel ends in ``# gradient loses``, the cause after that.
"""

import numpy as np
from check.digits.inaccurate import Case

CASES: dict[str, Case] = {}


def case(exact, *inputs, suggestion=""):
    """Add the decorated function to the gallery."""

    def add(function):
        CASES[function.__name__] = Case(function, list(inputs), exact, suggestion)
        return function

    return add


@case(
    lambda m, x: x / m.sqrt(1 + x * x),
    1e9,
    suggestion="np.sign(x) / np.sqrt(1 + 1 / x**2)",
)
def saturation(x):
    scale = np.sqrt(1 + x * x)  # gradient loses: cancellation
    return x / scale


@case(
    lambda m, xs: sum(x / m.sqrt(1 + x * x) for x in xs),
    np.array([1e5, 2.0, -3e4]),
    suggestion="np.sign(x) / np.sqrt(1 + 1 / x**2)",
)
def saturations(x):
    return np.sum(x / np.hypot(1, x))  # gradient loses: cancellation


@case(lambda m, x: m.sin(x) / x, 1e-6, suggestion="np.sinc(x / np.pi)")
def cardinal_sine(x):
    return np.sin(x) / x  # gradient loses: cancellation


@case(lambda m, x: m.log1p(x) / x, 1e-8)
def mean_logarithm(x):
    return np.log1p(x) / x  # gradient loses: cancellation


@case(lambda m, x: m.expm1(x) / x, 1e-7, suggestion="scipy.special.exprel(x)")
def relative_exponential(x):
    growth = np.expm1(x)  # gradient loses: cancellation
    return growth / x


@case(lambda m, x: 1 / (1 + m.exp(-x)), 30.0, suggestion="autograd.sigmoid(x)")
def logistic(x):
    e = np.exp(x)
    return e / (1 + e)  # gradient loses: cancellation


@case(lambda m, x: m.tanh(x), 15.0, suggestion="np.tanh(x)")
def hyperbolic_tangent(x):
    a, b = np.exp(x), np.exp(-x)
    return (a - b) / (a + b)  # gradient loses: cancellation


@case(lambda m, s, k: s / (k + s), 1e12, 2.5, suggestion="1 / (1 + k / s)")
def michaelis_menten(s, k):
    return s / (k + s)  # gradient loses: cancellation


@case(lambda m, x, k: x * x / (x * x + k), 1e7, 0.5, suggestion="1 / (1 + k / x**2)")
def hill(x, k):
    square = x**2
    return square / (k + square)  # gradient loses: cancellation


@case(lambda m, r, n: m.power(1 + r / n, n), 0.05, 1e6)
def growth(r, n):
    return np.exp(n * np.log1p(r / n))  # gradient loses: cancellation
