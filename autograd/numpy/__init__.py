"""NumPy, for programs that import it from here: ``import autograd.numpy as np``.

NumPy's own functions work on nodes, so all names are NumPy's. Only those that make an array of
what they are given differ: of nodes, and of lists of nodes, they make a node.
"""

from __future__ import annotations

from typing import Any

import numpy as _numpy

from autograd.engine import Node as _Node
from autograd.engine.record import plain as _plain
from autograd.numpy import fft, linalg, lists, random

__all__ = [*_numpy.__all__, "array", "asarray", "c_", "fft", "full", "linalg", "make_diagonal",
           "r_", "random", "where"]  # fmt: skip

_NOTHING: Any = object()

r_ = lists.Rows()
c_ = lists.Columns()


def __getattr__(name: str) -> Any:
    found = getattr(_numpy, "vstack" if name == "row_stack" else name)
    if name in lists.FUNCTIONS:
        found = lists.taking_lists(found)
    elif name in lists.JOINING:
        found = lists.taking_iterables(found)
    elif isinstance(found, type) and issubclass(found, _numpy.integer):
        found = _converting_nodes(found)
    globals()[name] = found
    return found


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
    if not isinstance(object, _Node) and not lists.has_nodes(object):
        return _numpy.array(object, dtype, *arguments, **keywords)
    joined = lists.joined(object)
    return joined if dtype is None else joined.astype(dtype)


def asarray(a: Any, dtype: Any = None, *arguments: Any, **keywords: Any) -> Any:
    """Make an array of what is none; of nodes a node."""
    if isinstance(a, _Node):
        return a if dtype is None else a.astype(dtype)  # type: ignore[attr-defined]
    return array(a, dtype) if isinstance(a, (list, tuple)) else _numpy.asarray(a, dtype)


def full(shape: Any, fill_value: Any, dtype: Any = None, **keywords: Any) -> Any:
    """Make an array of one number; of a node a node."""
    if not isinstance(fill_value, _Node):
        return _numpy.full(shape, fill_value, dtype, **keywords)
    filled = _numpy.broadcast_to(fill_value, shape)  # type: ignore[call-overload]
    return filled if dtype is None else filled.astype(dtype)


def where(condition: Any, x: Any = _NOTHING, y: Any = _NOTHING) -> Any:
    """Choose by a condition; of plain numbers or lists a number or a list, not an array."""
    if x is _NOTHING and y is _NOTHING:
        return _numpy.where(_plain(condition))
    if x is _NOTHING or y is _NOTHING:
        raise ValueError("where takes both x and y, or neither.")
    found = _numpy.where(_plain(condition), x, y)
    if any(isinstance(part, (_Node, _numpy.ndarray, _numpy.generic)) for part in (condition, x, y)):
        return found
    return found.tolist()


def make_diagonal(D: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:  # noqa: N803
    """Make matrices with vectors on their diagonals, as HIPS autograd does: for the last axis."""
    if (offset, axis1, axis2) != (0, -1, -2):
        raise NotImplementedError("make_diagonal is for offset=0, axis1=-1, axis2=-2.")
    return D[..., None] * _numpy.eye(D.shape[-1])


def _converting_nodes(integer: type) -> type:
    """Return an integer type that also converts nodes, which have no derivative then."""

    def new(cls: type, value: Any = 0, *arguments: Any) -> Any:
        return integer(_plain(value), *arguments)

    meta = type("meta", (type,), {"__instancecheck__": lambda cls, x: isinstance(x, integer)})
    return meta(integer.__name__, (integer,), {"__new__": new, "__module__": __name__})  # type: ignore[no-any-return]
