"""`scipy.sparse.linalg` with derivatives by the entries of matrices and by right sides."""

from __future__ import annotations

import scipy.sparse.linalg as _original

from autograd.scipy.fallback import names_of as _names_of
from autograd.scipy.lists import take_lists as _take_lists
from autograd.scipy.sparse.eigenvalues import eigsh as eigsh
from autograd.scipy.sparse.eigenvalues import expm_multiply as expm_multiply
from autograd.scipy.sparse.solving import bicg as bicg
from autograd.scipy.sparse.solving import bicgstab as bicgstab
from autograd.scipy.sparse.solving import cg as cg
from autograd.scipy.sparse.solving import cgs as cgs
from autograd.scipy.sparse.solving import factorized as factorized
from autograd.scipy.sparse.solving import gcrotmk as gcrotmk
from autograd.scipy.sparse.solving import gmres as gmres
from autograd.scipy.sparse.solving import lgmres as lgmres
from autograd.scipy.sparse.solving import minres as minres
from autograd.scipy.sparse.solving import qmr as qmr
from autograd.scipy.sparse.solving import splu as splu
from autograd.scipy.sparse.solving import spsolve as spsolve
from autograd.scipy.sparse.solving import tfqmr as tfqmr

__all__ = list(_original.__all__)

__getattr__ = _names_of(_original, "scipy.sparse.linalg")


def __dir__() -> list[str]:
    return sorted({*dir(_original), *globals()})


_take_lists(globals(), _original)
