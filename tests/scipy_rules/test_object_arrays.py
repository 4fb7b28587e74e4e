"""What SciPy calls may return ``np.array([...])`` of nodes, and take it, without losing a derivative."""

import functools
import pickle

import numpy as np
import pytest
import scipy.optimize

from autograd import implicit, jacobian, make_jvp
from autograd.errors import NoRuleError
from autograd.scipy import fft, integrate, optimize, signal, special, stats

T = np.linspace(0.0, 2.0, 8)
Y = 2.0 * np.exp(-0.7 * T) + 0.01 * np.sin(9.0 * T)
TIGHT = {"rtol": 1e-7, "atol": 1e-7}


def plain(a):
    return float(getattr(a, "data", a))


def rotation(join, a):
    return lambda t, y: join([a * y[1], -a * y[0]])


#: Functions of one number, given what joins numbers to an array.
CALLS = {
    "root": lambda join, a: optimize.root(lambda x: join([x[0] ** 2 - a, x[0] * x[1] - a]), [1.0, 1.0]).x,
    "root with args": lambda join, a: optimize.root(
        lambda x, p: x**2 - p, [1.0, 1.0], (join([a, 2.0 * a]),)
    ).x,
    "fsolve": lambda join, a: optimize.fsolve(lambda x: join([x[0] ** 2 - a, x[0] * x[1] - a]), [1.0, 1.0]),
    "newton": lambda join, a: optimize.newton(
        lambda x: join([x[0] ** 2 - a, x[1] ** 2 - 2 * a]), np.ones(2), maxiter=99
    ),
    "fixed_point": lambda join, a: optimize.fixed_point(
        lambda x: join([np.cos(0.5 * a * x[0]), np.cos(x[0])]), [0.5, 0.5]
    ),
    "minimize": lambda join, a: optimize.minimize(
        lambda x: join([(x[0] - a) ** 2, (x[0] - x[1]) ** 2, x[1] ** 4]).sum(), [1.0, 1.0], tol=1e-10
    ).x,
    "minimize, equality": lambda join, a: optimize.minimize(
        lambda x: np.sum((x - 3.0) ** 2), [0.0, 0.0], tol=1e-12,
        constraints={"type": "eq", "fun": lambda x: join([x[0] + x[1] ** 2 - a])},
    ).x,
    "minimize, inequality": lambda join, a: optimize.minimize(
        lambda x: np.sum((x - 3.0) ** 2), [0.0, 0.0], tol=1e-12,
        constraints={"type": "ineq", "fun": lambda x: join([a - x[0] - x[1] ** 2])},
    ).x,
    "minimize, NonlinearConstraint": lambda join, a: optimize.minimize(
        lambda x: np.sum((x - 3.0) ** 2), [0.0, 0.0], tol=1e-12,
        constraints=scipy.optimize.NonlinearConstraint(lambda x: join([x[0] + x[1] ** 2 - a]), -np.inf, 0.0),
    ).x,
    "minimize, bounds": lambda join, a: optimize.minimize(
        lambda x: np.sum((x - 3.0) ** 2) + x[0] * x[1], [0.0, 0.0], bounds=join([join([-5.0, a]), join([-5.0, a])])
    ).x,
    "least_squares": lambda join, a: optimize.least_squares(
        lambda x: join([x[0] - a, x[1] * a - 1.0, x[0] * x[1] - 2.0]), [1.0, 1.0]
    ).x,
    "least_squares, kwargs": lambda join, a: optimize.least_squares(
        lambda x, p: x - p, [1.0, 1.0], kwargs={"p": join([a, a**2])}
    ).x,
    "curve_fit": lambda join, a: optimize.curve_fit(
        lambda t, p, q: join([p * np.exp(-q * s) for s in t]), T, join([a * y for y in Y]), p0=[1.0, 1.0]
    )[0],
    "curve_fit, sigma": lambda join, a: optimize.curve_fit(
        lambda t, p, q: p * np.exp(-q * t), T, Y, [1.0, 1.0], join([1.0 + a * t for t in T])
    )[0],
    "linprog": lambda join, a: optimize.linprog(
        join([-1.0 * a, -2.0]), A_ub=[[1.0, 1.0], [1.0, 3.0]], b_ub=join([4.0 * a, 6.0])
    ).x,
    "linear_sum_assignment": lambda join, a: a * optimize.linear_sum_assignment(
        join([join([a, 3.0]), join([3.0, a])])
    )[1],
    "implicit.root": lambda join, a: implicit.root(
        lambda x: join([x[0] ** 2 - a, x[0] * x[1] - a]), np.full(2, plain(a) ** 0.5)
    ),
    "implicit.fixed_point": lambda join, a: implicit.fixed_point(
        lambda x: join([(x[0] + a / x[0]) / 2, x[0] * a]), np.array([plain(a) ** 0.5, plain(a) ** 1.5])
    ),
    "solve_ivp": lambda join, a: integrate.solve_ivp(
        rotation(join, a), (0.0, 2.0), join([1.0, 0.5]), **TIGHT
    ).y[:, -1],
    "solve_ivp, Radau": lambda join, a: integrate.solve_ivp(
        rotation(join, a), (0.0, 1.0), join([a, 0.5 * a]), "Radau", rtol=1e-6, atol=1e-6
    ).y[:, -1],
    "solve_ivp, t_eval": lambda join, a: integrate.solve_ivp(
        lambda t, y: -y * t, (0.0, 2.0), [1.0, 2.0], t_eval=join([0.5 * a, a]), **TIGHT
    ).y,
    "solve_ivp, sol": lambda join, a: integrate.solve_ivp(
        lambda t, y: -y * t * a, (0.0, 2.0), [1.0, 2.0], dense_output=True, **TIGHT
    ).sol(join([0.5 * a, a])),
    "odeint": lambda join, a: integrate.odeint(
        lambda y, t, p: join([p[0] * y[1], -p[1] * y[0]]), join([a, 2.0 * a]), [0.0, 1.0, 2.0],
        (join([a, 1.0]),), **TIGHT,
    ),
    "quad": lambda join, a: integrate.quad(lambda x: join([np.exp(-a * x), a * x]).sum(), 0.0, 1.0)[0],
    "quad_vec": lambda join, a: integrate.quad_vec(lambda x: join([np.exp(-a * x), a * x]), 0.0, 1.0)[0],
    "fft": lambda join, a: np.abs(fft.fft(join([a, 2.0 * a, 1.0]))),
    "fftconvolve": lambda join, a: signal.fftconvolve(join([a, 2.0 * a, 1.0]), join([1.0, a])),
    "factorial": lambda join, a: special.factorial(join([a, 2.0 * a])),
    "zeta": lambda join, a: special.zeta(join([1.0 + a, 2.0 + a]), join([a, 1.0])),
    "logsumexp": lambda join, a: special.logsumexp(join([a, 2.0 * a, 1.0])),
    "multivariate_normal": lambda join, a: stats.multivariate_normal.logpdf(join([a, 2.0 * a]), np.zeros(2), np.eye(2)),
    "gaussian_kde": lambda join, a: stats.gaussian_kde(join([a, 2.0 * a, 1.0]))(join([0.5, a])),
}  # fmt: skip


def difference(f, a, h=1e-4):
    """Return a central difference of fourth order."""
    near, far = f(a + h) - f(a - h), f(a + 2 * h) - f(a - 2 * h)
    return (8 * near - far) / (12 * h)


@pytest.mark.parametrize("name", CALLS)
def test_arrays_of_nodes_count_as_nodes(name):
    a = 1.3
    of_objects = functools.partial(CALLS[name], np.array)
    found = jacobian(of_objects)(a)
    stacked = jacobian(functools.partial(CALLS[name], np.stack))(a)
    np.testing.assert_allclose(found, stacked, rtol=1e-6, atol=1e-9)
    expected = difference(lambda a: np.asarray(plain_numbers(of_objects(a))), a)
    np.testing.assert_allclose(found, expected, rtol=2e-3, atol=1e-4)
    pushed = make_jvp(of_objects)(a)(1.0)[1]
    np.testing.assert_allclose(pushed, found, rtol=1e-6, atol=1e-9)


def plain_numbers(x):
    return getattr(x, "data", x) if not isinstance(x, np.ndarray) else x


# -- solvers without a rule -------------------------------------------------------------------


def bowl(x, a):
    return np.sum((x - a) ** 2 + x**4)


#: Solvers that know nothing of nodes, called with a function of arrays or numbers.
UNRULED = {
    "bracket": lambda f: optimize.bracket(f),
    "fmin_cobyla": lambda f: optimize.fmin_cobyla(f, [0.0], [lambda x: 5.0 - x[0]]),
    "check_grad": lambda f: optimize.check_grad(f, lambda x: x, [0.5]),
}  # fmt: skip


class Bowl:
    def __init__(self, a):
        self.a = a

    def __call__(self, x):
        return bowl(x, self.a)


@pytest.mark.parametrize("name", UNRULED)
def test_solvers_without_a_rule_refuse_nodes_of_functions(name):
    solve = UNRULED[name]
    kinds = [lambda a: lambda x: bowl(x, a), Bowl, lambda a: functools.partial(bowl, a=a)]
    for kind in kinds:
        with pytest.raises(NoRuleError, match=rf"{name} has no derivative rule"):
            jacobian(lambda a, kind=kind: solve(kind(a)))(2.0)
    solve(lambda x: bowl(x, 2.0))


def test_functions_passed_to_solvers_can_be_pickled():
    from autograd.scipy.fallback import refusing_nodes

    guarded = refusing_nodes("identity", lambda f: f)(Bowl(1.0))
    assert pickle.loads(pickle.dumps(guarded))(np.ones(2)) == 2.0
