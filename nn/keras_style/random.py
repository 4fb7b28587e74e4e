"""Keras' ``random``: numbers from the generator of `nn.seed`, or from one of their own."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np

from nn.keras_style.config import floatx
from nn.keras_style.symbolic import lifted
from nn.missing_names import refuse
from nn.seeding import chosen

__all__ = [
    "SeedGenerator", "beta", "binomial", "categorical", "dropout", "gamma", "normal", "randint",
    "shuffle", "truncated_normal", "uniform",
]  # fmt: skip


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


def truncated_normal(
    shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: Any = None
) -> Any:
    """Return normal numbers at most two standard deviations from the mean.

    Parameters
    ----------
    shape, mean, stddev, dtype, seed
        As for `normal`.
    """
    generator, found = _generator(seed), np.full(tuple(shape), np.inf)
    while (far := np.abs(found) > 2).any():
        found[far] = generator.normal(size=int(far.sum()))
    return (mean + stddev * found).astype(dtype or floatx())


def gamma(shape: Any, alpha: Any, dtype: Any = None, seed: Any = None) -> Any:
    """Return numbers of the gamma distribution with the scale 1.

    Parameters
    ----------
    shape : tuple of int
        The shape.
    alpha : array_like
        The shape of the distribution, above 0.
    dtype, seed
        As for `normal`.
    """
    return _generator(seed).gamma(alpha, size=tuple(shape)).astype(dtype or floatx())


def beta(shape: Any, alpha: Any, beta: Any, dtype: Any = None, seed: Any = None) -> Any:
    """Return numbers of the beta distribution, between 0 and 1.

    Parameters
    ----------
    shape : tuple of int
        The shape.
    alpha, beta : array_like
        The shape of the distribution, above 0.
    dtype, seed
        As for `normal`.
    """
    return _generator(seed).beta(alpha, beta, tuple(shape)).astype(dtype or floatx())


def binomial(
    shape: Any, counts: Any, probabilities: Any, dtype: Any = None, seed: Any = None
) -> Any:
    """Return how many of so many trials succeed.

    Parameters
    ----------
    shape : tuple of int
        The shape.
    counts, probabilities : array_like
        The number of trials, and the probability of each.
    dtype, seed
        As for `normal`.
    """
    drawn = _generator(seed).binomial(np.asarray(counts, int), probabilities, tuple(shape))
    return drawn.astype(dtype or floatx())


@lifted
def dropout(inputs: Any, rate: float, noise_shape: Any = None, seed: Any = None) -> Any:
    """Return inputs of which a share is 0, and the rest larger, so that the mean stays.

    Parameters
    ----------
    inputs : array_like or Tensor
        The inputs.
    rate : float
        The share.
    noise_shape : tuple of int or None, optional
        The shape of what is drawn; 1 for axes along which it is the same.
    seed
        As for `normal`.
    """
    inputs = inputs if hasattr(inputs, "dtype") else np.asarray(inputs, floatx())
    shape = (
        inputs.shape
        if noise_shape is None
        else tuple(
            n if one is None else one for one, n in zip(noise_shape, inputs.shape, strict=True)
        )
    )
    kept = _generator(seed).random(shape) >= rate
    return inputs * (kept / (1 - rate) if rate < 1 else 0.0 * kept).astype(inputs.dtype)


def __getattr__(name: str) -> NoReturn:
    refuse(f"nn.keras_style has no random.{name}: write a function of NumPy's generators.")
