"""Methods that `jit` has compiled."""

from __future__ import annotations

import functools
import os
from typing import Any


class Bound(functools.partial):  # type: ignore[type-arg]
    """A method that `jit` has compiled, of one object."""

    def summary(self) -> str:
        """Return what runs the programs; see `Jitted.summary`."""
        return str(self.func.summary())  # type: ignore[attr-defined]

    def source(self, *arguments: Any, **keywords: Any) -> str:
        """Return the programs for these arguments as one function; see `Jitted.source`."""
        return str(self.func.source(*self.args, *arguments, **keywords))  # type: ignore[attr-defined]

    def save(self, path: str | os.PathLike[str], *arguments: Any, **keywords: Any) -> None:
        """Save the programs for these arguments; see `Jitted.save`."""
        self.func.save(path, *self.args, *arguments, **keywords)  # type: ignore[attr-defined]
