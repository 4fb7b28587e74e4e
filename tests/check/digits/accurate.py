"""Functions that keep their digits: the same written well, and ordinary models.

A second function computes the exact result, from lists of mpmath's numbers.
"""

import itertools
import math

import numpy as np
import scipy.special
from check.digits.inaccurate import (
    Case,
    cdf,
    d1,
    dot,
    exact_distance,
    exact_heron,
    exact_logistic,
    exact_variance,
    integral,
    mean,
)

import autograd
import nn

ROOT = math.sqrt(2)

CASES: dict[str, Case] = {}


def case(exact, *inputs, unknown=()):
    """Add the decorated function to the gallery."""

    def add(function):
        CASES[function.__name__] = Case(function, list(inputs), exact, "", list(unknown))
        return function

    return add


def mirrored(rows):
    """Return the symmetric matrix whose lower triangle is given: nothing else is read."""
    n = len(rows)
    return [[rows[max(i, j)][min(i, j)] for j in range(n)] for i in range(n)]


# -- the same, written well -------------------------------------------------------------------


@case(exact_variance, 1e8 + np.array([4.0, 7.0, 13.0, 16.0]))
def variance(x):
    centred = x - np.mean(x)
    return np.mean(centred**2)


@case(exact_variance, 1e8 + np.array([4.0, 7.0, 13.0, 16.0]))
def welford(x):
    average, total = 0.0, 0.0
    for n, item in enumerate(x, 1):
        before = item - average
        average = average + before / n
        total = total + before * (item - average)
    return total / len(x)


@case(lambda m, x: m.erfc(x / m.mpf(ROOT)) / 2, 9.0)
def gaussian_tail(x):
    return scipy.special.erfc(x / ROOT) / 2


@case(lambda m, x: m.log(m.erfc(-x / m.sqrt(2)) / 2), -40.0)
def log_of_normal_cdf(x):
    return scipy.special.log_ndtr(x)


@case(
    lambda m, xs: sum(-((x - 3) ** 2) / 2 - m.log(2 * m.pi) / 2 for x in xs),
    np.linspace(-20.0, 30.0, 12),
)
def likelihood(x):
    return np.sum(-0.5 * (x - 3.0) ** 2 - 0.5 * np.log(2 * np.pi))


@case(lambda m, n, k: m.binomial(n, k), 220.0, 3.0)
def binomial(n, k):
    return scipy.special.binom(n, k)


@case(
    lambda m, zs, t: (
        -mean(
            [m.log(m.exp(row[int(k)]) / sum(map(m.exp, row))) for row, k in zip(zs, t, strict=True)]
        )
    ),
    np.array([[900.0, 20.0, 3.0], [1.0, 2.0, 3.0]]),
    np.array([1, 2]),
)
def cross_entropy(logits, targets):
    return nn.cross_entropy(logits, targets)


@case(
    exact_logistic,
    np.array([30.0, -12.0]),
    np.array([[1.0, -0.5], [2.0, 0.25], [-1.0, 1.0]]),
    np.array([1.0, 1.0, -1.0]),
)
def logistic_loss(w, x, y):
    return np.mean(np.logaddexp(0, -y * (x @ w)))


@case(
    lambda m, zs: m.log(sum(map(m.exp, zs))),
    np.array([800.0, 3.0, 799.0]),
)
def logsumexp(z):
    largest = np.max(z)
    return largest + np.log(np.sum(np.exp(z - largest)))


@case(
    lambda m, zs: [m.exp(z) / sum(map(m.exp, zs)) for z in zs],
    np.array([800.0, 790.0, 799.0]),
)
def softmax(z):
    weights = np.exp(z - np.max(z))
    return weights / np.sum(weights)


@case(lambda m, a, b, c: [-2 * c / (b + m.sqrt(b * b - 4 * a * c))], 1.0, 1e9, 1.0)
def root(a, b, c):
    return np.stack([-2 * c / (b + np.sqrt(b**2 - 4 * a * c))])


@case(lambda m, x: m.sqrt(x + 1) - m.sqrt(x), 1e14)
def difference_of_roots(x):
    return 1 / (np.sqrt(x + 1) + np.sqrt(x))


@case(lambda m, x: (x - 2) ** 9, 2.01)
def polynomial(x):
    return (x - 2) ** 9


@case(lambda m, x: m.exp(x), 3.0)
def taylor_series(x):
    term, total = 1.0, 1.0
    for n in range(1, 60):
        term = term * x / n
        total = total + term
    return total


@case(lambda m, x: [integral(m, x, 3)], 0.5)
def recurrence(x):
    """The same recurrence backwards, from a value that hardly matters."""
    value = 0.0 * x
    for n in range(40, 3, -1):
        value = (np.exp(x) - x * value) / n
    return np.stack([value])


@case(lambda m, r, n: m.expm1(n * m.log1p(r / n)), 0.05, 1e9)
def compound_interest(r, n):
    return np.expm1(n * np.log1p(r / n))  # gradient loses: cancellation


@case(lambda m, x, y: m.sqrt(x * x + y * y), 3e-170, 4e-170)
def length(x, y):
    return np.hypot(x, y)


@case(lambda m, z: m.sqrt(m.re(z) ** 2 + m.im(z) ** 2), 3e200 + 4e200j)
def modulus(z):
    return np.abs(z)


@case(lambda m, xs: [x / m.sqrt(dot(xs, xs)) for x in xs], np.array([3e200, -4e200]))
def normalized(v):
    v = v / np.max(np.abs(v))
    return v / np.sqrt(np.sum(v**2))


@case(lambda m, xs: sum(xs), np.float32(0.1) * np.ones(600, np.float32))
def wide_total(x):
    return np.sum(x, dtype=np.float64)


@case(exact_heron, 100.0, 99.9999999999979, 3e-12)
def heron(a, b, c):
    """By Kahan: with a ≥ b ≥ c and these brackets."""
    return np.sqrt((a + (b + c)) * (c - (a - b)) * (c + (a - b)) * (a + (b - c))) / 4


@case(exact_distance, 0.8, 0.8 + 1e-8, 2e-8)
def great_circle(latitude1, latitude2, longitudes):
    h = np.sin((latitude1 - latitude2) / 2) ** 2
    h = h + np.cos(latitude1) * np.cos(latitude2) * np.sin(longitudes / 2) ** 2
    return 2 * np.arcsin(np.sqrt(h))


@case(lambda m, v: 1 / m.sqrt(1 - v * v) - 1, 1e-6)
def kinetic_energy(v):
    root = np.sqrt((1 - v) * (1 + v))
    return v**2 / (root * (1 + root))


@case(lambda m, x: 1 / m.expm1(x), 1e-11)
def bose_einstein(x):
    return 1 / np.expm1(x)


@case(
    lambda m, s, k, v: s * cdf(m, d1(m, s, k, v)) - k * cdf(m, d1(m, s, k, v) - v),
    1.0,
    1.1,
    0.3,
)
def call_option(s, k, v):
    d = np.log(s / k) / v + v / 2
    return s * scipy.special.ndtr(d) - k * scipy.special.ndtr(d - v)


@case(
    lambda m, rows: m.log(m.det(m.matrix(mirrored(rows)))),
    1e-40 * (np.eye(5) + 0.1),
)
def log_of_determinant(a):
    factor = np.linalg.cholesky(a)
    return 2 * np.sum(np.log(np.diagonal(factor)))


# -- ordinary models --------------------------------------------------------------------------

W = np.array([[0.3, -0.7, 0.2], [0.5, 0.1, -0.4]])
X = np.array([[1.0, 2.0, -1.0], [0.5, -1.5, 0.25]])


def exact_network(m, ws, xs, v):
    return sum((dot(v, [m.tanh(dot(w, x)) for w in ws]) - 1) ** 2 for x in xs)


@case(exact_network, W, X, np.array([0.7, -0.2]))
def network(w, x, v):
    hidden = np.tanh(x @ w.T)
    return np.sum((hidden @ v - 1) ** 2)


@case(exact_network, W.astype(np.float32), X.astype(np.float32), np.array([0.7, -0.2], np.float32))
def single_precision_network(w, x, v):
    hidden = np.tanh(x @ w.T)
    return np.sum((hidden @ v - 1) ** 2)


@case(exact_network, W.astype(np.float16), X.astype(np.float16), np.array([0.7, -0.2], np.float16))
def half_precision_network(w, x, v):
    hidden = np.tanh(x @ w.T)
    return np.sum((hidden @ v - 1) ** 2)


@case(
    lambda m, xs: sum(100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in itertools.pairwise(xs)),
    np.array([1.3, 0.7, 0.8, 1.9]),
)
def rosenbrock(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


@case(
    lambda m, rows, b: sum(x**2 for x in m.lu_solve(m.matrix(rows), m.matrix(b))),
    np.eye(3) * 3 + 0.5,
    np.array([1.0, 2.0, 3.0]),
)
def linear_system(a, b):
    return np.sum(np.linalg.solve(a, b) ** 2)


def exact_process(m, xs, ys):
    k = m.matrix([[m.exp(-((a - b) ** 2) / 2) + (a == b) * m.mpf(0.1) for b in xs] for a in xs])
    y = m.matrix(ys)
    return ((y.T * m.lu_solve(k, y))[0] + m.log(m.det(k))) / 2


@case(exact_process, np.array([0.0, 0.7, 1.5, 3.0]), np.array([1.0, 0.5, -0.3, 0.2]))
def gaussian_process(x, y):
    k = np.exp(-((x[:, None] - x) ** 2) / 2) + 0.1 * np.eye(len(x))
    factor = np.linalg.cholesky(k)
    z = np.linalg.solve(factor, y)
    return 0.5 * np.sum(z**2) + np.sum(np.log(np.diagonal(factor)))


def exact_pendulum(m, angle, speed):
    h = m.mpf(0.1)
    for _ in range(20):
        speed = speed - h * m.sin(angle)
        angle = angle + h * speed
    return angle


@case(exact_pendulum, 0.5, 0.1)
def pendulum(angle, speed):
    for _ in range(20):
        speed = speed - 0.1 * np.sin(angle)
        angle = angle + 0.1 * speed
    return angle


@case(
    lambda m, xs: [
        abs(sum(x * m.expjpi(-2 * m.mpf(j * k) / 8) for j, x in enumerate(xs))) ** 2
        for k in range(5)
    ],
    np.sin(np.arange(8.0)) + 2,
)
def spectrum(x):
    return np.abs(np.fft.rfft(x)) ** 2


@case(
    lambda m, rows: max(m.eigsy(m.matrix(mirrored(rows)), eigvals_only=True)),
    np.array([[2.0, 0.3], [0.3, 1.0]]),
)
def largest_eigenvalue(a):
    return np.max(np.linalg.eigvalsh(a))


@case(lambda m, z: m.re(m.exp(1j * z) / (1 + z * z)), 0.4 + 0.3j)
def complex_function(z):
    return np.real(np.exp(1j * z) / (1 + z**2))


@case(
    lambda m, x, nu: (
        m.loggamma((nu + 1) / 2) - m.loggamma(nu / 2) - (nu + 1) / 2 * m.log1p(x * x / nu)
    ),
    1.5,
    3.0,
)
def student(x, nu):
    return (
        scipy.special.gammaln((nu + 1) / 2)
        - scipy.special.gammaln(nu / 2)
        - (nu + 1) / 2 * np.log1p(x**2 / nu)
    )


def exact_attention(m, qs, ks, vs):
    rows = []
    for q in qs:
        weights = [m.exp(dot(q, k) / m.sqrt(2)) for k in ks]
        rows.append([dot(weights, column) / sum(weights) for column in zip(*vs, strict=True)])
    return rows


@case(exact_attention, X[:, :2], W[:, :2], np.array([[1.0, 2.0], [0.5, 0.25]]))
def attention(q, k, v):
    return autograd.softmax(q @ k.T / np.sqrt(2), axis=-1) @ v


@case(
    lambda m, xs: sum(max(x, 0) * m.mpf("0.5") if x < 1 else x * x for x in xs),
    np.array([-1.0, 0.5, 2.0]),
)
def branches(x):
    total = 0.0
    for item in x:
        total = total + (np.maximum(item, 0) * 0.5 if item < 1 else item**2)
    return total


@case(
    lambda m, xs: [x * 3 if i % 2 else x * x for i, x in enumerate(xs)],
    np.array([1.1, 2.2, 3.3, 4.4]),
)
def assignments(x):
    out = x**2
    out[1::2] = x[1::2] * 3
    return out
