"""The search for the first value of a backward pass that is wrong."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from autograd.check.arrays import close
from autograd.check.explain.reference import Reference
from autograd.check.explain.repair.recompile import Choice
from autograd.check.explain.repair.trial import Laboratory
from autograd.check.explain.values.forward import ForwardPass, ProbedValues, numerical_gradients
from autograd.check.explain.values.likeness import Likeness
from autograd.check.explain.values.matching import Matcher
from autograd.check.explain.values.probes import Site
from autograd.check.explain.values.right import RecordedValues, RightValues, origin
from autograd.check.explain.values.runs import BackwardPass, Part, Row
from autograd.check.explain.values.sequences import ZERO, Sequence, Sequences
from autograd.check.explain.values.substitution import Substitution, equal
from autograd.check.state import Check

#: How long to search, in seconds; the largest graph to search in.
MOST_SECONDS, MOST_NODES = 4.0, 1500


class ValueSearch:
    """The search for a value that, replaced by a right one, repairs a backward pass.

    Parameters
    ----------
    check : Check
        A check that found a wrong derivative.
    reference : Reference
        The right derivatives.
    lines : set of (str, int), optional
        The files and lines to look at, where these are known; the default is all.

    Attributes
    ----------
    found : Substitution or None
        The first wrong value, if one could be confirmed.
    why_not : str
        Why none was found.
    """

    def __init__(
        self,
        check: Check,
        reference: Reference,
        lines: frozenset[tuple[str, int]] | None = None,
    ) -> None:
        self.check = check
        self.lines = lines
        self.function = check.function
        self.budget = check.budget.part(MOST_SECONDS)
        self.found: Substitution | None = None
        self._tried: set[tuple[int, Sequence]] = set()
        self._known_candidates: dict[int, list[tuple[float, Sequence]]] = {}
        self.why_not = self._why_not(reference)
        if self.why_not:
            return
        self.backward = BackwardPass(check)
        if not self.backward.sites:
            self.why_not = "its source is not available"
            return
        roots = [*self._users(), self.function.template]
        laboratory = Laboratory(roots, self.backward.scopes(), Choice())
        laboratory.seconds = MOST_SECONDS
        with laboratory.open():
            self.backward.laboratory = laboratory
            self._search_in(laboratory, reference)

    def _users(self) -> list[Any]:
        """Return the functions of the user."""
        candidate = self.check.candidate
        return [f for f in (self.function.f, candidate.gradient, candidate.vjp) if callable(f)]

    def _search_in(self, laboratory: Laboratory, reference: Reference) -> None:
        self._prepare(laboratory, reference)
        if self.why_not:
            return
        found = self._search()
        if found is None:
            self.why_not = "no single value, replaced by a right one, makes the rest right"
        else:
            self.found = self.chosen(found)

    def chosen(self, found: Substitution) -> Substitution:
        """Return what to report in the place of the first value that was found."""
        return found

    def _why_not(self, reference: Reference) -> str:
        if not self.check.candidate.is_callable:
            return "it was given as arrays"
        call = reference.recorded_call
        if call is None and set(reference.arrays) != {leaf.path for leaf in self.function.inputs}:
            return "the right derivatives are not known"
        if call is not None and len(call.graph) > MOST_NODES:
            return f"the function has more than {MOST_NODES} operations"
        if self.check.elsewhere is None:
            return "there is no other point to confirm it at"
        return ""

    def _prepare(self, laboratory: Laboratory, reference: Reference) -> None:
        x = self.function.x
        self.here, self.there = self._right_values(laboratory, reference)
        if self.here.signature != self.there.signature:
            self.why_not = "the function computes something else at the other point"
            return
        self.sequences = Sequences(self.here)
        self.right = self.here.gradients
        self.right_there = self.there.gradients
        self.given, recorder = self.backward.recorded(x)
        self.rows = recorder.rows
        elsewhere, recorder = self.backward.recorded(self.check.elsewhere)
        self.rows_there = recorder.rows
        if self.given is None or elsewhere is None:
            self.why_not = "it cannot be run again"
        elif self._is_right(self.given, self.right):
            self.why_not = "its derivatives are right when it is run again"

    def _right_values(
        self, laboratory: Laboratory, reference: Reference
    ) -> tuple[RightValues, RightValues]:
        """Return the right values here and at the other point."""
        function, points = self.function, (self.function.x, self.check.elsewhere)
        weights, jacobian = self.backward.weights, self.backward.jacobian
        if reference.recorded_call is not None:
            here, there = (RecordedValues(function, x, weights, jacobian) for x in points)
            return here, there
        forward = ForwardPass(function, weights)
        forward.laboratory = laboratory
        gradients = (numerical_gradients(function, x, weights, jacobian) for x in points)
        probed = (
            ProbedValues(forward, self.budget, function, *p)
            for p in zip(points, gradients, strict=True)
        )
        return next(probed), next(probed)

    # -- right and wrong derivatives --------------------------------------------------------

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

        A value that is not right may be replaced by any. One that is part of a derivative may be
        replaced by more or less of it. Only then come other right values in place of right ones.
        """
        rows = [row for row in self._ordered() if self.can_repair(row.site.number)]
        found = self._first(rows, lambda row: self.matches(row), near=True)
        found = found or self._first(rows, lambda row: self.matches(row))
        found = found or self._first(rows, lambda row: None)
        return found

    def _first(
        self, rows: list[Row], matches: Callable[[Row], Any], near: bool = False
    ) -> Substitution | None:
        """Return the substitution whose first change comes first."""
        best: Substitution | None = None
        for row in rows:
            if best is not None and row.clocks[0] > best.clock:
                break
            found = self.substitution(row, matches(row), near=near)
            if found is not None and (best is None or found.clock < best.clock):
                best = found
        return best

    def _ordered(self) -> list[Row]:
        usable = [
            row
            for row in self.rows.values()
            if row.complete and row.site.kind != "name" and row.values[0].dtype.kind in "fc"
            if self.looks_at(row.site)
        ]
        return sorted(usable, key=lambda row: row.clocks[0])

    def looks_at(self, site: Site) -> bool:
        """Return whether a site is in the lines to look at."""
        return self.lines is None or (site.file, site.line) in self.lines

    def substitution(
        self,
        row: Row,
        matches: list[set[Any]] | None = None,
        kinds: tuple[str, ...] = (),
        near: bool = False,
    ) -> Substitution | None:
        """Return the first right values that repair the pass in place of those of a site.

        `matches` are the nodes whose derivatives may be the right ones, by turn; `kinds` the kinds
        of keys; `near` restricts them to those that resemble the given values.
        """
        number = row.site.number
        turns = len(row.values)
        there = self.rows_there.get(number)
        if there is None or len(there.values) != turns:
            return None
        for keys in self._candidates(row, near):
            if self.budget.is_over():
                return None
            if (number, keys) in self._tried or not _is_allowed(keys, matches, kinds):
                continue
            self._tried.add((number, keys))
            confirmed = self.confirmed(row, keys)
            if confirmed is not None:
                return confirmed
        return None

    def _candidates(self, row: Row, near: bool) -> list[Sequence]:
        """Return what may be right, the most similar to the given values first."""
        number = row.site.number
        if number not in self._known_candidates:
            found: list[tuple[float, Sequence]] = []
            turns = len(row.values)
            stays = [not np.any(value) or bool(self.matcher.matches(value)) for value in row.values]
            likeness_of = Likeness(self.here, row)
            for keys in self.sequences.fitting([value.shape for value in row.values]):
                if not all(stays[i] for i, key in enumerate(keys) if key is None):
                    continue
                likeness = likeness_of(keys)
                if likeness < 0.999 or not self._is_there(keys, row):
                    found.append((likeness, keys))
            # What an element should be after `+=` is not known: more may be added.
            known = all(index is not None for index in row.indices)
            if row.site.kind == "array" and known and not row.site.adds:
                for (key,) in self.sequences.fitting([row.values[-1].shape]):
                    found.append((1.0, (("at", key),) * turns))
            found.sort(key=lambda pair: -pair[0])
            self._known_candidates[number] = found
        return [k for like, k in self._known_candidates[number] if like > (0.5 if near else -1)]

    def _is_there(self, keys: Sequence, row: Row) -> bool:
        """Return whether the given values are right ones already."""
        new = self._arrays(self.here, keys, row) or []
        pairs = zip(row.values, new, strict=True)
        return all(right is None or equal(given, right) for given, right in pairs)

    def is_sequence(self, row: Row) -> bool:
        """Return whether the values of all turns are right ones of the turns of a loop."""
        shapes = [value.shape for value in row.values]
        return any(
            None not in keys and self._is_there(keys, row)
            for keys in self.sequences.fitting(shapes)
        )

    def confirmed(self, row: Row, keys: Sequence) -> Substitution | None:
        """Return a substitution if it makes all derivatives right here and elsewhere."""
        number, there = row.site.number, self.rows_there.get(row.site.number)
        new = self._arrays(self.here, keys, row)
        out = self.backward.replaced(self.function.x, number, new or [])
        if new is None or there is None or not self._is_right(out, self.right):
            return None
        new_there = self._arrays(self.there, keys, there)
        out = self.backward.replaced(self.check.elsewhere, number, new_there or [])
        if new_there is None or not self._is_right(out, self.right_there):
            return None
        _, recorder = self.backward.recorded(self.function.x, number, new)
        given = recorder.before
        indices = recorder.rows[number].indices
        right = [_replacement(*part) for part in zip(given, new, indices, strict=False)]
        rows = recorder.rows
        in_loop = row.site.kind == "array" and len(new) > 1
        if in_loop and any(map(_changes_more, given, new, indices)):
            return None  # it is only the last statement that changes the array
        rows[number].values = given
        return Substitution(row.site, keys, given, right, rows, recorder.items)

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
            new = None if array is None else array.reshape(given.shape)
            found.append(Part(new) if key is not None and key[0] == "at" else new)
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
            out = self.backward.replaced(self.function.x, number, new)
            self._influence[number] = out is None or all(
                np.shape(out[path]) != wrong.shape
                or not np.any(wrong & (np.asarray(out[path]) == self.given[path]))
                for path, wrong in self._wrong.items()
            )
        return self._influence[number]

    @cached_property
    def matcher(self) -> Matcher:
        """Recognises right values."""
        arrays = {key: self.here.of(key) for key in self.sequences.all_keys()}
        known = {key: array for key, array in arrays.items() if array is not None}
        return Matcher(known, self.here.tolerance)

    def matches(self, row: Row) -> list[set[Any]] | None:
        """Return what each value of a row is; None if one of them is not right."""
        found = []
        for value in row.values:
            if not np.any(value):
                found.append({ZERO})
                continue
            keys = self.matcher.matches(value)
            if not keys:
                return None
            found.append({origin(key) for key in keys})
        return found


def _changes_more(given: Any, new: Any, index: Any) -> bool:
    """Return whether more of an array is replaced than what a statement assigns."""
    if index is None or new is None or isinstance(new, Part):
        return False
    before, after = np.array(given), np.array(new)
    before[index] = after[index] = 0
    return not equal(before, after)


def _replacement(given: Any, new: Any, index: Any) -> Any:
    """Return the right value of a turn."""
    if isinstance(new, Part):
        return new.array[index]
    return given if new is None else new


def _is_allowed(keys: Sequence, matches: list[set[Any]] | None, kinds: tuple[str, ...]) -> bool:
    """Return whether right values are of some kinds, and more or less of what is there."""
    if kinds and any(key is not None and origin(key)[0] not in kinds for key in keys):
        return False
    return matches is None or all(
        key is None
        or (ZERO in found and len(keys) > 1)
        or (origin(key)[0] == "adjoint" and origin(key) in found)
        for key, found in zip(keys, matches, strict=True)
    )


def _disturbed(value: Any, random: np.random.Generator) -> Any:
    """Return numbers like those of an array, but all of them others."""
    if value.dtype.kind == "b":
        return ~value
    size = float(np.mean(np.abs(value))) or 1.0
    return value + 0.1 * size * random.uniform(0.5, 1.5, value.shape)
