"""The parts of a graph: scopes, and stretches of it where nobody has named any.

A graph that is small enough is drawn whole. Of a larger one the groups are boxes, and the largest
of them stay closed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from autograd.drawing.graph import LEAF, PARAMETER, Graph, Item
from autograd.errors import GraphError

#: So many nodes are legible; a group with more of its own is cut into parts.
LEGIBLE = 150
#: Into about so many.
PARTS = 8
#: So many boxes are drawn where closed scopes can make them fewer, and in a long row, which is
#: shown small, so many.
ROOM, ROOM_IN_A_ROW = 60, 20
LONG = 12  # operations, one after the other


@dataclass(slots=True, eq=False)
class Group:
    """Some nodes of a graph, and groups within it.

    Attributes
    ----------
    path : str
        The scope, or the scope and the number of a part; empty for the whole.
    items : list of Item
        The nodes that stand in no inner group.
    number : int
        Counted from 0 for the whole, outer groups first.
    depth : int
        Of the whole: how many operations follow one upon the other.
    """

    path: str
    name: str
    items: list[Item] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    is_part: bool = False
    number: int = 0
    depth: int = 0
    #: Of itself and all groups within.
    size: int = 0
    parameters: int = 0
    entries: int = 0
    operations: Counter[str] = field(default_factory=Counter)

    def all_groups(self) -> Iterator[Group]:
        """Go through this group and all within it, outer ones first."""
        order = [self]
        for each in order:
            yield each
            order.extend(each.groups)  # afterwards: they may have become more

    def all_items(self) -> Iterator[Item]:
        """Go through the nodes of this group and of all within it."""
        for each in self.all_groups():
            yield from each.items

    def common_operations(self, most: int) -> str:
        """Write which operations are in it, and how often; so many kinds of them."""
        common = self.operations.most_common(most)
        told = ", ".join(f"{count:,} {sign}" for sign, count in common)
        return told + (" …" if len(self.operations) > most else "")


@dataclass(slots=True)
class View:
    """What of a graph is shown: open groups as clusters, closed ones as one box."""

    whole: Group
    opened: set[Group]
    #: Number of a node -> the closed group in which it is; absent for a node that is shown.
    closed: dict[int, Group]

    def is_open(self, group: Group) -> bool:
        """Return whether the inside of a group is shown."""
        return group in self.opened

    def shown(self, item: Item) -> Item | Group:
        """Return the box in which a node is seen."""
        return self.closed.get(item.number, item)


def group(graph: Graph, by_scope: bool = True) -> Group:
    """Sort the nodes of a graph into their scopes, and cut up those that hold too many."""
    whole = Group("", "")
    found = {"": whole}
    for item in graph.items:
        path = item.scope if by_scope else ""
        if path not in found:
            _open(path, found)
        found[path].items.append(item)
    levels = _levels(graph)
    whole.depth = max(levels.values(), default=0)
    for each in whole.all_groups():
        if len(each.items) > LEGIBLE:
            _cut(each, levels)
    _count(whole)
    return whole


def _open(path: str, found: dict[str, Group]) -> None:
    parent, _, name = path.rpartition(".")
    if parent not in found:
        _open(parent, found)
    found[path] = Group(path, name)
    found[parent].groups.append(found[path])


def _count(whole: Group) -> None:
    """Give the groups their numbers, and add up what they hold, the inner ones first."""
    order = list(whole.all_groups())
    entered: dict[Group, set[int]] = {}
    for number, each in reversed(list(enumerate(order))):
        each.number = number
        each.size = len(each.items) + sum(inner.size for inner in each.groups)
        each.parameters = sum(
            item.size for item in each.items if item.kind in (LEAF, PARAMETER)
        ) + sum(inner.parameters for inner in each.groups)
        each.operations = Counter(item.sign for item in each.items if item.op)
        numbers = {item.node._notes.entry for item in each.items if item.op and item.node.scope}
        for inner in each.groups:
            each.operations.update(inner.operations)
            if inner.is_part:
                numbers |= entered[inner]
        entered[each] = numbers
        each.entries = len(numbers)


# -- cutting up what has no scopes ------------------------------------------------------------


def _levels(graph: Graph) -> dict[int, int]:
    """Return for each node how many operations lead to it; a leaf stands just before its use."""
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
    """Cut the nodes of a group into parts, where the fewest values pass from one to the next."""
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
    """Return where to cut nodes sorted by level: near equal sizes, between two levels."""
    level_of = [levels.get(item.number, 0) for item in items]
    position = {item.number: i for i, item in enumerate(items)}
    last_use: dict[int, int] = {}
    for i, item in enumerate(items):
        for parent in item.parents:
            if parent.number in position:
                last_use[parent.number] = i
    passing = [0] * (len(items) + 1)  # how many values are needed on both sides of a place
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


# -- what is open ------------------------------------------------------------------------------


def view(
    whole: Group,
    most: int | None = None,
    expand: bool | Iterable[str] = (),
    collapse: Iterable[str] = (),
) -> View:
    """Open all groups if there is room, or else from the outside in, the smaller ones first.

    Parameters
    ----------
    most : int, optional
        For how many boxes there is room.
    expand : bool or iterable of str
        Paths of groups to open whatever their size; True for all, False for none.
    collapse : iterable of str
        Paths of groups to keep closed.

    Raises
    ------
    GraphError
        If there is no group of such a path.
    """
    wanted = set() if isinstance(expand, bool) else _paths(expand)
    unwanted = _paths(collapse)
    _check_paths(wanted | unwanted, whole)
    forced = {outer for path in wanted for outer in _with_outer(path)}
    room = _room(whole) if most is None else most
    everything = expand is True or (expand is not False and whole.size <= room)
    opened = {whole}
    boxes = len(whole.items) + len(whole.groups)
    pending = list(whole.groups)
    while pending:
        # Those that are alike are opened together, or not at all.
        first = min(_rank(each) for each in pending)
        alike = [each for each in pending if _rank(each) == first]
        pending = [each for each in pending if _rank(each) != first]
        added = sum(len(each.items) + len(each.groups) - 1 for each in alike)
        # A part nobody has named shows little more open than closed.
        fits = boxes + added <= room and expand is not False and not alike[0].is_part
        for each in alike:
            if each.path not in unwanted and (everything or fits or each.path in forced):
                opened.add(each)
                boxes += len(each.items) + len(each.groups) - 1
                pending.extend(each.groups)
    return View(whole, opened, _closed(opened))


def _room(whole: Group) -> int:
    if all(each.is_part for each in whole.groups):
        return LEGIBLE
    return ROOM if whole.depth <= LONG else ROOM_IN_A_ROW


def _rank(each: Group) -> tuple[int, bool, int]:
    """Order groups: outer ones first, then smaller ones; those of about one size are alike."""
    return each.path.count("."), each.is_part, each.size.bit_length()


def _check_paths(paths: set[str], whole: Group) -> None:
    known = [each.path for each in whole.all_groups()][1:]
    unknown = paths - {"", *known}
    if unknown:
        told = ", ".join(map(repr, known[:8])) or "none"
        raise GraphError(
            f"There is no scope {', '.join(map(repr, sorted(unknown)))} in this graph; "
            f"the scopes are: {told}{' …' if len(known) > 8 else ''}."
        )


def _paths(paths: Iterable[str]) -> set[str]:
    return {paths} if isinstance(paths, str) else set(paths)


def _with_outer(path: str) -> list[str]:
    parts = path.split(".")
    return [".".join(parts[: i + 1]) for i in range(len(parts))]


def _closed(opened: set[Group]) -> dict[int, Group]:
    return {
        item.number: inner
        for each in opened
        for inner in each.groups
        if inner not in opened
        for item in inner.all_items()
    }


# -- edges between what is shown ---------------------------------------------------------------


@dataclass(slots=True)
class Links:
    """The edges of which at least one end is a closed group, and what passes along them."""

    #: (box it comes from, box it goes to) -> the numbers of the nodes whose value passes.
    passing: dict[tuple[Item | Group, Item | Group], set[int]]
    inputs: dict[Group, set[int]]
    outputs: dict[Group, set[int]]

    def told(self, group: Group) -> tuple[str, str]:
        """Write how many values come into a closed group, and how many go out."""
        inputs, outputs = self.inputs.get(group, ()), self.outputs.get(group, ())
        return f"{len(inputs):,}", f"{len(outputs):,}"


def links(graph: Graph, seen: View) -> Links:
    """Sum up the edges that begin or end in closed groups."""
    found = Links({}, {}, {})
    for item in graph.items:
        target = seen.shown(item)
        for parent in item.parents:
            source = seen.shown(parent)
            if source is target or (isinstance(source, Item) and isinstance(target, Item)):
                continue
            found.passing.setdefault((source, target), set()).add(parent.number)
            if isinstance(target, Group):
                found.inputs.setdefault(target, set()).add(parent.number)
            if isinstance(source, Group):
                found.outputs.setdefault(source, set()).add(parent.number)
    for root in graph.roots:
        box = seen.shown(root)
        if isinstance(box, Group):
            found.outputs.setdefault(box, set()).add(root.number)
    return found
