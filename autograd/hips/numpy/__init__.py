"""`autograd.numpy`: NumPy, and functions that make nodes of lists of nodes.

NumPy's own functions work on nodes, so most names are NumPy's own. The functions that make an
array differ: given nodes or lists of nodes, they return a node.
"""

from __future__ import annotations

import importlib as _importlib
from typing import Any

import numpy as _numpy

from autograd.hips.numpy import accept_lists, arrays, fft, linalg, random
from autograd.hips.numpy.arrays import array, asarray, full, make_diagonal, where

__all__ = [*_numpy.__all__, "array", "asarray", "c_", "fft", "full", "linalg", "make_diagonal",
           "r_", "random", "where"]  # fmt: skip

r_ = accept_lists.Rows()
c_ = accept_lists.Columns()


#: Submodules of HIPS autograd, imported on first access.
_MODULES = ("numpy_boxes", "numpy_jvps", "numpy_vjps", "numpy_vspaces", "numpy_wrapper")

# The names of NumPy are added to this module and hide built-ins such as `any`, `sum` and `max`, so
# the code below must not call these.


def _ours(name: str, found: Any) -> Any:
    """Return the counterpart of a member of NumPy."""
    if name in accept_lists.FUNCTIONS:
        found = accept_lists.taking_lists(found)
    elif name in accept_lists.JOINING:
        found = accept_lists.taking_iterables(found)
    elif isinstance(found, type) and issubclass(found, _numpy.integer):
        found = arrays.converting_nodes(found)
    return found


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return _importlib.import_module(f"{__name__}.{name}")
    found = _ours(name, getattr(_numpy, "vstack" if name == "row_stack" else name))
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*dir(_numpy), *_MODULES, *globals()})


# Programs iterate over `vars(autograd.numpy)`, so it must hold all names.
for _name, _found in [*vars(_numpy).items()]:
    if not _name.startswith("_") and _name not in globals() and _name != "row_stack":
        globals()[_name] = _ours(_name, _found)
