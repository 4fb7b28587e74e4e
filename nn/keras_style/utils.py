"""Keras' ``utils``: seeds, and classes as vectors."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np

from nn.keras_style.naming import clear_session
from nn.keras_style.sequences import pad_sequences
from nn.layers.linear import indices_below
from nn.missing_names import refuse
from nn.seeding import seed

__all__ = ["clear_session", "pad_sequences", "set_random_seed", "to_categorical"]


def set_random_seed(number: int) -> None:
    """Seed the generator of `nn`, for initial weights, dropout and the order of examples.

    Parameters
    ----------
    number : int
        The seed.
    """
    seed(number)


def to_categorical(x: Any, num_classes: int | None = None) -> Any:
    """Return classes as vectors of zeros and a single one.

    Parameters
    ----------
    x : array_like of int
        The classes, from 0; a last axis of length 1 is left out.
    num_classes : int, optional
        Their number; by default that of the largest, and one more.

    Examples
    --------
    >>> to_categorical([1, 0], 3)
    array([[0., 1., 0.],
           [1., 0., 0.]])
    """
    x = np.asarray(x)
    if x.ndim > 1 and x.shape[-1] == 1:
        x = x[..., 0]
    count = int(x.max(initial=-1)) + 1 if num_classes is None else num_classes
    return np.eye(count)[indices_below(count, x, "to_categorical")]


def __getattr__(name: str) -> NoReturn:
    advice = "autograd.draw(model(x)) draws the graph" if name == "plot_model" else "write it"
    refuse(f"nn.keras_style has no utils.{name}: {advice}.")
