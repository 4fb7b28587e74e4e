"""Losses of probabilities and their logits."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import softplus
from autograd.devices import holds
from autograd.errors import OptionError, ShapeError
from nn.arrays import plain, shape_of
from nn.losses.kernels import cross_entropy_of_bits, cross_entropy_of_logits
from nn.losses.reductions import reduced, same_shape, weights_in
from nn.types import typed_loss


def weighted(losses: Any, weight: Any) -> Any:
    """Multiply losses by weights; raise if these do not broadcast to the shape of the losses."""
    if weight is None:
        return losses
    weight = weights_in(losses.dtype, weight)
    if np.broadcast_shapes(weight.shape, shape_of(losses)) != shape_of(losses):
        raise ShapeError(
            f"The weights have shape {weight.shape}, which does not broadcast to the shape "
            f"{shape_of(losses)} of the losses."
        )
    return losses * weight


@typed_loss
def binary_cross_entropy(
    outputs: Any, targets: Any, reduction: str = "mean", weight: Any = None
) -> Any:
    """Return -t log p - (1 - t) log(1 - p), for probabilities p and targets t.

    If the probabilities come from a sigmoid, `binary_cross_entropy_with_logits` is more accurate.

    Parameters
    ----------
    outputs : array_like or node
        Probabilities, from 0 to 1.
    targets : array_like, of the same shape
        Probabilities, from 0 to 1.
    reduction : {"mean", "sum", "none"}
        What to return: the mean or the sum of the losses, or each of them.
    weight : array_like, optional
        The weight of each loss, of a shape that broadcasts to that of the outputs. The mean is not
        weighted.

    Returns
    -------
    array or node
        One number; with ``reduction="none"`` an array of the shape of the outputs.

    Raises
    ------
    ShapeError
        If the shapes differ.
    OptionError
        If outputs or targets are not between 0 and 1.

    Examples
    --------
    >>> float(np.round(binary_cross_entropy(np.array([0.5, 1.0]), [1, 1]), 4))
    0.3466
    """
    outputs, targets = same_shape(outputs, targets)
    for what, numbers in (("outputs", plain(outputs)), ("targets", plain(targets))):
        if holds((numbers < 0) | (numbers > 1)):
            raise OptionError(
                f"The {what} of binary_cross_entropy must be probabilities, from 0 to 1; they "
                f"range from {numbers.min():.6g} to {numbers.max():.6g}. For outputs without a "
                "sigmoid use binary_cross_entropy_with_logits."
            )
    return reduced(weighted(cross_entropy_of_bits(outputs, targets), weight), reduction)


@typed_loss
def binary_cross_entropy_with_logits(
    outputs: Any,
    targets: Any,
    reduction: str = "mean",
    weight: Any = None,
    pos_weight: Any = None,
) -> Any:
    """Return the binary cross-entropy of sigmoid(outputs), without overflow.

    Parameters
    ----------
    outputs : array_like or node
        Logits: any numbers.
    targets : array_like, of the same shape
        Probabilities, from 0 to 1.
    reduction : {"mean", "sum", "none"}
        What to return: the mean or the sum of the losses, or each of them.
    weight : array_like, optional
        The weight of each loss, of a shape that broadcasts to that of the outputs. The mean is not
        weighted.
    pos_weight : array_like, optional
        The factor of the losses of targets 1, of a shape that broadcasts.

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
    >>> binary_cross_entropy_with_logits(np.array([-1000.0, 1000.0]), [1, 1], reduction="none")
    array([1000.,    0.])
    """
    outputs, targets = same_shape(outputs, targets)
    losses = cross_entropy_of_logits(outputs, targets)
    if pos_weight is not None:  # of t·log σ(z) + (1 - t)·log σ(-z), multiply the first part
        more = weights_in(losses.dtype, pos_weight) - 1.0
        losses = losses + weighted(targets * softplus(-outputs), more)
    return reduced(weighted(losses, weight), reduction)


@typed_loss
def kl_divergence(
    outputs: Any, targets: Any, reduction: str = "mean", log_target: bool = False
) -> Any:
    """Return t (log t - output), the Kullback-Leibler divergence.

    Source: Kullback & Leibler, "On information and sufficiency", 1951.

    Parameters
    ----------
    outputs : array_like or node
        Logarithms of probabilities.
    targets : array_like, of the same shape
        Probabilities t, or their logarithms.
    reduction : {"mean", "sum", "batchmean", "none"}
        "mean" averages over all elements, as in PyTorch; "batchmean" divides the sum by the number
        of examples, which gives the divergence as it is defined.
    log_target : bool
        Whether the targets are logarithms.

    Returns
    -------
    array or node
        One number; with ``reduction="none"`` an array of the shape of the outputs. NaN where a
        target is negative, such as a logarithm without `log_target`.

    Raises
    ------
    ShapeError
        If the shapes differ.

    Examples
    --------
    >>> float(np.round(kl_divergence(np.log([[0.5, 0.5]]), [[1.0, 0.0]], "batchmean"), 4))
    0.6931
    """
    outputs, targets = same_shape(outputs, targets)
    if log_target:
        losses = np.exp(targets) * (targets - outputs)
    else:
        positive = plain(targets) > 0
        with np.errstate(invalid="ignore"):
            rest = np.sqrt(np.minimum(plain(targets), 0.0))  # 0, or NaN of what is no probability
        losses = np.where(positive, targets, rest) * (
            np.log(np.where(positive, targets, 1.0)) - outputs
        )
    if reduction == "batchmean":
        return np.sum(losses) / shape_of(outputs)[0]
    return reduced(losses, reduction)
