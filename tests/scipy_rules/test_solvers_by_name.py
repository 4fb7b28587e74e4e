"""Solvers of `scipy.optimize` with names of their own: the derivatives of closed forms."""

import numpy as np
import pytest

from autograd import Value, grad, jacobian, jvp
from autograd.errors import NoRuleError
from autograd.scipy import optimize

M = np.array([[2.0, 1.0, 0.5], [0.3, -1.0, 1.0], [1.0, 2.0, -1.0], [0.2, 0.1, 1.5]])
Y = np.array([1.0, -2.0, 0.5, 3.0])


def cubes(x, a):
    return x**3 + x - a * np.array([1.0, 2.0])


def bowl(x, a):
    return np.sum((x - a) ** 2) + np.sum(x**4)


def bowl_slope(x, a):
    return 2 * (x - a) + 4 * x**3


BOX = [(0.0, 2.0)] * 2
#: Solutions of x³ + x = (a, 2 a).
ROOTS = {
    **{
        name: lambda a, name=name: getattr(optimize, name)(lambda x: cubes(x, a), [1.0, 1.0])
        for name in ("broyden1", "broyden2", "anderson", "diagbroyden", "newton_krylov")
    },
    "krylov": lambda a: optimize.root(cubes, [1.0, 1.0], (a,), method="krylov").x,
}  # fmt: skip
#: Minima of (x - a)² + x⁴, in each of one or two numbers.
MINIMA = {
    **{
        name: lambda a, name=name: getattr(optimize, name)(bowl, [0.5, 0.2], args=(a,), disp=0)
        for name in ("fmin", "fmin_powell", "fmin_cg", "fmin_bfgs")
    },
    "fmin_ncg": lambda a: optimize.fmin_ncg(bowl, [0.5, 0.2], bowl_slope, args=(a,), disp=0),
    "fmin_l_bfgs_b": lambda a: optimize.fmin_l_bfgs_b(bowl, [0.5, 0.2], bowl_slope, (a,))[0],
    "fmin_l_bfgs_b, pair": lambda a: optimize.fmin_l_bfgs_b(
        lambda x: (bowl(x, a), bowl_slope(x, a)), [0.5, 0.2], bounds=[(0, None), (None, 2 * a)]
    )[0],
    "fmin_tnc": lambda a: optimize.fmin_tnc(bowl, [0.5, 0.2], args=(a,), approx_grad=True, disp=0)[0],
    "fminbound": lambda a: optimize.fminbound(bowl, 0.0, 2.0, (a,)),
    "brent": lambda a: optimize.brent(bowl, (a,)),
    "golden": lambda a: optimize.golden(bowl, (a,), full_output=True)[0],
    "brute": lambda a: optimize.brute(bowl, BOX, (a,)),
    "differential_evolution": lambda a: optimize.differential_evolution(bowl, BOX, (a,), rng=1, popsize=5).x,
    "basinhopping": lambda a: optimize.basinhopping(lambda x: bowl(x, a), [0.5, 0.5], niter=1).x,
    "basinhopping, pair": lambda a: optimize.basinhopping(
        lambda x: (bowl(x, a), bowl_slope(x, a)), [0.5, 0.5], niter=1, minimizer_kwargs={"jac": True}
    ).x,
    "dual_annealing": lambda a: optimize.dual_annealing(bowl, BOX, (a,), rng=1, maxiter=5).x,
    "shgo": lambda a: optimize.shgo(bowl, BOX, (a,)).x,
    "direct": lambda a: optimize.direct(bowl, BOX, args=(a,), maxfun=4000).x,
}  # fmt: skip


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", [*ROOTS, *MINIMA])
def test_solvers_by_name_have_derivatives(name):
    solve, a = {**ROOTS, **MINIMA}[name], 1.1
    x = np.asarray(solve(Value(a)).data)
    if name in ROOTS:
        first = np.array([1.0, 2.0]) / (1 + 3 * x**2)
        second = -6 * x * first**2 / (1 + 3 * x**2)
    else:
        first = 1 / (1 + 6 * x**2)
        second = -12 * x * first**2 / (1 + 6 * x**2)
    np.testing.assert_allclose(jacobian(solve)(a), first, rtol=1e-7)
    np.testing.assert_allclose(jvp(solve)(a)(1.0)[1], first, rtol=1e-7)
    np.testing.assert_allclose(jacobian(jacobian(solve))(a), second, rtol=1e-6)


def test_values_at_minima_and_active_bounds_have_derivatives():
    assert grad(lambda a: optimize.fminbound(bowl, 0.0, 0.3 * a, (a,)))(1.1) == pytest.approx(0.3)
    x = optimize.brent(bowl, (1.1,))
    value = grad(lambda a: optimize.brent(bowl, (a,), full_output=True)[1])(1.1)
    assert value == pytest.approx(2 * (1.1 - x))
    with pytest.raises(NoRuleError, match="minimizer_kwargs"):
        grad(lambda a: optimize.basinhopping(bowl, [0.5], minimizer_kwargs={"args": (a,)}).fun)(1.1)
    with pytest.raises(NoRuleError, match="full_output"):
        grad(lambda a: optimize.leastsq(lambda x: x - a, [1.0], full_output=True)[0][0])(1.1)


LINEAR = {
    "lsq_linear": lambda a: optimize.lsq_linear(a * M + a * a, Y, bounds=(-1.0, a)).x,
    "lsq_linear, cost": lambda a: optimize.lsq_linear(a * M + a * a, Y).cost,
    "nnls": lambda a: optimize.nnls(a * M + a * a, Y)[0],
    "nnls, length": lambda a: optimize.nnls(a * M, a**2 * Y)[1],
    "leastsq": lambda a: optimize.leastsq(lambda x: a * M @ x - a**2 * Y, np.ones(3))[0],
}  # fmt: skip


@pytest.mark.parametrize("name", LINEAR)
def test_linear_least_squares_have_derivatives(name):
    f, a, h = LINEAR[name], 1.1, 1e-4
    expected = (np.asarray(f(a + h)) - f(a - h)) / (2 * h)
    np.testing.assert_allclose(jacobian(f)(a), expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(jvp(f)(a)(1.0)[1], expected, rtol=1e-5, atol=1e-6)


def test_numbers_of_results_that_depend_on_nodes_are_refused():
    a = np.array([1.0, 2.0])
    for solve, name in (
        (lambda a: optimize.minimize(lambda x: np.sum((x - a) ** 2), [0.0, 0.0]), "hess_inv"),
        (lambda a: optimize.root(lambda x: x**3 - a, [1.0, 1.0]), "fjac"),
        (lambda a: optimize.least_squares(lambda x: x - a, [0.0, 0.0]), "grad"),
        (lambda a: optimize.lsq_linear(np.eye(2), a), "unbounded_sol"),
        (lambda a: optimize.linprog(a, bounds=(0, 1)), "slack"),
        (lambda a: optimize.shgo(lambda x: np.sum((x - a / 2) ** 2), BOX), "xl"),
    ):
        with pytest.raises(NoRuleError, match=rf"{name} of this result .* from x"):
            jacobian(lambda a: np.asarray(solve(a)[name]))(a)  # noqa: B023
        with pytest.raises(NoRuleError, match=name):
            jacobian(lambda a: getattr(solve(a), name))(a)  # noqa: B023
        assert name in solve(a)
