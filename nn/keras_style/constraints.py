"""Keras' ``constraints``: what weights are set to after each step of the optimizer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from nn.keras_style.configured import (
    Configured,
    deserialize_keras_object,
    serialize_keras_object,
)
from nn.keras_style.named import looked_up
from nn.missing_names import refuse

#: Keras adds this to lengths before it divides by them.
EPSILON = 1e-7


class Constraint(Configured):
    """The base class of constraints: ``constraint(weight)`` returns the new weight."""

    keras_module = "constraints"

    def __call__(self, w: Any) -> Any:
        """Return the new weight.

        Parameters
        ----------
        w : array
            The weight.
        """
        raise NotImplementedError


def _lengths(w: Any, axis: Any) -> Any:
    axes = tuple(axis) if isinstance(axis, (list, tuple)) else axis
    return np.sqrt(np.sum(np.square(w), axis=axes, keepdims=True))


@dataclass
class MaxNorm(Constraint):
    """Vectors no longer than a number."""

    max_value: float = 2
    axis: Any = 0

    def __call__(self, w: Any) -> Any:
        """Return the new weight.

        Parameters
        ----------
        w : array
            The weight.

        Examples
        --------
        >>> MaxNorm(1.0)(np.array([[3.0], [4.0]])).round(3).tolist()
        [[0.6], [0.8]]
        """
        lengths = _lengths(w, self.axis)
        return w * (np.clip(lengths, 0, self.max_value) / (EPSILON + lengths))


@dataclass
class MinMaxNorm(Constraint):
    """Vectors whose length is between two numbers, or gets closer at a rate."""

    min_value: float = 0.0
    max_value: float = 1.0
    rate: float = 1.0
    axis: Any = 0

    def __call__(self, w: Any) -> Any:
        """Return the new weight.

        Parameters
        ----------
        w : array
            The weight.
        """
        lengths = _lengths(w, self.axis)
        inside = np.clip(lengths, self.min_value, self.max_value)
        wanted = self.rate * inside + (1 - self.rate) * lengths
        return w * (wanted / (EPSILON + lengths))


@dataclass
class UnitNorm(Constraint):
    """Vectors of length 1."""

    axis: Any = 0

    def __call__(self, w: Any) -> Any:
        """Return the new weight.

        Parameters
        ----------
        w : array
            The weight.
        """
        return w / (EPSILON + _lengths(w, self.axis))


class NonNeg(Constraint):
    """Numbers that are not negative."""

    def __call__(self, w: Any) -> Any:
        """Return the new weight.

        Parameters
        ----------
        w : array
            The weight.
        """
        return w * (w >= 0)


max_norm, min_max_norm, unit_norm, non_neg = MaxNorm, MinMaxNorm, UnitNorm, NonNeg

NAMES = {
    "max_norm": MaxNorm,
    "min_max_norm": MinMaxNorm,
    "non_neg": NonNeg,
    "unit_norm": UnitNorm,
    "MaxNorm": MaxNorm,
    "MinMaxNorm": MinMaxNorm,
    "NonNeg": NonNeg,
    "UnitNorm": UnitNorm,
}


serialize, deserialize = serialize_keras_object, deserialize_keras_object


def get(identifier: Any) -> Any:
    """Return a constraint by its name, or one that is given; None for none.

    Parameters
    ----------
    identifier : str, callable or None
        The name, such as "max_norm".

    Examples
    --------
    >>> get("non_neg")(np.array([-1.0, 2.0])).tolist()
    [-0.0, 2.0]
    """
    if identifier is None:
        return None
    found = looked_up("constraint", identifier, NAMES)
    return found() if isinstance(found, type) else found


def __getattr__(name: str) -> NoReturn:
    refuse(f"nn.keras_style has no constraints.{name}; it has {', '.join(NAMES)}, Constraint.")
