"""Families of rules that few programs need at once.

They are read when a function without a rule is called on a node for the first time; that takes a
third of the time of importing all rules off every program that never does.
"""

from autograd.rules import (
    complex_domain,
    composite,
    determinants,
    eigenvalues,
    factors,
    fourier,
    histograms,
    inplace,
    inverses,
    norms,
    padding,
    polynomials,
    sets,
    singular_values,
    statistics,
    ufunc_methods,
)

__all__ = [
    "complex_domain",
    "composite",
    "determinants",
    "eigenvalues",
    "factors",
    "fourier",
    "histograms",
    "inplace",
    "inverses",
    "norms",
    "padding",
    "polynomials",
    "sets",
    "singular_values",
    "statistics",
    "ufunc_methods",
]
