"""Patterns of functions of SciPy. It has been imported when one of them occurs in a program."""

from __future__ import annotations

import functools
from typing import Any

from autograd.sparse.axes import Rule, along, matrices, solved


def rule_of(function: Any) -> Rule | None:
    """Return the rule for a function of SciPy; None if there is none, or if it is not SciPy's."""
    if not str(getattr(function, "__module__", None)).startswith("scipy."):
        return None
    return _rules().get(function)


@functools.cache
def _rules() -> dict[Any, Rule]:
    import scipy.fft
    import scipy.linalg

    transforms = (
        scipy.fft.dct, scipy.fft.idct, scipy.fft.dst, scipy.fft.idst, scipy.fft.fft, scipy.fft.ifft,
        scipy.fft.rfft, scipy.fft.irfft, scipy.fft.hfft, scipy.fft.ihfft,
    )  # fmt: skip
    of_matrices = (
        scipy.linalg.expm, scipy.linalg.logm, scipy.linalg.sqrtm, scipy.linalg.sinm,
        scipy.linalg.cosm, scipy.linalg.tanm, scipy.linalg.sinhm, scipy.linalg.coshm,
        scipy.linalg.tanhm, scipy.linalg.expm_frechet,
    )  # fmt: skip
    return {
        **dict.fromkeys(transforms, along("axis", -1)),
        **dict.fromkeys(of_matrices, matrices),
        scipy.linalg.solve_triangular: solved,
    }
