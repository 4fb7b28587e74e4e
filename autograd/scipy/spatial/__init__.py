"""`scipy.spatial` with derivatives: distances and rotations."""

from __future__ import annotations

from typing import Any

import scipy.spatial as _original

from autograd.scipy.fallback import names_of as _names_of
from autograd.scipy.lists import take_lists as _take_lists
from autograd.scipy.spatial import distance as distance
from autograd.scipy.spatial import transform as transform

__all__ = list(_original.__all__)

__getattr__ = _names_of(_original, "scipy.spatial")


def __dir__() -> list[str]:
    return sorted({*dir(_original), *globals()})


def distance_matrix(x: Any, y: Any, p: float = 2, threshold: int = 1000000) -> Any:
    """Return the distances between all rows of two matrices; see `scipy.spatial.distance_matrix`."""
    return distance.cdist(x, y, "minkowski", p=p)


_take_lists(globals(), _original)
