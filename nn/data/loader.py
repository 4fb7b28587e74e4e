"""Batches of data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import GenericAlias, NoneType
from typing import Any

import numpy as np

from autograd.errors import DataError, OptionError, ShapeError
from nn.data.datasets import TensorDataset
from nn.data.examples import NUMBERS, length_of, places_of, refuse_list_of_arrays, taken
from nn.seeding import chosen as drawn_from


class DataLoader:
    """Iterates over data in batches, optionally in a new random order each time.

    Parameters
    ----------
    data : array, tuple or dict of arrays, or sequence
        The examples, along the first axis of each array. For a tuple or dict of arrays each batch
        is a tuple or dict. Any other sequence, such as a list of tuples, is a sequence of examples.
    batch_size : int
        The number of examples per batch.
    shuffle : bool
        Whether to draw a new order for each pass.
    drop_last : bool
        Whether to drop a last batch that is not full.
    generator : numpy.random.Generator, optional
        The generator for the order; by default the one that `nn.seed` sets.
    collate : callable, optional
        Turns a list of examples into a batch; by default it stacks numbers and arrays, also inside
        tuples, lists and dicts.
    collate_fn : callable, optional
        PyTorch's name of `collate`.
    num_workers, pin_memory, persistent_workers
        Accepted for programs written for PyTorch, and ignored: batches are made when needed.

    Attributes
    ----------
    dataset : any
        The data.

    Raises
    ------
    OptionError
        If `batch_size` is no integer, or less than 1.
    DataError
        If there are no examples, the data cannot be indexed, or they are a list of arrays, which
        may be examples or parts.
    ShapeError
        If the parts differ in length, or the examples of a batch in shape.

    Examples
    --------
    >>> images, digits = np.zeros((10, 64)), np.arange(10)
    >>> [d for _, d in DataLoader((images, digits), batch_size=4)]
    [array([0, 1, 2, 3]), array([4, 5, 6, 7]), array([8, 9])]
    """

    #: What it yields may be named, as in PyTorch: ``DataLoader[int]``.
    __class_getitem__: Any = classmethod(GenericAlias)

    def __init__(
        self,
        data: Any,
        batch_size: int = 1,
        shuffle: bool = False,
        drop_last: bool = False,
        generator: np.random.Generator | None = None,
        collate: Callable[[list[Any]], Any] | None = None,
        *,
        collate_fn: Callable[[list[Any]], Any] | None = None,
        num_workers: int = 0,
        pin_memory: bool = False,
        persistent_workers: bool = False,
    ) -> None:
        if not isinstance(batch_size, (int, np.integer)) or batch_size is True or batch_size < 1:
            raise OptionError(f"batch_size={batch_size!r} must be an integer of at least 1.")
        if not isinstance(shuffle, (bool, int, np.bool_, NoneType)):
            raise OptionError(f"shuffle={shuffle!r} must be True or False.")
        collate = collate or collate_fn
        self.dataset, self.batch_size = data, batch_size
        self.data = data.tensors if isinstance(data, TensorDataset) and not collate else data
        self.shuffle, self.drop_last = shuffle, drop_last
        self.generator = drawn_from(generator)
        self.collate = collate or stacked
        self.examples = length_of(self.data)
        if collate is None:
            refuse_list_of_arrays(data)

    def __len__(self) -> int:
        whole, rest = divmod(self.examples, self.batch_size)
        return whole + (rest > 0 and not self.drop_last)

    def __iter__(self) -> Iterator[Any]:
        order = self.generator.permutation(self.examples) if self.shuffle else None
        for number in range(len(self)):
            first = number * self.batch_size
            chosen = slice(first, min(first + self.batch_size, self.examples))
            yield self._batch(chosen if order is None else order[chosen])

    def _batch(self, chosen: Any) -> Any:
        data = self.data
        if isinstance(data, tuple):
            return tuple([taken(part, chosen) for part in data])
        if isinstance(data, dict):
            return {name: taken(part, chosen) for name, part in data.items()}
        if hasattr(data, "shape"):
            return data[chosen]
        return self.collate([data[place] for place in places_of(chosen)])


def _require_alike(examples: list[Any]) -> None:
    """Raise if examples cannot be stacked, or if some have more parts than others."""
    first = examples[0]
    if isinstance(first, dict):
        for other in examples:
            if not isinstance(other, dict) or other.keys() != first.keys():
                parts = list(other) if isinstance(other, dict) else other
                raise DataError(f"An example has the parts {list(first)}, another one {parts!r}.")
    elif isinstance(first, (tuple, list)):
        for other in examples:
            if not isinstance(other, (tuple, list)) or len(other) != len(first):
                raise DataError(
                    f"All examples of a batch must have the same parts: one has {len(first)}, "
                    f"another one is {other!r}."
                )
    elif hasattr(first, "shape"):
        shapes = list(dict.fromkeys(np.shape(example) for example in examples))
        if len(shapes) > 1:
            raise ShapeError(
                f"The examples of a batch have shapes {shapes[0]} and {shapes[1]}, which cannot be "
                "stacked: pad or cut them, or pass collate=list."
            )


def stacked(examples: list[Any]) -> Any:
    """Stack numbers and arrays, also inside tuples, lists and dicts; leave others in a list."""
    first = examples[0]
    _require_alike(examples)
    if isinstance(first, (tuple, list)):
        if all(isinstance(part, NUMBERS) for part in first) and isinstance(first, list):
            raise DataError(
                f"The examples are lists of numbers, such as {first[:3]!r}: make one array of "
                "them, np.array(examples), or pass collate=."
            )
        return tuple([stacked(list(part)) for part in zip(*examples, strict=True)])
    if isinstance(first, dict):
        return {name: stacked([example[name] for example in examples]) for name in first}
    if isinstance(first, NUMBERS) or hasattr(first, "shape"):
        return np.stack(examples)
    return examples
