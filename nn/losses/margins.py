"""Losses of scores that should exceed a margin, for one class or several."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import softplus
from autograd.devices import as_array, beside
from autograd.errors import OptionError, ShapeError
from nn.arrays import floating, grids, plain, shape_of
from nn.layers.linear import indices_below
from nn.losses.kernels import violations
from nn.losses.probabilities import binary_cross_entropy_with_logits
from nn.losses.reductions import reduced, same_shape, weights_in


def soft_margin(outputs: Any, targets: Any, reduction: str = "mean") -> Any:
    """Return log(1 + exp(-target · output)).

    Parameters
    ----------
    outputs : array_like or node
        Scores.
    targets : array_like, of the same shape
        -1 or 1.
    reduction : {"mean", "sum", "none"}
        What to return: the mean or the sum of the losses, or each of them.

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
    >>> float(soft_margin(np.array([-1000.0]), [1]))
    1000.0
    """
    outputs, targets = same_shape(outputs, targets)
    return reduced(softplus(-targets * outputs), reduction)


def multi_margin(
    outputs: Any,
    targets: Any,
    reduction: str = "mean",
    p: int = 1,
    margin: float = 1.0,
    weight: Any = None,
) -> Any:
    """Return Σ max(0, margin - output of the target + other output)ᵖ over other classes / classes.

    Source: Crammer & Singer, "On the algorithmic implementation of multiclass kernel-based vector
    machines", 2001.

    Parameters
    ----------
    outputs : array_like or node, shape (batch, classes) or (classes,)
        Scores.
    targets : array_like of int, shape (batch,) or ()
        The class indices.
    reduction : {"mean", "sum", "none"}
        What to return: the mean or the sum of the losses, or each of them.
    p : int
        The power, 1 or 2.
    margin : float
        How much larger the score of the target should be.
    weight : array_like, shape (classes,), optional
        The weight of each class.

    Returns
    -------
    array or node
        One number; with ``reduction="none"`` one for each example.

    Raises
    ------
    ShapeError
        If the shapes do not fit.
    OptionError
        If `p` is something else.

    Examples
    --------
    >>> float(multi_margin(np.array([[0.0, 2.0]]), [0]))
    1.5
    """
    if p not in (1, 2):
        raise OptionError(f"p={p!r} must be 1 or 2.")
    outputs = floating(outputs)
    targets = beside(as_array(plain(targets)), outputs)
    shape = shape_of(outputs)
    if len(shape) not in (1, 2) or targets.shape != shape[:-1]:
        raise ShapeError(
            f"The outputs have shape {shape}, the targets {targets.shape}; they must have shapes "
            "(batch, classes) and (batch,)."
        )
    chosen = indices_below(shape[-1], targets, "multi_margin")
    losses = violations(outputs, (*grids(chosen), chosen), margin)
    losses = losses if p == 1 else losses * losses
    if weight is not None:
        losses = losses * weights_in(outputs.dtype, weight)[chosen][..., None]
    return reduced(np.sum(losses, axis=-1) / shape[-1], reduction)


def multilabel_soft_margin(
    outputs: Any, targets: Any, reduction: str = "mean", weight: Any = None
) -> Any:
    """Return the mean of `binary_cross_entropy_with_logits` over the classes of each example.

    Parameters
    ----------
    outputs : array_like or node, shape (..., classes)
        Logits: any numbers.
    targets : array_like, of the same shape
        0 or 1 for each class.
    reduction : {"mean", "sum", "none"}
        What to return: the mean or the sum of the losses, or each of them.
    weight : array_like, shape (classes,), optional
        The weight of each class.

    Returns
    -------
    array or node
        One number; with ``reduction="none"`` one for each example.

    Raises
    ------
    ShapeError
        If the shapes differ.

    Examples
    --------
    >>> float(multilabel_soft_margin(np.array([[-1000.0, 1000.0]]), [[1, 1]]))
    500.0
    """
    losses = binary_cross_entropy_with_logits(outputs, targets, "none", weight)
    return reduced(np.mean(losses, axis=-1), reduction)
