"""Operators between SciPy's sparse matrices and nodes: registered when SciPy has sparse matrices."""

from __future__ import annotations

import types
from typing import Any

import scipy.sparse

from autograd.engine import Primitive
from autograd.engine.registry import INSTEAD, OPERANDS, YIELDING
from autograd.rules.elementwise import add, divide, multiply, subtract
from autograd.rules.products import matmul
from autograd.scipy.sparse.arrays import SparseArray, as_sparse


def _with_matrix(primitive: Primitive, a: Any, b: Any) -> Any:
    """Carry out an operator with a sparse matrix on one side, or return NotImplemented."""
    left = isinstance(a, SparseArray) or scipy.sparse.issparse(a)
    matrix, other = (a, b) if left else (b, a)
    is_product = primitive is matmul
    if primitive is multiply and not isinstance(matrix, SparseArray | scipy.sparse.sparray):
        is_product = getattr(other, "ndim", 0) > 0  # of matrices, * is the product
    if is_product:
        return as_sparse(a) @ b if left else as_sparse(b).__rmatmul__(a)
    if primitive is multiply:
        return as_sparse(matrix).multiply(other)
    if primitive is divide and left:
        return as_sparse(a) / b
    if primitive in (add, subtract) and getattr(other, "ndim", 0) > 0:
        return primitive(*(as_sparse(x).toarray() if x is matrix else x for x in (a, b)))
    return NotImplemented


for kind in (scipy.sparse.sparray, scipy.sparse.spmatrix, SparseArray):
    OPERANDS[kind] = _with_matrix

# SciPy's operators ask for an array of the other side, and give way if there is none.
for kind in vars(scipy.sparse).values():
    for name in ("_matmul_dispatch", "_divide", "__mul__", "__rmul__"):
        asking = getattr(kind, name, None)
        if isinstance(asking, types.FunctionType):
            YIELDING.add(asking.__code__)
    for name, text in (
        (
            "multiply",
            "A.multiply(node) of SciPy's matrix returns no node: write node * "
            "scipy.sparse.csr_array(A), which multiplies element by element.",
        ),
        ("dot", "A.dot(node) of SciPy's matrix returns no node: write A @ node."),
    ):
        method = getattr(kind, name, None)
        if isinstance(method, types.FunctionType):
            INSTEAD[method.__code__] = text
