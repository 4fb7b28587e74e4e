"""Find the small constant that a gradient leaves out: `log(p + 1e-7)` differentiated as `log(p)`.

Such a constant keeps a function away from infinity or from a division by zero. By hand it is
usually left out of the derivative, on purpose or not, which is then wrong by very little.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from autograd.check.analytic import RecordedCall
from autograd.check.arrays import Vector
from autograd.check.checked_function import as_derivative
from autograd.check.explain.reference import Reference
from autograd.engine import Node
from autograd.graph import contents

#: How little an operation changes its argument at most, relative to it.
SMALL = 1e-2

#: How close to the derivative without the constant the given one must be, relative to how far it is
#: from the right one.
SHARE = 1e-2

#: The largest graph, and how many constants are left out together.
MOST_NODES, MOST_CONSTANTS = 500, 4

Arrays = Mapping[str, Any]
Step = tuple[
    int, int
]  # the number of a node in its graph, and of the argument that it hardly changes


class Safeguards:
    """The operations of a function that hardly change their argument.

    Parameters
    ----------
    reference : Reference
        The right derivatives, with a recorded call.
    given : mapping of str to array
        The gradient, by the path of the leaf.
    """

    def __init__(self, reference: Reference, given: Arrays) -> None:
        assert reference.recorded_call is not None
        self.reference = reference
        self.given = given
        self.nodes = list(reference.recorded_call.graph)

    def left_out(self, elsewhere: tuple[Arrays, Reference] | None) -> list[Step]:
        """Return the operations without which the gradient is right, here and at another point."""
        if elsewhere is None:
            return []
        given, reference = elsewhere
        steps = _small_steps(self.nodes)
        for count in range(1, len(steps) + 1):
            for chosen in itertools.combinations(steps, count):
                if _is_without(chosen, self.reference, self.given) and _is_without(
                    chosen, reference, given
                ):
                    return list(chosen)
        return []

    def sentence(self, chosen: Collection[Step], largest: float) -> str:
        """Return what was left out, and how to accept that."""
        found = []
        for number, _ in chosen:
            node = self.nodes[number]
            place = self.reference.trace.where(node) if self.reference.trace is not None else None
            constants = [a for a in node.arguments if not isinstance(a, Node) and np.size(a) == 1]
            what = " and ".join(f"{float(np.reshape(a, ())):g}" for a in constants) or node.op
            found.append(f"\n    {what}" + ("" if place is None else f" in {place}"))
        return (
            "The gradient leaves out what changes the function little: it is that of the function "
            f"without it. It differs from the right one by at most {largest:.0e} of its size; if "
            f"that is meant, rtol={10.0 ** np.ceil(np.log10(largest)):.0e} accepts it."
            + "".join(dict.fromkeys(found))
        )


def allowance(call: RecordedCall, weights: Vector) -> Vector | float:
    """Return how much the derivatives of a call change if its small constants are left out.

    Parameters
    ----------
    call : RecordedCall
        The call.
    weights : ndarray
        Weights of the results in each row of derivatives.
    """
    steps = _small_steps(list(call.graph))
    if not steps:
        return 0.0
    right = call.reverse(weights)
    try:
        apart = [np.abs(_without(call, dict([step]), weights) - right) for step in steps]
    except Exception:  # outside its domain
        return 0.0
    return np.sum(apart, axis=0)  # type: ignore[no-any-return]


def _small_steps(nodes: Sequence[Any]) -> list[Step]:
    """Return the operations that hardly change their argument, if they are few."""
    if len(nodes) > MOST_NODES:
        return []
    found = list(itertools.islice(_steps(nodes), MOST_CONSTANTS + 1))
    return found if len(found) <= MOST_CONSTANTS else []


def _steps(nodes: Sequence[Any]) -> Iterator[Step]:
    for number, node in enumerate(nodes):
        y = np.asarray(contents(node))
        if node.primitive is None or y.dtype.kind != "f" or not y.size:
            continue
        for argnum, argument in enumerate(node.arguments):
            x = np.asarray(contents(argument)) if isinstance(argument, Node) else None
            if x is None or x.shape != y.shape or x.dtype.kind != "f":
                continue
            apart = float(np.max(np.abs(x - y)))
            if 0 < apart <= SMALL * float(np.max(np.abs(x))):
                yield number, argnum


def _is_without(chosen: Collection[Step], reference: Reference, given: Arrays) -> bool:
    """Return whether a gradient is that of a function without some operations."""
    call = reference.recorded_call
    assert call is not None
    try:
        matrix = _without(call, dict(chosen), np.eye(call.function.size))
    except Exception:  # outside its domain, or another graph
        return False
    far = near = 0.0
    for leaf in call.function.inputs:
        right = reference.arrays.get(leaf.path)
        claimed = given.get(leaf.path)
        without = as_derivative(matrix[:, leaf.slice], leaf)
        if right is None or claimed is None or np.shape(claimed) != np.shape(without):
            return False
        size = float(np.max(np.abs(right), initial=0.0)) or 1.0
        far = max(far, float(np.max(np.abs(claimed - right), initial=0.0)) / size)
        near = max(near, float(np.max(np.abs(claimed - without), initial=0.0)) / size)
    return near <= SHARE * far


def _without(call: RecordedCall, chosen: Mapping[int, int], weights: Vector) -> Vector:
    """Return the derivatives of a recorded call in which some operations return an argument."""
    changed = copy.copy(call)
    changed.leaves = call.function.objects()
    new = {id(old): leaf for old, leaf in zip(call.leaves, changed.leaves, strict=True)}
    for number, node in enumerate(call.graph):
        if id(node) in new:
            continue
        if node.primitive is None:
            new[id(node)] = node
            continue
        arguments = [new.get(id(a), a) for a in node.arguments]
        if number in chosen:
            new[id(node)] = arguments[chosen[number]]
        else:
            new[id(node)] = node.primitive(*arguments, **node.keywords)
    changed.outputs = [new.get(id(output), output) for output in call.outputs]
    changed.__dict__.pop("graph", None)  # that of the call
    return changed.reverse(weights)
