"""Signals by their Fourier transforms: resampled, analytic, and in short pieces."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.signal as _original

from autograd.engine.dispatch import plain
from autograd.errors import OptionError, ShapeError
from autograd.scipy.fallback import in_place_of
from autograd.scipy.filtering import detrend, extension
from autograd.scipy.stats.families import number


@in_place_of(_original.hilbert)
def hilbert(x: Any, N: Any = None, axis: int = -1) -> Any:  # noqa: N803
    """Return the analytic signal; see `scipy.signal.hilbert`."""
    x = number(x)
    if np.iscomplexobj(x):
        raise ValueError("x must be real.")
    n = np.shape(x)[axis] if N is None else int(N)
    if n <= 0:
        raise ValueError("N must be positive.")
    weights: Any = np.zeros(n)
    weights[0] = 1
    weights[1 : (n + 1) // 2] = 2
    if n % 2 == 0:
        weights[n // 2] = 1
    spectrum = np.moveaxis(np.fft.fft(x, n, axis), axis, -1) * weights
    return np.moveaxis(np.fft.ifft(spectrum), -1, axis)


@in_place_of(_original.resample)
def resample(
    x: Any, num: int, t: Any = None, axis: int = 0, window: Any = None, domain: str = "time"
) -> Any:
    """Return a signal at other times, by its Fourier transform; see `scipy.signal.resample`."""
    if domain != "time":
        raise OptionError(f'resample(domain={domain!r}) of nodes has no rule. Use domain="time".')
    x = np.moveaxis(number(x), axis, -1)
    n, real = np.shape(x)[-1], not np.iscomplexobj(x)
    spectrum: Any = np.fft.rfft(x) if real else np.fft.fft(x)
    if window is not None:
        weights: Any = _window_for(window, n)
        if real:  # of both halves of the spectrum
            both = weights + np.roll(weights[::-1], 1)
            weights = both[: n // 2 + 1] / 2
        spectrum = spectrum * weights
    few = min(num, n)
    kept = spectrum[..., : few // 2 + 1]
    if real:
        if few % 2 == 0 and num != n:  # the highest frequency stands for both of its signs
            ends = np.ones(few // 2 + 1)
            ends[-1] = 2.0 if num < n else 0.5
            kept = kept * ends
        y: Any = np.fft.irfft(_lengthened(kept, num // 2 + 1), num)
    else:
        behind = spectrum[..., n - (few - few // 2 - 1) :]
        y = np.fft.ifft(_whole_spectrum(spectrum, kept, behind, num, n))
    y = np.moveaxis(y * (num / n), -1, axis)
    if t is None:
        return y
    t = number(t)
    return y, np.arange(num) * (t[1] - t[0]) * n / num + t[0]


def _lengthened(x: Any, size: int) -> Any:
    return np.pad(x, [(0, 0)] * (np.ndim(x) - 1) + [(0, size - np.shape(x)[-1])])


def _whole_spectrum(spectrum: Any, kept: Any, behind: Any, num: int, n: int) -> Any:
    """Return the spectrum of a complex signal with frequencies left out, or zeros between."""
    few = min(num, n)
    if few % 2 == 0 and num != n:
        half = few // 2
        top = spectrum[..., half : half + 1]
        if num < n:  # both signs of the highest frequency fall together
            kept = np.concatenate(
                [kept[..., :half], top + spectrum[..., n - half : n - half + 1]], -1
            )
        else:
            kept = np.concatenate([kept[..., :half], top / 2], -1)
            behind = np.concatenate([top / 2, behind], -1)
    gap = num - np.shape(kept)[-1] - np.shape(behind)[-1]
    return np.concatenate([_lengthened(kept, np.shape(kept)[-1] + gap), behind], -1)


def _window_for(window: Any, n: int) -> Any:
    """Return weights of frequencies, in the order of the spectrum."""
    if callable(window):
        return window(np.fft.fftfreq(n))
    if isinstance(window, np.ndarray):
        if window.shape != (n,):
            raise ShapeError(f"The window has shape {window.shape}; it must have shape {(n,)}.")
        return window
    return np.fft.ifftshift(_original.get_window(window, n))


# -- short pieces -------------------------------------------------------------------------------


def _window(window: Any, nperseg: Any, n: int) -> tuple[Any, int]:
    if isinstance(window, str | tuple):
        size = min(256 if nperseg is None else int(nperseg), n)
        return _original.get_window(window, size), size
    found = number(window)
    if np.ndim(found) != 1 or (nperseg is not None and nperseg != np.shape(found)[0]):
        raise ShapeError(f"The window has shape {np.shape(found)}; it must be a vector of nperseg.")
    return found, int(np.shape(found)[0])


def _pieces(x: Any, size: int, step: int) -> Any:
    """Return the pieces of a signal, one in each row."""
    count = (np.shape(x)[-1] - size) // step + 1
    return x[..., np.arange(count)[:, None] * step + np.arange(size)]


def _transforms(
    x: Any,
    fs: Any,
    window: Any,
    nperseg: Any,
    noverlap: Any,
    nfft: Any,
    trend: Any,
    one_sided: bool,
) -> tuple[Any, Any, Any, int, int]:
    """Return frequencies, the transforms of the pieces, the window, the sizes and the steps."""
    weights, size = _window(window, nperseg, np.shape(x)[-1])
    overlap = size // 2 if noverlap is None else int(noverlap)
    if overlap >= size:
        raise ValueError("noverlap must be less than nperseg.")
    length = size if nfft is None else int(nfft)
    if length < size:
        raise ValueError("nfft must be greater than or equal to nperseg.")
    pieces = _pieces(x, size, size - overlap)
    if trend:
        pieces = trend(pieces) if callable(trend) else detrend(pieces, -1, trend)
    transform = np.fft.rfft if one_sided else np.fft.fft
    frequencies = (np.fft.rfftfreq if one_sided else np.fft.fftfreq)(length, 1 / fs)
    return frequencies, transform(pieces * weights, length), weights, size, size - overlap


@in_place_of(_original.csd)
def csd(
    x: Any, y: Any, fs: Any = 1.0, window: Any = "hann", nperseg: Any = None, noverlap: Any = None,
    nfft: Any = None, detrend: Any = "constant", return_onesided: bool = True,
    scaling: str = "density", axis: int = -1, average: str = "mean",
) -> Any:  # fmt: skip
    """Return the cross spectrum of two signals; see `scipy.signal.csd`."""
    if scaling not in ("density", "spectrum") or average not in ("mean", "median"):
        raise OptionError(f"scaling={scaling!r}, average={average!r}: see scipy.signal.csd.")
    same = y is x
    x, y = (np.moveaxis(number(v), axis, -1) for v in (x, y))
    n = max(np.shape(x)[-1], np.shape(y)[-1])
    x, y = _lengthened(x, n), _lengthened(y, n)
    one_sided = return_onesided and not (np.iscomplexobj(x) or np.iscomplexobj(y))
    options = (fs, window, nperseg, noverlap, nfft, detrend, one_sided)
    f, first, weights, size, _ = _transforms(x, *options)
    second = first if same else _transforms(y, *options)[1]
    power = np.real(first) ** 2 + np.imag(first) ** 2 if same else np.conjugate(first) * second
    scale = (
        1 / (fs * np.sum(weights * weights)) if scaling == "density" else 1 / np.sum(weights) ** 2
    )
    power = power * scale
    if one_sided:
        factors = np.full(len(f), 2.0)
        factors[0] = 1.0
        if (size if nfft is None else nfft) % 2 == 0:
            factors[-1] = 1.0
        power = power * factors
    power = np.mean(power, axis=-2) if average == "mean" else _median(power)
    return f, np.moveaxis(power, -1, axis)


def _median(power: Any) -> Any:
    """Return the median over pieces, divided by its bias."""
    n = np.shape(power)[-2]
    k = 2.0 * np.arange(1.0, (n - 1) // 2 + 1)
    bias = 1 + np.sum(1.0 / (k + 1) - 1.0 / k)
    if np.iscomplexobj(power):
        return (np.median(np.real(power), -2) + 1j * np.median(np.imag(power), -2)) / bias
    return np.median(power, axis=-2) / bias


@in_place_of(_original.welch)
def welch(
    x: Any, fs: Any = 1.0, window: Any = "hann", nperseg: Any = None, noverlap: Any = None,
    nfft: Any = None, detrend: Any = "constant", return_onesided: bool = True,
    scaling: str = "density", axis: int = -1, average: str = "mean",
) -> Any:  # fmt: skip
    """Return the power spectrum of a signal, averaged over pieces; see `scipy.signal.welch`."""
    x = number(x)
    more = (detrend, return_onesided, scaling, axis, average)
    return csd(x, x, fs, window, nperseg, noverlap, nfft, *more)


@in_place_of(_original.periodogram)
def periodogram(
    x: Any, fs: Any = 1.0, window: Any = "boxcar", nfft: Any = None, detrend: Any = "constant",
    return_onesided: bool = True, scaling: str = "density", axis: int = -1,
) -> Any:  # fmt: skip
    """Return the power spectrum of a signal; see `scipy.signal.periodogram`."""
    x = number(x)
    n = np.shape(x)[axis]
    size = n if nfft is None else min(int(nfft), n)
    x = np.moveaxis(np.moveaxis(x, axis, -1)[..., :size], -1, axis)
    weights = (
        _original.get_window("boxcar" if window is None else window, size)
        if isinstance(window, str | tuple | None)
        else window
    )
    return csd(x, x, fs, weights, size, 0, nfft, detrend, return_onesided, scaling, axis)


@in_place_of(_original.stft)
def stft(
    x: Any, fs: Any = 1.0, window: Any = "hann", nperseg: Any = 256, noverlap: Any = None,
    nfft: Any = None, detrend: Any = False, return_onesided: bool = True, boundary: Any = "zeros",
    padded: bool = True, axis: int = -1, scaling: str = "spectrum",
) -> Any:  # fmt: skip
    """Return the transforms of pieces of a signal; see `scipy.signal.stft`."""
    x = np.moveaxis(number(x), axis, -1)
    weights, size = _window(window, nperseg, np.shape(x)[-1])
    if boundary not in (None, "zeros", "even", "odd", "constant"):
        raise OptionError(f"boundary={boundary!r} is unknown: see scipy.signal.stft.")
    margin = size // 2
    if boundary == "zeros":
        x = np.pad(x, [(0, 0)] * (np.ndim(x) - 1) + [(margin, margin)])
    elif boundary is not None:
        x = extension(x, boundary, margin)
    step = size - (size // 2 if noverlap is None else int(noverlap))
    if padded:
        x = _lengthened(x, np.shape(x)[-1] + (-(np.shape(x)[-1] - size) % step) % size)
    one_sided = return_onesided and not np.iscomplexobj(x)
    f, z, weights, _, _ = _transforms(x, fs, weights, None, size - step, nfft, detrend, one_sided)
    scale = 1 / np.sum(weights) if scaling == "spectrum" else 1 / np.sqrt(fs * np.sum(weights**2))
    times = np.arange(np.shape(z)[-2]) * step / fs + (0.0 if boundary else margin / fs)
    z = np.swapaxes(z * scale, -1, -2)
    return f, times, np.moveaxis(z, -2, axis if axis >= 0 else axis - 1)


@in_place_of(_original.istft)
def istft(
    Zxx: Any, fs: Any = 1.0, window: Any = "hann", nperseg: Any = None, noverlap: Any = None,  # noqa: N803
    nfft: Any = None, input_onesided: bool = True, boundary: Any = True, time_axis: int = -1,
    freq_axis: int = -2, scaling: str = "spectrum",
) -> Any:  # fmt: skip
    """Return the signal with these transforms of its pieces; see `scipy.signal.istft`."""
    z = np.moveaxis(number(Zxx), (freq_axis, time_axis), (-2, -1))
    whole = 2 * (np.shape(z)[-2] - 1) if input_onesided else np.shape(z)[-2]
    size = whole if nperseg is None else int(nperseg)
    length = (
        (whole + (size == whole + 1) if input_onesided else size) if nfft is None else int(nfft)
    )
    weights, _ = _window(window, size, size)
    overlap = size // 2 if noverlap is None else int(noverlap)
    step, count = size - overlap, np.shape(z)[-1]
    rows = np.swapaxes(z, -1, -2)
    pieces = np.fft.irfft(rows, length) if input_onesided else np.fft.ifft(rows, length)
    pieces = pieces[..., :size] * weights
    scale = np.sum(weights) if scaling == "spectrum" else np.sqrt(fs * np.sum(weights**2))
    total = size + (count - 1) * step
    x: Any = 0.0
    norm: Any = np.zeros(total)
    margins = [(0, 0)] * (np.ndim(pieces) - 2)
    for i in range(count):
        before, after = i * step, total - size - i * step
        x = x + np.pad(pieces[..., i, :], [*margins, (before, after)])
        norm = norm + np.pad(weights * weights, (before, after))
    if boundary:
        x, norm = x[..., size // 2 : -(size // 2)], norm[size // 2 : -(size // 2)]
    x = x * scale / np.where(plain(norm) > 1e-10, norm, 1.0)
    return np.arange(np.shape(x)[-1]) / fs, x
