"""Examples: how many there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd.errors import DataError, ShapeError


def length_of(data: Any) -> int:
    """Return the number of examples, which must be the same in all parts."""
    parts: Sequence[Any] = [data]
    if isinstance(data, (tuple, dict)):
        parts = list(data.values()) if isinstance(data, dict) else data
        lengths = [len(part) for part in parts]
        if len(set(lengths)) > 1:
            raise ShapeError(
                f"The parts have {', '.join(map(str, lengths))} examples; these must be equal."
            )
    if not parts or not hasattr(parts[0], "__len__") or len(parts[0]) == 0:
        raise DataError(
            "Data must be a non-empty array, a tuple or dict of such arrays, or a sequence, not "
            f"{_described(data)}."
        )
    return len(parts[0])


def _described(data: Any) -> str:
    if hasattr(data, "shape"):
        return f"an array of shape {data.shape}"
    return repr(data) if isinstance(data, (tuple, dict, list)) else type(data).__name__
