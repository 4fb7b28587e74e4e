"""Integers and booleans as floats, for formulas that would overflow in their own type."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.rules.kernel import self_contained


@self_contained
def floats(x: Any) -> Any:
    """Return integers, booleans and lists as float64, as a Tensor holds them; others unchanged."""
    if not hasattr(x, "dtype"):
        x = np.asarray(x)
    return x.astype(np.float64) if x.dtype.kind in "iub" else x
