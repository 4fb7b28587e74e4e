"""SciPy's solvers with names of their own, each followed by the derivative of the solution.

What they call may close over nodes or get them through ``args=``. They are `root`, `minimize` and
`least_squares` by other algorithms and with other results, so the derivatives are the same.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.optimize as _original

from autograd import implicit
from autograd.engine.dispatch import plain
from autograd.errors import NoRuleError, SolutionError
from autograd.rules.entries import in_turn
from autograd.rules.node_lists import as_array
from autograd.scipy.fallback import has_node
from autograd.scipy.optimize.called import Called, vector
from autograd.scipy.optimize.constraints import limits
from autograd.scipy.optimize.results import Solution
from autograd.scipy.optimize.roots import KRYLOV, first_of
from autograd.transforms import grad, jacobian

#: What solvers call besides the function whose solution they find.
DERIVATIVES = ("fprime", "fhess", "fhess_p", "Dfun")

Arguments = dict[str, Any]


def _counterpart(name: str, solve: Callable[[Any, Arguments], Any]) -> Callable[..., Any]:
    """Return the counterpart of the solver of this name, given what it does with its arguments."""
    original = getattr(_original, name)
    signature = inspect.signature(original)

    @in_turn
    @functools.wraps(original)
    def call(*arguments: Any, **keywords: Any) -> Any:
        bound = signature.bind(*arguments, **keywords)
        given = dict(bound.arguments)
        for parameter in signature.parameters.values():
            if parameter.kind is parameter.VAR_KEYWORD:
                given.update(given.pop(parameter.name, {}))
        return solve(original, given)

    call.__doc__ = (
        f"`scipy.optimize.{name}`, whose solution is a node if what it calls depends on nodes."
    )
    return call


def _called(given: Arguments, is_pair: bool = False) -> Called:
    """Take the function and its further arguments from the arguments of a solver."""
    function = given.pop(next(iter(given)))
    called = Called(first_of(function) if is_pair else function, given.pop("args", ()))
    for name in DERIVATIVES:
        if callable(given.get(name)):
            given[name] = called.of_numbers(given[name])
    return called


def _of_equations(original: Any, given: Arguments) -> Any:
    """Solve nonlinear equations."""
    called = _called(given)
    try:
        x = original(called.numbers, **plain(given))
    except _original.NoConvergence as error:
        raise SolutionError(f"{original.__name__} did not converge.") from error
    if not called.follows(x):
        return x
    solve = KRYLOV if original is _original.newton_krylov else None
    return implicit.root(called, np.asarray(x), solve=solve)


def _optimum(called: Called, x: Any, given: Arguments) -> tuple[Any, Any]:
    """Return a minimum and the value there, as nodes."""
    bounds = given.get("bounds")
    x = np.asarray(x, float)[()]
    within = given.get("between")
    if bounds is not None:
        within = limits(bounds, x.size)
    found = implicit.optimum(called, x, bounds=within)
    return found, called(found)


def _of_minimum(original: Any, given: Arguments) -> Any:
    """Minimize a function, and return the minimum alone or first of several results."""
    is_pair = "approx_grad" in inspect.signature(original).parameters and not (
        given.get("fprime") or given.get("approx_grad")
    )
    start, function = given.get("x0"), next(iter(given.values()))
    called = _called(given, is_pair)
    numbers = called.of_numbers(function) if is_pair else called.numbers
    if start is not None and not is_pair and "fprime" in inspect.signature(original).parameters:
        slope = given.get("fprime") or called.derivative(grad, vector(start))
        given |= {} if slope is None or given.get("approx_grad") else {"fprime": slope}
    found = original(numbers, **plain(given))
    several = isinstance(found, tuple)
    x = found[0] if several else found
    if original is _original.fminbound:
        given["between"] = given["x1"], given["x2"]
    if not (called.follows(x) or has_node(given.get("bounds"), given.get("between"))):
        return found
    at, value = _optimum(called, x, given)
    if not several:
        return at
    has_value = np.ndim(found[1]) == 0 and original is not _original.fmin_tnc
    return (at, value, *found[2:]) if has_value else (at, *found[1:])


def _of_global_minimum(original: Any, given: Arguments) -> Any:
    """Minimize a function of many minima."""
    is_pair = (given.get("minimizer_kwargs") or {}).get("jac") is True
    function = next(iter(given.values()))
    called = _called(given, is_pair)
    numbers = called.of_numbers(function) if is_pair else called.numbers
    if has_node(given.get("minimizer_kwargs")):
        raise NoRuleError(
            f"{original.__name__} of nodes takes no nodes in minimizer_kwargs=. Let the function "
            "close over them, or pass them through args=."
        )
    found = original(numbers, **plain(given))
    said = found.success, found.message
    if called.follows(found.x, *said) or has_node(given.get("bounds")):
        x, value = _optimum(called, found.x, given)
        return Solution(found, x=x, fun=value)
    return found


def _of_residuals(original: Any, given: Arguments) -> Any:
    """Minimize the sum of the squares of residuals."""
    start = vector(given["x0"])
    called = _called(given)
    if given.get("Dfun") is None and not given.get("col_deriv"):
        slope = called.derivative(jacobian, start)
        given |= {} if slope is None else {"Dfun": slope}
    found = original(called.numbers, **plain(given))
    if not called.follows(found[0]):
        return found
    if given.get("full_output"):
        raise NoRuleError("leastsq of nodes returns only the solution. Remove full_output=.")

    def cost(x: Any) -> Any:
        residuals = as_array(called(x))
        return np.sum(residuals * residuals) / 2

    return (implicit.optimum(cost, np.asarray(found[0])), *found[1:])


def _of_linear_residuals(original: Any, given: Arguments) -> Any:
    """Minimize the length of A x - b, with bounds."""
    matrix, right, *bounds = (given.get(name) for name in ("A", "b", "bounds"))
    is_nonnegative = original is _original.nnls
    found = original(**plain(given))
    if not has_node(matrix, right, bounds):
        return found
    if isinstance(bounds[0], _original.Bounds):
        bounds[0] = (bounds[0].lb, bounds[0].ub)
    between = (0.0, np.inf) if is_nonnegative else bounds[0]

    def cost(x: Any) -> Any:
        residuals = matrix @ x - right
        return np.sum(residuals * residuals) / 2

    x = implicit.optimum(cost, np.asarray(found[0] if is_nonnegative else found.x), bounds=between)
    if is_nonnegative:
        return x, np.sqrt(2 * cost(x))
    return Solution(found, x=x, cost=cost(x), fun=matrix @ x - right)


# fmt: off
broyden1, broyden2, anderson, diagbroyden, linearmixing, excitingmixing, newton_krylov = (
    _counterpart(name, _of_equations)
    for name in ("broyden1", "broyden2", "anderson", "diagbroyden", "linearmixing", "excitingmixing", "newton_krylov")
)
fmin, fmin_powell, fmin_cg, fmin_bfgs, fmin_ncg, fmin_l_bfgs_b, fmin_tnc, fminbound, brent, golden, brute = (
    _counterpart(name, _of_minimum)
    for name in ("fmin", "fmin_powell", "fmin_cg", "fmin_bfgs", "fmin_ncg", "fmin_l_bfgs_b", "fmin_tnc", "fminbound", "brent", "golden", "brute")
)
differential_evolution, basinhopping, dual_annealing, shgo, direct = (
    _counterpart(name, _of_global_minimum)
    for name in ("differential_evolution", "basinhopping", "dual_annealing", "shgo", "direct")
)
leastsq = _counterpart("leastsq", _of_residuals)
lsq_linear, nnls = (_counterpart(name, _of_linear_residuals) for name in ("lsq_linear", "nnls"))
# fmt: on
