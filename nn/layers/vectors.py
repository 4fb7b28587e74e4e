"""Layers of pairs of vectors: `Bilinear`, `CosineSimilarity` and `PairwiseDistance`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd import Tensor
from autograd.errors import ShapeError
from nn import init
from nn.arrays import floating, products, shape_of
from nn.function_module import FunctionModule
from nn.layers.linear import rows
from nn.module import Module
from nn.parameter import Parameter


def cosine_similarity(x1: Any, x2: Any, dim: int = 1, eps: float = 1e-8) -> Any:
    """Return the cosine of the angle between vectors along an axis.

    Parameters
    ----------
    x1, x2 : array_like or Tensor
        The vectors, of shapes that broadcast.
    dim : int
        The axis.
    eps : float
        The smallest norm.

    Examples
    --------
    >>> cosine_similarity(np.array([[1.0, 0.0]]), np.array([[1.0, 1.0]])).round(3)
    array([0.707])
    """
    x1, x2 = floating(x1), floating(x2)
    norms = [np.maximum(np.linalg.norm(x, axis=dim, keepdims=True), eps) for x in (x1, x2)]
    return np.sum((x1 / norms[0]) * (x2 / norms[1]), axis=dim)


def pairwise_distance(
    x1: Any, x2: Any, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False
) -> Any:
    """Return the p-norm of the difference of vectors along the last axis.

    Parameters
    ----------
    x1, x2 : array_like or Tensor
        The vectors, of shapes that broadcast.
    p : float
        The p of the norm.
    eps : float
        Added to the differences, so that the norm has a derivative.
    keepdim : bool
        Whether to keep the axis.

    Examples
    --------
    >>> pairwise_distance(np.array([[3.0, 4.0]]), np.zeros((1, 2)), eps=0.0)
    array([5.])
    """
    difference = floating(x1) - floating(x2) + eps
    return np.linalg.norm(difference, ord=p, axis=-1, keepdims=keepdim)


@dataclass(repr=False, eq=False)
class CosineSimilarity(FunctionModule):
    """The cosine of the angle between vectors.

    Parameters
    ----------
    dim : int
        The axis of the vectors.
    eps : float
        The smallest norm.

    Examples
    --------
    >>> CosineSimilarity()(np.array([[2.0, 0.0]]), np.array([[3.0, 0.0]]))
    array([1.])
    """

    dim: int = 1
    eps: float = 1e-8
    function = staticmethod(cosine_similarity)


@dataclass(repr=False, eq=False)
class PairwiseDistance(FunctionModule):
    """The p-norm of the difference of vectors along the last axis.

    Parameters
    ----------
    p : float
        The p of the norm.
    eps : float
        Added to the differences, so that the norm has a derivative.
    keepdim : bool
        Whether to keep the axis.

    Examples
    --------
    >>> PairwiseDistance(eps=0.0)(np.array([[3.0, 4.0]]), np.zeros((1, 2)))
    array([5.])
    """

    p: float = 2.0
    eps: float = 1e-6
    keepdim: bool = False
    function = staticmethod(pairwise_distance)


class Bilinear(Module):
    """The bilinear map x1ᵀ W x2 + b of the last axes, with a matrix W for each output.

    Parameters
    ----------
    in1_features, in2_features : int
        The lengths of the last axes of the inputs.
    out_features : int
        The length of the last axis of the output.
    bias : bool
        Whether to add a bias.
    generator : numpy.random.Generator, optional
        The generator for the initial weights; by default the one that `nn.seed` sets.

    Examples
    --------
    >>> Bilinear(3, 4, 2)(np.ones((5, 3)), np.ones((5, 4))).shape
    (5, 2)
    """

    def __init__(
        self,
        in1_features: int,
        in2_features: int,
        out_features: int,
        bias: bool = True,
        generator: np.random.Generator | None = None,
    ) -> None:
        self.in1_features, self.in2_features = in1_features, in2_features
        self.out_features = out_features
        bound = in1_features**-0.5
        shape = (out_features, in1_features, in2_features)
        self.weight = Parameter(init.uniform(shape, bound, generator))
        self.bias = Parameter(init.uniform((out_features,), bound, generator)) if bias else None

    def forward(self, x1: Any, x2: Any) -> Tensor:
        """Return x1ᵀ W x2 + b.

        Parameters
        ----------
        x1 : array_like, shape (..., in1_features)
            The first input.
        x2 : array_like, shape (..., in2_features)
            The second, with the same axes before the last.

        Raises
        ------
        ShapeError
            If a shape does not fit.
        """
        shapes = shape_of(x1), shape_of(x2)
        widths = self.in1_features, self.in2_features
        if shapes[0][:-1] != shapes[1][:-1] or tuple(s[-1] for s in shapes) != widths:
            raise ShapeError(
                f"Bilinear got inputs of shapes {shapes[0]} and {shapes[1]}; it takes (..., "
                f"{widths[0]}) and (..., {widths[1]})."
            )
        first, second = rows(floating(x1)), rows(floating(x2))
        y: Tensor = products(first @ self.weight, second).T
        y = y if self.bias is None else y + self.bias
        return y.reshape((*shapes[0][:-1], self.out_features))
