"""What all losses share: the reduction, and the shapes of outputs and targets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import Tensor, Value
from autograd.devices import as_array, beside
from autograd.errors import OptionError, ShapeError
from nn.arrays import floating, plain, shape_of

REDUCTIONS: dict[str, Callable[[Any], Any]]
REDUCTIONS = {
    "mean": lambda losses: losses.mean(),
    "sum": lambda losses: losses.sum(),
    "none": lambda losses: losses,
}


def reduced(losses: Any, reduction: str) -> Any:
    """Return the mean or the sum of losses, or the losses themselves."""
    if reduction not in REDUCTIONS:
        raise OptionError(f'reduction= must be "mean", "sum" or "none", not {reduction!r}.')
    return REDUCTIONS[reduction](losses)


def weights_in(dtype: Any, weight: Any) -> Any:
    """Return weights in a type: as an array, or as a Tensor if they get gradients."""
    if isinstance(weight, Value):
        weight = np.reshape(weight, ())  # a Tensor
    if isinstance(weight, Tensor) and weight.requires_grad:
        return weight.astype(dtype)
    return as_array(plain(weight), dtype)


def same_shape(outputs: Any, targets: Any) -> tuple[Any, Any]:
    """Return outputs and targets as numbers of one type; raise if their shapes differ."""
    outputs = floating(outputs)
    if not isinstance(targets, Tensor):
        dtype = outputs.dtype if isinstance(outputs, Tensor) else None
        targets = floating(beside(as_array(targets, dtype), outputs))
    if shape_of(outputs) != targets.shape:
        raise ShapeError(
            f"The outputs have shape {shape_of(outputs)}, the targets {targets.shape}; they must "
            f"be equal. Write targets.reshape({shape_of(outputs)}) if that is what you mean."
        )
    return outputs, targets
