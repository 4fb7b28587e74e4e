"""The calculus as a table: one row for each function, by family."""

from autograd.engine.registry import LAZY_RULES, undefined_primitives
from autograd.rules import (
    activations,
    custom,
    elementwise,
    joining,
    kinks,
    nondifferentiable,
    products,
    reductions,
    shapes,
    softmax,
    special,
    table,
    textbook,
)

__all__ = [
    "activations",
    "custom",
    "elementwise",
    "joining",
    "kinks",
    "nondifferentiable",
    "products",
    "reductions",
    "shapes",
    "softmax",
    "special",
    "table",
    "textbook",
]

LAZY_RULES["numpy"] = "autograd.rules.lazy"

if undefined_primitives():
    raise RuntimeError(f"The engine calls primitives that have no rule: {undefined_primitives()}")
