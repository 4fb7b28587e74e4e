"""Solutions at a jump or a kink of their function, whose place depends on a node: an error that says so."""

import functools

import numpy as np
import pytest

from autograd import Value, deriv, grad, implicit, jit
from autograd.errors import NoDerivativeError, SolutionError
from autograd.scipy import integrate, optimize

where = np.where


def jitted(f):
    return jit(grad(f))


BRACKETING = ("bisect", "brenth", "brentq", "ridder", "toms748")


def cliff(x, a):
    return where(x < a, (x - 3.0) ** 2 + 50.0, x**2)


#: Solvers of a function of a number and a node, which decides a comparison, that find the place of the jump.
AT_JUMPS = {
    **{
        name: lambda f, name=name: getattr(optimize, name)(f, 0.0, 3.1)
        for name in BRACKETING
    },
    "root_scalar": lambda f: optimize.root_scalar(f, bracket=(0.0, 3.1)).root,
    "minimize_scalar": lambda f: optimize.minimize_scalar(f, bounds=(0.0, 2.0), method="bounded").x,
    "golden": lambda f: optimize.golden(f, brack=(0.0, 1.1, 2.0)),
    "minimize": lambda f: optimize.minimize(lambda x: f(x[0]), [1.5], method="Nelder-Mead").x[0],
    "differential_evolution": lambda f: optimize.differential_evolution(
        lambda x: f(x[0]), [(0.2, 2.0)], rng=1, polish=False
    ).x[0],
}  # fmt: skip
STEPS = {
    **dict.fromkeys((*BRACKETING, "root_scalar"), lambda x, a: 1.0 if x > a else -1.0),
    **dict.fromkeys(("minimize_scalar", "golden", "minimize", "differential_evolution"), cliff),
}


@pytest.mark.parametrize("name", AT_JUMPS)
def test_a_solution_at_a_jump_of_a_comparison_is_refused(name):
    for transform in (grad, deriv, jitted):
        with pytest.raises(NoDerivativeError, match="jumps at the solution"):
            transform(lambda a: AT_JUMPS[name](lambda x: STEPS[name](x, a)))(1.0)


class Holder:
    """A function whose node is deep inside."""

    def __init__(self, a):
        self.parts = {"limits": [a]}

    def __call__(self, x):
        return 1.0 if x > self.parts["limits"][0] else -1.0


LIMITS = {}


def above_limit(x):
    return 1.0 if x > LIMITS["a"] else -1.0


def of_global(a):
    LIMITS["a"] = a
    return lambda x: above_limit(x)


def test_nodes_of_comparisons_are_found_wherever_they_are():
    kinds = (
        Holder,
        lambda a: Holder(a).__call__,
        of_global,
        lambda a: functools.partial(lambda x, a: 1.0 if x > a else -1.0, a=a),
        lambda a: lambda x, b=(a * a,): 1.0 if x * x > b[0] else -1.0,
    )
    for kind in kinds:
        with pytest.raises(NoDerivativeError, match="jumps at the solution"):
            grad(lambda a, kind=kind: optimize.brentq(kind(a), 0.0, 3.1))(1.0)
    with pytest.raises(NoDerivativeError, match="The integrand jumps at x = 1"):
        grad(lambda a: integrate.quad(of_global(a), 0.0, 3.0)[0])(1.0)


def test_jumps_far_from_the_solution_do_not_matter():
    assert (
        grad(lambda a: a * optimize.brentq(lambda x: where(x > a, x - 2.0, -1.0), 0, 5))(1.0) == 2.0
    )
    assert grad(lambda a: a * optimize.fixed_point(lambda x: where(x > a, x / 2 + 1.0, x), 3.0))(
        1.0
    ) == pytest.approx(2.0)
    unrelated = Value(1.0)
    assert optimize.brentq(lambda x: x - 1.0 + 0.0 * unrelated.data, 0.0, 3.0) == pytest.approx(1.0)


#: Solutions with different derivatives on both sides of 1.
AT_KINKS = {
    "root": lambda a: optimize.brentq(lambda x: 2.0 * (x - 1.0) + abs(x - a), 0.0, 3.1),
    "median": lambda a: optimize.minimize_scalar(
        lambda x: abs(x - 1.0) + (x - a) ** 2, bracket=(0.0, 1.0, 3.0)
    ).x,
    "lasso": lambda a: optimize.minimize(
        lambda x: np.sum((x - (a - 1.0)) ** 2) + np.sum(abs(x)), [0.0]
    ).x[0],
    "one-sided penalty": lambda a: implicit.optimum(
        lambda x: (x - a) ** 2 + np.maximum(x - 1.0, 0.0) ** 2, 1.0
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", AT_KINKS)
def test_a_kink_at_the_solution_is_refused(name):
    for transform in (grad, deriv):
        with pytest.raises(NoDerivativeError, match=r"(jumps at|has a kink at) the solution"):
            transform(AT_KINKS[name])(1.0)


def test_a_kink_without_effect_on_the_derivative_is_accepted():
    def kinked(a):
        return implicit.root(lambda x: 2.0 * (x - a) + abs(x - a), 1.0)

    assert grad(kinked)(1.0) == deriv(kinked)(1.0) == 1.0


#: Right-hand sides that jump, as functions of the state, the time and a node.
RIGHT_SIDES = {
    "time": lambda y, t, a: where(t > a, 1.0, 0.0) + 0.0 * y,
    "state": lambda y, t, a: where(y > a, 2.0, 1.0),
    "state, of what has a derivative": lambda y, t, a: where(y > 1.0, 2.0, a),
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT_SIDES)
def test_integrators_refuse_jumps_at_places_that_move(name):
    side = RIGHT_SIDES[name]
    kinds = (
        lambda a: integrate.odeint(side, [0.0], [0.0, 2.0], (a,))[-1, 0],
        lambda a: integrate.odeint(lambda y, t: side(y, t, a), [0.0], [0.0, 2.0])[-1, 0],
        lambda a: integrate.odeint(lambda t, y: side(y, t, a), [0.0], [0.0, 2.0], tfirst=True)[
            -1, 0
        ],
        lambda a: integrate.solve_ivp(lambda t, y: side(y, t, a), [0.0, 2.0], [0.0]).y[0, -1],
    )
    for kind in kinds:
        for transform in (grad, deriv, jitted):
            with pytest.raises(NoDerivativeError, match="right-hand side jumps at t = 1"):
                transform(kind)(1.0)


def test_odeint_accepts_jumps_at_fixed_times():
    switched = lambda y, t, a: where(t > 1.0, 2.0 * a, 0.0) + 0.0 * y  # noqa: E731
    end = lambda a: integrate.odeint(switched, [0.0], [0.0, 1.0, 2.0], (a,))[-1, 0]  # noqa: E731
    assert grad(end)(1.0) == pytest.approx(2.0, abs=1e-6)


def only_compared(a):
    return lambda x: np.where(x > a, 1.0, -1.0)


@pytest.mark.parametrize(
    "solve",
    [
        lambda f: optimize.bisect(f, 0.0, 3.0, maxiter=5, disp=False),
        lambda f: optimize.newton(f, 0.3, maxiter=2, disp=False),
        lambda f: optimize.root_scalar(f, bracket=(0, 3), maxiter=5).root,
        lambda f: optimize.fsolve(f, [0.3])[0],
        lambda f: optimize.root(f, [0.3]).x[0],
        lambda f: optimize.minimize(
            lambda x: f(x)[0], [0.3], method="Nelder-Mead", options={"maxiter": 4}
        ).x[0],
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_a_comparing_solver_that_has_not_converged_is_an_error(solve):
    with pytest.raises(SolutionError, match=r"(?s)did not converge.*uses a node"):
        grad(lambda a: solve(only_compared(a)) + 0.0 * a)(1.0)
    assert np.isfinite(grad(lambda a: solve(only_compared(1.0)) + 0.0 * a)(1.0))  # of numbers
