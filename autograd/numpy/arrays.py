"""Functions that make arrays: of nodes, and of lists of nodes, they make a node."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.engine import Node, objects
from autograd.engine.dispatch import plain
from autograd.numpy import accept_lists
from autograd.redefinable import WRAPPED, redefinable

_NOTHING: Any = object()


def array(object: Any, dtype: Any = None, *arguments: Any, **keywords: Any) -> Any:
    """Make an array; of nodes, alone or in nested lists, a node.

    Examples
    --------
    >>> import autograd.numpy as anp
    >>> from autograd import grad
    >>> grad(lambda x: anp.sum(anp.array([x, x**2])))(3.0)
    7.0
    """
    if dtype is None or np.dtype(dtype) != np.dtype("O"):
        object = objects.joined(object)
    if not isinstance(object, Node) and not accept_lists.has_nodes(object):
        return np.array(object, dtype, *arguments, **keywords)
    if dtype is not None and np.dtype(dtype) == np.dtype("O"):
        return np.array(object, dtype)  # of nodes, each of which stays what it is
    joined = accept_lists.joined(object)
    return joined if dtype is None else joined.astype(dtype)


def asarray(a: Any, dtype: Any = None, *arguments: Any, **keywords: Any) -> Any:
    """Make an array of what is none; of nodes a node."""
    if dtype is None or np.dtype(dtype) != np.dtype("O"):
        a = objects.joined(a)
    if isinstance(a, Node):
        return a if dtype is None else a.astype(dtype)  # type: ignore[attr-defined]
    return array(a, dtype) if isinstance(a, (list, tuple)) else np.asarray(a, dtype)


@redefinable
def full(shape: Any, fill_value: Any, dtype: Any = None, **keywords: Any) -> Any:
    """Make an array of one number; of a node a node."""
    if not isinstance(fill_value, Node):
        return np.full(shape, fill_value, dtype, **keywords)
    filled = np.broadcast_to(fill_value, shape)  # type: ignore[call-overload]
    return filled if dtype is None else filled.astype(dtype)


def where(condition: Any, x: Any = _NOTHING, y: Any = _NOTHING) -> Any:
    """Choose by a condition; of plain numbers or lists a number or a list, not an array."""
    if x is _NOTHING and y is _NOTHING:
        return np.where(plain(condition))
    if x is _NOTHING or y is _NOTHING:
        raise ValueError("where takes both x and y, or neither.")
    found = np.where(plain(condition), x, y)
    if any(isinstance(part, (Node, np.ndarray, np.generic)) for part in (condition, x, y)):
        return found
    return found.tolist()


WRAPPED[where] = np.where


@redefinable
def make_diagonal(D: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:  # noqa: N803
    """Make matrices with vectors on their diagonals, as HIPS autograd does: for the last axis."""
    if (offset, axis1, axis2) != (0, -1, -2):
        raise NotImplementedError("make_diagonal is for offset=0, axis1=-1, axis2=-2.")
    return D[..., None] * np.eye(D.shape[-1])


def converting_nodes(integer: type) -> type:
    """Return an integer type that also converts nodes, which have no derivative then."""

    def new(cls: type, value: Any = 0, *arguments: Any) -> Any:
        return integer(plain(value), *arguments)

    meta = type("meta", (type,), {"__instancecheck__": lambda cls, x: isinstance(x, integer)})
    return meta(integer.__name__, (integer,), {"__new__": new, "__module__": "autograd.numpy"})  # type: ignore[no-any-return]
