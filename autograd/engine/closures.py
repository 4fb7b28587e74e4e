"""Whether a result depends on nodes other than the arguments of a transform.

A function that is differentiated may close over nodes from outside. Its derivative then depends
on them as well, and has to be a node.
"""

from __future__ import annotations

from typing import Any

from autograd.engine import calls
from autograd.engine.fields import ENDED, ArrayNode, NumberNode, set_mark
from autograd.engine.grad_mode import GRAD_MODE
from autograd.engine.node import Node, plain
from autograd.engine.transform_calls import ARGUMENTS, INNER
from autograd.engine.value_backward import acquire, release


def begin_call() -> float:
    """Return the number of a new call, which all leaves made from now on store."""
    GRAD_MODE.calls += 1.0
    return GRAD_MODE.calls


def end_call(leaves: list[Node]) -> None:
    """Mark leaves of a transform whose call has ended: no outer call asks for their derivatives."""
    for leaf in leaves:
        leaf._end_call()


def depends_on_older(root: Node, since: float) -> bool:
    """Return whether a node depends on a leaf that is older than call number `since`."""
    visited: list[ArrayNode | NumberNode] = []
    acquire()
    try:
        if isinstance(root, NumberNode):
            return _value_depends(root, since, visited)
        end: Any = root
        _visit(end, visited)
        for node in visited:  # the list grows
            if isinstance(node, NumberNode):
                if node._primitive is None:
                    if node._call() < since:
                        return True
                    continue
                if node._left is not None:
                    _visit(node._left, visited)
                if node._right is not None:
                    _visit(node._right, visited)
            elif isinstance(node, ArrayNode):
                if node._primitive is None:
                    if node._requires_grad and node._call() < since:
                        return True
                elif node._arguments is not None:
                    for argument in node._arguments:
                        if isinstance(argument, (ArrayNode, NumberNode)):
                            _visit(argument, visited)
        return False
    finally:
        for node in visited:
            set_mark(node, 0)
        release()


def newest_call(root: Node) -> float:
    """Return the number of the newest running call that a node depends on."""
    newest = 0.0
    found: list[Any] = [root]
    seen: set[int] = {id(root)}
    for node in found:  # the list grows
        if node._primitive is None and node._call() < ENDED:
            newest = max(newest, node._call())
        for parent in node._bare_parents():
            if id(parent) not in seen:
                seen.add(id(parent))
                found.append(parent)
    return newest


def is_asked_for(root: Node) -> bool:
    """Return whether a node depends on an argument of a running transform."""
    return bool(_arguments_below(root)[1])


def outer_value(root: Node) -> Any:
    """Return a node without its dependence on the innermost transform.

    The operations between the arguments of that transform and the node are carried out again,
    with what these arguments are to the outer transforms; without any of those, the number or
    array alone.
    """
    found, levels = _arguments_below(root)
    innermost = max(levels.values(), default=0.0)
    if all([level == innermost for level in levels.values()]):  # noqa: C419 - as is compiled
        return plain(root)
    again: dict[int, Any] = {}
    for node in found:
        if levels.get(id(node)) == innermost:
            again[id(node)] = INNER[id(node)][1] if id(node) in INNER else plain(node)
        elif id(node) not in levels and any([id(parent) in again for parent in node.parents]):  # noqa: C419
            primitive: Any = node.primitive
            arguments = tuple([again.get(id(a), a) for a in node.arguments])
            again[id(node)] = calls.call(primitive, arguments, node.keywords)
    return again[id(root)]


def _arguments_below(root: Node) -> tuple[list[Any], dict[int, float]]:
    """Return all nodes below `root`, parents first, and the levels of the arguments among them."""
    found: list[Any] = []
    levels: dict[int, float] = {}
    stack: list[tuple[Any, bool]] = [(root, False)]
    seen: set[int] = set()
    while stack:
        node, done = stack.pop()
        if done:
            found.append(node)
            continue
        if id(node) in seen:
            continue
        seen.add(id(node))
        stack.append((node, True))
        level = _level(node)
        if level > 0.0:
            levels[id(node)] = level
        stack.extend([(parent, False) for parent in node._bare_parents()])
    return found, levels


def _level(node: Any) -> float:
    """Return the number of the call whose argument this is; zero if it is none."""
    if id(node) not in ARGUMENTS:
        return 0.0
    if id(node) in INNER:
        return INNER[id(node)][2]
    return float(node._call())


def _visit(node: ArrayNode | NumberNode, visited: list[ArrayNode | NumberNode]) -> None:
    if node._mark == 0:
        set_mark(node, 1)
        visited.append(node)


def _value_depends(root: NumberNode, since: float, visited: list[ArrayNode | NumberNode]) -> bool:
    """Return what `depends_on_older` does, for a graph of Values: these are large."""
    root._mark = 1
    visited.append(root)
    position = 0
    while position < len(visited):
        node = visited[position]
        position += 1
        assert isinstance(node, NumberNode)
        if node._primitive is None:
            if node._call() < since:
                return True
            continue
        parent = node._left
        if parent is not None and parent._mark == 0:
            parent._mark = 1
            visited.append(parent)
        parent = node._right
        if parent is not None and parent._mark == 0:
            parent._mark = 1
            visited.append(parent)
    return False
