"""Keras' ``ops`` of Fourier transforms; complex numbers are pairs of real and imaginary parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.errors import OptionError, ShapeError
from nn.arrays import floating, shape_of
from nn.keras_style.symbolic import lifted


def _complex(x: Any) -> Any:
    """Return a pair of arrays as one of complex numbers."""
    if not isinstance(x, (tuple, list)) or len(x) != 2 or shape_of(x[0]) != shape_of(x[1]):
        shapes = [shape_of(part) for part in x] if isinstance(x, (tuple, list)) else shape_of(x)
        raise ShapeError(
            f"x has the shapes {shapes}; it must be a pair of arrays of one shape, the real and "
            "the imaginary parts."
        )
    return floating(x[0]) + 1j * floating(x[1])


def _parts(x: Any) -> tuple[Any, Any]:
    return np.real(x), np.imag(x)


def _of_pairs(function: Callable[[Any], Any], name: str, does: str) -> Callable[..., Any]:
    """Return a transform of pairs."""

    def call(x: Any) -> Any:
        return _parts(function(_complex(x)))

    call.__name__ = call.__qualname__ = name
    call.__doc__ = (
        f"Return {does}.\n\nParameters\n----------\nx : pair of array_like\n"
        "    The real and the imaginary parts."
    )
    return lifted(call)


fft = _of_pairs(np.fft.fft, "fft", "the Fourier transform along the last axis, as a pair")
fft2 = _of_pairs(np.fft.fft2, "fft2", "the Fourier transform along the last two axes, as a pair")
ifft2 = _of_pairs(np.fft.ifft2, "ifft2", "the inverse of `fft2`, as a pair")


@lifted
def rfft(x: Any, fft_length: int | None = None) -> Any:
    """Return the frequencies from 0 up of the Fourier transform along the last axis, as a pair.

    Parameters
    ----------
    x : array_like
        Real numbers.
    fft_length : int, optional
        How many of them, cut or filled up with zeros; by default all.
    """
    return _parts(np.fft.rfft(floating(x), fft_length))


@lifted
def irfft(x: Any, fft_length: int | None = None) -> Any:
    """Return the inverse of `rfft`: real numbers.

    Parameters
    ----------
    x : pair of array_like
        The real and the imaginary parts.
    fft_length : int, optional
        The length of the result; by default twice that of x, less 2.
    """
    return np.fft.irfft(_complex(x), fft_length)


def _window(window: Any, length: int, dtype: Any) -> Any:
    """Return the factors of a sequence; those that have a name are periodic."""
    if window is None:
        return np.ones(length, dtype)
    if isinstance(window, str):
        if window not in ("hann", "hamming"):
            raise OptionError(f'window={window!r} must be "hann", "hamming", None or an array.')
        share = 0.5 if window == "hann" else 0.54
        angles = 2 * np.pi * np.arange(length) / length
        return (share - (1 - share) * np.cos(angles)).astype(dtype)
    if shape_of(window) != (length,):
        raise ShapeError(f"window has shape {shape_of(window)}; it must have {(length,)}.")
    return window


def _centred(window: Any, length: int) -> Any:
    """Return a window with zeros on both sides."""
    missing = length - len(window)
    if missing < 0:
        raise OptionError(f"fft_length={length} is less than sequence_length={len(window)}.")
    return np.pad(window, (missing // 2, missing - missing // 2)) if missing else window


def _places(count: int, length: int, stride: int) -> Any:
    """Return where each sequence has its elements, shape (count, length)."""
    return np.arange(count)[:, None] * stride + np.arange(length)


@lifted
def extract_sequences(x: Any, sequence_length: int, sequence_stride: int) -> Any:
    """Return the sequences along the last axis that begin at each stride.

    Parameters
    ----------
    x : array_like, shape (..., steps)
        The array.
    sequence_length, sequence_stride : int
        Their length, and the distance of their begins.

    Examples
    --------
    >>> extract_sequences(np.arange(5), 3, 2)
    array([[0, 1, 2],
           [2, 3, 4]])
    """
    x = x if hasattr(x, "shape") else np.asarray(x)
    count = (x.shape[-1] - sequence_length) // sequence_stride + 1
    if count < 1:
        raise ShapeError(f"x has shape {x.shape}; it has no sequence of {sequence_length} steps.")
    return x[..., _places(count, sequence_length, sequence_stride)]


def _overlapped(sequences: Any, stride: int) -> Any:
    """Return the sum of sequences that begin at each stride: the transpose of taking them."""
    *batch, count, length = shape_of(sequences)
    found = np.zeros_like(sequences, shape=(*batch, stride * (count - 1) + length))
    places: Any = (..., _places(count, length, stride))
    np.add.at(found, places, sequences)
    return found


@lifted
def stft(
    x: Any, sequence_length: int, sequence_stride: int, fft_length: int, window: Any = "hann",
    center: bool = True,
) -> Any:  # fmt: skip
    """Return the Fourier transforms of windows of a sequence, as a pair.

    Parameters
    ----------
    x : array_like, shape (..., steps)
        The sequence.
    sequence_length, sequence_stride : int
        The length of a window, and the distance of windows.
    fft_length : int
        The length of the transforms, at least that of a window.
    window : {"hann", "hamming", None} or array
        The factors of a window.
    center : bool
        Whether the first window has its middle at the first step; what is beyond the ends is
        mirrored.

    Returns
    -------
    pair of array, shape (..., windows, fft_length // 2 + 1)
        The real and the imaginary parts.
    """
    x = floating(x)
    factors = _centred(_window(window, sequence_length, x.dtype), fft_length)
    if center:
        sides = [(0, 0)] * (x.ndim - 1) + [(fft_length // 2, fft_length // 2)]
        x = np.pad(x, sides, mode="reflect")
    return _parts(np.fft.rfft(extract_sequences(x, fft_length, sequence_stride) * factors))


@lifted
def istft(
    x: Any, sequence_length: int, sequence_stride: int, fft_length: int, length: int | None = None,
    window: Any = "hann", center: bool = True,
) -> Any:  # fmt: skip
    """Return the inverse of `stft`: a sequence.

    Where transforms and windows have one length and `center` is True, the sum of the windows is
    divided by the sum of their squares at each step, as PyTorch does; elsewhere by the sum that
    there is away from the ends.

    Parameters
    ----------
    x : pair of array_like, shape (..., windows, fft_length // 2 + 1)
        The real and the imaginary parts.
    sequence_length, sequence_stride, fft_length, window, center
        As for `stft`.
    length : int, optional
        The length of the result; by default that of the windows together.
    """
    parts = np.fft.irfft(_complex(x), fft_length)
    stride, begin = sequence_stride, fft_length // 2 if center else 0
    whole = (shape_of(parts)[-2] - 1) * stride + fft_length
    end = whole - begin if length is None else begin + length
    if window is None:
        return _overlapped(parts, stride)[..., begin:end]
    factors = _centred(_window(window, sequence_length, parts.dtype), fft_length)
    squares = np.square(factors)
    if sequence_length == fft_length and center:
        sums = _overlapped(np.broadcast_to(squares, shape_of(parts)[-2:]), stride)
        found = _overlapped(parts * factors, stride) / np.where(sums > 1e-11, sums, 1)
        return _fitted(found[..., begin:], end - begin)
    count = -(-fft_length // stride)
    sums = np.pad(squares, (0, count * stride - fft_length)).reshape(count, stride).sum(0)
    factors = factors / np.tile(sums, count)[:fft_length]
    return _overlapped(parts * factors, stride)[..., begin:end]


def _fitted(x: Any, length: int) -> Any:
    """Return sequences of a length: cut, or filled up with zeros."""
    missing = length - shape_of(x)[-1]
    return x[..., :length] if missing <= 0 else np.pad(x, [(0, 0)] * (x.ndim - 1) + [(0, missing)])


OF_SEQUENCES = (fft, fft2, ifft2, rfft, irfft, extract_sequences, stft, istft)
