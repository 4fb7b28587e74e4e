"""Patterns of functions for which the user has written them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.errors import SparsityError
from autograd.program.instructions import substituted
from autograd.rules.own_sparsity import DENSE, ELEMENTWISE
from autograd.sparse.elements import spread
from autograd.sparse.operands import Operand, Step, Unknown, shape_of
from autograd.sparse.sets import Sets, scipy_sparse


def claimed(step: Step) -> list[Sets]:
    """Return the sets of a product of the Jacobian of such a function with a tangent."""
    claim: Any = step.function
    tangent, *arguments = step.arguments
    if not isinstance(tangent, Operand) or tangent.sets is None:
        return [Sets.empty(math.prod(step.shape), step.width)]
    pattern = _pattern_of(claim, arguments, step.keywords)
    if pattern is None or (isinstance(pattern, str) and pattern == DENSE):
        raise Unknown
    if isinstance(pattern, str) and pattern == ELEMENTWISE:
        return [spread(tangent, step.shape, step.width)]
    given = shape_of(arguments[claim.argnum])
    wanted = (math.prod(step.shape), math.prod(given))
    matrix = _matrix(pattern, claim, wanted)
    return [tangent.sets.combined(matrix.row, matrix.col, wanted[0])]


def _pattern_of(claim: Any, arguments: Any, keywords: Any) -> Any:
    """Return what the user says of one argument."""
    primitive = claim.primitive
    if isinstance(primitive.sparsity, str):
        return primitive.sparsity
    kinds = frozenset((Operand,))
    given = substituted(tuple(arguments), _numbers, kinds)
    pattern = primitive.sparsity(*given, **substituted(keywords, _numbers, kinds))
    count = primitive.arity if primitive.arity >= 0 else len(given)
    if count == 1 and not isinstance(pattern, (tuple, list)):
        pattern = (pattern,)
    if not isinstance(pattern, (tuple, list)) or len(pattern) != count:
        found = (
            f"{len(pattern)} things"
            if isinstance(pattern, (tuple, list))
            else type(pattern).__name__
        )
        raise SparsityError(
            f"sparsity= of {primitive.name} returned {found}; it must return a tuple of {count}, "
            "one for each argument that has a derivative."
        )
    return pattern[claim.argnum]


def _numbers(operand: Operand) -> Any:
    """Return an argument, with NaN for numbers that may differ between calls."""
    if operand.known:
        return operand.value
    dtype = getattr(operand.variable, "dtype", None) or np.dtype(float)
    if dtype.kind not in "fc":
        raise Unknown
    return np.full(operand.shape, np.nan, dtype)[()]


def _matrix(pattern: Any, claim: Any, wanted: tuple[int, int]) -> Any:
    """Return the places of the entries that the user names."""
    sparse = scipy_sparse()
    try:
        matrix = sparse.coo_array(pattern if sparse.issparse(pattern) else np.asarray(pattern) != 0)
    except (TypeError, ValueError):
        matrix = None
    if matrix is None or matrix.shape != wanted:
        found = f"shape {matrix.shape}" if matrix is not None else type(pattern).__name__
        raise SparsityError(
            f"sparsity= of {claim.primitive.name} returned {found} for argument {claim.argnum}; "
            f"it must return a matrix of shape {wanted}: a row for each element of the result, a "
            "column for each of the argument."
        )
    matrix = sparse.coo_array(matrix.tocsr() != 0)
    return matrix
