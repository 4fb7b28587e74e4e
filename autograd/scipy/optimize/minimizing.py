"""`scipy.optimize.minimize` with derivatives of the minimum, and with derivatives for the method."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.optimize as _original

from autograd import implicit
from autograd.engine.dispatch import plain
from autograd.rules.entries import in_turn
from autograd.scipy.fallback import has_node, joined
from autograd.scipy.optimize.called import Called, assert_converged, vector
from autograd.scipy.optimize.constraints import Constraints, limits
from autograd.scipy.optimize.results import Solution
from autograd.transforms import hessian, hessian_vector_product, value_and_grad

#: The methods that use no gradient; None chooses one that does.
WITHOUT_GRADIENT = ("nelder-mead", "powell", "cobyla", "cobyqa")

#: The methods that need second derivatives, or use them if there are any: products or matrices.
WITH_PRODUCTS = ("newton-cg", "trust-ncg", "trust-krylov", "trust-constr")
WITH_HESSIAN = ("dogleg", "trust-exact")


@in_turn
def minimize(
    fun: Callable[..., Any],
    x0: Any,
    args: Any = (),
    method: Any = None,
    jac: Any = None,
    hess: Any = None,
    hessp: Any = None,
    bounds: Any = None,
    constraints: Any = (),
    **keywords: Any,
) -> Any:
    """Minimize a function of a vector; see `scipy.optimize.minimize`.

    The gradient, and the second derivatives for methods that use them, are computed here unless you
    pass them or the function cannot be followed.

    Parameters
    ----------
    fun : callable
        ``fun(x, *args)`` returns a number; it may close over nodes.
    x0 : array_like
        Where to start.
    args : tuple
        Further arguments, also nodes.
    method : str, optional
        The solver.
    jac, hess, hessp
        Derivatives, as for SciPy.
    bounds : sequence of pairs or Bounds, optional
        The lowest and the highest value of each number, or None; also nodes.
    constraints : dict, LinearConstraint, NonlinearConstraint or list of them
        As for SciPy. Their functions, ``args`` and numbers may be nodes.
    **keywords
        As for SciPy.

    Returns
    -------
    OptimizeResult
        Its ``x`` and ``fun`` are nodes if anything depends on nodes.

    Raises
    ------
    SolutionError
        If something depends on nodes, and the solver did not converge or did not find an optimum.
    NoDerivativeError
        If something depends on nodes, and the minimum is not isolated, a constraint only touches
        it, or it is at a jump or a kink.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import jacobian
    >>> from autograd.scipy import optimize
    >>> def nearest(p):  # on the unit circle
    ...     on_circle = {"type": "eq", "fun": lambda x: x @ x - 1.0}
    ...     f = lambda x: np.sum((x - p) ** 2)
    ...     return optimize.minimize(f, np.array([1.0, 0.1]), constraints=on_circle).x
    >>> jacobian(nearest)(np.array([2.0, 0.0])).round(6) + 0.0
    array([[0. , 0. ],
           [0. , 0.5]])
    """
    pair = jac is True
    called = Called((lambda *a: fun(*a)[0]) if pair else fun, args)
    given = called.of_numbers(fun) if pair else called.numbers
    jac, hess, hessp = (called.of_numbers(d) if callable(d) else d for d in (jac, hess, hessp))
    start = vector(x0)
    name = str(method or "").lower()
    if jac is None and not callable(method) and name not in WITHOUT_GRADIENT:
        both = called.derivative(value_and_grad, start)
        given, jac = (called.numbers, None) if both is None else (both, True)
        if both is not None and hess is None and hessp is None:
            if name in WITH_HESSIAN:
                hess = called.derivative(hessian, start)
            elif name in WITH_PRODUCTS:
                hessp = called.derivative(hessian_vector_product, start, np.zeros_like(start))
    within = Constraints(constraints, start)
    found = _original.minimize(
        given,
        plain(joined(x0)),
        (),
        method,
        jac,
        hess,
        hessp,
        bounds=_plain_bounds(bounds),
        constraints=within.for_scipy(),
        **plain(keywords),
    )
    said = found.success, found.message
    if called.follows(found.x, *said) or within.follows(found.x, *said) or has_node(_parts(bounds)):
        assert_converged(found.success, "minimize", found.message)
        x = implicit.optimum(
            called,
            found.x,
            bounds=limits(bounds, start.size),
            equalities=within.equalities(found.x),
            inequalities=within.inequalities(found.x),
        )
        return Solution(found, x=x, fun=called(x))
    return found


@in_turn
def minimize_scalar(
    fun: Callable[..., Any],
    bracket: Any = None,
    bounds: Any = None,
    args: Any = (),
    **keywords: Any,
) -> Any:
    """Minimize a function of one number; see `scipy.optimize.minimize_scalar`.

    Parameters
    ----------
    fun : callable
        ``fun(x, *args)`` returns a number; it may close over nodes.
    bracket, bounds : sequence, optional
        As for SciPy. Nodes as `bounds` have derivatives where the minimum is at one of them.
    args : tuple
        Further arguments, also nodes.
    **keywords
        As for SciPy.

    Returns
    -------
    OptimizeResult
        Its ``x`` and ``fun`` are nodes if anything depends on nodes.

    Raises
    ------
    SolutionError, NoDerivativeError
        As `minimize`.

    Examples
    --------
    >>> from autograd import grad
    >>> from autograd.scipy import optimize
    >>> round(grad(lambda a: optimize.minimize_scalar(lambda x: (x - a * a) ** 2).x)(3.0), 6)
    6.0
    """
    called = Called(fun, args)
    found = _original.minimize_scalar(
        called.numbers, plain(bracket), plain(bounds), (), **plain(keywords)
    )
    said = found.success, getattr(found, "message", "")
    if called.follows(found.x, *said) or has_node(bounds):
        assert_converged(found.success, "minimize_scalar", said[1])
        x = implicit.optimum(called, float(found.x), bounds=bounds)
        return Solution(found, x=x, fun=called(x))
    return found


def _parts(bounds: Any) -> Any:
    """Return what bounds consist of."""
    return (bounds.lb, bounds.ub) if isinstance(bounds, _original.Bounds) else bounds


def _plain_bounds(bounds: Any) -> Any:
    if isinstance(bounds, _original.Bounds):
        return _original.Bounds(plain(bounds.lb), plain(bounds.ub), bounds.keep_feasible)
    if bounds is None:
        return None
    return [tuple(plain(list(pair))) for pair in np.asarray(bounds, dtype=object)]
