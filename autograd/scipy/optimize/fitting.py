"""Least squares of `scipy.optimize` with derivatives of the fitted parameters."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.optimize as _original

from autograd import implicit
from autograd.engine.dispatch import plain
from autograd.errors import NoRuleError
from autograd.rules.entries import in_turn
from autograd.rules.node_lists import as_array
from autograd.scipy.fallback import gives_nodes, has_node, joined
from autograd.scipy.optimize.called import Called, assert_converged, vector
from autograd.scipy.optimize.constraints import between
from autograd.scipy.optimize.results import Solution
from autograd.transforms import jacobian

#: What `least_squares` sums, as functions of the squared residuals.
LOSSES: dict[str, Callable[[Any], Any]] = {
    "linear": lambda z: z,
    "soft_l1": lambda z: 2 * (np.sqrt(1 + z) - 1),
    "huber": lambda z: np.where(plain(z) <= 1, z, 2 * np.sqrt(np.maximum(z, 1)) - 1),
    "cauchy": lambda z: np.log1p(z),
    "arctan": lambda z: np.arctan(z),
}


@in_turn
def least_squares(
    fun: Callable[..., Any],
    x0: Any,
    jac: Any = None,
    bounds: Any = (-np.inf, np.inf),
    *,
    loss: Any = "linear",
    f_scale: float = 1.0,
    args: Any = (),
    kwargs: dict[str, Any] | None = None,
    **keywords: Any,
) -> Any:
    """Minimize a sum of squares; see `scipy.optimize.least_squares`.

    Parameters
    ----------
    fun : callable
        ``fun(x, *args, **kwargs)`` returns the residuals; it may close over nodes.
    x0 : array_like
        Where to start.
    jac : str or callable, optional
        The Jacobian, as for SciPy. By default it is computed here.
    bounds : pair or Bounds
        The lowest and the highest values, also nodes.
    loss : str or callable
        As for SciPy; a callable only without nodes.
    f_scale : float
        The size of residuals from which the loss grows more slowly.
    args, kwargs
        Further arguments, also nodes.
    **keywords
        As for SciPy.

    Returns
    -------
    OptimizeResult
        Its ``x``, ``cost`` and ``fun`` are nodes if anything depends on nodes.

    Raises
    ------
    SolutionError, NoDerivativeError
        As `minimize`.
    NoRuleError
        If something depends on nodes, and `loss` is a function.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import jacobian
    >>> from autograd.scipy import optimize
    >>> t = np.array([0.0, 1.0, 2.0])
    >>> def slope(y):
    ...     return optimize.least_squares(lambda p: p[0] + p[1] * t - y, np.zeros(2)).x[1]
    >>> jacobian(slope)(np.array([1.0, 3.0, 5.0])).round(6) + 0.0
    array([-0.5,  0. ,  0.5])
    """
    called = Called(fun, args, kwargs)
    start = vector(x0)
    if jac is None:
        jac = called.derivative(jacobian, start) or "2-point"
    elif callable(jac):
        jac = called.of_numbers(jac)
    parts = (
        (bounds.lb, bounds.ub) if isinstance(bounds, _original.Bounds) else tuple(joined(bounds))
    )
    found = _original.least_squares(
        called.numbers,
        plain(joined(x0)),
        jac,
        plain(parts),
        loss=loss,
        f_scale=f_scale,
        **plain(keywords),
    )
    if not (called.follows(found.x, found.success, found.message) or has_node(parts)):
        return found
    assert_converged(found.success, "least_squares", found.message)
    if callable(loss):
        raise NoRuleError(
            "least_squares with a loss function of yours has no derivative: pass the name of one, "
            "or minimize the sum with autograd.scipy.optimize.minimize."
        )
    rho = LOSSES[loss]

    def cost(x: Any) -> Any:
        residuals = as_array(called(x)) / f_scale
        return 0.5 * f_scale**2 * np.sum(rho(residuals * residuals))

    x = implicit.optimum(cost, found.x, bounds=between(parts, start.size))
    return Solution(found, x=x, cost=cost(x), fun=as_array(called(x)))


@in_turn
def curve_fit(
    f: Callable[..., Any],
    xdata: Any,
    ydata: Any,
    p0: Any = None,
    sigma: Any = None,
    absolute_sigma: bool = False,
    check_finite: Any = None,
    bounds: Any = (-np.inf, np.inf),
    method: Any = None,
    jac: Any = None,
    *,
    full_output: bool = False,
    **keywords: Any,
) -> Any:
    """Fit a function to data; see `scipy.optimize.curve_fit`.

    Parameters
    ----------
    f : callable
        ``f(xdata, *parameters)``; it may close over nodes.
    xdata, ydata : array_like
        The data, also nodes.
    p0, absolute_sigma, check_finite, method, jac, full_output, **keywords
        As for SciPy; the Jacobian is computed here unless you pass one.
    sigma : array_like, optional
        Standard deviations of `ydata`, or their covariance; also nodes.
    bounds : pair or Bounds
        The lowest and the highest values, also nodes.

    Returns
    -------
    popt, pcov : array or node
        The parameters and their covariance; nodes if anything depends on nodes.

    Raises
    ------
    RuntimeError
        If the fit does not converge.
    SolutionError, NoDerivativeError
        As `minimize`.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import jacobian
    >>> from autograd.scipy import optimize
    >>> t = np.array([0.0, 1.0, 2.0])
    >>> line = lambda t, a, b: a + b * t
    >>> fit = lambda y: optimize.curve_fit(line, t, y)[0]
    >>> jacobian(fit)(np.array([1.0, 3.1, 4.9])).round(6)[1] + 0.0
    array([-0.5,  0. ,  0.5])
    """
    xdata, ydata, sigma, p0 = joined(xdata), joined(ydata), joined(sigma), joined(p0)
    fit = _Fit(f, xdata, ydata, sigma)
    parts = (
        (bounds.lb, bounds.ub) if isinstance(bounds, _original.Bounds) else tuple(joined(bounds))
    )
    found = _original.curve_fit(
        Called(f).numbers,
        plain(xdata),
        plain(ydata),
        plain(p0),
        plain(sigma),
        absolute_sigma,
        check_finite,
        plain(parts),
        method,
        fit.derivative(p0) if jac is None else Called(jac).numbers if callable(jac) else jac,
        full_output=full_output,
        **keywords,
    )
    if not (has_node(xdata, ydata, sigma, parts) or gives_nodes(f, xdata, *found[0])):
        return found
    best = implicit.optimum(fit.cost, found[0], bounds=between(parts, len(found[0])))
    slopes = jacobian(fit.residuals)(best)
    covariance = np.linalg.inv(slopes.T @ slopes)
    if not absolute_sigma:
        left = np.size(plain(ydata)) - len(found[0])
        if left <= 0:  # through all points, so that nothing tells how large errors are
            return (best, *found[1:])
        covariance = covariance * (2 * fit.cost(best) / left)
    return (best, covariance, *found[2:])


class _Fit:
    """The data of a fit, and how far a function with some parameters is from them."""

    def __init__(self, f: Callable[..., Any], x: Any, y: Any, sigma: Any) -> None:
        self.f, self.y, self.sigma = f, as_array(y), sigma
        self.x = as_array(x) if isinstance(x, (list, tuple)) else x

    def residuals(self, parameters: Any) -> Any:
        """Return the residuals in standard deviations."""
        residuals = np.ravel(joined(self.f(self.x, *parameters)) - self.y)
        if self.sigma is None:
            return residuals
        sigma = as_array(self.sigma)
        if sigma.ndim == 2:
            return np.linalg.solve(np.linalg.cholesky(sigma), residuals)
        return residuals / np.ravel(sigma)

    def cost(self, parameters: Any) -> Any:
        """Return half the sum of squares."""
        return 0.5 * np.sum(self.residuals(parameters) ** 2)

    def derivative(self, p0: Any) -> Callable[..., Any] | None:
        """Return the Jacobian of the function by its parameters; None if it cannot be followed."""

        def call(x: Any, *parameters: Any) -> Any:
            called = Called(lambda p: np.ravel(self.f(x, *p)))
            return plain(jacobian(called)(np.array(parameters, float)))

        if p0 is None:
            count = len(inspect.signature(self.f).parameters) - 1
            p0 = np.ones(max(count, 1))
        called = Called(lambda p: np.ravel(self.f(plain(self.x), *p)))
        return None if called.derivative(jacobian, vector(p0)) is None else call
