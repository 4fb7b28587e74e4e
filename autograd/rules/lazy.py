"""Families of rules that few programs need.

They are imported when a function without a rule is first called on a node. Programs that never do
that save a third of the time it takes to import all rules.
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
