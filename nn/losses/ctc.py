"""The loss of sequences whose alignment is not known."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.devices import beside, is_foreign, to_numpy
from autograd.errors import DataError, ShapeError
from nn.arrays import floating, plain, shape_of
from nn.layers.linear import indices_below
from nn.losses.alignments import losses_in_steps, losses_of_labels
from nn.losses.kernels import Kept
from nn.losses.reductions import reduced


def ctc(
    log_probs: Any,
    targets: Any,
    input_lengths: Any,
    target_lengths: Any,
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> Any:
    """Return minus the log-probability that the steps spell the target: CTC.

    Each step says a class or `blank`; repeated classes count once, unless a blank is between them.
    Source: Graves et al., "Connectionist temporal classification", 2006.

    Parameters
    ----------
    log_probs : array_like or node, shape (steps, batch, classes) or (steps, classes)
        Logarithms of probabilities, as `log_softmax` returns them.
    targets : array_like of int, shape (batch, length) or (sum of lengths,)
        The classes without blanks; or those of all examples, one after the other.
    input_lengths, target_lengths : array_like of int, shape (batch,)
        How many steps and classes of each example count.
    blank : int
        The class that stands for none.
    reduction : {"mean", "sum", "none"}
        What to return: the mean of the losses divided by the lengths of the targets, the sum of
        the losses, or each of them.
    zero_infinity : bool
        Whether a target that has no alignment has the loss 0, not infinity.

    Returns
    -------
    array or node
        One number; with ``reduction="none"`` one for each example.

    Raises
    ------
    ShapeError
        If the shapes do not fit.
    DataError
        If a class is out of range or a length too large.

    Examples
    --------
    >>> half = np.log(np.full((2, 1, 2), 0.5))
    >>> round(float(np.exp(-ctc(half, [[1]], [2], [1]))), 6)  # three of four: 1 1, 0 1, 1 0
    0.75
    """
    x = floating(log_probs)
    alone = len(shape_of(x)) == 2
    x = x[:, None] if alone else x
    if len(shape_of(x)) != 3:
        raise ShapeError(
            f"ctc got log_probs of shape {shape_of(x)}; it takes (steps, batch, classes)."
        )
    steps, batch, classes = shape_of(x)
    reads = _lengths(input_lengths, batch, steps, "input_lengths")
    labels, lengths = _labels(targets, target_lengths, batch, classes, blank)
    labels, lengths, reads = (beside(numbers, x) for numbers in (labels, lengths, reads))
    skips = np.zeros_like(labels, bool)
    skips[:, 2:] = (labels[:, 2:] != labels[:, :-2]) & (labels[:, 2:] != blank)
    arguments = x, labels, skips, reads, lengths, 0.0 if zero_infinity else np.inf
    if is_foreign(plain(x)):
        losses = losses_in_steps(*arguments)
    else:
        losses = losses_of_labels(*arguments, Kept())
    if reduction == "mean":
        losses = losses / np.maximum(lengths, 1).astype(x.dtype)
    return reduced(losses[0] if alone else losses, reduction)


def _labels(targets: Any, lengths: Any, batch: int, classes: int, blank: int) -> tuple[Any, Any]:
    """Return the target of each example with blanks around all classes, and its length."""
    targets = to_numpy(plain(targets))
    if targets.ndim == 1 and batch == 1:
        targets = targets[None]
    if targets.ndim == 1:
        lengths = _lengths(lengths, batch, len(targets), "target_lengths")
        if lengths.sum() != len(targets):
            raise ShapeError(
                f"The target_lengths sum to {lengths.sum()}, but there are {len(targets)} targets."
            )
        parts = np.split(targets, np.cumsum(lengths)[:-1])
        targets = np.full((batch, max(lengths, default=0)), blank, targets.dtype)
        for row, part in zip(targets, parts, strict=True):
            row[: len(part)] = part
    elif targets.ndim != 2 or len(targets) != batch:
        raise ShapeError(f"The targets have shape {targets.shape}; they must be ({batch}, length).")
    lengths = _lengths(lengths, batch, targets.shape[1], "target_lengths")
    labels = np.full((batch, 2 * targets.shape[1] + 1), blank)
    counted = np.arange(targets.shape[1]) < lengths[:, None]
    labels[:, 1::2] = np.where(counted, targets, blank)
    return indices_below(classes, labels, "ctc"), lengths


def _lengths(given: Any, batch: int, most: int, name: str) -> Any:
    lengths = to_numpy(plain(given)).reshape(-1)
    if lengths.shape != (batch,) or lengths.dtype.kind not in "iu":
        raise ShapeError(f"{name}= must be {batch} integers, one for each example, not {given!r}.")
    if ((lengths < 0) | (lengths > most)).any():
        raise DataError(f"{name}={lengths.tolist()} must be from 0 to {most}.")
    return lengths
