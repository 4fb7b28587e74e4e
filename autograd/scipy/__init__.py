"""SciPy with derivatives: ``from autograd.scipy import special``.

Requires the extra ``scipy``: ``pip install "chainrule[scipy]"``. The ufuncs of `scipy.special` work on
nodes without this package; SciPy's other functions do not dispatch on their arguments, so this
package has counterparts. All other names are SciPy's own.
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

_SUBMODULES = (
    *("fft", "integrate", "interpolate", "linalg", "ndimage"),
    *("optimize", "signal", "sparse", "spatial", "special", "stats"),
)

__all__ = list(_SUBMODULES)


def __getattr__(name: str) -> Any:
    if name in _SUBMODULES:
        return importlib.import_module(f"autograd.scipy.{name}")
    return getattr(_scipy, name)


def __dir__() -> list[str]:
    return sorted({*dir(_scipy), *_SUBMODULES})
