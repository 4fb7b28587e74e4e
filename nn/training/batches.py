"""What a batch is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

Metric = Callable[[Any, Any], Any]
Loss = Callable[[Any, Any], Any]


def windows_of(data: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Yield lists of `size` batches; the last may be shorter."""
    batches = iter(data)
    while window := list(islice(batches, size)):
        yield window


def targets_of(batch: Any) -> Any:
    """Return the targets of a batch, or else the batch itself."""
    return batch[-1] if isinstance(batch, tuple) else batch


def size_of(batch: Any) -> int:
    """Return the number of examples in a batch."""
    if isinstance(batch, tuple):
        return len(batch[-1])
    return len(next(iter(batch.values())) if isinstance(batch, dict) else batch)
