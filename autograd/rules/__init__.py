"""The calculus as a table: one row for each function, by family."""

from autograd.engine.primitive import LATER, awaited
from autograd.rules import (
    algebra,
    composed,
    elementwise,
    fourier,
    histograms,
    joining,
    plain,
    polynomials,
    products,
    reductions,
    sets,
    shapes,
    special,
    statistics,
    table,
    ufunc_methods,
    writing,
)

__all__ = [
    "algebra",
    "composed",
    "elementwise",
    "fourier",
    "histograms",
    "joining",
    "plain",
    "polynomials",
    "products",
    "reductions",
    "sets",
    "shapes",
    "special",
    "statistics",
    "table",
    "ufunc_methods",
    "writing",
]

table.OURS = False

LATER["scipy.special"] = "autograd.scipy.rules"

if awaited():
    raise RuntimeError(f"The engine calls primitives that have no rule: {awaited()}")
