"""Try the changes of the executed statements, the simple ones first, until one is right."""

from __future__ import annotations

import ast
import contextlib
import functools
import itertools
import time
import types
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from autograd.check.arrays import Vector
from autograd.check.checked_function import CheckedFunction
from autograd.check.explain.reference import Reference
from autograd.check.explain.repair.backward import Backward
from autograd.check.explain.repair.mutations import BROADCASTS, Variant, variants
from autograd.check.explain.repair.oracle import Oracle, Point
from autograd.check.explain.repair.ranking import simplified, text_of
from autograd.check.explain.repair.recompile import Choice, attribute_of_choice, with_variants
from autograd.check.explain.repair.repairs import NOTHING, Corrected, Repair
from autograd.check.explain.repair.sources import Source, Sources, names_in, related, watch
from autograd.check.explain.repair.stages import Stage, stages_of
from autograd.check.explain.repair.statements import Site, sites
from autograd.check.explain.repair.syntax import expression, replaced
from autograd.check.explain.repair.trial import Laboratory, patched
from autograd.check.explain.repair.vocabulary import Vocabulary
from autograd.check.state import Check

#: Seconds for the whole search, and how many variants one code holds.
SECONDS, MOST_VARIANTS = 4.0, 256

#: How much further-fetched another repair may be that reaches what remains wrong as well, or leaves
#: that alone.
OVERLAP = 3.0


class Search:
    """The search for the change of one statement that makes a derivative right.

    Parameters
    ----------
    check : Check
        A check that found a wrong derivative.
    reference : Reference
        The right derivatives.

    Attributes
    ----------
    reshaped : tuple of Repair and ndarray, or None
        A change that gives the derivatives their right shape, and the derivatives then.
    obstacle, failure : str
        Why nothing could be tried, or why that found nothing; else empty.
    """

    def __init__(self, check: Check, reference: Reference) -> None:
        self.check = check
        self.backward = Backward(check)
        self.oracle = Oracle(check, reference)
        self.obstacle = self.failure = ""
        self.late = False
        self.tried = 0
        self.choice = Choice()
        self.budget = check.budget.part(SECONDS)
        self.found: list[Repair] = []
        self.waiting: set[int] = set()
        self.reshaped: tuple[Repair, Vector] | None = None

    def repairs(self) -> list[Repair]:
        """Return the changes that were found, the likeliest first."""
        here = self.oracle.here()
        if here is None:
            self.obstacle = "the right derivative is not known in every element"
            return []
        try:
            own = self.backward.files
            self.function_sources = Sources(watch(lambda: self.backward.forward(here), own))
            self.backward.matrix(here)
            self.backward.remembers = False
            ran = watch(lambda: self.backward.matrix(here), own)
            self.sources = Sources(ran, self.function_sources.executed)
            self.backward.remembers = True
        except Exception as error:
            self.obstacle = f"it raises {type(error).__name__} when it is traced"
            return []
        if not self.sources.found:
            self.obstacle = self._no_source()
            return []
        ran = [*self.sources.executed, *self.function_sources.executed]
        self.related = related(ran, own)
        self.laboratory = Laboratory(self.backward.roots, self._scopes(), self.choice)
        with self.laboratory.open(), contextlib.ExitStack() as stack:
            for source in (*self.sources.found, *Sources(self.related).found):
                code = source.changed(source.tree, self.choice)  # its loops end
                assert code is not None
                stack.enter_context(patched(source, code))
            self.laboratory.forget(item.code for item in self.sources.executed)
            self._prepare(here)
            self._search()
        self.backward.forward(here)  # what the functions remember belongs to the inputs again
        if not self.found:
            tried = self.tried
            self.obstacle = self.obstacle or self.laboratory.refused
            self.failure = (
                f"{tried} changes were tried in {SECONDS:g} s, and none was right"
                if self.late
                else f"none of {tried} changes of one statement makes it right"
            )
        return self.likeliest()

    def likeliest(self) -> list[Repair]:
        """Return what makes the most derivatives right, the likeliest first."""
        found = self._without_neutral()
        found.sort(key=lambda repair: (-len(repair.right), repair.cost))
        return [repair for repair in found if repair.right == found[0].right]

    def _without_neutral(self) -> list[Repair]:
        """Return what was found, except what another repair found to be superfluous.

        With a gradient of shape (3, 1), `g / len(g.T)` is right where `g` is.
        """
        plain: dict[int, dict[str, Repair]] = {}
        for repair in self.found:
            if repair.variant.kind == "an operand too many":
                plain.setdefault(id(repair.site), {})[repair.text] = repair
        kept = []
        for repair in self.found:
            at_site = plain.get(id(repair.site), {})
            shorter = [other for text, other in at_site.items() if text in repair.shorter]
            if not any(other.covers(repair) for other in shorter):
                kept.append(repair)
        return kept

    def is_whole(self, repairs: Sequence[Repair]) -> bool:
        """Return whether repairs together make all derivatives right."""
        known = {path for repair in repairs for path in repair.right}
        return bool(repairs) and known | self.right == self.parts.keys()

    def repairs_by_part(self) -> list[Repair]:
        """Return the likeliest repair of each group of inputs, those of the largest ones first.

        If each leaves alone what the others correct, they are right together. Else several mistakes
        overlap, and what changes more than it corrects is the likelier cause.
        """
        separate = self._separate()
        if self.is_whole(separate):
            return separate
        return self._by_part(lambda repair: not repair.alone)

    def _separate(self) -> list[Repair]:
        """Return the likeliest repair of each group of inputs, among those that change no other."""
        return self._by_part(lambda repair: repair.alone)

    def _by_part(self, likelier: Callable[[Repair], bool]) -> list[Repair]:
        """Return a repair of each group of inputs, with a preference besides its cost."""
        chosen: list[Repair] = []
        known: set[str] = set()

        def order(repair: Repair) -> tuple[int, float]:
            return -len(repair.right), repair.cost + (0 if likelier(repair) else OVERLAP)

        for repair in sorted(self._without_neutral(), key=order):
            if known.isdisjoint(repair.right):
                chosen.append(repair)
                known |= repair.right
        return chosen

    def repeated(self) -> list[Repair]:
        """Return the repairs of several lines if the same mistake in each is all that is wrong."""
        repairs = self.repairs_by_part()
        kinds = {repair.variant.kind for repair in repairs}
        same = len(repairs) > 1 == len(kinds) and all(repair.everywhere for repair in repairs)
        return repairs if same and self.is_whole(repairs) else []

    def _no_source(self) -> str:
        if self.sources.missing:
            code = self.sources.missing[0].code
            place = f"{code.co_filename}: define it in a file or a notebook"
            return f"the source of {code.co_name} is not available ({place})"
        return "it runs no Python code of its own"

    def _scopes(self) -> list[tuple[dict[str, Any], Iterable[str]]]:
        ran = self.function_sources.executed, self.sources.executed, self.related
        executed = itertools.chain(*ran)
        return [(item.scope, names_in(item.code)) for item in executed]

    def _prepare(self, here: Point) -> None:
        self.here = here
        self.parts = {leaf.path: leaf.slice for leaf in self.check.function.inputs}
        started = time.monotonic()
        self.given = self.laboratory.run(lambda: self.backward.matrix(here))
        if self.given is not None:
            self.wrong = here.wrong(self.given)
            self.right = here.right_in(self.given, self.parts)
            self.wrong_parts = self._wrong_parts()
        seconds = time.monotonic() - started
        self.laboratory.seconds = max(0.25, 20 * seconds)
        self.others = [
            point
            for point in self.laboratory.run(self.oracle.elsewhere) or []
            if self.laboratory.run(functools.partial(self.backward.matrix, point)) is not None
        ]
        self.backward.learn_memory(self.laboratory, here)

    def _wrong_parts(self) -> list[Any]:
        """Return the derivatives that are wrong, of all inputs and then of each, as masks."""
        found = [self.wrong]
        if self.here.directions is None and self.check.function.size:
            rows = self.wrong.reshape(-1, self.here.x.size)
            for part in self.parts.values():
                mask = np.zeros(rows.shape, bool)
                mask[:, part] = rows[:, part]
                if mask.any() and not np.array_equal(mask, rows):
                    found.append(mask.reshape(-1))
        return found

    def corrigible(self, fixed: Any) -> bool:
        """Return whether a change that leaves some derivatives as they are may correct others."""
        return any(not (fixed & part).any() for part in self.wrong_parts)

    # -- the order of the search ------------------------------------------------------------

    def _search(self) -> None:
        if self.given is None:
            lab = self.laboratory
            self.obstacle = lab.refused or lab.outside or "it fails when it is called again"
            return
        places = [site for source in self._own() for site in sites(source)]
        trees = [source.tree for source in self.function_sources.found]
        self.vocabularies = [Vocabulary(site, self.laboratory.run, trees) for site in places]
        if np.isnan(self.given).any():
            self._reshape()
        suspects = self._suspects()
        loops = any(around.site.loops for around in suspects)
        for stage in stages_of(self):
            for around in suspects:
                if self.late:
                    return
                self._try(around.site, stage.changes(around))
            if (stage.ends_in_loops or not loops) and self._may_end(stage):
                break

    def _may_end(self, stage: Stage) -> bool:
        """Return whether nothing better needs to be searched for."""
        if any(
            self.is_whole([repair]) and (repair.everywhere or stage.ends_here)
            for repair in self.found
        ):
            return True
        together = stage.ends_by_part and self.is_whole(self._separate())
        return together or bool(self.repeated())

    def _suspects(self) -> list[Vocabulary]:
        """Return what is at hand at the statements that may be wrong, the likeliest first.

        A mistake spoils what depends on it: statements on which derivatives depend that are right
        come later, those that assign nothing last.
        """
        found: list[tuple[bool, int, Vocabulary]] = []
        for around in self.vocabularies:
            site = around.site
            changed = self._influence(site)
            if changed is not None and not self.corrigible(self.wrong & ~changed):
                targets = getattr(site.node, "targets", [getattr(site.node, "target", None)])
                if all(isinstance(target, ast.Name) for target in targets):
                    continue  # what is assigned elsewhere may belong to another place
            spoilt = 0 if changed is None else int(np.count_nonzero(changed & ~self.wrong))
            found.append((isinstance(site.node, ast.Expr), spoilt, around))
        found.sort(key=lambda item: item[:2])
        return [around for _, _, around in found]

    def _influence(self, site: Site) -> Any:
        """Return which derivatives change with the value of a statement; None if not known."""
        value = getattr(site.node, "value", None) if isinstance(site.node, ast.stmt) else None
        if not isinstance(value, ast.expr):
            return None
        noisy = expression("_1(_0)", value, attribute_of_choice("disturbed"))
        changed = replaced(site.node, (("value", None),), noisy)
        (found,) = self.outcomes(site, [changed], self.here)
        return None if found is None else found != self.given

    def _reshape(self) -> None:
        """Note a change of a row to a column that gives the derivatives their right shape."""
        for around in self.vocabularies:
            changes = list(variants(around.site.node, around, BROADCASTS))
            found = self.outcomes(around.site, [change.node for change in changes], self.here)
            for change, outcome in zip(changes, found, strict=True):
                if outcome is not None and np.isfinite(outcome).all() and self.reshaped is None:
                    rows = outcome.reshape(-1, self.here.x.size)
                    self.reshaped = Repair(around.site, change, frozenset()), rows

    def _own(self) -> list[Source]:
        """Return the functions that the function under test does not run: those are right."""
        shared = {item.code for item in self.function_sources.executed}
        own = [source for source in self.sources.found if source.executed.code not in shared]
        return own or self.sources.found

    def _try(self, site: Site, candidates: Iterable[Variant]) -> None:
        own = text_of(site.node)
        seen = {own}
        waiting: list[Variant] = []
        # The result of a bare call is not used. Called twice, it may never end: lock.acquire().
        once = own if isinstance(site.node, ast.Expr) else None
        for variant in candidates:
            text = text_of(variant.node)
            if text in seen or (once is not None and text.count(once) > 1):
                continue
            seen.add(text)
            waiting.append(variant)
            if len(waiting) == MOST_VARIANTS:
                self._run(site, waiting)
                waiting = []
        if waiting:
            self._run(site, waiting)

    # -- running ----------------------------------------------------------------------------

    def _run(self, site: Site, batch: Sequence[Variant]) -> None:
        """Run the variants of a statement, and note those that are right."""
        code = self.code(site, [variant.node for variant in batch])
        if code is None:
            if len(batch) > 1:  # one is not valid code
                middle = len(batch) // 2
                self._run(site, batch[:middle])
                self._run(site, batch[middle:])
            return
        late = self.laboratory.late
        for number, variant in enumerate(batch):
            if self._is_over():
                return
            if self.laboratory.late > late + 2:
                return
            self.choice.number = number
            corrected = self._corrected(site, code)
            if corrected.right:
                self._note(site, variant, corrected)

    def _note(self, site: Site, variant: Variant, corrected: Corrected) -> None:
        """Note a repair, in its simplest form."""
        simple = simplified(variant.node)
        text = text_of(simple)
        if text != text_of(variant.node):
            code = self.code(site, [simple])
            self.choice.number = 0
            if code is not None and self._corrected(site, code).right >= corrected.right:
                variant = variant._replace(node=simple)
        if not any(r.site is site and r.text == text for r in self.found):
            self.found.append(Repair(site, variant, *corrected))

    def outcomes(self, site: Site, nodes: Sequence[Any], point: Point) -> Iterator[Vector | None]:
        """Yield the derivatives with each of several statements; None where one fails."""
        for first in range(0, len(nodes), MOST_VARIANTS):
            yield from self._outcomes(site, nodes[first : first + MOST_VARIANTS], point)

    def _outcomes(self, site: Site, nodes: Sequence[Any], point: Point) -> Iterator[Vector | None]:
        code = self.code(site, nodes)
        if code is None and len(nodes) > 1:
            middle = len(nodes) // 2
            yield from self._outcomes(site, nodes[:middle], point)
            yield from self._outcomes(site, nodes[middle:], point)
            return
        for number in range(len(nodes)):
            self.choice.number = number
            timely = not self._is_over()
            yield self.outcome(site, code, point) if timely and code is not None else None

    def _is_over(self) -> bool:
        self.late |= self.budget.is_over() or bool(self.laboratory.refused)
        return self.late

    def code(self, site: Site, nodes: Sequence[Any]) -> types.CodeType | None:
        """Return the code of a function in which one of several statements is executed."""
        tree = with_variants(site.source.tree, site.path, nodes)
        return site.source.changed(tree, self.choice)

    def outcome(self, site: Site, code: types.CodeType, point: Point) -> Vector | None:
        """Return the derivatives by a changed function at a point; None if it fails.

        A statement that once waited for something in vain is not tried again.
        """
        if id(site) in self.waiting:
            return None
        self.tried += 1
        source, barks = site.source, self.laboratory.watchdog.barks
        found: Vector | None = self.laboratory.run(
            lambda: self.backward.matrix(point, lambda: patched(source, code), bool(source.holders))
        )
        if self.laboratory.watchdog.barks > barks:
            self.waiting.add(id(site))
        return found

    def _corrected(self, site: Site, code: types.CodeType) -> Corrected:
        """Return which derivatives a change corrects.

        A change that spoils another derivative, or the function, corrects none.
        """
        misses = 0
        found = self.outcome(site, code, self.here)
        right = self.here.right_in(found, self.parts)
        if found is None or not right > self.right:
            return NOTHING
        for point in self.others:
            there = point.right_in(self.outcome(site, code, point), self.parts)
            if point.near:
                right &= there
            else:
                misses += not there >= right
            if not right > self.right:
                return NOTHING
        if not self._keeps_function(site, code):
            return NOTHING
        still = self.wrong & self.here.wrong(found)
        alone = np.array_equal(found[still], self.given[still], equal_nan=True)
        return Corrected(right - self.right, misses, alone)

    def _keeps_function(self, site: Site, code: types.CodeType) -> bool:
        """Return whether a change leaves the function alone, if the two share code."""
        function: CheckedFunction = self.check.function

        def values() -> Any:
            with patched(site.source, code):
                return function.value(self.here.x)

        found = self.laboratory.run(values)
        return found is not None and np.array_equal(found, self.check.center, equal_nan=True)
