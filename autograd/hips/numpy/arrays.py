"""Functions that make arrays. Given nodes or lists of nodes, they return a node."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.engine import Node, objects
from autograd.engine.dispatch import plain
from autograd.rules import node_lists
from autograd.rules.redefinable import WRAPPED, redefinable

_NOTHING: Any = object()


def array(object: Any, dtype: Any = None, *arguments: Any, **keywords: Any) -> Any:
    """Return an array; for a node, or nested lists of nodes, a node.

    Examples
    --------
    >>> import autograd.numpy as anp
    >>> from autograd import grad
    >>> grad(lambda x: anp.sum(anp.array([x, x**2])))(3.0)
    7.0
    """
    if dtype is None or np.dtype(dtype) != np.dtype("O"):
        object = objects.joined(object)
    if not isinstance(object, Node) and not node_lists.has_nodes(object):
        return np.array(object, dtype, *arguments, **keywords)
    if dtype is not None and np.dtype(dtype) == np.dtype("O"):
        return np.array(object, dtype)  # an array of nodes
    joined = node_lists.joined(object)
    return joined if dtype is None else joined.astype(dtype)


def asarray(a: Any, dtype: Any = None, *arguments: Any, **keywords: Any) -> Any:
    """Return an array, without a copy if possible; for nodes a node."""
    if dtype is None or np.dtype(dtype) != np.dtype("O"):
        a = objects.joined(a)
    if isinstance(a, Node):
        return a if dtype is None else a.astype(dtype)  # type: ignore[attr-defined]
    return array(a, dtype) if isinstance(a, (list, tuple)) else np.asarray(a, dtype)


@redefinable
def full(shape: Any, fill_value: Any, dtype: Any = None, **keywords: Any) -> Any:
    """Return an array filled with one value; a node if the value is one."""
    if not isinstance(fill_value, Node):
        return np.full(shape, fill_value, dtype, **keywords)
    filled = np.broadcast_to(fill_value, shape)  # type: ignore[call-overload]
    return filled if dtype is None else filled.astype(dtype)


def where(condition: Any, x: Any = _NOTHING, y: Any = _NOTHING) -> Any:
    """Choose by a condition; from plain numbers or lists a number or a list, not an array."""
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
    """Return matrices with the vectors of the last axis on their diagonals."""
    if (offset, axis1, axis2) != (0, -1, -2):
        raise NotImplementedError("make_diagonal supports only offset=0, axis1=-1, axis2=-2.")
    return D[..., None] * np.eye(D.shape[-1])


def converting_nodes(integer: type) -> type:
    """Return an integer type that also converts nodes, to plain integers."""

    def new(cls: type, value: Any = 0, *arguments: Any) -> Any:
        return integer(plain(value), *arguments)

    meta = type("meta", (type,), {"__instancecheck__": lambda cls, x: isinstance(x, integer)})
    return meta(integer.__name__, (integer,), {"__new__": new, "__module__": "autograd.numpy"})  # type: ignore[no-any-return]
