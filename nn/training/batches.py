"""What a batch is: inputs and targets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from autograd.errors import DataError, OptionError
from nn.arrays import is_array
from nn.styles import stripped

Metric = Callable[[Any, Any], Any]
Loss = Callable[[Any, Any], Any]

#: The inputs of the model, and the targets.
Batch = tuple[tuple[Any, ...], Any]

PAIRS = "as nn.DataLoader((inputs, targets), batch_size=32) yields them"


def batches_of(data: Iterable[Any], targets: str) -> Iterator[Batch]:
    """Yield the inputs and targets of each batch; raise if a batch is ambiguous."""
    if targets not in ("last", "inputs"):
        raise OptionError(f"targets={targets!r} must be 'last' or 'inputs'.")
    if is_array(data) or not isinstance(data, Iterable):
        raise DataError(
            f"The data must be batches, {PAIRS}, not {described(data)}, whose rows would be "
            "batches."
        )
    read = _divided if targets == "last" else _doubled
    if isinstance(data, (tuple, list)):  # perhaps arrays, not batches: raise before the first step
        data = [read(stripped(batch)) for batch in data]
        yield from data
    else:
        yield from (read(stripped(batch)) for batch in data)


def windows_of(batches: Iterator[Any], size: int) -> Iterator[list[Any]]:
    """Yield lists of `size` batches; the last may be shorter."""
    while window := list(islice(batches, size)):
        yield window


def size_of(batch: Batch) -> int:
    """Return the number of examples in a batch, the length of its targets."""
    targets = batch[1]
    return len(next(iter(targets.values())) if isinstance(targets, dict) else targets)


def _divided(batch: Any) -> Batch:
    """Return the inputs and, last, the targets of a batch."""
    if not isinstance(batch, (tuple, list)) or len(batch) < 2:
        raise DataError(
            f"A batch is {described(batch)}, without targets. A batch must be a tuple or a list "
            f"of inputs and, last, targets, {PAIRS}. If the inputs are also the targets, as for "
            'an autoencoder, or the loss takes the whole batch, add targets="inputs".'
        )
    if not any(is_array(part) or isinstance(part, dict) for part in batch):
        raise DataError(
            f"A batch is {described(batch)}, which may be inputs and targets or examples. Its "
            f"parts must be arrays, {PAIRS}."
        )
    *inputs, targets = batch
    _check_length(targets)
    return tuple(inputs), targets


def _doubled(batch: Any) -> Batch:
    """Return a batch as inputs and as targets."""
    if isinstance(batch, (tuple, list)):
        if len(batch) != 1:
            raise DataError(
                f'A batch is {described(batch)}. With targets="inputs" it must be one array or '
                "dict, which goes to the model and to the loss."
            )
        batch = batch[0]
    if not is_array(batch) and not isinstance(batch, dict):
        raise DataError(f"A batch must be an array or a dict of arrays, not {described(batch)}.")
    _check_length(batch)
    return (batch,), batch


def _check_length(targets: Any) -> None:
    """Raise if targets have no examples along a first axis."""
    part = next(iter(targets.values()), None) if isinstance(targets, dict) else targets
    if getattr(part, "shape", None) == () or not hasattr(part, "__len__"):
        raise DataError(
            f"The targets of a batch are {described(part)}; they must be an array with the "
            "examples along the first axis."
        )
    if part is not None and len(part) == 0:
        raise DataError("A batch has no examples, of which there is no mean: leave it out.")


def described(thing: Any) -> str:
    """Say what something is, for messages."""
    if thing is None:
        return "None"
    if is_array(thing):
        return f"an array of shape {tuple(thing.shape)}"
    if isinstance(thing, (tuple, list)):
        if not thing or len(thing) > 4:
            return f"a {type(thing).__name__} of {len(thing)} parts"
        return f"a {type(thing).__name__} of {' and '.join(described(part) for part in thing)}"
    name = type(thing).__name__
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
