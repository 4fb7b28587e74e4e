"""Sequences of different lengths as one array."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import DataError, OptionError


def pad_sequences(
    sequences: Any,
    maxlen: int | None = None,
    dtype: Any = "int32",
    padding: str = "pre",
    truncating: str = "pre",
    value: Any = 0,
) -> Any:
    """Return sequences of the same length: shorter ones filled up, longer ones cut.

    Parameters
    ----------
    sequences : list of list
        The sequences.
    maxlen : int, optional
        The length; by default that of the longest.
    dtype : dtype
        The type of the result.
    padding, truncating : {"pre", "post"}
        Whether to fill and to cut at the beginning or at the end.
    value : number
        What to fill with.

    Examples
    --------
    >>> pad_sequences([[1], [2, 3], [4, 5, 6]], maxlen=2)
    array([[0, 1],
           [2, 3],
           [5, 6]], dtype=int32)
    """
    for name, side in (("padding", padding), ("truncating", truncating)):
        if side not in ("pre", "post"):
            raise OptionError(f'{name}={side!r} must be "pre" or "post".')
    if not all(hasattr(sequence, "__len__") for sequence in sequences):
        raise DataError("pad_sequences takes a list of lists.")
    parts = [np.asarray(sequence) for sequence in sequences]
    length = max((len(part) for part in parts), default=0) if maxlen is None else maxlen
    inner: tuple[int, ...] = next((part.shape[1:] for part in parts if len(part)), ())
    found = np.full((len(parts), length, *inner), value, dtype)
    for row, part in zip(found, parts, strict=True):
        if not len(part) or not length:
            continue
        if part.shape[1:] != inner:
            raise DataError(f"The steps have the shapes {inner} and {part.shape[1:]}.")
        cut = part[-length:] if truncating == "pre" else part[:length]
        place = slice(length - len(cut), None) if padding == "pre" else slice(0, len(cut))
        row[place] = cut
    return found
