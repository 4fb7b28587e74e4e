"""Eigenvalues of symmetric sparse matrices, and the exponential of a matrix times vectors."""

from __future__ import annotations

import inspect
import math
from typing import Any

import numpy as np
import scipy.sparse
import scipy.sparse.linalg as _original

from autograd.engine import Primitive
from autograd.engine.dispatch import plain
from autograd.errors import NoDerivativeError, NoRuleError
from autograd.rules.table import define
from autograd.scipy.fallback import opaque
from autograd.scipy.sparse.arrays import SparseArray, from_entries
from autograd.scipy.sparse.patterns import Pattern, at_entries, times
from autograd.scipy.sparse.solving import Direct, dense_or_sparse, has_nodes, solution
from autograd.scipy.stats.families import number

SIGNATURE = inspect.signature(_original.eigsh)


@opaque
def _pair(data: Any, weights: Any, known: Any, pattern: Pattern, other: Pattern) -> Any:
    """Return an eigenvector and its eigenvalue, as one vector: SciPy has found them."""
    return np.array(known, copy=True)


def _adjoint(g: Any, pair: Any, data: Any, weights: Any, pattern: Pattern, other: Pattern) -> Any:
    """Solve the adjoint of A v - w M v = 0 and vᵀ M v = 1.

    Its matrix is [[A - w M, -M v], [-(M v)ᵀ, 0]], up to the scale of the last row, and symmetric.
    """
    n = pattern.shape[0]
    v, w = pair[:n], pair[n]
    every, last = np.arange(n), np.full(n, n)
    weighted = times(weights, v, other)
    entries = np.concatenate([data, -w * weights, -weighted, -weighted])
    places = (
        np.concatenate([pattern.rows, other.rows, every, last]),
        np.concatenate([pattern.indices, other.indices, last, every]),
    )
    bordered = from_entries(entries, *places, (n + 1, n + 1))
    try:
        return solution(bordered.data, g, bordered.pattern, Direct())
    except NoDerivativeError as error:
        raise NoDerivativeError(
            f"The eigenvalue {plain(w):.6g} is not simple, so its eigenvector has no derivative."
        ) from error


def _vjp_pair(g: Any, pair: Any, data: Any, weights: Any, known: Any, *patterns: Any) -> Any:
    n = patterns[0].shape[0]
    found = _adjoint(g, pair, data, weights, *patterns)
    return -at_entries(found[:n], pair[:n], patterns[0])


def _vjp_weights(g: Any, pair: Any, data: Any, weights: Any, known: Any, *patterns: Any) -> Any:
    n = patterns[0].shape[0]
    found, v = _adjoint(g, pair, data, weights, *patterns), pair[:n]
    return at_entries(pair[n] * found[:n] + found[n] / 2 * v, v, patterns[1])


pair_of: Primitive = define(_pair, _vjp_pair, _vjp_weights, name="eigenpair")


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
    M : sparse matrix, optional
        A symmetric positive definite matrix, of numbers or of nodes, for A v = w M v; then
        vᵀ M v = 1.
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
        options["return_eigenvectors"] = return_eigenvectors
        return _found(A, k, M, arguments, options)
    matrix = _symmetric(A)
    size = matrix.shape[0]
    weights = _symmetric(scipy.sparse.eye_array(size, format="csr") if M is None else M)
    w, v = _found(matrix.plain(), k, None if M is None else weights.plain(), arguments, options)
    given = matrix.data, weights.data
    patterns = matrix.pattern, weights.pattern
    known = [np.append(v[:, i], w[i]) for i in range(k)]
    # An eigenvalue alone needs no system unless it is differentiated twice.
    values = np.stack([value_of(*given, pair, *patterns) for pair in known])
    if not return_eigenvectors:
        return values
    return values, np.stack([pair_of(*given, pair, *patterns)[:-1] for pair in known], axis=1)


def _found(matrix: Any, k: int, weights: Any, arguments: Any, options: Any) -> Any:
    """Return what SciPy finds; from the same vector each time, as a program must, not a random one."""
    given = SIGNATURE.bind(matrix, k, weights, *arguments, **options)
    if given.arguments.get("v0") is None and given.arguments.get("rng") is None:
        given.arguments["v0"] = np.random.default_rng(0).uniform(-1.0, 1.0, matrix.shape[0])
    return _original.eigsh(*given.args, **given.kwargs)


def _symmetric(a: Any) -> SparseArray:
    """Return a matrix with derivatives; raise if it is not real and symmetric."""
    matrix = dense_or_sparse(a)
    numbers = matrix.plain()
    if np.iscomplexobj(numbers.data) or abs(numbers - numbers.T).max() > 1e-12 * abs(numbers).max():
        raise NoRuleError("eigsh of nodes needs real symmetric matrices.")
    return matrix


@opaque
def _value(data: Any, weights: Any, known: Any, pattern: Pattern, other: Pattern) -> Any:
    return np.asarray(known[-1])


def _vjp_value(g: Any, w: Any, data: Any, weights: Any, known: Any, *patterns: Any) -> Any:
    v = pair_of(data, weights, known, *patterns)[:-1]
    return g * at_entries(v, v, patterns[0])


def _vjp_value_weights(g: Any, w: Any, data: Any, weights: Any, known: Any, *patterns: Any) -> Any:
    pair = pair_of(data, weights, known, *patterns)
    return -g * pair[-1] * at_entries(pair[:-1], pair[:-1], patterns[1])


value_of: Primitive = define(_value, _vjp_value, _vjp_value_weights, name="eigenvalue")


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
    matrix, y = dense_or_sparse(A), number(B)
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
