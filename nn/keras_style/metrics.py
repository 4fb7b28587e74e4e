"""Keras' metrics: functions of targets and outputs, and means of them over all examples."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import DataError, OptionError
from nn.arrays import plain
from nn.keras_style import loss_functions, losses
from nn.keras_style.configured import FUNCTIONS as KNOWN
from nn.keras_style.configured import (
    deserialize_keras_object,
    is_tagged,
    serialize_keras_object,
)
from nn.keras_style.confusion import (
    FalseNegatives,
    FalsePositives,
    Precision,
    Recall,
    TrueNegatives,
    TruePositives,
)
from nn.keras_style.curves import AUC
from nn.keras_style.loss_functions import alike
from nn.keras_style.metric import Mean, MeanMetricWrapper, Metric, RootMeanSquaredError, Sum
from nn.keras_style.naming import snake_case
from nn.keras_style.registered import get_registered_object
from nn.keras_style.scores import (
    BinaryIoU,
    F1Score,
    FBetaScore,
    IoU,
    MeanIoU,
    OneHotIoU,
    OneHotMeanIoU,
    R2Score,
)
from nn.keras_style.tradeoffs import (
    PrecisionAtRecall,
    RecallAtPrecision,
    SensitivityAtSpecificity,
    SpecificityAtSensitivity,
)
from nn.missing_names import refuse

__all__ = [
    "AUC", "Accuracy", "BinaryAccuracy", "BinaryCrossentropy", "BinaryIoU", "CategoricalAccuracy",
    "CategoricalCrossentropy", "CategoricalHinge", "CosineSimilarity", "F1Score", "FBetaScore",
    "FalseNegatives", "FalsePositives", "Hinge", "IoU", "KLDivergence", "LogCoshError", "Mean",
    "MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanIoU", "MeanMetricWrapper",
    "MeanSquaredError", "MeanSquaredLogarithmicError", "Metric", "OneHotIoU", "OneHotMeanIoU",
    "Poisson", "Precision", "PrecisionAtRecall", "R2Score", "Recall", "RecallAtPrecision",
    "RootMeanSquaredError", "SensitivityAtSpecificity", "SparseCategoricalAccuracy",
    "SparseCategoricalCrossentropy", "SparseTopKCategoricalAccuracy", "SpecificityAtSensitivity",
    "SquaredHinge", "Sum", "TopKCategoricalAccuracy", "TrueNegatives", "TruePositives", "accuracy",
    "binary_accuracy", "categorical_accuracy", "equality", "get", "sparse_categorical_accuracy",
    "sparse_top_k_categorical_accuracy", "top_k_categorical_accuracy",
]  # fmt: skip


def binary_accuracy(y_true: Any, y_pred: Any, threshold: float = 0.5) -> Any:
    """Return for each output 1 if it is on the right side of the threshold, else 0.

    Parameters
    ----------
    y_true : array
        0 or 1.
    y_pred : array
        Probabilities.
    threshold : float
        What is above it counts as 1.

    Raises
    ------
    ShapeError
        If the shapes differ.

    Examples
    --------
    >>> binary_accuracy(np.array([[0, 0]]), np.array([[0.2, 0.7]]))
    array([[1., 0.]])
    """
    targets, outputs = alike(np.asarray(y_true), np.asarray(plain(y_pred)))
    return (((outputs > threshold) == targets) & ~np.isnan(outputs)) * 1.0


def categorical_accuracy(y_true: Any, y_pred: Any) -> Any:
    """Return for each example 1 if its largest output is at the largest target, else 0.

    Parameters
    ----------
    y_true, y_pred : array, shape (..., classes)
        One number for each class.

    Examples
    --------
    >>> categorical_accuracy(np.array([[0, 1]]), np.array([[0.2, 0.8]]))
    array([1.])
    """
    y_true, y_pred = alike(np.asarray(y_true), np.asarray(plain(y_pred)))
    return _is_at(y_pred, np.argmax(y_true, axis=-1), 1)


def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> Any:
    """Return for each example 1 if its largest output is that of its class, else 0.

    Parameters
    ----------
    y_true : array of int
        The class indices.
    y_pred : array, shape (..., classes)
        One number for each class.

    Examples
    --------
    >>> sparse_categorical_accuracy(np.array([0]), np.array([[0.2, 0.8]]))
    array([0.])
    """
    return sparse_top_k_categorical_accuracy(y_true, y_pred, 1)


def top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Any:
    """Return for each example 1 if the largest target is at one of the k largest outputs, else 0.

    Parameters
    ----------
    y_true, y_pred : array, shape (..., classes)
        One number for each class.
    k : int
        How many outputs count.

    Examples
    --------
    >>> top_k_categorical_accuracy(np.array([[0, 1, 0]]), np.array([[0.5, 0.3, 0.2]]), k=2)
    array([1.])
    """
    y_true, y_pred = alike(np.asarray(y_true), np.asarray(plain(y_pred)))
    return _is_at(y_pred, np.argmax(y_true, axis=-1), k)


def sparse_top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Any:
    """Return for each example 1 if its class is among the k largest outputs, else 0.

    Parameters
    ----------
    y_true : array of int
        The class indices.
    y_pred : array, shape (..., classes)
        One number for each class.
    k : int
        How many outputs count.

    Raises
    ------
    DataError
        If there is not one class for each example.

    Examples
    --------
    >>> sparse_top_k_categorical_accuracy(np.array([1]), np.array([[0.5, 0.3, 0.2]]), k=2)
    array([1.])
    """
    y_true, y_pred = np.asarray(y_true), np.asarray(plain(y_pred))
    if y_true.shape not in (y_pred.shape[:-1], (*y_pred.shape[:-1], 1)):
        raise DataError(
            f"The outputs have shape {y_pred.shape}, the targets {y_true.shape}; they must be "
            f"class indices of shape {y_pred.shape[:-1]}."
        )
    return _is_at(y_pred, y_true.reshape(y_pred.shape[:-1]), k)


def _is_at(outputs: Any, classes: Any, k: int) -> Any:
    """Return whether fewer than k outputs are larger than that of the class, and none is NaN."""
    if k == 1:
        right = np.argmax(outputs, axis=-1) == classes  # the first of several that are largest
    else:
        own = np.take_along_axis(outputs, classes[..., None].astype(int), axis=-1)
        right = np.sum(outputs > own, axis=-1) < k
    return (right & ~np.isnan(outputs).any(axis=-1)) * 1.0


def equality(y_true: Any, y_pred: Any) -> Any:
    """Return for each output 1 if it equals the target, else 0."""
    y_true, y_pred = alike(np.asarray(y_true), np.asarray(plain(y_pred)))
    return (y_true == y_pred) * 1.0


def accuracy(y_true: Any, y_pred: Any) -> Any:
    """Return one of the accuracies for each example, chosen by the shapes as Keras does.

    Parameters
    ----------
    y_true, y_pred : array
        The targets, and the outputs of the model.

    Raises
    ------
    DataError
        If the shapes fit none of them.

    Examples
    --------
    >>> accuracy(np.array([1]), np.array([[0.2, 0.8]]))
    array([1.])
    """
    y_true, y_pred = np.asarray(y_true), np.asarray(plain(y_pred))
    if y_pred.shape[-1:] == (1,) or y_pred.ndim == 1:
        return binary_accuracy(y_true, y_pred)
    if y_true.shape == y_pred.shape:
        return categorical_accuracy(y_true, y_pred)
    if y_true.shape in (y_pred.shape[:-1], (*y_pred.shape[:-1], 1)):
        return sparse_categorical_accuracy(y_true, y_pred)
    raise DataError(
        f"The outputs have shape {y_pred.shape}, the targets {y_true.shape}: accuracy takes "
        "class indices, one number for each class, or one output."
    )


def _cosine(y_true: Any, y_pred: Any, axis: int = -1) -> Any:
    return -loss_functions.cosine_similarity(y_true, y_pred, axis)


#: The functions by name.
METRICS: dict[str, Callable[..., Any]] = {
    "accuracy": accuracy,
    "acc": accuracy,
    "cosine_similarity": _cosine,
    "binary_accuracy": binary_accuracy,
    "categorical_accuracy": categorical_accuracy,
    "sparse_categorical_accuracy": sparse_categorical_accuracy,
    "top_k_categorical_accuracy": top_k_categorical_accuracy,
    "sparse_top_k_categorical_accuracy": sparse_top_k_categorical_accuracy,
}

#: The classes by name.
CLASSES: dict[str, type[Metric]] = {
    "auc": AUC,
    "f1_score": F1Score,
    "r2_score": R2Score,
    "false_negatives": FalseNegatives,
    "false_positives": FalsePositives,
    "precision": Precision,
    "recall": Recall,
    "root_mean_squared_error": RootMeanSquaredError,
    "true_negatives": TrueNegatives,
    "true_positives": TruePositives,
}


KNOWN.update(METRICS)


serialize, deserialize = serialize_keras_object, deserialize_keras_object


def get(identifier: Any) -> Any:
    """Return the metric of a name, which is its name in the history; anything else unchanged.

    Parameters
    ----------
    identifier : str or callable
        The name, such as "accuracy".

    Raises
    ------
    OptionError
        If there is no metric of this name.

    Examples
    --------
    >>> get("acc").name
    'acc'
    """
    if is_tagged(identifier):
        return deserialize_keras_object(identifier)
    own = get_registered_object(identifier) if isinstance(identifier, str) else identifier
    if own is not None:
        return own() if isinstance(own, type) else own
    if snake_case(identifier) in CLASSES:
        return CLASSES[snake_case(identifier)]()
    found, loss = METRICS.get(snake_case(identifier)), losses.known(identifier)
    if found is None and loss is None:
        names = ", ".join([*METRICS, *CLASSES, *losses.FUNCTIONS])
        raise OptionError(f"There is no metric {identifier!r}; there are {names}.")
    return _of_examples(found or losses.FUNCTIONS[str(loss)][0], identifier)


def _of_examples(function: Any, name: str, dtype: Any = None, **options: Any) -> MeanMetricWrapper:
    """Return the mean of a metric or a loss, which says whether it is better large or small."""
    made = MeanMetricWrapper(function, name, dtype, **options)
    made.direction = "max" if function in (equality, *METRICS.values()) else "min"
    return made


class NamedMetric(MeanMetricWrapper):
    """The base class of Keras' metrics that are means of a function.

    Parameters
    ----------
    *arguments
        The name, the type, which is ignored as sums are float64, and options of the function.
    **options
        The same by name.

    Raises
    ------
    OptionError
        If an option is not known, or given twice.
    """

    function: Callable[..., Any]
    usual = ""  # its name

    def __init__(self, *arguments: Any, **options: Any) -> None:
        names = self.argument_names
        given = dict(zip(names, arguments, strict=False))
        wrong = [
            *options.keys() - {*names},
            *(given.keys() & options.keys()),
            *arguments[len(names) :],
        ]
        if wrong:
            raise OptionError(
                f"{type(self).__name__} got {wrong[0]!r}; it takes {', '.join(names)}, each of "
                "them once."
            )
        given |= options
        if self.usual != "cosine_similarity" and given.pop("axis", -1) != -1:
            raise OptionError("axis= must be -1: the classes are along the last axis.")
        name, dtype = given.pop("name", None) or self.usual, given.pop("dtype", None)
        super().__init__(type(self).function, name, dtype, **given)

    def get_config(self) -> dict[str, Any]:
        """Return the options with which to make such a metric again."""
        return {"name": self.name, **self.options}


def _maker(
    function: Callable[..., Any], usual: str, arguments: str = "name dtype"
) -> type[NamedMetric]:
    names = {"kl_divergence": "KLDivergence", "logcosh": "LogCoshError"}
    kind = names.get(usual) or "".join(word.capitalize() for word in usual.split("_"))
    body = {
        "function": staticmethod(function), "usual": usual,
        "argument_names": tuple(arguments.split()),
        "direction": "max" if function in (equality, *METRICS.values()) else "min",
        "__module__": __name__, "__doc__": f"The mean of `{usual}`, perhaps under another name.",
    }  # fmt: skip
    return type(kind, (NamedMetric,), body)


Accuracy = _maker(equality, "accuracy")
BinaryAccuracy = _maker(binary_accuracy, "binary_accuracy", "name dtype threshold")
CategoricalAccuracy = _maker(categorical_accuracy, "categorical_accuracy")
CosineSimilarity = _maker(_cosine, "cosine_similarity", "name dtype axis")
SparseCategoricalAccuracy = _maker(sparse_categorical_accuracy, "sparse_categorical_accuracy")
SparseTopKCategoricalAccuracy = _maker(
    sparse_top_k_categorical_accuracy, "sparse_top_k_categorical_accuracy", "k name dtype"
)
TopKCategoricalAccuracy = _maker(
    top_k_categorical_accuracy, "top_k_categorical_accuracy", "k name dtype"
)
BinaryCrossentropy = _maker(
    loss_functions.binary_crossentropy,
    "binary_crossentropy",
    "name dtype from_logits label_smoothing",
)
CategoricalCrossentropy = _maker(
    loss_functions.categorical_crossentropy,
    "categorical_crossentropy",
    "name dtype from_logits label_smoothing axis",
)
SparseCategoricalCrossentropy = _maker(
    loss_functions.sparse_categorical_crossentropy,
    "sparse_categorical_crossentropy",
    "name dtype from_logits ignore_class axis",
)
MeanAbsoluteError = _maker(loss_functions.mean_absolute_error, "mean_absolute_error")
MeanAbsolutePercentageError = _maker(
    loss_functions.mean_absolute_percentage_error, "mean_absolute_percentage_error"
)
MeanSquaredError = _maker(loss_functions.mean_squared_error, "mean_squared_error")
MeanSquaredLogarithmicError = _maker(
    loss_functions.mean_squared_logarithmic_error, "mean_squared_logarithmic_error"
)
Hinge = _maker(loss_functions.hinge, "hinge")
SquaredHinge = _maker(loss_functions.squared_hinge, "squared_hinge")
CategoricalHinge = _maker(loss_functions.categorical_hinge, "categorical_hinge")
KLDivergence = _maker(loss_functions.kl_divergence, "kl_divergence")
LogCoshError = _maker(loss_functions.log_cosh, "logcosh")
Poisson = _maker(loss_functions.poisson, "poisson")


if not TYPE_CHECKING:  # a type checker is to find wrong names

    def __getattr__(name: str) -> Any:
        loss = losses.known(name)
        if loss is not None and name == name.lower():
            return losses.FUNCTIONS[loss][0]
        refuse(
            f"nn.keras_style has no metrics.{name}: write a function of y_true and y_pred, arrays, "
            "such as those of sklearn.metrics, or a class that derives from keras.metrics.Metric."
        )
