"""NumPy, for programs that import it from here: ``import autograd.numpy as np``.

NumPy's own functions work on nodes, so all names are NumPy's. Only those that make an array of
what they are given differ: of nodes they make a node.
"""

from __future__ import annotations

from typing import Any

import numpy as _numpy

from autograd import tree as _tree
from autograd.engine import Node as _Node
from autograd.numpy import fft, linalg, random

__all__ = [*_numpy.__all__, "array", "asarray", "fft", "linalg", "random"]


def __getattr__(name: str) -> Any:
    return getattr(_numpy, name)


def __dir__() -> list[str]:
    return sorted({*dir(_numpy), *globals()})


def array(object: Any, dtype: Any = None, *arguments: Any, **keywords: Any) -> Any:
    """Make an array; of nodes, alone or in nested lists, a node.

    Examples
    --------
    >>> import autograd.numpy as np
    >>> from autograd import grad
    >>> grad(lambda x: np.sum(np.array([x, x**2])))(3.0)
    7.0
    """
    if not any(isinstance(item, _Node) for _, item in _tree.leaves(object)):
        return _numpy.array(object, dtype, *arguments, **keywords)
    joined = _joined(object)
    return joined if dtype is None else joined.astype(dtype)


def asarray(a: Any, dtype: Any = None, *arguments: Any, **keywords: Any) -> Any:
    """Make an array of what is none; of nodes a node."""
    if isinstance(a, _Node):
        return a if dtype is None else a.astype(dtype)  # type: ignore[attr-defined]
    return array(a, dtype) if isinstance(a, (list, tuple)) else _numpy.asarray(a, dtype)


def _joined(x: Any) -> Any:
    if isinstance(x, (list, tuple)):
        return _numpy.stack([_joined(item) for item in x])
    return x
