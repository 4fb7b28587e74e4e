"""Families of rules that few programs need at once.

They are read when a function without a rule is called on a node for the first time; that takes a
third of the time of importing all rules off every program that never does.
"""

from autograd.rules import (
    algebra,
    complex_domain,
    composed,
    fourier,
    histograms,
    padding,
    polynomials,
    sets,
    statistics,
    ufunc_methods,
    writing,
)

__all__ = [
    "algebra",
    "complex_domain",
    "composed",
    "fourier",
    "histograms",
    "padding",
    "polynomials",
    "sets",
    "statistics",
    "ufunc_methods",
    "writing",
]
