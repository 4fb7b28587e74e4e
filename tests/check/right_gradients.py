"""Right gradients of functions that are hard to differentiate numerically: no false alarms."""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import autograd

random = np.random.default_rng(11)


@dataclass(frozen=True)
class Right:
    name: str
    f: Any
    inputs: tuple
    options: dict = field(default_factory=dict)

    def __str__(self):
        return self.name


def right(name, f, *inputs, **options):
    return Right(name, f, inputs, options)


def real(*shape):
    return random.normal(size=shape)


def hilbert(n):
    i = np.arange(n)
    return 1.0 / (i[:, None] + i + 1)


def inverse_gradient(K):
    def gradient(b):
        return 2 * np.linalg.solve(K.T, np.linalg.solve(K, b))

    return gradient


def rosenbrock(x):
    return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()


def rosenbrock_gradient(x):
    g = np.zeros_like(x)
    g[1:] += 200 * (x[1:] - x[:-1] ** 2)
    g[:-1] += -400 * x[:-1] * (x[1:] - x[:-1] ** 2) - 2 * (1 - x[:-1])
    return g


def kahan_area(sides):
    a, b, c = sides
    return 0.25 * np.sqrt((a + (b + c)) * (c - (a - b)) * (c + (a - b)) * (a + (b - c)))


def recurrence(x):
    for _ in range(30):
        x = 3.5 * x * (1 - x)
    return x


f32 = np.float32
big32 = (0.5 + random.random(100_000)).astype(f32)
H6, H8 = hilbert(6), hilbert(8)
x6 = real(6)

RIGHT = [
    # -- steep, stiff, flat
    right("exp(100x)", lambda x: np.exp(100 * x), 1.0),
    right("exp(-700x)", lambda x: np.exp(-700 * x), 1.0),
    right("exp near overflow", np.exp, 700.0),
    right("x ** 50", lambda x: x**50, 1.3),
    right("x ** 50, small", lambda x: x**50, 0.01),
    right("x ** -30", lambda x: x**-30, 0.05),
    right("x ** 7 of large numbers", lambda x: (x**7).sum(), 1e12 * np.arange(1.0, 5.0)),
    right("a stiff sum of exponentials", lambda x: (np.exp(-1e4 * x) + np.exp(-x)).sum(), np.array([1e-5, 1e-3, 1.0])),
    right("1e12 times a sine", lambda x: 1e12 * np.sin(x), 0.8),
    right("1e-12 times a sine", lambda x: 1e-12 * np.sin(x), 0.8),
    right("1e-200 times a sine", lambda x: 1e-200 * np.sin(x), 0.8),
    right("1e200 times a sine", lambda x: 1e200 * np.sin(x), 0.8),
    right("sin(1e6 x)", lambda x: np.sin(1e6 * x), 1.0),
    right("sin of 1e9", np.sin, 1e9),
    right("sin(x / 1e-12) at 1e-12", lambda x: np.sin(x / 1e-12), 1e-12),
    right("log of 1e-300", np.log, 1e-300),
    right("1 / x at 1e-12", lambda x: 1 / x, 1e-12),
    right("sqrt of 1e-20", np.sqrt, 1e-20),
    right("tanh(1e9 x) at zero", lambda x: np.tanh(1e9 * x), 0.0),
    right("a saturated sigmoid", autograd.sigmoid, np.array([-40.0, -5.0, 0.0, 30.0, 40.0])),
    right("tanh, far out", np.tanh, np.array([-25.0, 15.0, 25.0])),
    right("erf, far out", autograd.erf, np.array([-7.0, -3.0, 5.5])),
    right("softplus of ±1e4", autograd.softplus, np.array([-1e4, -30.0, 0.0, 30.0, 1e4])),
    right("logsumexp of ±1e4", autograd.logsumexp, np.array([1e4, 1e4 - 1, -1e4])),
    right("lgamma near a pole", autograd.lgamma, np.array([1e-8, 1e-3, 150.0])),
    right("arctan2 near the axis", lambda y, x: np.arctan2(y, x), 1e-9, -1.0),
    right("arcsin near 1", np.arcsin, 1 - 1e-10),
    right("a spike 1e-6 wide", lambda x: np.exp(-((x - 1) ** 2) / 1e-12), 1 + 0.7e-6),
    # -- cancellation, conditioning
    right("1e12 + 1e-6 x", lambda x: 1e12 + 1e-6 * x, 1.0),
    right("x² beside 1e6", lambda x: 1e6 + x * x, 1.0),
    right("(1 - cos x) / x² near zero", lambda x: (1 - np.cos(x)) / x**2, 1e-2),
    right("exp(x) - 1 near zero", lambda x: np.exp(x) - 1, 1e-9),
    right("expm1 near zero", np.expm1, 1e-12),
    right("a constant in disguise", lambda x: np.sin(x) ** 2 + np.cos(x) ** 2, real(4)),
    right("the sum of a softmax", lambda x: autograd.softmax(x).sum(), real(5)),
    right("x - x", lambda x: x - x, 3.0),
    right("the variance of nearly equal numbers", np.var, 1e4 + 1e-3 * real(8)),
    right("the area of a needle of a triangle", kahan_area, (9.0, 4.53, 4.53)),
    right("a polynomial by its coefficients near a multiple root", lambda x: ((((x - 7) * x + 21) * x - 35) * x + 35) * x - 21, 1.01),
    right("a solve with the Hilbert matrix of order 6", lambda b: (np.linalg.solve(H6, b) ** 2).sum(), x6, gradient=inverse_gradient(H6)),
    right("a solve with the Hilbert matrix of order 8", lambda b: (np.linalg.solve(H8, b) ** 2).sum(), real(8), gradient=inverse_gradient(H8)),
    right("a determinant near zero", np.linalg.det, H6 + 0, gradient=lambda K: np.linalg.det(K) * np.linalg.inv(K).T),
    right("Rosenbrock in its valley", rosenbrock, np.ones(6) + 1e-5 * x6, gradient=rosenbrock_gradient),
    right("Rosenbrock at its minimum", rosenbrock, np.ones(6)),
    right("a chaotic recurrence", recurrence, 0.4),
    # -- zeros, edges, kinks
    right("x² at zero", lambda x: x * x, 0.0),
    right("x⁴ at zero", lambda x: x**4, 0.0),
    right("x |x| at zero", lambda x: x * abs(x), 0.0),
    right("|x|^1.5 at zero", lambda x: abs(x) ** 1.5, 0.0),
    right("x^1.5 at the edge of its domain", lambda x: x**1.5, 0.0),
    right("|x| at zero", abs, 0.0),
    right("|x| at 1e-9", abs, 1e-9),
    right("relu at zeros", lambda x: autograd.relu(x).sum(), np.array([-1.0, 0.0, 0.0, 2.0])),
    right("max of a tie", lambda x: x.max(), np.array([1.0, 3.0, 3.0])),
    right("the median of three by sorting", lambda x: np.sort(x)[1], np.array([3.0, 1.0, 2.0])),
    right("clip at its bounds", lambda x: x.clip(0, 1).sum(), np.array([-1.0, 0.0, 0.5, 1.0, 2.0])),
    right("floor between its jumps", lambda x: np.floor(x) * x, 2.5),
    right("a step far away", lambda x: np.where(x > 5, 1.0, x), real(4)),
    right("mixed magnitudes in one array", lambda x: (np.sin(x) * np.arange(5.0)).sum(), np.array([1e-9, 1e-3, 1.0, 1e3, 1e6])),
    right("zeros among large numbers", lambda x: (x**2 + x).sum(), np.array([0.0, 1e8, 0.0])),
    right("an empty array", lambda x: x.sum(), np.zeros((0, 3))),
    # -- rounding: single precision, rounded and iterated functions
    right("a float32 sum of 1e5 terms", lambda x: x.sum(), big32),
    right("a float32 mean of squares of 1e5 terms", lambda x: (x * x).mean(), big32),
    right("float32, element by element", lambda x: np.tanh(x) * np.exp(x), random.normal(size=7).astype(f32)),
    right("a float32 network", lambda w, v: (np.tanh(np.tanh(w) @ v) ** 2).mean(), random.normal(size=(5, 4)).astype(f32), random.normal(size=(4, 3)).astype(f32)),
    right("float32 inside, float64 outside", lambda x: float(np.sin(f32(x))), 0.8, gradient=lambda x: math.cos(x), rtol=1e-4),
    right("a result rounded to 8 digits", lambda x: round(math.sin(x), 8), 0.8, gradient=math.cos, rtol=1e-5),
    right("complex steps", lambda z: np.exp(1e3j * z) * z, np.array([0.3 + 1e-4j, 0.2 - 1e-4j])),
    # -- large
    right("1e5 inputs of very different size", lambda x: np.log1p(x**2).sum(), np.exp(8 * random.normal(size=100_000))),
    right("20,000 results of 20,000 inputs", lambda x: np.sin(x) / (1 + x * x), random.normal(size=20_000)),
    right("a relu network of 3,000 weights", lambda w, v: autograd.relu(autograd.relu(w) @ v).sum(), random.normal(size=(50, 40)), random.normal(size=(40, 25))),
]  # fmt: skip
