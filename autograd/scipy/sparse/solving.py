"""Solutions of sparse systems, by factorisation or by iteration, and their derivatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.sparse
import scipy.sparse.linalg as _original

from autograd.engine import Node, Primitive
from autograd.engine.dispatch import plain
from autograd.errors import NoDerivativeError, NoRuleError, ShapeError, SolutionError
from autograd.rules.table import define
from autograd.scipy.fallback import has_node, opaque
from autograd.scipy.sparse import matrix_free
from autograd.scipy.sparse.arrays import SparseArray, as_sparse, is_sparse
from autograd.scipy.sparse.banded import Banded, is_narrow
from autograd.scipy.sparse.patterns import Pattern, at_entries, times, times_transposed
from autograd.scipy.stats.families import number


class Direct:
    """Solves by a factorisation, which it keeps for the next right side.

    Parameters
    ----------
    by_band : bool
        Whether LAPACK factorises narrow bands, in a tenth of the time.
    **options
        Those of `scipy.sparse.linalg.splu`.
    """

    def __init__(self, by_band: bool = False, **options: Any) -> None:
        self._by_band, self._options = by_band, options
        self._last: tuple[Any, Any, Any] | None = None
        #: By whether the matrix is transposed: the last right side, factors, and solution.
        self._solved: dict[bool, tuple[Any, Any, Any]] = {}

    def __eq__(self, other: object) -> bool:
        same = isinstance(other, Direct) and self._by_band == other._by_band
        return same and self._options == other._options  # type: ignore[attr-defined]

    def __hash__(self) -> int:
        return hash(Direct)

    def factors(self, data: Any, pattern: Pattern) -> Any:
        """Return SciPy's factors of a matrix."""
        last = self._last
        if last is None or last[1] != pattern or not np.array_equal(last[0], data):
            try:
                if self._by_band and is_narrow(pattern):
                    found: Any = Banded(np.asarray(data), pattern)
                else:
                    found = _original.splu(pattern.matrix(data).tocsc(), **self._options)
            except RuntimeError as error:
                raise NoDerivativeError(
                    f"The sparse matrix is singular ({error}), so the system has no unique solution."
                ) from error
            assert_regular(data, pattern, found)
            self._last = last = np.array(data), pattern, found
        return last[2]

    def __call__(self, data: Any, b: Any, pattern: Pattern, transposed: bool) -> Any:
        """Return the solution for a right side; the rules of matrix and right side ask for one."""
        b = np.asarray(b, np.result_type(data, b))
        factors = self.factors(data, pattern)
        right, last, found = self._solved.get(transposed, (None, None, None))
        if last is factors and right.dtype == b.dtype and np.array_equal(right, b):
            return found.copy()
        x = factors.solve(b, "T" if transposed else "N")
        if b.ndim == 1:  # many right sides would need much memory
            self._solved[transposed] = b.copy(), factors, x.copy()
        if not np.all(np.isfinite(x)) and np.all(np.isfinite(b)):
            raise NoDerivativeError(
                "The sparse matrix is singular to rounding: the solution overflows."
            )
        return x


def assert_regular(data: Any, pattern: Pattern, factors: Any) -> None:
    """Raise `NoDerivativeError` if a factorised matrix is singular to rounding, whatever its units.

    The condition number is only estimated if some pivot is small beside others.
    """
    eps = np.finfo(data.dtype).eps
    pivots = np.abs(factors.pivots if isinstance(factors, Banded) else factors.U.diagonal())
    if pivots.size == 0 or np.min(pivots) > np.sqrt(eps) * np.max(pivots):
        return
    matrix = pattern.matrix(data)
    sizes = abs(matrix)
    columns = sizes.max(axis=0).toarray().ravel()
    scaled = sizes @ scipy.sparse.diags_array(1 / columns)
    rows = scaled.max(axis=1).toarray().ravel()
    norm = (scipy.sparse.diags_array(1 / rows) @ scaled).sum(axis=0).max()

    def inverse(b: Any) -> Any:
        return columns * factors.solve(rows * np.ravel(b))

    def transposed(b: Any) -> Any:
        return rows * factors.solve(columns * np.ravel(b), "H")

    operator = _original.LinearOperator(
        matrix.shape, matvec=inverse, rmatvec=transposed, dtype=matrix.dtype
    )
    with np.errstate(all="ignore"):
        condition = norm * _original.onenormest(operator)
    if not condition < 0.1 / eps:
        raise NoDerivativeError(
            f"The sparse matrix is singular to rounding: its condition number is about "
            f"{condition:.0e}, so the system has no solution to differentiate."
        )


class Iterative:
    """Solves by one of SciPy's iterations.

    Parameters
    ----------
    solver : callable
        ``solver(A, b, x0, **options)`` returns the solution, and 0 if it has converged.
    start : pair
        A right side and the point from which to begin for it, or None.
    options : dict
        Its options.
    """

    def __init__(self, solver: Callable[..., Any], start: Any, options: dict[str, Any]) -> None:
        self._solver, self._start, self._options = solver, start, options

    def __eq__(self, other: object) -> bool:
        same = isinstance(other, Iterative) and self._solver is other._solver
        return same and self._options == other._options  # type: ignore[attr-defined]

    def __hash__(self) -> int:
        return hash(self._solver)

    def __call__(self, data: Any, b: Any, pattern: Pattern, transposed: bool) -> Any:
        """Return the solution for a right side; raise if there is none."""
        matrix = pattern.matrix(data)
        right, start = self._start
        first = start if not transposed and np.array_equal(right, b) else None
        x, info = self._solver(
            matrix.T.tocsr() if transposed else matrix, b, first, **self._options
        )
        if info != 0:
            raise SolutionError(
                f"{self._solver.__name__} did not converge (info={info}), so there is nothing to differentiate. "
                "Allow more iterations (maxiter=), precondition (M=), or use spsolve."
            )
        return x


@opaque
def _solution(data: Any, b: Any, pattern: Pattern, method: Any, transposed: bool = False) -> Any:
    """Return the solution of a x = b, or of aᵀ x = b."""
    return method(data, b, pattern, transposed)


def _vjp_data(
    g: Any, x: Any, data: Any, b: Any, pattern: Pattern, method: Any, transposed: bool = False
) -> Any:
    adjoint = solution(data, g, pattern, method, not transposed)
    return -(at_entries(x, adjoint, pattern) if transposed else at_entries(adjoint, x, pattern))


def _vjp_right(
    g: Any, x: Any, data: Any, b: Any, pattern: Pattern, method: Any, transposed: bool = False
) -> Any:
    return solution(data, g, pattern, method, not transposed)


def _jvp(argnum: int, tangent: Any, x: Any, arguments: Any, keywords: dict[str, Any]) -> Any:
    data, _, pattern, method, *more = arguments
    if argnum == 1:
        return solution(data, tangent, pattern, method, *more)
    product = times_transposed if more and more[0] else times
    return -solution(data, product(tangent, x, pattern), pattern, method, *more)


solution: Primitive = define(_solution, _vjp_data, _vjp_right, name="sparse_solution")
solution.jvp = _jvp


def _square(a: Any) -> SparseArray:
    matrix = as_sparse(a)
    if matrix.shape[0] != matrix.shape[1]:
        raise ShapeError(f"The matrix of a system must be square; its shape is {matrix.shape}.")
    return matrix


def _solved(matrix: SparseArray, b: Any, method: Any, transposed: bool = False) -> Any:
    if is_sparse(b):
        raise NoRuleError("A sparse right side of nodes has no rule. Write b.toarray().")
    b = number(b)
    if np.shape(b)[0] != matrix.shape[0] or np.ndim(b) > 2:
        raise ShapeError(
            f"The right side has shape {np.shape(b)}; a matrix of shape {matrix.shape} needs "
            f"{matrix.shape[0]} rows."
        )
    return solution(matrix.data, b, matrix.pattern, method, transposed)


def has_nodes(*arguments: Any) -> bool:
    """Return whether there is a node among the arguments, or in a sparse matrix."""
    return any(
        (isinstance(x, SparseArray) and isinstance(x.data, Node)) or has_node(x) for x in arguments
    )


def spsolve(A: Any, b: Any, permc_spec: Any = None, use_umfpack: bool = True) -> Any:  # noqa: N803
    """Solve a sparse system; see `scipy.sparse.linalg.spsolve`.

    Parameters
    ----------
    A : sparse matrix
        A square matrix, of numbers or of nodes.
    b : array_like
        The right side, a vector or a matrix, also a node.
    permc_spec : str, optional
        As for SciPy.
    use_umfpack : bool
        As for SciPy; not used for nodes.

    Raises
    ------
    NoDerivativeError
        If something is a node and the matrix is singular.

    Examples
    --------
    >>> import numpy as np
    >>> import scipy.sparse
    >>> from autograd import grad
    >>> from autograd.scipy.sparse.linalg import spsolve
    >>> A = scipy.sparse.csr_array([[2.0, 0.0], [1.0, 4.0]])
    >>> grad(lambda b: np.sum(spsolve(A, b)))(np.ones(2))
    array([0.375, 0.25 ])
    """
    if not has_nodes(A, b):
        return _original.spsolve(A, b, permc_spec, use_umfpack)
    x = _solved(_square(A), b, Direct(permc_spec is None, permc_spec=permc_spec))
    return np.reshape(x, (-1,)) if np.shape(x)[1:] == (1,) else x


class SuperLU:
    """The factors of a matrix, what `splu` returns: they solve for nodes too.

    Parameters
    ----------
    matrix : SparseArray
        The matrix.
    options : dict
        Those of `scipy.sparse.linalg.splu`.
    """

    def __init__(self, matrix: SparseArray, options: dict[str, Any]) -> None:
        self._matrix, self._method = _square(matrix), Direct(**options)
        self._method.factors(plain(matrix.data), matrix.pattern)

    def solve(self, rhs: Any, trans: str = "N") -> Any:
        """Solve for a right side, with the matrix ("N") or its transpose ("T")."""
        if trans == "H" and np.iscomplexobj(self._matrix.data):
            return np.conjugate(self.solve(np.conjugate(rhs), "T"))
        return _solved(self._matrix, rhs, self._method, trans != "N")

    def __getattr__(self, name: str) -> Any:
        """Return an attribute of SciPy's factors, of the matrix as numbers."""
        if name.startswith("_"):
            raise AttributeError(name)
        if has_nodes(self._matrix):
            raise NoRuleError(f"splu(A).{name} of nodes has no derivative rule.")
        return getattr(self._method.factors(self._matrix.data, self._matrix.pattern), name)


def splu(A: Any, **options: Any) -> SuperLU:  # noqa: N803
    """Factorise a sparse matrix; see `scipy.sparse.linalg.splu`."""
    return SuperLU(as_sparse(A), options)


def factorized(A: Any) -> Callable[[Any], Any]:  # noqa: N803
    """Return a function that solves a sparse system for right sides, which may be nodes."""
    return SuperLU(as_sparse(A), {}).solve


def _iterative(name: str) -> Callable[..., Any]:
    """Return the counterpart of one of SciPy's iterations."""
    original = getattr(_original, name)

    def solve(A: Any, b: Any, x0: Any = None, **options: Any) -> Any:  # noqa: N803
        if not (has_nodes(A, b) or matrix_free.returns_node(A)):
            return original(A, b, x0, **options)
        if isinstance(A, _original.LinearOperator):
            matrix = getattr(A, "A", None)  # that of aslinearoperator
            if not (is_sparse(matrix) or isinstance(matrix, np.ndarray)):
                return matrix_free.solution(original, A, b, x0, options), 0
            A = matrix  # noqa: N806
        method = Iterative(original, (plain(number(b)), plain(x0)), options)
        return _solved(_square(dense_or_sparse(A)), b, method), 0

    solve.__name__ = name
    solve.__doc__ = (
        f"Solve a system by iteration; see `scipy.sparse.linalg.{name}`.\n\n"
        "The derivative is that of the solution, found by the same iteration with the same options.\n"
        "A `LinearOperator` may close over nodes: its function is called with nodes too.\n"
    )
    return solve


def dense_or_sparse(a: Any) -> SparseArray:
    """Return a matrix of any kind as a sparse one."""
    if is_sparse(a):
        return as_sparse(a)
    a = np.atleast_2d(number(a))
    ones = as_sparse(np.ones(np.shape(a)))
    return SparseArray(np.reshape(a, (-1,)), ones.pattern)


cg, minres, gmres, bicg, bicgstab, cgs, lgmres, qmr, tfqmr, gcrotmk = (
    _iterative(name)
    for name in (
        *("cg", "minres", "gmres", "bicg", "bicgstab", "cgs", "lgmres", "qmr", "tfqmr", "gcrotmk"),
    )
)
