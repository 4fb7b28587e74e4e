"""Where a wrong value comes from, and which other lines may be the wrong one instead."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autograd.check.explain.values.dataflow import Dataflow, Evaluation
from autograd.check.explain.values.probes import Site
from autograd.check.explain.values.right import Key, RecordedValues, origin
from autograd.check.explain.values.runs import Row
from autograd.check.explain.values.search import ValueSearch
from autograd.check.explain.values.sequences import ZERO
from autograd.check.explain.values.substitution import Substitution

#: How many wrong values, values in doubt and other expressions to follow back.
MOST_STEPS, MOST_EVALUATIONS, MOST_OTHERS = 5, 300, 40


class Judge:
    """Judges a substitution that repairs a backward pass.

    Parameters
    ----------
    search : ValueSearch
        The search that found it.
    """

    def __init__(self, search: ValueSearch) -> None:
        self.search = search
        self.sites = search.backward.sites
        self.data: dict[Evaluation, bool] = {}

    def judged(self, found: Substitution) -> Substitution:
        """Return the substitution where the wrong value was made, with the other suspects."""
        for _ in range(MOST_STEPS):
            flow = self._flow(found)
            earlier = self._at_source(found, flow) or self._upstream(found, flow)
            if earlier is None:
                break
            found = earlier
        flow = self._flow(found)
        found.unverified = self._doubts(found, flow)
        if not found.unverified:
            smaller = self._narrowed(found)
            if smaller is not None:
                found, flow = smaller, self._flow(smaller)
        found.unverified += self._others(found, flow)
        found.unverified += self._after(found, flow)
        found.elsewhere = self.search.budget.is_over() or self._may_add_what_is_right(found, flow)
        return found

    def _may_add_what_is_right(self, found: Substitution, flow: Dataflow) -> bool:
        """Return whether a statement may add a right value: then another is wrong, or missing."""
        if not found.site.adds or found.site.kind not in ("stored", "array"):
            return False
        clocks = [found.before[found.site.number].clocks[turn] for turn in found.wrong_turns]
        added = [flow.last(number, clock) for number in found.site.inside for clock in clocks]
        known = [e for e in added if e is not None]
        if not isinstance(self.search.here, RecordedValues):
            return True  # what each statement should add is not known
        return bool(known) and all(self._is_recognised(e, flow, exactly=True) for e in known)

    def _flow(self, found: Substitution) -> Dataflow:
        self.data, self.below = {}, self._below(found)
        return Dataflow(self.sites, found.before, found.items)

    # -- the same repair elsewhere ----------------------------------------------------------

    def _at_source(self, found: Substitution, flow: Dataflow) -> Substitution | None:
        """Return the same substitution in the expression that the value comes from."""
        wrong = [flow.at(found.site.number, turn) for turn in found.wrong_turns]
        sources = [flow.source(e) for e in wrong]
        numbers = {e.number for e in sources if e is not None}
        if len(numbers) != 1 or None in sources:
            return None
        row = self._row(numbers.pop())
        if row is None:
            return None
        keys: list[Key | None] = [None] * len(row.values)
        for source, turn in zip(sources, found.wrong_turns, strict=True):
            if source is None or source.turn >= len(keys):
                return None
            keys[source.turn] = found.keys[turn]
        return self.search.confirmed(row, tuple(keys))

    def _upstream(self, found: Substitution, flow: Dataflow) -> Substitution | None:
        """Return a substitution of a value in doubt from which a wrong value is computed."""
        tried = {found.site.number}
        for evaluation in self._chain(found, flow):
            row = self._row(evaluation.number)
            if row is not None and evaluation.number not in tried:
                tried.add(evaluation.number)
                better = self.search.substitution(row)
                if better is not None:
                    return better
        return None

    def _narrowed(self, found: Substitution) -> Substitution | None:
        """Return a substitution of one value by another in the same expression."""
        for number in self._all_inside(found.site):
            row = self._row(number)
            if row is not None and self.search.can_repair(number):
                smaller = self.search.substitution(row, kinds=("value",))
                if smaller is not None:
                    return smaller
        return None

    def _row(self, number: int) -> Row | None:
        """Return the row of a site in the run without substitution, if all of it is known."""
        row = self.search.rows.get(number)
        return row if row is not None and row.complete else None

    def _all_inside(self, site: Site) -> Iterator[int]:
        for number in site.inside:
            yield number
            yield from self._all_inside(self.sites[number])

    # -- other suspects ---------------------------------------------------------------------

    def _chain(self, found: Substitution, flow: Dataflow) -> list[Evaluation]:
        """Return the values in doubt from which a wrong one was computed, the first one first."""
        waiting = [flow.at(found.site.number, turn) for turn in found.wrong_turns[:1]]
        seen: set[Evaluation] = set()
        while waiting and len(seen) < MOST_EVALUATIONS:
            for feeder in flow.feeders(waiting.pop()):
                if feeder not in seen and self._is_doubtful(feeder, flow):
                    seen.add(feeder)
                    waiting.append(feeder)
        able = [e for e in seen if self.search.can_repair(e.number)]
        return sorted(able, key=lambda e: e.clock)

    def _is_doubtful(self, evaluation: Evaluation, flow: Dataflow) -> bool:
        """Return whether a value may be wrong: it is neither a right value nor data."""
        value = flow.value(evaluation)
        if value.dtype.kind not in "fcb" or not np.any(value):
            return False
        if self._is_data(evaluation, flow):
            return False
        return not self._is_recognised(evaluation, flow, exactly=True)

    def _is_recognised(self, evaluation: Evaluation, flow: Dataflow, exactly: bool) -> bool:
        """Return whether a value is right, and in the right place.

        The derivative with respect to something that does not depend on the wrong value belongs
        elsewhere. A right value in one turn of a loop may be that of another turn.
        """
        row = flow.rows[evaluation.number]
        keys = self.search.matcher.matches(flow.value(evaluation), exactly)
        keys = [key for key in keys if self._is_at_home(key)]
        if len(row.values) == 1 or not keys:
            return bool(keys)
        if row.site.walks:
            return False
        whole = any(key[0] != "row" for key in keys)
        return whole or self.search.is_sequence(row)

    def _is_at_home(self, key: Key) -> bool:
        kind, of = origin(key)
        if kind == "gradient":
            of = self.search.here.leaf(of)
        known = kind in ("adjoint", "gradient") and of is not None
        return self.below is None or not known or of in self.below

    def _below(self, found: Substitution) -> set[int] | None:
        """Return what uses the thing whose derivative is wrong, and itself; None if not known."""
        right = self.search.here
        kind, of = origin(found.keys[found.wrong_turns[0]] or ZERO)
        start = right.leaf(of) if kind == "gradient" else of
        if kind not in ("adjoint", "gradient") or start is None:
            return None
        below, waiting = {start}, [start]
        while waiting:
            for user, _ in right.consumers.get(waiting.pop(), ()):
                if user not in below:
                    below.add(user)
                    waiting.append(user)
        return below

    def _is_data(self, evaluation: Evaluation, flow: Dataflow) -> bool:
        """Return whether a value does not depend on the inputs.

        A mask may be the same at both points, but depends on them.
        """
        if evaluation not in self.data:
            there = self.search.rows_there.get(evaluation.number)
            values = there.values if there is not None else []
            same = evaluation.turn < len(values) and np.array_equal(
                flow.value(evaluation), values[evaluation.turn]
            )
            self.data[evaluation] = same  # in case of a cycle
            feeders = flow.feeders(evaluation) if same else ()
            self.data[evaluation] = same and all(self._is_data(e, flow) for e in feeders)
        return self.data[evaluation]

    def _doubts(self, found: Substitution, flow: Dataflow) -> list[Site]:
        """Return the expressions in doubt, without right values up to a factor if that is fine."""
        chain = self._chain(found, flow)
        if not (found.is_scaled or found.site.adds):
            chain = [e for e in chain if not self._is_recognised(e, flow, exactly=False)]
        wrong = [flow.at(found.site.number, turn) for turn in found.wrong_turns]
        made = [e for e in map(flow.source, wrong) if e is not None]  # by a function that it calls
        return [self.sites[number] for number in dict.fromkeys(e.number for e in (*chain, *made))]

    def _others(self, found: Substitution, flow: Dataflow) -> list[Site]:
        """Return the other expressions, right values too, whose replacement repairs the pass.

        A value may be the right one of something else.
        """
        waiting = [flow.at(found.site.number, turn) for turn in found.wrong_turns[:1]]
        seen: dict[int, None] = {found.site.number: None}
        others = []
        while waiting and len(seen) < MOST_OTHERS:
            for feeder in flow.feeders(waiting.pop()):
                if feeder.number in seen or self._is_data(feeder, flow):
                    continue
                seen[feeder.number] = None
                waiting.append(feeder)
                row = self._row(feeder.number)
                usable = row is not None and row.values[0].dtype.kind in "fc"
                if row is None or not usable or not self.search.looks_at(row.site):
                    continue
                if not self.search.can_repair(feeder.number):
                    continue
                other = self.search.substitution(row)
                if other is not None and other.clock < found.clock:  # else it only comes after
                    others.append(self.sites[feeder.number])
        return others

    def _after(self, found: Substitution, flow: Dataflow) -> list[Site]:
        """Return where the wrong value is used, if it may be right for something else.

        Then the line that uses it may lack an operation.
        """
        turn = found.wrong_turns[0]
        given = found.given[turn]
        mine = origin(found.keys[turn] or ZERO)
        keys = self.search.matcher.matches(given, exactly=True)
        if given.size > 1 and not any(origin(k) != mine and self._is_at_home(k) for k in keys):
            return []
        own = (found.site.file, found.site.line)
        readers = list(flow.readers(found.right[turn], found.clock))
        if found.site.variable:  # other names for its value come later
            readers = [site for site in readers if site.text == found.site.variable]
        lines = {(site.file, site.line): site for site in readers}
        lines.pop(own, None)
        return list(lines.values()) if len(lines) == 1 else []
