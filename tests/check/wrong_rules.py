"""Rules of a user each of which has one wrong line, which ends with ``# wrong``."""

import numpy as np

import autograd
from autograd.extend import defvjp, primitive


def soft_maximum(x):
    top = x.max(-1, keepdims=True)
    return (top + np.log(np.exp(x - top).sum(-1, keepdims=True)))[..., 0]


def soft_maximum_vjp(g, y, x):
    p = np.exp(x - y[..., None])
    p = p / p.sum(0, keepdims=True)  # wrong
    return g[..., None] * p


def convolve(x, k):
    return np.array([x[i : i + len(k)] @ k for i in range(len(x) - len(k) + 1)])


def convolve_x(g, y, x, k):
    out = np.zeros_like(x)
    for i in range(len(g)):
        out[i : i + len(k)] = g[i] * k  # wrong
    return out


def convolve_k(g, y, x, k):
    return np.array([x[j : j + len(g)] @ g for j in range(len(k))])


def form(a, x):
    return x @ a @ x


def form_x(g, y, a, x):
    both = a + a  # wrong
    return g * (both @ x)


def smooth(x):
    return 0.5 * x * (1 + np.tanh(0.8 * (x + 0.04 * x**3)))


def smooth_slope(y, x):
    t = np.tanh(0.8 * (x + 0.04 * x**3))
    inner = 0.8 * (1 + 0.04 * x**2)  # wrong
    return 0.5 * (1 + t) + 0.5 * x * (1 - t**2) * inner


@primitive
def softplus(x):
    return np.log(1 + np.exp(x))


defvjp(softplus, lambda ans, x: lambda g: g / (1 + np.exp(x)))  # wrong

X = np.array([0.3, 0.7, -0.2])
CASES = [
    (autograd.define(soft_maximum, soft_maximum_vjp), [np.stack([X, X[::-1] + 0.4])]),
    (autograd.define(convolve, convolve_x, convolve_k), [np.append(X, [0.8, 1.1]), X]),
    (
        autograd.define(form, lambda g, y, a, x: g * np.outer(x, x), form_x),
        [np.arange(9.0).reshape(3, 3) / 7, X],
    ),
    (autograd.elementwise(smooth, None, smooth_slope), [X]),
    (softplus, [X]),
]
