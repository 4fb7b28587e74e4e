"""What the search found: changes that make derivatives right, and how likely each is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from autograd.check.explain.repair.mutations import Variant
from autograd.check.explain.repair.ranking import distance, shortened, text_of, unnatural
from autograd.check.explain.repair.statements import Site

#: How much a change counts that is one decision, however many tokens it changes.
DECISIONS = {
    "operands exchanged": 0.9,
    "a statement too many": 1.0,
    "an operand too many": 1.0,
    "an index": 1.0,
    "the order": 2.0,
    "two values exchanged": 1.5,
    "two indices exchanged": 1.5,
    "a missing statement": 3.0,
}

#: A factor in parentheses, such as the derivative of a function, counts like a short one.
SHORT_FACTOR, LONGEST_FACTOR = 5.5, 9


@dataclass(frozen=True)
class Repair:
    """A change of one statement that makes the derivative right at all points.

    Attributes
    ----------
    site : Site
        The statement.
    variant : Variant
        What it should be.
    right : frozenset of str
        The inputs whose derivative it makes right.
    misses : int
        At how many points it does not: far from the inputs of the check, or with other further
        arguments.
    alone : bool
        Whether it leaves the derivatives as they are that remain wrong.
    """

    site: Site
    variant: Variant
    right: frozenset[str]
    misses: int = 0
    alone: bool = True

    @property
    def everywhere(self) -> bool:
        """Whether it is right at all points."""
        return not self.misses

    @cached_property
    def text(self) -> str:
        """The corrected statement."""
        return text_of(self.variant.node)

    @cached_property
    def shorter(self) -> frozenset[str]:
        """What the corrected statement is without one of the operands of an operation."""
        return frozenset(shortened(self.variant.node))

    @cached_property
    def cost(self) -> float:
        """How much it changes, and how strange the result looks."""
        before, after = text_of(self.site.node), self.text
        strange = max(0.0, unnatural(self.variant.node) - unnatural(self.site.node))
        tokens = distance(before, after)
        if self.variant.kind in DECISIONS:  # however many tokens it changes
            tokens = min(tokens, DECISIONS[self.variant.kind] + 0.01 * tokens)
        if self.variant.kind == "a factor" and tokens <= LONGEST_FACTOR:
            tokens = min(tokens, SHORT_FACTOR + 0.01 * tokens)
        return tokens + strange + self.variant.cost + 3 * self.misses

    def covers(self, other: Repair) -> bool:
        """Return whether it makes right all that another one makes right."""
        return self.right >= other.right and self.misses <= other.misses


class Corrected(NamedTuple):
    """What a change corrects: see `Repair`."""

    right: frozenset[str]
    misses: int = 0
    alone: bool = True


NOTHING = Corrected(frozenset())
