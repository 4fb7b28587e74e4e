"""The options of a check, and the limits that choose between its methods."""

from __future__ import annotations

from dataclasses import dataclass, field

from autograd.check.further import Further

#: With more inputs, or more results, random projections replace single elements.
MOST_INPUTS, MOST_RESULTS = 1000, 1000

#: A numerical derivative is trusted to within this many times its estimated error.
CAUTION = 10

#: The largest relative error with which a numerical derivative can decide.
SURE = 1e-2


@dataclass(frozen=True)
class Options:
    """The options of `check_gradients` that concern one order of derivatives."""

    modes: tuple[str, ...] = ("reverse",)
    method: str = "auto"
    projections: int = 4
    rtol: float | None = None
    seed: int = 0
    progress: bool | None = None
    further: Further = field(default_factory=Further)
    narrows: bool = True  # whether wrong inputs are searched for along random directions
