"""The groups of a graph: its scopes, and parts of a graph or scope that is large.

A small graph is drawn whole. In a larger one the groups are boxes, and the largest stay closed;
`folding` decides which.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import Any

from autograd.drawing.graph import LEAF, PARAMETER, Graph, Item, clean, notation

#: A group with more nodes of its own is cut into parts: more would not be legible.
LEGIBLE = 150
#: The most parts, other than calls, that a group is cut into.
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
    is_part : bool
        Whether it is a part of a scope that holds too many nodes.
    is_run : bool
        Whether it holds several equal groups in a row, and nothing else.
    about : str
        What the scope is, such as the class of a module.
    outer : Group or None
        The group around it.
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
    is_run: bool = False
    about: str = ""
    outer: Group | None = None
    number: int = 0
    depth: int = 0
    size: int = 0
    parameters: int = 0
    entries: int = 0
    operations: Counter[str] = field(default_factory=Counter)

    @property
    def title(self) -> str:
        """Its name, and what it is."""
        return f"{self.name} · {self.about}" if self.about else self.name

    @property
    def is_layer(self) -> bool:
        """Whether this is a module of arrays without inner modules."""
        inside = (each for each in self.all_groups() if each is not self and not each.is_run)
        if self.is_run or not self.about or any(inner.about for inner in inside):
            return False
        return any(hasattr(item.data, "shape") for item in self.all_items())

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
    _describe(graph, found)
    for each in list(found.values()):
        if len(each.items) > LEGIBLE and not _cut_into_calls(each):
            _cut(each, levels)
    for each in list(found.values()):
        _fold_runs(each)
    # What a program is given are its arguments, unless it reads them from nodes.
    _count(whole, (PARAMETER,) if graph.is_program else (LEAF, PARAMETER))
    return whole


def _add_scope(path: str, found: dict[str, Group]) -> None:
    parent, _, name = path.rpartition(".")
    if parent not in found:
        _add_scope(parent, found)
    found[path] = Group(path, name, outer=found[parent])
    found[parent].groups.append(found[path])


def _describe(graph: Graph, found: dict[str, Group]) -> None:
    """Note what each scope is, and how often it was entered."""
    seen: set[int] = set()
    for item in graph.items:
        notes: Any = item.node._notes if item.op and item.node.scope else None
        while notes is not None and notes.entry and notes.entry not in seen:
            seen.add(notes.entry)
            group = found.get(notes.scope)
            if group is not None:
                group.entries += 1
                group.about = group.about or clean(notes.about)
            notes = notes.outer


def _count(whole: Group, kinds: tuple[str, ...]) -> None:
    """Set the numbers of the groups, and add up their contents, inner groups first."""
    order = list(whole.all_groups())
    for number, each in reversed(list(enumerate(order))):
        each.number = number
        each.size = len(each.items) + sum(inner.size for inner in each.groups)
        each.parameters = sum(item.size for item in each.items if item.kind in kinds) + sum(
            inner.parameters for inner in each.groups
        )
        each.operations = _operations(each.items)
        for inner in each.groups:
            each.operations.update(inner.operations)


def _operations(items: list[Item]) -> Counter[str]:
    """Count the signs of operations; each primitive is asked once for its sign."""
    signs: Counter[str] = Counter()
    kinds = Counter([(item.op, item.node.primitive) for item in items if item.op])
    for (op, primitive), count in kinds.items():
        signs[notation(primitive).sign or op] += count
    return signs


# -- cutting large groups into parts ------------------------------------------------------------


def _levels(graph: Graph) -> dict[int, int]:
    """Return how many operations lead to each node; a leaf is placed just before its first use."""
    levels: dict[int, int] = {}
    leaves: dict[int, int] = {}
    for item in graph.items:
        if not item.op:
            continue
        deepest, above = 0, None
        for parent in item.parents:
            if not parent.op:
                above = parent
            elif levels[parent.number] > deepest:
                deepest = levels[parent.number]
        levels[item.number] = deepest + 1
        for parent in item.parents if above is not None else ():
            if not parent.op:
                leaves[parent.number] = min(leaves.get(parent.number, deepest), deepest)
    return levels | leaves


def _cut(whole: Group, levels: dict[int, int]) -> None:
    """Cut the nodes of a group into parts where the fewest values pass from one to the next."""
    items = sorted(whole.items, key=lambda item: levels.get(item.number, 0))
    counts = min(PARTS, -(-len(items) // LEGIBLE))
    cuts = _narrow_places(items, levels, counts) or [
        len(items) * i // counts for i in range(1, counts)
    ]
    parts = []
    for number, (start, stop) in enumerate(pairwise([0, *cuts, len(items)]), start=1):
        name = f"part {number}"
        path = f"{whole.path}.{name}" if whole.path else name
        parts.append(Group(path, name, items[start:stop], is_part=True, outer=whole))
    whole.items = []
    whole.groups = [*parts, *whole.groups]


def _cut_into_calls(whole: Group) -> bool:
    """Cut the nodes of a scope that was entered several times into its calls, if it was."""
    calls: dict[int, list[Item]] = {}
    others: list[Item] = []
    for item in whole.items:
        notes = item.node._notes
        entry = notes.entry if item.op and notes is not None else 0
        if entry and notes.scope == whole.path:
            calls.setdefault(entry, []).append(item)
        else:
            others.append(item)
    if len(calls) < 2 or max(map(len, [others, *calls.values()])) > LEGIBLE:
        return False
    whole.items = others
    for number, items in enumerate(calls.values(), start=1):
        name = f"call {number}"
        path = f"{whole.path}.{name}" if whole.path else name
        whole.groups.append(Group(path, name, items, outer=whole))
    return True


def _narrow_places(items: list[Item], levels: dict[int, int], count: int) -> list[int]:
    """Return where to cut nodes sorted by level: between two levels, into similar sizes."""
    last_use = {parent.number: i for i, item in enumerate(items) for parent in item.parents}
    changes = [0] * (len(items) + 1)
    for i, item in enumerate(items):
        last = last_use.get(item.number, i)
        changes[i + 1] += 1
        changes[last + 1] -= 1
    passing = list(accumulate(changes))  # how many values are used on both sides of a place
    level_of = [levels.get(item.number, 0) for item in items]
    places = [i for i, (one, next_) in enumerate(pairwise(level_of), start=1) if one != next_]
    step = len(items) / count
    cuts: list[int] = []
    for number in range(1, count):
        first = bisect_left(places, number * step - step / 3)
        near = places[first : bisect_right(places, number * step + step / 3)]
        if near:
            fewest = min([passing[i] for i in near])
            best = [i for i in near if passing[i] == fewest]
            cuts.append(min(best, key=lambda i: abs(i - number * step)))
    return sorted(set(cuts))


# -- equal groups in a row ----------------------------------------------------------------------

#: So many equal groups in a row are drawn as one.
FEWEST = 3


def _fold_runs(whole: Group) -> None:
    """Put inner groups that are numbered in a row, and equal, into a group of their own."""
    kept: list[Group] = []
    for run in _runs(whole.groups):
        if len(run) < FEWEST:
            kept += run
            continue
        first, last = run[0], run[-1]
        name = f"{first.name}…{last.name}"
        path = f"{whole.path}.{name}" if whole.path else name
        about = f"{len(run)} × {first.about or 'equal'}"
        folded = Group(path, name, groups=run, is_run=True, about=about, outer=whole)
        for each in run:
            each.outer = folded
        kept.append(folded)
    whole.groups = kept


def _runs(groups: list[Group]) -> Iterator[list[Group]]:
    """Split groups where the next one has not the next number, or is not equal."""
    run: list[Group] = []
    for each in groups:
        if run and not (_follows(run[-1], each) and _structure(run[-1]) == _structure(each)):
            yield run
            run = []
        run.append(each)
    if run:
        yield run


def _follows(before: Group, after: Group) -> bool:
    (stem, first), (same, second) = _numbered(before.name), _numbered(after.name)
    numbered = first is not None and second == first + 1 and not after.is_part
    return stem == same and numbered


def _numbered(name: str) -> tuple[str, int | None]:
    stem = name.rstrip("0123456789")
    digits = name[len(stem) :]
    return stem, int(digits) if digits and len(digits) < 10 else None


def _structure(whole: Group) -> Any:
    """Return what equal groups have in common: operations, shapes and inner groups."""
    items = tuple((item.op, getattr(item.data, "shape", ())) for item in whole.items)
    return whole.about, items, tuple((g.name, _structure(g)) for g in whole.groups)
