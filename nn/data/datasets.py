"""Datasets: sequences of examples, as PyTorch's users write them."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, pairwise
from types import GenericAlias
from typing import Any

import numpy as np

from autograd.errors import DataError, OptionError
from nn.data.examples import length_of
from nn.seeding import chosen as drawn_from


class Dataset:
    """A sequence of examples: subclasses define ``__len__`` and ``__getitem__``.

    `DataLoader` takes any object with these methods; no need to derive from this class.

    Examples
    --------
    >>> class Squares(Dataset):
    ...     def __len__(self):
    ...         return 4
    ...
    ...     def __getitem__(self, place):
    ...         return float(place), float(place) ** 2
    >>> import nn
    >>> [targets.tolist() for _, targets in nn.DataLoader(Squares(), batch_size=2)]
    [[0.0, 1.0], [4.0, 9.0]]
    """

    #: What it yields may be named, as in PyTorch: ``Dataset[int]``.
    __class_getitem__: Any = classmethod(GenericAlias)

    def __len__(self) -> int:
        raise NotImplementedError

    def __getitem__(self, place: int) -> Any:
        raise NotImplementedError

    def __add__(self, other: Any) -> ConcatDataset:
        return ConcatDataset([self, other])


class TensorDataset(Dataset):
    """Arrays with the examples along the first axis; each example is a tuple.

    Parameters
    ----------
    *tensors : array
        Arrays of the same length.

    Raises
    ------
    ShapeError
        If the lengths differ.
    DataError
        If there is no array.

    Examples
    --------
    >>> dataset = TensorDataset(np.zeros((10, 3)), np.arange(10))
    >>> len(dataset), dataset[4][1].item()
    (10, 4)
    """

    def __init__(self, *tensors: Any) -> None:
        length_of(tensors)  # or raise
        self.tensors = tensors

    def __len__(self) -> int:
        return len(self.tensors[0])

    def __getitem__(self, place: Any) -> tuple[Any, ...]:
        return tuple([part[place] for part in self.tensors])


class Subset(Dataset):
    """Some examples of another dataset.

    Parameters
    ----------
    dataset : sequence
        The dataset.
    indices : sequence of int
        The places of the examples.

    Examples
    --------
    >>> list(Subset("abcd", [2, 0]))
    ['c', 'a']
    """

    def __init__(self, dataset: Any, indices: Sequence[int]) -> None:
        self.dataset, self.indices = dataset, indices

    def __len__(self) -> int:
        return len(self.indices)

    def __getitem__(self, place: int) -> Any:
        return self.dataset[int(self.indices[place])]


class ConcatDataset(Dataset):
    """Several datasets, one after the other.

    Parameters
    ----------
    datasets : sequence of sequences
        The datasets.

    Examples
    --------
    >>> list(ConcatDataset(["ab", "c"]))
    ['a', 'b', 'c']
    """

    def __init__(self, datasets: Sequence[Any]) -> None:
        if not len(datasets):
            raise DataError("There is nothing to join: pass at least one dataset.")
        self.datasets = list(datasets)
        self._ends = list(accumulate(map(len, self.datasets)))

    def __len__(self) -> int:
        return self._ends[-1]

    def __getitem__(self, place: int) -> Any:
        place = range(len(self))[place]  # or raise IndexError
        which = bisect_right(self._ends, place)
        return self.datasets[which][place - (self._ends[which - 1] if which else 0)]


def random_split(
    dataset: Any, lengths: Sequence[float], generator: np.random.Generator | None = None
) -> list[Subset]:
    """Split a dataset at random into parts that do not overlap.

    Parameters
    ----------
    dataset : sequence
        The dataset.
    lengths : sequence of int or of float
        The numbers of examples, which sum to the length of the dataset; or shares that sum to 1.
    generator : numpy.random.Generator, optional
        The random generator; by default the one that `nn.seed` sets.

    Returns
    -------
    list of Subset
        The parts.

    Raises
    ------
    OptionError
        If the lengths sum to something else.

    Examples
    --------
    >>> [len(part) for part in random_split(range(10), [0.75, 0.25])]
    [8, 2]
    """
    count = len(dataset)
    sizes = [int(n) for n in lengths]
    if lengths and math.isclose(sum(lengths), 1.0):
        sizes = [math.floor(share * count) for share in lengths]
        for i in range(count - sum(sizes)):
            sizes[i % len(sizes)] += 1
    if sum(sizes) != count or min(sizes, default=0) < 0:
        raise OptionError(
            f"lengths={list(lengths)!r} must sum to the {count} examples of the dataset, or to 1."
        )
    order = drawn_from(generator).permutation(count).tolist()
    ends = [0, *accumulate(sizes)]
    return [Subset(dataset, order[first:last]) for first, last in pairwise(ends)]
