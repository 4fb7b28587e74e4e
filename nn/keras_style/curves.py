"""Keras' `AUC`, the area under a curve of decisions at many thresholds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.errors import OptionError, ShapeError
from nn import functional
from nn.arrays import plain
from nn.keras_style.confusion import Counts, quotient
from nn.keras_style.loss_functions import alike

#: How high the curve is between two points.
HEIGHTS: dict[str, Callable[[Any, Any], Any]] = {
    "interpolation": lambda a, b: (a + b) / 2,
    "minoring": np.minimum,
    "majoring": np.maximum,
}


class AUC(Counts):
    """The area under the curve of true against false positives, at many thresholds as in Keras.

    Parameters
    ----------
    num_thresholds : int
        The number of thresholds.
    curve : {"ROC", "PR"}
        Of rates of true against false positives, or of precision against recall.
    summation_method : {"interpolation", "minoring", "majoring"}
        Whether to join the points of the curve, or to take the lower or the higher of two.
    name : str, optional
        The name.
    dtype : dtype, optional
        Accepted, and ignored.
    thresholds : list of float, optional
        Other thresholds, between 0 and 1.
    multi_label : bool
        Whether to return the mean of the areas of the labels, the last axis of the outputs, which
        else are counted together.
    num_labels : int, optional
        The number of labels; by default that of the outputs.
    label_weights : list of float, optional
        How much each label counts.
    from_logits : bool
        Whether the outputs are logits.

    Examples
    --------
    >>> metric = AUC(num_thresholds=3)
    >>> metric.update_state([0, 0, 1, 1], [0, 0.5, 0.3, 0.9])
    >>> metric.result()
    0.75
    """

    direction = "max"

    def __init__(
        self, num_thresholds: int = 200, curve: str = "ROC",
        summation_method: str = "interpolation", name: str | None = None, dtype: Any = None,
        thresholds: Any = None, multi_label: bool = False, num_labels: int | None = None,
        label_weights: Any = None, from_logits: bool = False,
    ) -> None:  # fmt: skip
        if curve not in ("ROC", "PR") or summation_method not in HEIGHTS:
            raise OptionError(
                f"curve={curve!r} must be ROC or PR, summation_method={summation_method!r} one of "
                f"{', '.join(HEIGHTS)}."
            )
        if thresholds is None and num_thresholds < 2:
            raise OptionError(f"num_thresholds={num_thresholds} must be at least 2.")
        inner = np.arange(1, num_thresholds - 1) / (num_thresholds - 1)
        inner = inner if thresholds is None else np.sort(np.asarray(thresholds, float))
        super().__init__(inner, name, dtype)
        self.thresholds = np.concatenate([[-1e-7], inner, [1 + 1e-7]])
        self.num_thresholds, self.num_labels = len(self.thresholds), num_labels
        self.curve, self.from_logits, self.is_single = curve, from_logits, True
        self.summation_method, self.multi_label = summation_method, multi_label
        self.label_weights = None if label_weights is None else np.asarray(label_weights, float)
        self.reset_state()

    def get_config(self) -> dict[str, Any]:
        """Return the options with which to make such a metric again."""
        weights = None if self.label_weights is None else self.label_weights.tolist()
        inner = self.thresholds[1:-1].tolist()
        return {**super().get_config(), "thresholds": inner, "label_weights": weights}

    def reset_state(self) -> None:
        """Forget all examples."""
        super().reset_state()
        self.labels: list[Counts] = []

    def update_state(  # type: ignore[override]
        self, y_true: Any, y_pred: Any, sample_weight: Any = None
    ) -> None:
        """Take more examples.

        Parameters
        ----------
        y_true, y_pred, sample_weight : array_like
            As for `Counts`.
        """
        y_pred = functional.sigmoid(plain(y_pred)) if self.from_logits else y_pred
        if not self.multi_label and self.label_weights is None:
            super().update_state(y_true, y_pred, sample_weight)
            return
        targets, outputs = alike(np.asarray(plain(y_true)), np.asarray(plain(y_pred)))
        count = self.num_labels or outputs.shape[-1]
        if outputs.ndim < 2 or outputs.shape[-1] != count:
            raise ShapeError(
                f"{self.name} takes outputs (examples, {count} labels), not {outputs.shape}."
            )
        given = np.ones(()) if sample_weight is None else np.asarray(plain(sample_weight), float)
        given = given.reshape(given.shape + (1,) * (given.ndim == outputs.ndim - 1))
        weights = np.broadcast_to(given, outputs.shape)
        if not self.multi_label:
            super().update_state(targets, outputs, weights * self.label_weights)
            return
        self.labels = self.labels or [self._counts() for _ in range(count)]
        for label, one in enumerate(self.labels):
            one.update_state(targets[..., label], outputs[..., label], weights[..., label])

    def _counts(self) -> Counts:
        made = Counts()
        made.thresholds = self.thresholds
        made.reset_state()
        return made

    def result(self) -> Any:
        """Return the area; of several labels the mean."""
        if not self.multi_label:
            return super().result()
        if not self.labels:
            return 0.0
        areas = []
        for one in self.labels:
            (fp, tp), (tn, fn) = one.above, one.all - one.above
            areas.append(float(self.of_counts(tp, fp, tn, fn)[0]))
        return float(np.average(areas, weights=self.label_weights))

    def of_counts(self, tp: Any, fp: Any, tn: Any, fn: Any) -> Any:
        """Return the area."""
        recall = quotient(tp, tp + fn)
        if self.curve == "PR" and self.summation_method == "interpolation":
            return interpolated(tp, tp + fp, fn)
        x = quotient(fp, fp + tn) if self.curve == "ROC" else recall
        y = recall if self.curve == "ROC" else quotient(tp, tp + fp)
        height = HEIGHTS[self.summation_method](y[:-1], y[1:])
        return np.array([np.sum((x[:-1] - x[1:]) * height)])


def interpolated(tp: Any, positives: Any, fn: Any) -> Any:
    """Return the area under precision against recall, as by Davis and Goadrich."""
    slope = quotient(tp[:-1] - tp[1:], np.maximum(positives[:-1] - positives[1:], 0))
    begin = tp[1:] - slope * positives[1:]
    both = (positives[:-1] > 0) & (positives[1:] > 0)
    ratio = np.where(both, quotient(positives[:-1], np.maximum(positives[1:], 0)), 1.0)
    added = slope * (tp[:-1] - tp[1:] + begin * np.log(ratio))
    return np.array([np.sum(quotient(added, np.maximum(tp[1:] + fn[1:], 0)))])
