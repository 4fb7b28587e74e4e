"""Keras' metrics of the best threshold: how good one share can be while another is large enough."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import OptionError
from nn.arrays import plain
from nn.keras_style.confusion import Counts, quotient
from nn.keras_style.loss_functions import alike


class BestUnder(Counts):
    """The base class: the largest share among the thresholds at which another is large enough.

    Parameters
    ----------
    value : float
        How large the other share must be.
    num_thresholds : int
        The number of thresholds between 0 and 1.
    class_id : int, optional
        The place in the last axis to look at; by default all.
    name : str, optional
        The name.
    dtype : dtype, optional
        Accepted, and ignored.

    Raises
    ------
    OptionError
        If `value` is not between 0 and 1.
    """

    direction = "max"
    condition, sought = "", ""  # the names of the shares

    def __init__(
        self, value: float, num_thresholds: int = 200, class_id: int | None = None,
        name: str | None = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        if not 0 <= value <= 1 or num_thresholds < 1:
            raise OptionError(
                f"{self.condition}={value!r} must be between 0 and 1, and "
                f"num_thresholds={num_thresholds} positive."
            )
        super().__init__(None, name, dtype)
        self.num_thresholds, self.class_id, self.value = num_thresholds, class_id, value
        if num_thresholds > 1:
            self.thresholds = np.arange(num_thresholds) / (num_thresholds - 1)
            self.thresholds[0] = -1e-7  # an output of 0 is above the first one, as in Keras
        self.reset_state()

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
        if self.class_id is not None:
            targets, outputs = targets[..., self.class_id], outputs[..., self.class_id]
        self._take(targets, outputs, sample_weight)

    def of_counts(self, tp: Any, fp: Any, tn: Any, fn: Any) -> Any:
        """Return the largest share; 0 if no threshold will do."""
        shares = {
            "recall": quotient(tp, tp + fn), "sensitivity": quotient(tp, tp + fn),
            "precision": quotient(tp, tp + fp), "specificity": quotient(tn, tn + fp),
        }  # fmt: skip
        allowed = shares[self.condition] >= self.value
        return np.array([np.max(np.where(allowed, shares[self.sought], 0.0))])


class PrecisionAtRecall(BestUnder):
    """The largest precision of the thresholds at which recall is large enough.

    Parameters
    ----------
    recall : float
        The least recall.
    num_thresholds, class_id, name, dtype
        As for `BestUnder`.

    Examples
    --------
    >>> metric = PrecisionAtRecall(0.5)
    >>> metric.update_state([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8])
    >>> metric.result()
    0.5
    """

    condition, sought, fixed = "recall", "precision", ("value",)

    def __init__(
        self, recall: float, num_thresholds: int = 200, class_id: int | None = None,
        name: str | None = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(recall, num_thresholds, class_id, name, dtype)
        self.recall = recall


class RecallAtPrecision(BestUnder):
    """The largest recall of the thresholds at which precision is large enough.

    Parameters
    ----------
    precision : float
        The least precision.
    num_thresholds, class_id, name, dtype
        As for `BestUnder`.
    """

    condition, sought, fixed = "precision", "recall", ("value",)

    def __init__(
        self, precision: float, num_thresholds: int = 200, class_id: int | None = None,
        name: str | None = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(precision, num_thresholds, class_id, name, dtype)
        self.precision = precision


class SensitivityAtSpecificity(BestUnder):
    """The largest sensitivity of the thresholds at which specificity is large enough.

    Sensitivity is the share of the targets of 1 that are found; specificity that of the targets
    of 0.

    Parameters
    ----------
    specificity : float
        The least specificity.
    num_thresholds, class_id, name, dtype
        As for `BestUnder`.
    """

    condition, sought, fixed = "specificity", "sensitivity", ("value",)

    def __init__(
        self, specificity: float, num_thresholds: int = 200, class_id: int | None = None,
        name: str | None = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(specificity, num_thresholds, class_id, name, dtype)
        self.specificity = specificity


class SpecificityAtSensitivity(BestUnder):
    """The largest specificity of the thresholds at which sensitivity is large enough.

    Parameters
    ----------
    sensitivity : float
        The least sensitivity.
    num_thresholds, class_id, name, dtype
        As for `BestUnder`.
    """

    condition, sought, fixed = "sensitivity", "specificity", ("value",)

    def __init__(
        self, sensitivity: float, num_thresholds: int = 200, class_id: int | None = None,
        name: str | None = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(sensitivity, num_thresholds, class_id, name, dtype)
        self.sensitivity = sensitivity
