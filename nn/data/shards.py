"""Training data in fixed parts, for training on several workers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from autograd.errors import OptionError
from nn.data.examples import length_of, taken


@dataclass(frozen=True)
class ShardBatch:
    """The part of a step that one shard takes: its number, which of its examples, and a seed."""

    shard: int
    chosen: Any
    seed: tuple[int, ...]


class Shards:
    """A training set in a fixed number of parts, each with its own order and random numbers.

    Each step of `fit` takes the same number of examples of each part, and adds the gradients in a
    fixed order. So the numbers do not depend on how many workers there are, but for the last bits,
    which BLAS may round otherwise in another process. Without ``client=`` this one does the same.

    Parameters
    ----------
    data : tuple of arrays
        Inputs and, last, targets, all of the same length.
    count : int
        The number of parts.
    batch_size : int
        The number of examples in each step, a multiple of `count`.
    shuffle : bool
        Whether each part is shuffled in each epoch.
    seed : int
        The seed of the orders, and of random numbers in the model, such as those of `Dropout`.

    Raises
    ------
    OptionError
        If `batch_size` is no multiple of `count`, or there are fewer examples than parts.

    Examples
    --------
    >>> import nn
    >>> x = np.linspace(-1, 1, 32)[:, None]
    >>> model = nn.Linear(1, 1, generator=np.random.default_rng(0))
    >>> shards = nn.Shards((x, 2 * x + 1), 4, batch_size=8)
    >>> optimizer = nn.optim.SGD(model.parameters(), lr=0.5)
    >>> history = nn.fit(model, shards, nn.mse, optimizer, epochs=20, progress=False)
    >>> history["loss"][-1] < 1e-6
    True
    """

    def __init__(
        self, data: Any, count: int, batch_size: int, shuffle: bool = True, seed: int = 0
    ) -> None:
        examples = length_of(data)
        if count < 1 or batch_size < 1 or batch_size % count:
            raise OptionError(
                f"batch_size={batch_size} must be a multiple of the number of shards, {count}."
            )
        if not isinstance(data, tuple) or len(data) < 2:
            raise OptionError("The data of shards must be a tuple of arrays, (inputs, targets).")
        if examples < count:
            raise OptionError(f"There are {examples} examples, fewer than {count} shards.")
        self.count, self.batch_size, self.shuffle, self.seed = count, batch_size, shuffle, seed
        ends = pairwise([examples * k // count for k in range(count + 1)])
        places = [slice(first, last) for first, last in ends]
        self.parts = [tuple([taken(part, place) for part in data]) for place in places]
        self.lengths = [place.stop - place.start for place in places]

    def __len__(self) -> int:
        """Return the number of steps in an epoch."""
        return -(-max(self.lengths) // (self.batch_size // self.count))

    def steps(self, epoch: int) -> Iterator[list[ShardBatch]]:
        """Yield for each step of an epoch what each shard takes; at the end some take nothing.

        Parameters
        ----------
        epoch : int
            The number of the epoch, from 1 on.
        """
        size = self.batch_size // self.count
        orders = [
            np.random.default_rng([self.seed, epoch, shard]).permutation(length)
            if self.shuffle
            else np.arange(length)
            for shard, length in enumerate(self.lengths)
        ]
        for step in range(len(self)):
            part = slice(step * size, (step + 1) * size)
            batches = [
                ShardBatch(shard, order[part], (self.seed, epoch, shard, step))
                for shard, order in enumerate(orders)
            ]
            yield [batch for batch in batches if len(batch.chosen)]
