"""The split into training and test data."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.errors import DataError, OptionError
from nn.data.examples import length_of, taken
from nn.seeding import chosen as drawn_from


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
    count = length_of(arrays if stratify is None else (*arrays, stratify))
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
    return [taken(array, part) for array in arrays for part in (train, test)]


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
