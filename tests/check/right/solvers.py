"""Results of iterations: solved, integrated, minimised to a tolerance."""

import numpy as np
from check.right.table import normal, right, uniform
from scipy import integrate, linalg, optimize


def decay(k, y0):
    """Integrate y' = -k y² to a tolerance; y(1) = y0 / (1 + k y0)."""
    return integrate.solve_ivp(lambda t, y: -k * y * y, (0, 1), [y0], rtol=1e-6, atol=1e-9).y[0, -1]


def decay_gradient(k, y0):
    return -(y0**2) / (1 + k * y0) ** 2, 1 / (1 + k * y0) ** 2


def oscillator(p):
    w, c = p
    end = integrate.solve_ivp(
        lambda t, y: [y[1], -w * w * y[0]], (0, 2), [1.0, c], rtol=1e-8, atol=1e-10
    )
    return end.y[0, -1]


def oscillator_gradient(p):
    w, c = p
    s, k = np.sin(2 * w), np.cos(2 * w)
    return np.array([-2 * s - c * s / w**2 + 2 * c * k / w, s / w], p.dtype)


def growth(r, rtol):
    """Logistic growth from 0.1 to t = 3."""
    return integrate.solve_ivp(
        lambda t, y: r * y * (1 - y), (0, 3), [0.1], rtol=rtol, atol=1e-12
    ).y[0, -1]


def growth_gradient(r, rtol):
    y = 1 / (1 + 9 * np.exp(-3 * r))
    return 3 * y * (1 - y)


def kepler(M, e):
    return optimize.brentq(lambda E: E - e * np.sin(E) - M, -10, 10, xtol=1e-10)


def kepler_gradient(M, e):
    E = kepler(M, e)
    d = 1 - e * np.cos(E)
    return 1 / d, np.sin(E) / d


def newton_root(a):
    x = a / a
    for _ in range(30):
        x = x - (x**3 + x - a) / (3 * x**2 + 1)
    return x


def loose_root(a):
    """Newton's method that stops at a residual of 1e-5."""
    x = a / a
    while abs(x * x - a) > 1e-5 * a:
        x = 0.5 * (x + a / x)
    return x


def bisected(a):
    low, high = 0.0, 4.0
    while high - low > 1e-9:
        middle = 0.5 * (low + high)
        low, high = (middle, high) if middle + np.sin(middle) < a else (low, middle)
    return 0.5 * (low + high)


def argmin(a, b):
    return optimize.minimize_scalar(
        lambda x: np.exp(x) - a * x + b * x * x, bracket=(-2, 2), tol=1e-8
    ).x


def argmin_gradient(a, b):
    x = optimize.brentq(lambda x: np.exp(x) - a + 2 * b * x, -20, 20, xtol=1e-15)
    h = np.exp(x) + 2 * b
    return 1 / h, -2 * x / h


def envelope(y, A):
    """The smallest ridge loss: its gradient is that at the minimiser."""
    w = np.linalg.solve(A.T @ A + np.eye(A.shape[1], dtype=A.dtype), A.T @ y)
    return ((A @ w - y) ** 2).sum() + (w**2).sum()


def envelope_gradient(y, A):
    w = np.linalg.solve(A.T @ A + np.eye(A.shape[1], dtype=A.dtype), A.T @ y)
    return 2 * (y - A @ w)


def inner_minimum(y, A):
    def loss(w):
        return ((A @ w - y) ** 2).sum() + (w**2).sum() + np.log1p(np.exp(w)).sum()

    def slope(w):
        return 2 * A.T @ (A @ w - y) + 2 * w + 1 / (1 + np.exp(-w))

    return optimize.minimize(loss, np.zeros(A.shape[1]), jac=slope, tol=1e-7).x


def inner_value(y, A):
    w = inner_minimum(y, A)
    return ((A @ w - y) ** 2).sum() + (w**2).sum() + np.log1p(np.exp(w)).sum()


def inner_gradient(y, A):
    return 2 * (y - A @ inner_minimum(y, A))


def fixed_point(W, b):
    x = np.zeros_like(b)
    for _ in range(60):
        x = np.tanh(W @ x + b)
    return x.sum()


def fixed_point_gradient(W, b):
    x = np.zeros_like(b)
    for _ in range(60):
        x = np.tanh(W @ x + b)
    d = 1 - x * x
    u = np.linalg.solve(np.eye(len(b), dtype=b.dtype) - (d[:, None] * W).T, np.ones_like(b)) * d
    return np.outer(u, x), u


def gauss(a):
    return integrate.quad(lambda x: np.exp(-a * x * x), 0, 2)[0]


def gauss_gradient(a):
    return integrate.quad(lambda x: -x * x * np.exp(-a * x * x), 0, 2)[0]


def loose_integral(a):
    return integrate.quad(lambda x: np.cos(a * x) / (1 + x), 0, 3, epsabs=1e-6, epsrel=1e-6)[0]


def loose_integral_gradient(a):
    return integrate.quad(lambda x: -x * np.sin(a * x) / (1 + x), 0, 3)[0]


def trapezoid(y):
    return np.trapezoid(np.exp(y), dx=1 / (len(y) - 1))


def trapezoid_gradient(y):
    w = np.full(len(y), 1 / (len(y) - 1), y.dtype)
    w[[0, -1]] /= 2
    return w * np.exp(y)


def power_method(A):
    v = np.ones(len(A), A.dtype)
    for _ in range(200):
        v = A @ v
        v = v / np.linalg.norm(v)
    return v @ A @ v


def power_method_gradient(A):
    _, vectors = np.linalg.eigh(A)
    v = vectors[:, -1]
    return np.outer(v, v)


def stationary(P):
    p = np.full(len(P), 1 / len(P), P.dtype)
    for _ in range(100):
        p = p @ (P / P.sum(1, keepdims=True))
    return p[0]


def stationary_gradient(P):
    n, sums = len(P), P.sum(1, keepdims=True)
    T = P / sums
    M = np.eye(n, dtype=P.dtype) - T.T
    M[-1] = 1
    p = np.linalg.solve(M, np.eye(n, dtype=P.dtype)[-1])
    e = np.eye(n, dtype=P.dtype)[0]
    u = linalg.lstsq(np.eye(n) - T, e - p[0])[0]
    dT = np.outer(p, u)
    return (dT - (dT * T).sum(1, keepdims=True)) / sums


def conjugate_gradients(b, A):
    """Solve A x = b by as many steps as there are unknowns."""
    x, r = np.zeros_like(b), b.copy()
    p = r.copy()
    for _ in range(len(b)):
        Ap = A @ p
        step = r @ r / (p @ Ap)
        x, new = x + step * p, r - step * Ap
        p, r = new + (new @ new) / (r @ r) * p, new
    return x.sum()


def spd(n):
    def build(random):
        B = random.normal(size=(n, n))
        return B @ B.T + n * np.eye(n)

    return build


def sinkhorn(C):
    K = np.exp(-C)
    u = np.ones(len(C), C.dtype)
    for _ in range(50):
        v = 1 / (K.T @ u)
        u = 1 / (K @ v)
    return np.log(u).sum() + np.log(v).sum()


def sinkhorn_gradient(C):
    K = np.exp(-C)
    u = np.ones(len(C), C.dtype)
    for _ in range(50):
        v = 1 / (K.T @ u)
        u = 1 / (K @ v)
    return u[:, None] * K * v


def babylon(a):
    x = a
    for _ in range(40):
        x = (x + a / x) / 2
    return x


def leapfrog(q, p):
    for _ in range(50):
        p = p - 0.05 * np.sin(q)
        q = q + 0.1 * p
        p = p - 0.05 * np.sin(q)
    return q


def leapfrog_gradient(q, p):
    J = np.eye(2)
    for _ in range(50):
        J = np.array([[1, 0], [-0.05 * np.cos(q), 1]]) @ J
        p = p - 0.05 * np.sin(q)
        q = q + 0.1 * p
        J = np.array([[1, 0.1], [0, 1]]) @ J
        J = np.array([[1, 0], [-0.05 * np.cos(q), 1]]) @ J
        p = p - 0.05 * np.sin(q)
    return J[0, 0], J[0, 1]


SOLVERS = [
    right("an adaptive Runge-Kutta method, rtol 1e-6", decay, decay_gradient, 0.8, 1.3, undecided="the function has a tolerance"),
    right("an adaptive Runge-Kutta method, rtol 1e-8", oscillator, oscillator_gradient, [1.3, 0.4]),
    right("logistic growth, rtol 1e-3", growth, growth_gradient, 1.2, data=(1e-3,), undecided="the function has a tolerance"),
    right("logistic growth, rtol 1e-6", growth, growth_gradient, 0.9, data=(1e-6,)),
    right("Kepler's equation by brentq", kepler, kepler_gradient, 1.1, 0.4),
    right("a cubic by Newton's method", newton_root, lambda a: 1 / (3 * newton_root(a) ** 2 + 1), 2.7),
    right("a square root to five digits", loose_root, lambda a: 0.5 / np.sqrt(a), 2.0, undecided="the function has a tolerance"),
    right("a square root to five digits, elsewhere", loose_root, lambda a: 0.5 / np.sqrt(a), 7.3),
    right("a bisection", bisected, lambda a: 1 / (1 + np.cos(bisected(a))), 1.7),
    right("the position of a minimum", argmin, argmin_gradient, 1.5, 0.4),
    right("the value of a ridge regression", envelope, envelope_gradient, normal(8), data=(normal(8, 3),)),
    right("the value of an inner minimisation", inner_value, inner_gradient, normal(7), data=(normal(7, 3),)),
    right("a fixed point", fixed_point, fixed_point_gradient, normal(4, 4, scale=0.3), normal(4)),
    right("a quadrature", gauss, gauss_gradient, 0.7),
    right("a quadrature to six digits", loose_integral, loose_integral_gradient, 5.3),
    right("the trapezoidal rule", trapezoid, trapezoid_gradient, normal(11)),
    right("the largest eigenvalue by the power method", power_method, power_method_gradient, lambda r: np.diag([5.0, 2.0, 1.0, 0.5]) + 0.1 * np.ones((4, 4))),
    right("the stationary distribution of a chain", stationary, stationary_gradient, uniform(0.2, 1, 4, 4)),
    right("conjugate gradients", conjugate_gradients, lambda b, A: np.linalg.solve(A, np.ones_like(b)), normal(6), data=(spd(6),), seeds=2),
    right("Sinkhorn's iteration", sinkhorn, sinkhorn_gradient, uniform(0, 1, 4, 4)),
    right("a square root by Heron's iteration", babylon, lambda a: 0.5 / np.sqrt(a), 7.3),
    right("a pendulum by leapfrog steps", leapfrog, leapfrog_gradient, 0.7, 0.2),
]  # fmt: skip
