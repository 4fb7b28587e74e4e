"""Short-time Fourier transforms."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np

from autograd.errors import DataError, OptionError, ShapeError
from nn.arrays import plain
from nn.torch_style.base import made, tensor_held
from nn.torch_style.products import Products

S = TypeVar("S", bound="Spectra")

#: NumPy's names of ways to continue a signal.
MODES = {
    "reflect": "reflect",
    "constant": "constant",
    "replicate": "edge",
    "circular": "wrap",
}


def _window(window: Any, n_fft: int, length: int, like: Any) -> Any:
    """Return the window, with zeros around it up to the length of the transform."""
    if not 0 < length <= n_fft:
        raise OptionError(f"win_length={length} must be from 1 to n_fft={n_fft}.")
    kind = np.finfo(like.dtype).dtype
    found = np.ones(length, kind) if window is None else tensor_held(window)
    if found.shape != (length,):
        raise ShapeError(f"The window has shape {found.shape}; it must be ({length},).")
    before = (n_fft - length) // 2
    return np.pad(found, (before, n_fft - length - before))


def _hops(n_fft: int, hop_length: int | None) -> int:
    hop = n_fft // 4 if hop_length is None else hop_length
    if hop < 1:
        raise OptionError(f"hop_length={hop} must be at least 1.")
    return hop


class Spectra(Products):
    """Short-time Fourier transforms."""

    __slots__ = ()

    def stft(
        self: S, n_fft: int, hop_length: int | None = None, win_length: int | None = None,
        window: Any = None, center: bool = True, pad_mode: str = "reflect",
        normalized: bool = False, onesided: bool | None = None, return_complex: bool | None = None,
        align_to_window: bool | None = None,
    ) -> S:  # fmt: skip
        """Return the spectra of parts of signals, of shape (..., frequencies, parts)."""
        x = tensor_held(self, "stft")
        if x.ndim not in (1, 2) or x.dtype.kind not in "fc":
            raise DataError(
                f"stft takes signals (length,) or (batch, length) of floats, not {x.dtype} of "
                f"shape {x.shape}."
            )
        if return_complex is None and x.dtype.kind != "c":
            raise OptionError("stft needs return_complex=True, or False for pairs of floats.")
        if align_to_window:
            raise OptionError("stft has no align_to_window= here.")
        hop, length = _hops(n_fft, hop_length), n_fft if win_length is None else win_length
        if center:
            if pad_mode not in MODES:
                raise OptionError(f"pad_mode={pad_mode!r} must be one of {', '.join(MODES)}.")
            around = [(0, 0)] * (x.ndim - 1) + [(n_fft // 2, n_fft // 2)]
            x = np.pad(x, around, mode=MODES[pad_mode])  # type: ignore[call-overload]
        if x.shape[-1] < n_fft:
            raise ShapeError(f"A signal of {x.shape[-1]} numbers is shorter than n_fft={n_fft}.")
        starts = np.arange(0, x.shape[-1] - n_fft + 1, hop)
        parts = x[..., starts[:, None] + np.arange(n_fft)] * _window(window, n_fft, length, x)
        both = parts.dtype.kind == "c" or onesided is False
        y = np.fft.fft(parts) if both else np.fft.rfft(parts)
        y = np.swapaxes(y, -1, -2)
        y = y / np.sqrt(np.array(n_fft, np.finfo(x.dtype).dtype)) if normalized else y
        return made(np.stack([np.real(y), np.imag(y)], -1) if return_complex is False else y)

    def istft(
        self: S, n_fft: int, hop_length: int | None = None, win_length: int | None = None,
        window: Any = None, center: bool = True, normalized: bool = False,
        onesided: bool | None = None, length: int | None = None, return_complex: bool = False,
    ) -> S:  # fmt: skip
        """Return the signals of short-time spectra, the inverse of `stft`."""
        x = tensor_held(self, "istft")
        if x.ndim not in (2, 3) or x.dtype.kind != "c":
            raise DataError(
                f"istft takes complex spectra of shape (..., frequencies, parts), not {x.dtype} of "
                f"shape {x.shape}."
            )
        hop, width = _hops(n_fft, hop_length), n_fft if win_length is None else win_length
        both = onesided is False or (onesided is None and x.shape[-2] == n_fft != 1)
        if x.shape[-2] != (n_fft if both else n_fft // 2 + 1):
            raise ShapeError(f"{x.shape[-2]} frequencies do not belong to n_fft={n_fft}.")
        x = np.swapaxes(x, -1, -2)
        parts = np.fft.ifft(x) if both else np.fft.irfft(x, n_fft)
        parts = parts if return_complex or parts.dtype.kind != "c" else np.real(parts)
        w = _window(window, n_fft, width, x)
        if normalized:
            parts = parts * np.sqrt(np.array(n_fft, np.finfo(x.dtype).dtype))
        y = _added(parts * w, hop)
        total = _added(np.zeros((parts.shape[-2], 1), w.dtype) + w * w, hop)
        first = n_fft // 2 if center else 0
        last = n_fft + hop * (parts.shape[-2] - 1)
        stop = first + length if length is not None else last - first
        here = slice(first, min(stop, last))
        if np.abs(plain(total)[here]).min(initial=1.0) < 1e-11:
            raise DataError("The windows leave a part of the signal at 0: use a smaller hop.")
        y = y[..., here] / total[here]
        missing = [(0, 0)] * (y.ndim - 1) + [(0, max(0, stop - last))]
        return made(np.pad(y, missing) if stop > last else y)


def _added(parts: Any, hop: int) -> Any:
    """Return the sums of parts (..., parts, length) that begin `hop` numbers after each other."""
    *batch, count, length = parts.shape
    pieces = -(-length // hop)
    none = [(0, 0)] * len(batch)
    cut = np.pad(parts, [*none, (0, 0), (0, pieces * hop - length)])
    cut = cut.reshape((*batch, count, pieces, hop))
    found: Any = sum(
        np.pad(cut[..., k, :], [*none, (k, pieces - 1 - k), (0, 0)]) for k in range(pieces)
    )
    return found.reshape((*batch, -1))[..., : length + hop * (count - 1)]
