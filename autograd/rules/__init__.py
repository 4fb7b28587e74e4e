"""The calculus as a table: one row for each function, by family."""

from autograd.engine.primitive import LATER, awaited
from autograd.rules import (
    elementwise,
    joining,
    kinks,
    nondifferentiable,
    products,
    reductions,
    shapes,
    special,
    table,
)

__all__ = [
    "elementwise",
    "joining",
    "kinks",
    "nondifferentiable",
    "products",
    "reductions",
    "shapes",
    "special",
    "table",
]

LATER["numpy"] = "autograd.rules.lazy"
LATER["scipy.special"] = "autograd.scipy.rules"

if awaited():
    raise RuntimeError(f"The engine calls primitives that have no rule: {awaited()}")
