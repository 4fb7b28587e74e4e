"""Metrics, and their means over batches."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd.errors import OptionError
from nn.module import plain
from nn.training.batches import Metric, size_of, targets_of


def accuracy(outputs: Any, targets: Any) -> float:
    """Return the share of examples that are classified correctly.

    Parameters
    ----------
    outputs : array, shape (examples, classes) or (examples,)
        The scores of the classes; or for two classes the logits of the second one.
    targets : array_like
        The class indices; for two classes 0 and 1, or -1 and 1.

    Returns
    -------
    float
        From 0 to 1.

    Examples
    --------
    >>> accuracy(np.array([[2.0, 1.0], [0.0, 3.0]]), [0, 0])
    0.5
    """
    if outputs.ndim > 1 and outputs.shape[-1] > 1:
        return float(np.mean(outputs.argmax(axis=-1) == targets))
    return float(np.mean((outputs.reshape(-1) > 0) == (np.reshape(targets, -1) > 0)))


class Means:
    """Means of the loss and the metrics over batches of different sizes."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self.metrics = {getattr(m, "__name__", type(m).__name__): m for m in metrics}
        self.sums = dict.fromkeys(["loss", *self.metrics], 0.0)
        self.count = 0
        self.begin()

    def begin(self) -> None:
        """Discard the measurements since `close`, because the step is computed again."""
        self.pending: list[tuple[dict[str, float], int]] = []

    def take(self, loss: Any, outputs: Any, targets: Any, size: int) -> None:
        """Measure one batch."""
        outputs, targets = plain(outputs), plain(targets)
        found = {"loss": float(plain(loss))}
        found |= {name: float(metric(outputs, targets)) for name, metric in self.metrics.items()}
        self.pending.append((found, size))

    def take_all(self, window: list[Any], found: list[Any]) -> None:
        """Measure several batches, given the loss and the outputs of each."""
        for batch, (loss, outputs) in zip(window, found, strict=True):
            self.take(loss, outputs, targets_of(batch), size_of(batch))

    def close(self) -> None:
        """Count the measurements since `begin`."""
        for found, size in self.pending:
            self.count += size
            for name, number in found.items():
                self.sums[name] += size * number
        self.begin()

    def row(self) -> dict[str, float]:
        """Return the means so far."""
        if not self.count:
            raise OptionError(
                "There was no batch: the data are empty, drop_last=True dropped the only batch, or "
                "they are an iterator that is exhausted."
            )
        return {name: number / self.count for name, number in self.sums.items()}
