"""Losses of distances."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import relu
from autograd.devices import as_array, beside
from autograd.errors import OptionError, ShapeError
from nn.arrays import floating, plain, shape_of
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
    losses = huber_of_difference(difference, beta)
    return reduced(losses if beta == 1 else losses / beta, reduction)


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
    return reduced(relu(near - far + margin), reduction)


def margin_ranking(
    first: Any, second: Any, targets: Any, reduction: str = "mean", margin: float = 0.0
) -> Any:
    """Return max(0, margin - target · (first - second)).

    Parameters
    ----------
    first, second : array_like or node, of the same shape
        Scores to compare.
    targets : array_like, of a shape that broadcasts
        1 if the first should be larger, -1 if the second should.
    reduction : {"mean", "sum", "none"}
        What to return: the mean or the sum of the losses, or each of them.
    margin : float
        By how much.

    Returns
    -------
    array or node
        One number; with ``reduction="none"`` one for each pair.

    Raises
    ------
    ShapeError
        If the shapes differ.

    Examples
    --------
    >>> float(margin_ranking(np.array([1.0]), np.array([3.0]), [1]))
    2.0
    """
    first, second = same_shape(first, second)
    signs = beside(as_array(plain(targets), first.dtype), first)
    return reduced(relu(margin - signs * (first - second)), reduction)


def hinge_embedding(
    outputs: Any, targets: Any, reduction: str = "mean", margin: float = 1.0
) -> Any:
    """Return the output where the target is 1, and max(0, margin - output) where it is -1.

    Parameters
    ----------
    outputs : array_like or node
        Distances.
    targets : array_like, of the same shape
        1 for pairs that are alike, -1 for others.
    reduction : {"mean", "sum", "none"}
        What to return: the mean or the sum of the losses, or each of them.
    margin : float
        How far apart the others should be.

    Returns
    -------
    array or node
        One number; with ``reduction="none"`` an array of the shape of the outputs.

    Raises
    ------
    ShapeError
        If the shapes differ.

    Examples
    --------
    >>> hinge_embedding(np.array([0.25, 0.25]), [1, -1], "none")
    array([0.25, 0.75])
    """
    outputs, targets = same_shape(outputs, targets)
    alike = plain(targets) == 1
    return reduced(np.where(alike, outputs, relu(margin - outputs)), reduction)


def cosine_embedding(
    first: Any, second: Any, targets: Any, reduction: str = "mean", margin: float = 0.0
) -> Any:
    """Return 1 - cos where the target is 1, and max(0, cos - margin) where it is -1.

    Parameters
    ----------
    first, second : array_like or node, shape (..., features)
        Vectors along the last axis, whose angle has this cosine.
    targets : array_like, shape (...)
        1 for pairs that are alike, -1 for others.
    reduction : {"mean", "sum", "none"}
        What to return: the mean or the sum of the losses, or each of them.
    margin : float
        The cosine up to which the others have no loss.

    Returns
    -------
    array or node
        One number; with ``reduction="none"`` one for each pair.

    Raises
    ------
    ShapeError
        If the shapes differ.

    Examples
    --------
    >>> x, y = np.array([[1.0, 0.0]]), np.array([[0.0, 2.0]])
    >>> float(cosine_embedding(x, y, [1])), float(cosine_embedding(x, y, [-1]))
    (1.0, 0.0)
    """
    first, second = same_shape(first, second)
    squares = [np.sum(x * x, axis=-1) + 1e-12 for x in (first, second)]
    cosine = np.sum(first * second, axis=-1) / np.sqrt(squares[0] * squares[1])
    signs = beside(as_array(plain(targets)), first)
    if signs.shape != shape_of(cosine):
        raise ShapeError(
            f"The vectors have shape {shape_of(first)}, the targets {signs.shape}; they must have "
            f"shape {shape_of(cosine)}, one for each pair."
        )
    return reduced(np.where(signs == 1, 1 - cosine, relu(cosine - margin)), reduction)
