"""SciPy, for programs that import it from here: ``from autograd.scipy import special``.

It takes the extra ``scipy``: ``pip install "chainrule[scipy]"``. Functions of `scipy.special` that
are ufuncs work on nodes as they are, without this package; what NumPy cannot hand over to the
nodes has its counterpart here. All other names are SciPy's own.
"""

from __future__ import annotations

import importlib
from typing import Any

try:
    import scipy as _scipy
except ImportError as error:
    raise ImportError(
        'autograd.scipy needs SciPy, which is not installed: pip install "chainrule[scipy]"'
    ) from error

_OURS = ("fft", "integrate", "linalg", "ndimage", "signal", "special", "stats")

__all__ = list(_OURS)


def __getattr__(name: str) -> Any:
    if name in _OURS:
        return importlib.import_module(f"autograd.scipy.{name}")
    return getattr(_scipy, name)


def __dir__() -> list[str]:
    return sorted({*dir(_scipy), *_OURS})
