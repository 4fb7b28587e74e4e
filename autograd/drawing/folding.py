"""Which groups of a graph are drawn open and which as one box, and the edges between boxes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from autograd.drawing.graph import Graph, Item
from autograd.drawing.groups import LEGIBLE, Group
from autograd.errors import GraphError

#: The most boxes drawn where closing scopes reduces their number; a graph of more than `LONG`
#: operations in a row is shown small, and fewer boxes are legible.
ROOM, ROOM_IN_A_ROW, LONG = 60, 20, 12


@dataclass(slots=True)
class Folding:
    """Which groups are open, drawn as clusters, and which closed, drawn as one box."""

    whole: Group
    opened: set[Group]
    #: Number of a node -> the closed group that it is in; absent for a node that is shown.
    closed: dict[int, Group]

    def is_open(self, group: Group) -> bool:
        """Return whether the inside of a group is shown."""
        return group in self.opened

    def shown(self, item: Item) -> Item | Group:
        """Return the box that shows a node: its own, or a closed group."""
        return self.closed.get(item.number, item)


def fold(
    whole: Group,
    most: int | None = None,
    expand: bool | Iterable[str] = (),
    collapse: Iterable[str] = (),
) -> Folding:
    """Open all groups if there is room, else outer groups first and small ones before large.

    Parameters
    ----------
    most : int, optional
        The most boxes to show.
    expand : bool or iterable of str
        Paths of groups to open whatever their size; True for all, False for none.
    collapse : iterable of str
        Paths of groups to keep closed.

    Raises
    ------
    GraphError
        If there is no group with one of the paths.
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
        # Groups of equal rank are opened together or not at all.
        first = min(_rank(each) for each in pending)
        equal = [each for each in pending if _rank(each) == first]
        pending = [each for each in pending if _rank(each) != first]
        added = sum(len(each.items) + len(each.groups) - 1 for each in equal)
        # An unnamed part shows little more open than closed.
        fits = boxes + added <= room and expand is not False and not equal[0].is_part
        for each in equal:
            if each.path not in unwanted and (everything or fits or each.path in forced):
                opened.add(each)
                boxes += len(each.items) + len(each.groups) - 1
                pending.extend(each.groups)
    return Folding(whole, opened, _closed(opened))


def _room(whole: Group) -> int:
    if all(each.is_part for each in whole.groups):
        return LEGIBLE
    return ROOM if whole.depth <= LONG else ROOM_IN_A_ROW


def _rank(each: Group) -> tuple[int, bool, int]:
    """Rank groups: outer ones first, then smaller ones; similar sizes rank equal."""
    return each.path.count("."), each.is_part, each.size.bit_length()


def _check_paths(paths: set[str], whole: Group) -> None:
    known = [each.path for each in whole.all_groups()][1:]
    unknown = paths - {"", *known}
    if unknown:
        listed = ", ".join(map(repr, known[:8])) or "none"
        raise GraphError(
            f"There is no scope {', '.join(map(repr, sorted(unknown)))} in this graph; "
            f"the scopes are: {listed}{' …' if len(known) > 8 else ''}."
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


# -- edges between boxes ---------------------------------------------------------------------


@dataclass(slots=True)
class Links:
    """The edges to and from closed groups, and the values that pass along them."""

    #: (source box, target box) -> the numbers of the nodes whose values pass.
    passing: dict[tuple[Item | Group, Item | Group], set[int]]
    inputs: dict[Group, set[int]]
    outputs: dict[Group, set[int]]

    def counts(self, group: Group) -> tuple[str, str]:
        """Write how many values enter a closed group, and how many leave it."""
        inputs, outputs = self.inputs.get(group, ()), self.outputs.get(group, ())
        return f"{len(inputs):,}", f"{len(outputs):,}"


def links(graph: Graph, folding: Folding) -> Links:
    """Collect the edges that begin or end in closed groups."""
    found = Links({}, {}, {})
    for item in graph.items:
        target = folding.shown(item)
        for parent in item.parents:
            source = folding.shown(parent)
            if source is target or (isinstance(source, Item) and isinstance(target, Item)):
                continue
            found.passing.setdefault((source, target), set()).add(parent.number)
            if isinstance(target, Group):
                found.inputs.setdefault(target, set()).add(parent.number)
            if isinstance(source, Group):
                found.outputs.setdefault(source, set()).add(parent.number)
    for root in graph.roots:
        box = folding.shown(root)
        if isinstance(box, Group):
            found.outputs.setdefault(box, set()).add(root.number)
    return found
