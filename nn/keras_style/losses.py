"""Losses by Keras' names: functions of outputs and targets that return one number for an example.

Losses of probabilities take probabilities, and logits with ``from_logits=True``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import log_softmax, softplus
from autograd.errors import DataError, OptionError
from nn import losses
from nn.arrays import plain, shape_of
from nn.layers.linear import indices_below

#: The smallest probability whose logarithm is taken.
LEAST = 1e-7


class Loss:
    """A loss by its name in Keras; the result is one number for each example.

    Parameters
    ----------
    name : str
        The name.
    from_logits : bool
        Whether the outputs are logits instead of probabilities.
    **options
        Options of the function.
    """

    def __init__(self, name: str, from_logits: bool = False, **options: Any) -> None:
        self.__name__, self.from_logits, self.options = name, from_logits, options
        self.function, self.takes_probabilities = FUNCTIONS[name]
        if from_logits and not self.takes_probabilities:
            raise OptionError(f"The outputs of {name} are no probabilities: omit from_logits.")

    def __call__(self, outputs: Any, targets: Any) -> Any:
        """Return the loss of each example.

        Parameters
        ----------
        outputs, targets : array_like or Tensor
            The outputs of the model and the targets, with the examples along the first axis.
        """
        options = dict(self.options)
        if self.takes_probabilities:
            options["from_logits"] = self.from_logits
            if not self.from_logits:
                _check_probabilities(self.__name__, outputs)
        found = self.function(outputs, targets, **options)
        axes = tuple(range(1, len(shape_of(found))))
        return np.mean(found, axis=axes) if axes else found


def _check_probabilities(name: str, outputs: Any) -> None:
    numbers = plain(outputs)
    if not ((numbers >= 0) & (numbers <= 1) | np.isnan(numbers)).all():
        raise DataError(
            f"{name} takes probabilities, but the outputs range from {np.min(numbers):.3g} to "
            f"{np.max(numbers):.3g}. End the model with nn.Softmax(axis=1) or nn.Sigmoid(), or, "
            "for logits, write the loss with from_logits=True."
        )


def _column(outputs: Any, targets: Any) -> Any:
    """Return targets of shape (batch,) as a column, if the outputs are one."""
    targets = plain(targets)
    if shape_of(outputs) == (*shape_of(targets), 1):
        return np.asarray(targets)[..., None]
    return targets


def _squared(outputs: Any, targets: Any) -> Any:
    return losses.mse(outputs, _column(outputs, targets), "none")


def _absolute(outputs: Any, targets: Any) -> Any:
    return losses.mae(outputs, _column(outputs, targets), "none")


def _huber(outputs: Any, targets: Any, delta: float = 1.0) -> Any:
    return losses.huber(outputs, _column(outputs, targets), "none", delta)


def _hinge(outputs: Any, targets: Any) -> Any:
    targets = _column(outputs, targets)
    signs = targets if (np.asarray(targets) < 0).any() else 2 * np.asarray(targets) - 1
    return losses.hinge(outputs, signs, "none")


def _log_cosh(outputs: Any, targets: Any) -> Any:
    difference = outputs - _column(outputs, targets)
    return difference + softplus(-2.0 * difference) - np.log(2.0)


def _poisson(outputs: Any, targets: Any) -> Any:
    return losses.poisson_nll(outputs, _column(outputs, targets), "none", False, eps=LEAST)


def _divergence(outputs: Any, targets: Any) -> Any:
    outputs, targets = np.clip(outputs, LEAST, 1.0), np.clip(targets, LEAST, 1.0)
    return np.sum(targets * (np.log(targets) - np.log(outputs)), axis=-1)


def _binary(outputs: Any, targets: Any, from_logits: bool, label_smoothing: float = 0.0) -> Any:
    targets = np.asarray(_column(outputs, targets)) * (1 - label_smoothing) + label_smoothing / 2
    if from_logits:
        return losses.binary_cross_entropy_with_logits(outputs, targets, "none")
    return losses.binary_cross_entropy(np.clip(outputs, LEAST, 1 - LEAST), targets, "none")


def _logarithms(outputs: Any, from_logits: bool) -> Any:
    if from_logits:
        return log_softmax(outputs, axis=-1)
    shares = outputs / np.sum(outputs, axis=-1, keepdims=True)
    return np.log(np.clip(shares, LEAST, 1 - LEAST))


def _categorical(
    outputs: Any, targets: Any, from_logits: bool, label_smoothing: float = 0.0
) -> Any:
    targets = np.asarray(plain(targets))
    if targets.shape != shape_of(outputs):
        raise DataError(
            f"categorical_crossentropy takes one number for each class: the outputs have shape "
            f"{shape_of(outputs)}, the targets {targets.shape}. For class indices write "
            '"sparse_categorical_crossentropy".'
        )
    targets = targets * (1 - label_smoothing) + label_smoothing / targets.shape[-1]
    return -np.sum(targets * _logarithms(outputs, from_logits), axis=-1)


def _sparse(outputs: Any, targets: Any, from_logits: bool) -> Any:
    targets = np.asarray(plain(targets))
    if targets.shape == (*shape_of(outputs)[:-1], 1):
        targets = targets[..., 0]
    if targets.shape != shape_of(outputs)[:-1]:
        raise DataError(
            f"sparse_categorical_crossentropy takes class indices: the outputs have shape "
            f"{shape_of(outputs)}, the targets {targets.shape}. For one number for each class "
            'write "categorical_crossentropy".'
        )
    chosen = indices_below(shape_of(outputs)[-1], targets, "sparse_categorical_crossentropy")
    found = np.take_along_axis(_logarithms(outputs, from_logits), chosen[..., None], axis=-1)
    return -found[..., 0]


#: The losses: their functions, and whether the outputs are probabilities or logits.
FUNCTIONS: dict[str, tuple[Callable[..., Any], bool]] = {
    "mean_squared_error": (_squared, False),
    "mean_absolute_error": (_absolute, False),
    "huber": (_huber, False),
    "log_cosh": (_log_cosh, False),
    "hinge": (_hinge, False),
    "poisson": (_poisson, False),
    "kl_divergence": (_divergence, False),
    "binary_crossentropy": (_binary, True),
    "categorical_crossentropy": (_categorical, True),
    "sparse_categorical_crossentropy": (_sparse, True),
}

#: Other names of losses.
ALIASES = {
    "mse": "mean_squared_error",
    "mae": "mean_absolute_error",
    "logcosh": "log_cosh",
    "kld": "kl_divergence",
    "kullback_leibler_divergence": "kl_divergence",
    "bce": "binary_crossentropy",
}


def named(loss: Any) -> Any:
    """Return the loss of a name; anything else unchanged."""
    if not isinstance(loss, str):
        return loss
    name = ALIASES.get(loss.lower(), loss.lower())
    if name not in FUNCTIONS:
        raise OptionError(f"There is no loss {loss!r}; there are {', '.join(FUNCTIONS)}.")
    return Loss(name)


def _maker(name: str) -> Callable[..., Loss]:
    def make(**options: Any) -> Loss:
        return Loss(name, **options)

    make.__doc__ = f"Return the loss {name}, with options such as from_logits=True."
    return make


BinaryCrossentropy = _maker("binary_crossentropy")
CategoricalCrossentropy = _maker("categorical_crossentropy")
SparseCategoricalCrossentropy = _maker("sparse_categorical_crossentropy")
Hinge = _maker("hinge")
Huber = _maker("huber")
KLDivergence = _maker("kl_divergence")
LogCosh = _maker("log_cosh")
MeanAbsoluteError = _maker("mean_absolute_error")
MeanSquaredError = _maker("mean_squared_error")
Poisson = _maker("poisson")
