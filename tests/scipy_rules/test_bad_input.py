"""Solutions that no derivative has: every solver, integrator and system names the condition."""

import numpy as np
import pytest

from autograd import Value, grad
from autograd.errors import NoDerivativeError, SolutionError
from autograd.scipy import integrate, linalg, optimize, sparse

pytestmark = pytest.mark.filterwarnings("ignore")

#: SciPy's own errors name the condition too.
NAMED = (NoDerivativeError, SolutionError, np.linalg.LinAlgError, RuntimeError)
HILBERT = 1 / (np.arange(15)[:, None] + np.arange(15) + 1.0)
SINGULAR = np.array([[1.0, 2.0], [2.0, 4.0]])
TWO, MANY = np.ones(2), np.ones(30)
_ROOT = np.random.default_rng(0).normal(size=(30, 30))
STIFF = _ROOT @ _ROOT.T + 1e-3 * np.eye(30)


def cube(a):
    return lambda x: x**3 - a


def flat(a):
    return lambda x: np.sum((x - a) ** 4)


def bowl(a):
    return lambda x: np.sum((x - a) ** 2 + x**4)


def lines(a):  # of rank one
    return lambda x: np.stack([x[0] + x[1] - a, 2 * (x[0] + x[1]) - a])


def matrix(a, numbers):
    return sparse.csr_array(a * numbers)


BOX, START = [(-1.0, 3.0)], [0.5]

#: The root of x³ - a, at a = 0.
MULTIPLE = {
    **{
        name: lambda a, name=name: getattr(optimize, name)(cube(a), -1.0, 1.5)
        for name in ("brentq", "brenth", "bisect", "ridder", "toms748")
    },
    "root_scalar": lambda a: optimize.root_scalar(cube(a), bracket=(-1.0, 1.5)).root,
    "newton": lambda a: optimize.newton(cube(a), 0.1, maxiter=500),
    "root": lambda a: optimize.root(cube(a), [0.1, 0.2]).x[0],
    "fsolve": lambda a: optimize.fsolve(cube(a), [0.1, 0.2])[0],
    **{
        name: lambda a, name=name: getattr(optimize, name)(cube(a), [0.1, 0.2], f_tol=1e-9)[0]
        for name in ("broyden1", "broyden2", "anderson", "newton_krylov", "diagbroyden")
    },
    "fixed_point": lambda a: optimize.fixed_point(
        lambda x: x - x**3 + a, 0.3, maxiter=5000, xtol=1e-6
    ),
}  # fmt: skip
#: Minima without curvature, at a = 1.
FLAT = {
    "minimize": lambda a: optimize.minimize(flat(a), START).x[0],
    "minimize_scalar": lambda a: optimize.minimize_scalar(flat(a)).x,
    **{
        name: lambda a, name=name: getattr(optimize, name)(flat(a), START, disp=0)[0]
        for name in ("fmin", "fmin_powell", "fmin_cg", "fmin_bfgs")
    },
    "fmin_ncg": lambda a: optimize.fmin_ncg(flat(a), START, lambda x: 4 * (x - a) ** 3, disp=0)[0],
    "fmin_l_bfgs_b": lambda a: optimize.fmin_l_bfgs_b(flat(a), START, approx_grad=True)[0][0],
    "fmin_tnc": lambda a: optimize.fmin_tnc(flat(a), START, approx_grad=True, disp=0)[0][0],
    "fminbound": lambda a: optimize.fminbound(flat(a), -1.0, 3.0),
    "brent": lambda a: optimize.brent(flat(a)),
    "golden": lambda a: optimize.golden(flat(a)),
    "brute": lambda a: optimize.brute(flat(a), BOX)[0],
    "differential_evolution": lambda a: optimize.differential_evolution(flat(a), BOX, rng=1).x[0],
    "basinhopping": lambda a: optimize.basinhopping(flat(a), START, niter=2).x[0],
    "dual_annealing": lambda a: optimize.dual_annealing(flat(a), BOX, rng=1, maxiter=5).x[0],
    "shgo": lambda a: optimize.shgo(flat(a), BOX).x[0],
    "direct": lambda a: optimize.direct(flat(a), BOX).x[0],
    "least_squares": lambda a: optimize.least_squares(lines(a), [0.0, 0.0]).x[0],
    "leastsq": lambda a: optimize.leastsq(lines(a), [0.0, 0.0])[0][0],
    "curve_fit": lambda a: optimize.curve_fit(
        lambda t, p, q: (p + q) * t, np.arange(4.0), a * np.arange(4.0), [1.0, 1.0]
    )[0][0],
    "lsq_linear": lambda a: optimize.lsq_linear(SINGULAR, a * TWO).x[0],
    "nnls": lambda a: optimize.nnls(SINGULAR, a * TWO)[0][0],
}  # fmt: skip
#: Optima that a bound only touches at a = 0, and linear programs of which more than one corner is best.
TOUCHING = {
    **{
        f"minimize, {method}": lambda a, method=method: optimize.minimize(
            lambda x: np.sum((x - a) ** 2), START, method=method, bounds=[(0, None)]
        ).x[0]
        for method in ("L-BFGS-B", "trust-constr", "SLSQP", "TNC")
    },
    "minimize_scalar": lambda a: optimize.minimize_scalar(lambda x: (x - a) ** 2, bounds=(0, 2)).x,
    "fminbound": lambda a: optimize.fminbound(lambda x: (x - a) ** 2, 0, 2),
    "least_squares": lambda a: optimize.least_squares(lambda x: x - a, START, bounds=(0, 3)).x[0],
    "curve_fit": lambda a: optimize.curve_fit(
        lambda t, k, c: k * t + c, np.arange(4.0), a * np.arange(4.0) + 1, [0.5, 0.5], bounds=(0, 3)
    )[0][0],
    "linprog, prices": lambda a: optimize.linprog(np.stack([a - 1, -1.0]), [TWO], [1.0]).x[0],
    "linprog, limits": lambda a: optimize.linprog([-1.0, -1.0], [TWO], np.stack([1 + a])).x[0],
}  # fmt: skip
#: Solvers that stop too early.
STOPPED = {
    "root": lambda a: optimize.root(cube(a), [50.0], options={"maxfev": 2}).x[0],
    "fsolve": lambda a: optimize.fsolve(cube(a), [50.0], maxfev=2)[0],
    "newton": lambda a: optimize.newton(cube(a), 9.0, maxiter=2),
    "brentq": lambda a: optimize.brentq(cube(a), -9.0, 9.0, maxiter=2),
    "minimize": lambda a: optimize.minimize(bowl(a), [9.0], options={"maxiter": 1}).x[0],
    **{
        name: lambda a, name=name: getattr(optimize, name)(bowl(a), [9.0], maxiter=1, disp=0)[0]
        for name in ("fmin", "fmin_bfgs", "fmin_cg")
    },
    "fminbound": lambda a: optimize.fminbound(bowl(a), -9.0, 9.0, maxfun=3),
    "brent": lambda a: optimize.brent(bowl(a), maxiter=1),
    "golden": lambda a: optimize.golden(bowl(a), maxiter=1),
    "minimize_scalar": lambda a: optimize.minimize_scalar(bowl(a), options={"maxiter": 1}).x,
    "least_squares": lambda a: optimize.least_squares(cube(a), [9.0], max_nfev=1).x[0],
    "curve_fit": lambda a: optimize.curve_fit(
        lambda t, p: np.exp(p * t), np.arange(4.0), np.exp(a * np.arange(4.0)), [5.0], maxfev=2
    )[0][0],
    "differential_evolution": lambda a: optimize.differential_evolution(
        bowl(a), BOX, rng=1, maxiter=1, polish=False
    ).x[0],
    "direct": lambda a: optimize.direct(bowl(a), [(-9.0, 7.0)], maxfun=5).x[0],
    "linprog, infeasible": lambda a: optimize.linprog(np.stack([a]), [[1.0]], [-1.0]).x[0],
    "linprog, unbounded": lambda a: optimize.linprog(np.stack([-a])).x[0],
    **{
        name: lambda a, name=name: getattr(sparse.linalg, name)(a * STIFF, MANY, maxiter=2)[0][0]
        for name in ("cg", "minres", "gmres", "bicg", "bicgstab", "cgs", "qmr", "tfqmr")
    },
}  # fmt: skip
#: Systems without a single solution, also to rounding.
SYSTEMS = {
    "solve": lambda a: linalg.solve(a * SINGULAR, TWO)[0],
    **{
        f"solve, {kind}": lambda a, kind=kind: linalg.solve(a * HILBERT, np.ones(15), assume_a=kind)[0]
        for kind in ("gen", "sym", "pos")
    },
    "inv": lambda a: linalg.inv(a * HILBERT)[0, 0],
    "solve, a stack": lambda a: linalg.solve(a * np.stack([np.eye(15), HILBERT]), np.ones(15))[0, 0],
    "inv, a stack": lambda a: linalg.inv(a * np.stack([np.eye(15), HILBERT]))[0, 0, 0],
    "lstsq": lambda a: linalg.lstsq(SINGULAR + (a - 1) * HILBERT[:2, :2], TWO)[0][0],
    "pinv": lambda a: linalg.pinv(SINGULAR + (a - 1) * HILBERT[:2, :2])[0, 0],
    "pinv, without cutoff": lambda a: linalg.pinv(a * HILBERT, rtol=0.0)[0, 0],
    "sqrtm": lambda a: linalg.sqrtm(a * SINGULAR)[0, 0],
    "logm": lambda a: linalg.logm(a * SINGULAR)[0, 0],
    "solve_triangular": lambda a: linalg.solve_triangular(a * np.diag([1.0, 0.0]), TWO)[0],
    "solve_banded": lambda a: linalg.solve_banded((0, 0), a * np.array([[1.0, 0.0]]), TWO)[0],
    "cho_factor": lambda a: linalg.cho_factor(a * SINGULAR)[0][0, 0],
    "cholesky": lambda a: linalg.cholesky(a * (SINGULAR - 5 * np.eye(2)))[0, 0],
    "lu_solve": lambda a: linalg.lu_solve(linalg.lu_factor(a * SINGULAR), TWO)[0],
    "solve_sylvester": lambda a: linalg.solve_sylvester(a * np.eye(2), -a * np.eye(2), SINGULAR)[0, 0],
    "solve_continuous_lyapunov": lambda a: linalg.solve_continuous_lyapunov(0 * a * SINGULAR, SINGULAR)[0, 0],
    "solve_discrete_lyapunov": lambda a: linalg.solve_discrete_lyapunov(a * np.eye(2), SINGULAR)[0, 0],
    "spsolve": lambda a: sparse.linalg.spsolve(matrix(a, SINGULAR), TWO)[0],
    "spsolve, to rounding": lambda a: sparse.linalg.spsolve(matrix(a, HILBERT), np.ones(15))[0],
    "splu": lambda a: sparse.linalg.splu(matrix(a, HILBERT)).solve(np.ones(15))[0],
    "factorized": lambda a: sparse.linalg.factorized(matrix(a, SINGULAR))(TWO)[0],
    "eigsh": lambda a: np.sum(sparse.linalg.eigsh(matrix(a, np.eye(6)), k=2)[1]),
}  # fmt: skip
#: Integrals and solutions of equations that do not exist.
INTEGRALS = {
    "quad": lambda a: integrate.quad(lambda x: a / x, 0, 1)[0],
    "quad, to infinity": lambda a: integrate.quad(lambda x: a + 0 * x, 0, np.inf)[0],
    "quad_vec": lambda a: integrate.quad_vec(lambda x: a / x, 0, 1, limit=100)[0],
    "dblquad": lambda a: integrate.dblquad(lambda y, x: a / x, 0, 1, 0, 1)[0],
    "nquad": lambda a: integrate.nquad(lambda x: a / x, [(0, 1)])[0],
    **{
        method: lambda a, method=method: integrate.solve_ivp(
            lambda t, y: y**2, (0, 3), np.stack([a]), method
        ).y[0, -1]
        for method in ("RK23", "RK45", "DOP853", "Radau", "BDF")
    },
    "odeint": lambda a: integrate.odeint(lambda y, t: y**2, np.stack([a]), [0, 3.0])[-1, 0],
    **{
        f"event, {method}": lambda a, method=method: integrate.solve_ivp(
            lambda t, y: 1.0 + 0 * y, (0, 4), [0.0], method, events=lambda t, y: (y[0] - a) ** 3
        ).t_events[0][0]
        for method in ("RK23", "RK45", "DOP853", "Radau", "BDF", "LSODA")
    },
}  # fmt: skip
#: What jumps at a place that moves with a, at a = 1.
JUMPS = {
    "quad": lambda a: integrate.quad(lambda x: np.where(x > a, a, 0.0), 0, 3)[0],
    "quad, comparisons alone": lambda a: integrate.quad(lambda x: 1.0 if x > a else 0.0, 0, 3)[0],
    "quad, second derivative": lambda a: grad(
        lambda a: integrate.quad(lambda x: np.abs(x - a), 0, 3)[0]
    )(a),
    "quad_vec": lambda a: integrate.quad_vec(lambda x: a * np.sign([x - a, 1.0]), 0, 3)[0][0],
    "solve_ivp, time": lambda a: integrate.solve_ivp(
        lambda t, y: a if t < a else 0.2 * a, (0, 3), [0.0]
    ).y[0, -1],
    "solve_ivp, friction": lambda a: integrate.solve_ivp(
        lambda t, y: np.stack([y[1], -y[0] - 0.2 * a * np.sign(y[1])]), (0, 6), [1.0, 0.1]
    ).y[0, -1],
    "solve_ivp, Radau": lambda a: integrate.solve_ivp(
        lambda t, y: -np.where(y > 0.5, 1.0, 0.3), (0, 1), np.stack([a]), "Radau"
    ).y[0, -1],
}  # fmt: skip
ALL = {
    **{f"{name}, multiple root": (f, 0.0) for name, f in MULTIPLE.items()},
    **{f"{name}, flat": (f, 1.0) for name, f in FLAT.items()},
    **{f"{name}, touching": (f, 0.0) for name, f in TOUCHING.items()},
    **{f"{name}, stopped": (f, 2.0) for name, f in STOPPED.items()},
    **{f"{name}, singular": (f, 1.0) for name, f in SYSTEMS.items()},
    **{f"{name}, jump": (f, 1.0) for name, f in JUMPS.items()},
    **{f"{name}, without end": (f, 1.0) for name, f in INTEGRALS.items()},
}


LONG = pytest.param("dblquad, without end", marks=pytest.mark.gallery)


@pytest.mark.each("name", [LONG if name in LONG.values else name for name in ALL])
def test_what_has_no_derivative_is_refused(name):
    function, a = ALL[name]
    with pytest.raises(NAMED) as caught:
        grad(function)(a)
    assert str(caught.value)


def test_matrices_of_mixed_units_are_not_singular():
    units = np.diag([1.0, 1e-20, 1e10])
    assert grad(lambda a: np.sum(linalg.solve(a * units, np.ones(3))))(1.0) == pytest.approx(-1e20)
    assert grad(lambda a: linalg.inv(a * units)[1, 1])(1.0) == pytest.approx(-1e20)


def test_jumps_at_fixed_places_have_their_derivatives():
    found = grad(lambda a: integrate.quad(lambda x: np.where(x > 0.3, a * x, -a), 0, 1.2)[0])(0.5)
    assert found == pytest.approx((1.2**2 - 0.3**2) / 2 - 0.3)

    def dose(a):
        change = lambda t, y: -a * y + (1.0 if t < 1 else 0.0)  # noqa: E731
        return integrate.solve_ivp(change, (0, 3), [1.0], rtol=1e-8, atol=1e-10).y[0, -1]

    exact = grad(lambda a: np.exp(-3 * a) + (np.exp(-2 * a) - np.exp(-3 * a)) / a)(2.0)
    assert grad(dose)(2.0) == pytest.approx(exact, rel=1e-5)


#: Arguments that do not fit, of which our own steps would say something else.
UNFIT = {
    "solve": lambda a: linalg.solve(a * np.eye(3), np.ones(2)),
    "solve, not square": lambda a: linalg.solve(a * np.ones((3, 2)), np.ones(3)),
    "lu_solve": lambda a: linalg.lu_solve(linalg.lu_factor(a * np.eye(3)), np.ones(2)),
    "lu": lambda a: linalg.lu(a * np.ones(3)),
    "svd": lambda a: linalg.svd(a * np.ones(3)),
    "lstsq": lambda a: linalg.lstsq(a * np.ones((3, 2)), np.ones(2)),
}


@pytest.mark.parametrize("name", UNFIT)
def test_arguments_that_do_not_fit_are_named_as_scipy_does(name):
    with pytest.raises(ValueError) as expected:
        UNFIT[name](1.0)
    with pytest.raises(type(expected.value)) as found:
        UNFIT[name](Value(1.0))
    assert str(found.value) == str(expected.value)
