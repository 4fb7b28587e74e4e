"""A recorded graph as it is drawn: one `Item` for each node, parents first."""

from __future__ import annotations

import functools
import inspect
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.drawing.numbers import short
from autograd.engine import Node, Primitive, Tensor, Value, dispatch
from autograd.engine.node import UNRECORDED
from autograd.errors import DataError
from autograd.graph import Graph as RecordedGraph
from autograd.rules.notation import PLAIN, Notation, written

#: Scopes nested deeper than this are merged: a recursive function opens many.
DEEPEST = 20

FREED, BEYOND = "freed", "…"
LEAF, PARAMETER, CONSTANT, RESULT, OUTPUT = "leaf", "parameter", "constant", "result", "output"
#: In programs: a condition, and an instruction that another program does not have.
GUARD, DIFFERENT = "guard", "different"


@dataclass(slots=True, eq=False)
class Item:
    """One node: its name, its kind, and its data and gradient at the time of drawing.

    Attributes
    ----------
    number : int
        Counted from 1, parents first.
    call : tuple
        The arguments of the primitive, an Item in place of each node. A copy, because `backward`
        frees those of the node.
    parents : tuple of Item
        The nodes among the arguments, in order; a node used twice is listed twice.
    argnums : tuple of int
        The positions of the operands: the nodes, numbers and arrays among the arguments.
    settings : str
        The other arguments, such as ``axis=0``.
    gradient : float, array or None
        None if there is none.
    missing : str
        Why an operation has no arguments: `FREED` or `BEYOND`.
    formula : str
        The operation as text, where it does not follow from the node.
    """

    number: int
    node: Any
    name: str
    kind: str
    op: str
    data: Any
    gradient: Any
    call: tuple[Any, ...] = ()
    parents: tuple[Item, ...] = ()
    argnums: tuple[int, ...] = ()
    settings: str = ""
    scope: str = ""
    missing: str = ""
    formula: str = ""

    def take(self, call: tuple[Any, ...]) -> None:
        """Set the arguments of the primitive, and which of them are nodes."""
        self.call = call
        self.parents = tuple([argument for argument in call if type(argument) is Item])

    @property
    def sign(self) -> str:
        """The sign of the operation; empty for a leaf."""
        return (notation(self.node.primitive).sign or self.op) if self.op else ""

    @property
    def operands(self) -> list[Any]:
        """The operands, in order: Items, numbers and arrays."""
        return [self.call[argnum] for argnum in self.argnums]

    @property
    def plain_call(self) -> list[Any]:
        """The arguments of the primitive, with the data in place of each node."""
        return [argument.data if isinstance(argument, Item) else argument for argument in self.call]

    @property
    def constants(self) -> list[tuple[int, Any]]:
        """The numbers and arrays among the operands, each with its position."""
        return [
            (position, argument)
            for position, argument in enumerate(self.operands)
            if not isinstance(argument, Item)
        ]

    @property
    def size(self) -> int:
        """The number of elements."""
        return int(getattr(self.data, "size", 1))


@dataclass(slots=True)
class Graph:
    """Nodes and everything they depend on.

    Attributes
    ----------
    items, roots : list of Item
        All nodes, parents first, and the results.
    is_program : bool
        Whether it shows a program or two.
    left_out : int
        How many operations that change nothing are not shown; see `ones`.
    program : Program or None
        The only program that it shows.
    """

    items: list[Item]
    roots: list[Item]
    is_program: bool = False
    left_out: int = 0
    program: Any = None


def graph_of(*nodes: Node, depth: int | None = None) -> Graph:
    """Return the graph of some nodes, or its last `depth` operations."""
    if not nodes:
        raise DataError("There is nothing to draw: pass a Value or a Tensor.")
    recorded = RecordedGraph.of(*nodes)
    roots = set(map(id, recorded.outputs))
    by_id: dict[int, Item] = {}
    labelled: list[Item] = []
    for number, node in enumerate(recorded, start=1):
        primitive, label, scope = node.primitive, "", ""
        if node._notes is not None:
            label, scope = clean(node.label), _scope(node.scope)
        item = Item(
            number,
            node,
            label or f"v{number}",
            _kind(node, roots),
            "" if primitive is None else primitive.name,
            node._contents,
            dispatch.plain(node.grad),
            scope=scope,
        )
        if label:
            labelled.append(item)
        if primitive is not None:
            arguments = node.arguments
            if isinstance(node, Tensor) and node.freed:
                item.missing = FREED
            item.call = call = tuple(
                [by_id[id(a)] if isinstance(a, Node) else a for a in arguments]
            )
            item.parents = tuple([a for a in call if type(a) is Item])
            item.argnums, item.settings = _split(node, arguments)
        by_id[id(node)] = item
    items = list(by_id.values())
    _place_leaves(items)
    _distinguish(labelled)
    ends = [by_id[id(node)] for node in recorded.outputs]
    return Graph(items if depth is None else _within(depth, ends), ends)


def _within(depth: int, roots: list[Item]) -> list[Item]:
    """Keep the nodes at most `depth` operations away from the roots."""
    reached = {root.number: root for root in roots}
    border = roots
    for _ in range(depth):
        parents = [parent for item in border for parent in item.parents]
        border = [p for p in {p.number: p for p in parents}.values() if p.number not in reached]
        reached.update((item.number, item) for item in border)
    for item in border:
        if item.parents:
            item.missing, item.argnums = BEYOND, ()
            item.take(())
    return [reached[number] for number in sorted(reached)]


def _distinguish(labelled: list[Item]) -> None:
    """Add to a label its scope or its number where others have the same."""
    labels = Counter([item.name for item in labelled])
    paths = Counter([f"{item.scope}.{item.name}" for item in labelled if item.scope])
    for item in labelled:
        if labels[item.name] > 1:
            path = f"{item.scope}.{item.name}"
            item.name = path if paths[path] == 1 else f"{item.name}#{item.number}"


#: Control characters and others that terminals or XML cannot hold.
_FORBIDDEN = re.compile(r"[^\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """Write text in one line, without control characters."""
    if not text:
        return ""
    return _FORBIDDEN.sub("\ufffd", " ".join(text.split()))


@functools.lru_cache(maxsize=1000)
def _scope(path: str) -> str:
    """Return the path of a scope, cut to its outer levels if it is very deep."""
    return ".".join(clean(path).split(".", DEEPEST)[:DEEPEST]) if path else ""


def _kind(node: Any, roots: set[int]) -> str:
    if node.primitive is None:
        if node._primitive is UNRECORDED or not getattr(node, "requires_grad", True):
            return CONSTANT
        return PARAMETER if node.is_parameter else LEAF
    return OUTPUT if id(node) in roots else RESULT


def _split(node: Any, arguments: tuple[Any, ...]) -> tuple[tuple[int, ...], str]:
    """Return the positions of the operands, and the text of the other arguments."""
    primitive = node.primitive
    shown = notation(primitive)
    if isinstance(node, Value) and shown.note is None and not shown.settings:
        return _first(len(arguments)), ""  # nodes and numbers, as most in a large graph
    arity = primitive.arity if primitive.arity >= 0 else len(arguments)
    may_be_operand = set(range(arity)).difference(shown.settings)
    operands, settings = [], []
    for argnum, argument in enumerate(arguments):
        if isinstance(argument, Node) or (argnum in may_be_operand and _is_numeric(argument)):
            operands.append(argnum)
        elif argument is not None:
            named = _parameter(primitive, argnum)
            text = short(argument, most=24)
            settings.append(f"{named}={text}" if named else text.strip("()"))
    if shown.note is not None:
        return tuple(operands), written(shown.note, arguments, node.keywords)
    settings += [f"{key}={short(value, most=24)}" for key, value in node.keywords.items()]
    return tuple(operands), ", ".join(settings)


@functools.lru_cache(maxsize=100)
def _first(count: int) -> tuple[int, ...]:
    return tuple(range(count))


@functools.lru_cache(maxsize=1000)
def _parameter(primitive: Primitive, argnum: int) -> str:
    """Return the name of a parameter; empty if it is not shown."""
    if not notation(primitive).names_settings:
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
    """Move leaves made outside all scopes into the one scope that uses them.

    So the weights of a layer are drawn inside it. A labelled leaf that is not a parameter stays
    outside, where it is seen.
    """
    used_in: dict[int, str] = {}
    if not any(item.scope for item in items):
        return
    for item in items:
        for parent in item.parents:
            if parent.op or parent.scope or parent.kind not in (LEAF, PARAMETER):
                continue
            if parent.kind == LEAF and parent.node.label:
                continue
            before = used_in.get(parent.number)
            used_in[parent.number] = item.scope if before is None else _common(before, item.scope)
    for item in items:
        if item.number in used_in:
            item.scope = used_in[item.number]


def _common(one: str, other: str) -> str:
    """Return the innermost scope that contains both."""
    if one == other:
        return one
    shared = []
    for a, b in zip(one.split("."), other.split("."), strict=False):
        if a != b:
            break
        shared.append(a)
    return ".".join(shared)


def notation(primitive: Primitive | None) -> Notation:
    """Return how a primitive is written: by its name, unless it says something else."""
    return PLAIN if primitive is None else primitive.notation or PLAIN


def formula(item: Item) -> str:
    """Write the operation of a node with the names of its parents; empty for a leaf."""
    if not item.op or item.formula:
        return item.formula
    if item.missing:
        return f"{item.op}({item.missing})"
    arguments = [a.name if isinstance(a, Item) else short(a, most=24) for a in item.call]
    shown = notation(item.node.primitive)
    if shown.between and len(arguments) == 2:
        return f" {shown.between} ".join(arguments)
    if shown.form:
        arguments[1:] = [argument.strip("()") for argument in arguments[1:]]
        return written(shown.form, item.call, item.node.keywords).format(*arguments)
    keywords = [f"{key}={short(value, most=24)}" for key, value in item.node.keywords.items()]
    return f"{item.op}({', '.join(arguments + keywords)})"
