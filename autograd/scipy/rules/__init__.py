"""The calculus of `scipy.special`: one row for each function, by family.

Importing this teaches SciPy's own ufuncs, wherever they are called from. References are to the
NIST Digital Library of Mathematical Functions, https://dlmf.nist.gov.
"""

from autograd.scipy.rules import bessel, elementary, error_functions, gamma, hypergeometric

__all__ = ["bessel", "elementary", "error_functions", "gamma", "hypergeometric"]
