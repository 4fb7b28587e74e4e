"""NumPy, for programs that import it from here: ``import autograd.numpy as np``.

NumPy's own functions work on nodes, so all names are NumPy's. Only those that make an array of
what they are given differ: of nodes, and of lists of nodes, they make a node.
"""

from __future__ import annotations

from typing import Any

import numpy as _numpy

from autograd.numpy import arrays, fft, linalg, lists, random
from autograd.numpy.arrays import array, asarray, full, make_diagonal, where

__all__ = [*_numpy.__all__, "array", "asarray", "c_", "fft", "full", "linalg", "make_diagonal",
           "r_", "random", "where"]  # fmt: skip

r_ = lists.Rows()
c_ = lists.Columns()


# Only what NumPy has no name for may be called in this module: names of NumPy's are put into it,
# and would stand before the built-in `any`, `sum` or `max`.


def __getattr__(name: str) -> Any:
    found = getattr(_numpy, "vstack" if name == "row_stack" else name)
    if name in lists.FUNCTIONS:
        found = lists.taking_lists(found)
    elif name in lists.JOINING:
        found = lists.taking_iterables(found)
    elif isinstance(found, type) and issubclass(found, _numpy.integer):
        found = arrays.converting_nodes(found)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*dir(_numpy), *globals()})
