"""The backward pass as a computation of its own: what it computes, and for which operation."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.check.analytic import RecordedCall, others_untouched
from autograd.engine import Node, Tensor, Value
from autograd.engine.observers import Observer
from autograd.rules import elementwise


class BackwardPass(Observer):
    """Derivatives that are nodes, and the operations whose rules computed them.

    Parameters
    ----------
    call : RecordedCall
        The function. Its operations know their lines.
    weights : array
        The weights of its results.

    Attributes
    ----------
    gradients : list
        The derivative with respect to each leaf; None where it is not a node.
    owners : dict of int to Node
        The operation of the function whose rule made a node, by the id of the node.
    sums : dict of int to list of Node
        The nodes that add derivatives which reach an argument by several paths, and the operations
        that these come from.
    """

    def __init__(self, call: RecordedCall, weights: Any) -> None:
        self.owners: dict[int, Any] = {}
        self.sums: dict[int, list[Any]] = {}
        self._kept: list[Any] = []  # an id is unique as long as the node lives
        self._made: list[Any] = []
        self._arrived: dict[int, list[Any]] = {}
        self._last: Any = None
        self.watch()
        try:
            with np.errstate(all="ignore"), others_untouched(call.graph, call.leaves):
                self._run(call, weights)
        finally:
            self.leave()

    def _run(self, call: RecordedCall, weights: Any) -> None:
        cotangents = call.function.cotangents(weights)
        for leaf, output in zip(call.function.outputs, call.outputs, strict=True):
            if isinstance(output, Tensor) and output.requires_grad:
                output.backward(cotangents[leaf.path], create_graph=True)
            elif isinstance(output, Value):
                output.backward(float(cotangents[leaf.path]), create_graph=True)
            self._arrived.clear()
        self.gradients = []
        for node in call.leaves:
            self.gradients.append(node.grad if isinstance(node.grad, Node) else None)
            node.grad = None

    def made(self, node: Any) -> None:
        """Note a node; it belongs to the rule that runs, or adds what two rules have returned."""
        self._kept.append(node)
        if self._last is not None:
            origins, found = self._last
            self._last = None
            if node.primitive is elementwise.add and any(x is found for x in node.arguments):
                self.sums[id(node)] = origins
                self._belongs(node, origins[-1])
                return
        self._made.append(node)

    def pulled(self, node: Any, argnum: int, cotangent: Any) -> None:
        """Note which operation the nodes made since the last call belong to."""
        for made in self._made:
            self._belongs(made, node)
        self._made = []
        origins = self._arrived.setdefault(id(node.arguments[argnum]), [])
        origins.append(node)
        self._last = (origins.copy(), cotangent) if len(origins) > 1 else None

    def _belongs(self, made: Any, operation: Any) -> None:
        self.owners[id(made)] = operation
        made.place = operation.place
