"""Untrack Values from Python's garbage collector, and track them again where it is needed.

Compiled, a `Value` is created untracked: its parents exist before it, so a graph of Values has no
cycles, and searching a million nodes for some takes longer than all other work. Only a derivative
that is itself a node can close a cycle. Then all Values below that derivative are tracked again.
"""

from __future__ import annotations

import gc
from typing import Any

from autograd.engine.fields import ArrayNode, NumberNode
from autograd.engine.node import Node


def track_below(root: Node) -> None:
    """Track all Values that a node depends on.

    Below a tracked Value all are tracked already, because parents never change.
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
            stack.extend(node._bare_parents())


def _pointer_to_track() -> Any:
    import ctypes  # slow to import and rarely needed

    track = ctypes.pythonapi.PyObject_GC_Track
    track.argtypes = [ctypes.py_object]
    track.restype = None
    return track
