"""Sparse derivatives: patterns from programs, colourings, and few products.

`pattern` carries sets of inputs through a program, by rules for each kind of function (`elements`,
`axes`, `contractions`, `writing`); `coloring` finds out what can be computed together; `plans` and
`products` fill the entries.
"""

from autograd.sparse.derivative import SparseDerivative, sparse_hessian, sparse_jacobian

__all__ = ["SparseDerivative", "sparse_hessian", "sparse_jacobian"]
