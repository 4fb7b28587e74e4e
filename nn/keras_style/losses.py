"""Keras' losses: called with targets and outputs, they return the mean over the examples."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import DataError, OptionError
from nn.arrays import plain, shape_of
from nn.keras_style.configured import FUNCTIONS as KNOWN
from nn.keras_style.configured import (
    Configured,
    deserialize_keras_object,
    is_tagged,
    serialize_keras_object,
)
from nn.keras_style.loss_functions import (
    LEAST,
    binary_crossentropy,
    binary_focal_crossentropy,
    categorical_crossentropy,
    categorical_focal_crossentropy,
    categorical_hinge,
    cosine_similarity,
    hinge,
    huber,
    kl_divergence,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
    poisson,
    sparse_categorical_crossentropy,
    squared_hinge,
)
from nn.keras_style.overlap_losses import (
    categorical_generalized_cross_entropy,
    circle,
    ctc,
    dice,
    tversky,
)
from nn.keras_style.registered import get_registered_object
from nn.missing_names import refuse

REDUCTIONS = ("sum_over_batch_size", "mean", "sum", "none", None)


class Loss(Configured):
    """A loss; your own define ``call(y_true, y_pred)``, which returns one number for each example.

    Parameters
    ----------
    name : str, optional
        The name.
    reduction : {"sum_over_batch_size", "mean", "sum", "none", None}
        Whether the loss is the mean of these numbers, their sum or the numbers themselves.
    dtype
        Ignored: losses have the type of the outputs.

    Raises
    ------
    OptionError
        If `reduction` is something else.

    Examples
    --------
    >>> class Cubes(Loss):
    ...     def call(self, y_true, y_pred):
    ...         return np.mean(np.abs(y_true - y_pred) ** 3, axis=-1)
    >>> float(Cubes()(np.zeros((2, 1)), np.array([[1.0], [2.0]])))
    4.5
    """

    keras_module = "losses"

    def __init__(
        self, name: str | None = None, reduction: Any = "sum_over_batch_size", dtype: Any = None
    ) -> None:
        if reduction not in REDUCTIONS:
            raise OptionError(f"reduction={reduction!r} must be one of {REDUCTIONS}.")
        self.name = self.__name__ = name or type(self).__name__.lower()
        self.reduction, self.dtype = reduction, dtype

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the loss of each example; subclasses define it.

        Parameters
        ----------
        y_true, y_pred : array_like or Tensor
            Targets and outputs, with the examples along the first axis.
        """
        raise NotImplementedError("Define call(self, y_true, y_pred).")

    def counted(self, y_true: Any, found: Any, mask: Any) -> Any:
        """Return which numbers count; by default those of the mask.

        Parameters
        ----------
        y_true : array_like
            The targets.
        found : array or Tensor
            The loss of each example.
        mask : array of bool, optional
            The mask of the outputs.
        """
        return mask

    def __call__(
        self, y_true: Any, y_pred: Any, sample_weight: Any = None, mask: Any = None
    ) -> Any:
        """Return the loss.

        Parameters
        ----------
        y_true, y_pred : array_like or Tensor
            Targets and outputs, with the examples along the first axis.
        sample_weight : array_like, optional
            The weight of each example.
        mask : array of bool, optional
            True for the numbers that count, such as the steps of sequences.

        Raises
        ------
        DataError
            If there is not one weight for each example.
        """
        found = self.call(y_true, y_pred)
        mask = self.counted(y_true, found, mask)
        if mask is not None and self.reduction not in (None, "none"):
            mean = masked_mean(found, mask, sample_weight)
            return mean * np.sum(plain(mask)) if self.reduction == "sum" else mean
        if sample_weight is not None and len(shape_of(sample_weight)) > 1:
            found, sample_weight = found * of_steps(sample_weight, found), None
        axes = tuple(range(1, len(shape_of(found))))
        if axes and self.reduction not in (None, "none"):
            found = np.sum(found, axis=axes) if self.reduction == "sum" else np.mean(found, axes)
        if sample_weight is not None:
            weights = np.asarray(plain(sample_weight), np.float64).astype(found.dtype)
            weights = weights[:, 0] if weights.shape == (len(weights), 1) else weights
            if weights.shape not in ((), shape_of(found)):
                raise DataError(
                    f"The weights have shape {weights.shape}, the losses {shape_of(found)}; there "
                    "must be one weight for each example."
                )
            found = found * weights
        if self.reduction in (None, "none") or not shape_of(found):
            return found
        return np.sum(found) if self.reduction == "sum" else np.mean(found)


def of_steps(weights: Any, numbers: Any) -> Any:
    """Return weights of examples or of their steps, to be multiplied by one number for each step.

    Parameters
    ----------
    weights : array, shape (examples,) or (examples, steps)
        The weights.
    numbers : array or Tensor
        One number for each step.

    Raises
    ------
    DataError
        If the shapes do not fit.

    Examples
    --------
    >>> of_steps(np.array([1.0, 2.0]), np.ones((2, 3))).shape
    (2, 1)
    """
    given, shape = np.asarray(plain(weights), numbers.dtype), shape_of(numbers)
    if given.ndim == len(shape) + 1 and given.shape[-1] == 1:
        given = given[..., 0]
    if given.shape != shape[: given.ndim]:
        raise DataError(
            f"The weights have shape {given.shape}, the losses {shape}; there must be one weight "
            "for each example, or for each of its steps."
        )
    return given.reshape(given.shape + (1,) * (len(shape) - given.ndim))


def masked_mean(numbers: Any, mask: Any, weights: Any = None) -> Any:
    """Return the mean of the numbers that a mask lets count, times the weights of the examples.

    Parameters
    ----------
    numbers : array or Tensor
        One number for each element of the mask.
    mask : array of bool
        True for those that count.
    weights : array, optional
        The weight of each example.

    Raises
    ------
    DataError
        If the shapes differ.
    """
    if shape_of(numbers) != shape_of(mask):
        raise DataError(
            f"The outputs have a mask of shape {shape_of(mask)}; the loss or metric returned shape "
            f"{shape_of(numbers)}. It must return one number for each step."
        )
    counts = np.asarray(plain(mask), numbers.dtype)
    total = np.sum(counts)
    if weights is not None:
        counts = counts * of_steps(weights, counts)
    return np.sum(numbers * counts) / np.maximum(total, LEAST)


class FunctionLoss(Loss):
    """A loss whose numbers come from a function of targets and outputs.

    Parameters
    ----------
    function : callable
        ``function(y_true, y_pred, **options)``.
    name, reduction, dtype
        As for `Loss`.
    **options
        The options of the function.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        name: str | None = None,
        reduction: Any = "sum_over_batch_size",
        dtype: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(name or getattr(function, "__name__", None), reduction, dtype)
        self.function, self.options = function, options

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the loss of each example."""
        return self.function(y_true, y_pred, **self.options)


#: The losses: their functions, and the options that may be given without a name.
FUNCTIONS: dict[str, tuple[Callable[..., Any], tuple[str, ...]]] = {
    "mean_squared_error": (mean_squared_error, ()),
    "mean_absolute_error": (mean_absolute_error, ()),
    "mean_absolute_percentage_error": (mean_absolute_percentage_error, ()),
    "mean_squared_logarithmic_error": (mean_squared_logarithmic_error, ()),
    "cosine_similarity": (cosine_similarity, ("axis",)),
    "huber": (huber, ("delta",)),
    "log_cosh": (log_cosh, ()),
    "hinge": (hinge, ()),
    "squared_hinge": (squared_hinge, ()),
    "categorical_hinge": (categorical_hinge, ()),
    "poisson": (poisson, ()),
    "kl_divergence": (kl_divergence, ()),
    "binary_crossentropy": (binary_crossentropy, ("from_logits", "label_smoothing")),
    "categorical_crossentropy": (categorical_crossentropy, ("from_logits", "label_smoothing")),
    "sparse_categorical_crossentropy": (
        sparse_categorical_crossentropy,
        ("from_logits", "ignore_class"),
    ),
    "binary_focal_crossentropy": (
        binary_focal_crossentropy,
        ("apply_class_balancing", "alpha", "gamma", "from_logits", "label_smoothing"),
    ),
    "categorical_focal_crossentropy": (
        categorical_focal_crossentropy,
        ("alpha", "gamma", "from_logits", "label_smoothing"),
    ),
    "categorical_generalized_cross_entropy": (categorical_generalized_cross_entropy, ("q",)),
    "circle": (circle, ("gamma", "margin", "remove_diagonal")),
    "ctc": (ctc, ()),
    "dice": (dice, ("axis",)),
    "tversky": (tversky, ("alpha", "beta", "axis")),
}

KNOWN.update({name: function for name, (function, _) in FUNCTIONS.items()})

#: Other names of losses.
ALIASES = {
    "mse": "mean_squared_error",
    "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error",
    "logcosh": "log_cosh",
    "kld": "kl_divergence",
    "kullback_leibler_divergence": "kl_divergence",
    "bce": "binary_crossentropy",
}


def known(name: str) -> str | None:
    """Return the full name of a loss, such as "MSE" or "MeanSquaredError", or None."""
    spelled = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
    spelled = spelled.replace("kldivergence", "kl_divergence")
    spelled = ALIASES.get(spelled, spelled)
    return spelled if spelled in FUNCTIONS else None


serialize, deserialize = serialize_keras_object, deserialize_keras_object


def get(identifier: Any) -> Any:
    """Return the loss of a name; anything else unchanged.

    Parameters
    ----------
    identifier : str or callable
        The name, such as "mse".

    Raises
    ------
    OptionError
        If there is no loss of this name.

    Examples
    --------
    >>> get("mse").name
    'mean_squared_error'
    """
    if is_tagged(identifier):
        return deserialize_keras_object(identifier)
    own = get_registered_object(identifier) if isinstance(identifier, str) else identifier
    if own is not None:
        return own() if isinstance(own, type) else own
    name = known(identifier)
    if name is None:
        raise OptionError(f"There is no loss {identifier!r}; there are {', '.join(FUNCTIONS)}.")
    return FunctionLoss(FUNCTIONS[name][0])


class NamedLoss(FunctionLoss):
    """The base class of Keras' losses, whose options may be given without a name.

    Parameters
    ----------
    *arguments
        The first options of the function, `reduction` and `name`.
    **options
        The same by name.
    """

    named = ""  # the function, by its name in `FUNCTIONS`

    def __init__(self, *arguments: Any, **options: Any) -> None:
        function, order = FUNCTIONS[self.named]
        names = (*order, *(() if "from_logits" not in order else ("axis",)), "reduction", "name")
        if len(arguments) > len(names):
            raise OptionError(f"{self.named} takes {', '.join(names)}.")
        options = {**dict(zip(names, arguments, strict=False)), **options}
        if "axis" not in order and options.pop("axis", -1) != -1:
            raise OptionError("axis= must be -1: the classes are along the last axis.")
        unknown = sorted(options.keys() - {*order, "reduction", "name", "dtype"})
        if unknown == ["from_logits"]:
            raise OptionError(
                f"The outputs of {self.named} are no probabilities: omit from_logits."
            )
        if unknown:
            raise OptionError(
                f"{self.named} has no option {unknown[0]!r}; it takes {', '.join(names)}."
            )
        super().__init__(function, **options)

    def get_config(self) -> dict[str, Any]:
        """Return the options with which to make such a loss again."""
        return {"name": self.name, "reduction": self.reduction, **self.options}


def _maker(name: str) -> type[NamedLoss]:
    kind = "".join(word.capitalize() for word in name.split("_")).replace("Kl", "KL")
    kind = "CTC" if name == "ctc" else kind
    doc = f"The loss `{name}`, with its options, such as ``reduction=``; see `Loss`."
    return type(kind, (NamedLoss,), {"named": name, "__module__": __name__, "__doc__": doc})


BinaryCrossentropy = _maker("binary_crossentropy")
BinaryFocalCrossentropy = _maker("binary_focal_crossentropy")
CategoricalCrossentropy = _maker("categorical_crossentropy")
CategoricalFocalCrossentropy = _maker("categorical_focal_crossentropy")
CategoricalHinge = _maker("categorical_hinge")
CosineSimilarity = _maker("cosine_similarity")
Hinge = _maker("hinge")
Huber = _maker("huber")
KLDivergence = _maker("kl_divergence")
LogCosh = _maker("log_cosh")
MeanAbsoluteError = _maker("mean_absolute_error")
MeanAbsolutePercentageError = _maker("mean_absolute_percentage_error")
MeanSquaredError = _maker("mean_squared_error")
MeanSquaredLogarithmicError = _maker("mean_squared_logarithmic_error")
Poisson = _maker("poisson")
CategoricalGeneralizedCrossEntropy = _maker("categorical_generalized_cross_entropy")
CTC = _maker("ctc")
Dice = _maker("dice")
Tversky = _maker("tversky")


def _both(mask: Any, counts: Any) -> Any:
    return counts if mask is None else np.logical_and(plain(mask), counts)


class SparseCategoricalCrossentropy(NamedLoss):
    """The loss `sparse_categorical_crossentropy`, with its options; see `Loss`."""

    named = "sparse_categorical_crossentropy"

    def counted(self, y_true: Any, found: Any, mask: Any) -> Any:
        """Return which numbers count: not those of the class to be ignored."""
        ignored = self.options.get("ignore_class")
        if ignored is None:
            return mask
        return _both(mask, np.reshape(np.asarray(plain(y_true)), shape_of(found)) != ignored)


class Circle(NamedLoss):
    """The loss `circle`, with its options; see `Loss`."""

    named = "circle"

    def counted(self, y_true: Any, found: Any, mask: Any) -> Any:
        """Return which numbers count: those that are positive."""
        return _both(mask, plain(found) > 0)


SquaredHinge = _maker("squared_hinge")


if not TYPE_CHECKING:  # a type checker is to find wrong names

    def __getattr__(name: str) -> Any:
        refuse(
            f"nn.keras_style has no losses.{name}: write a class that derives from "
            "keras.losses.Loss and defines call(y_true, y_pred)."
        )
