"""Vectors: softmax, norms, similarity, indices, borders."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import softmax as softmax_along
from autograd.devices import as_array, eye
from autograd.errors import DataError, ShapeError
from nn.arrays import floating, plain, shape_of
from nn.layers.activations import log_softmax as log_softmax_along
from nn.layers.linear import indices_below
from nn.layers.normalisation import Kept, normalised


def softmax(x: Any, dim: int = -1) -> Any:
    """Return exp(x) / Σ exp(x).

    Parameters
    ----------
    x : array_like or Tensor
        Any numbers.
    dim : int
        The axis along which the results sum to 1.

    Examples
    --------
    >>> softmax(np.zeros((2, 4)), dim=1)[0]
    array([0.25, 0.25, 0.25, 0.25])
    """
    return softmax_along(x, axis=dim)


def log_softmax(x: Any, dim: int = -1) -> Any:
    """Return the logarithm of `softmax`.

    Parameters
    ----------
    x : array_like or Tensor
        Any numbers.
    dim : int
        The axis along which the probabilities sum to 1.

    Examples
    --------
    >>> log_softmax(np.array([0.0, 1000.0]))
    array([-1000.,     0.])
    """
    return log_softmax_along(x, axis=dim)


def layer_norm(
    x: Any, normalized_shape: Any, weight: Any = None, bias: Any = None, eps: float = 1e-5
) -> Any:
    """Return (x - mean) / √(variance + eps) over the last axes, times a weight, plus a bias.

    Parameters
    ----------
    x : array_like or Tensor
        The input.
    normalized_shape : sequence of int
        The lengths of the last axes.
    weight, bias : array_like or Tensor, optional
        Of this shape.
    eps : float
        Added to the variance.

    Raises
    ------
    ShapeError
        If the last axes have other lengths.

    Examples
    --------
    >>> np.round(layer_norm(np.array([1.0, 3.0]), (2,)), 3)
    array([-1.,  1.])
    """
    shape = shape_of(x)
    axes = tuple(range(len(shape) - len(normalized_shape), len(shape)))
    if tuple(shape[k] for k in axes if k >= 0) != tuple(normalized_shape):
        raise ShapeError(
            f"layer_norm got an input of shape {shape}; its last axes must have lengths "
            f"{tuple(normalized_shape)}."
        )
    return normalised(floating(x), weight, bias, axes, eps, True, Kept())


def normalize(x: Any, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Any:
    """Return x divided by its p-norm along an axis, or by eps if that is larger.

    Parameters
    ----------
    x : array_like or Tensor
        The input.
    p : float
        The p of the norm.
    dim : int
        The axis.
    eps : float
        The smallest divisor.

    Examples
    --------
    >>> normalize(np.array([[3.0, 4.0]]))
    array([[0.6, 0.8]])
    """
    x = floating(x)
    return x / np.maximum(np.linalg.norm(x, ord=p, axis=dim, keepdims=True), eps)


def one_hot(indices: Any, num_classes: int = -1) -> Any:
    """Return a 1 at the place of each index, among zeros, along a new last axis.

    Parameters
    ----------
    indices : array_like of int
        The classes.
    num_classes : int
        The number of classes; -1 for one more than the largest index.

    Examples
    --------
    >>> one_hot([0, 2])
    array([[1, 0, 0],
           [0, 0, 1]])
    """
    indices = as_array(plain(indices))
    if num_classes < 0:
        if not indices.size:
            raise DataError("Without indices, one_hot needs num_classes=.")
        num_classes = int(indices.max()) + 1
    found = eye(num_classes, np.int64, indices)
    return found[indices_below(num_classes, indices, "one_hot")]


def embedding(indices: Any, weight: Any) -> Any:
    """Return rows of a weight.

    Parameters
    ----------
    indices : array_like of int
        The numbers of the rows.
    weight : array_like or Tensor, shape (rows, width)
        The table.

    Examples
    --------
    >>> embedding([1], np.eye(2))
    array([[0., 1.]])
    """
    return weight[indices_below(shape_of(weight)[0], indices, "embedding")]
