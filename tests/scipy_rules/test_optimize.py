"""Solutions of `scipy.optimize`: SciPy's values, and the derivatives of closed forms."""

import numpy as np
import pytest
import scipy.optimize

from autograd import Tensor, Value, grad, hessian, jacobian, jvp
from autograd.errors import NoDerivativeError, NoRuleError, SolutionError
from autograd.scipy import optimize

random = np.random.default_rng(5)
BRACKETING = ("bisect", "brenth", "brentq", "ridder", "toms748")


# -- roots ----------------------------------------------------------------------------------


def cube(x, a):
    return x**3 - a


@pytest.mark.parametrize("name", BRACKETING)
def test_roots_between_two_numbers_have_derivatives(name):
    solver, original = getattr(optimize, name), getattr(scipy.optimize, name)
    assert solver(cube, 0.0, 9.0, (8.0,)) == original(cube, 0.0, 9.0, (8.0,))
    assert solver(cube, 0.0, 9.0, 8.0, full_output=True)[1].converged
    for f in (
        lambda a: solver(cube, 0.0, 9.0, (a,)),
        lambda a: solver(lambda x: x**3 - a, 0.0, 9.0),
        lambda a: solver(cube, 0.0, 9.0, args=(a,), full_output=True)[0],
    ):
        assert grad(f)(8.0) == pytest.approx(1 / 12)
        assert grad(grad(f))(8.0) == pytest.approx(-2 / 9 * 8 ** (-5 / 3))
        assert jvp(f)(8.0)(3.0)[1] == pytest.approx(0.25)


@pytest.mark.parametrize(
    "options",
    [
        {"bracket": (0.0, 9.0)},
        {"x0": 1.5, "x1": 2.5, "method": "secant"},
        {"x0": 1.5, "fprime": lambda x, a: 3 * x**2, "method": "newton"},
        {
            "x0": 1.5,
            "fprime": lambda x, a: 3 * x**2,
            "fprime2": lambda x, a: 6 * x,
            "method": "halley",
        },
    ],
)
def test_every_method_of_root_scalar_has_derivatives(options):
    assert optimize.root_scalar(cube, 8.0, **options).root == pytest.approx(2.0)
    f = lambda a: optimize.root_scalar(cube, (a,), **options).root  # noqa: E731
    assert grad(f)(8.0) == pytest.approx(1 / 12)


def test_root_scalar_takes_functions_with_their_derivative():
    def f(a):
        return optimize.root_scalar(
            lambda x: (x**3 - a, 3 * x * x), x0=1.0, fprime=True, method="newton"
        ).root

    assert grad(f)(8.0) == pytest.approx(1 / 12)


def test_newton_solves_for_many_numbers_at_once():
    a = np.array([1.0, 8.0, 27.0])
    f = lambda a: optimize.newton(cube, np.full(3, 1.5), args=(a,), maxiter=100)  # noqa: E731
    np.testing.assert_allclose(jacobian(f)(a), np.diag(a ** (-2 / 3) / 3), atol=1e-12)
    assert grad(lambda a: optimize.newton(cube, 1.5, args=(a,)))(8.0) == pytest.approx(1 / 12)


@pytest.mark.parametrize("method", ["hybr", "lm", "broyden1", "krylov", "df-sane"])
def test_systems_have_derivatives_by_every_method(method):
    A, b = np.array([[3.0, 0.5], [0.2, 2.0]]), np.array([1.0, -0.5])

    def f(b):
        return optimize.root(lambda x: A @ x + 0.1 * x**3 - b, np.zeros(2), method=method, tol=1e-8)

    x = f(b).x
    expected = np.linalg.inv(A + np.diag(0.3 * x**2))
    np.testing.assert_allclose(jacobian(lambda b: f(b).x)(b), expected, rtol=1e-6)


def test_systems_take_jacobians_as_scipy_does():
    for options in (
        {"jac": lambda x, a: np.diag(3 * x**2)},
        {"jac": None},
    ):
        f = lambda a: optimize.root(cube, np.ones(2), (a,), **options).x  # noqa: B023, E731
        np.testing.assert_allclose(jacobian(f)(8.0), [1 / 12, 1 / 12])
    f = lambda a: optimize.root(lambda x: (cube(x, a), np.diag(3 * x**2)), [1.0], jac=True).x  # noqa: E731
    np.testing.assert_allclose(jacobian(f)(8.0), [1 / 12])


def test_fsolve_and_fixed_point_have_derivatives():
    np.testing.assert_allclose(
        jacobian(lambda a: optimize.fsolve(cube, [1.0, 2.0], (a,)))(8.0), [1 / 12] * 2
    )
    x, _info, flag, _message = optimize.fsolve(cube, 1.0, (Value(8.0),), full_output=True)
    assert isinstance(x, Tensor)
    assert flag == 1
    with pytest.warns(RuntimeWarning, match="not making good progress"):
        optimize.fsolve(lambda x: x * x + 1, 1.0)
    f = lambda a: optimize.fixed_point(lambda x, a: np.cos(a * x), 0.5, args=(a,))  # noqa: E731
    x = float(f(0.8))
    slope = -np.sin(0.8 * x)
    assert grad(f)(0.8) == pytest.approx(slope * x / (1 - slope * 0.8))


def test_functions_that_are_not_written_for_nodes_still_work():
    found = optimize.root(lambda x: [float(x[0]) ** 2 - 2.0], [1.0])
    np.testing.assert_allclose(found.x, np.sqrt(2.0))
    found = optimize.minimize(lambda x: (float(x[0]) - 1.0) ** 2, [0.0])
    np.testing.assert_allclose(found.x, 1.0, rtol=1e-5)


# -- minima ---------------------------------------------------------------------------------

METHODS = ("Nelder-Mead", "Powell", "CG", "BFGS", "Newton-CG", "L-BFGS-B", "TNC", "COBYLA", "SLSQP")
TRUST = ("trust-constr", "dogleg", "trust-ncg", "trust-exact", "trust-krylov", None)


def bowl(x, a):
    return (x[0] - a) ** 2 + (x[1] - a * x[0]) ** 2 + 0.1 * (x[0] - a) ** 4


def rosenbrock(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


@pytest.mark.parametrize("method", [*METHODS, *TRUST])
def test_every_method_of_minimize_has_derivatives(method):
    f = lambda a: optimize.minimize(bowl, np.array([0.3, 0.4]), (a,), method, tol=1e-7)  # noqa: E731
    np.testing.assert_allclose(f(0.7).x, [0.7, 0.49], atol=1e-3)
    np.testing.assert_allclose(jacobian(lambda a: f(a).x)(0.7), [1.0, 1.4], rtol=1e-6)
    assert grad(lambda a: f(a).fun)(0.7) == pytest.approx(0.0, abs=1e-9)


def test_solvers_get_exact_derivatives():
    x0 = np.full(6, 2.0)
    ours = optimize.minimize(rosenbrock, x0, method="BFGS")
    theirs = scipy.optimize.minimize(rosenbrock, x0, method="BFGS")
    assert ours.nfev < theirs.nfev / 3
    exact = optimize.minimize(rosenbrock, x0, method="trust-exact")
    np.testing.assert_allclose(exact.x, 1.0, rtol=1e-6)


def test_bounds_may_be_nodes():
    def f(low, high):
        return optimize.minimize(
            lambda x: np.sum((x - np.array([0.0, 5.0, 1.0])) ** 2),
            np.ones(3),
            bounds=[(low, None), (None, high), (None, None)],
        ).x

    np.testing.assert_allclose(f(0.5, 3.0), [0.5, 3.0, 1.0])
    np.testing.assert_allclose(jacobian(f, 0)(0.5, 3.0), [1.0, 0.0, 0.0], atol=1e-12)
    np.testing.assert_allclose(jacobian(f, 1)(0.5, 3.0), [0.0, 1.0, 0.0], atol=1e-12)


@pytest.mark.parametrize("method", ["SLSQP", "trust-constr"])
def test_constraints_of_every_kind_have_derivatives(method):
    p = np.array([2.0, 0.5])
    forms = [
        lambda r: {"type": "ineq", "fun": lambda x: r * r - x @ x},
        lambda r: {"type": "eq", "fun": lambda x, r: x @ x - r * r, "args": (r,)},
        lambda r: optimize.NonlinearConstraint(lambda x: x @ x / (r * r), -np.inf, 1.0),
    ]
    for form in forms:

        def f(p, r):
            return optimize.minimize(
                lambda x: np.sum((x - p) ** 2),
                [0.9, 0.1],
                method=method,
                constraints=form(r),  # noqa: B023
            ).x

        length = np.sqrt(p @ p)
        np.testing.assert_allclose(f(p, 1.5), 1.5 * p / length, atol=1e-3)
        np.testing.assert_allclose(jacobian(f, 1)(p, 1.5), p / length, rtol=1e-6)
        expected = 1.5 / length * (np.eye(2) - np.outer(p, p) / length**2)
        np.testing.assert_allclose(jacobian(f, 0)(p, 1.5), expected, atol=1e-6)


def test_linear_constraints_have_derivatives():
    def f(p):
        plane = optimize.LinearConstraint(np.ones((1, 3)), 1.0, 1.0)
        return optimize.minimize(lambda x: np.sum((x - p) ** 2), np.zeros(3), constraints=plane).x

    np.testing.assert_allclose(jacobian(f)(random.normal(size=3)), np.eye(3) - 1 / 3, atol=1e-9)


def test_minima_of_one_number_have_derivatives():
    f = lambda a: optimize.minimize_scalar(lambda x: (x - a * a) ** 2 + a).x  # noqa: E731
    assert grad(f)(1.5) == pytest.approx(3.0)
    assert grad(grad(f))(1.5) == pytest.approx(2.0)
    bounded = lambda b: optimize.minimize_scalar(  # noqa: E731
        lambda x: (x - 9) ** 2, bounds=(0.0, b), method="bounded"
    )
    assert grad(lambda b: bounded(b).x)(2.0) == pytest.approx(1.0)
    assert grad(lambda b: bounded(b).fun)(2.0) == pytest.approx(-14.0)


# -- fits -----------------------------------------------------------------------------------

T = np.linspace(0.0, 3.0, 12)
Y = 2.0 * np.exp(-0.7 * T) + 0.02 * random.normal(size=12)


def decay(t, a, k):
    return a * np.exp(-k * t)


@pytest.mark.parametrize("loss", ["linear", "soft_l1", "huber", "cauchy", "arctan"])
def test_least_squares_have_derivatives_for_every_loss(loss):
    def f(y):
        return optimize.least_squares(
            lambda p, y: decay(T, *p) - y,
            [1.0, 1.0],
            loss=loss,
            f_scale=0.03,
            args=(y,),
            xtol=1e-12,
            ftol=1e-12,
            gtol=1e-12,
        ).x

    def exactly(y):  # with a node, the solution is polished
        return f(Tensor(y)).data

    h, v = 1e-5, np.random.default_rng(7).normal(size=12)
    near, far = (exactly(Y + k * h * v) - exactly(Y - k * h * v) for k in (1, 2))
    np.testing.assert_allclose(jacobian(f)(Y) @ v, (8 * near - far) / (12 * h), rtol=1e-6)


def test_fits_have_scipys_values_and_derivatives():
    sigma = np.linspace(0.5, 1.5, 12) * 0.02
    covariance = np.diag(sigma**2) + 1e-5
    for options in (
        {},
        {"sigma": sigma},
        {"sigma": sigma, "absolute_sigma": True},
        {"sigma": covariance, "absolute_sigma": True},
        {"bounds": ([0.0, 0.0], [9.0, 9.0])},
    ):

        def f(y, sigma):
            given = options | ({"sigma": sigma} if "sigma" in options else {})  # noqa: B023
            return optimize.curve_fit(decay, T, y, p0=[1.0, 1.0], **given)

        ours = f(Tensor(Y), options.get("sigma"))
        theirs = scipy.optimize.curve_fit(decay, T, Y, p0=[1.0, 1.0], **options)
        for a, b in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(a.data, b, rtol=1e-4)
        found, h = jacobian(lambda y: f(y, options.get("sigma"))[0])(Y), 1e-5  # noqa: B023
        numerical = [
            (f(Y + h * e, options.get("sigma"))[0] - f(Y - h * e, options.get("sigma"))[0])
            / (2 * h)
            for e in np.eye(12)
        ]
        np.testing.assert_allclose(found, np.stack(numerical, axis=1), rtol=1e-3, atol=1e-4)


@pytest.mark.filterwarnings("ignore:Covariance")
def test_a_fit_through_all_points_has_scipys_covariance():
    def fit(y):
        return optimize.curve_fit(lambda t, k, c: k * t + c, np.arange(2.0), y)

    covariance = fit(Tensor(np.array([1.0, 3.0])))[1]
    np.testing.assert_array_equal(covariance, np.full((2, 2), np.inf))
    assert grad(lambda y: fit(y)[0][0])(np.array([1.0, 3.0])).round(9).tolist() == [-1.0, 1.0]


def test_standard_errors_of_a_fit_have_derivatives():
    f = lambda y: np.sqrt(np.diag(optimize.curve_fit(decay, T, y)[1])).sum()  # noqa: E731
    h, v = 1e-5, random.normal(size=12)
    assert grad(f)(Y) @ v == pytest.approx((f(Y + h * v) - f(Y - h * v)) / (2 * h), rel=1e-3)


def test_a_parameter_at_its_bound_does_not_move():
    f = lambda y: optimize.curve_fit(decay, T, y, [1.0, 0.3], bounds=([0, 0], [9.0, 0.5]))[0]  # noqa: E731
    found = jacobian(f)(Y)
    np.testing.assert_allclose(found[1], 0.0, atol=1e-9)
    basis = np.exp(-0.5 * T)
    np.testing.assert_allclose(found[0], basis / (basis @ basis), rtol=1e-6)


# -- linear programs ------------------------------------------------------------------------


def test_corners_of_linear_programs_move_with_their_constraints():
    c, A, b = np.array([-3.0, -2.0]), np.array([[1.0, 1.0], [2.0, 1.0]]), np.array([4.0, 6.0])
    corner = lambda A, b: optimize.linprog(c, A, b).x  # noqa: E731
    np.testing.assert_allclose(jacobian(corner, 1)(A, b), np.linalg.inv(A), atol=1e-9)
    np.testing.assert_allclose(
        hessian(lambda A: np.sum(corner(A, b) ** 2))(A),
        hessian(lambda A: np.sum(np.linalg.solve(A, b) ** 2))(A),
        atol=1e-9,
    )
    value = lambda c: optimize.linprog(c, A, b).fun  # noqa: E731
    np.testing.assert_allclose(grad(value)(c), [2.0, 2.0])
    plane = lambda s: optimize.linprog([1.0, 2.0], A_eq=[[1.0, 1.0]], b_eq=s).x  # noqa: E731
    np.testing.assert_allclose(jacobian(plane)(np.array([3.0])), [[1.0], [0.0]], atol=1e-9)


def test_assignments_are_constants():
    cost = random.normal(size=(4, 4))
    f = lambda c: np.sum(c[optimize.linear_sum_assignment(c)])  # noqa: E731
    rows, columns = scipy.optimize.linear_sum_assignment(cost)
    expected = np.zeros((4, 4))
    expected[rows, columns] = 1.0
    np.testing.assert_array_equal(grad(f)(cost), expected)


# -- what is refused ------------------------------------------------------------------------


def test_what_did_not_converge_has_no_derivative():
    with pytest.raises(SolutionError, match="minimize did not converge"):
        grad(lambda a: optimize.minimize(bowl, [0.0, 0.0], (a,), options={"maxiter": 1}).x[0])(0.7)
    with pytest.raises(SolutionError, match="root did not converge"):
        grad(lambda a: optimize.root(lambda x: x * x + a, [1.0]).x[0])(0.7)
    with pytest.raises(SolutionError, match="linprog did not converge"):
        grad(lambda b: optimize.linprog([-1.0], [[-1.0]], b).fun)(np.array([1.0]))


def test_what_is_not_unique_has_no_derivative():
    with pytest.raises(NoDerivativeError):
        grad(lambda a: optimize.minimize(lambda x: (x[0] + x[1] - a) ** 2, [0.3, 0.1]).x[0])(1.0)
    with pytest.raises(NoDerivativeError):
        grad(lambda a: optimize.fsolve(lambda x: a * (x - 1) ** 2, 1.0)[0])(1.0)


def test_losses_of_the_user_have_no_rule():
    rho = lambda z: np.stack([z, np.ones_like(z), np.zeros_like(z)])  # noqa: E731
    f = lambda a: optimize.least_squares(lambda x: x - a, [0.0], loss=rho).x[0]  # noqa: E731
    np.testing.assert_allclose(f(2.0), 2.0)
    with pytest.raises(NoRuleError, match="loss function of yours"):
        grad(f)(2.0)
