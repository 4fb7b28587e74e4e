"""Keras' ``random``: numbers from the generator of `nn.seed`, or from one of their own."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np

from nn.keras_style.config import floatx
from nn.missing_names import refuse
from nn.seeding import chosen

__all__ = ["SeedGenerator", "categorical", "normal", "randint", "shuffle", "uniform"]


class SeedGenerator:
    """A generator that goes on from call to call.

    Parameters
    ----------
    seed : int, optional
        The seed; by default numbers come from the generator of `nn.seed`.
    name : str, optional
        Accepted, and ignored.
    **options
        Options of Keras, which are ignored.

    Examples
    --------
    >>> first, second = SeedGenerator(1), SeedGenerator(1)
    >>> bool(np.all(normal((3,), seed=first) == normal((3,), seed=second)))
    True
    """

    def __init__(self, seed: int | None = None, name: str | None = None, **options: Any) -> None:
        del name, options
        self.generator = None if seed is None else np.random.default_rng(seed)


def _generator(seed: Any) -> np.random.Generator:
    """Return the generator of a seed: the same numbers in each call for an integer."""
    if isinstance(seed, SeedGenerator):
        return chosen(seed.generator)
    return chosen(None) if seed is None else np.random.default_rng(seed)


def normal(
    shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: Any = None
) -> Any:
    """Return normal numbers.

    Parameters
    ----------
    shape : tuple of int
        The shape.
    mean, stddev : float
        The mean and the standard deviation.
    dtype : dtype, optional
        The type; by default `config.floatx`.
    seed : int or SeedGenerator, optional
        Where they come from; with an integer each call returns the same.
    """
    return _generator(seed).normal(mean, stddev, tuple(shape)).astype(dtype or floatx())


def uniform(
    shape: Any, minval: float = 0.0, maxval: float = 1.0, dtype: Any = None, seed: Any = None
) -> Any:
    """Return numbers that are spread evenly.

    Parameters
    ----------
    shape : tuple of int
        The shape.
    minval, maxval : float
        The limits.
    dtype, seed
        As for `normal`.
    """
    return _generator(seed).uniform(minval, maxval, tuple(shape)).astype(dtype or floatx())


def randint(shape: Any, minval: int, maxval: int, dtype: Any = "int32", seed: Any = None) -> Any:
    """Return integers, at most ``maxval - 1``.

    Parameters
    ----------
    shape : tuple of int
        The shape.
    minval, maxval : int
        The limits.
    dtype, seed
        As for `normal`.
    """
    return _generator(seed).integers(minval, maxval, tuple(shape)).astype(dtype)


def categorical(logits: Any, num_samples: int, dtype: Any = "int32", seed: Any = None) -> Any:
    """Return classes, drawn for each row of logits.

    Parameters
    ----------
    logits : array, shape (batch, classes)
        The logarithms of the probabilities, which may lack a common addend.
    num_samples : int
        How many classes to draw for each row.
    dtype, seed
        As for `normal`.
    """
    logits = np.asarray(logits)
    noise = _generator(seed).gumbel(size=(logits.shape[0], num_samples, logits.shape[1]))
    return (logits[:, None] + noise).argmax(axis=-1).astype(dtype)


def shuffle(x: Any, axis: int = 0, seed: Any = None) -> Any:
    """Return an array in another order.

    Parameters
    ----------
    x : array
        The array.
    axis : int
        The axis along which to change the order.
    seed
        As for `normal`.
    """
    return _generator(seed).permutation(np.asarray(x), axis)


def __getattr__(name: str) -> NoReturn:
    refuse(f"nn.keras_style has no random.{name}: write a function of NumPy's generators.")
