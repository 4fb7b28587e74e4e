"""Roots and fixed points of `scipy.optimize` with their derivatives."""

from __future__ import annotations

import functools
import inspect
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.optimize as _original
from scipy.sparse.linalg import gmres

from autograd import implicit
from autograd.engine.dispatch import plain
from autograd.errors import OptionError
from autograd.rules.entries import in_turn
from autograd.scipy.fallback import joined
from autograd.scipy.optimize.called import Called, assert_converged, vector
from autograd.scipy.optimize.results import Solution
from autograd.transforms import jacobian

#: The methods of `root` that use the Jacobian.
WITH_JACOBIAN = ("hybr", "lm")

#: How linear systems are solved where the Jacobian is never made.
KRYLOV = functools.partial(gmres, rtol=1e-10, atol=0.0)


@in_turn
def root(
    fun: Callable[..., Any],
    x0: Any,
    args: Any = (),
    method: str = "hybr",
    jac: Any = None,
    **keywords: Any,
) -> Any:
    """Find a root of a vector function; see `scipy.optimize.root`.

    Parameters
    ----------
    fun : callable
        ``fun(x, *args)`` returns as many numbers as `x` has; it may close over nodes.
    x0 : array_like
        Where to start.
    args : tuple
        Further arguments, also nodes.
    method : str
        The solver. Derivatives of what ``"krylov"`` finds come without a Jacobian too, from products
        with it, for thousands of unknowns.
    jac : callable or bool, optional
        The Jacobian, as for SciPy. By default it is computed here, for methods that use it.
    **keywords
        As for SciPy.

    Returns
    -------
    OptimizeResult
        Its ``x`` is a node if `fun` depends on nodes.

    Raises
    ------
    SolutionError
        If `fun` depends on nodes and the solver did not converge.
    NoDerivativeError
        If `fun` depends on nodes, and the Jacobian is singular at the root, or `fun` jumps or has a
        kink there.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import jacobian
    >>> from autograd.scipy import optimize
    >>> def cross(r):  # a circle and a line
    ...     return optimize.root(lambda x: [x @ x - r * r, x[0] - x[1]], np.ones(2)).x
    >>> jacobian(cross)(2.0).round(6)
    array([0.707107, 0.707107])
    """
    called = Called(first_of(fun) if jac is True else fun, args)
    start = vector(x0)
    if jac is None and method in WITH_JACOBIAN:
        jac = called.derivative(jacobian, start)
    elif callable(jac):
        jac = called.of_numbers(jac)
    given = called.of_numbers(fun) if jac is True else called.numbers
    found = _original.root(given, plain(joined(x0)), (), method, jac, **keywords)
    if called.follows(found.x, found.success, found.message):
        assert_converged(found.success, "root", found.message)
        x = implicit.root(called, found.x, solve=KRYLOV if method == "krylov" else None)
        return Solution(found, x=x, fun=found.fun)  # of a root, zero for all parameters
    return found


@in_turn
def root_scalar(f: Callable[..., Any], args: Any = (), method: Any = None, **keywords: Any) -> Any:
    """Find a root of a function of one number; see `scipy.optimize.root_scalar`.

    Parameters
    ----------
    f : callable
        ``f(x, *args)`` returns a number; it may close over nodes.
    args : tuple
        Further arguments, also nodes.
    method : str, optional
        The solver.
    **keywords
        As for SciPy; nodes count as plain numbers.

    Returns
    -------
    RootResults
        Its ``root`` is a node if `f` depends on nodes.

    Raises
    ------
    SolutionError, NoDerivativeError
        As `root`.

    Examples
    --------
    >>> from autograd import grad
    >>> from autograd.scipy import optimize
    >>> cube_root = lambda a: optimize.root_scalar(lambda x: x**3 - a, bracket=(0, 9)).root
    >>> round(grad(cube_root)(8.0), 9)
    0.083333333
    """
    called = Called(first_of(f) if keywords.get("fprime") is True else f, args)
    for name in ("fprime", "fprime2"):
        if callable(keywords.get(name)):
            keywords[name] = called.of_numbers(keywords[name])
    given = called.of_numbers(f)
    found = _original.root_scalar(given, (), method, **plain(keywords))
    if called.follows(found.root, found.converged, found.flag):
        assert_converged(found.converged, "root_scalar", found.flag)
        found.root = implicit.root(called, float(found.root))
    return found


@in_turn
def fsolve(
    func: Callable[..., Any],
    x0: Any,
    args: Any = (),
    fprime: Any = None,
    full_output: bool = False,
    **keywords: Any,
) -> Any:
    """Find a root of a vector function; see `scipy.optimize.fsolve` and `root`.

    Parameters
    ----------
    func, x0, args
        As for `root`.
    fprime : callable, optional
        The Jacobian; by default it is computed here.
    full_output : bool
        Whether to return what the solver says as well.
    **keywords
        As for SciPy.

    Returns
    -------
    array, node or tuple
        As from SciPy; the root is a node if `func` depends on nodes.

    Raises
    ------
    SolutionError, NoDerivativeError
        As `root`.

    Examples
    --------
    >>> from autograd import grad
    >>> from autograd.scipy import optimize
    >>> round(grad(lambda a: optimize.fsolve(lambda x: x * x - a, 1.0)[0])(4.0), 9)
    0.25
    """
    called = Called(func, args)
    derivative = (
        called.derivative(jacobian, vector(x0)) if fprime is None else called.of_numbers(fprime)
    )
    if fprime is None:
        keywords.pop("col_deriv", None)
    x, info, flag, message = _original.fsolve(
        called.numbers, plain(joined(x0)), (), derivative, True, **keywords
    )
    if called.follows(x, flag == 1, message):
        assert_converged(flag == 1, "fsolve", message)
        x = implicit.root(called, x)
    elif flag != 1 and not full_output:
        warnings.warn(message, RuntimeWarning, stacklevel=2)
    return (x, info, flag, message) if full_output else x


@in_turn
def newton(
    func: Callable[..., Any],
    x0: Any,
    fprime: Any = None,
    args: Any = (),
    tol: float = 1.48e-8,
    maxiter: int = 50,
    fprime2: Any = None,
    **keywords: Any,
) -> Any:
    """Find a root of a function of one number, or of each of several; see `scipy.optimize.newton`.

    Parameters
    ----------
    func : callable
        ``func(x, *args)``; it may close over nodes.
    x0 : float or array_like
        Where to start.
    fprime, fprime2 : callable, optional
        Derivatives, as for SciPy.
    args : tuple
        Further arguments, also nodes.
    tol, maxiter, **keywords
        As for SciPy.

    Returns
    -------
    float, array, node or tuple
        As from SciPy; the root is a node if `func` depends on nodes.

    Raises
    ------
    RuntimeError
        If the solver did not converge.
    SolutionError, NoDerivativeError
        As `root`.

    Examples
    --------
    >>> from autograd import grad
    >>> from autograd.scipy import optimize
    >>> round(grad(lambda a: optimize.newton(lambda x: x * x - a, 1.0))(4.0), 9)
    0.25
    """
    called = Called(func, args)
    derivatives = [None if d is None else called.of_numbers(d) for d in (fprime, fprime2)]
    wants_all = keywords.pop("full_output", False)
    found = _original.newton(
        called.numbers,
        plain(joined(x0)),
        derivatives[0],
        (),
        tol,
        maxiter,
        derivatives[1],
        full_output=True,
        **plain(keywords),
    )
    found = _of_root(called, found)
    return found if wants_all else found[0]


@in_turn
def fixed_point(func: Callable[..., Any], x0: Any, args: Any = (), **keywords: Any) -> Any:
    """Find a fixed point of a function; see `scipy.optimize.fixed_point`.

    Parameters
    ----------
    func : callable
        ``func(x, *args)`` is like `x`; it may close over nodes.
    x0 : array_like
        Where to start.
    args : tuple
        Further arguments, also nodes.
    **keywords
        As for SciPy.

    Returns
    -------
    array or node
        The fixed point; a node if `func` depends on nodes.

    Raises
    ------
    RuntimeError
        If the iteration did not converge.
    SolutionError, NoDerivativeError
        As `root`.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import grad
    >>> from autograd.scipy import optimize
    >>> round(grad(lambda a: optimize.fixed_point(lambda x: (x + a / x) / 2, 3.0))(9.0), 9)
    0.166666667
    """
    called = Called(func, args)
    found = _iterated(called.numbers, np.asarray(plain(joined(x0))), **keywords)
    return implicit.fixed_point(called, found) if called.follows(found) else found


def _iterated(
    func: Callable[..., Any], x0: Any, xtol: float = 1e-8, maxiter: int = 500, method: str = "del2"
) -> Any:
    """Return what `scipy.optimize.fixed_point` finds, whose own code cannot be traced."""
    if method not in ("del2", "iteration"):
        raise OptionError(f'method={method!r} must be "del2" or "iteration".')
    p0 = x0
    for _ in range(maxiter):
        p = p1 = func(p0)
        if method == "del2":  # Steffensen's acceleration
            p2 = func(p1)
            bend = p2 - 2.0 * p1 + p0
            p = np.where(bend != 0, p0 - (p1 - p0) ** 2 / np.where(bend != 0, bend, 1.0), p2)
        change = np.where(p0 != 0, (p - p0) / np.where(p0 != 0, p0, 1.0), p)
        if np.all(np.abs(change) < xtol):
            return p
        p0 = p
    raise RuntimeError(f"Failed to converge after {maxiter} iterations, value is {p0}")


def _of_root(called: Called, found: Any) -> Any:
    """Put derivatives into what a solver returns: a root, whether it has converged, and more."""
    x, report = found[:2]
    success = getattr(report, "converged", report)
    if not called.follows(x, success, getattr(report, "flag", "")):
        return found
    assert_converged(success, "the solver", getattr(report, "flag", ""))
    return (implicit.root(called, x), *found[1:])


def first_of(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function without the derivatives that it returns besides its result."""

    @functools.wraps(function)
    def call(*arguments: Any, **keywords: Any) -> Any:
        return function(*arguments, **keywords)[0]

    return call


def _bracketing(solver: Callable[..., Any]) -> Callable[..., Any]:
    signature = inspect.signature(solver)

    def solve(
        f: Callable[..., Any], a: Any, b: Any, args: Any = (), *more: Any, **keywords: Any
    ) -> Any:
        called = Called(f, args)
        given = signature.bind(
            called.numbers, plain(a), plain(b), (), *plain(more), **plain(keywords)
        )
        wants_all = given.arguments.get("full_output", False)
        given.arguments["full_output"] = True
        found = _of_root(called, solver(*given.args, **given.kwargs))
        return found if wants_all else found[0]

    solve.__name__ = solve.__qualname__ = solver.__name__
    solve.__doc__ = f"""Find a root between two numbers; see `scipy.optimize.{solver.__name__}`.

    Parameters
    ----------
    f : callable
        ``f(x, *args)`` returns a number; it may close over nodes.
    a, b : float
        Where the function has different signs; nodes count as plain numbers.
    args : tuple
        Further arguments, also nodes.
    *more, **keywords
        As for SciPy.

    Returns
    -------
    float, node or tuple
        As from SciPy; the root is a node if `f` depends on nodes.

    Raises
    ------
    ValueError
        If the function has the same sign at both ends.
    SolutionError, NoDerivativeError
        As `root`.

    Examples
    --------
    >>> from autograd import grad
    >>> from autograd.scipy import optimize
    >>> round(grad(lambda a: optimize.{solver.__name__}(lambda x: x * x - a, 0.0, 9.0))(4.0), 9)
    0.25
    """
    return in_turn(solve)


bisect = _bracketing(_original.bisect)
brenth = _bracketing(_original.brenth)
brentq = _bracketing(_original.brentq)
ridder = _bracketing(_original.ridder)
toms748 = _bracketing(_original.toms748)
