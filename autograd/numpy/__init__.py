"""NumPy, for programs that import it from here: ``import autograd.numpy as np``.

NumPy's own functions work on nodes, so all names are NumPy's. Only those that make an array of
what they are given differ: of nodes, and of lists of nodes, they make a node.
"""

from __future__ import annotations

import importlib as _importlib
from typing import Any

import numpy as _numpy

from autograd.numpy import accept_lists, arrays, fft, linalg, random
from autograd.numpy.arrays import array, asarray, full, make_diagonal, where

__all__ = [*_numpy.__all__, "array", "asarray", "c_", "fft", "full", "linalg", "make_diagonal",
           "r_", "random", "where"]  # fmt: skip

r_ = accept_lists.Rows()
c_ = accept_lists.Columns()


#: Modules that HIPS autograd has here, imported when first asked for.
_MODULES = ("numpy_boxes", "numpy_jvps", "numpy_vjps", "numpy_vspaces", "numpy_wrapper")

# Only what NumPy has no name for may be called in this module: names of NumPy's are put into it,
# and would stand before the built-in `any`, `sum` or `max`.


def _ours(name: str, found: Any) -> Any:
    """Return what stands under a name of NumPy's here."""
    if name in accept_lists.FUNCTIONS:
        found = accept_lists.taking_lists(found)
    elif name in accept_lists.JOINING:
        found = accept_lists.taking_iterables(found)
    elif isinstance(found, type) and issubclass(found, _numpy.integer):
        found = arrays.converting_nodes(found)
    return found


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return _importlib.import_module(f"autograd.numpy.{name}")
    found = _ours(name, getattr(_numpy, "vstack" if name == "row_stack" else name))
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*dir(_numpy), *_MODULES, *globals()})


# Programs go through `vars(autograd.numpy)`, so that all names are to be there.
for _name, _found in [*vars(_numpy).items()]:
    if not _name.startswith("_") and _name not in globals() and _name != "row_stack":
        globals()[_name] = _ours(_name, _found)
