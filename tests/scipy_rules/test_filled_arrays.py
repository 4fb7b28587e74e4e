"""Solvers of functions that fill an array like their argument, as programs of SciPy often do."""

import numpy as np
import pytest

from autograd import implicit, jacobian, jvp
from autograd.scipy.integrate import odeint, solve_ivp
from autograd.scipy.optimize import fixed_point, fsolve, least_squares, minimize, root

AT = np.array([2.0, 3.0])
NEAR = np.array([1.3, 2.0])


def stacked(u, *parts):
    return np.stack(parts)


def filled(u, *parts):
    found = np.zeros_like(u)
    for i, part in enumerate(parts):
        found[i] = part
    return found


def slope(put, a):
    return lambda t, y: put(y, a[0] * y[1], -a[1] * y[0])


def residual(put, a):
    return lambda u: put(u, u[0] ** 2 - a[0], u[0] * u[1] - a[1])


def halved(put, a):
    return lambda u: put(u, (u[0] + a[0] / u[0]) / 2, (u[1] + a[1] / u[0]) / 2)


def squares(put, a):
    return lambda u: np.sum(residual(put, a)(u) ** 2)


def ode(method, end):
    def solved(put, a):
        return solve_ivp(slope(put, a), (0.0, end), [0.9, 0.4], method).y[:, -1]

    return solved


CASES = {
    "implicit.root": lambda put, a: implicit.root(residual(put, a), np.array([2**0.5, 4.5**0.5])),
    "fsolve": lambda put, a: fsolve(residual(put, a), NEAR, xtol=1e-12),
    "root": lambda put, a: root(residual(put, a), NEAR, tol=1e-12).x,
    "least_squares": lambda put, a: least_squares(residual(put, a), NEAR, xtol=1e-12).x,
    "minimize": lambda put, a: minimize(squares(put, a), NEAR, tol=1e-12).x,
    "fixed_point": lambda put, a: fixed_point(halved(put, a), NEAR, xtol=1e-12),
    "odeint": lambda put, a: odeint(slope(put, a), [0.9, 0.4], [0.0, 1.0], tfirst=True)[-1],
    "steps of RK45": ode("RK45", 2.0),
    "few steps of RK45": ode("RK45", 1e-3),
    "steps of Radau": ode("Radau", 2.0),
    "few steps of Radau": ode("Radau", 1e-3),
    "few steps of BDF": ode("BDF", 1e-3),
}


@pytest.mark.parametrize("name", CASES)
def test_functions_that_fill_an_array_have_derivatives(name):
    expected = jacobian(lambda a: CASES[name](stacked, a))(AT)
    np.testing.assert_allclose(jacobian(lambda a: CASES[name](filled, a))(AT), expected, rtol=1e-5)
    pushed = jvp(lambda a: CASES[name](filled, a))(AT)(np.array([1.0, -2.0]))[1]
    np.testing.assert_allclose(pushed, expected @ [1.0, -2.0], rtol=1e-5)
