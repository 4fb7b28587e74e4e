"""The calculus as a table: one row for each function, by family."""

from autograd.engine.primitive import LATER, awaited
from autograd.rules import (
    algebra,
    composed,
    elementwise,
    fourier,
    joining,
    plain,
    products,
    reductions,
    shapes,
    special,
    statistics,
    table,
)

__all__ = [
    "algebra",
    "composed",
    "elementwise",
    "fourier",
    "joining",
    "plain",
    "products",
    "reductions",
    "shapes",
    "special",
    "statistics",
    "table",
]

table.OURS = False

LATER["scipy.special"] = "autograd.scipy.rules"

if awaited():
    raise RuntimeError(f"The engine calls primitives that have no rule: {awaited()}")
