"""Keras' losses: called with targets and outputs, they return the mean over the examples."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import OptionError
from nn.arrays import plain, shape_of
from nn.keras_style.configured import FUNCTIONS as KNOWN
from nn.keras_style.configured import (
    Configured,
    deserialize_keras_object,
    is_tagged,
    serialize_keras_object,
)
from nn.keras_style.loss_functions import (
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
from nn.keras_style.reductions import REDUCTIONS, reduced
from nn.keras_style.registered import get_registered_object
from nn.missing_names import refuse


class Loss(Configured):
    """A loss; your own define ``call(y_true, y_pred)``, which returns one number for each example.

    Parameters
    ----------
    name : str, optional
        The name.
    reduction : {"sum_over_batch_size", "mean", "mean_with_sample_weight", "sum", "none", None}
        Whether the loss is the mean of these numbers, or the sum divided by that of the weights,
        or the sum, or the numbers themselves.
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
        return reduced(found, sample_weight, self.counted(y_true, found, mask), self.reduction)


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


#: The last arguments of the losses.
LAST = ("reduction", "name", "dtype")

#: The losses: their functions, and the arguments before `LAST`.
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
    "binary_crossentropy": (binary_crossentropy, ("from_logits", "label_smoothing", "axis")),
    "categorical_crossentropy": (
        categorical_crossentropy,
        ("from_logits", "label_smoothing", "axis"),
    ),
    "sparse_categorical_crossentropy": (
        sparse_categorical_crossentropy,
        ("from_logits", "ignore_class"),
    ),
    "binary_focal_crossentropy": (
        binary_focal_crossentropy,
        ("apply_class_balancing", "alpha", "gamma", "from_logits", "label_smoothing", "axis"),
    ),
    "categorical_focal_crossentropy": (
        categorical_focal_crossentropy,
        ("alpha", "gamma", "from_logits", "label_smoothing", "axis"),
    ),
    "categorical_generalized_cross_entropy": (categorical_generalized_cross_entropy, ("q",)),
    "circle": (circle, ("gamma", "margin", "remove_diagonal")),
    "ctc": (ctc, ()),
    "dice": (dice, ()),
    "tversky": (tversky, ("alpha", "beta")),
}

#: Where an argument is among `LAST`.
BETWEEN = {
    "sparse_categorical_crossentropy": ("reduction", "axis", "name", "dtype"),
    "dice": ("reduction", "name", "axis", "dtype"),
    "tversky": ("reduction", "name", "axis", "dtype"),
}

#: Functions whose axis may be another one than the last.
ALONG = ("cosine_similarity", "dice", "tversky")

KNOWN.update({name: function for name, (function, _) in FUNCTIONS.items()})

#: The names of losses that are not those of their functions.
NAMES = {"huber": "huber_loss"}

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
        function, names = FUNCTIONS[self.named][0], self.argument_names
        given = dict(zip(names, arguments, strict=False))
        if len(arguments) > len(names) or given.keys() & options.keys():
            raise OptionError(f"{self.named} takes {', '.join(names)}, each of them once.")
        options = {**given, **options}
        if self.named not in ALONG and options.pop("axis", -1) != -1:
            raise OptionError("axis= must be -1: the classes are along the last axis.")
        unknown = sorted(options.keys() - {*names})
        if unknown == ["from_logits"]:
            raise OptionError(
                f"The outputs of {self.named} are no probabilities: omit from_logits."
            )
        if unknown:
            raise OptionError(
                f"{self.named} has no option {unknown[0]!r}; it takes {', '.join(names)}."
            )
        options["name"] = options.get("name") or NAMES.get(self.named)
        super().__init__(function, **options)

    def get_config(self) -> dict[str, Any]:
        """Return the options with which to make such a loss again."""
        return {"name": self.name, "reduction": self.reduction, **self.options}


def _maker(name: str) -> type[NamedLoss]:
    kind = "".join(word.capitalize() for word in name.split("_")).replace("Kl", "KL")
    kind = "CTC" if name == "ctc" else kind
    doc = f"The loss `{name}`, with its options, such as ``reduction=``; see `Loss`."
    names = arguments_of(name)
    body = {"named": name, "argument_names": names, "__module__": __name__, "__doc__": doc}
    return type(kind, (NamedLoss,), body)


def arguments_of(name: str) -> tuple[str, ...]:
    """Return the names of the arguments of a loss in Keras' order."""
    return (*FUNCTIONS[name][1], *BETWEEN.get(name, LAST))


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
    argument_names = arguments_of(named)

    def counted(self, y_true: Any, found: Any, mask: Any) -> Any:
        """Return which numbers count: not those of the class to be ignored."""
        ignored = self.options.get("ignore_class")
        if ignored is None:
            return mask
        return _both(mask, np.reshape(np.asarray(plain(y_true)), shape_of(found)) != ignored)


class Circle(NamedLoss):
    """The loss `circle`, with its options; see `Loss`."""

    named = "circle"
    argument_names = arguments_of(named)

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
