"""Built-in types and functions, as programs written for HIPS autograd import them.

Containers of nodes are plain tuples, lists and dicts here, so these types are Python's own.
"""

from __future__ import annotations

import builtins as python
from typing import Any, ClassVar

from autograd.engine import Node, dispatch
from autograd.tracer import Box, isbox

dict, list, tuple = python.dict, python.list, python.tuple


def isinstance(x: Any, class_or_tuple: Any) -> bool:
    """Return whether this is an instance of a type; of a node, whether its number or array is."""
    return python.isinstance(_bare(x), class_or_tuple)


def type(x: Any) -> Any:
    """Return the type of this; of a node, that of its number or array."""
    return python.type(_bare(x))


def _bare(x: Any) -> Any:
    return dispatch.plain(x) if python.isinstance(x, Node) else x


class _SequenceBoxMeta(python.type(Box)):  # type: ignore[misc]
    def __instancecheck__(cls, instance: Any) -> bool:
        return python.isinstance(instance, (list, tuple)) and isbox(instance)


class SequenceBox(Box, metaclass=_SequenceBoxMeta):
    """What tuples and lists of nodes are instances of."""

    holds_nodes: ClassVar[bool] = False


class _DictBoxMeta(python.type(Box)):  # type: ignore[misc]
    def __instancecheck__(cls, instance: Any) -> bool:
        return python.isinstance(instance, dict) and isbox(instance)


class DictBox(Box, metaclass=_DictBoxMeta):
    """What dicts of nodes are instances of."""

    holds_nodes: ClassVar[bool] = False
