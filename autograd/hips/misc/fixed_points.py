"""`autograd.misc.fixed_points`: fixed points, differentiated without storing the iteration."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd.hips.core import make_vjp
from autograd.hips.extend import defvjp, primitive
from autograd.hips.vector_spaces import vspace


@primitive
def fixed_point(
    f: Callable[[Any], Callable[[Any], Any]],
    a: Any,
    x0: Any,
    distance: Callable[[Any, Any], float],
    tol: float,
) -> Any:
    """Iterate ``x = f(a)(x)`` from `x0` to the fixed point, where ``f(a)(x) = x``.

    The derivative with respect to `a` follows from the implicit function theorem and is itself a
    fixed point (B. Christianson, "Reverse accumulation and attractive fixed points",
    Optimization Methods and Software 3, 1994).

    Parameters
    ----------
    f : callable
        ``f(a)`` is the function to iterate.
    distance : callable
        ``distance(x, previous)`` is the distance between two iterates.
    tol : float
        The iteration stops once the distance is at most `tol`.

    Examples
    --------
    >>> from autograd import grad
    >>> newton = lambda a: lambda x: 0.5 * (x + a / x)
    >>> root = lambda a: fixed_point(newton, a, 1.0, lambda x, y: abs(x - y), 1e-10)
    >>> grad(root)(4.0)
    0.25
    """
    step = f(a)
    previous, x = x0, step(x0)
    while distance(x, previous) > tol:
        previous, x = x, step(x)
    return x


def _fixed_point_vjp(
    ans: Any, f: Any, a: Any, x0: Any, distance: Any, tol: float
) -> Callable[[Any], Any]:
    def adjoint(parameters: Any) -> Callable[[Any], Any]:
        a, x, g = parameters
        vjp, _ = make_vjp(f(a), x)
        return lambda w: vspace(x).add(vjp(w), g)

    def vjp(g: Any) -> Any:
        w = fixed_point(adjoint, (a, ans, g), vspace(x0).zeros(), distance, tol)
        return make_vjp(lambda a: f(a)(ans), a)[0](w)

    return vjp


defvjp(fixed_point, None, _fixed_point_vjp, None)
