"""Which instructions combine long rows with one number each, or with one row for all.

NumPy copies an operand that repeats to a buffer of 8,192 elements, so that its loops are long. For
rows of ten elements this is ten times as fast as a loop for each row. For rows of a thousand the
copy takes as long as the operation: with the smallest buffers there is none, and the bits are the
same. Rows of which no two fit into the buffer are not copied anyway.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

from autograd.program.instructions import Constant, Guard, Variable
from autograd.program.passes.buffers import is_c_contiguous
from autograd.program.passes.effects import operands
from autograd.program.program import Program
from autograd.program.ufuncs import UFUNCS

#: The size of the shortest rows in bytes, and the most elements of a row.
SHORTEST, LONGEST = 2048, 4096

#: For results of fewer bytes, changing the buffers takes as long as copying.
LEAST = 1 << 18

#: The smallest buffer that NumPy allows, in elements.
SMALLEST = 16


def by_rows(program: Program) -> set[int]:
    """Return the positions of the instructions that are faster with the smallest buffers."""
    found: set[int] = set()
    sizes = [_size_by_rows(item) for item in program.items]
    for is_found, group in itertools.groupby(enumerate(sizes), key=lambda entry: entry[1] > 0):
        entries = list(group)
        if is_found and sum(size for _, size in entries) >= LEAST:
            found.update(position for position, _ in entries)
    return found


def _size_by_rows(item: Any) -> int:
    """Return the size of the result if an instruction meets such rows; otherwise 0."""
    if isinstance(item, Guard) or not item.keywords.keys() <= {"out"}:
        return 0
    ufunc = UFUNCS.get(item.function, item.function)
    result = item.result if item.writes is None else item.writes
    if type(ufunc) is not np.ufunc or ufunc.signature is not None or not _is_plain(result, result):
        return 0
    values = [x.value if isinstance(x, Constant) else x for x in operands(item.arguments)]
    arrays = [x for x in values if x.shape]
    if not all(_is_plain(x, result) for x in arrays):
        return 0
    length = _row_length(result.shape, [x.shape for x in arrays])
    if length > LONGEST or length * result.dtype.itemsize < SHORTEST:
        return 0
    return int(math.prod(result.shape) * result.dtype.itemsize)


def _is_plain(x: Any, result: Any) -> bool:
    """Return whether an array has the type of a result, and its elements lie in order."""
    is_array = isinstance(x, (Variable, np.ndarray)) and x.shape
    return bool(is_array and x.dtype == result.dtype and x.dtype.kind in "fc") and (
        is_c_contiguous(x)
    )


def _row_length(shape: Any, others: Any) -> int:
    """Return for how many elements of a result no operand begins to repeat, or stops it.

    Examples
    --------
    >>> _row_length((128, 1000), [(128, 1000), (128, 1)])
    1000
    >>> _row_length((8, 20, 30), [(8, 20, 30), (20, 30)])
    600
    """
    length, before = 1, None
    for axis in range(1, len(shape) + 1):
        if shape[-axis] == 1:
            continue
        now = [len(other) >= axis and other[-axis] != 1 for other in others]
        if before is not None and now != before:
            return length
        length, before = length * shape[-axis], now
    return 0  # nothing repeats, or everything
