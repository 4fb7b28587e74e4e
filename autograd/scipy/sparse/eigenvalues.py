"""Eigenvalues of symmetric sparse matrices, and the exponential of a matrix times vectors."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.sparse.linalg as _original

from autograd.engine import Primitive
from autograd.engine.dispatch import plain
from autograd.errors import NoDerivativeError, NoRuleError
from autograd.rules.table import define
from autograd.scipy.fallback import opaque
from autograd.scipy.sparse.arrays import as_sparse, from_entries
from autograd.scipy.sparse.patterns import Pattern, at_entries, times
from autograd.scipy.sparse.solving import Direct, has_nodes, solution
from autograd.scipy.stats.families import number


@opaque
def _pair(data: Any, known: Any, pattern: Pattern) -> Any:
    """Return an eigenvector and its eigenvalue, as one vector: SciPy has found them."""
    return np.array(known, copy=True)


def _vjp_pair(g: Any, pair: Any, data: Any, known: Any, pattern: Pattern) -> Any:
    """Solve the adjoint of A v - w v = 0 and vᵀ v = 1.

    Its matrix is [[A - w, -v], [-vᵀ, 0]], up to the scale of the last row, and symmetric.
    """
    n = pattern.shape[0]
    v, w = pair[:n], pair[n]
    rows, every = pattern.rows, np.arange(n)
    last = np.full(n, n)
    entries = np.concatenate([data, -w + 0.0 * v, -v, -v])
    places = (
        np.concatenate([rows, every, every, last]),
        np.concatenate([pattern.indices, every, last, every]),
    )
    bordered = from_entries(entries, *places, (n + 1, n + 1))
    try:
        found = solution(bordered.data, g, bordered.pattern, Direct())
    except NoDerivativeError as error:
        raise NoDerivativeError(
            f"The eigenvalue {plain(w):.6g} is not simple, so its eigenvector has no derivative."
        ) from error
    return -at_entries(found[:n], v, pattern)


pair_of: Primitive = define(_pair, _vjp_pair, name="eigenpair")


def eigsh(
    A: Any,  # noqa: N803
    k: int = 6,
    M: Any = None,  # noqa: N803
    *arguments: Any,
    return_eigenvectors: bool = True,
    **options: Any,
) -> Any:
    """Return some eigenvalues and eigenvectors; see `scipy.sparse.linalg.eigsh`.

    The derivative takes the matrix to stay symmetric. That of an eigenvector, and the second
    derivative of an eigenvalue, need an eigenvalue that occurs once.

    Parameters
    ----------
    A : sparse matrix
        A real symmetric matrix, of numbers or of nodes.
    k : int
        How many.
    M : optional
        For a generalised problem; it has no derivative.
    *arguments, **options
        As for SciPy: ``sigma``, ``which``, ``v0``, ...
    return_eigenvectors : bool
        Whether to return the vectors too.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import grad
    >>> from autograd.scipy import sparse
    >>> def lowest(diagonal):
    ...     return sparse.linalg.eigsh(sparse.diags_array(diagonal), 1, which="SA", v0=np.ones(4))[0][0]
    >>> grad(lowest)(np.array([3.0, 1.0, 2.0, 4.0])).round(9) + 0.0
    array([0., 1., 0., 0.])
    """
    if not has_nodes(A, M):
        return _original.eigsh(
            A, k, M, *arguments, return_eigenvectors=return_eigenvectors, **options
        )
    if M is not None:
        raise NoRuleError("eigsh of nodes with M= has no rule. Factorise M and transform A.")
    matrix = as_sparse(A)
    numbers = matrix.plain()
    if np.iscomplexobj(numbers.data) or abs(numbers - numbers.T).max() > 1e-12 * abs(numbers).max():
        raise NoRuleError("eigsh of nodes needs a real symmetric matrix.")
    w, v = _original.eigsh(numbers, k, None, *arguments, **options)
    if not return_eigenvectors:
        return np.stack([_eigenvalue(matrix, v[:, i], w[i]) for i in range(k)])
    pairs = [pair_of(matrix.data, np.append(v[:, i], w[i]), matrix.pattern) for i in range(k)]
    vectors = np.stack([pair[:-1] for pair in pairs], axis=1)
    return np.stack([_eigenvalue(matrix, v[:, i], w[i]) for i in range(k)]), vectors


def _eigenvalue(matrix: Any, v: Any, w: Any) -> Any:
    """Return an eigenvalue with its derivative v vᵀ, which needs no system unless differentiated."""
    return value_of(matrix.data, np.append(v, w), matrix.pattern)


@opaque
def _value(data: Any, known: Any, pattern: Pattern) -> Any:
    return np.asarray(known[-1])


def _vjp_value(g: Any, w: Any, data: Any, known: Any, pattern: Pattern) -> Any:
    v = pair_of(data, known, pattern)[:-1]
    return g * at_entries(v, v, pattern)


value_of: Primitive = define(_value, _vjp_value, name="eigenvalue")


def expm_multiply(
    A: Any,  # noqa: N803
    B: Any,  # noqa: N803
    start: Any = None,
    stop: Any = None,
    num: Any = None,
    endpoint: Any = None,
    traceA: Any = None,  # noqa: N803
) -> Any:
    """Return exp(A) B; see `scipy.sparse.linalg.expm_multiply`.

    Parameters
    ----------
    A : sparse matrix
        A square matrix, of numbers or of nodes.
    B : array_like
        A vector or a matrix, also a node.
    start, stop, num, endpoint : optional
        With these, exp(t A) B for times t, along a new first axis.
    traceA : optional
        As for SciPy; not used for nodes.
    """
    if not has_nodes(A, B):
        return _original.expm_multiply(A, B, start, stop, num, endpoint, traceA)
    matrix, y = as_sparse(A), number(B)
    if start is None and stop is None and num is None:
        return _exponential(matrix, y, 1.0)
    times_ = np.linspace(start, stop, 50 if num is None else num, endpoint=endpoint is not False)
    found = [_exponential(matrix, y, float(times_[0]))]
    for step in np.diff(times_):
        found.append(_exponential(matrix, found[-1], float(step)))
    return np.stack(found)


def _exponential(matrix: Any, y: Any, t: float) -> Any:
    """Sum the series of exp(t A / n) n times; each norm is below 1, so terms fall fast."""
    norm = abs(t) * _original.norm(matrix.plain(), 1)
    steps = max(1, math.ceil(norm))
    eps = np.finfo(np.result_type(plain(y), plain(matrix.data))).eps
    scaled = matrix.data * (t / steps)
    for _ in range(steps):
        term, k = y, 0
        while True:
            k += 1
            term = times(scaled, term, matrix.pattern) / k
            y = y + term
            # A derivative of the series loses one more factor for each order.
            if (
                math.exp(k * math.log(norm / steps or 1e-300) - math.lgamma(k - 1 if k > 2 else 1))
                < eps / 4
                and k > 3
            ):
                break
    return y
