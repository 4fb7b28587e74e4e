"""Keras' ``regularizers``: penalties on weights, which `fit` adds to the loss."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from autograd.errors import OptionError
from nn.keras_style.configured import (
    Configured,
    deserialize_keras_object,
    serialize_keras_object,
)
from nn.keras_style.named import looked_up
from nn.missing_names import refuse


class Regularizer(Configured):
    """The base class of regularisers: ``regularizer(weight)`` returns a number.

    Examples
    --------
    >>> class Fourth(Regularizer):
    ...     def __call__(self, x):
    ...         return 0.1 * np.sum(x**4)
    >>> float(Fourth()(np.array([1.0, 2.0])))
    1.7000000000000002
    """

    keras_module = "regularizers"

    def __call__(self, x: Any) -> Any:
        """Return the penalty.

        Parameters
        ----------
        x : Tensor
            The weight.
        """
        raise NotImplementedError


@dataclass
class L1L2(Regularizer):
    """l1 times the sum of the magnitudes, and l2 times that of the squares."""

    l1: float = 0.0
    l2: float = 0.0

    def __call__(self, x: Any) -> Any:
        """Return the penalty.

        Parameters
        ----------
        x : Tensor
            The weight.

        Examples
        --------
        >>> L1L2(1.0, 2.0)(np.array([-1.0, 3.0]))
        np.float64(24.0)
        """
        total: Any = 0.0
        if self.l1:
            total = total + self.l1 * np.sum(np.abs(x))
        if self.l2:
            total = total + self.l2 * np.sum(np.square(x))
        return total


class L1(L1L2):
    """A factor times the sum of the magnitudes."""

    def __init__(self, l1: float = 0.01) -> None:
        super().__init__(l1=l1)


class L2(L1L2):
    """A factor times the sum of the squares."""

    def __init__(self, l2: float = 0.01) -> None:
        super().__init__(l2=l2)


class OrthogonalRegularizer(Regularizer):
    """A factor times the mean magnitude of the cosines between rows, or between columns.

    Parameters
    ----------
    factor : float
        The factor.
    mode : {"rows", "columns"}
        Which vectors are to be orthogonal.
    """

    def __init__(self, factor: float = 0.01, mode: str = "rows") -> None:
        if mode not in ("rows", "columns"):
            raise OptionError(f'mode={mode!r} must be "rows" or "columns".')
        self.factor, self.mode = factor, mode

    def __call__(self, x: Any) -> Any:
        """Return the penalty.

        Parameters
        ----------
        x : Tensor
            A matrix.

        Examples
        --------
        >>> round(float(OrthogonalRegularizer(1.0)(np.array([[1.0, 0.0], [1.0, 1.0]]))), 4)
        0.7071
        """
        rows = x if self.mode == "rows" else np.transpose(x)
        squares = np.sum(rows * rows, axis=1, keepdims=True)
        rows = rows / np.sqrt(np.maximum(squares, 1e-12))
        count = rows.shape[0]
        cosines = np.matmul(rows, np.transpose(rows)) * (1 - np.eye(count, dtype=rows.dtype))
        return self.factor * 0.5 * np.sum(np.abs(cosines)) / max(1, count * (count - 1) // 2)


l1, l2, l1_l2, orthogonal_regularizer = L1, L2, L1L2, OrthogonalRegularizer

NAMED: dict[str, Any] = {
    "l1": L1, "l2": L2, "l1_l2": L1L2, "L1": L1, "L2": L2, "L1L2": L1L2,
    "orthogonal_regularizer": OrthogonalRegularizer,
    "OrthogonalRegularizer": OrthogonalRegularizer,
}  # fmt: skip


class Penalty:
    """The penalty of a weight.

    Parameters
    ----------
    regularizer : callable
        The function.
    weight : Tensor
        The weight.
    """

    def __init__(self, regularizer: Callable[[Any], Any], weight: Any) -> None:
        self.regularizer, self.weight = regularizer, weight

    def __call__(self) -> Any:
        """Return the penalty."""
        return self.regularizer(self.weight)


serialize, deserialize = serialize_keras_object, deserialize_keras_object


def get(identifier: Any) -> Any:
    """Return a regulariser by its name, or one that is given; None for none.

    Parameters
    ----------
    identifier : str, callable or None
        The name, such as "l2".

    Examples
    --------
    >>> get("l2")(np.array([3.0]))
    np.float64(0.09)
    """
    if identifier is None:
        return None
    found = looked_up("regularizer", identifier, NAMED)
    return found() if isinstance(found, type) else found


def __getattr__(name: str) -> NoReturn:
    refuse(f"nn.keras_style has no regularizers.{name}; it has {', '.join(NAMED)}, Regularizer.")
