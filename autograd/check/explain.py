"""Why a derivative is wrong: hypotheses, each verified before it is told."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.check import hypotheses
from autograd.check.hypotheses import Finding, from_numbers, pattern, readings, swapped
from autograd.check.locate import Blame
from autograd.check.mistakes import Mistakes
from autograd.check.reference import Truth, as_derivative, close
from autograd.check.repairs import Repairs
from autograd.check.verdicts import MISSHAPEN, RANDOM, WRONG

if TYPE_CHECKING:
    from autograd.check.candidate import Claim
    from autograd.check.pipeline import Procedure


#: If a change on more lines than this would do, none of them is told.
MOST_LINES = 3


def reasons(procedure: Procedure) -> list[str]:
    """Return sentences that say what is wrong; empty if nothing was recognised."""
    verdicts = {int(v) for b in procedure.report.batches for v in np.unique(b.judgement.verdict)}
    if RANDOM in verdicts or not verdicts & {WRONG, MISSHAPEN}:
        return []
    with np.errstate(all="ignore"):
        if procedure.subject.on_nodes:
            return Blame(procedure.subject).reasons()
        return Explanation(procedure).sentences()


class Explanation:
    """Looks for the reasons why a gradient from elsewhere is wrong."""

    def __init__(self, procedure: Procedure) -> None:
        self.procedure = procedure
        self.subject = procedure.subject
        self.truth = Truth(procedure)
        self.given = self._given(procedure.claims[""])
        self.sizes = self._sizes()
        self.found: dict[str, Finding] = {}  # path of a leaf -> what is wrong with its derivative

    def sentences(self) -> list[str]:
        """Return one sentence for each reason, and the line if it is known."""
        wrong = [p for p, g in self.given.items() if not self.truth.agrees(p, g)]
        wrong = [p for p in wrong if p in self.truth.arrays]
        if not wrong:
            return self._of_shapes()
        tie = self._tie()
        if tie:
            return [tie]
        stale = self._stale() if any(np.any(self.given[path]) for path in wrong) else ""
        if stale:
            return [stale]
        self._look_at_the_numbers(wrong, any_factor=False)
        self.found.update(
            (path, Finding(told))
            for path, told in swapped(self.given, self.truth.arrays).items()
            if path in wrong and path not in self.found
        )
        self._look_into_the_function(wrong, self.given)
        self._look_at_the_numbers(wrong, any_factor=True)
        line = self._look_into_the_gradient(wrong)
        for path in wrong:
            if path not in self.found:
                told = pattern(self.given[path], self.truth.arrays[path], self._leaf(path).data)
                if told:
                    self.found[path] = Finding(told)
        return [*self._grouped(wrong), *line] or self._of_shapes()

    # -- the three ways of looking ----------------------------------------------------------

    def _look_at_the_numbers(self, wrong: list[str], any_factor: bool) -> None:
        for path in wrong:
            if path not in self.found:
                here = readings(self.given[path], self.truth.arrays[path], self.sizes, any_factor)
                told = next((reading for reading in here if self._also_there(path, reading)), None)
                if told:
                    self.found[path] = Finding(told)

    def _also_there(self, path: str, reading: str) -> bool:
        """Return whether a gradient has the same mistake at another point, as far as is known."""
        if self.there is None or path not in self.there[0]:
            return True
        given, truth = self.there
        return reading in readings(given[path], truth.arrays[path], self.sizes)

    @cached_property
    def there(self) -> tuple[dict[str, Any], Truth] | None:
        """The gradient and the right one at another point; None if they are not to be had.

        What is told of one point only may be a coincidence of its numbers.
        """
        procedure = self.procedure
        if not procedure.claimant.can_be_asked or procedure.weights is not None:
            return None
        try:
            claim = procedure.claimant.at(procedure.elsewhere)
            truth = self.truth.moved_to(procedure.elsewhere)
        except Exception:  # outside of its domain
            return None
        finally:  # it may keep what the gradient needs
            self.subject.call(self.subject.objects(self.subject.x))
        return None if truth is None else (self._given(claim), truth)

    def _look_into_the_function(self, wrong: list[str], given: Mapping[str, Any]) -> None:
        left = {path: given[path] for path in wrong if path not in self.found and path in given}
        if left and self.truth.recording is not None:
            self.found.update(Mistakes(self.truth, self.sizes).explain(left))

    def _look_into_the_gradient(self, wrong: list[str]) -> list[str]:
        """Run the gradient itself on nodes, and look for the line that is wrong."""
        gradient = self.procedure.claimant.gradient
        if not callable(gradient) or self.truth.recording is None:
            return []
        try:
            repairs = Repairs(self.subject, gradient, self.truth)
            elsewhere = self._repairs_there(gradient)
        except Exception:  # it need not be written in NumPy
            return []
        if not repairs.usable:
            return []
        lines = self._after_broadcasting(repairs, wrong)
        if lines:
            return lines
        lines, paths = repairs.explain(wrong, elsewhere)
        if not 0 < len(lines) <= MOST_LINES:
            return []
        named = "" if len(self.given) == 1 else f" with respect to {', '.join(paths)}"
        told = f"The line of the gradient{named} that is wrong:"
        if len(lines) > 1:
            told = f"One of these {len(lines)} lines of the gradient{named} is wrong:"
        return [f"{told}\n    " + "\n    ".join(lines)]

    def _repairs_there(self, gradient: Any) -> Repairs | None:
        if self.there is None:
            return None
        return Repairs(self.subject, gradient, self.there[1], self.procedure.elsewhere)

    def _after_broadcasting(self, repairs: Repairs, wrong: list[str]) -> list[str]:
        """Where a row met a column: put that right, and explain what is still wrong then."""
        if not any(np.shape(self.given[p]) != np.shape(self.truth.arrays[p]) for p in wrong):
            return []
        better = repairs.after_broadcasting(wrong)
        if better is None:
            return []
        line, mended = better
        after = {path: mended[path] for path in wrong}
        rest: dict[str, Finding] = {}
        for path in wrong:
            told = from_numbers(after[path], self.truth.arrays[path], self.sizes)
            if told:
                rest[path] = Finding(told)
        left = {path: array for path, array in after.items() if path not in rest}
        if left:
            rest.update(Mistakes(self.truth, self.sizes).explain(left))
        for path in wrong:
            shape = np.shape(self.truth.arrays[path])
            told = f"has shape {np.shape(self.given[path])} where {shape} is wanted"
            self.found[path] = Finding(told)
        return [
            f"The line of the gradient that is wrong:\n    {line}",
            *[
                finding.about(f"With that mended, the gradient with respect to {path}")
                for path, finding in rest.items()
            ],
        ]

    def _tie(self) -> str:
        """Say that a derivative was given to several winners of a tie, if that is all."""
        batches = self.procedure.report.batches
        ties = [batch for batch in batches if batch.mode == "along a tie"]
        if not ties or any(
            (b.judgement.verdict == WRONG).any() for b in batches if b.mode != "along a tie"
        ):
            return ""
        first = next(c for c in ties[0] if c.verdict == "WRONG")
        return (
            f"There is a tie: along {first.where} the function changes by {first.numeric:.6g}, the "
            f"gradient says {first.analytic:.6g}. One of those who tie may get the derivative, or "
            "each a share of it, but not each the whole."
        )

    def _stale(self) -> str:
        """Return whether the gradient is that of another point, which it was asked for before."""
        procedure = self.procedure
        claimant = procedure.claimant
        if not callable(claimant.gradient):
            return ""
        try:
            matrix = claimant.at(procedure.elsewhere).matrix
            here = claimant.at(self.subject.x).matrix
        except Exception:
            return ""
        if not np.array_equal(matrix, here) or np.isnan(here).any():
            return ""
        others = self.truth.moved_to(procedure.elsewhere)
        if others is None or close(others.matrix(), self.truth.matrix()):
            return ""
        if close(others.matrix(), here):
            return (
                "The gradient is that of another point, at which it was called before: it keeps "
                "something from its first call (a cache?)."
            )
        return "The gradient is the same at different inputs, but should not be (a cache?)."

    # -- words ------------------------------------------------------------------------------

    def _grouped(self, wrong: list[str]) -> list[str]:
        """Tell a reason once for all the inputs that share it."""
        by_reason: dict[Finding, list[str]] = {}
        for path in wrong:
            if path in self.found:
                by_reason.setdefault(self.found[path], []).append(path)
        return [
            finding.about(f"The gradient with respect to {_listed(paths)}")
            for finding, paths in by_reason.items()
        ]

    def _of_shapes(self) -> list[str]:
        return self.procedure.report.reasons

    # -- what is known ----------------------------------------------------------------------

    def _leaf(self, path: str) -> Any:
        return next(leaf for leaf in self.subject.inputs if leaf.path == path)

    def _given(self, claim: Claim) -> dict[str, Any]:
        """Return what was claimed, leaf by leaf, as arrays like the right ones."""
        if self.procedure.claimant.vjp is not None and self.procedure.weights is not None:
            return {}
        found = {}
        for leaf in self.subject.inputs:
            if leaf.path in claim.misshapen:
                found[leaf.path] = claim.arrays[leaf.path]
            elif self.procedure.weights is None:
                found[leaf.path] = as_derivative(claim.matrix[:, leaf.slice], leaf)
            elif leaf.path in claim.arrays:
                found[leaf.path] = claim.arrays[leaf.path]
        return found

    def _sizes(self) -> hypotheses.Sizes:
        """Collect lengths that may turn up as factors, the more telling first."""
        sizes: dict[str, int] = {}
        for leaf in self.subject.inputs:
            for axis, length in enumerate(leaf.data.shape):
                sizes[f"length of axis {axis} of {leaf.path}"] = length
            if leaf.data.ndim == 1:
                sizes = {k: v for k, v in sizes.items() if not k.endswith(f" of {leaf.path}")}
            sizes[f"number of elements of {leaf.path}"] = leaf.data.size
        if self.truth.recording is not None:
            from autograd.topology import nodes_below

            for node in nodes_below(*[n for n in self.truth.recording.outputs if hasattr(n, "op")]):
                for argument in node.arguments if node.primitive is not None else ():
                    for length in np.shape(argument.data if hasattr(argument, "op") else argument):
                        if length not in sizes.values():
                            sizes["length of the arrays on the way (the batch?)"] = length
        return sizes


def _listed(paths: list[str]) -> str:
    if len(paths) == 1:
        return paths[0]
    return f"{', '.join(paths[:-1])} and {paths[-1]}"
