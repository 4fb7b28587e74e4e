"""The groups of a graph: its scopes, and parts of a graph or scope that is large.

A small graph is drawn whole. In a larger one the groups are boxes, and the largest stay closed;
`folding` decides which.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from autograd.drawing.graph import LEAF, PARAMETER, Graph, Item

#: A group with more nodes of its own is cut into parts: more would not be legible.
LEGIBLE = 150
#: The most parts that a group is cut into.
PARTS = 8


@dataclass(slots=True, eq=False)
class Group:
    """Some nodes of a graph, and groups inside it.

    Attributes
    ----------
    path : str
        The scope, or the scope and the number of a part; empty for the whole graph.
    items : list of Item
        The nodes in no inner group.
    number : int
        Counted from 0 for the whole graph, outer groups first.
    depth : int
        For the whole graph: the number of operations on its longest path.
    size, parameters, entries, operations
        The number of nodes, of elements of leaves, of times the scope was entered, and how often
        each operation occurs, including the inner groups.
    """

    path: str
    name: str
    items: list[Item] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    is_part: bool = False
    number: int = 0
    depth: int = 0
    size: int = 0
    parameters: int = 0
    entries: int = 0
    operations: Counter[str] = field(default_factory=Counter)

    def all_groups(self) -> Iterator[Group]:
        """Yield this group and all inside it, outer ones first."""
        order = [self]
        for each in order:
            yield each
            order.extend(each.groups)  # only now: the caller may have added some

    def all_items(self) -> Iterator[Item]:
        """Yield the nodes of this group and of all inside it."""
        for each in self.all_groups():
            yield from each.items

    def common_operations(self, most: int) -> str:
        """Write the `most` commonest operations with their counts."""
        common = self.operations.most_common(most)
        counts = ", ".join(f"{count:,} {sign}" for sign, count in common)
        return counts + (" …" if len(self.operations) > most else "")


def group(graph: Graph, by_scope: bool = True) -> Group:
    """Sort the nodes of a graph into scopes, and cut up those that hold too many."""
    whole = Group("", "")
    found = {"": whole}
    for item in graph.items:
        path = item.scope if by_scope else ""
        if path not in found:
            _add_scope(path, found)
        found[path].items.append(item)
    levels = _levels(graph)
    whole.depth = max(levels.values(), default=0)
    for each in whole.all_groups():
        if len(each.items) > LEGIBLE:
            _cut(each, levels)
    # What a program is given are its arguments, unless it reads them from nodes.
    _count(whole, (PARAMETER,) if graph.is_program else (LEAF, PARAMETER))
    return whole


def _add_scope(path: str, found: dict[str, Group]) -> None:
    parent, _, name = path.rpartition(".")
    if parent not in found:
        _add_scope(parent, found)
    found[path] = Group(path, name)
    found[parent].groups.append(found[path])


def _count(whole: Group, kinds: tuple[str, ...]) -> None:
    """Set the numbers of the groups, and add up their contents, inner groups first."""
    order = list(whole.all_groups())
    entered: dict[Group, set[int]] = {}
    for number, each in reversed(list(enumerate(order))):
        each.number = number
        each.size = len(each.items) + sum(inner.size for inner in each.groups)
        each.parameters = sum(item.size for item in each.items if item.kind in kinds) + sum(
            inner.parameters for inner in each.groups
        )
        each.operations = Counter(item.sign for item in each.items if item.op)
        numbers = {item.node._notes.entry for item in each.items if item.op and item.node.scope}
        for inner in each.groups:
            each.operations.update(inner.operations)
            if inner.is_part:
                numbers |= entered[inner]
        entered[each] = numbers
        each.entries = len(numbers)


# -- cutting large groups into parts ------------------------------------------------------------


def _levels(graph: Graph) -> dict[int, int]:
    """Return how many operations lead to each node; a leaf is placed just before its first use."""
    levels: dict[int, int] = {}
    for item in graph.items:
        if item.op:
            levels[item.number] = 1 + max(
                (levels.get(parent.number, 0) for parent in item.parents), default=0
            )
    for item in graph.items:
        for parent in item.parents:
            if not parent.op:
                before = levels.get(parent.number)
                level = levels[item.number] - 1
                levels[parent.number] = level if before is None else min(before, level)
    return levels


def _cut(whole: Group, levels: dict[int, int]) -> None:
    """Cut the nodes of a group into parts where the fewest values pass from one to the next."""
    items = sorted(whole.items, key=lambda item: (levels.get(item.number, 0), item.number))
    counts = min(PARTS, -(-len(items) // LEGIBLE))
    cuts = _narrow_places(items, levels, counts) or [
        len(items) * i // counts for i in range(1, counts)
    ]
    parts = []
    for number, (start, stop) in enumerate(pairwise([0, *cuts, len(items)]), start=1):
        name = f"part {number}"
        path = f"{whole.path}.{name}" if whole.path else name
        parts.append(Group(path, name, items[start:stop], is_part=True))
    whole.items = []
    whole.groups = [*parts, *whole.groups]


def _narrow_places(items: list[Item], levels: dict[int, int], count: int) -> list[int]:
    """Return where to cut nodes sorted by level: between two levels, into similar sizes."""
    level_of = [levels.get(item.number, 0) for item in items]
    position = {item.number: i for i, item in enumerate(items)}
    last_use: dict[int, int] = {}
    for i, item in enumerate(items):
        for parent in item.parents:
            if parent.number in position:
                last_use[parent.number] = i
    passing = [0] * (len(items) + 1)  # how many values are used on both sides of a place
    for number, last in last_use.items():
        passing[position[number] + 1] += 1
        passing[last + 1] -= 1
    for i in range(1, len(passing)):
        passing[i] += passing[i - 1]
    places = [i for i in range(1, len(items)) if level_of[i] != level_of[i - 1]]
    step = len(items) / count
    cuts: list[int] = []
    for number in range(1, count):
        near = [place for place in places if abs(place - number * step) <= step / 3]
        if near:
            cuts.append(min(near, key=lambda i: (passing[i], abs(i - number * step))))
    return sorted(set(cuts))
