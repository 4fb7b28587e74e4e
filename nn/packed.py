"""`PackedSequence`: sequences of different lengths without padding."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from autograd.devices import beside, full, to_numpy
from autograd.errors import DataError, OptionError, ShapeError
from nn.arrays import plain, shape_of


class PackedSequence(NamedTuple):
    """Sequences of different lengths, step by step, the longest sequence first.

    Attributes
    ----------
    data : array or Tensor, shape (sum of lengths, features)
        The first step of all sequences, then the second step of all that have one, and so on.
    batch_sizes : array of int
        How many sequences have each step.
    sorted_indices, unsorted_indices : array of int
        The order of the sequences here, and the order to go back; None if they were sorted.

    Examples
    --------
    >>> from nn.utils.rnn import pack_sequence
    >>> packed = pack_sequence([np.array([1, 2]), np.array([4])])
    >>> packed.data.tolist(), packed.lengths.tolist()
    ([1, 4, 2], [2, 1])
    """

    data: Any
    batch_sizes: Any
    sorted_indices: Any = None
    unsorted_indices: Any = None

    @property
    def lengths(self) -> Any:
        """The lengths of the sequences, the longest first."""
        return (self.batch_sizes[:, None] > np.arange(self.batch_sizes[0])).sum(axis=0)

    @property
    def places(self) -> tuple[Any, Any]:
        """The step and the sequence of each row of the data."""
        there = self.batch_sizes[:, None] > np.arange(self.batch_sizes[0])
        steps, sequences = np.nonzero(there)
        return steps, sequences

    def padded(self, value: float = 0.0, total: int | None = None) -> Any:
        """Return an array of shape (steps, batch, features), in the order here.

        Parameters
        ----------
        value : float
            What to fill with.
        total : int, optional
            The number of steps; by default that of the longest sequence.
        """
        steps, sequences = self.places
        count = len(self.batch_sizes)
        total = count if total is None else total
        if total < count:
            raise OptionError(f"total_length={total} is less than the longest length, {count}.")
        rows = np.full((total, int(self.batch_sizes[0])), len(steps))
        rows[steps, sequences] = np.arange(len(steps))
        shape = (1, *shape_of(self.data)[1:])
        filled = full(shape, value, self.data.dtype, self.data)
        return np.concatenate([self.data, filled])[beside(rows, self.data)]

    def with_data(self, data: Any) -> PackedSequence:
        """Return other data for the same sequences.

        Parameters
        ----------
        data : array or Tensor
            As many rows.
        """
        return self._replace(data=data)


def packed_of(x: Any, lengths: Any, batch_first: bool, enforce_sorted: bool) -> PackedSequence:
    """Pack padded sequences; see `nn.utils.rnn.pack_padded_sequence`."""
    lengths = to_numpy(plain(lengths)).reshape(-1)
    x = np.swapaxes(x, 0, 1) if batch_first else x
    steps, batch = shape_of(x)[:2]
    if lengths.shape != (batch,) or lengths.dtype.kind not in "iu":
        raise ShapeError(
            f"lengths= must be {batch} integers, one for each sequence, not {lengths.tolist()}."
        )
    if batch == 0 or not ((lengths > 0) & (lengths <= steps)).all():
        raise DataError(f"lengths={lengths.tolist()} must be from 1 to {steps}.")
    order = None
    if enforce_sorted:
        if (np.diff(lengths) > 0).any():
            raise DataError(
                f"lengths={lengths.tolist()} do not decrease: sort the sequences, or write "
                "enforce_sorted=False."
            )
    else:
        order = np.argsort(-lengths, kind="stable")
        x, lengths = x[:, beside(order, x)], lengths[order]
    there = np.arange(lengths.max())[:, None] < lengths
    steps_of, sequences = (beside(places, x) for places in np.nonzero(there))
    data = x[: lengths.max()][steps_of, sequences]
    back = None if order is None else np.argsort(order)
    return PackedSequence(data, there.sum(axis=1), order, back)
