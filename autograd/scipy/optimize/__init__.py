"""`scipy.optimize` with derivatives of the solutions, and with derivatives for the solvers.

Functions that a solver calls may close over nodes or get them through ``args=``: then the solution
is a node, whatever the method; see `autograd.implicit`. A solver that can use the derivative of its
function and is not given one gets it from here. All other names are SciPy's own.
"""

from __future__ import annotations

import scipy.optimize as _original

from autograd.scipy.fallback import names_of as _names_of
from autograd.scipy.lists import class_taking_lists as _class_taking_lists
from autograd.scipy.lists import take_lists as _take_lists
from autograd.scipy.optimize.by_name import anderson as anderson
from autograd.scipy.optimize.by_name import basinhopping as basinhopping
from autograd.scipy.optimize.by_name import brent as brent
from autograd.scipy.optimize.by_name import broyden1 as broyden1
from autograd.scipy.optimize.by_name import broyden2 as broyden2
from autograd.scipy.optimize.by_name import brute as brute
from autograd.scipy.optimize.by_name import diagbroyden as diagbroyden
from autograd.scipy.optimize.by_name import differential_evolution as differential_evolution
from autograd.scipy.optimize.by_name import direct as direct
from autograd.scipy.optimize.by_name import dual_annealing as dual_annealing
from autograd.scipy.optimize.by_name import excitingmixing as excitingmixing
from autograd.scipy.optimize.by_name import fmin as fmin
from autograd.scipy.optimize.by_name import fmin_bfgs as fmin_bfgs
from autograd.scipy.optimize.by_name import fmin_cg as fmin_cg
from autograd.scipy.optimize.by_name import fmin_l_bfgs_b as fmin_l_bfgs_b
from autograd.scipy.optimize.by_name import fmin_ncg as fmin_ncg
from autograd.scipy.optimize.by_name import fmin_powell as fmin_powell
from autograd.scipy.optimize.by_name import fmin_tnc as fmin_tnc
from autograd.scipy.optimize.by_name import fminbound as fminbound
from autograd.scipy.optimize.by_name import golden as golden
from autograd.scipy.optimize.by_name import leastsq as leastsq
from autograd.scipy.optimize.by_name import linearmixing as linearmixing
from autograd.scipy.optimize.by_name import lsq_linear as lsq_linear
from autograd.scipy.optimize.by_name import newton_krylov as newton_krylov
from autograd.scipy.optimize.by_name import nnls as nnls
from autograd.scipy.optimize.by_name import shgo as shgo
from autograd.scipy.optimize.fitting import curve_fit as curve_fit
from autograd.scipy.optimize.fitting import least_squares as least_squares
from autograd.scipy.optimize.linear import linear_sum_assignment as linear_sum_assignment
from autograd.scipy.optimize.linear import linprog as linprog
from autograd.scipy.optimize.minimizing import minimize as minimize
from autograd.scipy.optimize.minimizing import minimize_scalar as minimize_scalar
from autograd.scipy.optimize.roots import bisect as bisect
from autograd.scipy.optimize.roots import brenth as brenth
from autograd.scipy.optimize.roots import brentq as brentq
from autograd.scipy.optimize.roots import fixed_point as fixed_point
from autograd.scipy.optimize.roots import fsolve as fsolve
from autograd.scipy.optimize.roots import newton as newton
from autograd.scipy.optimize.roots import ridder as ridder
from autograd.scipy.optimize.roots import root as root
from autograd.scipy.optimize.roots import root_scalar as root_scalar
from autograd.scipy.optimize.roots import toms748 as toms748

Bounds, LinearConstraint = (
    _class_taking_lists(getattr(_original, name)) for name in ("Bounds", "LinearConstraint")
)

__all__ = list(_original.__all__)

__getattr__ = _names_of(_original, "scipy.optimize")


def __dir__() -> list[str]:
    return sorted({*dir(_original), *globals()})


_take_lists(globals(), _original)
