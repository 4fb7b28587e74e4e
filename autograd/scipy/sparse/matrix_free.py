"""Systems whose matrix is a function: a `scipy.sparse.linalg.LinearOperator`, which may use nodes."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.sparse.linalg as _original

from autograd import implicit
from autograd.engine import no_grad
from autograd.engine.dispatch import plain
from autograd.errors import SolutionError
from autograd.scipy.fallback import has_node, joined
from autograd.scipy.stats.families import number

#: How exactly the systems of derivatives are solved.
EXACT = 1e-11

#: Solvers of symmetric systems, whose preconditioner serves the transposed system as well.
SYMMETRIC = ("cg", "minres")


def product(operator: Any, x: Any) -> Any:
    """Return the product with a vector, which may be a node, as the operator defines it."""
    return np.reshape(joined(operator._matvec(x)), (-1,))


def returns_node(operator: Any) -> bool:
    """Return whether an operator closes over nodes."""
    if not isinstance(operator, _original.LinearOperator):
        return False
    try:
        return has_node(product(operator, np.zeros(operator.shape[1])))
    except Exception:  # the solver will raise it
        return False


def solution(
    solver: Callable[..., Any], operator: Any, b: Any, x0: Any, options: dict[str, Any]
) -> Any:
    """Return the solution of a system, by products with its matrix alone.

    Derivatives solve systems of the transposed matrix, whose products come from the recorded
    product with a vector.
    """
    b = number(b)

    def numbers(x: Any) -> Any:
        with no_grad():
            return plain(product(operator, np.ravel(x)))

    def transposed(x: Any) -> Any:
        with no_grad():
            return plain(np.reshape(joined(operator._rmatvec(np.ravel(x))), (-1,)))

    alone = _original.LinearOperator(
        operator.shape, matvec=numbers, rmatvec=transposed, dtype=operator.dtype
    )
    x, info = solver(alone, plain(b), plain(x0), **options)
    if info != 0:
        raise SolutionError(
            f"{solver.__name__} did not converge (info={info}), so there is nothing to differentiate. "
            "Allow more iterations (maxiter=) or precondition (M=)."
        )
    kept = {"maxiter", "restart", *(("M",) if solver.__name__ in SYMMETRIC else ())}
    again = {name: value for name, value in options.items() if name in kept}
    exact = functools.partial(
        solver, rtol=EXACT, **({} if solver.__name__ == "minres" else {"atol": 0.0}), **again
    )
    return implicit.root(lambda x: product(operator, x) - b, x, solve=exact)
