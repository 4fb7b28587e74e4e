"""Derivatives with respect to given nodes: what the transforms are made of.

Every ``grad`` stays as it is, unlike with `backward`.
"""

from __future__ import annotations

from typing import Any

from autograd.engine.backward import Sweep, explore, seed_of, walk
from autograd.engine.fields import ArrayNode, NumberNode
from autograd.engine.grad_mode import is_recording
from autograd.engine.node import Node
from autograd.engine.value_backward import derivatives_of_values
from autograd.errors import GraphError


def derivatives(root: Node, seed: Any, targets: list[Node], retain: bool, create: bool) -> Any:
    """Return the derivatives with respect to some nodes, and leave every ``grad`` as it is.

    Nothing is gone through below the targets, which may be results themselves.

    Returns
    -------
    list
        For each target its derivative, None where the root does not depend on it.
    """
    if not create and isinstance(root, NumberNode):
        return derivatives_of_values([root], [float(seed)], targets)
    if create and not is_recording():
        raise GraphError(
            "A derivative that is to be differentiated again cannot be made inside no_grad()."
        )
    if isinstance(root, ArrayNode):
        if not root._requires_grad:
            return [None for _ in targets]
        seed = seed_of(root, seed, create)
    sweep = _prepare(root, targets, create)
    return _arrived(walk(sweep, seed, retain or create), targets)


def rows_of_derivatives(
    root: ArrayNode, seeds: Any, targets: list[Node], create: bool
) -> list[Any]:
    """Return what `derivatives` does for each of several seeds; the graph is explored once."""
    if not root._requires_grad:
        return [[None for _ in targets] for _ in seeds]
    first = _prepare(root, targets, create)
    rows: list[Any] = []
    for seed in seeds:
        sweep = Sweep(create)
        sweep.nodes, sweep.pending = list(first.nodes), list(first.pending)
        sweep.edges, sweep.first_edge = first.edges, first.first_edge
        sweep.stops, sweep.through = first.stops, first.through
        sweep.limits = first.limits
        sweep.cotangents, sweep.owned = list(first.cotangents), list(first.owned)
        rows.append(_arrived(walk(sweep, seed, True), targets))
    return rows


def _prepare(root: Node, targets: list[Node], create: bool) -> Sweep:
    """Explore the graph between a node and some targets."""
    sweep = Sweep(create)
    if any([target._primitive is not None for target in targets]):  # noqa: C419 - as is compiled
        for target in targets:
            sweep.stops.add(id(target))
        _find_between(sweep, root)
    explore(sweep, root)
    return sweep


def _arrived(sweep: Sweep, targets: list[Node]) -> list[Any]:
    """Collect what has arrived at the targets, and go on to those below Values."""
    found: dict[int, Any] = {}
    values: list[NumberNode] = []
    seeds: list[float] = []
    for number in sweep.kept:
        node = sweep.nodes[number]
        if isinstance(node, NumberNode) and not sweep.create:
            values.append(node)
            seeds.append(float(sweep.cotangents[number]))
        else:
            found[id(node)] = sweep.cotangents[number]
    if values:
        below = derivatives_of_values(values, seeds, targets)
        for target, derivative in zip(targets, below, strict=True):
            if derivative is not None:
                found[id(target)] = derivative
    return [found.get(id(target)) for target in targets]


def _find_between(sweep: Sweep, root: Node) -> None:
    """Note which nodes depend on a node to stop at: the others are constants here."""
    stack: list[tuple[Any, int]] = [(root, 0)]
    seen: set[int] = {id(root)}
    while stack:
        node, position = stack.pop()
        if id(node) in sweep.stops:
            sweep.through.add(id(node))
            continue
        parents = node.parents
        if position < len(parents):
            stack.append((node, position + 1))
            if id(parents[position]) not in seen:
                seen.add(id(parents[position]))
                stack.append((parents[position], 0))
        elif any([id(parent) in sweep.through for parent in parents]):  # noqa: C419
            sweep.through.add(id(node))
