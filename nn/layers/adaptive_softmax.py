"""The softmax of very many classes: `AdaptiveLogSoftmaxWithLoss`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from autograd.errors import OptionError, ShapeError
from nn.arrays import plain, shape_of
from nn.containers import ModuleList, Sequential
from nn.layers.activations import log_softmax
from nn.layers.linear import Linear, indices_below
from nn.module import Module


class TargetsAndLoss(NamedTuple):
    """The log-probability of each target, and minus their mean."""

    output: Any
    loss: Any


class AdaptiveLogSoftmaxWithLoss(Module):
    """The log-softmax of classes sorted by frequency, of which rare ones share a branch.

    The head decides between frequent classes and clusters of rare ones, which have fewer features.
    Source: Grave et al., "Efficient softmax approximation for GPUs", 2017.

    Parameters
    ----------
    in_features : int
        The number of features.
    n_classes : int
        The number of classes, the most frequent first.
    cutoffs : sequence of int
        The first class of each cluster, increasing.
    div_value : float
        By how much each cluster has fewer features than the one before.
    head_bias : bool
        Whether the head has a bias.
    generator : numpy.random.Generator, optional
        The generator for the initial weights; by default the one that `nn.seed` sets.

    Raises
    ------
    OptionError
        If the cutoffs do not increase, or are not below `n_classes`.

    Examples
    --------
    >>> layer = AdaptiveLogSoftmaxWithLoss(8, 20, [5, 10])
    >>> output, loss = layer(np.ones((3, 8)), [0, 7, 19])
    >>> output.shape, loss.shape, layer.log_prob(np.ones((3, 8))).shape
    ((3,), (), (3, 20))
    """

    def __init__(
        self,
        in_features: int,
        n_classes: int,
        cutoffs: Sequence[int],
        div_value: float = 4.0,
        head_bias: bool = False,
        generator: np.random.Generator | None = None,
    ) -> None:
        edges = [0, *cutoffs, n_classes]
        if len(edges) < 3 or any(b <= a for a, b in pairwise(edges)):
            raise OptionError(
                f"cutoffs={list(cutoffs)!r} must increase, from at least 1 to less than "
                f"n_classes={n_classes}."
            )
        self.in_features, self.n_classes = in_features, n_classes
        self.cutoffs = (*cutoffs, n_classes)
        clusters = len(cutoffs)
        self.head = Linear(in_features, cutoffs[0] + clusters, head_bias, generator)
        self.tail = ModuleList()
        for i in range(clusters):
            hidden = int(in_features // div_value ** (i + 1))
            count = self.cutoffs[i + 1] - self.cutoffs[i]
            self.tail.append(
                Sequential(
                    Linear(in_features, hidden, False, generator),
                    Linear(hidden, count, False, generator),
                )
            )

    def forward(self, x: Any, targets: Any) -> TargetsAndLoss:
        """Return the log-probability of each target, and minus their mean.

        Parameters
        ----------
        x : array_like, shape (batch, in_features) or (in_features,)
            The features.
        targets : array_like of int, shape (batch,) or ()
            The classes.

        Raises
        ------
        ShapeError
            If the shapes do not fit.
        DataError
            If the classes are not integers, or out of range.
        """
        targets = indices_below(self.n_classes, targets, "AdaptiveLogSoftmaxWithLoss")
        if shape_of(x)[:-1] != targets.shape or targets.ndim > 1:
            raise ShapeError(
                f"The features have shape {shape_of(x)}, the targets {targets.shape}; they must "
                f"have shapes (batch, {self.in_features}) and (batch,)."
            )
        if not targets.ndim:
            output, loss = self(x[None], targets[None])
            return TargetsAndLoss(output[0], loss)
        head = log_softmax(self.head(x), axis=1)
        cluster = np.searchsorted(self.cutoffs, targets, side="right")
        parts, order = [], []
        for i in range(len(self.tail) + 1):
            rows = np.flatnonzero(cluster == i)
            if not rows.size:
                continue
            if i:
                within = log_softmax(self.tail[i - 1](x[rows]), axis=1)
                own = np.arange(len(rows)), targets[rows] - self.cutoffs[i - 1]
                parts.append(head[rows, self.cutoffs[0] + i - 1] + within[own])
            else:
                parts.append(head[rows, targets[rows]])
            order.append(rows)
        output = np.concatenate(parts)[np.argsort(np.concatenate(order))]
        return TargetsAndLoss(output, -np.mean(output))

    def log_prob(self, x: Any) -> Any:
        """Return the log-probabilities of all classes.

        Parameters
        ----------
        x : array_like, shape (batch, in_features)
            The features.
        """
        head = log_softmax(self.head(x), axis=1)
        first = self.cutoffs[0]
        parts = [head[:, :first]]
        for i, layer in enumerate(self.tail):
            parts.append(log_softmax(layer(x), axis=1) + head[:, first + i, None])
        return np.concatenate(parts, axis=1)

    def predict(self, x: Any) -> Any:
        """Return the most probable class of each example.

        Parameters
        ----------
        x : array_like, shape (batch, in_features)
            The features.
        """
        return np.argmax(plain(self.log_prob(x)), axis=1)
