"""Run a recorded computation again with changes: forward with other operations, or backward."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from autograd.check.arrays import as_cotangent
from autograd.engine import Node
from autograd.engine.broadcasting import unbroadcast
from autograd.graph import Graph, contents

Edge = tuple[int, int]  # the id of a node, and the number of one of its arguments
Override = tuple[Any, Callable[[Any], Any]]  # a node, and the cotangent it receives instead


def run(
    graph: Graph,
    changed: Mapping[int, Callable[[Any, Any], Any]] | None = None,
    given: Mapping[int, Any] | None = None,
) -> dict[int, Any]:
    """Compute a graph again; return the results by the id of their node.

    Parameters
    ----------
    graph : Graph
        The recorded computation.
    changed : mapping of id to callable
        ``function(arguments, keywords)`` to use instead of a node's primitive.
    given : mapping of id to array
        Results to use instead of computing them.
    """
    changed = changed or {}
    results: dict[int, Any] = dict(given or {})
    dirty: set[int] = set(results)
    with np.errstate(all="ignore"):
        for node in graph:
            key = id(node)
            if key in results:
                continue
            arguments = node.arguments
            if key not in changed and not any(id(a) in dirty for a in arguments):
                results[key] = contents(node)
                continue
            dirty.add(key)
            plain = [results[id(a)] if isinstance(a, Node) else a for a in arguments]
            if key in changed:
                results[key] = changed[key](plain, node.keywords)
            else:
                results[key] = node.primitive.function(*plain, **node.keywords)
    return results


def pull_back(
    graph: Graph,
    seeds: Mapping[int, Any],
    overrides: Mapping[int, Override] | None = None,
    cut: frozenset[Edge] = frozenset(),
    edges: dict[Edge, Any] | None = None,
) -> dict[int, Any]:
    """Carry cotangents backward; return the cotangent of each node, by its id.

    Parameters
    ----------
    graph : Graph
        The recorded computation.
    seeds : mapping of id to array
        The cotangents of the outputs.
    overrides : mapping of id to Override
        Where the cotangent of a node goes instead of to its arguments.
    cut : set of Edge
        Edges that carry nothing.
    edges : dict, optional
        Filled with what each edge carries.
    """
    overrides = overrides or {}
    edges = {} if edges is None else edges

    def pull(node: Any, g: Any) -> Iterator[tuple[Any, Any]]:
        if node.primitive is None:
            return
        if id(node) in overrides:
            target, change = overrides[id(node)]
            yield target, as_cotangent(unbroadcast(change(g), target.data), contents(target))
            return
        arguments = [contents(argument) for argument in node.arguments]
        for argnum, argument in enumerate(node.arguments):
            if isinstance(argument, Node) and (id(node), argnum) not in cut:
                rule = node.primitive.pullback
                found = rule(argnum, g, contents(node), arguments, node.keywords)
                edges[id(node), argnum] = as_cotangent(found, arguments[argnum])
                yield argument, edges[id(node), argnum]

    with np.errstate(all="ignore"):
        return graph.pull_back(seeds, pull)
