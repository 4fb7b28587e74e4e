"""Samplers: the order in which a loader takes examples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import GenericAlias
from typing import Any

import numpy as np

from nn.torch_style.creation import as_tensor, multinomial, tensor
from nn.torch_style.random import GENERATOR, Generator


class Sampler:
    """The base class of samplers, which are iterables of places."""

    #: What it yields may be named, as in PyTorch: ``Sampler[int]``.
    __class_getitem__: Any = classmethod(GenericAlias)

    def __init__(self, data_source: Any = None) -> None:
        self.data_source = data_source

    def __iter__(self) -> Iterator[Any]:
        raise NotImplementedError


class SequentialSampler(Sampler):
    """The places of a dataset in order."""

    def __init__(self, data_source: Any) -> None:
        self.data_source = data_source

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.data_source)))

    def __len__(self) -> int:
        return len(self.data_source)


class RandomSampler(Sampler):
    """The places of a dataset in a random order, a new one each time."""

    def __init__(
        self, data_source: Any, replacement: bool = False, num_samples: Any = None,
        generator: Any = None,
    ) -> None:  # fmt: skip
        self.data_source, self.replacement, self.generator = data_source, replacement, generator
        self.num_samples = len(data_source) if num_samples is None else num_samples

    def __iter__(self) -> Iterator[int]:
        drawn = self.generator
        if drawn is None:
            drawn = Generator().manual_seed(int(GENERATOR.integers(0, 2**63, 1)[0]))
        count = len(self.data_source)
        if self.replacement:
            for start in range(0, self.num_samples, 32):  # it may be endless: a part at a time
                size = min(self.num_samples - start, 32)
                yield from drawn.integers(0, count, size).tolist()
            return
        for _ in range(self.num_samples // count):
            yield from drawn.permutation(count).tolist()
        yield from drawn.permutation(count).tolist()[: self.num_samples % count]

    def __len__(self) -> int:
        return int(self.num_samples)


class SubsetRandomSampler(Sampler):
    """Some places in a random order."""

    def __init__(self, indices: Sequence[int], generator: Any = None) -> None:
        self.indices, self.generator = indices, generator

    def __iter__(self) -> Iterator[int]:
        order = (self.generator or GENERATOR).permutation(len(self.indices)).tolist()
        return iter([self.indices[i] for i in order])

    def __len__(self) -> int:
        return len(self.indices)


class WeightedRandomSampler(Sampler):
    """Places drawn with probabilities that weights are proportional to."""

    def __init__(
        self, weights: Any, num_samples: int, replacement: bool = True, generator: Any = None
    ) -> None:
        self.weights = as_tensor(weights) if isinstance(weights, np.ndarray) else tensor(weights)
        self.num_samples, self.replacement = num_samples, replacement
        self.generator = generator

    def __iter__(self) -> Iterator[int]:
        found = multinomial(
            self.weights.double(), self.num_samples, self.replacement, generator=self.generator
        )
        return iter(found.tolist())

    def __len__(self) -> int:
        return self.num_samples


class BatchSampler(Sampler):
    """The places of another sampler in lists of `batch_size`."""

    def __init__(self, sampler: Any, batch_size: int, drop_last: bool) -> None:
        self.sampler, self.batch_size, self.drop_last = sampler, batch_size, drop_last

    def __iter__(self) -> Iterator[list[int]]:
        batch: list[int] = []
        for place in self.sampler:
            batch.append(place)
            if len(batch) == self.batch_size:
                yield batch
                batch = []
        if batch and not self.drop_last:
            yield batch

    def __len__(self) -> int:
        whole, rest = divmod(len(self.sampler), self.batch_size)
        return whole + (rest > 0 and not self.drop_last)
