"""Linear programs and assignments of `scipy.optimize`."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.optimize as _original

from autograd import implicit
from autograd.engine.dispatch import plain
from autograd.rules.entries import in_turn
from autograd.rules.node_lists import as_array
from autograd.scipy.fallback import has_node, joined
from autograd.scipy.optimize.called import assert_converged
from autograd.scipy.optimize.constraints import limits
from autograd.scipy.optimize.results import Solution


@in_turn
def linprog(
    c: Any,
    A_ub: Any = None,
    b_ub: Any = None,
    A_eq: Any = None,
    b_eq: Any = None,
    bounds: Any = (0, None),
    **keywords: Any,
) -> Any:
    """Minimize a linear function under linear constraints; see `scipy.optimize.linprog`.

    The solution is a corner, where the constraints that hold with equality decide; it does not
    change with `c` as long as it stays there.

    Parameters
    ----------
    c, A_ub, b_ub, A_eq, b_eq : array_like
        Minimize ``c @ x`` where ``A_ub @ x <= b_ub`` and ``A_eq @ x == b_eq``; also nodes.
    bounds : pair or sequence of pairs
        The lowest and the highest value of each number, or None; also nodes.
    **keywords
        As for SciPy.

    Returns
    -------
    OptimizeResult
        Its ``x`` and ``fun`` are nodes if there are nodes among the arguments.

    Raises
    ------
    SolutionError
        If there are nodes, and no solution was found.
    NoDerivativeError
        If there are nodes, and the solution is not one corner alone, or more constraints than needed
        meet there.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import jacobian
    >>> from autograd.scipy import optimize
    >>> c, A = np.array([-3.0, -2.0]), np.array([[1.0, 1.0], [2.0, 1.0]])
    >>> jacobian(lambda b: optimize.linprog(c, A, b).x)(np.array([4.0, 6.0])).round(6) + 0.0
    array([[-1.,  1.],
           [ 2., -1.]])
    """
    arrays, bounds = joined([c, A_ub, b_ub, A_eq, b_eq]), joined(bounds)
    found = _original.linprog(*plain(arrays), plain(bounds), **keywords)
    if not has_node(arrays, bounds):
        return found
    assert_converged(found.success, "linprog", found.message)
    bounds = (0, None) if bounds is None else bounds
    pairs = bounds if np.ndim(plain(bounds[0])) else [bounds] * len(found.x)
    c, A_ub, b_ub, A_eq, b_eq = (None if a is None else as_array(a) for a in arrays)
    x = implicit.optimum(
        lambda x: c @ x,
        found.x,
        bounds=limits(pairs, len(found.x)),
        inequalities=None if A_ub is None else lambda x: b_ub - A_ub @ x,
        equalities=None if A_eq is None else lambda x: A_eq @ x - b_eq,
    )
    return Solution(found, x=x, fun=c @ x)


@in_turn
def linear_sum_assignment(cost_matrix: Any, maximize: bool = False) -> Any:
    """Assign rows to columns; see `scipy.optimize.linear_sum_assignment`.

    Parameters
    ----------
    cost_matrix : array_like
        The cost of each pair; also a node.
    maximize : bool
        Whether to look for the highest cost.

    Returns
    -------
    rows, columns : array of int
        Indices, which have no derivative: the cost ``cost_matrix[rows, columns].sum()`` has one.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import grad
    >>> from autograd.scipy import optimize
    >>> def cheapest(cost):
    ...     return np.sum(cost[optimize.linear_sum_assignment(cost)])
    >>> grad(cheapest)(np.array([[4.0, 1.0], [2.0, 3.0]]))
    array([[0., 1.],
           [1., 0.]])
    """
    return _original.linear_sum_assignment(plain(joined(cost_matrix)), maximize)
