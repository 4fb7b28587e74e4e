"""Which derivatives along single edges are not the whole derivative, and what sums they enter.

Along an edge only one argument of an operation varies. Where the same node also reaches the
operation another way, as in ``a · a``, that is not the derivative of the result with respect to
the node, and a lesson has to say which edge it means.
"""

from __future__ import annotations

from collections import Counter, defaultdict

from autograd.drawing.chain import Step
from autograd.drawing.graph import Graph, Item, notation
from autograd.rules.notation import role_of


class Paths:
    """The edges of the backward pass, by where they begin and end.

    Parameters
    ----------
    graph : Graph
        The graph.
    steps : list of Step
        One for each edge.
    """

    def __init__(self, graph: Graph, steps: list[Step]) -> None:
        self._uses = Counter(parent.number for item in graph.items for parent in item.parents)
        self._received: defaultdict[int, list[Step]] = defaultdict(list)
        for step in steps:
            self._received[step.parent.number].append(step)

    def role(self, step: Step) -> str:
        """Return which argument an edge enters, "first factor"; empty if there is no doubt."""
        others = [
            argument
            for argnum, argument in enumerate(step.item.call)
            if isinstance(argument, Item) and argnum != step.argnum
        ]
        if self._uses[step.parent.number] < 2 or not any(
            _depends(other, step.parent) for other in others
        ):
            return ""
        return role_of(notation(step.item.node.primitive), step.argnum)

    def received(self, step: Step) -> tuple[list[Step], bool]:
        """Return all steps to a node until this one, and whether it is the last."""
        steps = self._received[step.parent.number]
        here = next(i for i, each in enumerate(steps) if each is step)
        return steps[: here + 1], here + 1 == len(steps)


def _depends(item: Item, on: Item) -> bool:
    """Return whether a node is another one, or computed from it."""
    stack, seen = [item], {item.number}
    while stack:
        item = stack.pop()
        if item is on:
            return True
        for parent in item.parents:
            # What a node is computed from has a smaller number.
            if parent.number >= on.number and parent.number not in seen:
                seen.add(parent.number)
                stack.append(parent)
    return False
