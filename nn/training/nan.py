"""What `fit` does when a loss is NaN."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.devices import holds
from autograd.errors import NonFiniteError
from nn.arrays import is_array, plain
from nn.training.batches import Batch
from nn.training.history import History


class TerminateOnNaN:
    """A callback of `fit`: when a loss is NaN, training ends without an error.

    ``history.stopped`` then names the step.

    Examples
    --------
    >>> import nn
    >>> data = [(np.zeros((1, 2)), np.full((1, 1), np.nan))]
    >>> model = nn.Linear(2, 1)
    >>> optimizer = nn.optim.SGD(model.parameters())
    >>> nn.fit(model, data, nn.mse, optimizer, 3, callbacks=[TerminateOnNaN()]).stopped
    'in epoch 1, after step 1: the loss is NaN'
    """

    def __call__(self, model: Any, history: History) -> None:
        """Do nothing; `fit` looks for the class."""


class NanLossError(NonFiniteError):
    """The loss of a step is NaN: where, and what to do."""

    def __init__(self, epoch: int, step: int, window: list[Batch]) -> None:
        self.place = f"epoch {epoch}, after step {step}"
        parts = [("inputs", x) for inputs, _ in window for x in inputs]
        parts += [("targets", targets) for _, targets in window]
        found = [what for what, x in parts if _has_nan(x)]
        reason = (
            f"the {found[0]} of this batch contain NaN or infinity. Replace them, for example "
            "with np.nan_to_num."
            if found
            else "though inputs and targets are finite. A smaller learning rate or max_norm=1.0 "
            "prevents exploding weights; `with autograd.debug():` finds the first NaN. "
            "callbacks=[nn.TerminateOnNaN()] ends training here without an error."
        )
        super().__init__(f"The loss is NaN in epoch {epoch}, step {step}: {reason}")


def _has_nan(x: Any) -> bool:
    return is_array(x) and x.dtype.kind in "fc" and holds(~np.isfinite(plain(x)))
