"""Functions without a derivative: they return booleans, indices, counts, text or types."""

from __future__ import annotations

import numpy as np

from autograd.rules.table import without_derivative

# fmt: off
without_derivative(
    # shape and kind
    np.shape, np.ndim, np.size, np.result_type, np.can_cast, np.iscomplexobj, np.isrealobj,
    np.may_share_memory, np.shares_memory, np.min_scalar_type,
    # comparisons and logic
    np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal,
    np.logical_and, np.logical_or, np.logical_xor, np.logical_not,
    np.isnan, np.isinf, np.isfinite, np.signbit, np.isreal, np.iscomplex, np.isposinf, np.isneginf,
    np.isclose, np.allclose, np.array_equal, np.array_equiv, np.any, np.all,
    # positions and counts
    np.argmax, np.argmin, np.argsort, np.argwhere, np.nonzero, np.flatnonzero, np.count_nonzero,
    np.searchsorted, np.digitize, np.argpartition, np.nanargmax, np.nanargmin, np.lexsort,
    np.isin, np.linalg.matrix_rank,
    np.einsum_path, np.ix_, np.tril_indices_from, np.triu_indices_from, np.diag_indices_from,
    np.common_type, np.unravel_index, np.ravel_multi_index,
    # text and files
    np.array_repr, np.array_str, np.array2string,
    np.save, np.savez, np.savez_compressed, np.savetxt,
    # whole numbers, bits and dates: NumPy itself refuses the floating point numbers of a node
    np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.invert, np.left_shift, np.right_shift,
    np.bitwise_count, np.gcd, np.lcm, np.packbits, np.unpackbits,
    np.isnat, np.busday_count, np.busday_offset, np.is_busday, np.datetime_as_string,
)
# fmt: on
