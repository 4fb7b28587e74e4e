"""Find the reasons why a derivative is wrong."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import numpy as np

from autograd.check.arrays import Vector, close
from autograd.check.budget import EXPLANATION, Budget, patience_with
from autograd.check.candidate import Claim
from autograd.check.checked_function import Leaf, as_derivative
from autograd.check.comparisons import Batch
from autograd.check.explain import jacobians
from autograd.check.explain.function import Mistakes
from autograd.check.explain.lines import name_lines
from autograd.check.explain.locate import Locator
from autograd.check.explain.numbers import (
    Finding,
    Sizes,
    first_hypothesis,
    hypotheses,
    pattern,
    swapped,
)
from autograd.check.explain.reference import Reference
from autograd.check.explain.safeguards import Safeguards
from autograd.check.explain.sizes import lengths
from autograd.check.state import Check
from autograd.check.tolerance import largest_small
from autograd.check.verdicts import MISSHAPEN, RANDOM, VERDICTS, WRONG


def explain(check: Check, check_gradients: Callable[..., Any]) -> None:
    """Add to the report of a check what is wrong, as far as it was recognised.

    `check_gradients` is that function, to check single operations with.
    """
    report = check.report
    verdicts = {int(v) for b in report.batches for v in np.unique(b.outcome.verdict)}
    if RANDOM in verdicts or not verdicts & {WRONG, MISSHAPEN}:
        return
    progress = check.progress
    progress.begin("Searching for reasons", EXPLANATION)
    patience = patience_with(lambda: _called(check))
    check.budget = Budget(EXPLANATION, lambda budget: progress.reach(budget.spent), patience)
    try:
        with np.errstate(all="ignore"):
            _explain(check, check_gradients)
    except Exception as error:  # an explanation must not hide the verdict
        report.notes.append(f"The search for reasons failed ({error!r}).")


def _called(check: Check) -> None:
    """Call the functions under test, as they are."""
    with contextlib.suppress(Exception), np.errstate(all="ignore"):
        if check.candidate.is_callable:
            weights = np.ones((1, check.function.size)) if check.candidate.vjp else check.weights
            check.candidate.at(check.function.x, weights)
        else:
            check.function.value(check.function.x)


def _explain(check: Check, check_gradients: Callable[..., Any]) -> None:
    report = check.report
    if check.function.on_nodes:
        locator = Locator(check.function, check_gradients, check.budget)
        report.reasons = locator.reasons()
        report.lines = locator.lines
        return
    explanation = Explanation(check)
    report.reasons = explanation.sentences() or report.reasons
    if not explanation.is_complete:
        name_lines(check, explanation.reference, explanation.sizes, explanation.after)


class Explanation:
    """The search for the reasons why a user-supplied gradient is wrong."""

    def __init__(self, check: Check) -> None:
        self.check = check
        self.function = check.function
        self.reference = Reference(check)
        self.given = self._given(check.claims[""])
        self.sizes: Sizes = lengths(self.function.inputs, self.reference)
        self.found: dict[str, Finding] = {}  # what is wrong, by the path of the leaf
        self.is_complete = False  # then no line needs to be searched for

    def sentences(self) -> list[str]:
        """Return one sentence for each reason, with the line if it is known."""
        whole = self._safeguard()
        if whole:
            self.is_complete = True
            return [whole]
        right = self.reference
        wrong = [
            path
            for path, array in self.given.items()
            if path in right.arrays and not right.agrees(path, array) and self._is_doubted(path)
        ]
        if not wrong:
            return []
        tie = self._tie()
        if tie:
            self.is_complete = True
            return [tie]
        stale = self._stale() if any(np.any(self.given[path]) for path in wrong) else ""
        if stale:
            return [stale]
        self._search_numbers(wrong, any_factor=False)
        self.found.update(
            (path, Finding(text))
            for path, text in swapped(self.given, right.arrays).items()
            if path in wrong and path not in self.found
        )
        self._search_function(wrong, self.given)
        self._search_numbers(wrong, any_factor=True)
        for path in wrong:
            if path not in self.found:
                text = self._pattern(path) or self._jacobian(path)
                if text:
                    self.found[path] = Finding(text)
        return self._grouped(wrong)

    def _is_doubted(self, path: str) -> bool:
        """Return whether a comparison with the numerical derivative says that an input is wrong.

        Derivatives that are zero except for rounding differ relatively, but are right.
        """
        batches = self.check.report.batches
        if self.check.projected is not None or len(batches) > 1:  # also along ties
            return True
        verdicts = batches[0].outcome.verdict[:, self._leaf(path).slice]
        return bool(np.isin(verdicts, (WRONG, MISSHAPEN)).any())

    # -- the three searches -----------------------------------------------------------------

    def _search_numbers(self, wrong: list[str], any_factor: bool) -> None:
        for path in wrong:
            if path in self.found:
                continue
            right = self.reference.arrays[path]
            texts = hypotheses(self.given[path], right, self.sizes, any_factor)
            text = next((text for text in texts if self._holds_elsewhere(path, text)), None)
            if text:
                self.found[path] = Finding(text)

    def _holds_elsewhere(self, path: str, text: str) -> bool:
        """Return whether a hypothesis holds at another point as well, if that is known."""
        if self.elsewhere is None or path not in self.elsewhere[0]:
            return True
        given, reference = self.elsewhere
        return text in hypotheses(given[path], reference.arrays[path], self.sizes)

    @cached_property
    def elsewhere(self) -> tuple[dict[str, Any], Reference] | None:
        """The gradient and the right one at another point; None if they are not known.

        A match at one point may be a coincidence.
        """
        check = self.check
        if check.elsewhere is None or check.weights is not None:
            return None
        return self._at(check.elsewhere)

    def _at(self, x: Vector) -> tuple[dict[str, Any], Reference] | None:
        """Return the gradient and the right one at a point; None if they are not known."""
        if not self.check.candidate.is_callable:
            return None
        try:
            claim = self.check.candidate.at(x)
            reference = self.reference.moved_to(x)
        except Exception:  # outside its domain
            return None
        finally:  # the function may store what the gradient needs
            self.function.call(self.function.objects(self.function.x))
        return None if reference is None else (self._given(claim), reference)

    def _search_function(self, wrong: list[str], given: Mapping[str, Any]) -> None:
        left = {path: given[path] for path in wrong if path not in self.found and path in given}
        if not left or self.reference.recorded_call is None:
            return
        found = Mistakes(self.reference, self.sizes).explain(left)
        if found and self.elsewhere is not None:
            arrays, reference = self.elsewhere
            there = Mistakes(reference, self.sizes).explain({path: arrays[path] for path in found})
            found = {p: f for p, f in found.items() if p in there and there[p].text == f.text}
        self.found.update(found)

    def _pattern(self, path: str) -> str | None:
        """Return which elements are wrong; by the sign of the input only if signs decide."""
        text = pattern(self.given[path], self.reference.arrays[path], self._leaf(path).data)
        if text is None or "where the input is" not in text:
            return text
        if self.mirrored is None or path not in self.mirrored[0]:
            return None
        arrays, reference = self.mirrored
        x = reference.recorded_call.function.inputs  # type: ignore[union-attr]
        data = next(leaf.data for leaf in x if leaf.path == path)
        return text if pattern(arrays[path], reference.arrays[path], data) == text else None

    def _jacobian(self, path: str) -> str | None:
        """Return which rows or columns of a Jacobian are wrong, at another point as well."""
        leaf, function = self._leaf(path), self.function
        shape = (function.size, leaf.size)
        given, right = np.asarray(self.given[path]), self.reference.arrays[path]
        if leaf.complex or function.size < 2 or given.size != right.size:
            return None

        def describe(given: Any, right: Any) -> str | None:
            return jacobians.describe(
                np.reshape(given, shape),
                np.reshape(right, shape),
                function.output_name,
                lambda column: function.input_name(leaf.offset + column),
            )

        text = describe(given, right)
        if text is None or self.elsewhere is None or path not in self.elsewhere[0]:
            return text
        arrays, reference = self.elsewhere
        return text if describe(arrays[path], reference.arrays[path]) == text else None

    @cached_property
    def mirrored(self) -> tuple[dict[str, Any], Reference] | None:
        """The gradient and the right one where some inputs have the other sign, if known."""
        x = self.function.x.copy()
        for group in (np.flatnonzero(x < 0), np.flatnonzero(x > 0)):
            x[group[::2]] *= -1  # both signs remain
        return self._at(x)

    def after(self, matrix: Vector) -> list[str]:
        """Return what is wrong with the derivatives after the correction of their shapes."""
        rest: dict[str, Finding] = {}
        after: dict[str, Any] = {}
        for leaf in self.function.inputs:
            right = self.reference.arrays.get(leaf.path)
            after[leaf.path] = as_derivative(matrix[:, leaf.slice], leaf)
            if right is None or close(after[leaf.path], right):
                continue
            text = first_hypothesis(after[leaf.path], right, self.sizes)
            if text:
                rest[leaf.path] = Finding(text)
        left = {path: array for path, array in after.items() if path not in rest}
        if left and self.reference.recorded_call is not None:
            rest.update(Mistakes(self.reference, self.sizes).explain(left))
        return [
            finding.about(f"After that correction, the gradient with respect to {path}")
            for path, finding in rest.items()
        ]

    def _safeguard(self) -> str:
        """Say that the gradient leaves a small constant out, if that is all."""
        largest = largest_small(self.check)
        if not largest or self.reference.recorded_call is None:
            return ""
        safeguards = Safeguards(self.reference, self.given)
        chosen = safeguards.left_out(self.elsewhere)
        return safeguards.sentence(chosen, largest) if chosen else ""

    def _tie(self) -> str:
        """Say that several winners of a tie got the whole derivative, if that is all."""
        batches = self.check.report.batches
        ties = [batch for batch in batches if batch.along_tie]
        if not ties or any(_is_wrong(batch) for batch in batches if not batch.along_tie):
            return ""
        first = next(c for c in ties[0] if c.verdict == VERDICTS[WRONG])
        return (
            f"There is a tie: along {first.where} the function changes by {first.numeric:.6g}, the "
            f"gradient says {first.analytic:.6g}. One of the tied elements may get the derivative, "
            "or each a share of it, but not each all of it."
        )

    def _stale(self) -> str:
        """Say that the gradient is one of an earlier call, if it is."""
        check = self.check
        candidate = check.candidate
        if not callable(candidate.gradient) or check.elsewhere is None:
            return ""
        try:
            matrix = candidate.at(check.elsewhere).matrix
            here = candidate.at(self.function.x).matrix
        except Exception:
            return ""
        if not np.array_equal(matrix, here) or np.isnan(here).any():
            return ""
        others = self.reference.moved_to(check.elsewhere)
        if others is None or close(others.matrix(), self.reference.matrix()):
            return ""
        if close(others.matrix(), here):
            return (
                "The gradient is the one at another point, at which it was called before: it keeps "
                "something from its first call (a cache?)."
            )
        return "The gradient is the same at different inputs, but should not be (a cache?)."

    # -- sentences --------------------------------------------------------------------------

    def _grouped(self, wrong: list[str]) -> list[str]:
        """Return each reason once for all the inputs that share it."""
        by_reason: dict[Finding, list[str]] = {}
        for path in wrong:
            if path in self.found:
                by_reason.setdefault(self.found[path], []).append(path)
        return [
            finding.about(f"The gradient with respect to {_listed(paths)}")
            for finding, paths in by_reason.items()
        ]

    # -- what is known ----------------------------------------------------------------------

    def _leaf(self, path: str) -> Leaf:
        return next(leaf for leaf in self.function.inputs if leaf.path == path)

    def _given(self, claim: Claim) -> dict[str, Any]:
        """Return the gradient under test as an array for each leaf."""
        if self.check.candidate.vjp is not None and self.check.weights is not None:
            return {}
        found = {}
        for leaf in self.function.inputs:
            if leaf.path in claim.misshapen:
                found[leaf.path] = claim.arrays[leaf.path]
            elif self.check.weights is None:
                found[leaf.path] = as_derivative(claim.matrix[:, leaf.slice], leaf)
            elif leaf.path in claim.arrays:
                found[leaf.path] = claim.arrays[leaf.path]
        return found


def _is_wrong(batch: Batch) -> bool:
    return bool((batch.outcome.verdict == WRONG).any())


def _listed(paths: list[str]) -> str:
    if len(paths) == 1:
        return paths[0]
    return f"{', '.join(paths[:-1])} and {paths[-1]}"
