"""The tables of formulas: one entry for each distribution, by its support."""

from __future__ import annotations

from autograd.scipy.stats.families import Family
from autograd.scipy.stats.tables import (
    composed,
    half_line,
    heavy_tails,
    integers,
    interval,
    landau,
    line,
    skewed,
)

FAMILIES = [
    family
    for table in (line, skewed, landau, half_line, heavy_tails, interval, composed, integers)
    for family in vars(table).values()
    if isinstance(family, Family)
]
