"""What each evaluated expression was computed from."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from autograd.check.explain.values.probes import Site
from autograd.check.explain.values.runs import Row


class Evaluation(NamedTuple):
    """One evaluation of an expression: its site, its turn, and when it happened."""

    number: int
    turn: int
    clock: int


class Dataflow:
    """The evaluations of one run, and what feeds what.

    Parameters
    ----------
    sites : list of Site
        The probes.
    rows : mapping of int to Row
        What was recorded, by the number of the site.
    items : mapping of int to list, optional
        When sites were lists, and what was in them.
    """

    def __init__(
        self,
        sites: list[Site],
        rows: Mapping[int, Row],
        items: Mapping[int, list[tuple[int, list[Any]]]] | None = None,
    ) -> None:
        self.items = items or {}
        self.sites = sites
        self.rows = rows
        self.by_value: dict[Any, list[Evaluation]] = {}
        self.by_variable: dict[tuple[str, str, str], list[Evaluation]] = {}
        for number, row in rows.items():
            site = sites[number]
            for turn, (value, clock) in enumerate(zip(row.values, row.clocks, strict=True)):
                evaluation = Evaluation(number, turn, clock)
                if site.kind != "name" and _is_telling(value):
                    self.by_value.setdefault(fingerprint(value), []).append(evaluation)
                if site.variable:
                    where = site.file, site.function, site.variable
                    self.by_variable.setdefault(where, []).append(evaluation)
        for found in (*self.by_value.values(), *self.by_variable.values()):
            found.sort(key=lambda e: e.clock)

    def value(self, evaluation: Evaluation) -> Any:
        """Return what an expression was."""
        return self.rows[evaluation.number].values[evaluation.turn]

    def at(self, number: int, turn: int) -> Evaluation:
        """Return the evaluation of a site in a turn."""
        return Evaluation(number, turn, self.rows[number].clocks[turn])

    def source(self, evaluation: Evaluation) -> Evaluation | None:
        """Return the first evaluation that had the same value, if it was another one."""
        same = self.by_value.get(fingerprint(self.value(evaluation)), ())
        for earlier in same:
            if earlier.clock < evaluation.clock:
                return earlier if earlier.number != evaluation.number else None
        return None

    def feeders(self, evaluation: Evaluation) -> Iterator[Evaluation]:
        """Yield what a value was computed from, or where it comes from."""
        site = self.sites[evaluation.number]
        source = self.source(evaluation)
        if source is not None:
            yield source
            last = self.assigned(site, site.text, evaluation.clock)
            if last is not None and self.sites[last.number].walks:
                yield last  # the loop may run in the wrong direction
            return
        for number in self._known_inside(site):
            last = self.last(number, evaluation.clock)
            if last is not None:
                yield last
            yield from self._in_list(number, evaluation.clock)
        variable = site.variable if site.kind in ("stored", "array") else site.reads
        last = self.assigned(site, variable, evaluation.clock)
        if last is not None:
            yield last

    def assigned(self, site: Site, variable: str, clock: int) -> Evaluation | None:
        """Return the last assignment to a variable before a time, in the function of a site."""
        before = self.by_variable.get((site.file, site.function, variable), [])
        position = bisect_left([e.clock for e in before], clock)
        return before[position - 1] if position else None

    def _known_inside(self, site: Site) -> Iterator[int]:
        """Yield the expressions in one whose values are known; of others, those in them."""
        for number in site.inside:
            if number in self.rows or number in self.items:
                yield number
            else:
                yield from self._known_inside(self.sites[number])

    def readers(self, new: Any, clock: int) -> Iterator[Site]:
        """Yield where a variable with some value is read after a time."""
        telling = fingerprint(new)
        for number, row in self.rows.items():
            if self.sites[number].kind == "name":
                pairs = zip(row.values, row.clocks, strict=True)
                if any(when > clock and fingerprint(value) == telling for value, when in pairs):
                    yield self.sites[number]

    def _in_list(self, number: int, clock: int) -> Iterator[Evaluation]:
        """Yield where the elements of a list come from, as it was last before a time."""
        before = [items for when, items in self.items.get(number, ()) if when < clock]
        for item in before[-1] if before else ():
            yield from self.by_value.get(fingerprint(item), ())[:1]

    def last(self, number: int, clock: int) -> Evaluation | None:
        """Return the last evaluation of a site before a time."""
        row = self.rows.get(number)
        turn = bisect_left(row.clocks, clock) - 1 if row is not None else -1
        return self.at(number, turn) if turn >= 0 else None


def _is_telling(value: Any) -> bool:
    """Return whether a value is unlikely to occur twice by chance."""
    if value.dtype.kind not in "fc":
        return False
    return bool(np.any(value != np.round(value)))


def fingerprint(value: Any) -> Any:
    """Return the same for equal arrays of any shape only."""
    return value.size, value.dtype.kind, value.tobytes()
