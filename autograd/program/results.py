"""The nodes among the results of a traced function: what each one is, and what it depends on."""

from __future__ import annotations

from typing import Any

from autograd import tree
from autograd.engine import Node, Tensor, Value, objects
from autograd.engine.assignment import current
from autograd.engine.fields import ENDED
from autograd.engine.node import UNRECORDED
from autograd.program.stand_ins import NodeTracer

#: What a node among the results is.
ARGUMENT = "an argument itself"
OUTSIDE = "a node from outside"
SAME = "the same node as an earlier result"
CONSTANT = "a constant"
LEAF = "a leaf"
UNRECORDED_VALUE = "a Value computed inside no_grad"
FREED = "a node whose graph was freed"
CONNECTED = "a node that depends on others"


class Result:
    """One node among the results.

    Attributes
    ----------
    what : str
        One of the constants above.
    number : int
        Of an argument, or of the earlier result that is the same.
    node : Node or None
        A node from outside.
    kind : type
        Value, Tensor or a subclass.
    label : str
        The label that the function has given it.
    retains_grad : bool
        Whether the function has called its `retain_grad`.
    """

    __slots__ = ("kind", "label", "node", "number", "retains_grad", "what")

    def __init__(self, what: str, node: Any, number: int = 0) -> None:
        self.what = what
        self.number = number
        self.node = node if what == OUTSIDE else None
        self.kind = type(node)
        self.label: str = node.label
        self.retains_grad = isinstance(node, Tensor) and bool(node._retains_grad)


class Results:
    """What a function returned.

    Attributes
    ----------
    leaves : list of Result or None
        For each leaf of the result; None for one that is not a node.
    connected : list of int
        The numbers of those that have derivatives.
    arguments : list of int
        The numbers of the arguments that these depend on.
    outside : list of Node
        The nodes from outside that these depend on.
    shares_views : bool
        Whether one of them is a view of another node.
    are_values : bool
        Whether those that have derivatives are Values.
    refused : str
        Why a program cannot return such nodes; empty if it can.
    """

    def __init__(self) -> None:
        self.leaves: list[Result | None] = []
        self.connected: list[int] = []
        self.arguments: list[int] = []
        self.outside: list[Any] = []
        self.shares_views = False
        self.are_values = False
        self.refused = ""

    @property
    def has_nodes(self) -> bool:
        """Whether there is a node among the results."""
        return any(leaf is not None for leaf in self.leaves)


def results_of(found: Any, recorder: NodeTracer) -> Results:
    """Describe what a traced function has returned."""
    results = Results()
    leaves = tree.flat(found)
    nodes = {id(x): x for x in leaves if isinstance(x, Node)}
    seen: dict[int, int] = {}
    for number, x in enumerate(leaves):
        if not isinstance(x, Node):
            results.leaves.append(None)
            if objects.holds_nodes(x):
                results.refused = "it returns an array of objects, which holds nodes"
            continue
        if id(x) in seen:
            results.leaves.append(Result(SAME, x, seen[id(x)]))
            continue
        seen[id(x)] = number
        if x.primitive is None and x._call() == ENDED:
            results.refused = "it returns an argument of a transform that has ended"
        result = _result(x, recorder)
        results.leaves.append(result)
        if result.what == CONNECTED:
            _follow(_now(x), recorder, results, nodes)
            results.connected.append(number)
            if _is_assigned_leaf(x):
                results.refused = "it returns a leaf to whose elements it assigns"
        if isinstance(x, Tensor) and x._view is not None:
            base: Any = x
            while base._view is not None:
                base = base._view.base
                if (
                    id(base) in nodes
                    or not recorder.is_inside(base)
                    or _is_argument(base, recorder)
                ):
                    results.shares_views = True
    for number, x in enumerate(leaves):
        known = results.leaves[number]
        if known is not None and known.what == CONNECTED and _is_freed(_now(x)):
            known.what = FREED
            results.connected.remove(number)
    results.arguments.sort()
    kinds = {isinstance(leaves[number], Value) for number in results.connected}
    results.are_values = kinds == {True}
    if len(kinds) > 1:
        results.refused = "it returns Values and Tensors"
    return results


def _is_argument(node: Any, recorder: NodeTracer) -> bool:
    return id(node) in recorder.stand_ins


def _now(x: Any) -> Any:
    """Return the node that holds the elements of a result, to which the function may assign."""
    return current(x) if isinstance(x, Tensor) else x


def _is_assigned_leaf(x: Any) -> bool:
    return isinstance(x, Tensor) and x.primitive is None and x._requires_grad


def _result(x: Any, recorder: NodeTracer) -> Result:
    """Describe a node, without what it depends on."""
    if _is_argument(x, recorder):
        return Result(ARGUMENT, x, recorder.stand_ins[id(x)][1])
    if not recorder.is_inside(x) and x.primitive is None and x._primitive is not UNRECORDED:
        return Result(OUTSIDE, x)
    if x._primitive is UNRECORDED:
        return Result(UNRECORDED_VALUE, x)
    if _now(x).primitive is not None:
        return Result(CONNECTED, x)
    return Result(LEAF if isinstance(x, Value) or x.requires_grad else CONSTANT, x)


def _follow(root: Any, recorder: NodeTracer, results: Results, returned: dict[int, Any]) -> None:
    """Find the arguments and the nodes from outside that a result depends on."""
    known = {id(node) for node in results.outside}
    found = [root]
    seen = {id(root)}
    for node in found:  # the list grows
        if _is_argument(node, recorder):
            number = recorder.stand_ins[id(node)][1]
            needed = isinstance(node, Value) or node.requires_grad
            if needed and number not in results.arguments:
                results.arguments.append(number)
            continue
        if isinstance(node, Tensor) and (node._hooks or (node._retains_grad and node is not root)):
            results.refused = "it registers a hook, or retains the grad of a node inside"
        if node.primitive is None:
            needed = node._primitive is not UNRECORDED and node._needs_derivative()
            if needed and not recorder.is_inside(node):
                if id(node) not in known:
                    known.add(id(node))
                    results.outside.append(node)
            elif needed and id(node) in returned:
                results.refused = "it returns a leaf and what depends on it"
            continue
        for parent in node._bare_parents():
            if id(parent) not in seen:
                seen.add(id(parent))
                found.append(parent)


def _is_freed(root: Any) -> bool:
    """Return whether a backward pass has freed the graph of a node, or a part of it."""
    found = [root]
    seen = {id(root)}
    for node in found:  # the list grows
        if isinstance(node, Tensor) and node.freed:
            return True
        for parent in node._bare_parents():
            if id(parent) not in seen:
                seen.add(id(parent))
                found.append(parent)
    return False
