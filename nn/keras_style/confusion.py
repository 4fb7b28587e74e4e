"""Keras' metrics that count right and wrong decisions: `Precision`, `Recall`, `AUC`."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import OptionError
from nn.arrays import plain
from nn.keras_style.loss_functions import alike
from nn.keras_style.metric import Metric


class Counts(Metric):
    """The base class: how many outputs are above thresholds, for targets of 1 and of 0.

    Parameters
    ----------
    thresholds : float or list of float, optional
        What is above counts as 1; by default 0.5.
    name : str, optional
        The name.
    dtype : dtype, optional
        The type of the counts.
    """

    def __init__(self, thresholds: Any = None, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(dtype, name)
        given = np.asarray(0.5 if thresholds is None else thresholds, float)
        if ((given < 0) | (given > 1)).any():
            raise OptionError(f"thresholds={thresholds!r} must be between 0 and 1.")
        self.thresholds, self.is_single = given.reshape(-1), given.ndim == 0
        self.reset_state()

    def reset_state(self) -> None:
        """Forget all examples."""
        self.above = np.zeros((2, len(self.thresholds)))  # of targets 0 and 1
        self.all = np.zeros((2, 1))

    def update_state(  # type: ignore[override]
        self, y_true: Any, y_pred: Any, sample_weight: Any = None
    ) -> None:
        """Take more examples.

        Parameters
        ----------
        y_true : array_like
            0 or 1.
        y_pred : array_like
            Probabilities.
        sample_weight : array_like, optional
            The weights of the examples.

        Raises
        ------
        OptionError
            If an output is not between 0 and 1.
        """
        targets, outputs = alike(np.asarray(plain(y_true)), np.asarray(plain(y_pred)))
        self._take(targets, outputs, sample_weight)

    def _take(self, targets: Any, outputs: Any, sample_weight: Any, kept: Any = None) -> None:
        """Take examples, of whose outputs those that are not kept are below all thresholds."""
        if outputs.size and not (outputs.min() >= 0 and outputs.max() <= 1):
            raise OptionError(
                f"{self.name} takes probabilities; the outputs are between {outputs.min():.4g} and "
                f"{outputs.max():.4g}. End the model with a sigmoid or softmax."
            )
        weights = np.ones(outputs.shape)
        if sample_weight is not None:
            given = np.asarray(plain(sample_weight), float)
            if given.ndim == outputs.ndim + 1 and given.shape[-1] == 1:
                given = given[..., 0]
            weights *= given.reshape(given.shape + (1,) * (outputs.ndim - given.ndim))
        outputs = outputs if kept is None else np.where(kept, outputs, -np.inf)
        outputs, weights, targets = outputs.ravel(), weights.ravel(), targets.ravel() > 0.5
        order = np.argsort(outputs)
        for row, chosen in enumerate((~targets, targets)):
            sums = np.concatenate([[0.0], np.cumsum((weights * chosen)[order])])
            first = np.searchsorted(outputs[order], self._limits(outputs.dtype), side="right")
            self.above[row] += sums[-1] - sums[first]
            self.all[row] += sums[-1]

    def _limits(self, dtype: Any) -> Any:
        """Return the thresholds in the type of the outputs, as Keras compares them."""
        return self.thresholds.astype(dtype) if np.dtype(dtype).kind == "f" else self.thresholds

    def result(self) -> Any:
        """Return the metric: a number, or for a list of thresholds an array."""
        (false_positives, true_positives), below = self.above, self.all - self.above
        found = self.of_counts(true_positives, false_positives, below[0], below[1])
        return float(found[0]) if self.is_single else found

    def of_counts(self, tp: Any, fp: Any, tn: Any, fn: Any) -> Any:
        """Return the metric of true and false positives and negatives."""
        raise NotImplementedError


class TruePositives(Counts):
    """How many targets of 1 have outputs above the threshold; see `Counts`."""

    direction = "max"

    def of_counts(self, tp: Any, fp: Any, tn: Any, fn: Any) -> Any:
        """Return the true positives."""
        return tp


class FalsePositives(Counts):
    """How many targets of 0 have outputs above the threshold; see `Counts`."""

    direction = "min"

    def of_counts(self, tp: Any, fp: Any, tn: Any, fn: Any) -> Any:
        """Return the false positives."""
        return fp


class TrueNegatives(Counts):
    """How many targets of 0 have outputs that are not above the threshold; see `Counts`."""

    direction = "max"

    def of_counts(self, tp: Any, fp: Any, tn: Any, fn: Any) -> Any:
        """Return the true negatives."""
        return tn


class FalseNegatives(Counts):
    """How many targets of 1 have outputs that are not above the threshold; see `Counts`."""

    direction = "min"

    def of_counts(self, tp: Any, fp: Any, tn: Any, fn: Any) -> Any:
        """Return the false negatives."""
        return fn


class Share(Counts):
    """The base class of shares of the positives; for the parameters see `Precision`."""

    direction = "max"

    def __init__(
        self, thresholds: Any = None, top_k: Any = None, class_id: int | None = None,
        name: str | None = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(thresholds, name, dtype)
        self.class_id, self.top_k = class_id, top_k
        if top_k is not None and thresholds is None:
            self.thresholds = np.array([-1e10])  # all that are kept are above it

    def update_state(  # type: ignore[override]
        self, y_true: Any, y_pred: Any, sample_weight: Any = None
    ) -> None:
        """Take more examples.

        Parameters
        ----------
        y_true, y_pred, sample_weight : array_like
            As for `Counts`.
        """
        targets, outputs = alike(np.asarray(plain(y_true)), np.asarray(plain(y_pred)))
        kept = np.ones(outputs.shape, bool)
        if self.top_k is not None:
            order = np.argsort(-outputs, axis=-1, kind="stable")
            np.put_along_axis(kept, order[..., self.top_k :], False, axis=-1)
        if self.class_id is not None:
            targets, outputs, kept = (x[..., self.class_id] for x in (targets, outputs, kept))
        self._take(targets, outputs, sample_weight, kept)


class Precision(Share):
    """The share of the outputs above the threshold whose target is 1.

    Parameters
    ----------
    thresholds : float or list of float, optional
        What is above counts as 1; by default 0.5.
    top_k : int, optional
        How many of the largest outputs along the last axis are above the threshold, or may be if
        there are `thresholds`.
    class_id : int, optional
        The place in the last axis to look at; by default all.
    name : str, optional
        The name.
    dtype : dtype, optional
        Accepted, and ignored.

    Examples
    --------
    >>> metric = Precision()
    >>> metric.update_state([0, 1, 1], [0.9, 0.8, 0.3])
    >>> metric.result()
    0.5
    """

    def of_counts(self, tp: Any, fp: Any, tn: Any, fn: Any) -> Any:
        """Return the precision; 0 if no output is above the threshold."""
        return quotient(tp, tp + fp)


class Recall(Share):
    """The share of the targets of 1 whose output is above the threshold; see `Precision`."""

    def of_counts(self, tp: Any, fp: Any, tn: Any, fn: Any) -> Any:
        """Return the recall; 0 if there is no target of 1."""
        return quotient(tp, tp + fn)


def quotient(a: Any, b: Any) -> Any:
    """Return a / b, and 0 where b is 0.

    Examples
    --------
    >>> quotient(np.array([1.0, 2.0]), np.array([2.0, 0.0]))
    array([0.5, 0. ])
    """
    return np.divide(a, b, out=np.zeros(np.shape(b)), where=b != 0)
