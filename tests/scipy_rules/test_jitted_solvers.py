"""Solvers inside jitted functions: a program may not keep what depends on its inputs."""

import numpy as np
import pytest

from autograd import grad, jit, trace
from autograd.scipy import integrate, optimize, sparse


def cube(x, a):
    return x**3 - a


def hunt(t, y, a):
    return [a * y[0] - y[0] * y[1], -y[1] + 0.5 * y[0] * y[1]]


def diagonal(numbers):
    return sparse.diags_array([numbers], offsets=[0]).tocsc()


FUNCTIONS = {
    "brentq": lambda a: optimize.brentq(lambda x: cube(x, a), 0.0, 9.0),
    "brentq, arguments": lambda a: optimize.brentq(cube, 0.0, 9.0, (a,)),
    "newton": lambda a: optimize.newton(lambda x: cube(x, a), 1.5),
    "fixed_point": lambda a: optimize.fixed_point(lambda x: (x + a / x) / 2, 1.5),
    "fsolve": lambda a: optimize.fsolve(lambda x: cube(x, a), 1.5)[0],
    "root": lambda a: optimize.root(lambda x: cube(x, a), np.ones(2)).x[1],
    "minimize": lambda a: optimize.minimize(lambda x: np.sum((x - a) ** 4 + x * x), [0.0]).x[0],
    "minimize_scalar": lambda a: optimize.minimize_scalar(lambda x: (x - a * a) ** 2).x,
    "least_squares": lambda a: optimize.least_squares(lambda x: x**2 - a, [1.0]).x[0],
    "curve_fit": lambda a: optimize.curve_fit(
        lambda t, p: p * t * t, np.arange(3.0), np.array([0.0, 1.0, 4.0]) * a
    )[0][0],
    "newton, several": lambda a: optimize.newton(
        lambda x, a: x**3 - a, np.ones(3), lambda x, a: 3 * x * x, (a * np.arange(1.0, 4.0),)
    )[1],
    "krylov": lambda a: optimize.root(lambda x: cube(x, a), np.ones(2), method="krylov").x[1],
    "SLSQP": lambda a: optimize.minimize(
        lambda x: np.sum((x - a) ** 2), [0.0, 1.0], method="SLSQP", bounds=[(0, 1), (0, 9)]
    ).x[1],
    "splu": lambda a: sparse.linalg.splu(diagonal(a * np.ones(3))).solve(np.ones(3))[1],
    "cg": lambda a: sparse.linalg.cg(diagonal(a * np.ones(3)), np.ones(3))[0][1],
    "eigsh": lambda a: sparse.linalg.eigsh(diagonal(a * np.arange(1.0, 6.0)), 1)[0][0],
    "quad": lambda a: integrate.quad(lambda x: np.exp(-a * x), 0, 1)[0],
    "quad, limit": lambda a: integrate.quad(lambda x: np.exp(-x), 0, a)[0],
    "quad_vec": lambda a: integrate.quad_vec(lambda x: np.exp(-a * x), 0, 1)[0],
    "dblquad": lambda a: integrate.dblquad(lambda y, x: a * a * x * y, 0, 1, 0, 1)[0],
    "odeint": lambda a: integrate.odeint(lambda y, t: -y / a, [1.0], [0.0, 0.5])[-1, 0],
    "odeint, arguments": lambda a: integrate.odeint(
        lambda y, t, a: -y / a, [1.0], [0.0, 0.5], (a,)
    )[-1, 0],
    "solve_ivp": lambda a: integrate.solve_ivp(hunt, (0, 1), [1.0, 1.5], args=(a / 5,)).y[0, -1],
    "Radau": lambda a: integrate.solve_ivp(
        lambda t, y: hunt(t, y, a / 5), (0, 0.2), [1.0, 1.5], "Radau"
    ).y[0, -1],
}


def value(f):
    return f


def cases():
    for name in FUNCTIONS:
        for transform in (value, grad):
            only_value = ("dblquad", "Radau", "odeint")
            has_other = (transform is grad) == (name in only_value)
            yield pytest.param(name, transform, marks=pytest.mark.gallery if has_other else ())


@pytest.mark.parametrize(("name", "transform"), list(cases()))
def test_jitted_solvers_depend_on_their_inputs(name, transform):
    f = transform(FUNCTIONS[name])
    compiled = jit(f)
    for a in (2.0, 5.0):
        assert float(compiled(a)) == pytest.approx(float(f(a)), rel=1e-6)


def test_jit_says_why_it_does_not_follow_a_solver():
    compiled = jit(FUNCTIONS["brentq"])
    compiled(2.0)
    assert "calls a solver" in str(compiled.not_followed)
    program = trace(FUNCTIONS["fsolve"])(2.0)  # of this one call
    assert program(2.0) == pytest.approx(2.0 ** (1 / 3))
