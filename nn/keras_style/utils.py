"""Keras' ``utils``: seeds, and classes as vectors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

import numpy as np

from nn import seeding
from nn.keras_style.naming import clear_session
from nn.keras_style.sequences import pad_sequences
from nn.layers.linear import indices_below
from nn.missing_names import refuse

__all__ = [
    "PyDataset",
    "Sequence",
    "clear_session",
    "pad_sequences",
    "set_random_seed",
    "to_categorical",
]


def set_random_seed(seed: int) -> None:
    """Seed the generator of `nn`, for initial weights, dropout and the order of examples.

    Parameters
    ----------
    seed : int
        The seed.
    """
    seeding.seed(seed)


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


class PyDataset:
    """Batches by their number: a subclass defines ``__len__`` and ``__getitem__``.

    Parameters
    ----------
    **options
        Options of Keras for its workers, which are ignored.

    Examples
    --------
    >>> class Ones(PyDataset):
    ...     def __len__(self):
    ...         return 2
    ...
    ...     def __getitem__(self, index):
    ...         return np.ones((4, 1)), np.full((4, 1), index)
    >>> [float(y.mean()) for x, y in Ones()]
    [0.0, 1.0]
    """

    def __init__(self, **options: Any) -> None:
        del options

    def __len__(self) -> int:
        raise NotImplementedError("Define __len__(self), the number of batches.")

    def __getitem__(self, index: int) -> Any:
        raise NotImplementedError("Define __getitem__(self, index), which returns a batch.")

    def on_epoch_end(self) -> None:
        """After each pass through the batches; a subclass may change their order."""

    def __iter__(self) -> Iterator[Any]:
        for index in range(len(self)):
            yield self[index]
        self.on_epoch_end()


Sequence = PyDataset


def __getattr__(name: str) -> NoReturn:
    advice = "autograd.draw(model(x)) draws the graph" if name == "plot_model" else "write it"
    refuse(f"nn.keras_style has no utils.{name}: {advice}.")
