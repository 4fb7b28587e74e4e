"""A finished graph as it is drawn: one record for each node, in the order it is read."""

from __future__ import annotations

import functools
import inspect
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.drawing.notation import UNNAMED, notation
from autograd.drawing.numbers import short
from autograd.engine import Node, Primitive, Tensor, dispatch
from autograd.engine.node import UNRECORDED
from autograd.errors import DataError
from autograd.rules import shapes
from autograd.topology import current, nodes_below

#: Scopes within so many others are not told apart: a function that calls itself opens a lot.
DEEPEST = 20

FREED, BEYOND = "freed", "…"
LEAF, PARAMETER, CONSTANT, RESULT, OUTPUT = "leaf", "parameter", "constant", "result", "output"


@dataclass(slots=True, eq=False)
class Item:
    """One node: its name, what it is, and what it held when the graph was looked at.

    Attributes
    ----------
    number : int
        Counted from 1, parents first.
    call : tuple
        What the primitive was called with; an Item in place of each node. Kept here, for
        `backward` frees what the node itself keeps.
    argnums : tuple of int
        Which of these are computed with, and do not only say how.
    static : str
        Further arguments, such as ``axis=0``, which are no numbers to compute with.
    gradient : float, array or None
        None if no derivative has arrived, or none was kept.
    missing : str
        Why there are no arguments, where there should be: `FREED` or `BEYOND`.
    """

    number: int
    node: Any
    name: str
    kind: str
    op: str
    data: Any
    gradient: Any
    call: tuple[Any, ...] = ()
    argnums: tuple[int, ...] = ()
    static: str = ""
    scope: str = ""
    missing: str = ""

    @property
    def sign(self) -> str:
        """The mathematical sign of the operation; empty for a leaf."""
        return (notation(self.node.primitive).short or self.op) if self.op else ""

    @property
    def arguments(self) -> list[Any]:
        """What is computed with, in order: an Item for each node, numbers and arrays."""
        return [self.call[argnum] for argnum in self.argnums]

    @property
    def plain_call(self) -> list[Any]:
        """What the primitive was called with; in place of each node the data that it held."""
        return [argument.data if isinstance(argument, Item) else argument for argument in self.call]

    @property
    def parents(self) -> list[Item]:
        """The nodes among the arguments, in order; one that is used twice stands there twice."""
        return [argument for argument in self.call if isinstance(argument, Item)]

    @property
    def constants(self) -> list[tuple[int, Any]]:
        """The numbers and arrays among the arguments, each with its position."""
        return [
            (position, argument)
            for position, argument in enumerate(self.arguments)
            if not isinstance(argument, Item)
        ]

    @property
    def size(self) -> int:
        """How many numbers it holds."""
        return 1 if isinstance(self.data, float) else int(self.data.size)


@dataclass(slots=True)
class Graph:
    """All that some nodes depend on."""

    items: list[Item]
    roots: list[Item]


def graph_of(*nodes: Node, depth: int | None = None) -> Graph:
    """Look at the graph below some nodes, or at so many operations of it."""
    if not nodes:
        raise DataError("There is nothing to draw: give a Value or a Tensor.")
    order = nodes_below(*nodes)
    names = names_of(order)
    roots = {id(current(node)) for node in nodes}
    by_id: dict[int, Item] = {}
    for number, node in enumerate(order, start=1):
        item = Item(
            number,
            node,
            names[id(node)],
            _kind(node, roots),
            node.op if node.primitive is not None else "",
            node._contents,
            dispatch.plain(node.grad),
            scope=_scope(node.scope),
        )
        if item.op:
            item.missing = FREED if isinstance(node, Tensor) and node.freed else ""
            item.call = tuple(by_id[id(a)] if isinstance(a, Node) else a for a in node.arguments)
            item.argnums, item.static = _split(node)
        by_id[id(node)] = item
    ends = [by_id[id(current(node))] for node in nodes]
    items = list(by_id.values()) if depth is None else _within(depth, ends)
    _place_leaves(items)
    return Graph(items, ends)


def _within(depth: int, roots: list[Item]) -> list[Item]:
    """Keep what is at most so many operations away from the end."""
    reached = {root.number: root for root in roots}
    border = roots
    for _ in range(depth):
        parents = [parent for item in border for parent in item.parents]
        border = [p for p in {p.number: p for p in parents}.values() if p.number not in reached]
        reached.update((item.number, item) for item in border)
    for item in border:
        if item.parents:
            item.missing, item.call, item.argnums = BEYOND, (), ()
    return [reached[number] for number in sorted(reached)]


def names_of(nodes: list[Any]) -> dict[int, str]:
    """Name each node: by its label if no other has the same, or else by its number."""
    labels = [clean(node.label) for node in nodes]
    count = Counter(labels)
    return {
        id(node): label if label and count[label] == 1 else f"{label}#{i}" if label else f"v{i}"
        for i, (node, label) in enumerate(zip(nodes, labels, strict=True), start=1)
    }


#: What neither a terminal nor XML can hold.
_FORBIDDEN = re.compile(r"[^\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(words: str) -> str:
    """Write words in one line, without signs that control something."""
    return _FORBIDDEN.sub("\ufffd", " ".join(words.split()))


def _scope(path: str) -> str:
    """Write the path of a scope; of one that is very deep, its outer levels."""
    return ".".join(clean(path).split(".", DEEPEST)[:DEEPEST]) if path else ""


def _kind(node: Any, roots: set[int]) -> str:
    if node.primitive is None:
        if node._primitive is UNRECORDED or not getattr(node, "requires_grad", True):
            return CONSTANT
        # `nn` is above this package; what it trains is a subclass of this name.
        return PARAMETER if type(node).__name__ == "Parameter" else LEAF
    return OUTPUT if id(node) in roots else RESULT


def _split(node: Any) -> tuple[tuple[int, ...], str]:
    """Part the arguments that are computed with, by number, from those that say how, in words."""
    primitive, arguments = node.primitive, node.arguments
    arity = primitive.arity if primitive.arity >= 0 else len(arguments)
    computed, static = [], []
    for argnum, argument in enumerate(arguments):
        is_index = primitive is shapes.setitem and argnum == 1
        if isinstance(argument, Node) or (
            argnum < arity and _is_numeric(argument) and not is_index
        ):
            computed.append(argnum)
        elif argument is not None:
            named = _parameter(primitive, argnum)
            shown = short(argument, most=24)
            static.append(f"{named}={shown}" if named else shown.strip("()"))
    static += [f"{key}={short(value, most=24)}" for key, value in node.keywords.items()]
    return tuple(computed), ", ".join(static)


@functools.lru_cache(maxsize=1000)
def _parameter(primitive: Primitive, argnum: int) -> str:
    """Return what an argument that says how to compute is called; of an index, nothing."""
    if primitive in UNNAMED:
        return ""
    try:
        return list(inspect.signature(primitive.function).parameters)[argnum]
    except (ValueError, TypeError, IndexError):
        return ""


def _is_numeric(x: Any) -> bool:
    return isinstance(x, (float, int, complex, np.ndarray, np.generic)) or hasattr(
        x, "__array_function__"
    )


def _place_leaves(items: list[Item]) -> None:
    """Let what was made outside all scopes, but is used in one alone, stand in that one.

    So the weights of a layer are drawn within it. What has a label is meant to be seen, and
    stays outside unless it is a parameter.
    """
    used_in: dict[int, str] = {}
    for item in items:
        for parent in item.parents:
            if parent.kind not in (LEAF, PARAMETER) or parent.scope:
                continue
            if parent.kind == LEAF and parent.node.label:
                continue
            before = used_in.get(parent.number)
            used_in[parent.number] = item.scope if before is None else _common(before, item.scope)
    for item in items:
        if item.number in used_in:
            item.scope = used_in[item.number]


def _common(one: str, other: str) -> str:
    """Return the scope that contains two."""
    if one == other:
        return one
    shared = []
    for a, b in zip(one.split("."), other.split("."), strict=False):
        if a != b:
            break
        shared.append(a)
    return ".".join(shared)


def formula(item: Item) -> str:
    """Write how a node was made, in terms of the names of its parents; empty for a leaf."""
    if not item.op:
        return ""
    if item.missing:
        return f"{item.op}({item.missing})"
    arguments = [a.name if isinstance(a, Item) else short(a, most=24) for a in item.call]
    written = notation(item.node.primitive)
    if written.between and len(arguments) == 2:
        return f" {written.between} ".join(arguments)
    if written.form:
        arguments[1:] = [argument.strip("()") for argument in arguments[1:]]
        return written.form.format(*arguments)
    keywords = [f"{key}={short(value, most=24)}" for key, value in item.node.keywords.items()]
    return f"{item.op}({', '.join(arguments + keywords)})"
