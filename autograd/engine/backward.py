"""Going backward: the chain rule in topological order, without recursion.

Tensors never are parents of Values, so a pass first goes through the Tensors and then, from
the derivatives that have arrived there, through the Values. Both count the edges that lead
to each node; a node is ready when all its edges have been walked.
"""

from __future__ import annotations

import threading
from typing import Any, Final, final

import numpy as np

from autograd.engine import tensor, value
from autograd.engine.node import Node
from autograd.engine.primitive import Primitive
from autograd.errors import FreedGraphError, GraphError, ShapeError

_ndarray: Final = np.ndarray

#: Two threads may differentiate graphs that share nodes: one at a time writes into them.
_LOCK: Final = threading.RLock()


# -- Values -----------------------------------------------------------------------------------


#: A list used as a stack gives back its memory when it runs empty, and takes it again at the next
#: node; this many entries at its bottom, never used, keep it from doing so.
_BOTTOM: Final = 32


def backward_values(roots: list[value.Value], seeds: list[float]) -> None:
    """Put into ``grad`` of every Value below the roots its derivative, given those of the roots."""
    with _LOCK:
        leaves: list[value.Value] = []
        before: list[float] = []
        try:
            _count_edges(roots, leaves)
            before.extend([leaf._grad for leaf in leaves])
            _walk_edges(roots, seeds)
        except BaseException:  # an interrupt, or memory running out
            _forget_edges(roots)
            for i in range(len(before)):
                leaves[i]._grad = before[i]
            raise


def _count_edges(roots: list[value.Value], leaves: list[value.Value]) -> None:
    """Count in each node below the roots the edges that lead to it, and list the leaves."""
    stack = roots[:1] * _BOTTOM
    for root in roots:
        if root._pending == 0:
            stack.append(root)
        root._pending += 1
    while len(stack) > _BOTTOM:
        node = stack.pop()
        if node._notes is not None:
            node._notes.gradient = None
        if node._primitive is None:
            leaves.append(node)
            continue
        node._grad = 0.0
        parent = node._left
        if parent is not None:
            if parent._pending == 0:
                stack.append(parent)
            parent._pending += 1
        parent = node._right
        if parent is not None:
            if parent._pending == 0:
                stack.append(parent)
            parent._pending += 1


def _walk_edges(roots: list[value.Value], seeds: list[float]) -> None:
    """Add up derivatives along the edges; a node's turn comes when all edges to it are walked."""
    stack = roots[:1] * _BOTTOM
    for i in range(len(roots)):
        root = roots[i]
        root._grad += seeds[i]
        root._pending -= 1
        if root._pending == 0:
            stack.append(root)
    while len(stack) > _BOTTOM:
        node = stack.pop()
        g = node._grad
        parent = node._left
        if parent is not None:
            parent._grad += g * node._left_partial
            parent._pending -= 1
            if parent._pending == 0:
                stack.append(parent)
        parent = node._right
        if parent is not None:
            parent._grad += g * node._right_partial
            parent._pending -= 1
            if parent._pending == 0:
                stack.append(parent)


def _forget_edges(roots: list[value.Value]) -> None:
    """Set all counts back to zero, after a pass that came to no end."""
    seen: set[int] = set()
    stack = list(roots)
    while stack:
        node = stack.pop()
        if id(node) not in seen:
            seen.add(id(node))
            node._pending = 0
            stack.extend(node.parents)


# -- Tensors, and anything when the derivatives are to be nodes -------------------------------


@final
class Visit:
    """What a pass knows of one node: the edges still to come, and the sum of what has arrived."""

    def __init__(self, node: Node) -> None:
        self.node: Node = node
        self.arguments: tuple[Any, ...] = ()
        self.parents: list[Visit | None] = []  # by argument; None for a constant
        self.pending: int = 0
        self.cotangent: Any = None
        self.owned: bool = False  # nobody else can see the array, so it may be added to


def backward_tensor(root: tensor.Tensor, gradient: Any, retain: bool, create: bool) -> None:
    """Go backward from a Tensor; see `Tensor.backward`."""
    if not root._requires_grad:
        raise GraphError(
            "This Tensor is a constant: it was detached, computed inside no_grad(), or made "
            "of constants only, so there is no graph to go back through."
        )
    _commit(_sweep(root, _seed(root, gradient), retain, create), create)


def differentiable_backward(root: value.Value, gradient: Any) -> None:
    """Go backward from a Value, making derivatives that are nodes."""
    _commit(_sweep(root, gradient, True, True), True)


def _seed(root: tensor.Tensor, gradient: Any) -> Any:
    data = root._data
    if gradient is None:
        if data.size != 1:
            raise ShapeError(
                f"backward() of a Tensor of shape {data.shape} needs gradient=, an array of "
                "that shape; or make it one number first, by .sum() or .mean()."
            )
        if data.dtype.kind == "c":
            raise ShapeError(
                "backward() of a complex number needs gradient=; or take its .real or .imag."
            )
        return data.dtype.type(1) if data.shape == () else np.ones(data.shape, data.dtype)
    if not hasattr(gradient, "shape"):
        gradient = np.asarray(gradient)
    if gradient.shape != data.shape:
        raise ShapeError(
            f"gradient= has shape {gradient.shape}, but the Tensor has shape {data.shape}; "
            "they must be the same."
        )
    return gradient if gradient.dtype == data.dtype else gradient.astype(data.dtype)


def _sweep(root: Node, seed: Any, retain: bool, create: bool) -> list[Visit]:
    """Walk all edges below the root; return the visits of nodes that keep their derivative."""
    first = _visit_all(root, create)
    first.cotangent = seed
    ready = [first]
    kept: list[Visit] = []
    while ready:
        visit = ready.pop()
        node = visit.node
        if isinstance(node, tensor.Tensor):
            if node._hooks is not None:
                _run_hooks(node, visit)
            if node._primitive is None or node._retains_grad:
                kept.append(visit)
            if node._primitive is not None:
                _pull_back(visit, node._data, node._keywords, ready, create)
                if not retain:
                    node._arguments = None
        elif isinstance(node, value.Value):
            kept.append(visit)
            if create and node._primitive is not None:
                _pull_back(visit, node._data, node.keywords, ready, create)
        visit.arguments = ()  # what has been gone through may be freed
    return kept


def _visit_all(root: Node, create: bool) -> Visit:
    """Find the nodes below the root, and count for each the edges that lead to it.

    Values are where the pass ends, unless derivatives are to be nodes.
    """
    first = Visit(root)
    visits = {id(root): first}
    stack = [first]
    while stack:
        visit = stack.pop()
        node = visit.node
        if isinstance(node, tensor.Tensor):
            if node._primitive is None:
                continue
            if node._arguments is None:
                raise FreedGraphError(
                    f"The graph below the result of {node.op!r} (shape {node.shape}) was freed "
                    "by an earlier backward(). Call that one with retain_graph=True, or go "
                    "back once from the sum of both results."
                )
            visit.arguments = node._arguments
        elif create and isinstance(node, value.Value):
            visit.arguments = node.arguments
        for argument in visit.arguments:
            if not _is_wanted(argument):
                visit.parents.append(None)
                continue
            key = id(argument)
            parent = visits.get(key)
            if parent is None:
                parent = Visit(argument)
                visits[key] = parent
                stack.append(parent)
            parent.pending += 1
            visit.parents.append(parent)
    return first


def _is_wanted(argument: Any) -> bool:
    """Say whether a derivative is to flow to an argument."""
    if isinstance(argument, tensor.Tensor):
        return argument._requires_grad
    return isinstance(argument, value.Value)


def _pull_back(
    visit: Visit, data: Any, keywords: dict[str, Any], ready: list[Visit], create: bool
) -> None:
    """Carry the derivative of a node along the edges to its parents."""
    primitive = visit.node._primitive
    assert primitive is not None
    g = visit.cotangent
    y: Any = data
    plain: list[Any] = []
    if create:
        y = visit.node
        plain.extend(visit.arguments)
    else:
        for argument in visit.arguments:
            if isinstance(argument, tensor.Tensor) or isinstance(argument, value.Value):
                argument = argument._data
            plain.append(argument)
    for argnum in range(len(visit.parents)):
        parent = visit.parents[argnum]
        if parent is None:
            continue
        found = primitive.pullback(argnum, g, y, plain, keywords)
        found = _conform(found, parent.node, primitive)
        parent.pending -= 1
        if parent.cotangent is not None:
            _add(parent, found)
        else:
            parent.cotangent = found
            parent.owned = not create and _is_new(found, g, y, plain)
        if parent.pending == 0:
            ready.append(parent)


def _conform(g: Any, argument: Any, primitive: Primitive) -> Any:
    """Give a derivative the type of the data it belongs to; its shape must be right already."""
    if not isinstance(argument, tensor.Tensor):
        if hasattr(g, "dtype") and g.dtype.kind == "c":
            g = np.real(g)
        if getattr(g, "shape", ()) != ():
            raise _shape_error(primitive, g.shape, ())
        return g
    data = argument._data
    if primitive.partials is None:  # elementwise rules have had their shape checked
        if not hasattr(g, "dtype"):
            g = np.reshape(g, data.shape)
        if g.shape != data.shape:
            raise _shape_error(primitive, g.shape, data.shape)
    if g.dtype is not data.dtype and g.dtype != data.dtype:
        if g.dtype.kind == "c" and data.dtype.kind != "c":
            g = np.real(g)
        g = g.astype(data.dtype)
    return g


def _shape_error(primitive: Primitive, given: Any, wanted: Any) -> ShapeError:
    return ShapeError(
        f"The rule of {primitive.name!r} returned a derivative of shape {given} for an argument "
        f"of shape {wanted}; a derivative has the shape of what it is taken with respect to."
    )


def _is_new(found: Any, g: Any, y: Any, plain: list[Any]) -> bool:
    """Say whether a rule has made a new array, which nobody else refers to."""
    if type(found) is not _ndarray or found is g or found is y or found.base is not None:
        return False
    for argument in plain:  # noqa: SIM110 - a generator costs more than the rest of the pass
        if found is argument:
            return False
    return True


def _add(visit: Visit, g: Any) -> None:
    """Add what has come along one edge to what has come along others."""
    if visit.owned and type(g) is _ndarray:
        np.add(visit.cotangent, g, out=visit.cotangent)
    else:
        total = visit.cotangent + g
        visit.cotangent = total
        visit.owned = type(total) is _ndarray


def _run_hooks(node: tensor.Tensor, visit: Visit) -> None:
    for (function,) in tuple(node._hooks):
        replaced = function(visit.cotangent)
        if replaced is not None:
            assert node._hooks is not None
            visit.cotangent = _conform(replaced, node, node._primitive or _HOOK)
            visit.owned = False


_HOOK: Final = Primitive("hook")


def _commit(kept: list[Visit], create: bool) -> None:
    """Write the derivatives into the nodes: all of them, or none."""
    with _LOCK:
        tensors: list[tensor.Tensor] = []
        gradients: list[Any] = []
        values: list[value.Value] = []
        seeds: list[Any] = []
        for visit in kept:
            node = visit.node
            if isinstance(node, tensor.Tensor):
                tensors.append(node)
                gradients.append(_total(node, visit, create))
            elif isinstance(node, value.Value):
                values.append(node)
                seeds.append(_value_total(node, visit.cotangent) if create else visit.cotangent)
        if values and not create:
            backward_values(values, [float(seed) for seed in seeds])
        elif values:
            for leaf, gradient in zip(values, seeds, strict=True):
                leaf._take_gradient(gradient)
        for target, gradient in zip(tensors, gradients, strict=True):
            target._grad = gradient


def _total(node: tensor.Tensor, visit: Visit, create: bool) -> Any:
    """Return the new `grad` of a Tensor: leaves accumulate, intermediate nodes start afresh."""
    g = visit.cotangent
    before = node._grad if node._primitive is None else None
    if create:
        if before is not None:
            g = before + g
        return g if isinstance(g, Node) else tensor.Tensor(g.copy())
    if before is not None:
        g = (before.data if isinstance(before, tensor.Tensor) else before) + g
    elif not visit.owned:
        g = g.copy()
    return np.asarray(g) if isinstance(g, np.generic) else g


def _value_total(node: value.Value, g: Any) -> Node:
    if node._primitive is None and node.grad:
        g = node.grad + g
    if isinstance(g, Node):
        return g
    return value.Value(g)
