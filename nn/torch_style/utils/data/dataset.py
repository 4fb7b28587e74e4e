"""Datasets: sequences and streams of examples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import GenericAlias
from typing import Any

from autograd.errors import DataError
from nn.data import ConcatDataset, Dataset, Subset, TensorDataset
from nn.data import random_split as split_at_random
from nn.torch_style.random import GENERATOR

__all__ = [
    "ConcatDataset", "Dataset", "IterableDataset", "StackDataset", "Subset", "TensorDataset",
    "random_split",
]  # fmt: skip


class IterableDataset:
    """Examples that come one after the other: subclasses define ``__iter__``."""

    #: What it yields may be named, as in PyTorch: ``IterableDataset[int]``.
    __class_getitem__: Any = classmethod(GenericAlias)

    def __iter__(self) -> Iterator[Any]:
        raise NotImplementedError


class ChainDataset(IterableDataset):
    """Several streams of examples, one after the other.

    Parameters
    ----------
    datasets : iterable of IterableDataset
        The streams.
    """

    def __init__(self, datasets: Any) -> None:
        self.datasets = datasets

    def __iter__(self) -> Iterator[Any]:
        for dataset in self.datasets:
            yield from dataset

    def __len__(self) -> int:
        return sum(len(dataset) for dataset in self.datasets)


class StackDataset:
    """Several datasets whose examples belong together, as tuples or as dicts.

    Parameters
    ----------
    *args, **kwargs : Dataset
        The datasets, without names or with them.

    Examples
    --------
    >>> from nn.torch_style.utils.data import StackDataset
    >>> StackDataset(image=[1, 2], text=["a", "b"])[1]
    {'image': 2, 'text': 'b'}
    """

    #: What it yields may be named, as in PyTorch: ``StackDataset[int]``.
    __class_getitem__: Any = classmethod(GenericAlias)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.datasets: Any = args or kwargs
        lengths = {len(dataset) for dataset in args or kwargs.values()}
        if len(lengths) != 1 or (args and kwargs):
            raise DataError(
                "StackDataset takes datasets of one length, all with names or all without; their "
                f"lengths are {sorted(lengths)}."
            )
        (self._length,) = lengths

    def __len__(self) -> int:
        return int(self._length)

    def __getitem__(self, index: int) -> Any:
        if isinstance(self.datasets, dict):
            return {name: dataset[index] for name, dataset in self.datasets.items()}
        return tuple(dataset[index] for dataset in self.datasets)


def random_split(dataset: Any, lengths: Sequence[float], generator: Any = None) -> list[Subset]:
    """Split a dataset at random into parts that do not overlap."""
    return split_at_random(dataset, lengths, generator or GENERATOR)
