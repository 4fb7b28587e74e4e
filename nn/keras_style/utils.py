"""Keras' ``utils``: seeds, and classes as vectors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

import numpy as np

from autograd.errors import DataError
from nn import seeding
from nn.keras_style.configured import deserialize_keras_object, serialize_keras_object
from nn.keras_style.naming import clear_session
from nn.keras_style.registered import (
    custom_object_scope,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
)
from nn.keras_style.sequences import pad_sequences
from nn.keras_style.symbolic import KerasTensor
from nn.layers.linear import indices_below
from nn.missing_names import refuse

__all__ = [
    "CustomObjectScope",
    "PyDataset",
    "Sequence",
    "clear_session",
    "custom_object_scope",
    "deserialize_keras_object",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "is_keras_tensor",
    "normalize",
    "pack_x_y_sample_weight",
    "pad_sequences",
    "register_keras_serializable",
    "serialize_keras_object",
    "set_random_seed",
    "timeseries_dataset_from_array",
    "to_categorical",
    "unpack_x_y_sample_weight",
]


CustomObjectScope = custom_object_scope


def is_keras_tensor(x: Any) -> bool:
    """Return whether this is a symbolic tensor.

    Parameters
    ----------
    x : object
        Anything.
    """
    return isinstance(x, KerasTensor)


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
    count = int(x.max(initial=0) if x.size else -1) + 1 if num_classes is None else num_classes
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


def normalize(x: Any, axis: int = -1, order: int = 2) -> Any:
    """Return arrays divided by their norms.

    Parameters
    ----------
    x : array_like
        The arrays.
    axis : int
        The axis of the norms.
    order : int
        Their order.

    Examples
    --------
    >>> normalize([[3.0, 4.0]])
    array([[0.6, 0.8]])
    """
    x = np.asarray(x)
    norms = np.linalg.norm(np.atleast_1d(x), order, axis, keepdims=True)
    return x / np.where(norms == 0, 1, norms)


def pack_x_y_sample_weight(x: Any, y: Any = None, sample_weight: Any = None) -> Any:
    """Return inputs, targets and weights as a tuple, as far as they are given.

    Parameters
    ----------
    x, y, sample_weight : array, optional
        The parts of a batch.
    """
    if y is None:
        return x if not isinstance(x, (list, tuple)) else (x,)
    return (x, y) if sample_weight is None else (x, y, sample_weight)


def unpack_x_y_sample_weight(data: Any) -> tuple[Any, Any, Any]:
    """Return inputs, targets and weights of a batch, None for what is missing.

    Parameters
    ----------
    data : array or tuple
        The batch.
    """
    parts = data if isinstance(data, tuple) else (data,)
    if not 1 <= len(parts) <= 3:
        raise DataError(f"A batch has {len(parts)} parts; it must be x, (x, y) or (x, y, weights).")
    return (*parts, None, None)[:3]


class TimeSeries(PyDataset):
    """The batches of `timeseries_dataset_from_array`.

    Parameters
    ----------
    data, targets : array
        The series, and what belongs to the windows.
    rows : array of int, shape (windows, steps)
        The steps of each window.
    batch_size : int or None
        The number of windows per batch.
    order : numpy.random.Generator or None
        Draws their order in each pass.
    """

    def __init__(self, data: Any, targets: Any, rows: Any, batch_size: int | None, order: Any):
        super().__init__()
        self.data, self.targets, self.rows, self.order = data, targets, rows, order
        self.batch_size, self.places = batch_size or 1, np.arange(len(rows))
        self.on_epoch_end()

    def on_epoch_end(self) -> None:
        """Draw another order."""
        if self.order is not None:
            self.places = self.order.permutation(len(self.rows))

    def __len__(self) -> int:
        return -(-len(self.rows) // self.batch_size)

    def __getitem__(self, index: int) -> Any:
        """Return a batch by its number."""
        places = self.places[index * self.batch_size : (index + 1) * self.batch_size]
        x = self.data[self.rows[places]]
        return x if self.targets is None else (x, self.targets[self.rows[places, 0]])


def timeseries_dataset_from_array(
    data: Any, targets: Any, sequence_length: int, sequence_stride: int = 1,
    sampling_rate: int = 1, batch_size: int | None = 128, shuffle: bool = False,
    seed: int | None = None, start_index: int | None = None, end_index: int | None = None,
) -> Any:  # fmt: skip
    """Return batches of windows over a series, each with the target at its first step.

    Parameters
    ----------
    data : array, shape (steps, ...)
        The series.
    targets : array or None
        What belongs to the window that begins at each step.
    sequence_length : int
        The steps of a window.
    sequence_stride : int
        The distance of windows.
    sampling_rate : int
        The distance of the steps of a window.
    batch_size : int
        The number of windows per batch.
    shuffle : bool
        Whether to draw a new order in each pass.
    seed : int, optional
        The seed of the order.
    start_index, end_index : int, optional
        The steps to use, from the first to before the last.

    Examples
    --------
    >>> batches = timeseries_dataset_from_array(np.arange(5), np.arange(5) * 10, 3)
    >>> [(x.tolist(), y.tolist()) for x, y in batches]
    [([[0, 1, 2], [1, 2, 3], [2, 3, 4]], [0, 10, 20])]
    """
    data = np.asarray(data)
    first, last = start_index or 0, len(data) if end_index is None else end_index
    count = last - first - (sequence_length - 1) * sampling_rate
    if targets is not None:
        targets = np.asarray(targets)
        count = min(count, len(targets) - first)
    starts = first + np.arange(0, max(count, 0), sequence_stride)
    if not len(starts):
        raise DataError(
            f"There is no window of {sequence_length} steps among {last - first} of the series."
        )
    rows = starts[:, None] + np.arange(sequence_length) * sampling_rate
    order = np.random.default_rng(seed) if shuffle else None
    return TimeSeries(data, targets, rows, batch_size, order)


def __getattr__(name: str) -> NoReturn:
    advice = "autograd.draw(model(x)) draws the graph" if name == "plot_model" else "write it"
    refuse(f"nn.keras_style has no utils.{name}: {advice}.")
