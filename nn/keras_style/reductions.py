"""The sums and means of losses: one number for each example or step, weights and masks."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import DataError
from nn.arrays import plain, shape_of
from nn.keras_style.loss_functions import LEAST

REDUCTIONS = ("sum_over_batch_size", "mean", "mean_with_sample_weight", "sum", "none", None)


def of_steps(weights: Any, numbers: Any) -> Any:
    """Return weights of examples or of their steps, to be multiplied by one number for each step.

    Parameters
    ----------
    weights : array or Tensor, shape (examples,) or (examples, steps)
        The weights.
    numbers : array or Tensor
        One number for each step.

    Raises
    ------
    DataError
        If the shapes do not fit.

    Examples
    --------
    >>> of_steps(np.array([1.0, 2.0]), np.ones((2, 3))).shape
    (2, 1)
    """
    given = weights if hasattr(weights, "requires_grad") else np.asarray(weights)
    given, shape = given.astype(numbers.dtype), shape_of(numbers)
    if given.ndim == len(shape) + 1 and given.shape[-1] == 1:
        given = given[..., 0]
    if given.ndim > len(shape) or any(
        n not in (1, m) for n, m in zip(given.shape, shape, strict=False)
    ):
        raise DataError(
            f"The weights have shape {given.shape}, the losses {shape}; there must be one weight "
            "for each example, or for each of its steps."
        )
    return np.reshape(given, given.shape + (1,) * (len(shape) - given.ndim))


def reduced(numbers: Any, weights: Any = None, mask: Any = None, reduction: Any = "mean") -> Any:
    """Return numbers times their weights, of which a mask lets some count; or their sum or mean.

    Parameters
    ----------
    numbers : array or Tensor
        One number for each example, or for each of its steps.
    weights : array, optional
        Their weights; see `of_steps`.
    mask : array of bool, optional
        True for the numbers that count.
    reduction : {"sum_over_batch_size", "mean", "mean_with_sample_weight", "sum", "none", None}
        The mean is over all numbers, or those that the mask lets count;
        ``"mean_with_sample_weight"`` divides the sum by that of the weights instead.

    Raises
    ------
    DataError
        If the shapes do not fit.

    Examples
    --------
    >>> numbers, weights = np.array([1.0, 2.0, 3.0]), np.array([1.0, 0.0, 3.0])
    >>> [float(reduced(numbers, weights, None, r)) for r in ("mean", "mean_with_sample_weight")]
    [3.3333333333333335, 2.5]
    """
    shape, factors = shape_of(numbers), None if weights is None else of_steps(weights, numbers)
    if mask is not None:
        if shape_of(mask) != shape:
            raise DataError(
                f"The outputs have a mask of shape {shape_of(mask)}; the loss or metric returned "
                f"shape {shape}. It must return one number for each step."
            )
        counts = np.asarray(plain(mask), numbers.dtype)
        factors = counts if factors is None else factors * counts
    numbers = numbers if factors is None else numbers * factors
    if reduction in (None, "none") or not shape:
        return numbers
    if reduction == "sum":
        return np.sum(numbers)
    if reduction == "mean_with_sample_weight" and factors is not None:
        total = np.sum(np.broadcast_to(factors, shape))
        return np.sum(numbers) / np.where(total == 0, np.ones_like(total), total)
    return np.mean(numbers) if mask is None else np.sum(numbers) / np.maximum(np.sum(counts), LEAST)
