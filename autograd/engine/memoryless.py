"""Whether NumPy's result would share memory, for arrays that have none.

An array of Dask has no memory, so every result is a new array: an assignment to ``x.T`` would not
reach `x`, and the program would compute other numbers than with NumPy. What NumPy would do is seen
by calling the function with small arrays of NumPy of the same number of axes. If it depends on how
the elements lie in memory, as for `numpy.reshape`, there is no answer.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from autograd.engine.fields import ArrayNode
from autograd.engine.foreign import is_foreign
from autograd.engine.memory import owner_of
from autograd.engine.operations import GETITEM
from autograd.engine.primitive import Primitive

_ndarray: Final = np.ndarray

#: What NumPy's result would be: one with memory of its own, a view, a read-only view, or any.
COPY: Final = 0
VIEW: Final = 1
READ_ONLY: Final = 2
UNKNOWN: Final = 3

#: Arrays of more elements are represented by smaller ones.
LARGEST: Final = 10_000

#: The lengths of axes of these: equal ones for equal lengths.
_LENGTHS: Final = (5, 7, 11, 13, 17, 19)


def has_memory(x: Any) -> bool:
    """Return whether an array has its elements in memory; False if they are computed later."""
    return not is_foreign(x) or hasattr(x, "strides")


def in_chunks_of(g: Any, data: Any) -> Any:
    """Return the cotangent of an array in its chunks: a broadcast one would be a single chunk."""
    chunks = getattr(data, "chunks", None)
    if chunks is None:
        return g
    if isinstance(g, ArrayNode):
        g._contents = in_chunks_of(g._contents, data)
        return g
    return g if getattr(g, "chunks", chunks) == chunks else g.rechunk(chunks)


def kind_of_result(primitive: Primitive, arguments: Any, keywords: Any, argnum: int) -> int:
    """Return what the result would be in relation to an argument: `COPY`, `VIEW` and so on."""
    if primitive is GETITEM:
        return _kind_of_elements(arguments[0]._contents, arguments[1])
    kinds: set[int] = set()
    for order in ("C", "F"):
        lengths: dict[int, int] = {}
        given = [_small(x, order, lengths) for x in arguments]
        try:
            found = primitive.function(*given, **keywords)
        except Exception:  # the small arrays do not fit the other arguments
            return UNKNOWN
        shares = isinstance(found, _ndarray) and owner_of(found) is owner_of(given[argnum])
        kinds.add(COPY if not shares else VIEW if found.flags.writeable else READ_ONLY)
    return kinds.pop() if len(kinds) == 1 else UNKNOWN


def _kind_of_elements(x: Any, index: Any) -> int:
    """Return the kind of elements at an index: a view, unless arrays select them, or it is one."""
    parts = index if isinstance(index, tuple) else (index,)
    if not _is_basic(parts):
        return COPY
    if any([part is Ellipsis for part in parts]):  # noqa: C419 - as is compiled
        return VIEW
    integers = [part for part in parts if isinstance(part, (int, np.integer))]
    return VIEW if len(integers) < len(x.shape) else COPY


def _is_basic(parts: Any) -> bool:
    """Return whether NumPy takes an index for a basic one: integers, slices, None and Ellipsis."""
    for part in parts:
        if isinstance(part, bool):
            return False
        named = part is None or part is Ellipsis
        if not named and not isinstance(part, (int, np.integer, slice)):
            return False
    return True


def _small(x: Any, order: Any, lengths: dict[int, int]) -> Any:
    """Return an array of NumPy that stands for a node or an array of another library."""
    if isinstance(x, ArrayNode):
        x = x._contents
    if not is_foreign(x):
        return x
    shape = x.shape
    if x.size > LARGEST:
        for n in shape:
            if n > 4 and n not in lengths:
                lengths[n] = _LENGTHS[len(lengths) % len(_LENGTHS)]
        shape = tuple([lengths.get(n, n) for n in shape])
    return np.zeros(shape, x.dtype, order)
