"""The nodes that functions hold, and what changes when these nodes have other numbers.

A comparison such as ``x > a`` has no derivative, and neither has what it decides. Whether the node `a`
matters there shows only when it has another number.
"""

from __future__ import annotations

import contextlib
import functools
import types
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import numpy as np

from autograd.captured import varies
from autograd.engine import Node, Tensor, objects, tracing
from autograd.engine.assignment import current
from autograd.engine.fields import replace_contents

#: By how much nodes are moved, relative to their size.
MOVE = 1e-4

#: Of how many objects the contents are looked at.
LARGEST = 10_000

#: Packages whose functions find no nodes of users in their global names, nor objects in attributes.
LIBRARIES = ("autograd", "numpy", "scipy")


def _is_of_library(module: Any) -> bool:
    return str(module).partition(".")[0] in LIBRARIES


def nodes_held(*holders: Any) -> list[Any]:
    """Return the nodes in arguments, and those that functions and objects among them can reach."""
    found: dict[int, Any] = {}
    seen: set[int] = set()
    left = list(holders)
    while left and len(seen) < LARGEST:
        holder = left.pop()
        if id(holder) in seen:
            continue
        seen.add(id(holder))
        if isinstance(holder, Node):
            found[id(holder)] = holder
        elif not isinstance(holder, (type, types.ModuleType)):
            left += islice(_contents(holder), LARGEST)
    return [node for node in found.values() if np.size(node._contents) and varies(node)]


def _contents(holder: Any) -> Iterable[Any]:
    """Yield what an object holds, if that may be a node or hold one."""
    if isinstance(holder, (str, bytes, int, float, complex, type(None))):
        return ()
    if isinstance(holder, functools.partial):
        return (holder.func, holder.args, holder.keywords)
    if isinstance(holder, types.FunctionType):
        return _of_function(holder)
    if isinstance(holder, types.MethodType):
        return (holder.__func__, holder.__self__)
    if isinstance(holder, dict):
        return list(holder.values())
    if isinstance(holder, (list, tuple, set, frozenset)):
        return list(holder)
    if isinstance(holder, np.ndarray):
        return holder.ravel() if objects.holds_nodes(holder) else ()
    return _of_object(holder)


def _of_function(function: types.FunctionType) -> Iterator[Any]:
    yield function.__defaults__
    yield function.__kwdefaults__
    for cell in function.__closure__ or ():
        with contextlib.suppress(ValueError):  # still empty
            yield cell.cell_contents
    names = function.__globals__
    if not _is_of_library(names.get("__name__")):
        for name in _names_in(function.__code__):
            if name in names:
                yield names[name]


def _names_in(code: types.CodeType) -> Iterator[str]:
    """Yield the names that a function looks up, and those that functions inside look up."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _names_in(constant)


def _of_object(holder: Any) -> Iterator[Any]:
    values = list(getattr(holder, "__dict__", {}).values())
    if _is_of_library(type(holder).__module__):  # it may lead to everything that was computed
        yield from [x for x in values if isinstance(x, Node)]
        return
    yield from values
    for kind in type(holder).__mro__:
        names = kind.__dict__.get("__slots__", ())
        for name in (names,) if isinstance(names, str) else names:
            yield getattr(holder, name, None)
    call = getattr(type(holder), "__call__", None)  # noqa: B004 - it is not called
    if isinstance(call, types.FunctionType):
        yield call


@contextlib.contextmanager
def moved(nodes: list[Any], by: float = MOVE) -> Iterator[None]:
    """Give nodes slightly other numbers for a while, each by a share of its own."""
    before = []
    try:
        for i, node in enumerate(nodes):
            node = current(node) if isinstance(node, Tensor) else node
            share = by * (1 + 0.37 * i)
            before.append((node, node._contents))
            _put(node, node._contents + share * (np.abs(node._contents) + (node._contents == 0)))
        yield
    finally:
        for node, contents in reversed(before):
            _put(node, contents)


@contextlib.contextmanager
def untraced(nodes: list[Any]) -> Iterator[None]:
    """Stop tracing for a while, in which nodes hold plain numbers: for calls that only ask."""
    tracer = tracing.tracer()
    if tracer is None:
        yield
        return
    tracing.stop()
    before = []
    try:
        for node in nodes:
            node = current(node) if isinstance(node, Tensor) else node
            before.append((node, node._contents))
            _put(node, tracing.concrete(node._contents))
        yield
    finally:
        for node, contents in reversed(before):
            _put(node, contents)
        tracing.start(tracer)


def _put(node: Any, contents: Any) -> None:
    if isinstance(node, Tensor):
        replace_contents(node, contents)
    else:
        node.data = float(contents)
