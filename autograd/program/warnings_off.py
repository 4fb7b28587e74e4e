"""Whether a traced function has turned off NumPy's warnings about floating point numbers."""

from __future__ import annotations

import contextvars
from collections.abc import Callable
from typing import Any

import numpy as np


class WarningsOff:
    """Compares NumPy's settings with those outside of the function.

    NumPy keeps them in a context variable. To see that no variable has changed takes a tenth of the
    time of asking NumPy.
    """

    def __init__(self) -> None:
        self._outside = np.geterr()
        self._context = contextvars.copy_context()
        self._found = False

    def now(self, refuse: Callable[[str], Any]) -> bool:
        """Return whether warnings are off, unlike outside; refuse what is not ignored."""
        context = contextvars.copy_context()
        if _is_same(context, self._context):
            return self._found
        settings = np.geterr()
        if settings != self._outside and not {"ignore", "warn"}.issuperset(settings.values()):
            refuse(
                "np.errstate cannot be followed in a function that is traced, unless it ignores "
                "errors. Put it around the call of the function."
            )
        self._context, self._found = context, settings != self._outside
        return self._found


def _is_same(a: contextvars.Context, b: contextvars.Context) -> bool:
    """Return whether two contexts have the same variables."""
    try:
        return a == b
    except Exception:  # there are values that cannot be compared
        return False
