"""PyTorch's ``torch.utils.data``: datasets and batches of tensors.

A loader that shuffles draws the orders that PyTorch's draws from the same seed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from autograd.errors import DataError, OptionError
from nn.data import ConcatDataset, Dataset, Subset, TensorDataset
from nn.data import random_split as split_at_random
from nn.torch_style.base import TensorBase
from nn.torch_style.creation import as_tensor, multinomial, tensor
from nn.torch_style.joining import stack
from nn.torch_style.random import GENERATOR, Generator

__all__ = [
    "BatchSampler", "ConcatDataset", "DataLoader", "Dataset", "IterableDataset", "RandomSampler",
    "SequentialSampler", "Subset", "SubsetRandomSampler", "TensorDataset",
    "WeightedRandomSampler", "default_collate", "random_split",
]  # fmt: skip


class IterableDataset:
    """Examples that come one after the other: subclasses define ``__iter__``."""

    def __iter__(self) -> Iterator[Any]:
        raise NotImplementedError


def random_split(dataset: Any, lengths: Sequence[float], generator: Any = None) -> list[Subset]:
    """Split a dataset at random into parts that do not overlap."""
    return split_at_random(dataset, lengths, generator or GENERATOR)


def default_collate(batch: Any) -> Any:
    """Return a list of examples as one batch: tensors and numbers stacked, also in containers.

    Examples
    --------
    >>> default_collate([(1, 0.5), (2, 0.25)])
    [tensor([1, 2]), tensor([0.5000, 0.2500], dtype=torch.float64)]
    """
    first = batch[0]
    if isinstance(first, TensorBase):
        return stack(batch)
    if isinstance(first, (np.ndarray, np.generic)):
        return stack([as_tensor(np.asarray(part)) for part in batch])
    if isinstance(first, (bool, int)):
        return tensor(batch)
    if isinstance(first, float):
        return tensor(np.array(batch, np.float64))
    if isinstance(first, Mapping):
        return {key: default_collate([example[key] for example in batch]) for key in first}
    if isinstance(first, tuple) and hasattr(first, "_fields"):
        return type(first)(*map(default_collate, zip(*batch, strict=True)))
    if isinstance(first, (tuple, list)):
        if len({len(example) for example in batch}) > 1:
            raise DataError("The examples of a batch have different numbers of parts.")
        return [default_collate(part) for part in zip(*batch, strict=True)]
    if isinstance(first, str):
        return list(batch)
    raise DataError(
        f"A batch cannot be made of objects of type {type(first).__name__}: pass collate_fn=."
    )


# -- orders -------------------------------------------------------------------------------------


class SequentialSampler:
    """The places of a dataset in order."""

    def __init__(self, data_source: Any) -> None:
        self.data_source = data_source

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.data_source)))

    def __len__(self) -> int:
        return len(self.data_source)


class RandomSampler:
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
            yield from drawn.integers(0, count, self.num_samples).tolist()
            return
        for _ in range(self.num_samples // count):
            yield from drawn.permutation(count).tolist()
        yield from drawn.permutation(count).tolist()[: self.num_samples % count]

    def __len__(self) -> int:
        return int(self.num_samples)


class SubsetRandomSampler:
    """Some places in a random order."""

    def __init__(self, indices: Sequence[int], generator: Any = None) -> None:
        self.indices, self.generator = indices, generator

    def __iter__(self) -> Iterator[int]:
        order = (self.generator or GENERATOR).permutation(len(self.indices)).tolist()
        return iter([self.indices[i] for i in order])

    def __len__(self) -> int:
        return len(self.indices)


class WeightedRandomSampler:
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


class BatchSampler:
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


class DataLoader:
    """Iterates over a dataset in batches of tensors.

    Parameters
    ----------
    dataset : Dataset, IterableDataset or sequence
        The examples.
    batch_size : int or None
        The number of examples per batch; None for the examples themselves.
    shuffle : bool
        Whether to draw a new order for each pass.
    sampler, batch_sampler : iterable, optional
        The places of the examples, or of each batch.
    num_workers, pin_memory, timeout, worker_init_fn, prefetch_factor, persistent_workers
        Accepted, and ignored.
    collate_fn : callable, optional
        Turns a list of examples into a batch; by default `default_collate`.
    drop_last : bool
        Whether to drop a last batch that is not full.
    generator : Generator, optional
        The generator for the orders.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> data = torch.utils.data.TensorDataset(torch.arange(5), torch.zeros(5))
    >>> [x.tolist() for x, _ in torch.utils.data.DataLoader(data, batch_size=2)]
    [[0, 1], [2, 3], [4]]
    """

    def __init__(
        self,
        dataset: Any,
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Any = None,
        batch_sampler: Any = None,
        num_workers: int = 0,
        collate_fn: Callable[[list[Any]], Any] | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        timeout: float = 0,
        worker_init_fn: Any = None,
        multiprocessing_context: Any = None,
        generator: Any = None,
        *,
        prefetch_factor: Any = None,
        persistent_workers: bool = False,
    ) -> None:
        if (sampler is not None or batch_sampler is not None) and shuffle:
            raise OptionError("shuffle= and sampler= are two orders: pass one of them.")
        if batch_size is not None and (not isinstance(batch_size, int) or batch_size < 1):
            raise OptionError(f"batch_size={batch_size!r} must be an integer of at least 1.")
        self.dataset, self.batch_size, self.drop_last = dataset, batch_size, drop_last
        self.generator, self.num_workers = generator, num_workers
        self.collate_fn = collate_fn or default_collate
        self._is_stream = not hasattr(dataset, "__getitem__")
        if sampler is None and not self._is_stream:
            sampler = RandomSampler(dataset, generator=generator) if shuffle else None
            sampler = sampler or SequentialSampler(dataset)
        self.sampler = sampler
        if batch_sampler is None and batch_size is not None and not self._is_stream:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        self.batch_sampler = batch_sampler

    def __len__(self) -> int:
        if self._is_stream:
            whole, rest = divmod(len(self.dataset), self.batch_size or 1)
            return whole + (rest > 0 and not self.drop_last)
        return len(self.sampler if self.batch_sampler is None else self.batch_sampler)

    def __iter__(self) -> Iterator[Any]:
        (self.generator or GENERATOR).integers(0, 2**63, 1)  # PyTorch draws a seed for workers
        if self._is_stream:
            yield from self._streamed()
        elif self.batch_sampler is None:
            for place in self.sampler:
                yield self.dataset[place]
        else:
            for places in self.batch_sampler:
                yield self._batch(places)

    def _batch(self, places: list[int]) -> Any:
        data = self.dataset
        if isinstance(data, TensorDataset) and self.collate_fn is default_collate:
            return [part[places] for part in data.tensors]
        return self.collate_fn([data[place] for place in places])

    def _streamed(self) -> Iterator[Any]:
        batch: list[Any] = []
        for example in self.dataset:
            if self.batch_size is None:
                yield example
                continue
            batch.append(example)
            if len(batch) == self.batch_size:
                yield self.collate_fn(batch)
                batch = []
        if batch and not self.drop_last:
            yield self.collate_fn(batch)
