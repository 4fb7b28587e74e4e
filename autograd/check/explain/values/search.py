"""The search for the first value of a backward pass that is wrong."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from autograd.check.arrays import close
from autograd.check.checked_function import as_derivative
from autograd.check.explain.numbers import factor_between
from autograd.check.explain.reference import Reference
from autograd.check.explain.values.dataflow import Dataflow, Evaluation
from autograd.check.explain.values.matching import Matcher
from autograd.check.explain.values.probes import Site
from autograd.check.explain.values.right import RightValues, origin
from autograd.check.explain.values.runs import BackwardPass, Row
from autograd.check.explain.values.sequences import ZERO, Sequence, Sequences
from autograd.check.state import Check

#: How long to search, in seconds; the largest graph to search in.
MOST_SECONDS, MOST_NODES = 4.0, 1500

#: How many wrong values, and how many values in doubt, to follow back.
MOST_STEPS, MOST_EVALUATIONS = 5, 300


@dataclass
class Substitution:
    """Right values that make all derivatives right when they replace those of one expression.

    Attributes
    ----------
    site : Site
        The expression.
    keys : tuple of Key
        What the right values are, by turn; None where the given one is right.
    given, right : list of ndarray
        The values, by turn, where all values of earlier turns are right.
    before : dict
        All values of that run before they were replaced, by the number of their site.
    unverified : list of Site
        Expressions that it is computed from, whose values may be wrong as well.
    """

    site: Site
    keys: Sequence
    given: list[Any]
    right: list[Any]
    before: dict[int, Row]
    unverified: list[Site] = field(default_factory=list)

    @property
    def is_scaled(self) -> bool:
        """Whether the first wrong value is a multiple of the right one."""
        turn = self.wrong_turns[0]
        given, right = self.given[turn], self.right[turn]
        return given.size > 1 and factor_between(given, right.reshape(given.shape)) is not None

    @property
    def clock(self) -> int:
        """When the first wrong value was computed."""
        return self.before[self.site.number].clocks[self.wrong_turns[0]]

    @property
    def wrong_turns(self) -> list[int]:
        """The turns in which the value is wrong although those before are right."""
        pairs = zip(self.given, self.right, strict=True)
        return [t for t, (g, r) in enumerate(pairs) if not _equal(g, r)]


class Localisation:
    """What the values of a backward pass tell about its wrong line.

    Attributes
    ----------
    found : Substitution or None
        The first wrong value, if one could be confirmed.
    why_not : str
        Why none was found.
    """

    def __init__(self, check: Check, reference: Reference) -> None:
        self.check = check
        self.function = check.function
        self.deadline = time.monotonic() + MOST_SECONDS
        self.found: Substitution | None = None
        self.why_not = self._why_not(reference)
        if self.why_not:
            return
        self.backward = BackwardPass(check)
        if self.backward.unseen:
            self.why_not = "its source is not available"
            return
        self._prepare()
        if not self.why_not:
            self.found = self._search()
            if self.found is None:
                self.why_not = "no single value, replaced by a right one, makes the rest right"

    def _why_not(self, reference: Reference) -> str:
        if not self.check.candidate.is_callable:
            return "it was given as arrays"
        if reference.recorded_call is None:
            return "the function does not run on nodes, so its intermediate derivatives are unknown"
        if len(reference.recorded_call.graph) > MOST_NODES:
            return f"the function has more than {MOST_NODES} operations"
        if self.check.elsewhere is None:
            return "there is no other point to confirm it at"
        return ""

    def _prepare(self) -> None:
        function, x = self.function, self.function.x
        self.here = RightValues(function, x, self.backward.weights)
        self.there = RightValues(function, self.check.elsewhere, self.backward.weights)
        if not _same_operations(self.here, self.there):
            self.why_not = "the function computes something else at the other point"
            return
        self.sequences = Sequences(self.here)
        self.right = self._right(self.here)
        self.right_there = self._right(self.there)
        self.given, recorder = self.backward.recorded(x)
        self.rows = recorder.rows
        elsewhere, recorder = self.backward.recorded(self.check.elsewhere)
        self.rows_there = recorder.rows
        if self.given is None or elsewhere is None:
            self.why_not = "it cannot be run again"
        elif self._is_right(self.given, self.right):
            self.why_not = "its derivatives are right when it is run again"

    # -- right and wrong derivatives --------------------------------------------------------

    def _right(self, values: RightValues) -> dict[str, Any]:
        weights = np.eye(self.function.size) if self.backward.jacobian else self.backward.weights
        matrix = values.record.reverse(weights)
        leaves = self.function.inputs
        return {leaf.path: as_derivative(matrix[:, leaf.slice], leaf) for leaf in leaves}

    @staticmethod
    def _is_right(found: dict[str, Any] | None, right: dict[str, Any]) -> bool:
        return found is not None and all(close(found[p], right[p]) for p in right if right[p].size)

    @cached_property
    def _wrong(self) -> dict[str, Any]:
        """Which elements of the derivatives are wrong."""
        found = {}
        for path, right in self.right.items():
            given = np.asarray(self.given[path])
            if given.shape != right.shape:
                found[path] = np.ones(given.shape, bool)
            else:
                size = float(np.max(np.abs(right), initial=0.0))
                apart = np.abs(given - right)
                found[path] = ~(apart <= 2e-6 * np.abs(right) + 2e-8 * size)
        return found

    # -- the search -------------------------------------------------------------------------

    def _search(self) -> Substitution | None:
        """Return the first substitution in the order of execution.

        A value that is no right one may be replaced by any. One that is part of a derivative may be
        replaced by more or less of it. Only then come other right values in place of right ones.
        """
        rows = [row for row in self._ordered() if self.can_repair(row.site.number)]
        found = self._first(rows, lambda row: self.matches(row))
        found = self._narrowed(found) if found is not None else self._first(rows, lambda row: None)
        return self._traced(found) if found is not None else None

    def _first(self, rows: list[Row], matches: Callable[[Row], Any]) -> Substitution | None:
        """Return the substitution whose first change comes first."""
        best: Substitution | None = None
        for row in rows:
            if best is not None and row.clocks[0] > best.clock:
                break
            found = self._substitution(row, matches(row))
            if found is not None and (best is None or found.clock < best.clock):
                best = found
        return best

    def _ordered(self) -> list[Row]:
        usable = [
            row
            for row in self.rows.values()
            if row.complete and row.site.kind != "name" and row.values[0].dtype.kind in "fc"
        ]
        return sorted(usable, key=lambda row: row.clocks[0])

    def _narrowed(self, found: Substitution) -> Substitution:
        """Return a simpler substitution in the same expression: of one value by another."""
        for number in self._all_inside(found.site):
            row = self.rows.get(number)
            if row is None or not row.complete or not self.can_repair(number):
                continue
            smaller = self._substitution(row, kinds=("value",))
            if smaller is not None:
                return smaller
        return found

    def _all_inside(self, site: Site) -> Iterator[int]:
        for number in site.inside:
            yield number
            yield from self._all_inside(self.backward.sites[number])

    def _substitution(
        self, row: Row, matches: list[set[Any]] | None = None, kinds: tuple[str, ...] = ()
    ) -> Substitution | None:
        """Return the first right values that repair the pass in place of those of a site.

        `matches` are the nodes whose derivatives may be the right ones, by turn; `kinds` the kinds
        of keys. By default all are tried.
        """
        number = row.site.number
        turns = len(row.values)
        there = self.rows_there.get(number)
        if there is None or len(there.values) != turns:
            return None
        for keys in self.sequences.fitting([value.shape for value in row.values]):
            if time.monotonic() > self.deadline:
                return None
            if kinds and any(key is not None and origin(key)[0] not in kinds for key in keys):
                continue
            if matches is not None and any(
                key is not None
                and ZERO not in found
                and (origin(key)[0] != "adjoint" or origin(key) not in found)
                for key, found in zip(keys, matches, strict=True)
            ):
                continue
            new = self._arrays(self.here, keys, row)
            if new is None or all(
                n is None or _equal(g, n) for g, n in zip(row.values, new, strict=True)
            ):
                continue
            confirmed = self._confirmed(row, keys)
            if confirmed is not None:
                return confirmed
        return None

    def _confirmed(self, row: Row, keys: Sequence) -> Substitution | None:
        """Return a substitution if it makes all derivatives right here and elsewhere."""
        number, there = row.site.number, self.rows_there.get(row.site.number)
        new = self._arrays(self.here, keys, row)
        out, _ = self.backward.replaced(self.function.x, number, new or [])
        if new is None or there is None or not self._is_right(out, self.right):
            return None
        new_there = self._arrays(self.there, keys, there)
        out, _ = self.backward.replaced(self.check.elsewhere, number, new_there or [])
        if new_there is None or not self._is_right(out, self.right_there):
            return None
        _, recorder = self.backward.recorded(self.function.x, number, new)
        given = recorder.before
        right = [g if n is None else n for g, n in zip(given, new, strict=False)]
        rows = recorder.rows
        rows[number].values = given
        return Substitution(row.site, keys, given, right, rows)

    @staticmethod
    def _arrays(values: RightValues, keys: Sequence, row: Row) -> list[Any] | None:
        """Return the arrays of some keys in the shapes of a row; None where there is none."""
        found: list[Any] = []
        if len(keys) != len(row.values):
            return None
        for key, given in zip(keys, row.values, strict=True):
            array = (
                None if key is None else np.zeros(given.shape) if key == ZERO else values.of(key)
            )
            if key is not None and (array is None or array.size != given.size):
                return None
            found.append(None if array is None else array.reshape(given.shape))
        return found

    # -- what is known of each value --------------------------------------------------------

    @cached_property
    def _influence(self) -> dict[int, bool]:
        return {}

    def can_repair(self, number: int) -> bool:
        """Return whether a change of the values of a site changes every wrong derivative."""
        if number not in self._influence:
            row = self.rows[number]
            random = np.random.default_rng(5)
            new = [_disturbed(value, random) for value in row.values]
            out, _ = self.backward.replaced(self.function.x, number, new)
            self._influence[number] = out is None or all(
                np.shape(out[path]) != wrong.shape
                or not np.any(wrong & (np.asarray(out[path]) == self.given[path]))
                for path, wrong in self._wrong.items()
            )
        return self._influence[number]

    @cached_property
    def _matcher(self) -> Matcher:
        arrays = {key: self.here.of(key) for key in self.sequences.all_keys()}
        known = {key: array for key, array in arrays.items() if array is not None}
        return Matcher(known, self.function.precision)

    def matches(self, row: Row) -> list[set[Any]] | None:
        """Return what each value of a row is; None if one of them is no right value."""
        found = []
        for value in row.values:
            if not np.any(value):
                found.append({ZERO})
                continue
            keys = self._matcher.matches(value)
            if not keys:
                return None
            found.append({origin(key) for key in keys})
        return found

    # -- where a wrong value comes from ------------------------------------------------------

    def _traced(self, found: Substitution) -> Substitution:
        """Return a substitution where a wrong value was made, and note what else may be wrong."""
        for _ in range(MOST_STEPS):
            flow = Dataflow(self.backward.sites, found.before)
            earlier = self._at_source(found, flow) or self._upstream(found, flow)
            if earlier is None:
                break
            found = self._narrowed(earlier)
        flow = Dataflow(self.backward.sites, found.before)
        scaled = found.is_scaled  # then a right value with another factor may be the wrong one
        chain = [e for e in self._chain(found, flow) if scaled or not self._is_scaled(e, flow)]
        doubtful = [e.number for e in chain]
        found.unverified = [flow.sites[number] for number in dict.fromkeys(doubtful)]
        return found

    def _at_source(self, found: Substitution, flow: Dataflow) -> Substitution | None:
        """Return the same substitution in the expression that the value comes from."""
        wrong = [flow.at(found.site.number, turn) for turn in found.wrong_turns]
        sources = [flow.source(e) for e in wrong]
        numbers = {e.number for e in sources if e is not None}
        if len(numbers) != 1 or None in sources:
            return None
        (number,) = numbers
        row = self.rows.get(number)
        if row is None or not row.complete:
            return None
        keys: list[Any] = [None] * len(row.values)
        for source, turn in zip(sources, found.wrong_turns, strict=True):
            if source is None or source.turn >= len(keys):
                return None
            keys[source.turn] = found.keys[turn]
        return self._confirmed(row, tuple(keys))

    def _upstream(self, found: Substitution, flow: Dataflow) -> Substitution | None:
        """Return a substitution of what a wrong value is computed from."""
        tried = {found.site.number}
        for evaluation in self._chain(found, flow):
            row = self.rows.get(evaluation.number)
            if row is not None and row.complete and evaluation.number not in tried:
                tried.add(evaluation.number)
                better = self._substitution(row)
                if better is not None:
                    return better
        return None

    def _chain(self, found: Substitution, flow: Dataflow) -> list[Evaluation]:
        """Return the values in doubt from which a wrong one was computed, the first one first."""
        waiting = [flow.at(found.site.number, turn) for turn in found.wrong_turns[:1]]
        seen: set[Evaluation] = set()
        while waiting and len(seen) < MOST_EVALUATIONS:
            for feeder in flow.feeders(waiting.pop()):
                if feeder not in seen and self._is_doubtful(feeder, flow):
                    seen.add(feeder)
                    waiting.append(feeder)
        return sorted(seen, key=lambda e: e.clock)

    def _is_doubtful(self, evaluation: Evaluation, flow: Dataflow) -> bool:
        """Return whether a value may be wrong: it is no right value and not a constant."""
        value = flow.value(evaluation)
        if (
            value.dtype.kind not in "fc"
            or not np.any(value)
            or not self.can_repair(evaluation.number)
        ):
            return False
        there = self.rows_there.get(evaluation.number)
        values = there.values if there is not None else []
        if evaluation.turn < len(values) and np.array_equal(value, values[evaluation.turn]):
            return False
        return not self._matcher.matches(value, exactly=True)

    def _is_scaled(self, evaluation: Evaluation, flow: Dataflow) -> bool:
        """Return whether a value is a right one up to a constant factor."""
        return bool(self._matcher.matches(flow.value(evaluation)))


def _same_operations(a: RightValues, b: RightValues) -> bool:
    return [n.primitive for n in a.nodes] == [n.primitive for n in b.nodes]


def _equal(given: Any, right: Any) -> bool:
    return close(given, np.asarray(right).reshape(np.shape(given)))


def _disturbed(value: Any, random: np.random.Generator) -> Any:
    """Return numbers like those of an array, but all of them others."""
    if value.dtype.kind == "b":
        return ~value
    size = float(np.mean(np.abs(value))) or 1.0
    return value + 0.1 * size * random.uniform(0.5, 1.5, value.shape)
