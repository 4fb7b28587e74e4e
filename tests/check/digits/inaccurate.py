"""Functions that lose digits, as people write them, with the same in mpmath.

The line at fault ends in ``# loses``, its cause after that. A second function computes the exact
result from the same numbers: lists, and lists of lists, of mpmath's numbers.
"""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import scipy.special

import autograd

CASES: dict[str, "Case"] = {}


@dataclass(eq=False)
class Case:
    """A function, its inputs, the exact function, and what must be suggested."""

    function: Any
    inputs: list
    exact: Any
    suggestion: str = ""
    unknown: list = field(default_factory=list)


def case(exact, *inputs, suggestion="", unknown=()):
    """Add the decorated function to the gallery."""

    def add(function):
        CASES[function.__name__] = Case(function, list(inputs), exact, suggestion, list(unknown))
        return function

    return add


def dot(xs, ys):
    return sum(x * y for x, y in zip(xs, ys, strict=True))


def mean(xs):
    return sum(xs) / len(xs)


# -- statistics -------------------------------------------------------------------------------


def exact_variance(m, xs):
    return mean([(x - mean(xs)) ** 2 for x in xs])


@case(exact_variance, 1e8 + np.array([4.0, 7.0, 13.0, 16.0]), suggestion="np.var(x)")
def variance(x):
    """The variance, from the moments."""
    n = len(x)
    mean = np.sum(x) / n
    square = np.sum(x * x) / n
    return square - mean**2  # loses: cancellation


@case(
    lambda m, xs, ys: mean([(x - mean(xs)) * (y - mean(ys)) for x, y in zip(xs, ys, strict=True)]),
    1e7 + np.array([1.0, 2.0, 4.0, 5.0]),
    np.array([2.0, 1.1, 5.2, 7.3]) - 1e7,
    suggestion="np.mean((x - np.mean(x)) * (y - np.mean(y)))",
)
def covariance(x, y):
    product = np.mean(x * y)
    return product - np.mean(x) * np.mean(y)  # loses: cancellation


def exact_skew(m, xs):
    return mean([(x - mean(xs)) ** 3 for x in xs]) / m.sqrt(exact_variance(m, xs)) ** 3


@case(exact_skew, np.array([1.0, 2.0, 2.5, 9.0]) + 3e5)
def skewness(x):
    """The skewness from raw moments."""
    m1, m2, m3 = np.mean(x), np.mean(x**2), np.mean(x**3)
    spread = np.mean((x - m1) ** 2)
    third = m3 - 3 * m1 * m2 + 2 * m1**3  # loses: cancellation
    return third / spread**1.5


@case(
    lambda m, x, mu, s: m.erfc((x - mu) / s / m.mpf(math.sqrt(2))) / 2,
    9.0,
    1.0,
    1.0,
    suggestion="scipy.special.erfc(z / math.sqrt(2))",
)
def gaussian_tail(x, mu, sigma):
    """The probability that a normal variable exceeds x."""
    z = (x - mu) / sigma
    return 0.5 * (1 - autograd.erf(z / math.sqrt(2)))  # loses: cancellation


@case(
    lambda m, x: m.log(m.erfc(-x / m.sqrt(2)) / 2),
    -40.0,
    suggestion="scipy.special.log_ndtr(x)",
)
def log_of_normal_cdf(x):
    p = scipy.special.ndtr(x)  # loses: underflow
    return np.log(p)


@case(
    lambda m, xs: sum(-((x - 3) ** 2) / 2 - m.log(2 * m.pi) / 2 for x in xs),
    np.linspace(-20.0, 30.0, 12),
    suggestion="np.sum(np.log(density))",
)
def likelihood(x):
    """The log-likelihood as the logarithm of a product."""
    density = np.exp(-0.5 * (x - 3.0) ** 2) / np.sqrt(2 * np.pi)
    product = np.prod(density)  # loses: underflow
    return np.log(product)


@case(
    lambda m, a, b: m.log(m.gamma(a) / m.gamma(b)),
    200.0,
    198.5,
    suggestion="scipy.special.gammaln(a) - scipy.special.gammaln(b)",
)
def log_of_gamma_quotient(a, b):
    quotient = scipy.special.gamma(a) / scipy.special.gamma(b)  # loses: overflow
    return np.log(quotient)


@case(
    lambda m, n, k: m.binomial(n, k),
    220.0,
    3.0,
    suggestion="scipy.special.binom(n, k)",
)
def binomial(n, k):
    gamma = scipy.special.gamma
    return gamma(n + 1) / (gamma(k + 1) * gamma(n - k + 1))  # loses: overflow


@case(
    lambda m, k, rate: m.power(rate, k) * m.exp(-rate) / m.gamma(k + 1),
    190.0,
    180.0,
    suggestion="np.exp(k * np.log(rate) - rate - scipy.special.gammaln(k + 1))",
)
def poisson(k, rate):
    above = rate**k * np.exp(-rate)  # loses: overflow
    return above / scipy.special.gamma(k + 1)


@case(lambda m, p, q: p * m.log(p / q) + (1 - p) * m.log((1 - p) / (1 - q)), 0.3, 0.3 + 1e-7)
def divergence(p, q):
    """Of two Bernoulli variables that are nearly the same."""
    first = p * np.log(p / q)
    second = (1 - p) * np.log((1 - p) / (1 - q))  # loses: amplifies
    return first + second  # loses: cancellation


# -- machine learning -------------------------------------------------------------------------


@case(
    lambda m, zs, t: (
        -mean(
            [
                m.log(m.exp(row[int(k)]) / sum(m.exp(z) for z in row))
                for row, k in zip(zs, t, strict=True)
            ]
        )
    ),
    np.array([[900.0, 20.0, 3.0], [1.0, 2.0, 3.0]]),
    np.array([1, 2]),
    suggestion="(logits - autograd.logsumexp(logits, axis=1, keepdims=True))[np.arange(len(targets)), targets]",
)
def cross_entropy(logits, targets):
    weights = np.exp(logits)  # loses: overflow
    p = weights / weights.sum(axis=1, keepdims=True)
    chosen = p[np.arange(len(targets)), targets]
    return -np.mean(np.log(chosen))


def exact_logistic(m, w, xs, ys):
    return mean([m.log1p(m.exp(-y * dot(w, x))) for x, y in zip(xs, ys, strict=True)])


@case(
    exact_logistic,
    np.array([30.0, -12.0]),
    np.array([[1.0, -0.5], [2.0, 0.25], [-1.0, 1.0]]),
    np.array([1.0, 1.0, -1.0]),
    suggestion="np.logaddexp(0, -margins)",
)
def logistic_loss(w, x, y):
    margins = y * (x @ w)
    losses = np.log(1 + np.exp(-margins))  # loses: amplifies
    return np.mean(losses)


@case(
    lambda m, z, y: -(y * m.log(1 / (1 + m.exp(-z))) + (1 - y) * m.log(1 / (1 + m.exp(z)))),
    38.0,
    0.0,
    suggestion="-np.logaddexp(0, z)",
)
def binary_cross_entropy(z, y):
    p = 1 / (1 + np.exp(-z))
    return -(y * np.log(p) + (1 - y) * np.log(1 - p))  # loses: cancellation


@case(
    lambda m, xs, w: m.log(dot(w, [m.exp(-((x - 1) ** 2)) for x in xs])),
    np.array([40.0, -35.0]),
    np.array([0.25, 0.75]),
    suggestion="autograd.logsumexp(-(x - 1)**2 + np.log(weights))",
)
def mixture(x, weights):
    densities = np.exp(-((x - 1) ** 2))  # loses: underflow
    return np.log(weights @ densities)


@case(
    lambda m, zs: (
        -sum(m.exp(z) / sum(map(m.exp, zs)) * m.log(m.exp(z) / sum(map(m.exp, zs))) for z in zs)
    ),
    np.array([800.0, 3.0, 20.0]),
    suggestion="x - autograd.logsumexp(x)",
)
def entropy(z):
    p = np.exp(z - z.max())  # loses: underflow
    p = p / p.sum()
    return -np.sum(p * np.log(p))


@case(
    lambda m, xs, ys: [[dot_of_differences(x, y) for y in ys] for x in xs],
    np.array([[1e4, 2e4]]),
    np.array([[1e4 + 1e-3, 2e4], [3.0, 4.0]]),
)
def squared_distances(x, y):
    """Between the rows of two matrices."""
    xx = np.sum(x**2, axis=1)[:, None]
    yy = np.sum(y**2, axis=1)
    return xx + yy - 2 * x @ y.T  # loses: cancellation


def dot_of_differences(x, y):
    return sum((a - b) ** 2 for a, b in zip(x, y, strict=True))


@case(
    lambda m, xs: [x / m.sqrt(dot(xs, xs)) for x in xs],
    np.array([3e200, -4e200]),
    suggestion="np.max(np.abs(v)) * np.linalg.norm(v / np.max(np.abs(v)))",
)
def normalized(v):
    length = np.sqrt(np.sum(v**2))  # loses: overflow
    return v / length


@case(lambda m, xs: mean(xs), np.full(40, 3000.0, np.float16))
def half_precision_sum(x):
    total = x[0]
    for item in x[1:]:
        total = total + item  # loses: overflow
    return total / len(x)


# -- numbers ----------------------------------------------------------------------------------


@case(
    lambda m, a, b, c: [
        -2 * c / (b + m.sqrt(b * b - 4 * a * c)),
        -(b + m.sqrt(b * b - 4 * a * c)) / (2 * a),
    ],
    1.0,
    1e9,
    1.0,
    suggestion="2 * c / (-b - np.sqrt(b**2 - 4 * a * c))",
)
def roots(a, b, c):
    d = np.sqrt(b**2 - 4 * a * c)
    first = (-b + d) / (2 * a)  # loses: cancellation
    second = (-b - d) / (2 * a)
    return np.stack([first, second])


@case(
    lambda m, x: m.sqrt(x + 1) - m.sqrt(x),
    1e14,
    suggestion="1 / (np.sqrt(x + 1) + np.sqrt(x))",
)
def difference_of_roots(x):
    after, before = np.sqrt(x + 1), np.sqrt(x)
    return after - before  # loses: cancellation


@case(
    lambda m, x: (m.sin(x + 1e-9) - m.sin(x)) / 1e-9,
    0.7,
    suggestion="2 * np.cos(x + h / 2) * np.sin(h / 2)",
)
def finite_difference(x):
    h = 1e-9
    change = np.sin(x + h) - np.sin(x)  # loses: cancellation
    return change / h


@case(lambda m, x: (x - 2) ** 9, 2.01)
def expanded_polynomial(x):
    """The polynomial (x - 2)⁹ by its coefficients."""
    coefficients = [1, -18, 144, -672, 2016, -4032, 5376, -4608, 2304, -512]
    total = 0.0 * x
    for c in coefficients:
        total = total * x + c  # loses: cancellation
    return total


@case(lambda m, x: m.exp(x), -25.0)
def taylor_series(x):
    """The series of exp, whose terms cancel."""
    term, total = 1.0, 1.0
    for n in range(1, 120):
        term = term * x / n
        total = total + term  # loses: cancellation
    return total


@case(lambda m, x: [integral(m, x, n) for n in (25,)], 0.5)
def recurrence(x):
    """∫₀¹ tⁿ exp(t / 2) dt by the recurrence in n, which is not stable."""
    value = (np.exp(x) - 1) / x
    for n in range(1, 26):
        value = (np.exp(x) - n * value) / x  # loses: cancellation
    return np.stack([value])


def integral(m, x, n):
    return m.quad(lambda t: t**n * m.exp(x * t), [0, 1])


@case(
    lambda m, r, n: m.expm1(n * m.log1p(r / n)),
    0.05,
    1e9,
    suggestion="np.expm1(n * np.log1p(r / n))",
)
def compound_interest(r, n):
    growth = (1 + r / n) ** n - 1  # loses: amplifies
    return growth


@case(lambda m, r, t: m.expm1(-r * t) / -r, 1e-12, 2.0, suggestion="-np.expm1(-r * t)")
def annuity(r, t):
    return (1 - np.exp(-r * t)) / r  # loses: cancellation


@case(lambda m, x: m.sinh(x) / x - 1, 1e-5)
def sinh_over_x(x):
    s = (np.exp(x) - np.exp(-x)) / 2  # loses: cancellation
    return s / x - 1  # loses: cancellation


@case(lambda m, x, y: m.sqrt(x * x + y * y), 3e-170, 4e-170, suggestion="np.hypot(x, y)")
def length(x, y):
    squares = x**2 + y**2  # loses: underflow
    return np.sqrt(squares)


@case(
    lambda m, z: m.sqrt(m.re(z) ** 2 + m.im(z) ** 2),
    3e200 + 4e200j,
    suggestion="np.hypot(z.real, z.imag)",
)
def modulus(z):
    return np.sqrt(z.real**2 + z.imag**2)  # loses: overflow


@case(lambda m, z: m.log(1 + z), 1e-12 + 1e-13j)
def complex_logarithm(z):
    return np.log(1 + z)  # loses: amplifies


@case(lambda m, z: m.exp(z) - 1, 1e-9 + 2e-9j, suggestion="np.expm1(z)")
def complex_exponential(z):
    return np.exp(z) - 1  # loses: cancellation


@case(
    lambda m, xs: sum(xs),
    np.float32(0.1) * np.ones(1000, np.float32),
    suggestion="np.sum(x, dtype=np.float64)",
)
def running_total(x):
    return np.cumsum(x)[-1]  # loses: rounding


@case(
    lambda m, xs, ys: dot(xs, ys),
    np.array([12345.678, 1.1, -12345.67, 3.0], np.float32),
    np.array([9876.543, 2.7, 9876.543, 1e-3], np.float32),
    suggestion="np.matmul(x, y, dtype=np.float64)",
)
def dot_product(x, y):
    return x @ y  # loses: rounding


# -- geometry and physics ---------------------------------------------------------------------


def exact_heron(m, a, b, c):
    s = (a + b + c) / 2
    return m.sqrt(s * (s - a) * (s - b) * (s - c))


@case(
    exact_heron,
    100.0,
    99.9999999999979,
    3e-12,
    suggestion="np.sqrt((a + (b + c)) * (c - (a - b)) * (c + (a - b)) * (a + (b - c))) / 4",
)
def heron(a, b, c):
    """The area of a needle-like triangle."""
    s = (a + b + c) / 2
    return np.sqrt(s * (s - a) * (s - b) * (s - c))  # loses: cancellation


def exact_distance(m, p, q, a):
    return m.acos(m.sin(p) * m.sin(q) + m.cos(p) * m.cos(q) * m.cos(a))


@case(
    exact_distance,
    0.8,
    0.8 + 1e-8,
    2e-8,
    suggestion="2 * np.arcsin(np.sqrt(np.sin((p - q) / 2)**2 + np.cos(p) * np.cos(q) * np.sin(a / 2)**2))",
)
def great_circle(latitude1, latitude2, longitudes):
    inner = np.sin(latitude1) * np.sin(latitude2)
    inner = inner + np.cos(latitude1) * np.cos(latitude2) * np.cos(longitudes)
    return np.arccos(inner)  # loses: amplifies


@case(
    lambda m, us, vs: m.acos(dot(us, vs) / m.sqrt(dot(us, us) * dot(vs, vs))),
    np.array([1.0, 2.0, 3.0]),
    np.array([1.0, 2.0, 3.0 + 1e-8]),
    suggestion="2 * np.arctan2(np.linalg.norm(u / np.linalg.norm(u) - v / np.linalg.norm(v)), np.linalg.norm(u / np.linalg.norm(u) + v / np.linalg.norm(v)))",
)
def angle(u, v):
    cosine = u @ v / (np.linalg.norm(u) * np.linalg.norm(v))
    return np.arccos(cosine)  # loses: amplifies


@case(
    lambda m, xs, ys: sum(xs[i] * ys[(i + 1) % 3] - xs[(i + 1) % 3] * ys[i] for i in range(3)) / 2,
    np.array([0.0, 1.0, 0.0]) + 1e8,
    np.array([0.0, 0.0, 1.0]) + 1e8,
)
def shoelace(x, y):
    """The area of a triangle far from the origin."""
    terms = x * np.roll(y, -1) - np.roll(x, -1) * y  # loses: cancellation
    return np.sum(terms) / 2  # loses: cancellation


@case(
    lambda m, v: 1 / m.sqrt(1 - v * v) - 1,
    1e-6,
    suggestion="v**2 / (np.sqrt(1 - v**2) * (1 + np.sqrt(1 - v**2)))",
)
def kinetic_energy(v):
    """Of a slow particle, by relativity."""
    gamma = 1 / np.sqrt(1 - v**2)
    return gamma - 1  # loses: cancellation


@case(
    lambda m, r, h: r - m.sqrt(r * r - h * h),
    1e7,
    0.5,
    suggestion="h**2 / (r + np.sqrt(r**2 - h**2))",
)
def sagitta(r, h):
    return r - np.sqrt(r**2 - h**2)  # loses: cancellation


@case(lambda m, x: 1 / m.expm1(x), 1e-11, suggestion="np.expm1(x)")
def bose_einstein(x):
    return 1 / (np.exp(x) - 1)  # loses: cancellation


@case(
    lambda m, e, x: x - e * m.sin(x),
    1 - 1e-10,
    1e-5,
)
def kepler(e, x):
    """The mean anomaly near the perihelion of a comet."""
    return x - e * np.sin(x)  # loses: cancellation


@case(
    lambda m, s, k, v: s * cdf(m, d1(m, s, k, v)) - k * cdf(m, d1(m, s, k, v) - v),
    1.0,
    1.6,
    0.05,
)
def call_option(s, k, v):
    """Black and Scholes, far out of the money."""
    d = np.log(s / k) / v + v / 2
    first = s * scipy.special.ndtr(d)  # loses: amplifies
    second = k * scipy.special.ndtr(d - v)
    return first - second  # loses: cancellation


def d1(m, s, k, v):
    return m.log(s / k) / v + v / 2


def cdf(m, x):
    return m.erfc(-x / m.sqrt(2)) / 2


# -- matrices ---------------------------------------------------------------------------------


@case(
    lambda m, rows: m.log(m.det(m.matrix(rows))),
    1e-60 * (np.eye(6) + 0.1),
    suggestion="np.linalg.slogdet(a)[1]",
)
def log_of_determinant(a):
    d = np.linalg.det(a)  # loses: underflow
    return np.log(d)


@case(
    lambda m, rows, b: list(m.lu_solve(m.matrix(rows), m.matrix(b))),
    1.0 / (np.arange(6)[:, None] + np.arange(6) + 1.0),
    np.ones(6),
)
def hilbert(a, b):
    return np.linalg.solve(a, b)  # loses: rounding


@case(
    lambda m, rows, b: list(
        m.lu_solve(m.matrix(rows).T * m.matrix(rows), m.matrix(rows).T * m.matrix(b))
    ),
    np.vander(np.linspace(10.0, 11.0, 6), 3),
    np.array([3.0, 4.0, 6.0, 9.0, 12.0, 17.0]),
)
def normal_equations(x, y):
    gram = x.T @ x
    moments = x.T @ y
    return np.linalg.solve(gram, moments)  # loses: amplifies


# -- in place ---------------------------------------------------------------------------------


@case(
    lambda m, xs: sum(m.expm1(x) for x in xs),
    np.array([1e-9, 1e-12, 3e-10]),
    suggestion="np.expm1(x[i])",
)
def filled(x):
    out = autograd.Tensor(np.zeros(3))
    for i in range(3):
        out[i] = np.exp(x[i]) - 1  # loses: cancellation
    return np.sum(out)


@case(lambda m, x: m.log1p(x) if x < 1 else x, 1e-11, suggestion="np.log1p(x)")
def branch(x):
    if x < 1:
        return np.log(1.0 + x)  # loses: amplifies
    return x
