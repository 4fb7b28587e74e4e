"""A recorded computation, run again: as it was, or with something changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from autograd.engine import Node
from autograd.engine.broadcasting import unbroadcast
from autograd.topology import current, nodes_below

Edge = tuple[int, int]  # the id of a node, and the number of one of its arguments
Detour = tuple[Any, Callable[[Any], Any]]  # where a cotangent goes instead, and what becomes of it


class Program:
    """The operations below some nodes, in order.

    Attributes
    ----------
    nodes : list of Node
        Arguments before results, leaves first.
    """

    def __init__(self, outputs: Sequence[Any]) -> None:
        self.outputs = [current(node) for node in outputs if isinstance(node, Node)]
        self.nodes = nodes_below(*self.outputs)

    def run(
        self,
        changed: Mapping[int, Callable[[Any, Any], Any]] | None = None,
        given: Mapping[int, Any] | None = None,
    ) -> dict[int, Any]:
        """Compute everything anew; return the results by the id of their node.

        Parameters
        ----------
        changed : mapping of id to callable
            ``function(arguments, keywords)`` to compute a node by instead of its primitive.
        given : mapping of id to array
            Results that are not computed but taken from here.
        """
        results: dict[int, Any] = dict(given or {})
        dirty: set[int] = set(results)
        with np.errstate(all="ignore"):
            for node in self.nodes:
                key = id(node)
                if key in results:
                    continue
                arguments = node.arguments
                altered = changed is not None and key in changed
                if not altered and not any(
                    id(a) in dirty for a in arguments if isinstance(a, Node)
                ):
                    results[key] = node._contents
                    continue
                dirty.add(key)
                plain = [results[id(a)] if isinstance(a, Node) else a for a in arguments]
                if altered and changed is not None:
                    results[key] = changed[key](plain, node.keywords)
                else:
                    results[key] = node.primitive.function(*plain, **node.keywords)
        return results

    def backward(
        self,
        seeds: Mapping[int, Any],
        detours: Mapping[int, Detour] | None = None,
        cut: frozenset[Edge] = frozenset(),
    ) -> dict[int, Any]:
        """Carry cotangents backward; return what arrives at each node, by its id.

        Parameters
        ----------
        seeds : mapping of id to array
            The cotangents of the outputs.
        detours : mapping of id to Detour
            Nodes whose cotangent does not go through their primitive.
        cut : set of Edge
            Where nothing goes through.
        """
        arrived: dict[int, Any] = dict(seeds)
        with np.errstate(all="ignore"):
            for node in reversed(self.nodes):
                g = arrived.get(id(node))
                if g is None or node.primitive is None:
                    continue
                if detours is not None and id(node) in detours:
                    target, change = detours[id(node)]
                    _add(arrived, target, unbroadcast(change(g), target.data))
                    continue
                plain = [a._contents if isinstance(a, Node) else a for a in node.arguments]  # type: ignore[attr-defined]
                for argnum, argument in enumerate(node.arguments):
                    if isinstance(argument, Node) and (id(node), argnum) not in cut:
                        _add(
                            arrived,
                            argument,
                            node.primitive.pullback(
                                argnum, g, node._contents, plain, node.keywords
                            ),
                        )
        return arrived


def _add(arrived: dict[int, Any], node: Any, g: Any) -> None:
    data = node.data
    if np.iscomplexobj(g) and not np.iscomplexobj(data):
        g = np.real(g)
    before = arrived.get(id(node))
    arrived[id(node)] = g if before is None else before + g
