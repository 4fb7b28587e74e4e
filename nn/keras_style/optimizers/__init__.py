"""Optimisers with Keras' names, defaults and formulas, and schedules of their rates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograd.errors import OptionError
from nn.keras_style.configured import (
    deserialize_keras_object,
    is_tagged,
    serialize_keras_object,
)
from nn.keras_style.optimizers import schedules
from nn.keras_style.optimizers.adaptive import (
    Adadelta,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    Lion,
    Nadam,
    RMSprop,
)
from nn.keras_style.optimizers.muon import Muon
from nn.keras_style.optimizers.optimizer import Optimizer
from nn.keras_style.optimizers.sgd import SGD
from nn.keras_style.optimizers.whole import Adafactor, Ftrl, Lamb, LossScaleOptimizer
from nn.keras_style.registered import get_registered_object
from nn.missing_names import refuse

__all__ = [
    "SGD", "Adadelta", "Adafactor", "Adagrad", "Adam", "AdamW", "Adamax", "Ftrl", "Lamb", "Lion",
    "LossScaleOptimizer", "Muon", "Nadam", "Optimizer", "RMSprop", "get", "schedules",
]  # fmt: skip

#: The optimisers by the names that `compile` takes.
NAMED: dict[str, type[Optimizer]] = {
    kind.__name__.lower(): kind
    for kind in (
        SGD, RMSprop, Adam, AdamW, Adamax, Nadam, Adagrad, Adadelta, Lion, Adafactor, Ftrl,
        Lamb, Muon,
    )
}  # fmt: skip


serialize, deserialize = serialize_keras_object, deserialize_keras_object


def get(identifier: Any) -> Any:
    """Return a new optimiser of this name; anything else unchanged.

    Parameters
    ----------
    identifier : str or Optimizer
        The name, such as "adam".

    Raises
    ------
    OptionError
        If there is no optimiser of this name.

    Examples
    --------
    >>> get("adam").learning_rate
    0.001
    """
    if is_tagged(identifier):
        return deserialize_keras_object(identifier)
    if not isinstance(identifier, str):
        return identifier
    own = get_registered_object(identifier)
    if own is not None:
        return own()
    if identifier.lower() not in NAMED:
        raise OptionError(f"There is no optimizer {identifier!r}; there are {', '.join(NAMED)}.")
    return NAMED[identifier.lower()]()  # type: ignore[call-arg]


if not TYPE_CHECKING:  # a type checker is to find wrong names

    def __getattr__(name: str) -> Any:
        refuse(
            f"nn.keras_style has no optimizers.{name}; it has {', '.join(__all__)}. compile also "
            "takes the optimisers of nn.optim: nn.optim.RAdam(model.parameters())."
        )
