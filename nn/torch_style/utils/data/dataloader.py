"""`DataLoader`: batches of examples."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import GenericAlias
from typing import Any

from autograd.errors import OptionError
from nn.torch_style.random import GENERATOR
from nn.torch_style.utils.data.collate import default_collate, default_convert
from nn.torch_style.utils.data.dataset import TensorDataset
from nn.torch_style.utils.data.sampler import BatchSampler, RandomSampler, SequentialSampler


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
    num_workers, pin_memory, timeout, worker_init_fn, prefetch_factor, persistent_workers,
    pin_memory_device, in_order
        Accepted, and ignored.
    collate_fn : callable, optional
        Turns a list of examples into a batch; by default `default_collate`. With
        ``batch_size=None`` it gets each example; by default arrays become tensors.
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

    #: What it yields may be named, as in PyTorch: ``DataLoader[int]``.
    __class_getitem__: Any = classmethod(GenericAlias)

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
        pin_memory_device: str = "",
        in_order: bool = True,
    ) -> None:
        if (sampler is not None or batch_sampler is not None) and shuffle:
            raise OptionError("shuffle= and sampler= are two orders: pass one of them.")
        if batch_size is not None and (not isinstance(batch_size, int) or batch_size < 1):
            raise OptionError(f"batch_size={batch_size!r} must be an integer of at least 1.")
        if batch_sampler is not None and (batch_size != 1 or sampler is not None or drop_last):
            raise OptionError(
                "batch_sampler= says which batches there are: omit batch_size=, sampler= and "
                "drop_last=."
            )
        if not hasattr(dataset, "__getitem__") and (shuffle or sampler or batch_sampler):
            raise OptionError("A stream of examples has its own order: omit shuffle= and samplers.")
        if batch_sampler is not None:
            batch_size = None
        self.dataset, self.batch_size, self.drop_last = dataset, batch_size, drop_last
        self.generator, self.num_workers = generator, num_workers
        is_batched = batch_size is not None or batch_sampler is not None
        self.collate_fn = collate_fn or (default_collate if is_batched else default_convert)
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
                yield self.collate_fn(self.dataset[place])
        else:
            for places in self.batch_sampler:
                yield self._batch(places)

    def _batch(self, places: list[int]) -> Any:
        data = self.dataset
        if type(data) is TensorDataset and self.collate_fn is default_collate:
            return [part[places] for part in data.tensors]
        if getattr(data, "__getitems__", None):
            return self.collate_fn(data.__getitems__(places))
        return self.collate_fn([data[place] for place in places])

    def _streamed(self) -> Iterator[Any]:
        batch: list[Any] = []
        for example in self.dataset:
            if self.batch_size is None:
                yield self.collate_fn(example)
                continue
            batch.append(example)
            if len(batch) == self.batch_size:
                yield self.collate_fn(batch)
                batch = []
        if batch and not self.drop_last:
            yield self.collate_fn(batch)
