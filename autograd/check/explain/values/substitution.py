"""Right values in place of those of one expression."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd.check.arrays import close
from autograd.check.explain.numbers import factor_between
from autograd.check.explain.values.probes import Site
from autograd.check.explain.values.runs import Row
from autograd.check.explain.values.sequences import Sequence


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
    items : dict
        What lists held then.
    unverified : list of Site
        Expressions that it is computed from, whose values may be wrong as well.
    elsewhere : bool
        Whether something that is not known may be wrong instead, such as a missing statement.
    """

    site: Site
    keys: Sequence
    given: list[Any]
    right: list[Any]
    before: dict[int, Row]
    items: dict[int, list[tuple[int, list[Any]]]]
    unverified: list[Site] = field(default_factory=list)
    elsewhere: bool = False

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
        return [t for t, (g, r) in enumerate(pairs) if not equal(g, r)]


def equal(given: Any, right: Any) -> bool:
    """Return whether a value is right, whatever its shape."""
    return close(given, np.asarray(right).reshape(np.shape(given)))
