"""`autograd.builtins`: `isinstance` and `type` that look at the data of a node.

Containers of nodes are plain tuples, lists and dicts, so these three types are Python's own.
"""

from __future__ import annotations

import builtins as python
from typing import Any, ClassVar

from autograd.engine import Node
from autograd.hips.tracer import Box, isbox
from autograd.variables import plain

dict, list, tuple = python.dict, python.list, python.tuple


def isinstance(x: Any, class_or_tuple: Any) -> bool:
    """Return whether `x`, or the data of `x` if it is a node, is an instance of a type."""
    return python.isinstance(_data(x), class_or_tuple)


def type(x: Any) -> Any:
    """Return the type of `x`, or of its data if it is a node."""
    return python.type(_data(x))


def _data(x: Any) -> Any:
    return plain(x) if python.isinstance(x, Node) else x


class _SequenceBoxMeta(python.type(Box)):  # type: ignore[misc]
    def __instancecheck__(cls, instance: Any) -> bool:
        return python.isinstance(instance, (list, tuple)) and isbox(instance)


class SequenceBox(Box, metaclass=_SequenceBoxMeta):
    """The type of tuples and lists of nodes, for `isinstance`."""

    holds_nodes: ClassVar[bool] = False


class _DictBoxMeta(python.type(Box)):  # type: ignore[misc]
    def __instancecheck__(cls, instance: Any) -> bool:
        return python.isinstance(instance, dict) and isbox(instance)


class DictBox(Box, metaclass=_DictBoxMeta):
    """The type of dicts of nodes, for `isinstance`."""

    holds_nodes: ClassVar[bool] = False
