"""Datasets: sequences and streams of examples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from nn.data import ConcatDataset, Dataset, Subset, TensorDataset
from nn.data import random_split as split_at_random
from nn.torch_style.random import GENERATOR

__all__ = [
    "ConcatDataset", "Dataset", "IterableDataset", "Subset", "TensorDataset", "random_split",
]  # fmt: skip


class IterableDataset:
    """Examples that come one after the other: subclasses define ``__iter__``."""

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


def random_split(dataset: Any, lengths: Sequence[float], generator: Any = None) -> list[Subset]:
    """Split a dataset at random into parts that do not overlap."""
    return split_at_random(dataset, lengths, generator or GENERATOR)
