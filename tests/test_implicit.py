"""Derivatives of solutions, against closed forms and solutions of neighbouring problems."""

import numpy as np
import pytest

from autograd import Tensor, Value, check_gradients, grad, hessian, implicit, jacobian, jit, jvp
from autograd.errors import DataError, NoDerivativeError, ShapeError, SolutionError

random = np.random.default_rng(3)
A = random.normal(size=(3, 3))
Q = np.array([[2.0, 0.5, 0.0], [0.5, 1.5, 0.2], [0.0, 0.2, 1.0]])


def plain(x):
    return np.array(x.data) if isinstance(x, (Tensor, Value)) else x


def square_root(a):
    return implicit.root(lambda x: x * x - a, float(np.sqrt(plain(a))) + 1e-4)


def slope_of(f):
    return lambda x: jvp(f)(x)(1.0)[1]


def by_iteration(t):
    x = np.zeros(3)
    for _ in range(100):
        x = (plain(t) - np.tanh(A @ x)) / 4
    return implicit.root(lambda x: np.tanh(A @ x) + 4 * x - t, x)


# -- equations ------------------------------------------------------------------------------


def test_derivatives_of_a_root_of_orders_up_to_four():
    expected = [2**0.5, 0.5 * 2**-0.5, -0.25 * 2**-1.5, 0.375 * 2**-2.5, -0.9375 * 2**-3.5]
    f, g = square_root, square_root
    for derivative in expected:
        assert float(plain(f(2.0))) == pytest.approx(derivative, rel=1e-12)
        assert float(plain(g(2.0))) == pytest.approx(derivative, rel=1e-12)
        f, g = grad(f), slope_of(g)


def test_derivatives_of_a_system_in_both_modes_and_orders():
    t = random.normal(size=3)
    check_gradients(by_iteration, t, order=2)
    J = jacobian(by_iteration)(t)
    x = by_iteration(t)
    expected = np.linalg.inv((1 - np.tanh(A @ x) ** 2)[:, None] * A + 4 * np.eye(3))
    np.testing.assert_allclose(J, expected)
    np.testing.assert_allclose(jvp(by_iteration)(t)(np.arange(3.0))[1], expected @ np.arange(3.0))


def test_a_linear_system_has_the_derivatives_of_solve():
    b = random.normal(size=3)

    def solved(A, b):
        return implicit.root(lambda x: A @ x - b, np.linalg.solve(plain(A), plain(b)))

    def loss(A, b, solve):
        return np.sum(np.sin(solve(A, b)))

    for argument in (0, 1):
        np.testing.assert_allclose(
            hessian(loss, argument)(A, b, solved),
            hessian(loss, argument)(A, b, np.linalg.solve),
            rtol=1e-8,
            atol=1e-10,
        )


def test_leaves_that_the_residual_closes_over_get_gradients():
    a, w = Value(2.0), Tensor([1.0, 3.0])
    x = implicit.root(lambda x: x**2 * a - w, np.sqrt([0.5, 1.5]))
    np.sum(x).backward()
    root = np.sqrt(np.array([1.0, 3.0]) / 2)
    assert a.grad == pytest.approx(-np.sum(root) / 4)
    np.testing.assert_allclose(w.grad, 1 / (4 * root))


def test_containers_of_numbers_and_arrays_are_solutions():
    def f(t):
        found = implicit.root(
            lambda p: {"s": p["s"] - t * 2, "v": [p["v"][0] * p["s"] - 1.0]},
            {"s": 4.0, "v": [np.full((2, 1), 0.25)]},
        )
        assert found["v"][0].shape == (2, 1)
        return found["s"] + np.sum(found["v"][0])

    assert grad(f)(2.0) == pytest.approx(2 - 2 / (2 * 4))


def test_no_nodes_give_plain_polished_numbers():
    x = implicit.root(lambda x: x**2 - np.array([2.0, 3.0]), np.array([1.4142, 1.7321]))
    assert type(x) is np.ndarray
    np.testing.assert_allclose(x, np.sqrt([2.0, 3.0]), rtol=1e-15)


def test_single_precision_stays():
    a = Tensor(np.array([2.0], np.float32))
    x = implicit.root(lambda x: x * x - a, np.array([1.4142], np.float32))
    assert x.dtype == np.float32
    x.sum().backward()
    np.testing.assert_allclose(a.grad, 0.35355, rtol=1e-4)


def test_a_residual_that_changed_later_is_refused():
    a = Tensor([2.0])
    scale = [1.0]
    x = implicit.root(lambda x: x * x * scale[0] - a, np.array([1.4142]))
    scale[0] = 2.0
    with pytest.raises(DataError, match="has changed"):
        x.backward(np.ones(1), create_graph=True)


def test_fixed_points_differentiate_the_step_only():
    def f(a):
        x = 1.0
        for _ in range(30):
            x = float(np.cos(plain(a) * x))
        return implicit.fixed_point(lambda x: np.cos(a * x), x)

    x = float(f(0.8))
    slope = -np.sin(0.8 * x)
    assert grad(f)(0.8) == pytest.approx(slope * x / (1 - slope * 0.8), rel=1e-12)


def test_roots_inside_roots_have_derivatives():
    def inner(a):
        return implicit.root(lambda x: x**3 - a, float(np.cbrt(plain(a))))

    def outer(b):  # (y^(1/3))^2 = b
        return implicit.root(lambda y: inner(y) ** 2 - b, float(plain(b) ** 1.5))

    assert grad(outer)(2.0) == pytest.approx(1.5 * 2**0.5)
    assert grad(grad(outer))(2.0) == pytest.approx(0.75 * 2**-0.5)


# -- optima ---------------------------------------------------------------------------------


def quadratic(t, lowest=0.0, highest=0.4):
    """The minimum of a quadratic function in a box, found by projected gradients."""
    x = np.zeros(3)
    for _ in range(2000):
        x = np.clip(x - 0.2 * (Q @ x - plain(t)), plain(lowest), plain(highest))
    return implicit.optimum(lambda x: 0.5 * x @ Q @ x - t @ x, x, bounds=(lowest, highest))


def test_optima_in_a_box_move_along_its_sides():
    t = np.array([1.0, -0.5, 0.3])
    expected = np.zeros((3, 3))
    expected[2, 2] = 1.0
    np.testing.assert_allclose(jacobian(quadratic)(t), expected, atol=1e-12)
    np.testing.assert_allclose(jacobian(quadratic, 2)(t, 0.0, 0.4), [1, 0, 0], atol=1e-12)
    np.testing.assert_allclose(jacobian(quadratic)(t, -9.0, 9.0), np.linalg.inv(Q), atol=1e-12)


def test_projections_on_a_plane_have_known_derivatives():
    def projected(y, s):
        x = plain(y) - (np.sum(plain(y)) - plain(s)) / 3
        return implicit.optimum(lambda x: np.sum((x - y) ** 2), x, equalities=lambda x: sum(x) - s)

    y = random.normal(size=3)
    np.testing.assert_allclose(jacobian(projected, 0)(y, 1.0), np.eye(3) - 1 / 3)
    np.testing.assert_allclose(jacobian(projected, 1)(y, 1.0), np.full(3, 1 / 3))


def test_a_minimum_on_a_circle_moves_with_its_radius():
    c = np.array([1.0, 2.0])

    def lowest(r):
        x = -c / np.sqrt(5) * plain(r) * (1 - 1e-7)
        return implicit.optimum(lambda x: c @ x, x, inequalities=lambda x: r * r - np.sum(x * x))

    np.testing.assert_allclose(jacobian(lowest)(2.0), -c / np.sqrt(5))


def test_optima_of_optima_have_second_derivatives():
    y = np.array([0.2, 0.5, -0.1])

    def shrunk(strength):
        x = y / (1 + plain(strength))
        return implicit.optimum(lambda x: np.sum((x - y) ** 2) + strength * np.sum(x**2), x)

    def strength(k):  # the best strength shrinks y to k y
        start = 1 / float(plain(k)) - 1
        return implicit.optimum(lambda s: np.sum((shrunk(s) - k * y) ** 2), start)

    assert grad(strength)(0.7) == pytest.approx(-1 / 0.49)
    assert grad(grad(strength))(0.7) == pytest.approx(2 / 0.7**3)


# -- what is refused ------------------------------------------------------------------------


@pytest.mark.parametrize("start", [0.0, 1e-14, 1e-9, 1e-3])
def test_double_roots_have_no_derivative(start):
    with pytest.raises(NoDerivativeError):
        implicit.root(lambda x: x * x, start)


@pytest.mark.parametrize(
    ("residual", "x", "error", "message"),
    [
        (lambda x: x * x - 2, 1.3, SolutionError, "no solution is near"),
        (lambda x: x * x + 1e-9, 1e-9, SolutionError, "no solution is near"),
        (
            lambda x: np.stack([x[0] + x[1], 2 * x[0] + 2 * x[1]]),
            np.zeros(2),
            NoDerivativeError,
            "singular",
        ),
        (lambda x: np.zeros(2), np.zeros(2), NoDerivativeError, "singular"),
        (lambda x: x * np.nan, 1.0, NoDerivativeError, "finite"),
        (lambda x: x[:1], np.zeros(2), ShapeError, "1 numbers and the solution 2"),
        (lambda x: x * x + 1, 1j, DataError, "real"),
    ],
)
def test_what_is_no_regular_solution_is_refused(residual, x, error, message):
    with pytest.raises(error, match=message):
        implicit.root(residual, x)


def test_units_do_not_make_a_system_singular():
    units = np.array([1e-9, 1.0, 1e12])

    def f(t):
        return implicit.root(lambda x: A @ (x / units) - t, units * np.linalg.solve(A, plain(t)))

    t = random.normal(size=3)
    np.testing.assert_allclose(jacobian(f)(t), units[:, None] * np.linalg.inv(A))


@pytest.mark.parametrize(
    ("x", "options", "error", "message"),
    [
        ([1.0], {"bounds": (1.0, None)}, NoDerivativeError, "only touches"),
        ([0.5], {"bounds": (0.5, None)}, SolutionError, "decreases away"),
        ([0.5], {"bounds": (None, 0.6)}, SolutionError, "no solution is near"),
        ([0.5], {}, SolutionError, "no solution is near"),
        ([1.0], {"bounds": (None, 0.5)}, SolutionError, "violated"),
        ([1.0], {"equalities": lambda x: x - 3}, SolutionError, "equality does not hold"),
    ],
)
def test_what_is_no_regular_optimum_is_refused(x, options, error, message):
    with pytest.raises(error, match=message):
        implicit.optimum(lambda x: np.sum((x - 1) ** 2), np.array(x), **options)


def test_solutions_can_be_compiled():
    f = jit(grad(square_root))
    for a in (2.0, 3.0, 5.0):
        assert f(a) == pytest.approx(0.5 * a**-0.5, rel=1e-12)


# -- without a Jacobian ---------------------------------------------------------------------------


def from_products(A, b):
    """Solve a system with a matrix of which only products are known."""
    columns = [A.matvec(column) for column in np.eye(len(b))]
    return np.linalg.lstsq(np.stack(columns, axis=1), b, rcond=None)[0]


def solved_by_products(t, solve=from_products):
    x = plain(by_iteration(plain(t)))
    return implicit.root(lambda x: np.tanh(A @ x) + 4 * x - t, x, solve=solve)


def test_a_root_by_products_has_the_same_derivatives():
    t = random.normal(size=3)
    np.testing.assert_allclose(solved_by_products(t), by_iteration(t))
    np.testing.assert_allclose(jacobian(solved_by_products)(t), jacobian(by_iteration)(t))

    def loss(solve):
        return lambda t: np.sum(np.sin(solve(t)))

    for transform in (hessian, jacobian_of_gradient_by_jvp):
        np.testing.assert_allclose(
            transform(loss(solved_by_products))(t), transform(loss(by_iteration))(t), rtol=1e-6
        )
    check_gradients(solved_by_products, t, order=2)


def jacobian_of_gradient_by_jvp(f):
    return lambda t: [jvp(grad(f))(t)(row)[1] for row in np.eye(3)]


def test_a_fixed_point_by_products():
    def steady(a):
        return implicit.fixed_point(
            lambda x: np.cos(a * x), np.full(2, 0.7390851), solve=from_products
        )

    x = steady(1.0)[0]
    expected = -np.sin(x) * x / (1 + np.sin(x))
    np.testing.assert_allclose(jacobian(steady)(1.0), np.full(2, expected))


@pytest.mark.parametrize(
    ("residual", "solve", "match"),
    [
        (lambda x: A @ x - 1.0, lambda A, b: b, "did not solve a system"),
        (lambda x: np.array([1.0, 1.0, 0.0]) * (x - 1.1), from_products, "not a solution"),
        (lambda x: A @ x - 5.0, from_products, "not a solution"),
    ],
)
def test_a_root_by_products_is_checked(residual, solve, match):
    x = np.linalg.solve(A, np.ones(3))
    with pytest.raises(SolutionError, match=match):
        implicit.root(residual, x, solve=solve)


# -- where there is no derivative -----------------------------------------------------------------


def off(step):
    return 2.0 * (1 + step)


@pytest.mark.parametrize("x", [2.0, off(2e-16), off(-4e-16), off(1e-9), off(1e-4)])
def test_multiple_solutions_are_refused(x):
    with pytest.raises(NoDerivativeError):
        implicit.root(lambda x: (x - 2.0) ** 2, x)
    with pytest.raises(NoDerivativeError):
        implicit.root(lambda x: [(x[0] - 2.0) ** 2, x[1] - 1.0], [x, 1.0 + 1e-7])
    with pytest.raises(NoDerivativeError):
        implicit.root(lambda x: [1e9 * (x[1] - 1.0), x[0] ** 3 - 8 - 12 * (x[0] - 2)], [x, 1.0])


def test_other_stationary_points_are_no_minima():
    with pytest.raises(SolutionError, match="saddle or a maximum"):
        implicit.optimum(lambda x: -((x - 1.0) ** 2), 1.0)
    with pytest.raises(SolutionError, match="saddle or a maximum"):
        implicit.optimum(lambda x: 1e9 * x[0] ** 2 - 1e-9 * x[1] ** 2 + x[1] ** 4, np.zeros(2))
