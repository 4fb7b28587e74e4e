"""PyTorch's types of results.

An integer and a float give the type of the float, whatever their sizes, where NumPy gives float64.
Numbers, and tensors of shape (), count only if they are of a higher kind: integers above booleans,
floats above integers, complex numbers above floats.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from autograd.program import concrete
from nn.torch_style.types import DEFAULT

KINDS: Final = {"b": 0, "u": 1, "i": 1, "f": 2, "c": 3}

#: Python's numbers, whose size does not count.
NUMBERS: Final = (bool, int, float, complex)


def promoted(a: Any, b: Any) -> Any:
    """Return the type that holds numbers of two types, as PyTorch chooses it."""
    if a == b:
        return a
    first, second = KINDS[a.kind], KINDS[b.kind]
    if first == second or (first >= 2 and second >= 2):
        return np.promote_types(a, b)
    return a if first > second else b


def is_number(x: Any) -> bool:
    """Return whether this is a number of Python, also in a function that is traced."""
    return isinstance(x, NUMBERS) or isinstance(concrete(x), NUMBERS)


def result_type(*given: Any) -> Any:
    """Return the type of a result computed from arrays, Tensors and Python's numbers."""
    levels: list[Any] = [None, None, None]  # with axes, of shape (), numbers
    for x in given:
        if is_number(x):
            level, own = 2, _type_of_number(concrete(x))
        else:
            level, own = (0 if x.ndim else 1), x.dtype
        before = levels[level]
        levels[level] = own if before is None else promoted(before, own)
    found: Any = None
    for own in levels:
        if own is None:
            continue
        if found is None:
            found = own
        elif KINDS[own.kind] > KINDS[found.kind]:
            found = promoted(found, own)
    return found


def _type_of_number(x: Any) -> Any:
    if isinstance(x, bool):
        return np.dtype(np.bool_)
    if isinstance(x, int):
        return np.dtype(np.int64)
    if isinstance(x, float):
        return DEFAULT.array
    return np.result_type(DEFAULT.array, np.complex64)


def operands(*given: Any, floating: bool = False) -> list[Any]:
    """Return arrays, Tensors and numbers converted to the type of their result.

    With `floating` integers become floats of the default type. Numbers stay numbers, and those of
    NumPy become Python's, whose size does not count.
    """
    given = tuple([x.item() if isinstance(x, np.generic) else x for x in given])
    wanted = result_type(*given)
    if floating and wanted.kind in "iub":
        wanted = DEFAULT.array
    return [x if is_number(x) else converted(x, wanted) for x in given]


def converted(x: Any, wanted: Any) -> Any:
    """Return an array or a Tensor with elements of another type."""
    return x if x.dtype == wanted else x.astype(wanted)
