"""The state of a module: arrays by name, to be copied into, or replaced for one call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograd.devices import as_array, beside, is_foreign, to_numpy
from autograd.errors import WeightsError


def copy_into(own: Mapping[str, Any], state: Mapping[str, Any], strict: bool, owner: str) -> None:
    """Copy arrays into those of the same names; raise, and change nothing, if they do not fit."""
    given = {name: as_array(array) for name, array in state.items()}
    pairs = [(name, given[name], array) for name, array in own.items() if name in given]
    complaints = [
        f"{name}: shape {new.shape}, expected {old.shape}"
        for name, new, old in pairs
        if new.shape != old.shape
    ] + [
        f"{name}: dtype {new.dtype}, expected {old.dtype}"
        for name, new, old in pairs
        if not np.can_cast(new.dtype, old.dtype, "same_kind")
    ]
    if strict:
        complaints += [f"{name}: missing" for name in own if name not in given]
        complaints += [f"{name}: unexpected" for name in given if name not in own]
    if complaints:
        raise WeightsError(
            f"This state does not fit the {owner}, which is unchanged:\n  "
            + "\n  ".join(complaints)
            + ("\nstrict=False ignores missing and unexpected names." if strict else "")
        )
    for _, new, old in pairs:
        fitting = beside(new, old) if is_foreign(old) else to_numpy(new)
        np.copyto(old, fitting, casting="same_kind")
