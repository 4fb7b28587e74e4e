"""Families of rules that few programs need at once.

They are read when a function without a rule is called on a node for the first time; that takes a
third of the time of importing all rules off every program that never does.
"""

from autograd.rules import (
    complex_domain,
    composed,
    determinants,
    eigenvalues,
    factors,
    fourier,
    histograms,
    inverses,
    norms,
    padding,
    polynomials,
    sets,
    singular_values,
    statistics,
    ufunc_methods,
    writing,
)

__all__ = [
    "complex_domain",
    "composed",
    "determinants",
    "eigenvalues",
    "factors",
    "fourier",
    "histograms",
    "inverses",
    "norms",
    "padding",
    "polynomials",
    "sets",
    "singular_values",
    "statistics",
    "ufunc_methods",
    "writing",
]
