"""Keras' `F1Score`, `FBetaScore`, `R2Score`, and `IoU` with its relatives."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import OptionError, ShapeError
from nn.arrays import plain
from nn.keras_style.confusion import quotient
from nn.keras_style.metric import Metric

#: Keras adds this to divisors.
EPSILON = 1e-7


def weighted(sample_weight: Any, shape: tuple[int, ...]) -> Any:
    """Return the weights of examples, or of each of their outputs; ones if there are none."""
    given = np.ones(()) if sample_weight is None else np.asarray(plain(sample_weight), float)
    return np.broadcast_to(given[:, None] if given.ndim == 1 else given, shape)


class FBetaScore(Metric):
    """(1 + β²) · precision · recall / (β² precision + recall), for each class.

    Parameters
    ----------
    average : {None, "micro", "macro", "weighted"}
        None for one number for each class; of all classes together; the mean of the classes; or
        their mean weighted by how often they are the target.
    beta : float
        How much more recall counts than precision.
    threshold : float, optional
        What is above counts as 1; by default only the largest output of an example.
    name : str
        The name.
    dtype : dtype, optional
        Accepted, and ignored.

    Examples
    --------
    >>> metric = FBetaScore("macro", threshold=0.5)
    >>> metric.update_state([[1, 0], [0, 1]], [[0.9, 0.2], [0.8, 0.7]])
    >>> round(float(metric.result()), 4)
    0.8333
    """

    direction = "max"

    def __init__(
        self, average: str | None = None, beta: float = 1.0, threshold: float | None = None,
        name: str = "fbeta_score", dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(dtype, name)
        if average not in (None, "micro", "macro", "weighted"):
            raise OptionError(f"average={average!r} must be None, micro, macro or weighted.")
        if not beta > 0 or not (threshold is None or 0 < threshold <= 1):
            raise OptionError(
                f"beta={beta!r} must be positive, threshold={threshold!r} None or in (0, 1]."
            )
        self.average, self.beta, self.threshold = average, beta, threshold
        self.reset_state()

    def reset_state(self) -> None:
        """Forget all examples."""
        self.counts: Any = np.zeros((4, 1))  # hits, wrong and missed ones, and targets

    def update_state(  # type: ignore[override]
        self, y_true: Any, y_pred: Any, sample_weight: Any = None
    ) -> None:
        """Take more examples.

        Parameters
        ----------
        y_true, y_pred : array_like, shape (examples, classes)
            0 or 1, and a number for each class.
        sample_weight : array_like, optional
            The weights of the examples, or of each of their outputs.
        """
        true, pred = np.asarray(plain(y_true), float), np.asarray(plain(y_pred), float)
        if true.ndim != 2 or true.shape != pred.shape:
            raise ShapeError(
                f"{self.name} takes targets and outputs of shape (examples, classes), not "
                f"{true.shape} and {pred.shape}."
            )
        if self.threshold is None:
            high = (pred == pred.max(axis=-1, keepdims=True)) & (np.abs(pred) > 1e-9)
        else:
            high = pred > self.threshold
        w = weighted(sample_weight, true.shape)
        found = [high * true, high * (1 - true), (1 - high) * true, true]
        self.counts = self.counts + np.stack([np.sum(part * w, axis=0) for part in found])

    def result(self) -> Any:
        """Return the score."""
        counts = self.counts
        if self.average == "micro":
            counts = counts.sum(axis=1, keepdims=True)
        hits, wrong, missed, targets = counts
        precision = hits / (hits + wrong + EPSILON)
        recall = hits / (hits + missed + EPSILON)
        square = self.beta**2
        scores = (1 + square) * precision * recall / (square * precision + recall + EPSILON)
        if self.average == "weighted":
            return np.sum(scores * targets / (np.sum(targets) + EPSILON))
        return scores if self.average is None else np.mean(scores)


class F1Score(FBetaScore):
    """The harmonic mean of precision and recall, for each class; see `FBetaScore`.

    Parameters
    ----------
    average, threshold, name, dtype
        As for `FBetaScore`.
    """

    fixed = ("beta",)

    def __init__(
        self, average: str | None = None, threshold: float | None = None, name: str = "f1_score",
        dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(average, 1.0, threshold, name, dtype)


class R2Score(Metric):
    """1 minus the squared errors over the squared distances from the mean target.

    Parameters
    ----------
    class_aggregation : {"uniform_average", "variance_weighted_average", None}
        The mean of several outputs; weighted by the variances of their targets; or all of them.
    num_regressors : int
        The number of independent variables, for the adjusted score.
    name : str
        The name.
    dtype : dtype, optional
        Accepted, and ignored.

    Examples
    --------
    >>> metric = R2Score()
    >>> metric.update_state([[1.0], [4.0], [3.0]], [[2.0], [4.0], [4.0]])
    >>> round(float(metric.result()), 4)
    0.5714
    """

    direction = "max"

    def __init__(
        self, class_aggregation: str | None = "uniform_average", num_regressors: int = 0,
        name: str = "r2_score", dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(dtype, name)
        if class_aggregation not in (None, "uniform_average", "variance_weighted_average"):
            raise OptionError(
                f"class_aggregation={class_aggregation!r} must be uniform_average, "
                "variance_weighted_average or None."
            )
        self.class_aggregation, self.num_regressors = class_aggregation, num_regressors
        self.reset_state()

    def reset_state(self) -> None:
        """Forget all examples."""
        self.sums: Any = np.zeros((4, 1))  # targets, their squares, squared errors and weights
        self.count = 0

    def update_state(  # type: ignore[override]
        self, y_true: Any, y_pred: Any, sample_weight: Any = None
    ) -> None:
        """Take more examples.

        Parameters
        ----------
        y_true, y_pred : array_like, shape (examples,) or (examples, outputs)
            Targets and outputs.
        sample_weight : array_like, optional
            The weights of the examples, or of each of their outputs.
        """
        true, pred = np.asarray(plain(y_true), float), np.asarray(plain(y_pred), float)
        true, pred = (x[:, None] if x.ndim == 1 else x for x in (true, pred))
        if true.ndim != 2 or true.shape != pred.shape:
            raise ShapeError(
                f"{self.name} takes targets and outputs of shape (examples, outputs), not "
                f"{true.shape} and {pred.shape}."
            )
        w = weighted(sample_weight, true.shape)
        parts = [true * w, true * true * w, (true - pred) ** 2 * w, w]
        self.sums = self.sums + np.stack([part.sum(axis=0) for part in parts])
        self.count += true.size  # of numbers, as Keras counts

    def result(self) -> Any:
        """Return the score."""
        targets, squares, errors, weights = self.sums
        total = squares - quotient(targets * targets, weights)
        scores: Any = np.where(total == 0, 0.0, 1 - quotient(errors, total))
        if self.class_aggregation == "uniform_average":
            scores = np.mean(scores)
        elif self.class_aggregation == "variance_weighted_average":
            scores = quotient(np.sum(scores * total), np.sum(total))
        left = self.count - self.num_regressors - 1
        if not (self.num_regressors and self.count):
            return scores
        if left < 1:
            raise OptionError(f"{self.name} needs more examples than num_regressors + 1.")
        return 1 - (1 - scores) * (self.count - 1) / left


class IoU(Metric):
    """The mean of intersection over union of some classes, of targets and outputs.

    Parameters
    ----------
    num_classes : int
        The number of classes.
    target_class_ids : list of int
        The classes that count.
    name : str, optional
        The name.
    dtype : dtype, optional
        Accepted, and ignored.
    ignore_class : int, optional
        A target that is left out.
    sparse_y_true, sparse_y_pred : bool
        Whether targets, and outputs, are class indices, not numbers for each class.
    axis : int
        The axis of classes.

    Examples
    --------
    >>> metric = IoU(2, [0])
    >>> metric.update_state([0, 0, 1, 1], [0, 1, 0, 1])
    >>> round(float(metric.result()), 4)
    0.3333
    """

    direction = "max"

    def __init__(
        self, num_classes: int, target_class_ids: Any, name: str | None = None, dtype: Any = None,
        ignore_class: int | None = None, sparse_y_true: bool = True, sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:  # fmt: skip
        super().__init__(dtype, name)
        self.num_classes, self.target_class_ids = num_classes, list(target_class_ids)
        self.ignore_class, self.axis = ignore_class, axis
        self.sparse_y_true, self.sparse_y_pred = sparse_y_true, sparse_y_pred
        if any(not 0 <= one < num_classes for one in self.target_class_ids):
            raise OptionError(f"target_class_ids={target_class_ids} must be below {num_classes}.")
        self.reset_state()

    def reset_state(self) -> None:
        """Forget all examples."""
        self.table = np.zeros((self.num_classes, self.num_classes))

    def update_state(  # type: ignore[override]
        self, y_true: Any, y_pred: Any, sample_weight: Any = None
    ) -> None:
        """Take more examples.

        Parameters
        ----------
        y_true, y_pred : array_like
            Targets and outputs.
        sample_weight : array_like, optional
            The weight of each class index, or of each example.
        """
        true, pred = np.asarray(plain(y_true)), np.asarray(plain(y_pred))
        true = true if self.sparse_y_true else true.argmax(self.axis)
        pred = pred if self.sparse_y_pred else pred.argmax(self.axis)
        if true.size != pred.size:
            raise ShapeError(f"There are {true.size} targets and {pred.size} outputs.")
        weights = np.ones(()) if sample_weight is None else np.asarray(plain(sample_weight), float)
        if weights.ndim == true.ndim + 1 and weights.shape[-1] == 1:
            weights = weights[..., 0]
        if weights.ndim < true.ndim:
            weights = weights.reshape(weights.shape + (1,) * (true.ndim - weights.ndim))
        weights = np.broadcast_to(weights, true.shape).reshape(-1)
        true, pred = true.reshape(-1).astype(int), pred.reshape(-1).astype(int)
        counts = np.full(len(true), True)
        if self.ignore_class is not None:
            counts = true != self.ignore_class
        wrong = {*true[counts].tolist(), *pred[counts].tolist()} - set(range(self.num_classes))
        if wrong:
            raise OptionError(f"{self.name} has {self.num_classes} classes, but got {min(wrong)}.")
        np.add.at(self.table, (true[counts], pred[counts]), weights[counts])

    def result(self) -> Any:
        """Return the mean over the classes that there are."""
        hits = np.diag(self.table)[self.target_class_ids]
        either = (self.table.sum(0) + self.table.sum(1))[self.target_class_ids] - hits
        there = either > 0
        return np.sum(quotient(hits, either)) / np.sum(there) if there.any() else 0.0


class MeanIoU(IoU):
    """The mean of intersection over union of all classes; see `IoU`.

    Parameters
    ----------
    num_classes, name, dtype, ignore_class, sparse_y_true, sparse_y_pred, axis
        As for `IoU`.
    """

    def __init__(
        self, num_classes: int, name: str | None = None, dtype: Any = None,
        ignore_class: int | None = None, sparse_y_true: bool = True, sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:  # fmt: skip
        super().__init__(
            num_classes, range(num_classes), name, dtype, ignore_class, sparse_y_true,
            sparse_y_pred, axis,
        )  # fmt: skip


class OneHotIoU(IoU):
    """`IoU` of targets with a number for each class.

    Parameters
    ----------
    num_classes, target_class_ids, name, dtype, ignore_class, sparse_y_pred, axis
        As for `IoU`.
    """

    def __init__(
        self, num_classes: int, target_class_ids: Any, name: str | None = None, dtype: Any = None,
        ignore_class: int | None = None, sparse_y_pred: bool = False, axis: int = -1,
    ) -> None:  # fmt: skip
        super().__init__(
            num_classes, target_class_ids, name, dtype, ignore_class, False, sparse_y_pred, axis
        )


class OneHotMeanIoU(MeanIoU):
    """`MeanIoU` of targets with a number for each class.

    Parameters
    ----------
    num_classes, name, dtype, ignore_class, sparse_y_pred, axis
        As for `IoU`.
    """

    def __init__(
        self, num_classes: int, name: str | None = None, dtype: Any = None,
        ignore_class: int | None = None, sparse_y_pred: bool = False, axis: int = -1,
    ) -> None:  # fmt: skip
        super().__init__(num_classes, name, dtype, ignore_class, False, sparse_y_pred, axis)


class BinaryIoU(IoU):
    """`IoU` of the classes 0 and 1, of probabilities.

    Parameters
    ----------
    target_class_ids : list of int
        The classes that count.
    threshold : float
        What is not below counts as 1.
    name, dtype
        As for `IoU`.
    """

    def __init__(
        self, target_class_ids: Any = (0, 1), threshold: float = 0.5, name: str | None = None,
        dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(2, target_class_ids, name, dtype)
        self.threshold = threshold

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take more examples.

        Parameters
        ----------
        y_true, y_pred, sample_weight : array_like
            As for `IoU`.
        """
        super().update_state(y_true, np.asarray(plain(y_pred)) >= self.threshold, sample_weight)
