"""Batch rules of functions that change their first argument."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.batching.level import Level, aligned, entry, is_in
from autograd.batching.operators import refuse_write


def copyto(level: Level, dst: Any, src: Any, casting: Any = "same_kind", where: Any = True) -> None:
    """Copy numbers into an array."""
    if not is_in(dst, level):
        refuse_write(dst)
    mask = aligned(where, level, dst.ndim)
    np.copyto(dst.array, aligned(src, level, dst.ndim), casting=casting, where=mask)


def _each(function: Any) -> Callable[..., None]:
    """Return the rule of a function that writes: it is called for each entry."""

    def rule(level: Level, target: Any, *arguments: Any, **keywords: Any) -> None:
        if not is_in(target, level):
            refuse_write(target)
        for place in range(level.size):
            others, named = entry((arguments, keywords), level, place)
            function(target.array[place, ...], *others, **named)

    return rule


WRITING: dict[Any, Callable[..., None]] = {
    np.copyto: copyto,
    **{f: _each(f) for f in (np.put, np.putmask, np.place, np.put_along_axis, np.fill_diagonal)},
}
