"""The order in which the changes of statements are tried, and when the search may end."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import NamedTuple

from autograd.check.explain.repair.fitting import Fitting
from autograd.check.explain.repair.mutations import (
    COMBINED,
    FORMS,
    SLIPS,
    Variant,
    everywhere,
    pairs,
    variants,
)
from autograd.check.explain.repair.outcomes import Outcomes
from autograd.check.explain.repair.vocabulary import Vocabulary


class Stage(NamedTuple):
    """Changes that are tried at every statement before those of the next stage are.

    The search ends after a stage if something right was found, by default a change that makes all
    derivatives right at every point.

    Attributes
    ----------
    changes : callable
        Yields the changes of a statement.
    ends_in_loops : bool
        Whether the search may end here if statements are inside loops. A factor inside a loop is
        likelier than its power outside: the next stages find it.
    ends_by_part : bool
        Whether it also ends if changes that correct single inputs are right together.
    ends_here : bool
        Whether a change that is right at this point, and not at every other, is enough.
    """

    changes: Callable[[Vocabulary], Iterable[Variant]]
    ends_in_loops: bool = True
    ends_by_part: bool = False
    ends_here: bool = False


def stages_of(search: Outcomes) -> tuple[Stage, ...]:
    """Return the stages of a search, the likeliest changes first."""
    fitting = functools.cache(functools.partial(Fitting, search))
    return (
        Stage(lambda around: variants(around.site.node, around, SLIPS)),
        Stage(lambda around: fitting(around).times_near(), ends_in_loops=False),
        Stage(lambda around: fitting(around).plus_near(), ends_in_loops=False),
        Stage(lambda around: fitting(around).scaled()),
        Stage(lambda around: variants(around.site.node, around, FORMS)),
        Stage(lambda around: fitting(around).likely()),
        Stage(lambda around: everywhere(around.site.node, around)),
        Stage(lambda around: variants(around.site.node, around, COMBINED), ends_by_part=True),
        Stage(lambda around: fitting(around).farther(), ends_here=True),
        Stage(lambda around: pairs(around.site.node, around)),
    )
