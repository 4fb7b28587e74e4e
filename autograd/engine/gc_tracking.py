"""Keeping Python's garbage collector away from Values, and bringing it back where it is needed.

Compiled, a `Value` is made out of the collector's sight: its parents were there before it, so a
graph of Values holds no cycles, and looking for some among a million nodes takes longer than all
the rest of the work. The one way to close a cycle is to give a Value a derivative that is itself
a node. Then everything below that derivative is put back into the collector's sight.
"""

from __future__ import annotations

import gc
from typing import Any

from autograd.engine.fields import ArrayNode, NumberNode
from autograd.engine.node import Node


def track_below(root: Node) -> None:
    """Let the collector see all Values that a node depends on.

    Below a Value that it sees already, it sees them all: parents never change.
    """
    track: Any = None
    seen: set[int] = set()
    stack: list[Any] = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, NumberNode):
            if gc.is_tracked(node):
                continue
            if track is None:
                track = _pointer_to_track()
            track(node)
            if node._notes is not None and node._notes.gradient is not None:
                stack.append(node._notes.gradient)
            if node._left is not None:
                stack.append(node._left)
            if node._right is not None:
                stack.append(node._right)
        elif isinstance(node, ArrayNode) and id(node) not in seen:
            seen.add(id(node))
            stack.extend([a for a in node.arguments if isinstance(a, Node)])


def _pointer_to_track() -> Any:
    import ctypes  # slow to load, and seldom needed

    track = ctypes.pythonapi.PyObject_GC_Track
    track.argtypes = [ctypes.py_object]
    track.restype = None
    return track
