"""`Linear`, `Embedding`, `Flatten`, `Dropout`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd import define
from autograd.errors import DataError, OptionError, ShapeError
from nn import init
from nn.module import Module, Parameter, plain, shape_of
from nn.seeding import chosen


def rows(x: Any) -> Any:
    """Return an array as a matrix, its last axis along the rows."""
    return x if x.ndim == 2 else x.reshape((math.prod(x.shape[:-1]), x.shape[-1]))


def affine_of_arrays(x: Any, weight: Any, bias: Any = None) -> Any:
    """Compute x @ weight.T + bias, in one product of matrices."""
    y = rows(x) @ weight.T
    if bias is not None:
        y += bias
    return y if x.ndim == 2 else y.reshape((*x.shape[:-1], len(weight)))


#: x @ weight.T + bias, for inputs of any number of axes.
affine = define(
    affine_of_arrays,
    lambda g, y, x, weight, bias=None: (rows(g) @ weight).reshape(x.shape),
    lambda g, y, x, weight, bias=None: rows(g).T @ rows(x),
    lambda g, y, x, weight, bias=None: np.sum(rows(g), axis=0),
    fresh_results=True,
    name="linear",
)


class Linear(Module):
    """The map x @ weight.T + bias, of the last axis.

    Parameters
    ----------
    generator : numpy.random.Generator, optional
        Where the initial weights come from; by default the one that `nn.seed` sets.

    Examples
    --------
    >>> layer = Linear(3, 2)
    >>> layer(np.ones((5, 7, 3))).shape
    (5, 7, 2)
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        generator: np.random.Generator | None = None,
    ) -> None:
        self.in_features, self.out_features = in_features, out_features
        self.weight, self.bias = init.weight_and_bias((out_features, in_features), bias, generator)

    def forward(self, x: Any) -> Any:
        """Return the map of x, of shape (..., in_features)."""
        if len(shape_of(x)) == 0 or shape_of(x)[-1] != self.in_features:
            raise ShapeError(
                f"Linear({self.in_features}, {self.out_features}) got an input of shape "
                f"{shape_of(x)}: its last axis must be {self.in_features} long."
            )
        return affine(x, self.weight) if self.bias is None else affine(x, self.weight, self.bias)


class Embedding(Module):
    """A table of vectors: an array of integers becomes one of their vectors.

    Vector number `padding_idx` begins as zero, and no derivative flows to it.

    Examples
    --------
    >>> Embedding(10, 4)(np.array([[1, 2], [3, 9]])).shape
    (2, 2, 4)
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        generator: np.random.Generator | None = None,
    ) -> None:
        self.num_embeddings, self.embedding_dim = num_embeddings, embedding_dim
        self.padding_idx = padding_idx
        self.weight = Parameter(init.normal((num_embeddings, embedding_dim), 1.0, generator))
        if padding_idx is not None:
            self.weight.data[padding_idx] = 0.0

    def forward(self, indices: Any) -> Any:
        """Return the vectors, of the shape of the indices and one axis more."""
        indices = indices_below(self.num_embeddings, indices, "Embedding")
        found = self.weight[indices]
        if self.padding_idx is None:
            return found
        padding = self.weight.data[self.padding_idx]
        return np.where((indices == self.padding_idx)[..., None], padding, found)


def indices_below(count: int, indices: Any, who: str) -> Any:
    """Return an array of indices, after a check that they are whole numbers below the count."""
    indices = np.asarray(plain(indices))
    if indices.dtype.kind not in "iu":
        raise DataError(
            f"{who} takes integers, not {indices.dtype}: convert them with .astype(int)."
        )
    if indices.size and not 0 <= indices.min() <= indices.max() < count:
        raise DataError(
            f"{who} takes integers from 0 to {count - 1}; there are some from {indices.min()} to "
            f"{indices.max()}."
        )
    return indices


class Flatten(Module):
    """All axes from the second on made one; or those from ``start`` to ``end``, both included."""

    def __init__(self, start: int = 1, end: int = -1) -> None:
        self.start, self.end = start, end

    def forward(self, x: Any) -> Any:
        """Return x in its new shape."""
        shape = shape_of(x)
        end = self.end % len(shape) + 1
        return np.reshape(
            x, (*shape[: self.start], math.prod(shape[self.start : end]), *shape[end:])
        )


class Dropout(Module):
    """Zeros in place of a share of all numbers, at random; the others are scaled up to make up.

    Only while `training`. The share p is from 0 to 1, or an `OptionError` says so.
    Source: Srivastava et al., "Dropout", 2014.
    """

    def __init__(self, p: float = 0.5, generator: np.random.Generator | None = None) -> None:
        if not 0 <= p <= 1:
            raise OptionError(f"p= is the share of zeros, from 0 to 1, not {p}.")
        self.p, self.generator = p, generator

    def forward(self, x: Any) -> Any:
        """Return x, with zeros in it while training."""
        if not self.training or self.p == 0:
            return x
        kept = chosen(self.generator).random(shape_of(x), np.float32) >= self.p
        scale = 1 / (1 - self.p) if self.p < 1 else 0.0
        return x * (kept * np.asarray(scale, x.dtype))
