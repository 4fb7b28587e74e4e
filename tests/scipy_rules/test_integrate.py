"""Differential equations whose solutions are known."""

import warnings

import numpy as np
import pytest
import scipy.integrate

from autograd import Tensor, check_gradients, deriv, grad, hessian, jacobian
from autograd.errors import NoRuleError, SolutionError
from autograd.scipy import integrate

TIGHT = {"rtol": 1e-11, "atol": 1e-12}


def decay(y, t, rate):
    return -rate * y


def test_the_derivatives_of_an_exponential():
    def end(y0, t0, t1, rate):
        return integrate.odeint(decay, np.stack([y0]), np.stack([t0, t1]), (rate,), **TIGHT)[-1, 0]

    y0, t0, t1, rate = 2.0, 0.3, 1.5, 0.7
    exact = y0 * np.exp(-rate * (t1 - t0))
    found = grad(end, (0, 1, 2, 3))(y0, t0, t1, rate)
    np.testing.assert_allclose(
        found, [exact / y0, rate * exact, -rate * exact, -(t1 - t0) * exact], rtol=1e-8
    )
    second = grad(grad(lambda rate: end(y0, t0, t1, rate)))(rate)
    assert second == pytest.approx((t1 - t0) ** 2 * exact, rel=1e-7)


def test_initial_values_can_be_numbers_or_lists():
    found = jacobian(
        lambda y: integrate.odeint(decay, [y[0], y[1]], [0.0, 1.0], (1.0,), **TIGHT)[1]
    )(np.array([1.0, 2.0]))
    np.testing.assert_allclose(found, np.exp(-1) * np.eye(2), atol=1e-9)
    assert grad(lambda y: integrate.odeint(decay, y, [0.0, 1.0], 1.0)[1, 0])(1.0) == pytest.approx(
        np.exp(-1), rel=1e-6
    )


def test_an_equation_independent_of_its_state():
    gradient = grad(lambda y: np.sum(integrate.odeint(lambda y, t: np.ones(2), y, [0.0, 1.0])))(
        np.ones(2)
    )
    np.testing.assert_allclose(gradient, [2.0, 2.0])
    assert grad(lambda y: integrate.odeint(decay, y, [0.0], (1.0,))[0, 0])(1.0) == 1.0


@pytest.mark.slow
def test_all_calling_conventions_have_the_same_derivatives():
    times = np.array([0.1, 0.6, 1.4])
    forms = (
        (lambda y, t, a, more: np.stack([y[1] * a, -y[0] * more["b"][0] * t]), {}),
        (lambda y, t, a, more: [y[1] * a, -y[0] * more["b"][0] * t], {}),
        (lambda t, y, a, more: (y[1] * a, -y[0] * more["b"][0] * t), {"tfirst": True}),
    )
    for span in (times, times[::-1]):
        found = []
        for function, keywords in forms:

            def loss(y0, t, a, b, function=function, keywords=keywords):
                arguments = (a, {"b": [b, "not a number"]})
                return np.sum(
                    integrate.odeint(function, y0, t, arguments, **TIGHT, **keywords) ** 2
                )

            y0 = np.array([0.5, -0.3])
            gradient = grad(loss, (0, 1, 2, 3))(y0, span, 1.2, 0.7)
            found.append(np.concatenate([np.ravel(part) for part in gradient]))
        check_gradients(loss, y0, span, 1.2, 0.7)
        np.testing.assert_allclose(found[1], found[0], rtol=1e-8)
        np.testing.assert_allclose(found[2], found[0], rtol=1e-8)


def test_coinciding_times_work():
    def last(t1):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # SciPy warns
            return integrate.odeint(decay, [1.0], np.stack([0.0, t1, t1]), (1.0,), **TIGHT)[1, 0]

    assert grad(last)(1.0) == pytest.approx(-np.exp(-1), rel=1e-8)


@pytest.mark.slow
def test_an_equation_can_be_fitted_to_a_solution():
    times = np.linspace(0, 2, 5)
    data = np.exp(-1.3 * times)

    def loss(p):
        return np.sum((integrate.odeint(decay, [1.0], times, (p[0],))[:, 0] - data) ** 2)

    p = np.array([1.2])
    for _ in range(3):
        p = p - np.linalg.solve(hessian(loss)(p), grad(loss)(p))
    assert p[0] == pytest.approx(1.3, rel=1e-6)


def test_an_equation_may_close_over_nodes():
    rate = Tensor(np.ones(2))
    changes = (
        lambda y, t: -rate * y,
        lambda y, t: [-rate[0] * y[0], y[1]],
        lambda y, t: np.array([-rate[0] * y[0], y[1]]),
    )
    for change in changes:
        for y0 in (np.ones(2), Tensor(np.ones(2))):
            end = integrate.odeint(change, y0, [0.0, 1.0])[-1, 0]
            end.backward()
            assert (end.data, rate.grad[0]) == pytest.approx((np.exp(-1), -np.exp(-1)))
            rate.grad = None

    def solution(p):  # of y' = -p0 y, which is p1 exp(-p0 (t - p0 / 2))
        y = integrate.odeint(lambda y, t: -p[0] * y, np.stack([p[1]]), np.stack([p[0] / 2, p[0]]))
        return y[-1, 0]

    p = np.array([0.5, 1.2])
    check_gradients(solution, p, rtol=1e-4)
    expected = jacobian(grad(lambda p: p[1] * np.exp(-p[0] * p[0] / 2)))(p)
    np.testing.assert_allclose(hessian(solution)(p), expected, rtol=1e-5, atol=1e-6)


def test_other_options_match_scipy():
    solution, report = integrate.odeint(decay, [1.0], [0.0, 1.0], (1.0,), full_output=True)
    assert solution[-1, 0] == pytest.approx(np.exp(-1))
    assert "nst" in report
    with pytest.raises(NoRuleError, match="full_output"):
        integrate.odeint(decay, Tensor([1.0]), [0.0, 1.0], (1.0,), full_output=True)
    with pytest.raises(NoRuleError, match=r"scipy\.integrate\.solve_bvp has no derivative rule"):
        integrate.solve_bvp(decay, decay, Tensor([0.0, 1.0]), np.zeros((1, 2)))
    assert integrate.quad is not None
    assert integrate.simpson([1.0, 2.0, 3.0]) == scipy.integrate.simpson([1.0, 2.0, 3.0])
    assert "odeint" in dir(integrate)


@pytest.mark.filterwarnings("ignore::scipy.integrate.ODEintWarning")
def test_a_solution_that_blows_up_is_refused():
    def last(a):
        return integrate.odeint(lambda y, t, a: a * y**2, [1.0], [0.0, 5.0], (a,))[-1, 0]

    for transform in (grad, deriv):
        with pytest.raises(SolutionError, match="odeint failed"):
            transform(last)(2.0)
