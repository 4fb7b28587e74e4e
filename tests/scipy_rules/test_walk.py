"""Every public name of SciPy, called with nodes: a derivative, or an error that says what to write."""

import importlib
import inspect

import numpy as np
import pytest
import scipy.integrate
import scipy.interpolate
import scipy.optimize
import scipy.signal

from autograd import Tensor, Value, grad, vmap
from autograd.engine import callers
from autograd.errors import NoRuleError
from autograd.scipy import interpolate, signal

PACKAGES = (
    "fft", "integrate", "interpolate", "linalg", "ndimage", "optimize", "signal", "sparse",
    "sparse.linalg", "spatial", "spatial.distance", "spatial.transform", "special", "stats",
)  # fmt: skip

#: They take nothing with a derivative, or hold what they are given.
HARMLESS = {"show_options", "set_global_backend"}


POINTS = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [0.4, 0.6]])


def refused():
    """The functions of SciPy without counterpart, with their public names."""
    for package in PACKAGES:
        original = importlib.import_module(f"scipy.{package}")
        ours = importlib.import_module(f"autograd.scipy.{package}")
        for name in original.__all__:
            found = getattr(original, name)
            is_function = inspect.isroutine(found) and not isinstance(found, type(np.sinc))
            known = {*HARMLESS, *getattr(ours, "_VARIABLES", ()), *vars(ours)}
            if is_function and name not in known:
                yield f"scipy.{package}.{name}", found, getattr(ours, name)


def test_functions_without_a_counterpart_refuse_nodes():
    node = Tensor(np.ones(3))
    count = 0
    for name, original, ours in refused():
        assert ours is not original, name
        count += 1
        with pytest.raises(NoRuleError, match="has no derivative rule"):
            ours(node)
    assert count > 200


def test_classes_without_a_counterpart_say_so():
    x, y = np.arange(5.0), Tensor(np.arange(5.0))
    for make in (
        lambda: interpolate.BarycentricInterpolator(x, y),
        lambda: interpolate.UnivariateSpline(x, y),
        lambda: signal.lti(y, [1.0]),
        lambda: interpolate.LinearNDInterpolator(POINTS, y),
        lambda: interpolate.CloughTocher2DInterpolator(POINTS, x)(Tensor(0.5), 0.5),
    ):
        with pytest.raises(NoRuleError, match=r"scipy\.\w+\.\w+ has no derivative rule"):
            make()


#: Solvers of SciPy itself, whose error in place of ours does not say why.
SOLVERS = {
    "brentq": lambda a: scipy.optimize.brentq(lambda x: x * x - a, 0.0, 5.0),
    "root_scalar": lambda a: scipy.optimize.root_scalar(lambda x: x * x - a, bracket=(0.0, 5.0)).root,
    "root": lambda a: scipy.optimize.root(lambda x: x * x - a, [1.0]).x[0],
    "fsolve": lambda a: scipy.optimize.fsolve(lambda x: x * x - a, [1.0])[0],
    "leastsq": lambda a: scipy.optimize.leastsq(lambda x: x * x - a, [1.0])[0][0],
    "minimize": lambda a: scipy.optimize.minimize(lambda x: np.sum((x - a) ** 2), [1.0]).x[0],
    "fmin": lambda a: scipy.optimize.fmin(lambda x: np.sum((x - a) ** 2), [1.0], disp=0)[0],
    "differential_evolution": lambda a: scipy.optimize.differential_evolution(
        lambda x: np.sum((x - a) ** 2), [(0, 5)], rng=1, maxiter=1
    ).x[0],
    "quad": lambda a: scipy.integrate.quad(lambda x: a * x, 0.0, 1.0)[0],
    "solve_ivp": lambda a: scipy.integrate.solve_ivp(lambda t, y: -a * y, (0, 1), [1.0]).y[0, -1],
    "get_window": lambda a: np.sum(scipy.signal.get_window(("kaiser", a), 5)),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:vmap calls:RuntimeWarning")
@pytest.mark.parametrize("name", SOLVERS)
def test_solvers_of_scipy_itself_name_ours(name):
    solve = SOLVERS[name]
    expected = rf"scipy\.\w+\.{name} (call autograd|has no derivative rule)"
    for call in (grad(solve), lambda a: solve(Value(a)), lambda a: solve(Tensor(a))):
        with pytest.raises(NoRuleError, match=expected):
            call(2.0)
    with pytest.raises(NoRuleError, match=expected):
        vmap(grad(solve))(np.array([2.0, 3.0]))


def test_other_errors_of_scipy_stay_what_they_are():
    with pytest.raises(NoRuleError):
        grad(SOLVERS["quad"])(2.0)
    assert callers.LAST.message == ""
    with pytest.raises(ValueError, match="different signs"):
        grad(lambda a: a * scipy.optimize.brentq(lambda x: x * x + 1.0, 0.0, 5.0))(2.0)
