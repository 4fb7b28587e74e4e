"""Derivatives with respect to given nodes, for the transforms.

Unlike `backward`, this leaves every ``grad`` unchanged.
"""

from __future__ import annotations

from typing import Any

from autograd.engine import tracing
from autograd.engine.backward import Sweep, explore, freed_error, walk
from autograd.engine.cotangents import seed_of
from autograd.engine.fields import ArrayNode, NumberNode
from autograd.engine.foreign import as_float
from autograd.engine.grad_mode import GRAD_MODE, is_recording
from autograd.engine.node import Node
from autograd.engine.value_backward import derivatives_of_values
from autograd.errors import GraphError


def derivatives(
    root: Node, seed: Any, targets: list[Node], retain: bool, create: bool, only: bool = False
) -> Any:
    """Return the derivatives with respect to some nodes.

    The pass stops at the targets, which may be computed nodes themselves. With `only` it leaves out
    what does not depend on them also if they are leaves, which pays where there are many others.

    Returns
    -------
    list
        For each target its derivative, None where the root does not depend on it.
    """
    if not create and isinstance(root, NumberNode):
        if GRAD_MODE.tracing != 0:
            found = tracing.here().pull_back([root], [seed], targets)
            if found is not None:
                return found
        return derivatives_of_values([root], [as_float(seed)], targets)
    if create and not is_recording():
        raise GraphError("A derivative made inside no_grad() cannot be differentiated again.")
    if isinstance(root, ArrayNode):
        if not root._requires_grad:
            return [None for _ in targets]
        seed = seed_of(root, seed, create)
    sweep = _prepare(root, targets, create, only)
    return _arrived(walk(sweep, seed, retain or create), targets)


def rows_of_derivatives(
    root: ArrayNode, seeds: Any, targets: list[Node], create: bool
) -> list[Any]:
    """Return the derivatives for each of several seeds, exploring the graph only once."""
    if not root._requires_grad:
        return [[None for _ in targets] for _ in seeds]
    first = _prepare(root, targets, create)
    rows: list[Any] = []
    for seed in seeds:
        sweep = first.again()
        rows.append(_arrived(walk(sweep, seed, True), targets))
    return rows


def between(root: Node, targets: list[Node]) -> list[Node | None]:
    """Return the nodes through which a pass from a node to some targets goes."""
    return _prepare(root, targets, False).nodes


def _prepare(root: Node, targets: list[Node], create: bool, only: bool = False) -> Sweep:
    """Explore the graph between a node and some targets."""
    sweep = Sweep(create)
    ends = only
    for target in targets:
        ends = ends and isinstance(target, ArrayNode)
    for target in targets:
        ends = ends or target._primitive is not None
    if ends:
        for target in targets:
            sweep.targets.add(id(target))
        _find_between(sweep, root)
    explore(sweep, root)
    return sweep


def _arrived(sweep: Sweep, targets: list[Node]) -> list[Any]:
    """Collect the derivatives at the targets, and continue to those below Values."""
    found: dict[int, Any] = {}
    values: list[NumberNode] = []
    seeds: list[Any] = []
    for number in sweep.reached:
        node = sweep.nodes[number]
        if isinstance(node, NumberNode) and not sweep.create:
            values.append(node)
            seeds.append(sweep.cotangents[number])
        else:
            found[id(node)] = sweep.cotangents[number]
    if values:
        below = tracing.here().pull_back(values, seeds, targets) if GRAD_MODE.tracing != 0 else None
        if below is None:
            below = derivatives_of_values(values, [as_float(seed) for seed in seeds], targets)
        for target, derivative in zip(targets, below, strict=True):
            if derivative is not None:
                found[id(target)] = derivative
    return [found.get(id(target)) for target in targets]


def _find_between(sweep: Sweep, root: Node) -> None:
    """Find the nodes that depend on a target; the others are constants in this pass."""
    stack: list[tuple[Any, int]] = [(root, 0)]
    seen: set[int] = {id(root)}
    while stack:
        node, position = stack.pop()
        if id(node) in sweep.targets:
            sweep.on_path.add(id(node))
            continue
        if _is_freed(node):
            raise freed_error(node)  # it is not known any more what it depends on
        parents = node._bare_parents()
        if position < len(parents):
            stack.append((node, position + 1))
            if id(parents[position]) not in seen:
                seen.add(id(parents[position]))
                stack.append((parents[position], 0))
        elif any([id(parent) in sweep.on_path for parent in parents]):  # noqa: C419
            sweep.on_path.add(id(node))


def _is_freed(node: Any) -> bool:
    """Return whether an earlier pass has freed what a node was computed from."""
    if not isinstance(node, ArrayNode) or not node._requires_grad:
        return False
    return node._primitive is not None and node._arguments is None
