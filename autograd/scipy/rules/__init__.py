"""The table of rules for `scipy.special`, by family.

Importing it makes SciPy's own ufuncs work on nodes. References are to the NIST Digital Library of
Mathematical Functions (DLMF), https://dlmf.nist.gov.
"""

from autograd.scipy.rules import bessel, elementary, error_functions, gamma, hypergeometric

__all__ = ["bessel", "elementary", "error_functions", "gamma", "hypergeometric"]
