"""The tables of formulas: one entry for each distribution, by its support."""

from __future__ import annotations

from autograd.scipy.stats.families import Family
from autograd.scipy.stats.tables import half_line, heavy_tails, integers, interval, line, skewed

FAMILIES = [
    family
    for table in (line, skewed, half_line, heavy_tails, interval, integers)
    for family in vars(table).values()
    if isinstance(family, Family)
]
