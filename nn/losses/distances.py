"""Losses of distances."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import OptionError
from nn.arrays import floating
from nn.losses.kernels import huber_of_difference
from nn.losses.reductions import reduced, same_shape
from nn.types import typed_loss


@typed_loss
def smooth_l1(outputs: Any, targets: Any, reduction: str = "mean", beta: float = 1.0) -> Any:
    """Return `huber` with delta = beta, divided by beta: the absolute error, smooth at 0.

    Source: Girshick, "Fast R-CNN", 2015.

    Parameters
    ----------
    outputs : array_like or node
        Any numbers.
    targets : array_like, of the same shape
        Any numbers.
    reduction : {"mean", "sum", "none"}
        What to return: the mean or the sum of the losses, or each of them.
    beta : float
        The error up to which the loss is quadratic.

    Returns
    -------
    array or node
        One number; with ``reduction="none"`` an array of the shape of the outputs.

    Raises
    ------
    ShapeError
        If the shapes differ.
    OptionError
        If `beta` is negative.

    Examples
    --------
    >>> smooth_l1(np.array([0.5, 3.0]), [0.0, 0.0], reduction="none")
    array([0.125, 2.5  ])
    """
    if beta < 0:
        raise OptionError(f"beta={beta!r} must not be negative.")
    outputs, targets = same_shape(outputs, targets)
    difference = outputs - targets
    if beta == 0:
        return reduced(np.abs(difference), reduction)
    return reduced(huber_of_difference(difference, beta) / beta, reduction)


def triplet_margin(
    anchor: Any,
    positive: Any,
    negative: Any,
    reduction: str = "mean",
    margin: float = 1.0,
    p: float = 2.0,
    eps: float = 1e-6,
) -> Any:
    """Return max(0, |anchor - positive| - |anchor - negative| + margin), with p-norms.

    Source: Schroff, Kalenichenko & Philbin, "FaceNet: a unified embedding for face recognition and
    clustering", 2015.

    Parameters
    ----------
    anchor, positive, negative : array_like or node, shape (..., features)
        Vectors along the last axis: examples, others like them, and others unlike them.
    reduction : {"mean", "sum", "none"}
        What to return: the mean or the sum of the losses, or each of them.
    margin : float
        How much farther away the others should be.
    p : float
        The p of the norm.
    eps : float
        Added to the differences, so that the norm has a derivative.

    Returns
    -------
    array or node
        One number; with ``reduction="none"`` one for each vector.

    Raises
    ------
    ShapeError
        If the shapes differ.

    Examples
    --------
    >>> a, b = np.array([[0.0, 0.0]]), np.array([[3.0, 4.0]])
    >>> float(np.round(triplet_margin(a, b, a, margin=2.0), 4))
    7.0
    """
    anchor = floating(anchor)
    _, positive = same_shape(anchor, positive)
    _, negative = same_shape(anchor, negative)
    near = np.linalg.norm(anchor - positive + eps, ord=p, axis=-1)
    far = np.linalg.norm(anchor - negative + eps, ord=p, axis=-1)
    return reduced(np.maximum(near - far + margin, 0.0), reduction)
