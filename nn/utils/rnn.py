"""Sequences of different lengths: padding, and packing without padding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.errors import DataError
from nn.arrays import shape_of
from nn.packed import PackedSequence, packed_of

__all__ = [
    "PackedSequence",
    "pack_padded_sequence",
    "pack_sequence",
    "pad_packed_sequence",
    "pad_sequence",
    "unpad_sequence",
]


def pad_sequence(
    sequences: Sequence[Any], batch_first: bool = False, padding_value: float = 0.0
) -> Any:
    """Return sequences of different lengths as one array.

    Parameters
    ----------
    sequences : sequence of array_like or Tensor, shape (steps, ...)
        The sequences.
    batch_first : bool
        Whether the result has shape (batch, steps, ...) instead of (steps, batch, ...).
    padding_value : float
        What to fill with.

    Raises
    ------
    DataError
        If there is no sequence.

    Examples
    --------
    >>> pad_sequence([np.array([1, 2, 3]), np.array([4])], batch_first=True)
    array([[1, 2, 3],
           [4, 0, 0]])
    """
    if not len(sequences):
        raise DataError("There are no sequences to pad: the list is empty.")
    steps = max(shape_of(x)[0] for x in sequences)
    padded = [
        np.pad(
            np.asarray(x) if isinstance(x, (list, tuple)) else x,
            [(0, steps - shape_of(x)[0])] + [(0, 0)] * (len(shape_of(x)) - 1),
            constant_values=padding_value,
        )
        for x in sequences
    ]
    return np.stack(padded, axis=0 if batch_first else 1)


def unpad_sequence(padded: Any, lengths: Any, batch_first: bool = False) -> list[Any]:
    """Return the sequences in an array as a list.

    Parameters
    ----------
    padded : array_like or Tensor, shape (steps, batch, ...)
        The sequences.
    lengths : array_like of int, shape (batch,)
        Their lengths.
    batch_first : bool
        Whether the array has shape (batch, steps, ...).

    Examples
    --------
    >>> unpad_sequence(np.array([[1, 4], [2, 0]]), [2, 1])
    [array([1, 2]), array([4])]
    """
    padded = padded if batch_first else np.swapaxes(padded, 0, 1)
    return [padded[i, : int(n)] for i, n in enumerate(np.asarray(lengths))]


def pack_padded_sequence(
    input: Any, lengths: Any, batch_first: bool = False, enforce_sorted: bool = True
) -> PackedSequence:
    """Return padded sequences without their padding.

    `nn.RNN`, `nn.LSTM` and `nn.GRU` take and return such sequences; their final states are those
    at the last step of each sequence.

    Parameters
    ----------
    input : array_like or Tensor, shape (steps, batch, ...)
        The sequences.
    lengths : array_like of int, shape (batch,)
        Their lengths.
    batch_first : bool
        Whether the input has shape (batch, steps, ...).
    enforce_sorted : bool
        Whether the lengths must decrease; otherwise the sequences are sorted.

    Raises
    ------
    DataError
        If a length is out of range, or they do not decrease.
    ShapeError
        If there are more or fewer lengths than sequences.

    Examples
    --------
    >>> pack_padded_sequence(np.array([[1, 4], [2, 0]]), [2, 1]).data
    array([1, 4, 2])
    """
    return packed_of(input, lengths, batch_first, enforce_sorted)


def pad_packed_sequence(
    sequence: PackedSequence,
    batch_first: bool = False,
    padding_value: float = 0.0,
    total_length: int | None = None,
) -> tuple[Any, Any]:
    """Return packed sequences with padding, and their lengths.

    Parameters
    ----------
    sequence : PackedSequence
        The sequences.
    batch_first : bool
        Whether the result has shape (batch, steps, ...) instead of (steps, batch, ...).
    padding_value : float
        What to fill with.
    total_length : int, optional
        The number of steps; by default that of the longest sequence.

    Raises
    ------
    OptionError
        If `total_length` is less than a length.

    Examples
    --------
    >>> packed = pack_padded_sequence(np.array([[1, 4], [2, 0]]), [2, 1])
    >>> pad_packed_sequence(packed, padding_value=-1)
    (array([[ 1,  4],
           [ 2, -1]]), array([2, 1]))
    """
    padded, lengths = sequence.padded(padding_value, total_length), sequence.lengths
    if sequence.unsorted_indices is not None:
        padded = padded[:, sequence.unsorted_indices]
        lengths = lengths[sequence.unsorted_indices]
    return np.swapaxes(padded, 0, 1) if batch_first else padded, lengths


def pack_sequence(sequences: Sequence[Any], enforce_sorted: bool = True) -> PackedSequence:
    """Pack a list of sequences.

    Parameters
    ----------
    sequences : sequence of array_like or Tensor, shape (steps, ...)
        The sequences.
    enforce_sorted : bool
        Whether the lengths must decrease; otherwise the sequences are sorted.

    Raises
    ------
    DataError
        If there is no sequence, or their lengths do not decrease.

    Examples
    --------
    >>> pack_sequence([np.array([1, 2]), np.array([4])]).batch_sizes
    array([2, 1])
    """
    lengths = [shape_of(x)[0] for x in sequences]
    return packed_of(pad_sequence(sequences), lengths, False, enforce_sorted)
