"""What a recorder has to know about single functions of NumPy and SciPy."""

from __future__ import annotations

import types
from typing import Any

import numpy as np

#: Functions of NumPy whose results have a shape that depends on the numbers.
DATA_DEPENDENT = frozenset(
    (
        np.nonzero, np.flatnonzero, np.argwhere, np.extract, np.compress, np.repeat, np.unique,
        np.unique_all, np.unique_counts, np.unique_inverse, np.unique_values, np.setdiff1d,
        np.setxor1d, np.union1d, np.intersect1d, np.trim_zeros, np.bincount, np.delete, np.insert,
        np.histogram_bin_edges, np.histogram, np.roots, np.polydiv, np.polymul,
    )
)  # fmt: skip

#: Functions whose results are real or complex, depending on the numbers.
REAL_OR_COMPLEX = frozenset(
    (
        np.roots, np.poly, np.linalg.eig, np.linalg.eigvals, np.real_if_close, np.emath.sqrt,
        np.emath.log, np.emath.log2, np.emath.log10, np.emath.logn, np.emath.power,
        np.emath.arccos, np.emath.arcsin, np.emath.arctanh,
    )
)  # fmt: skip
REAL_OR_COMPLEX_IN_SCIPY = frozenset(("sqrtm", "logm", "fractional_matrix_power", "funm", "signm"))

#: Functions of NumPy that change their first argument.
WRITING = frozenset((np.copyto, np.put, np.putmask, np.place, np.fill_diagonal, np.put_along_axis))

#: Functions that only look at shapes and types, which a signature fixes.
STATIC = frozenset(
    (
        np.shape, np.ndim, np.size, np.result_type, np.can_cast, np.iscomplexobj, np.isrealobj,
        np.min_scalar_type, np.common_type, np.may_share_memory, np.shares_memory,
        np.einsum_path, np.tril_indices_from, np.triu_indices_from, np.diag_indices_from,
        np.broadcast_shapes,
    )
)  # fmt: skip


def is_followed(function: Any) -> bool:
    """Return whether calls that a function makes are recorded, instead of its own call."""
    if hasattr(function, "_implementation"):  # NumPy's, which dispatch
        return True
    module = getattr(function, "__module__", None) or ""
    return module.startswith(("autograd.", "nn."))


def is_real_or_complex(function: Any) -> bool:
    """Return whether the type of a function's results depends on the numbers."""
    if isinstance(function, types.FunctionType) and function.__name__ in REAL_OR_COMPLEX_IN_SCIPY:
        return str(function.__module__).startswith("scipy.")
    try:
        return function in REAL_OR_COMPLEX
    except TypeError:  # it cannot be hashed
        return False
