"""Solvers in a batch: they are called for each entry, with the functions that they call."""

import numpy as np
import pytest
from batching.against_loops import close

from autograd import Tensor, grad, implicit, jacobian, jit, vmap
from autograd.errors import BatchError

pytest.importorskip("scipy")
import scipy.optimize

from autograd.scipy import integrate, optimize

A = np.array([1.5, 2.5, 4.0])
T = np.arange(4.0)


class Circle:
    def __init__(self, area):
        self.area = area

    def residual(self, x):
        return x**2 - self.area


def newton(a):
    x = 1.0 + 0 * a
    for _ in range(50):
        x = x - (x**3 - a) / (3 * x**2)
    return x


def recursive(a):
    def power(x, n):
        return a * 0 + 1.0 if n == 0 else x * power(x, n - 1)

    return optimize.brentq(lambda x: power(x, 3) - a, 0.0, 9.0)


#: Functions of one number that call a solver, and how close their derivatives are.
SOLVERS = {
    "brentq": lambda a: optimize.brentq(lambda x, a: x**2 - a, 0.0, 10.0, args=(a,)),
    "bounds": lambda a: optimize.toms748(lambda x: x**2 - 2.0 * a, 0.0, a + 3.0),
    "newton": lambda a: optimize.newton(lambda x: x**2 - a, 3.0),
    "root_scalar": lambda a: optimize.root_scalar(lambda x: x**2 - a, bracket=[0.0, 10.0]).root,
    "fsolve": lambda a: optimize.fsolve(lambda x: x**2 - a, np.ones(2)),
    "root": lambda a: optimize.root(lambda x: x**2 - a, np.ones(2)).x,
    "method": lambda a: optimize.root(Circle(a).residual, np.ones(2)).x,
    "recursive": recursive,
    "minimize": lambda a: optimize.minimize(lambda x: np.sum((x - a) ** 4 + (x - a) ** 2), np.ones(2)).x,
    "minimize_scalar": lambda a: optimize.minimize_scalar(lambda x: (x - a) ** 2).x,
    "least_squares": lambda a: optimize.least_squares(lambda x: x - a, np.ones(2)).x,
    "curve_fit": lambda a: optimize.curve_fit(lambda t, p, q: p * t + q, T, a * T + 1)[0],
    "linprog": lambda a: optimize.linprog(
        np.array([-1.0, -1.0]), A_ub=np.array([[1.0, 2.0]]), b_ub=np.stack([a])
    ).x,
    "fixed_point": lambda a: optimize.fixed_point(lambda x: np.cos(x) / a, 0.5),
    "quad": lambda a: integrate.quad(lambda t: np.exp(-a * t), 0.0, a)[0],
    "quad_vec": lambda a: integrate.quad_vec(lambda t: np.exp(-a * t) * np.ones(2), 0.0, 1.0)[0],
    "dblquad": lambda a: integrate.dblquad(lambda y, x: x * y * a, 0.0, 1.0, 0.0, 1.0)[0],
    "fixed_quad": lambda a: integrate.fixed_quad(lambda t: np.exp(-a * t), 0.0, 1.0)[0],
    "solve_ivp": lambda a: integrate.solve_ivp(
        lambda t, y: -a * y, (0.0, 1.0), np.ones(2), t_eval=[0.5, 1.0]
    ).y,
    "odeint": lambda a: integrate.odeint(lambda y, t, a: -a * y, np.ones(2), T / 4, args=(a,)),
    "implicit root": lambda a: implicit.root(lambda x: x**3 - a, newton(a)),
    "implicit fixed point": lambda a: implicit.fixed_point(lambda x: (x + a / x) / 2, np.sqrt(a)),
    "implicit optimum": lambda a: implicit.optimum(lambda x: np.sum((x - a) ** 2), np.stack([a, a])),
}  # fmt: skip


@pytest.mark.parametrize("name", SOLVERS)
def test_solutions_and_derivatives_are_those_of_a_loop(name):
    solve = SOLVERS[name]
    batched = vmap(solve)
    close(batched(A), [solve(a) for a in A], 1e-7)
    assert name == "fixed_quad" or batched.looped

    def total(a):
        return np.sum(solve(a) * 2.0)

    close(vmap(grad(total))(A), [grad(total)(a) for a in A], 1e-6)
    shared = grad(lambda c: np.sum(vmap(lambda a: total(a * c))(A)))(1.0)
    assert shared == pytest.approx(grad(lambda c: sum(total(a * c) for a in A))(1.0), rel=1e-6)


def test_nodes_from_outside_get_the_sum_of_all_entries():
    t = Tensor(np.array([2.0, 3.0]))
    for closing_over in (lambda a: lambda x: x**2 - a * t, lambda a: lambda x: x**2 - a * OUTSIDE):
        source = t if closing_over(1.0).__closure__[-1].cell_contents is t else OUTSIDE
        source.grad = None
        vmap(lambda a, f=closing_over: optimize.fsolve(f(a), np.ones(2)))(A).sum().backward()
        np.testing.assert_allclose(source.grad, np.sum(np.sqrt(A)) / (2 * np.sqrt(source.data)))


OUTSIDE = Tensor(np.array([2.0, 3.0]))


def test_what_a_solver_reports_is_joined_where_it_can_be():
    found = vmap(lambda a: optimize.minimize(lambda x: np.sum((x - a) ** 2), np.ones(2)))(A)
    assert type(found) is scipy.optimize.OptimizeResult
    np.testing.assert_allclose(found.x, np.stack([A, A], 1), rtol=1e-5)
    assert found.success.tolist() == [True] * 3
    steps = vmap(lambda a: integrate.solve_ivp(lambda t, y: -a * y, (0.0, 1.0), np.ones(2)).status)
    assert steps(A).tolist() == [0] * 3
    with pytest.raises(BatchError, match=r"shapes .* for different entries"):
        vmap(lambda a: integrate.solve_ivp(lambda t, y: -a * y, (0.0, 1.0), np.ones(2)).t)(20 * A)


def test_solvers_in_programs_and_in_batches_of_batches():
    def solve(a):
        return optimize.fsolve(lambda x: x**2 - a, np.ones(1))[0]

    np.testing.assert_allclose(jit(vmap(solve))(A), np.sqrt(A))
    grid = np.outer(A, A)
    np.testing.assert_allclose(vmap(vmap(solve))(grid), np.sqrt(grid))
    of_rows = vmap(lambda row: vmap(lambda a: solve(a * row[0]))(row))(grid)
    np.testing.assert_allclose(of_rows, np.sqrt(grid * grid[:, :1]))
    by_c = jacobian(lambda c: vmap(lambda a: optimize.brentq(lambda x: x**2 - a * c, 0.0, 10.0))(A))
    np.testing.assert_allclose(by_c(2.0), np.sqrt(A / 2) / 2)


def test_solvers_without_derivatives_are_called_for_each_entry():
    def solve(a):
        return optimize.differential_evolution(lambda x: (x[0] - a) ** 2, [(0, 9)], seed=1).x

    np.testing.assert_allclose(vmap(solve)(A)[:, 0], A, atol=1e-6)


OF_SCIPY = [
    lambda a: scipy.optimize.fsolve(lambda x: x**2 - np.sum(a), np.ones(2)),
    lambda a: scipy.optimize.brentq(lambda x: x**2 - np.sum(a), 0.0, 10.0),
    lambda a: scipy.optimize.minimize(lambda x: np.sum((x - np.sum(a)) ** 2), np.ones(2)).x,
]


@pytest.mark.parametrize("solve", OF_SCIPY)
@pytest.mark.filterwarnings("ignore:vmap calls:RuntimeWarning")
def test_solvers_of_scipy_itself_get_each_number(solve):
    found = vmap(solve)(A)
    assert found.dtype == float
    np.testing.assert_array_equal(found, [solve(a) for a in A])


@pytest.mark.parametrize("solve", OF_SCIPY)
def test_solvers_of_scipy_itself_are_refused_for_rows(solve):
    with pytest.raises(BatchError, match=r"call autograd\.scipy\.optimize"):
        vmap(solve)(np.stack([A, A]))


def test_variables_that_do_not_differ_are_shared_between_entries():
    count = 0

    def solve(a):
        def f(x):
            nonlocal count
            count += 1
            return x**2 - a

        return optimize.brentq(f, 0.0, 10.0)

    vmap(solve)(A)
    batched, count = count, 0
    for a in A:
        solve(a)
    assert batched == count > 10
