"""Try the changes of the executed statements, the simple ones first, until one is right."""

from __future__ import annotations

import ast
import contextlib
import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from autograd.check.arrays import Vector
from autograd.check.explain.reference import Reference
from autograd.check.explain.repair.mutations import BROADCASTS, Variant, variants
from autograd.check.explain.repair.outcomes import MOST_VARIANTS, SECONDS, Outcomes
from autograd.check.explain.repair.ranking import simplified, text_of
from autograd.check.explain.repair.recompile import attribute_of_choice
from autograd.check.explain.repair.repairs import Corrected, Repair
from autograd.check.explain.repair.sources import Source, Sources, names_in, related, watch
from autograd.check.explain.repair.stages import Stage, stages_of
from autograd.check.explain.repair.statements import Site, sites
from autograd.check.explain.repair.syntax import expression, replaced
from autograd.check.explain.repair.trial import Laboratory, patched
from autograd.check.explain.repair.vocabulary import Vocabulary
from autograd.check.state import Check

#: How much further-fetched another repair may be that reaches what remains wrong as well, or leaves
#: that alone.
OVERLAP = 3.0


class Search(Outcomes):
    """The search for the change of one statement that makes a derivative right.

    The parameters, and further attributes, are those of `Outcomes`.

    Attributes
    ----------
    reshaped : tuple of Repair and ndarray, or None
        A change that gives the derivatives their right shape, and the derivatives then.
    obstacle, failure : str
        Why nothing could be tried, or why that found nothing; else empty.
    """

    def __init__(self, check: Check, reference: Reference) -> None:
        super().__init__(check, reference)
        self.obstacle = self.failure = ""
        self.found: list[Repair] = []
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
            self.prepare(here)
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
            if self.is_over():
                return
            if self.laboratory.late > late + 2:
                return
            self.choice.number = number
            corrected = self.corrected(site, code)
            if corrected.right:
                self._note(site, variant, corrected)

    def _note(self, site: Site, variant: Variant, corrected: Corrected) -> None:
        """Note a repair, in its simplest form."""
        simple = simplified(variant.node)
        text = text_of(simple)
        if text != text_of(variant.node):
            code = self.code(site, [simple])
            self.choice.number = 0
            if code is not None and self.corrected(site, code).right >= corrected.right:
                variant = variant._replace(node=simple)
        if not any(r.site is site and r.text == text for r in self.found):
            self.found.append(Repair(site, variant, *corrected))
