"""All rows of a Jacobian in one pass: the cotangents, or the tangents, are a batch.

A pass takes a block of rows, as many as fit into the memory that is allowed. Where batches do not
work (a rule that needs plain arrays, a result that depends on a `Value`), each row has its own
pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd import forward
from autograd.engine import Node, Tensor, batching
from autograd.engine.derivatives import between, rows_of_derivatives
from autograd.engine.foreign import like
from autograd.engine.grad_mode import GRAD_MODE
from autograd.graph import Graph, current
from autograd.variables import Call

#: How many bytes of the largest array of a graph, for all rows of a block, are allowed.
BLOCK = 1 << 25

#: Fewer rows are computed one by one.
FEW = 3

#: The same for the small systems of a solver, whose passes are short.
FEW_OF_SYSTEM = 16


def jacobian_rows(call: Call, result: Any) -> list[Any] | None:
    """Return the Jacobian with respect to each leaf, an array with the rows first, or None.

    Returns
    -------
    list or None
        For each leaf an array or a node of shape (size of the result, *shape of the leaf); None for
        a leaf that the result does not depend on. None if each row needs its own pass.
    """
    result = current(result)
    leaves = call.variable.nodes
    graph = Graph.of(result)
    if not _can_be_batched(graph, leaves, result):
        return None
    given = sum(leaf.size for leaf in leaves)
    largest = max(node.data.nbytes for node in graph if isinstance(node, Tensor))
    with call.differentiating():
        try:
            if given < result.size:
                return _by_columns(call, result, largest)
            return _by_rows(call, result, largest)
        except Exception as error:  # what a rule cannot do with a batch, it may do with a row
            from autograd.batching.level import settle

            settle(error)
            return None


def rows_between(result: Any, target: Any) -> Any:
    """Return the Jacobian of a result with respect to a node that it was computed from, or None.

    Returns
    -------
    array or None
        Plain numbers, one row for each element of the result; None if each row needs its own pass.
    """
    result = current(result)
    if min(result.size, target.size) < FEW_OF_SYSTEM:
        return None
    if not (isinstance(target, Tensor) and result.dtype.kind == target.dtype.kind == "f"):
        return None
    return _in_blocks(result, target, result.size, lambda block: _one_hot(block, result, 0))


def rows_for(result: Any, target: Any, seeds: Any, create: bool) -> Any:
    """Return the derivatives of a result by a node for several cotangents, or None.

    Parameters
    ----------
    result : node or array
        What was computed.
    target : Tensor
        From what: a pass ends there.
    seeds : array
        The cotangents, along the first axis.
    create : bool
        Whether the derivatives are nodes.

    Returns
    -------
    array or node
        One row, of the shape of the target, for each cotangent; None without dependence.
    """
    if not isinstance(result, Node):
        return None
    result = current(result)
    if not create and len(seeds) >= FEW:
        found = _in_blocks(
            result, target, len(seeds), lambda block: seeds[block.start : block.stop]
        )
        if found is not None:
            return found
    rows = [row for (row,) in rows_of_derivatives(result, seeds, [target], create)]
    return None if rows[0] is None else np.stack(rows)


def _in_blocks(result: Any, target: Any, count: int, seeds: Callable[[range], Any]) -> Any:
    """Return the derivatives for several cotangents, a batch for each block of them.

    Return None if each needs its own pass, or without dependence. `seeds` returns the cotangents of
    a block, along the first axis.
    """
    nodes: list[Any] = [node for node in between(result, [target]) if node is not None]
    if GRAD_MODE.interventions != GRAD_MODE.tracing or not all(map(_takes_batches, nodes)):
        return None
    parts: list[Any] = []
    try:
        for block in _blocks(count, max([node.data.nbytes for node in nodes], default=0)):
            with _Block(len(block), False) as rows:
                seed = rows.seed(seeds(block))
                ((found,),) = rows_of_derivatives(result, [seed], [target], False)
            if found is None:
                return None
            parts.append(rows.rows(found))
    except Exception as error:  # what a rule cannot do with a batch, it may do with a row
        from autograd.batching.level import settle

        settle(error)
        return None
    return _joined(parts)


def _takes_batches(node: Any) -> bool:
    """Return whether a pass may take batches through a node: a Tensor that nothing observes."""
    return (
        isinstance(node, Tensor)
        and node._hooks is None
        and (node.primitive is None or node.primitive.limit is None)
    )


def _can_be_batched(graph: Graph, leaves: list[Any], result: Any) -> bool:
    """Return whether all that the result depends on are Tensors that nothing observes."""
    if GRAD_MODE.interventions != GRAD_MODE.tracing or result.dtype.kind != "f":
        return False
    if min(result.size, sum(leaf.size for leaf in leaves)) < FEW:
        return False
    if any(not isinstance(leaf, Tensor) or leaf.dtype.kind != "f" for leaf in leaves):
        return False
    return all(_takes_batches(node) for node in graph)


def _blocks(count: int, largest: int) -> Iterator[range]:
    """Yield ranges of rows that take no more than the allowed memory."""
    size = max(min(count, BLOCK // max(largest, 1)), 1)
    for start in range(0, count, size):
        yield range(start, min(start + size, count))


def _one_hot(block: range, leaf: Any, offset: int) -> Any:
    """Return arrays of the shape of a leaf that have a one at each place of a block."""
    place = np.arange(block.start - offset, block.stop - offset, like=like(leaf))
    rows = place[:, None] == np.arange(leaf.size, like=like(leaf))
    return rows.astype(leaf.dtype).reshape((len(block), *leaf.shape))


class _Block:
    """The batch of one block of rows, around the pass that computes them."""

    def __init__(self, size: int, nested: bool) -> None:
        from autograd.batching import Level, batched  # imported when first needed
        from autograd.rules.batches import leave

        self.level = Level(size, GRAD_MODE.calls + 0.5)
        self.batched, self.leave, self.nested = batched, leave, nested

    def __enter__(self) -> _Block:
        if self.nested:  # then what the pass computes are nodes, and those of the graph are shared
            GRAD_MODE.calls += 1.0
            batching.push(self.level)
        return self

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        if self.nested:
            batching.pop()

    def seed(self, rows: Any) -> Any:
        """Return the array of one row, for the whole block."""
        return self.batched(rows, self.level)

    def rows(self, found: Any) -> Any:
        """Return what has been computed for all rows, along the first axis."""
        return self.leave(found, self.level, 0)


def _by_rows(call: Call, result: Any, largest: int) -> list[Any]:
    """Run backward passes, each for a block of elements of the result."""
    leaves = call.variable.nodes
    parts: list[list[Any]] = [[] for _ in leaves]
    for block in _blocks(result.size, largest):
        with _Block(len(block), call.nested) as rows:
            seed = rows.seed(_one_hot(block, result, 0))
            (found,) = rows_of_derivatives(result, [seed], leaves, call.nested)
        for part, g in zip(parts, found, strict=True):
            part.append(None if g is None else rows.rows(g))
    return [_joined(part) for part in parts]


def _by_columns(call: Call, result: Any, largest: int) -> list[Any]:
    """Push tangents forward, each time a block of elements of the arguments."""
    leaves = call.variable.nodes
    offsets = np.cumsum([0, *[leaf.size for leaf in leaves]])
    parts: list[Any] = []
    for block in _blocks(int(offsets[-1]), largest):
        with _Block(len(block), call.nested) as columns:
            tangents = {
                leaf: columns.seed(_one_hot(block, leaf, int(offset)))
                for leaf, offset in zip(leaves, offsets, strict=False)
            }
            (found,) = forward.push_forward([result], tangents, call.nested, call.begun)
        parts.append(np.reshape(columns.rows(found), (len(block), result.size)))
    matrix = np.transpose(parts[0] if len(parts) == 1 else np.concatenate(parts))
    return [
        _of_leaf(matrix[:, int(offset) : int(offset) + leaf.size], leaf)
        for leaf, offset in zip(leaves, offsets, strict=False)
    ]


def _of_leaf(columns: Any, leaf: Any) -> Any:
    """Return the Jacobian with respect to one leaf, in its type, the rows first."""
    columns = columns if columns.dtype == leaf.dtype else columns.astype(leaf.dtype)
    return np.reshape(columns, (columns.shape[0], *leaf.shape))


def _joined(parts: list[Any]) -> Any:
    if any(part is None for part in parts):
        return None
    return parts[0] if len(parts) == 1 else np.concatenate(parts)
