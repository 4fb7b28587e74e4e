"""What a recorder has to know about single functions of NumPy and SciPy."""

from __future__ import annotations

import functools
import operator
import types
from typing import Any

import numpy as np

from autograd.program.instructions import Method
from autograd.program.traced import traced_in

#: Types of results that become variables.
NUMBERS = (bool, int, float, complex, np.generic)
_RESULTS = (type(None), np.ndarray, tuple, list, *NUMBERS)

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
        np.common_type, np.einsum_path, np.tril_indices_from, np.triu_indices_from,
        np.diag_indices_from,
        np.broadcast_shapes,
    )
)  # fmt: skip

#: How many of their first arguments are numbers to compute with, where it is not one. Other
#: integers say what to compute: axes, sizes, numbers of times.
OPERANDS: dict[Any, int] = {
    np.where: 3, np.take: 2, np.clip: 3, np.full_like: 2, np.dot: 2, np.inner: 2, np.outer: 2,
    np.vdot: 2, np.kron: 2, np.cross: 2, np.tensordot: 2, np.roll: 2, np.isclose: 4,
    np.allclose: 4, np.array_equal: 2, np.array_equiv: 2, np.searchsorted: 2, np.digitize: 2,
    np.interp: 3, np.select: 3, np.choose: 2, np.take_along_axis: 2, np.isin: 2, np.append: 2,
    np.linspace: 2, np.logspace: 2, np.geomspace: 2, np.polyval: 2, np.nan_to_num: 1, np.einsum: 99,
    "take": 2, "clip": 3, "dot": 2, "searchsorted": 2, "choose": 2, "item": 99,
}  # fmt: skip
#: Keyword arguments that are numbers to compute with.
OPERANDS_BY_NAME = frozenset(
    ("out", "where", "initial", "min", "max", "a_min", "a_max", "fill_value", "default", "b", "v",
     "indices", "left", "right", "weights", "prepend", "append", "mean", "nan", "posinf", "neginf")
)  # fmt: skip


def integers_that_shape(function: Any, arguments: Any, keywords: Any) -> list[Any]:
    """Return the traced integers on which shape, memory or derivative of a result may depend."""
    if function is operator.getitem:
        index = arguments[1] if isinstance(arguments[1], tuple) else (arguments[1],)
        slices = [part for part in index if isinstance(part, slice)]
        return _integers([(part.start, part.stop, part.step) for part in slices])
    of_ufunc = isinstance(getattr(function, "__self__", None), np.ufunc)
    if not (
        of_ufunc
        or isinstance(function, Method)
        or hasattr(function, "_implementation")
        or str(getattr(function, "__module__", "")).startswith("scipy.")
    ) or isinstance(function, np.ufunc):
        return []
    known = function.name if isinstance(function, Method) else function
    count = 2 if of_ufunc and function.__name__ == "outer" else OPERANDS.get(known, 1)
    named = {name: x for name, x in keywords.items() if name not in OPERANDS_BY_NAME}
    return _integers((arguments[count:], named))


def _integers(items: Any) -> list[Any]:
    return [x for x in traced_in(items) if isinstance(x._value, (int, np.integer, np.bool_))]


def is_followed(function: Any) -> bool:
    """Return whether calls that a function makes are recorded, instead of its own call."""
    while isinstance(function, functools.partial):
        function = function.func
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


def is_of_numbers(value: Any) -> bool:
    """Return whether a result consists of numbers and arrays only, and can be followed."""
    if isinstance(value, np.generic):
        return value.dtype.kind not in "SUV"
    if isinstance(value, (tuple, list)):
        return all(type(x) is np.ndarray or is_of_numbers(x) for x in value)
    return isinstance(value, _RESULTS)
