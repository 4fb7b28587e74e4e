"""Derivatives of solutions: of equations, fixed points and optima, whatever found them."""

from autograd.implicit.optimum import optimum as optimum
from autograd.implicit.solution import fixed_point as fixed_point
from autograd.implicit.solution import root as root

__all__ = ["fixed_point", "optimum", "root"]
