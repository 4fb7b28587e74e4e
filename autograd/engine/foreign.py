"""Arrays of other libraries inside a Tensor: those of a GPU or a cluster.

They follow NumPy's protocols (NEP 13 and 18), but mix with no array of NumPy, and reading one may
take as long as a thousand operations. So the arrays that a rule needs, zeros, masks and indices,
are made like its arguments (NEP 35), and nothing is read unless `to_numpy` says so.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from autograd.engine.batching import Batched
from autograd.engine.recorded import Recorded
from autograd.engine.tracing import Followed

_ndarray: Final = np.ndarray


def is_foreign(x: Any) -> bool:
    """Return whether this is an array of another library."""
    if type(x) is _ndarray or type(x) is float or not hasattr(type(x), "__array_function__"):
        return False
    if isinstance(x, Recorded) or isinstance(x, Batched) or isinstance(x, Followed):
        return False
    return not isinstance(x, _ndarray)


def like(*arguments: Any) -> Any:
    """Return the first array of another library among arrays and nodes, or None.

    This is what `numpy.zeros`, `numpy.arange` and the like take as ``like=``.
    """
    for x in arguments:
        if type(x) is _ndarray or type(x) is float:
            continue
        if isinstance(x, Recorded):
            x = x._contents  # type: ignore[attr-defined]
        while isinstance(x, Batched):
            x = x.array
        if is_foreign(x):
            return x
        if isinstance(x, tuple) or isinstance(x, list):
            found = like(*x)
            if found is not None:
                return found
    return None


def beside(array: Any, *others: Any) -> Any:
    """Return an array of NumPy as one that can be combined with these arrays."""
    if type(array) is not _ndarray:
        return array
    home = like(*others)
    return array if home is None else np.asarray(array, like=home)


def index_beside(index: Any, array: Any) -> Any:
    """Return an index whose arrays are where the indexed array is."""
    if not is_foreign(array):
        return index
    if isinstance(index, tuple):
        return tuple([beside(part, array) for part in index])
    return beside(index, array)


def as_array(x: Any, dtype: Any = None) -> Any:
    """Return `numpy.asarray` of numbers and lists, and other arrays as they are."""
    if isinstance(x, Batched) or is_foreign(x):
        array: Any = x
        return array if dtype is None else array.astype(dtype, copy=False)
    return np.asarray(x) if dtype is None else np.asarray(x, dtype)


def ones(data: Any) -> Any:
    """Return ones like an array; a NumPy scalar for an array of NumPy without axes."""
    if data.shape == () and not is_foreign(data):
        return data.dtype.type(1)
    return np.ones(data.shape, data.dtype, like=like(data))


def by_numpy(function: Any, x: Any) -> Any:
    """Call a function that computes with NumPy alone: read the array, and send the result back."""
    return np.asarray(function(to_numpy(x)), like=x) if is_foreign(x) else function(x)


def to_numpy(x: Any) -> Any:
    """Read an array of any library: the one place where elements leave a device.

    Parameters
    ----------
    x : array
        An array of NumPy, of CuPy (which has ``get``), of Dask (``compute``) or one that NumPy
        converts.
    """
    if type(x) is _ndarray or not is_foreign(x):
        return np.asarray(x)
    for method in ("get", "compute"):
        if hasattr(x, method):
            return np.asarray(getattr(x, method)())
    return np.asarray(x)
