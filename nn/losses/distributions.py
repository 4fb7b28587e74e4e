"""Negative log-likelihoods of the Poisson and the normal distribution."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.devices import as_array, holds
from autograd.errors import OptionError
from nn.arrays import floating, plain
from nn.losses.reductions import reduced, same_shape


def poisson_nll(
    outputs: Any,
    targets: Any,
    reduction: str = "mean",
    log_input: bool = True,
    full: bool = False,
    eps: float = 1e-8,
) -> Any:
    """Return rate - target · log rate.

    Parameters
    ----------
    outputs : array_like or node
        The logarithm of the rate; the rate itself, if not `log_input`.
    targets : array_like, of the same shape
        Counts.
    reduction : {"mean", "sum", "none"}
        What to return: the mean or the sum of the losses, or each of them.
    log_input : bool
        Whether the outputs are logarithms.
    full : bool
        Whether to add Stirling's approximation of log target! for targets above 1.
    eps : float
        Added to a rate before its logarithm is taken.

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
    >>> float(poisson_nll(np.array([0.0]), [3.0]))
    1.0
    """
    outputs, targets = same_shape(outputs, targets)
    if log_input:
        losses = np.exp(outputs) - targets * outputs
    else:
        losses = outputs - targets * np.log(outputs + eps)
    if full:
        t = np.where(plain(targets) > 1, targets, 1.0)
        stirling = t * np.log(t) - t + 0.5 * np.log(2 * math.pi * t)
        losses = losses + np.where(plain(targets) > 1, stirling, 0.0)
    return reduced(losses, reduction)


def gaussian_nll(
    outputs: Any,
    targets: Any,
    var: Any,
    reduction: str = "mean",
    full: bool = False,
    eps: float = 1e-6,
) -> Any:
    """Return (log variance + (output - target)² / variance) / 2.

    Source: Nix & Weigend, "Estimating the mean and variance of the target probability
    distribution", 1994.

    Parameters
    ----------
    outputs : array_like or node
        The means.
    targets : array_like, of the same shape
        Any numbers.
    var : array_like or node, of a shape that broadcasts
        The variances.
    reduction : {"mean", "sum", "none"}
        What to return: the mean or the sum of the losses, or each of them.
    full : bool
        Whether to add log(2π) / 2.
    eps : float
        The smallest variance.

    Returns
    -------
    array or node
        One number; with ``reduction="none"`` an array of the shape of the outputs.

    Raises
    ------
    ShapeError
        If the shapes differ.
    OptionError
        If a variance is negative.

    Examples
    --------
    >>> float(gaussian_nll(np.array([1.0]), [3.0], np.array([1.0])))
    2.0
    """
    outputs, targets = same_shape(outputs, targets)
    var = floating(var)
    if holds(as_array(plain(var)) < 0):
        raise OptionError("var= has negative numbers; a variance is at least 0.")
    var = np.maximum(var, eps)
    losses = 0.5 * (np.log(var) + (outputs - targets) ** 2 / var)
    return reduced(losses + 0.5 * math.log(2 * math.pi) if full else losses, reduction)
