"""`EmbeddingBag`: sums, means and maxima of embeddings."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from autograd import Primitive, Tensor, kernel, linear
from autograd.devices import beside, to_numpy
from autograd.errors import OptionError, ShapeError
from autograd.program import is_tracing
from nn import init
from nn.arrays import plain, shape_of
from nn.layers.linear import indices_below, row_number
from nn.module import Module
from nn.parameter import Parameter

#: How many elements of vectors to look up at once: what stays in the cache.
PART = 1 << 15

#: From how many elements for each vector on it takes less time to sort them by their vectors.
MANY_FOR_EACH = 1 << 12


@kernel()
def bags_summed(weight: Any, indices: Any, divisor: int) -> Any:
    """Return sums of the vectors of bags of one size, looked up in parts that fit the cache."""
    y, step = np.empty((len(indices), weight.shape[1]), weight.dtype), PART // weight.shape[1] + 1
    first, *others = indices.T.astype(np.intp, order="C")
    taken = np.empty_like(y[:step])
    for start in range(0, len(y), step):
        total, some = y[start : start + step], slice(start, start + step)
        weight.take(first[some], 0, total, "clip")
        for numbers in others:
            total += weight.take(numbers[some], 0, taken[: len(total)], "clip")
        if divisor > 1:
            total /= divisor
    return y


@kernel()
def bags_put(g: Any, indices: Any, divisor: int, count: int) -> Any:
    """Add the row of each bag, divided, to the rows of its indices, in their order."""
    indices = indices.astype(np.intp, copy=False)  # small integers would overflow below
    size, length, g = indices.shape[1], g.shape[1], np.divide(g, divisor, order="C")
    total = np.zeros((count, length), g.dtype)
    if indices.size * length < MANY_FOR_EACH * count:
        places = np.add.outer(indices * length, np.arange(length))
        np.add.at(total.reshape(-1), places.reshape(-1), np.repeat(g, size, 0).reshape(-1))
        return total
    numbers = indices.reshape(-1)
    kind = np.uint16 if count <= 1 << 16 else np.intp  # two bytes are sorted by counting
    rows, counts = np.argsort(numbers.astype(kind), kind="stable") // size, np.bincount(numbers)
    taken: Any = np.empty((counts.max(), length), g.dtype)
    ends = [0, *np.cumsum(counts).tolist()]
    for number, (start, end) in enumerate(itertools.pairwise(ends)):
        each = g.take(rows[start:end], 0, taken[: end - start], "clip")
        np.add.reduce(each, 0, out=total[number])
    return total


# fmt: off
sum_bags: Primitive = linear(bags_summed,
    lambda g, weight, indices, divisor: put_bags(g, indices, divisor, len(weight)),
    fresh_results=True, name="sum_bags")
put_bags: Primitive = linear(bags_put,
    lambda h, g, indices, divisor, count: sum_bags(h, indices, divisor),
    fresh_results=True, name="put_bags")
# fmt: on


class EmbeddingBag(Module):
    """The sum, the mean or the largest of vectors that are looked up by integers.

    Parameters
    ----------
    num_embeddings : int
        The number of vectors.
    embedding_dim : int
        The length of each vector.
    mode : {"mean", "sum", "max"}
        What to make of the vectors of a bag; those of an empty bag are 0.
    include_last_offset : bool
        Whether the offsets end with the number of indices.
    padding_idx : int, optional
        The index of a vector that does not count.
    generator : numpy.random.Generator, optional
        The generator for the initial vectors; by default the one that `nn.seed` sets.

    Raises
    ------
    OptionError
        If `mode` is something else.

    Examples
    --------
    >>> bag = EmbeddingBag(10, 4)
    >>> bag(np.array([[1, 2], [3, 9]])).shape, bag(np.array([1, 2, 4]), [0, 1]).shape
    ((2, 4), (2, 4))
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        *,
        mode: str = "mean",
        include_last_offset: bool = False,
        padding_idx: int | None = None,
        generator: np.random.Generator | None = None,
    ) -> None:
        if mode not in ("mean", "sum", "max"):
            raise OptionError(f'mode={mode!r} must be "mean", "sum" or "max".')
        self.num_embeddings, self.embedding_dim, self.mode = num_embeddings, embedding_dim, mode
        self.include_last_offset = include_last_offset
        self.padding_idx = row_number(padding_idx, num_embeddings, "padding_idx")
        self.weight = Parameter(init.normal((num_embeddings, embedding_dim), 1.0, generator))
        if padding_idx is not None:
            self.weight.data[padding_idx] = 0.0

    def forward(self, indices: Any, offsets: Any = None, per_sample_weights: Any = None) -> Tensor:
        """Return one vector for each bag.

        Parameters
        ----------
        indices : array_like of int, shape (bags, size) or (indices,)
            The indices of the vectors.
        offsets : array_like of int, shape (bags,), optional
            Where each bag begins, if there is one row of indices.
        per_sample_weights : array_like or Tensor, of the shape of the indices, optional
            Factors of the vectors, for sums.

        Raises
        ------
        ShapeError
            If the shapes do not fit.
        OptionError
            If there are factors, but the mode is another.
        DataError
            If the indices are not integers, or out of range.
        """
        indices = indices_below(self.num_embeddings, indices, "EmbeddingBag")
        if (indices.ndim, offsets is None) not in ((2, True), (1, False)):
            raise ShapeError(
                f"EmbeddingBag got indices of shape {indices.shape}; it takes (bags, size), or "
                "(indices,) and offsets=, where each bag begins."
            )
        if per_sample_weights is not None and self.mode != "sum":
            raise OptionError(f'per_sample_weights= needs mode="sum", not {self.mode!r}.')
        counted = None  # all of them
        if offsets is not None:
            found = self._bags(to_numpy(plain(offsets)), len(indices))
            places, counted = (beside(numbers, indices) for numbers in found)
            indices = indices[places] if indices.size else np.zeros_like(places)
            if per_sample_weights is not None and indices.size:
                per_sample_weights = per_sample_weights[places]
        if self.padding_idx is not None:
            others = indices != self.padding_idx
            counted = others if counted is None else counted & others
        if counted is per_sample_weights is None and self._is_usual(indices):
            y: Tensor = sum_bags(
                self.weight, indices, 1 if self.mode == "sum" else indices.shape[1]
            )
            return y
        vectors = self.weight[indices]
        if counted is None and shape_of(vectors)[1]:
            return self._of_all(vectors, per_sample_weights)
        counted = np.ones_like(indices, bool) if counted is None else counted
        return self._reduced(vectors, counted[..., None], per_sample_weights)

    def _is_usual(self, indices: Any) -> bool:
        """Return whether vectors are summed in parts: programs take them by index, also in C."""
        weight = plain(self.weight)
        is_numpys = type(weight) is type(indices) is np.ndarray and weight.dtype.char in "fd"
        if not is_numpys or self.mode == "max" or is_tracing():
            return False
        return indices.size > 0 and self.embedding_dim > 1 and bool(weight.flags.c_contiguous)

    def _of_all(self, vectors: Any, weights: Any) -> Tensor:
        y: Tensor
        if weights is not None:
            vectors = self._weighted(vectors, weights)
        function: Any = {"max": np.max, "sum": np.sum, "mean": np.mean}[self.mode]
        y = function(vectors, axis=1)
        return y

    def _reduced(self, vectors: Any, counted: Any, weights: Any) -> Tensor:
        y: Tensor
        if self.mode == "max":
            some = counted.any(axis=1)
            if shape_of(vectors)[1]:
                lowest = np.max(np.where(counted, vectors, -np.inf), axis=1)
            else:
                lowest = np.sum(vectors, axis=1)
            y = np.where(some, lowest, 0.0)  # type: ignore[assignment]
            return y
        if weights is not None:
            vectors = self._weighted(vectors, weights)
        y = np.sum(np.where(counted, vectors, 0.0), axis=1)
        if self.mode == "mean":
            y = y / np.maximum(counted.sum(axis=1), 1).astype(y.dtype)
        return y

    def _weighted(self, vectors: Any, weights: Any) -> Any:
        if shape_of(weights) != shape_of(vectors)[:-1]:
            raise ShapeError(
                f"per_sample_weights= has shape {shape_of(weights)}; it must be "
                f"{shape_of(vectors)[:-1]}, that of the indices."
            )
        return vectors * weights[..., None]

    def _bags(self, offsets: Any, count: int) -> tuple[Any, Any]:
        """Return for each bag the places of its indices, and which of them are there."""
        ends = offsets if self.include_last_offset else np.append(offsets, count)
        sizes = np.diff(ends)
        if offsets.ndim != 1 or not len(ends) or ends[0] != 0 or ends[-1] != count:
            last = f", and end with {count}" if self.include_last_offset else ""
            raise ShapeError(
                f"offsets={offsets.tolist()} must be numbers from 0 to {count}, the number of "
                f"indices; they must begin with 0{last}."
            )
        if (sizes < 0).any():
            raise ShapeError(f"The offsets {offsets.tolist()} must not decrease.")
        steps = np.arange(max(sizes, default=0))
        counted = steps < sizes[:, None]
        return np.where(counted, ends[:-1, None] + steps, 0), counted
