"""Keras' losses of whole batches and of sequences: `dice`, `tversky`, `circle`, `ctc`."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import log_softmax, logsumexp, softplus
from autograd.errors import OptionError, ShapeError
from nn import losses
from nn.arrays import plain, shape_of
from nn.keras_style.loss_functions import LEAST, floats
from nn.layers.linear import indices_below


def _axes(axis: Any) -> Any:
    return tuple(axis) if isinstance(axis, list) else axis


def dice(y_true: Any, y_pred: Any, axis: Any = None) -> Any:
    """Return 1 - 2·Σtp / (Σt + Σp), over all numbers or some axes."""
    p = floats(y_pred)
    t = floats(y_true).astype(p.dtype)
    axis = _axes(axis)
    both = np.sum(t * p, axis=axis)
    return 1 - 2 * both / (np.sum(t, axis=axis) + np.sum(p, axis=axis) + LEAST)


def tversky(
    y_true: Any, y_pred: Any, alpha: float = 0.5, beta: float = 0.5, axis: Any = None
) -> Any:
    """Return 1 - Σtp / (Σtp + alpha·Σt(1 - p) + beta·Σ(1 - t)p), over all or some axes."""
    p = floats(y_pred)
    t = floats(y_true).astype(p.dtype)
    axis = _axes(axis)
    both, missed, wrong = (np.sum(x, axis=axis) for x in (t * p, t * (1 - p), (1 - t) * p))
    return 1 - both / (both + alpha * missed + beta * wrong + LEAST)


def circle(
    y_true: Any, y_pred: Any, *, gamma: float = 80.0, margin: float = 0.4,
    remove_diagonal: bool = True,
) -> Any:  # fmt: skip
    """Return log(1 + Σexp(γ w⁺(d - m)) · Σexp(γ w⁻(1 - m - d))) of each example.

    d are the cosine distances to the examples of the same class and of others, and the weights are
    w⁺ = m + d and w⁻ = 1 + m - d. Source: Sun et al., "Circle loss", 2020.
    """
    labels, y_pred = np.asarray(plain(y_true)).reshape(-1), floats(y_pred)
    distances = np.maximum(1 - y_pred @ np.swapaxes(y_pred, 0, 1), 0.0)
    same = labels[:, None] == labels
    others = ~same
    if remove_diagonal:
        same = same & ~np.eye(len(labels), dtype=bool)
    near = gamma * (margin + distances) * (distances - margin)
    far = gamma * np.maximum(1 + margin - distances, 0.0) * (1 - margin - distances)
    low = np.asarray(-np.inf, distances.dtype)
    sums = [logsumexp(np.where(m, x, low), axis=1) for m, x in ((same, near), (others, far))]
    there = same.any(axis=1) & others.any(axis=1)
    total = np.where(there, sums[0] + sums[1], np.asarray(0.0, distances.dtype))
    return np.where(there, softplus(total), np.asarray(0.0, distances.dtype))


def categorical_generalized_cross_entropy(y_true: Any, y_pred: Any, q: float = 0.5) -> Any:
    """Return (1 - pᑫ) / q, with p the probability of the class.

    Source: Zhang & Sabuncu, "Generalized cross entropy loss for training deep neural networks with
    noisy labels", 2018.
    """
    if not 0 < q < 1:
        raise OptionError(f"q={q!r} must be between 0 and 1.")
    classes, y_pred = np.asarray(plain(y_true)), floats(y_pred)
    if classes.shape == (*shape_of(y_pred)[:-1], 1):
        classes = classes[..., 0]
    name = "categorical_generalized_cross_entropy"
    if classes.shape != shape_of(y_pred)[:-1]:
        raise ShapeError(f"{name}: classes {classes.shape}, outputs {shape_of(y_pred)}.")
    chosen = indices_below(shape_of(y_pred)[-1], classes, name)
    p = np.take_along_axis(y_pred, chosen[..., None], axis=-1)[..., 0]
    return (1 - p**q) / q


def ctc(y_true: Any, y_pred: Any) -> Any:
    """Return minus the log-probability of sequences of classes, given logits; 0 is the blank.

    Targets have shape (batch, length), filled with 0 at their ends, and outputs (batch, steps,
    classes).
    """
    targets = np.asarray(plain(y_true)).astype(np.int64)
    if targets.ndim != 2 or len(shape_of(y_pred)) != 3:
        raise ShapeError(
            f"ctc takes targets (batch, length) and outputs (batch, steps, classes), not "
            f"{targets.shape} and {shape_of(y_pred)}."
        )
    steps = np.full(len(targets), shape_of(y_pred)[1])
    lengths = np.sum(targets != 0, axis=1)
    said = np.swapaxes(log_softmax(floats(y_pred), axis=-1), 0, 1)
    return losses.ctc(said, targets, steps, lengths, 0, "none")
