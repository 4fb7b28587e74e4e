"""Solutions of differential equations step by step: closed forms and neighbouring solutions."""

import numpy as np
import pytest
import scipy.integrate

from autograd import Tensor, Value, grad, hessian, jacobian, jvp
from autograd.errors import NoDerivativeError, NoRuleError, SolutionError
from autograd.scipy.integrate import accuracy, ivp, solve_ivp

EXPLICIT = ("RK23", "RK45", "DOP853")
IMPLICIT = ("Radau", "BDF", "LSODA")
TIGHT = {"rtol": 1e-9, "atol": 1e-10}


def lotka(t, y, a, b):
    return [a * y[0] - b * y[0] * y[1], -y[1] + 0.5 * y[0] * y[1]]


def exactly(a):
    span, y0 = (0.0, 1.0), [1.0, 1.5]
    options = {"args": (a, 1.0), "rtol": 1e-12, "atol": 1e-12}
    return scipy.integrate.solve_ivp(lotka, span, y0, "DOP853", **options).y[0, -1]


@pytest.mark.parametrize("method", [*EXPLICIT, *IMPLICIT])
def test_every_method_has_derivatives_by_parameters(method):
    tolerance = {"RK23": 1e-6, **dict.fromkeys(IMPLICIT, 1e-4)}.get(method, 1e-9)

    def f(a):
        options = {"args": (a, 1.0), "rtol": tolerance, "atol": tolerance}
        return solve_ivp(lotka, (0.0, 1.0), [1.0, 1.5], method, **options).y[0, -1]

    assert float(f(Value(1.1)).data) == pytest.approx(
        f(1.1), rel=1e-3 if method in IMPLICIT else 1e-12
    )
    expected = (exactly(1.1 + 1e-4) - exactly(1.1 - 1e-4)) / 2e-4
    assert grad(f)(1.1) == pytest.approx(expected, rel=1e-2 if method in IMPLICIT else 1e-5)
    assert jvp(f)(1.1)(2.0)[1] == pytest.approx(2 * grad(f)(1.1))


@pytest.mark.parametrize("method", [*EXPLICIT, "Radau"])
def test_initial_values_and_both_times_have_derivatives(method):
    def end(y0, first, last):
        change = lambda t, y: -y * np.cos(t)  # noqa: E731
        return solve_ivp(change, (first, last), y0, method, rtol=1e-7, atol=1e-9).y[0, -1]

    def closed(y0, first, last):
        return y0[0] * np.exp(np.sin(first) - np.sin(last))

    at = (np.array([2.0]), 0.3, 1.7)
    for argument in range(3):
        np.testing.assert_allclose(grad(end, argument)(*at), grad(closed, argument)(*at), rtol=1e-5)


def test_second_derivatives_and_closures_are_followed():
    def end(p):
        return solve_ivp(lambda t, y: p[0] * y * (1 - y / p[1]), (0, 2), [0.3], **TIGHT).y[0, -1]

    def closed(p):
        return p[1] / (1 + (p[1] / 0.3 - 1) * np.exp(-2 * p[0]))

    p = np.array([1.3, 2.0])
    np.testing.assert_allclose(grad(end)(p), grad(closed)(p), rtol=1e-7)
    np.testing.assert_allclose(hessian(end)(p), hessian(closed)(p), rtol=1e-6)


@pytest.mark.parametrize("method", [*EXPLICIT, "Radau"])
def test_times_of_the_solution_may_be_nodes(method):
    times = np.array([0.5, 1.0, 3.0])

    def at(times, y0):
        return solve_ivp(lambda t, y: -y, (0, 3), y0, method, times, rtol=1e-7, atol=1e-7).y[0]

    np.testing.assert_allclose(jacobian(at, 0)(times, [1.0]), np.diag(-np.exp(-times)), atol=1e-5)
    expected = np.exp(-times)[:, None]
    np.testing.assert_allclose(jacobian(at, 1)(times, np.ones(1)), expected, atol=1e-5)


def test_solutions_run_backward_in_time():
    def f(k):
        return solve_ivp(lambda t, y: k * y, (2.0, 0.0), [1.0], t_eval=[1.5, 0.0], **TIGHT).y[0]

    np.testing.assert_allclose(
        jacobian(f)(0.7), [-0.5 * np.exp(-0.35), -2 * np.exp(-1.4)], rtol=1e-7
    )


def test_values_are_those_of_scipy():
    for options in (
        {},
        {"t_eval": np.linspace(0, 2, 7)},
        {"dense_output": True, "vectorized": True},
        {"method": "DOP853", "dense_output": True},
    ):
        change = lambda t, y: np.cos(t) * np.ones_like(y)  # noqa: E731
        ours = solve_ivp(change, (0, 2), Tensor([1.0, 2.0]), **options)
        theirs = scipy.integrate.solve_ivp(change, (0, 2), [1.0, 2.0], **options)
        np.testing.assert_allclose(ours.t, theirs.t, rtol=1e-14)
        np.testing.assert_allclose(ours.y.data, theirs.y, rtol=1e-13)
        if theirs.sol is not None:
            np.testing.assert_allclose(
                ours.sol([0.3, 1.9]).data, theirs.sol([0.3, 1.9]), rtol=1e-12
            )
            np.testing.assert_allclose(ours.sol(0.7).data, theirs.sol(0.7), rtol=1e-12)


def test_plain_arguments_give_scipys_result():
    ours = solve_ivp(lotka, (0.0, 2.0), [1.0, 1.5], args=(1.1, 1.0))
    theirs = scipy.integrate.solve_ivp(lotka, (0.0, 2.0), [1.0, 1.5], args=(1.1, 1.0))
    np.testing.assert_array_equal(ours.y, theirs.y)
    assert ours.sol is None
    stiff = solve_ivp(lambda t, y: -1000 * (y - np.cos(t)), (0, 1), [0.0], "BDF")
    assert stiff.njev > 0
    assert stiff.success


# -- all steps at once ----------------------------------------------------------------------


def one_by_one(monkeypatch, f, *at):
    """Return what a function gives where the steps are computed one after the other."""
    with monkeypatch.context() as patch:
        patch.setattr(ivp, "can_be_together", lambda *_: False)
        return f(*at)


@pytest.mark.parametrize("method", [*EXPLICIT, "Radau", "BDF"])
def test_steps_at_once_are_those_one_by_one(monkeypatch, method):
    def f(x):
        options = {"t_eval": np.array([0.5, 1.0]) * x[2], "max_step": 0.3}
        change = lambda t, y: [x[0] * y[0] - y[0] * y[1], np.cos(t) * y[0] - x[1] * y[1]]  # noqa: E731
        return np.sum(solve_ivp(change, (x[3], 1.2), x[:2], method, **options).y[0] ** 2)

    def all_orders(x):
        return f(x), grad(f)(x), jvp(f)(x)(x)[1], hessian(f)(x)

    at = np.array([1.1, 0.7, 1.0, -0.1])
    expected = one_by_one(monkeypatch, all_orders, at)
    monkeypatch.setattr(ivp, "InTurn", None)
    found = all_orders(at)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9)


# -- steps that are too long for derivatives ----------------------------------------------------


@pytest.mark.parametrize(
    ("method", "together"), [*[(m, True) for m in (*EXPLICIT, *IMPLICIT)], ("RK45", False)]
)
def test_derivatives_at_an_equilibrium_are_exact(monkeypatch, method, together):
    """There the solver takes a few steps, for which the equation of the derivatives is stiff."""
    if not together:
        monkeypatch.setattr(ivp, "can_be_together", lambda *_: False)

    def ends(level, span=3.0):
        change = lambda t, y: [-y[0], 5.0 * (level - y[1])]  # noqa: E731
        options = {"rtol": 1e-4, "atol": 1e-7}
        return solve_ivp(change, (0, span), [1.0, 0.5], method, **options)

    assert grad(lambda x: ends(x).y[1, -1])(0.5) == pytest.approx(1.0, abs=2e-4)
    assert len(ends(Value(0.5)).t) == len(ends(0.5).t)


def test_forcing_between_long_steps_is_not_missed():
    def end(p):
        return solve_ivp(lambda t, y: p * np.sin(9 * t) + 0 * y, (0, 3), [0.0], rtol=1e-6).y[0, -1]

    assert grad(end)(0.0) == pytest.approx((1 - np.cos(27.0)) / 9, rel=1e-5)
    assert jvp(end)(0.0)(1.0)[1] == pytest.approx(grad(end)(0.0), rel=1e-12)


def test_steps_that_cannot_be_short_enough_are_an_error(monkeypatch):
    monkeypatch.setattr(accuracy, "MOST", 40)
    with pytest.raises(SolutionError, match=r"not for its derivatives.* max_step="):
        grad(lambda k: solve_ivp(lambda t, y: 0.4 * (k - y), (0, 500), [0.5]).y[0, -1])(0.5)


def test_a_slope_that_is_not_finite_at_the_start_is_an_error():
    with pytest.raises(SolutionError, match="not finite where solve_ivp starts"):
        grad(lambda k: solve_ivp(lambda t, y: -k * y, (0, 1), [1.0]).y[0, -1])(np.nan)


# -- what functions keep ------------------------------------------------------------------------


def counted(k):
    calls = {"count": 0}

    def change(t, y):
        calls["count"] += 1
        return k * y * (1 + 1e-3 * (calls["count"] % 2))

    return change


def lazily(k):
    known = {}

    def change(t, y):
        if "rate" not in known:
            known["rate"] = np.exp(k)
        return known["rate"] * y

    return change


def last(k):
    rate = k * 1.0

    def change(t, y):
        nonlocal rate
        rate = rate * 1.0
        return rate * y

    return change


def branching(k):
    return lambda t, y: k * y if t < 0.5 else -k * y


def drawing(k):
    random = np.random.default_rng(0)
    return lambda t, y: k * y + 1e-3 * random.normal()


def in_an_object(k):
    class Model:
        rate = k

        def __call__(self, t, y):
            self.last = y
            return self.rate * y

    return Model()


@pytest.mark.parametrize("make", [counted, lazily, last, branching, drawing, in_an_object])
def test_functions_that_keep_something_are_followed(monkeypatch, make):
    """As if SciPy had called them, and then each step once."""

    def f(k):
        return solve_ivp(make(k), (0, 1), [1.0], max_step=0.1, rtol=1, atol=1).y[0, -1]

    assert grad(f)(0.3) == pytest.approx(one_by_one(monkeypatch, grad(f), 0.3), rel=1e-12)
    assert grad(f)(0.3) == pytest.approx((f(0.3 + 1e-5) - f(0.3 - 1e-5)) / 2e-5, rel=1e-3)


# -- events ---------------------------------------------------------------------------------


def lands(t, y):
    return y[0]


lands.terminal = True
lands.direction = -1


def fall(h, v, g, **options):
    change = lambda t, y: [y[1], -g]  # noqa: E731
    return solve_ivp(change, (0.0, 100.0), [h, v], events=lands, **TIGHT, **options)


def time_of_fall(h, v, g):
    return (v + np.sqrt(v * v + 2 * g * h)) / g


@pytest.mark.parametrize(
    ("change", "start", "meets"),
    [
        (lambda t, y: [y[1], 2.0 + 0 * y[0]], lambda a: [1.0 + a, -2.0], lambda y: y[0]),
        (lambda t, y: [y[1], -y[0]], lambda a: [0.0, 1.0 + a], lambda y: 1.0 - y[0]),
    ],
)
@pytest.mark.parametrize("terminal", [False, True])
def test_events_that_only_touch_are_an_error(change, start, meets, terminal):
    def event(t, y):
        return meets(y)

    event.terminal = terminal

    def end(a):
        return solve_ivp(change, (0.0, 3.0), start(a), events=event, max_step=0.5, **TIGHT).y[1, -1]

    with pytest.raises(NoDerivativeError, match="only touches 0, at t = 1"):
        grad(end)(0.0)
    for a in (-0.1, 0.1):  # once it crosses, once it does not
        assert grad(end)(a) == pytest.approx((end(a + 1e-5) - end(a - 1e-5)) / 2e-5, abs=1e-4)


def test_events_have_derivatives_of_every_order():
    at = (10.0, 2.0, 9.81)
    expected = grad(time_of_fall, (0, 1, 2))(*at)
    for time in (lambda s: s.t_events[0][0], lambda s: s.t[-1]):
        f = lambda *x: time(fall(*x))  # noqa: B023, E731
        np.testing.assert_allclose(grad(f, (0, 1, 2))(*at), expected, rtol=1e-9)
    second = grad(grad(lambda h: fall(h, 2.0, 9.81).t[-1]))(10.0)
    assert second == pytest.approx(grad(grad(time_of_fall))(*at), rel=1e-8)
    speed = lambda h: -np.sqrt(4 + 2 * 9.81 * h)  # noqa: E731
    for state in (lambda s: s.y[1, -1], lambda s: s.y_events[0][0, 1]):
        found = grad(lambda h: state(fall(h, 2.0, 9.81)))(10.0)  # noqa: B023
        assert found == pytest.approx(grad(speed)(10.0), rel=1e-8)


def test_an_end_that_is_not_reached_has_no_influence():
    f = lambda last: solve_ivp(  # noqa: E731
        lambda t, y: [y[1], -9.81], (0.0, last), [10.0, 2.0], events=lands
    ).t[-1]
    with pytest.warns(UserWarning, match="does not depend"):
        assert grad(f)(100.0) == 0.0


# -- what is refused ------------------------------------------------------------------------


def test_solvers_that_fail_have_no_derivative():
    with pytest.raises(SolutionError, match="step size"):
        grad(lambda a: solve_ivp(lambda t, y: a * y * y, (0, 2), [1.0]).y[0, -1])(1.0)


def test_solvers_of_the_user_have_no_derivative():
    class Mine(scipy.integrate.RK45):
        pass

    with pytest.raises(NoRuleError, match="RK23, RK45, DOP853"):
        grad(lambda a: solve_ivp(lambda t, y: a * y, (0, 1), [1.0], Mine).y[0, -1])(1.0)
