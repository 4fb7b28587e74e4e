"""Special functions at their edges, huge and tiny numbers, cancellation, long sums."""

import numpy as np
from check.right.table import Tiny, normal, right, uniform
from scipy import special

LN2 = 0.6931471805599453


def heron(s):
    p = s.sum() / 2
    return np.sqrt(p * np.prod(p - s))


def heron_gradient(s):
    p = s.sum() / 2
    q = p - s
    area2 = p * np.prod(q)
    dlog = 0.5 * (1 / p + (1 / q).sum()) - 1 / q
    return 0.5 * np.sqrt(area2) * dlog


def small_root(b, c):
    return (-b + np.sqrt(b * b - 4 * c)) / 2


def small_root_gradient(b, c):
    root = np.sqrt(b * b - 4 * c)
    return (-1 + b / root) / 2, -1 / root


def compensated(x):
    total = carry = x.dtype.type(0)
    for item in x:
        y = item - carry
        t = total + y
        carry = (t - total) - y
        total = t
    return total


def lse_difference(x):
    return special.logsumexp(x) - special.logsumexp(x - 3)


def near_one(z):
    return np.tanh(np.arccosh(np.cosh(np.power(0.001, z))))


SPECIAL = [
    right("gammaln near its poles", lambda x: special.gammaln(x).sum(), special.digamma, [1e-6, 0.5, 1.0, 2.0, 1e5]),
    right("gammaln left of zero", lambda x: special.gammaln(x).sum(), special.digamma, [-0.3, -1.7]),
    right("digamma", lambda x: special.digamma(x).sum(), lambda x: special.polygamma(1, x).astype(x.dtype), [0.01, 1.4616, 30.0]),
    right("erf far out", lambda x: special.erf(x).sum(), lambda x: 2 / np.sqrt(np.pi) * np.exp(-x * x), [-6.0, 0.0, 3.0, 9.0]),
    right("erfc far out", lambda x: special.erfc(x).sum(), lambda x: -2 / np.sqrt(np.pi) * np.exp(-x * x), [0.0, 3.0, 8.0]),
    right("erfcx", lambda x: special.erfcx(x).sum(), lambda x: 2 * x * special.erfcx(x) - 2 / np.sqrt(np.pi), [-2.0, 0.0, 4.0]),
    right("the log of a normal tail", lambda x: special.log_ndtr(x).sum(), lambda x: np.exp(-x * x / 2 - special.log_ndtr(x)) / np.sqrt(2 * np.pi), [-12.0, -3.0, 0.0, 4.0]),
    right("a normal quantile near its edges", lambda p: special.ndtri(p).sum(), lambda p: np.sqrt(2 * np.pi) * np.exp(special.ndtri(p) ** 2 / 2), [1e-4, 0.02, 0.5, 0.95]),
    right("an incomplete gamma function", lambda x: special.gammainc(2.5, x).sum(), lambda x: x**1.5 * np.exp(-x) / special.gamma(2.5), [0.1, 2.0, 15.0]),
    right("an incomplete beta function", lambda x: special.betainc(2.0, 3.0, x).sum(), lambda x: 12 * x * (1 - x) ** 2, [0.01, 0.5, 0.99]),
    right("a Bessel function at its zeros", lambda x: special.j0(x).sum(), lambda x: -special.j1(x), [0.0, 2.404825557695773, 40.0]),
    right("a scaled Bessel function", lambda x: special.i0e(x).sum(), lambda x: special.i1e(x) - np.sign(x) * special.i0e(x), [0.5, 30.0, -3.0]),
    right("an exponential integral", lambda x: special.exp1(x).sum(), lambda x: -np.exp(-x) / x, [1e-4, 1.0, 20.0]),
    right("Lambert's function", lambda x: np.real(special.lambertw(x)).sum(), lambda x: np.real(1 / (np.exp(special.lambertw(x)) * (1 + special.lambertw(x)))), [0.01, 1.0, 100.0]),
    right("the dilogarithm", lambda x: special.spence(x).sum(), lambda x: -np.log(x) / (x - 1), [0.2, 0.9, 3.0]),
    right("arcsin near one", lambda x: np.arcsin(x).sum(), lambda x: 1 / np.sqrt((1 - x) * (1 + x)), [0.999, -0.9999, 0.0]),
    right("arccosh near one", lambda x: np.arccosh(x).sum(), lambda x: 1 / np.sqrt((x - 1) * (x + 1)), [1.001, 1.5, 100.0]),
    right("arctanh near one", lambda x: np.arctanh(x).sum(), lambda x: 1 / ((1 - x) * (1 + x)), [0.999, -0.99, 0.0]),
    right("tanh of arccosh of cosh near zero", near_one, lambda z: np.log(0.001) * 0.001**z * (1 - near_one(z) ** 2), 2.0, undecided="the hyperbolic cosine of 1e-6 has four digits of the difference from one"),
    right("entropy at an edge", lambda p: special.xlogy(p, p).sum(), lambda p: np.log(p) + 1, [1e-5, 0.3, 1.0]),
    right("the log of a small shift at zero", lambda x: np.log(x + 1e-12), lambda x: 1 / (x + 1e-12), 0.0),
    right("the log of a small shift of zeros", lambda x: np.log(x + 1e-8).sum(), lambda x: 1 / (x + 1e-8), [0.0, 1.0, 0.0]),
    right("log1p near minus one", lambda x: np.log1p(x).sum(), lambda x: 1 / (1 + x), [-0.999, 0.0, 1e-10]),
    right("sinc around zero", lambda x: np.sinc(x).sum(), lambda x: (np.cos(np.pi * x) - np.sinc(x)) / x, [0.1, 1.0, -2.5]),
    right("log of one minus exp", lambda x: np.log(-np.expm1(x)).sum(), lambda x: np.exp(x) / np.expm1(x), [-1e-3, -1.0, -20.0]),
    right("a power whose exponent is checked", lambda x, p: x**p, lambda x, p: (p * x ** (p - 1), x**p * np.log(x)), 1e-3, 2.5),
]  # fmt: skip

SCALES = [
    right("squares of huge numbers", lambda x: (x * x).sum(), lambda x: 2 * x, Tiny([1e150, 3e140], [1e16, 3e14])),
    right("squares of tiny numbers", lambda x: (x * x).sum(), lambda x: 2 * x, Tiny([1e-150, 3e-149], [1e-17, 3e-17])),
    right("squares that are denormal", lambda x: (x * x).sum(), lambda x: 2 * x, Tiny([1e-157, 2e-157], [1e-20, 2e-20])),
    right("a denormal number, tripled", lambda x: 3 * x, lambda x: 3.0, Tiny(1e-310, 1e-40)),
    right("a result of 1e-30", lambda x: (np.sin(x) * x.dtype.type(1e-30)).sum(), lambda x: np.cos(x) * x.dtype.type(1e-30), [0.4, 0.9, 2.0]),
    right("a result of 1e30", lambda x: (np.sin(x) * x.dtype.type(1e30)).sum(), lambda x: np.cos(x) * x.dtype.type(1e30), [0.4, 0.9, 2.0]),
    right("inputs of 1e12", lambda x: np.log(x).sum(), lambda x: 1 / x, [1e12, 3e12, 1.0]),
    right("inputs of very different size", lambda x: np.log1p(x).sum(), lambda x: 1 / (1 + x), [1e-12, 1e-4, 1.0, 1e8]),
    right("an angle in the thousands", lambda x: np.sin(x).sum(), np.cos, [1234.5, -2000.25, 0.0]),
    right("reciprocals of small numbers", lambda x: (1 / x).sum(), lambda x: -1 / x**2, [1e-8, -1e-5, 1e-3]),
    right("a steep exponential", lambda x: np.exp(60 * x), lambda x: 60 * np.exp(60 * x), 0.9),
    right("an exponential near zero", lambda x: np.exp(x), np.exp, Tiny(-700.0, -80.0)),
    right("the 20th power", lambda x: (x**20).sum(), lambda x: 20 * x**19, [0.3, 1.0, 1.7]),
    right("a saturated sigmoid", lambda x: special.expit(x).sum(), lambda x: special.expit(x) * special.expit(-x), [-60.0, -20.0, 0.0, 14.0]),
    right("a saturated tanh", lambda x: np.tanh(x).sum(), lambda x: 1 / np.cosh(x) ** 2, [-19.0, -6.0, 0.0, 8.0]),
    right("metres and nanometres", lambda L, d: L * np.exp(-d * 1e9), lambda L, d: (np.exp(-d * 1e9), -1e9 * L * np.exp(-d * 1e9)), 2.0, 1e-9),
    right("seconds since 1970", lambda t, p: np.sin(2 * np.pi * (t - 1700000000.0) / p), lambda t, p: (np.cos(2 * np.pi * (t - 1700000000.0) / p) * 2 * np.pi / p, -np.cos(2 * np.pi * (t - 1700000000.0) / p) * 2 * np.pi * (t - 1700000000.0) / p**2), Tiny(1700000123.0, 1700000128.0), 3600.0),
    right("a distance between far points", lambda a, b: np.sqrt(((a - b) ** 2).sum()), lambda a, b: ((a - b) / np.sqrt(((a - b) ** 2).sum()), (b - a) / np.sqrt(((a - b) ** 2).sum())), [1000.25, 2000.5], [1001.0, 2000.0]),
]  # fmt: skip

ROUNDING = [
    right("the variance of nearly equal numbers", np.var, lambda x: 2 * (x - x.mean()) / x.dtype.type(len(x)), normal(8, scale=0.1, shift=100)),
    right("the variance as a difference of moments", lambda x: (x * x).mean() - x.mean() ** 2, lambda x: 2 * (x - x.mean()) / x.dtype.type(len(x)), normal(8, scale=1, shift=30)),
    right("one minus cosine", lambda x: 1 - np.cos(x), np.sin, 1e-3),
    right("the area of a needle", heron, heron_gradient, [9.0, 4.55, 4.5]),
    right("the smaller root of a quadratic", small_root, small_root_gradient, 50.0, 1.0),
    right("a difference of log-sum-exps", lse_difference, np.zeros_like, normal(6), seeds=3),
    right("a constant from sines", lambda x: (np.sin(x) ** 2 + np.cos(x) ** 2).sum(), np.zeros_like, normal(6), seeds=3),
    right("a small change of a large number", lambda x: 1e4 + x * x, lambda x: 2 * x, 0.7),
    right("a quotient of differences", lambda x: (np.exp(x) - 1) / x, lambda x: (x * np.exp(x) - np.expm1(x)) / x**2, 0.02),
    right("a determinant near zero", np.linalg.det, lambda A: np.linalg.det(A) * np.linalg.inv(A).T, lambda r: np.array([[1.0, 2.0], [3.0, 6.001]])),
    right("a long sum", lambda x: x.sum(), np.ones_like, uniform(0, 1, 900)),
    right("a long sum in a loop", lambda x: sum(x, x.dtype.type(0)), np.ones_like, uniform(0, 1, 300)),
    right("a compensated sum", compensated, np.ones_like, uniform(0, 1, 200)),
    right("a mean of squares", lambda x: (x * x).mean(), lambda x: 2 * x / x.dtype.type(x.size), normal(30, 30)),
    right("an alternating sum", lambda x: (x * (-1.0) ** np.arange(len(x))).sum(), lambda x: ((-1.0) ** np.arange(len(x))).astype(x.dtype), uniform(0.9, 1.1, 100)),
    right("a product of many", np.prod, lambda x: np.prod(x) / x, uniform(0.5, 1.5, 40)),
    right("a geometric mean", lambda x: np.exp(np.log(x).mean()), lambda x: np.exp(np.log(x).mean()) / x / x.dtype.type(len(x)), uniform(0.1, 5, 25)),
    right("a cumulative product", lambda x: np.cumprod(x).sum(), lambda x: np.cumsum(np.cumprod(x)[::-1])[::-1] / x, uniform(0.8, 1.2, 25)),
    right("a correlation", lambda x, y: np.corrcoef(x, y)[0, 1], lambda x, y: correlation_slope(x, y), normal(9), data=(normal(9),), seeds=2),
    right("a matrix product of 200 columns", lambda A, B: (A @ B).sum(), lambda A, B: (np.broadcast_to(B.sum(1), A.shape), np.broadcast_to(A.sum(0)[:, None], B.shape)), normal(2, 200), normal(200, 2)),
    right("a float32 sum inside", lambda x: float(np.sum(np.float32(x) ** 2)), lambda x: 2 * x, [0.3, 0.4, 2.0], options={"rtol": 1e-3}),
    right("the norm of a small vector", lambda x: np.sqrt(x @ x), lambda x: x / np.sqrt(x @ x), [1e-6, -2e-6, 5e-7]),
    right("cosine similarity of like vectors", lambda x, y: x @ y / np.sqrt((x @ x) * (y @ y)), lambda x, y: y / np.sqrt((x @ x) * (y @ y)) - (x @ y) * x / (np.sqrt((x @ x) * (y @ y)) * (x @ x)), [1.0, 2.0, 3.0], data=([1.01, 2.0, 2.99],)),
]  # fmt: skip


def correlation_slope(x, y):
    a, b = x - x.mean(), y - y.mean()
    r = a @ b / np.sqrt((a @ a) * (b @ b))
    return b / np.sqrt((a @ a) * (b @ b)) - r * a / (a @ a)
