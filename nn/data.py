"""Batches of data, and the split into training and test data."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from autograd.errors import DataError, OptionError, ShapeError
from nn.seeding import chosen as drawn_from


class DataLoader:
    """Iterates over data in batches, optionally in a new random order each time.

    Parameters
    ----------
    data : array, tuple or dict of arrays, or sequence
        The examples, along the first axis of each array. For a tuple or dict of arrays each batch
        is a tuple or dict. Any other sequence is a sequence of examples.
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
        tuples and dicts.

    Raises
    ------
    OptionError
        If `batch_size` is less than 1.
    DataError
        If there are no examples, or the data cannot be indexed.
    ShapeError
        If the parts differ in length.

    Examples
    --------
    >>> images, digits = np.zeros((10, 64)), np.arange(10)
    >>> [d for _, d in DataLoader((images, digits), batch_size=4)]
    [array([0, 1, 2, 3]), array([4, 5, 6, 7]), array([8, 9])]
    """

    def __init__(
        self,
        data: Any,
        batch_size: int = 1,
        shuffle: bool = False,
        drop_last: bool = False,
        generator: np.random.Generator | None = None,
        collate: Callable[[list[Any]], Any] | None = None,
    ) -> None:
        if batch_size < 1:
            raise OptionError(f"batch_size={batch_size!r} must be at least 1.")
        self.data, self.batch_size = data, batch_size
        self.shuffle, self.drop_last = shuffle, drop_last
        self.generator = drawn_from(generator)
        self.collate = collate or stacked
        self.examples = _length(data)

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
            return tuple([part[chosen] for part in data])
        if isinstance(data, dict):
            return {name: part[chosen] for name, part in data.items()}
        if hasattr(data, "shape"):
            return data[chosen]
        places = range(chosen.start, chosen.stop) if isinstance(chosen, slice) else chosen.tolist()
        return self.collate([data[place] for place in places])


def stacked(examples: list[Any]) -> Any:
    """Stack numbers and arrays, also inside tuples and dicts; leave other examples in a list."""
    first = examples[0]
    if isinstance(first, tuple):
        return tuple([stacked(list(part)) for part in zip(*examples, strict=True)])
    if isinstance(first, dict):
        return {name: stacked([example[name] for example in examples]) for name in first}
    if isinstance(first, (int, float, complex, np.generic)) or hasattr(first, "shape"):
        return np.stack(examples)
    return examples


def train_test_split(
    *arrays: Any,
    test_size: float = 0.25,
    generator: np.random.Generator | None = None,
    stratify: Any = None,
) -> list[Any]:
    """Split examples at random into training and test data.

    Parameters
    ----------
    *arrays : array or sequence
        The examples, along the first axis; all of the same length.
    test_size : float or int
        The share of test examples, rounded up to whole examples; or their number.
    generator : numpy.random.Generator, optional
        The random generator; by default the one that `nn.seed` sets.
    stratify : array_like, optional
        The class of each example; each class is then split in the same proportion.

    Returns
    -------
    list
        For each array its training part and its test part.

    Raises
    ------
    DataError
        If there is no array, or no example.
    ShapeError
        If the arrays differ in length.
    OptionError
        If one of the parts would be empty, or a class cannot be split.

    Examples
    --------
    >>> digits = np.arange(10)
    >>> train, test = train_test_split(digits, test_size=3, generator=np.random.default_rng(0))
    >>> train.size, test.size
    (7, 3)
    """
    if not arrays:
        raise DataError("There is nothing to split: pass at least one array.")
    count = _length(arrays if stratify is None else (*arrays, stratify))
    held = test_size if isinstance(test_size, (int, np.integer)) else math.ceil(test_size * count)
    if not 0 < held < count:
        raise OptionError(
            f"test_size={test_size!r} takes {held} of {count} examples for the test; both parts "
            "must have at least one."
        )
    order = drawn_from(generator).permutation(count)
    if stratify is None:
        test, train = order[:held], order[held:]
    else:
        chosen = _stratified(np.asarray(stratify)[order], held)
        test, train = order[chosen], order[~chosen]
    return [_taken(array, part) for array in arrays for part in (train, test)]


def _stratified(classes: Any, held: int) -> Any:
    """Select `held` examples, the same share of each class, rounded by largest remainders."""
    names, member, counts = np.unique(classes, return_inverse=True, return_counts=True)
    if counts.min() < 2:
        lone = names[counts.argmin()]
        raise OptionError(f"Class {lone!r} has a single example, which cannot be split.")
    shares = counts * held / counts.sum()
    quota = np.floor(shares).astype(int)
    quota[np.argsort(quota - shares, kind="stable")[: held - quota.sum()]] += 1
    chosen = np.zeros(classes.shape, bool)
    for number, wanted in enumerate(quota):
        chosen[np.flatnonzero(member == number)[:wanted]] = True
    return chosen


def _taken(array: Any, places: Any) -> Any:
    return array[places] if hasattr(array, "shape") else [array[place] for place in places]


def _length(data: Any) -> int:
    """Return the number of examples, which must be the same in all parts."""
    parts: Sequence[Any] = [data]
    if isinstance(data, (tuple, dict)):
        parts = list(data.values()) if isinstance(data, dict) else data
        lengths = [len(part) for part in parts]
        if len(set(lengths)) > 1:
            raise ShapeError(
                f"The parts have {', '.join(map(str, lengths))} examples; these must be equal."
            )
    if not parts or not hasattr(parts[0], "__len__") or len(parts[0]) == 0:
        raise DataError(
            "Data must be a non-empty array, a tuple or dict of such arrays, or a sequence, not "
            f"{_described(data)}."
        )
    return len(parts[0])


def _described(data: Any) -> str:
    if hasattr(data, "shape"):
        return f"an array of shape {data.shape}"
    return repr(data) if isinstance(data, (tuple, dict, list)) else type(data).__name__
