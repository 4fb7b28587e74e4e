"""Where an object is found by its name, so that pickles can refer to it as they do to functions."""

from __future__ import annotations

import importlib
import pickle
import sys
from typing import Any


def place_of(item: Any) -> tuple[str, str]:
    """Return the names of a module and of the object in it; raise if no module has it."""
    for name in sorted(sys.modules, key=_distance):
        module = sys.modules.get(name)
        for attribute, value in list(getattr(module, "__dict__", {}).items()):
            if value is item:
                return name, attribute
    raise pickle.PicklingError(
        f"{item!r} cannot be pickled, because no module has it: assign it to a name in a module."
    )


def _distance(module: str) -> tuple[bool, bool, str]:
    """Order modules: this package first; last the program, which others cannot import."""
    return module == "__main__", module.partition(".")[0] not in ("autograd", "nn"), module


def item_at(module: str, name: str) -> Any:
    """Return the object that a module has under a name."""
    return getattr(importlib.import_module(module), name)
