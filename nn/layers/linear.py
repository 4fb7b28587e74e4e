"""The layers `Linear`, `Embedding`, `Flatten`, `Unflatten` and `Dropout`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, cast

import numpy as np

from autograd import Tensor, define
from autograd.devices import as_array, beside, is_foreign, to_numpy
from autograd.errors import DataError, OptionError, ShapeError
from autograd.program import is_tracing
from nn import init
from nn.arrays import floating, plain, shape_of
from nn.function_module import OneInput
from nn.module import Module
from nn.notation import LINEAR
from nn.parameter import Parameter
from nn.seeding import chosen


def rows(x: Any) -> Any:
    """Return an array as a matrix whose rows are its last axis."""
    return x if x.ndim == 2 else x.reshape((math.prod(x.shape[:-1]), x.shape[-1]))


def affine_of_arrays(x: Any, weight: Any, bias: Any = None) -> Any:
    """Compute x @ weight.T + bias with a single matrix product."""
    y = rows(x) @ weight.T
    if bias is not None:
        if is_tracing():
            y = y + bias  # a program may add it together with what follows
        else:
            y += bias
    return y if x.ndim == 2 else y.reshape((*x.shape[:-1], len(weight)))


def sum_of_outer_products(g: Any, x: Any) -> Any:
    """Return g.T @ x; of a single row without a product of matrices, which takes five times."""
    return g.T * x if len(g) == 1 else g.T @ x


#: x @ weight.T + bias, for inputs with any number of axes.
affine = define(
    affine_of_arrays,
    lambda g, y, x, weight, bias=None: (rows(g) @ weight).reshape(x.shape),
    lambda g, y, x, weight, bias=None: sum_of_outer_products(rows(g), rows(x)),
    lambda g, y, x, weight, bias=None: np.sum(rows(g), axis=0),
    fresh_results=True,
    name="linear",
    notation=LINEAR,
)


class Linear(Module):
    """The affine map x @ weight.T + bias of the last axis.

    Weight and bias are initialised uniformly from -1 / √in_features to 1 / √in_features.

    Parameters
    ----------
    in_features : int
        The length of the last axis of the input.
    out_features : int
        The length of the last axis of the output.
    bias : bool
        Whether to add a bias.
    generator : numpy.random.Generator, optional
        The generator for the initial weights; by default the one that `nn.seed` sets.

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

    def forward(self, x: Any) -> Tensor:
        """Return x @ weight.T + bias.

        Parameters
        ----------
        x : array_like, shape (..., in_features)
            The input.

        Returns
        -------
        Tensor, shape (..., out_features)

        Raises
        ------
        ShapeError
            If the last axis has another length.
        """
        if len(shape_of(x)) == 0 or shape_of(x)[-1] != self.in_features:
            raise ShapeError(
                f"Linear({self.in_features}, {self.out_features}) got an input of shape "
                f"{shape_of(x)}; its last axis must have length {self.in_features}."
            )
        y: Tensor
        y = affine(x, self.weight) if self.bias is None else affine(x, self.weight, self.bias)
        return y


class Embedding(Module):
    """A table of vectors, looked up by integers.

    The vectors are initialised from the standard normal distribution.

    Parameters
    ----------
    num_embeddings : int
        The number of vectors.
    embedding_dim : int
        The length of each vector.
    padding_idx : int, optional
        The index of a vector that is zero and is not trained; a negative one counts from the end.
    generator : numpy.random.Generator, optional
        The generator for the initial vectors; by default the one that `nn.seed` sets.

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
        self.padding_idx = row_number(padding_idx, num_embeddings, "padding_idx")
        self.weight = Parameter(init.normal((num_embeddings, embedding_dim), 1.0, generator))
        if padding_idx is not None:
            self.weight.data[padding_idx] = 0.0

    @classmethod
    def from_pretrained(
        cls, embeddings: Any, freeze: bool = True, padding_idx: int | None = None
    ) -> Embedding:
        """Return a table of given vectors.

        Parameters
        ----------
        embeddings : array_like, shape (num_embeddings, embedding_dim)
            The vectors, which are copied.
        freeze : bool
            Whether to leave them as they are in training.
        padding_idx : int, optional
            The index of a vector that is not trained.

        Raises
        ------
        ShapeError
            If there are not two axes.
        """
        embeddings = as_array(plain(embeddings))
        if embeddings.ndim != 2:
            raise ShapeError(
                f"from_pretrained takes an array of shape (num_embeddings, embedding_dim), not "
                f"{embeddings.shape}."
            )
        table = cls(*embeddings.shape)
        table.padding_idx = row_number(padding_idx, len(embeddings), "padding_idx")
        table.weight = Parameter(floating(embeddings), requires_grad=not freeze)
        return table

    def forward(self, indices: Any) -> Tensor:
        """Return the vectors at the given indices.

        Parameters
        ----------
        indices : array_like of int
            From 0 to num_embeddings - 1.

        Returns
        -------
        Tensor, shape (*indices.shape, embedding_dim)

        Raises
        ------
        DataError
            If the indices are not integers, or out of range.
        """
        indices = indices_below(self.num_embeddings, indices, "Embedding")
        indices = beside(indices, self.weight)
        found = self.weight[indices]
        if self.padding_idx is None:
            return found
        padding = self.weight.data[self.padding_idx]
        is_padding = (indices == self.padding_idx)[..., None]
        return cast(Tensor, np.where(is_padding, padding, found))


def row_number(index: int | None, count: int, name: str) -> int | None:
    """Return the number of a row, from 0; a negative index counts from the end."""
    if index is None:
        return None
    if not -count <= index < count:
        raise OptionError(f"{name}={index} must be from {-count} to {count - 1}.")
    return index % count


def indices_below(count: int, indices: Any, who: str) -> Any:
    """Return indices as an array; raise if they are not integers from 0 to count - 1."""
    indices = as_array(plain(indices))
    if indices.dtype.kind not in "iu":
        raise DataError(
            f"{who} takes integers, not {indices.dtype}: convert them with .astype(int)."
        )
    if is_tracing() and np.can_cast(indices.dtype, np.intp):
        return np.ravel_multi_index((indices,), (count,))  # raises in each run, without a guard
    if indices.size:
        low, high = indices.min(), indices.max()
        if is_foreign(indices):  # one copy from its device
            low, high = to_numpy(np.stack([low, high])).tolist()
        if low < 0 or high >= count:
            raise DataError(
                f"{who} takes integers from 0 to {count - 1}; these range from {low} to {high}."
            )
    return indices


class Flatten(OneInput):
    """Joins adjacent axes into one; by default all axes except the first.

    Parameters
    ----------
    start, end : int
        The first and the last of the axes to join.
    start_dim, end_dim : int, optional
        PyTorch's names of these.

    Examples
    --------
    >>> Flatten()(np.zeros((5, 3, 4))).shape
    (5, 12)
    """

    def __init__(
        self,
        start: int = 1,
        end: int = -1,
        *,
        start_dim: int | None = None,
        end_dim: int | None = None,
    ) -> None:
        self.start = start if start_dim is None else start_dim
        self.end = end if end_dim is None else end_dim

    def forward(self, x: Any) -> Any:
        """Return x in its new shape.

        Parameters
        ----------
        x : array_like
            The input.
        """
        shape = shape_of(x)
        end = self.end % len(shape) + 1
        return np.reshape(
            x, (*shape[: self.start], math.prod(shape[self.start : end]), *shape[end:])
        )


class Unflatten(OneInput):
    """Splits an axis into several.

    Parameters
    ----------
    dim : int
        The axis.
    unflattened_size : sequence of int
        The lengths of the axes that take its place; one of them may be -1.

    Examples
    --------
    >>> Unflatten(1, (3, 4))(np.zeros((5, 12))).shape
    (5, 3, 4)
    """

    def __init__(self, dim: int, unflattened_size: Sequence[int]) -> None:
        self.dim, self.unflattened_size = dim, tuple(unflattened_size)

    def forward(self, x: Any) -> Any:
        """Return x in its new shape.

        Parameters
        ----------
        x : array_like
            The input.
        """
        shape, axis = shape_of(x), self.dim % len(shape_of(x))
        return np.reshape(x, (*shape[:axis], *self.unflattened_size, *shape[axis + 1 :]))


class Dropout(OneInput):
    """Sets random elements to zero and multiplies the others by 1 / (1 - p), in training mode.

    In evaluation mode it returns its input. Source: Srivastava et al., "Dropout: a simple way to
    prevent neural networks from overfitting", 2014.

    Parameters
    ----------
    p : float
        The probability of a zero, from 0 to 1.
    inplace : bool
        Accepted for programs written for PyTorch, and ignored.
    generator : numpy.random.Generator, optional
        The random generator; by default the one that `nn.seed` sets.

    Raises
    ------
    OptionError
        If p is not from 0 to 1, or inplace is no bool.

    Examples
    --------
    >>> Dropout(0.5).eval()(np.ones(3))
    array([1., 1., 1.])
    """

    def __init__(
        self,
        p: float = 0.5,
        inplace: bool = False,
        generator: np.random.Generator | None = None,
    ) -> None:
        if not isinstance(inplace, bool):
            raise OptionError(
                f"inplace= must be True or False, not {inplace!r}. For a generator write "
                "generator=."
            )
        if not 0 <= p <= 1:
            raise OptionError(f"p= must be a probability, from 0 to 1, not {p}.")
        self.p, self.generator = p, generator

    def forward(self, x: Any) -> Any:
        """Return x, with random zeros in training mode.

        Parameters
        ----------
        x : array_like
            The input.
        """
        x = floating(x)
        if not self.training or self.p == 0:
            return x
        kept = chosen(self.generator).random(shape_of(x), np.float32) >= self.p
        scale = 1 / (1 - self.p) if self.p < 1 else 0.0
        return x * beside(kept * np.asarray(scale, x.dtype), x)
