"""Which groups of a graph are drawn open and which as one box, and the edges between boxes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

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
    shaded: bool = False,
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
    shaded : bool
        Whether derivatives are coloured by size; then equal groups differ.

    Raises
    ------
    GraphError
        If there is no group with one of the paths.
    """
    wanted = set() if isinstance(expand, bool) else _paths(expand)
    unwanted = _paths(collapse)
    _check_paths(wanted | unwanted, whole)
    forced: set[Group] = set()
    for each in whole.all_groups():
        if each.path in wanted:
            forced.update(_with_outer(each))
        if each.path in unwanted and each.outer is not None and each.outer.is_run:
            forced.add(each.outer)  # to show which one is closed
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
        may_open = [each for each in equal if not _stays_closed(each, everything, expand, shaded)]
        added = sum(len(each.items) + len(each.groups) - 1 for each in may_open)
        # An unnamed part shows little more open than closed.
        fits = boxes + added <= room and expand is not False and not equal[0].is_part
        for each in equal:
            opens = (everything or fits) and each in may_open
            if each.path not in unwanted and (opens or each in forced):
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
    return _depth(each), each.is_part, each.size.bit_length()


def _depth(group: Group, with_runs: bool = False) -> int:
    return sum(with_runs or not outer.is_run for outer in _with_outer(group))


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


def _with_outer(group: Group) -> Iterator[Group]:
    each: Group | None = group
    while each is not None:
        yield each
        each = each.outer


def _stays_closed(
    group: Group, everything: bool, expand: bool | Iterable[str], shaded: bool
) -> bool:
    """Return whether a group shows more closed: a layer, or equal groups in a row of many."""
    if expand is True:
        return False
    return group.is_layer or (group.is_run and not everything and not shaded)


def _closed(opened: set[Group]) -> dict[int, Group]:
    return {
        item.number: inner
        for each in opened
        for inner in each.groups
        if inner not in opened
        for item in inner.all_items()
    }


# -- edges between boxes ---------------------------------------------------------------------

Values = dict[int, Item]  # by the numbers of the nodes


@dataclass(slots=True)
class Links:
    """The edges to and from closed groups, and the values that enter and leave each group."""

    #: (source box, target box) -> the nodes whose values pass.
    passing: dict[tuple[Item | Group, Item | Group], Values]
    inputs: dict[Group, Values]
    outputs: dict[Group, Values]
    #: Arrays that no node holds, such as the data of a network, by the group that uses them.
    constants: dict[Group, dict[int, Any]]

    def counts(self, group: Group) -> tuple[str, str]:
        """Write how many values enter a group, and how many leave it."""
        inputs, outputs = self.inputs.get(group, ()), self.outputs.get(group, ())
        return f"{len(inputs):,}", f"{len(outputs):,}"


def links(graph: Graph, folding: Folding) -> Links:
    """Collect the edges that begin or end in closed groups, and those that cross their borders."""
    found = Links({}, {}, {}, {})
    home = {item.number: group for group in folding.whole.all_groups() for item in group.items}
    depth = {group: _depth(group, True) for group in folding.whole.all_groups()}
    for item in graph.items:
        here = home[item.number]
        for parent in item.parents:
            if home[parent.number] is here:
                continue  # in the same box, or both shown
            source, target = folding.shown(parent), folding.shown(item)
            if source is not target and not (isinstance(source, Item) and isinstance(target, Item)):
                found.passing.setdefault((source, target), {})[parent.number] = parent
            _cross(found, parent, home[parent.number], here, depth)
        if len(item.parents) == len(item.call):
            continue  # no constants, as most in a large graph
        for _, constant in item.constants:
            if isinstance(constant, np.ndarray) and constant.ndim:
                for group in _with_outer(here):
                    found.constants.setdefault(group, {})[id(constant)] = constant
    for root in graph.roots:
        for group in _with_outer(home[root.number]):
            found.outputs.setdefault(group, {})[root.number] = root
    return found


def _cross(found: Links, parent: Item, source: Group, target: Group, depth: Any) -> None:
    """Note a value that passes from one group to another, for all borders that it crosses."""
    while source is not target:
        if depth[source] >= depth[target]:
            found.outputs.setdefault(source, {})[parent.number] = parent
            source = source.outer or source
        else:
            found.inputs.setdefault(target, {})[parent.number] = parent
            target = target.outer or target
