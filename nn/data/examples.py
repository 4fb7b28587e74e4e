"""Examples: how many there are, and some of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.devices import beside
from autograd.errors import DataError, ShapeError

NUMBERS = (int, float, complex, np.generic)


def length_of(data: Any) -> int:
    """Return the number of examples, which must be the same in all parts."""
    parts: Sequence[Any] = [data]
    if isinstance(data, (tuple, dict)):
        parts = list(data.values()) if isinstance(data, dict) else data
        if any(isinstance(part, tuple) or not _has_length(part) for part in parts):
            raise DataError(
                "A tuple or dict of data must hold arrays with the examples along the first axis, "
                f"not {', '.join(type(part).__name__ for part in parts[:4])}. A sequence of "
                "examples must be a list."
            )
        lengths = [len(part) for part in parts]
        if len(set(lengths)) > 1:
            raise ShapeError(
                f"The parts have {', '.join(map(str, lengths))} examples; these must be equal."
            )
    first: Any = parts[0] if parts else None
    if not _has_length(first) or not len(first):
        raise DataError(
            "Data must be a non-empty array, a tuple or dict of such arrays, or a sequence, not "
            f"{_described(data)}."
        )
    return len(first)


def _has_length(part: Any) -> bool:
    return hasattr(part, "__len__") and getattr(part, "shape", None) != ()


def refuse_list_of_arrays(data: Any) -> None:
    """Raise for a list of arrays, which may be the parts of the data, or examples."""
    if isinstance(data, list) and all(getattr(part, "shape", ()) != () for part in data):
        raise DataError(
            "A list of arrays may be the parts of the data or single examples. For parts, such as "
            "inputs and targets, write a tuple, (inputs, targets); for examples np.stack(examples)."
        )


def places_of(chosen: Any) -> Any:
    """Return the numbers in a slice or an array of indices."""
    return range(chosen.start, chosen.stop) if isinstance(chosen, slice) else chosen.tolist()


def taken(part: Any, chosen: Any) -> Any:
    """Return some examples of an array or a sequence, given a slice or an array of indices."""
    if hasattr(part, "shape") or isinstance(chosen, slice):
        return part[beside(chosen, part)]
    return [part[place] for place in places_of(chosen)]


def _described(data: Any) -> str:
    if hasattr(data, "shape"):
        return f"an array of shape {data.shape}"
    return repr(data) if isinstance(data, (tuple, dict, list)) else type(data).__name__
