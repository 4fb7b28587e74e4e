"""`scipy.integrate` with derivatives: differential equations, integrals of functions and of samples.

All other names are SciPy's own.
"""

from __future__ import annotations

import scipy.integrate as _original

from autograd.scipy.fallback import names_of as _names_of
from autograd.scipy.integrate.integrals import dblquad as dblquad
from autograd.scipy.integrate.integrals import fixed_quad as fixed_quad
from autograd.scipy.integrate.integrals import nquad as nquad
from autograd.scipy.integrate.integrals import quad as quad
from autograd.scipy.integrate.integrals import quad_vec as quad_vec
from autograd.scipy.integrate.integrals import tplquad as tplquad
from autograd.scipy.integrate.ivp import solve_ivp as solve_ivp
from autograd.scipy.integrate.odes import odeint as odeint
from autograd.scipy.integrate.samples import cumulative_simpson as cumulative_simpson
from autograd.scipy.integrate.samples import cumulative_trapezoid as cumulative_trapezoid
from autograd.scipy.integrate.samples import romb as romb
from autograd.scipy.integrate.samples import simpson as simpson
from autograd.scipy.integrate.samples import trapezoid as trapezoid
from autograd.scipy.lists import take_lists as _take_lists

__all__ = list(_original.__all__)

__getattr__ = _names_of(_original, "scipy.integrate")


def __dir__() -> list[str]:
    return sorted({*dir(_original), *globals()})


_take_lists(globals(), _original)
