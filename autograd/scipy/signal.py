"""`scipy.signal` with derivatives: convolution, filters and spectra."""

from __future__ import annotations

import math as _math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import scipy.fft as _fft
import scipy.signal as _original

from autograd.errors import ShapeError as _ShapeError
from autograd.rules.redefinable import redefinable as _redefinable
from autograd.scipy.fallback import in_place_of as _in_place_of
from autograd.scipy.fallback import names_of as _names_of
from autograd.scipy.filtering import detrend as detrend
from autograd.scipy.filtering import filtfilt as filtfilt
from autograd.scipy.filtering import lfilter as lfilter
from autograd.scipy.filtering import lfilter_zi as lfilter_zi
from autograd.scipy.filtering import savgol_filter as savgol_filter
from autograd.scipy.filtering import sosfilt as sosfilt
from autograd.scipy.filtering import sosfilt_zi as sosfilt_zi
from autograd.scipy.filtering import sosfiltfilt as sosfiltfilt
from autograd.scipy.images.ranks import medfilt as medfilt
from autograd.scipy.images.ranks import medfilt2d as medfilt2d
from autograd.scipy.images.ranks import order_filter as order_filter
from autograd.scipy.lists import take_lists as _take_lists
from autograd.scipy.short_time import ShortTimeFFT as ShortTimeFFT
from autograd.scipy.sliding import fully as _fully
from autograd.scipy.sliding import padded as _padded
from autograd.scipy.sliding import slide as _slide
from autograd.scipy.sliding import swapped as _swapped
from autograd.scipy.spectra import csd as csd
from autograd.scipy.spectra import hilbert as hilbert
from autograd.scipy.spectra import istft as istft
from autograd.scipy.spectra import periodogram as periodogram
from autograd.scipy.spectra import resample as resample
from autograd.scipy.spectra import stft as stft
from autograd.scipy.spectra import welch as welch

__all__ = list(_original.__all__)

__getattr__ = _names_of(_original, "scipy.signal")


def __dir__() -> list[str]:
    return sorted({*dir(_original), *globals()})


class _Layout(NamedTuple):
    """The roles of the axes of an array: kept, summed or convolved."""

    kept: tuple[int, ...]
    summed: tuple[int, ...]
    convolved: tuple[int, ...]

    @classmethod
    def of(cls, ndim: int, summed: Sequence[int], convolved: Sequence[int]) -> _Layout:
        """Return the roles of the axes of an array of `ndim` axes."""
        inner = tuple(a % ndim for a in summed)
        outer = tuple(a % ndim for a in convolved)
        if len({*inner, *outer}) != len(inner) + len(outer):
            raise _ShapeError(f"axes={convolved} and dot_axes={summed} contain an axis twice.")
        return cls(tuple(a for a in range(ndim) if a not in (*inner, *outer)), inner, outer)

    def as_three(self, x: Any) -> Any:
        """Reshape an array to (kept, summed, *convolved)."""
        shape = np.shape(x)
        sizes = [_math.prod(shape[a] for a in axes) for axes in (self.kept, self.summed)]
        order = (*self.kept, *self.summed, *self.convolved)
        return np.reshape(np.transpose(x, order), (*sizes, *(shape[a] for a in self.convolved)))


# -- of any arrays ----------------------------------------------------------------------------


@_redefinable
def convolve(
    A: Any,  # noqa: N803
    B: Any,  # noqa: N803
    axes: Any = None,
    dot_axes: Any = ((), ()),
    mode: str = "full",
) -> Any:
    """Convolve two arrays along pairs of axes.

    Parameters
    ----------
    A, B : array_like
        The arrays.
    axes : pair of sequences of int, optional
        The axes of `A` and of `B` to convolve along; by default all.
    dot_axes : pair of sequences of int
        Axes of `A` and of `B`, of the same lengths, to multiply and sum over.
    mode : {"full", "valid", "same"}
        "full": wherever the arrays overlap; "valid": where one lies inside the other; "same": the
        size of `A`.

    Returns
    -------
    array or Tensor
        The other axes of `A`, the other axes of `B`, then the convolved axes.

    Raises
    ------
    ShapeError
        If the axes do not match, or `mode` is unknown.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import grad
    >>> from autograd.scipy.signal import convolve
    >>> x, kernel = np.array([1.0, 2.0, 4.0]), np.array([1.0, -1.0])
    >>> convolve(x, kernel, mode="valid")
    array([1., 2.])
    >>> grad(lambda kernel: np.sum(convolve(x, kernel, mode="valid") ** 2))(kernel)
    array([20., 10.])
    """
    A, B = (x if hasattr(x, "dtype") else np.asarray(x) for x in (A, B))  # noqa: N806
    if isinstance(axes, str):  # SciPy's order of arguments: mode, method
        axes, dot_axes, mode = None, ((), ()), axes
    _refuse_other_modes(mode)
    if axes is None:
        axes = (range(np.ndim(A)), range(np.ndim(B)))
    if len(axes[0]) != len(axes[1]) or len(dot_axes[0]) != len(dot_axes[1]):
        raise _ShapeError(
            f"axes={axes} and dot_axes={dot_axes} need as many axes of one array as of the other."
        )
    layouts = [_Layout.of(np.ndim(x), d, c) for x, d, c in zip((A, B), dot_axes, axes, strict=True)]
    kept = [
        [np.shape(x)[a] for a in layout.kept] for x, layout in zip((A, B), layouts, strict=True)
    ]
    summed = [
        [np.shape(x)[a] for a in layout.summed] for x, layout in zip((A, B), layouts, strict=True)
    ]
    if summed[0] != summed[1]:
        raise _ShapeError(f"dot_axes have lengths {summed[0]} and {summed[1]}; they must be equal.")
    y = _of_three(layouts[0].as_three(A), layouts[1].as_three(B), mode)
    return np.reshape(y, (*kept[0], *kept[1], *np.shape(y)[2:]))


def _refuse_other_modes(mode: str) -> None:
    if mode not in ("full", "valid", "same"):
        raise _ShapeError(f'mode={mode!r} is not one of "full", "valid" and "same".')


def _first_is_larger(n: Sequence[int], m: Sequence[int]) -> bool:
    """Return whether the second array fits inside the first; raise if neither fits in the other."""
    if all(i >= j for i, j in zip(n, m, strict=True)):
        return True
    if all(i <= j for i, j in zip(n, m, strict=True)):
        return False
    raise _ShapeError(
        f'mode="valid" needs one array to fit inside the other; their lengths are {n} and {m}.'
    )


def _of_three(a: Any, b: Any, mode: str) -> Any:
    n, m = np.shape(a)[2:], np.shape(b)[2:]
    if mode == "full":
        return _fully(a, b)
    if mode == "same":
        return _slide(_padded(a, [(k - 1 - (k - 1) // 2, (k - 1) // 2) for k in m]), b)
    return _slide(a, b) if _first_is_larger(n, m) else _swapped(_slide(b, a))


# -- by SciPy's other names -------------------------------------------------------------------


def _turned(x: Any) -> Any:
    """Reverse all axes and conjugate."""
    return np.conjugate(np.flip(x))


@_in_place_of(_original.correlate)
def correlate(in1: Any, in2: Any, mode: str = "full", method: str = "auto") -> Any:
    """Correlate two arrays along all axes."""
    return convolve(in1, _turned(in2), mode=mode)


@_in_place_of(_original.fftconvolve)
def fftconvolve(in1: Any, in2: Any, mode: str = "full", axes: Any = None) -> Any:
    """Convolve by Fourier transform along some axes; the others are broadcast."""
    ndim = np.ndim(in1)
    if ndim != np.ndim(in2):
        raise _ShapeError(
            f"in1 has {ndim} axes and in2 {np.ndim(in2)}; they must have equally many."
        )
    if ndim == 0:
        return in1 * in2
    along = range(ndim) if axes is None else (axes,) if np.ndim(axes) == 0 else axes
    along = [a % ndim for a in along]
    n, m = ([np.shape(x)[a] for a in along] for x in (in1, in2))
    real = not (np.iscomplexobj(in1) or np.iscomplexobj(in2))
    sizes = [_fft.next_fast_len(i + j - 1, real) for i, j in zip(n, m, strict=True)]
    forward, backward = (np.fft.rfftn, np.fft.irfftn) if real else (np.fft.fftn, np.fft.ifftn)
    y = backward(forward(in1, sizes, along) * forward(in2, sizes, along), sizes, along)
    whole = [slice(None)] * ndim
    for axis, (start, length) in zip(along, _window(n, m, mode), strict=True):
        whole[axis] = slice(start, start + length)
    return y[tuple(whole)]


def _window(n: list[int], m: list[int], mode: str) -> list[tuple[int, int]]:
    """Return the start and the length of the part of the full convolution that a mode keeps."""
    _refuse_other_modes(mode)
    sizes = list(zip(n, m, strict=True))
    if mode == "full":
        return [(0, i + j - 1) for i, j in sizes]
    if mode == "same":
        return [((j - 1) // 2, i) for i, j in sizes]
    _first_is_larger(n, m)  # for its error
    return [(min(i, j) - 1, abs(i - j) + 1) for i, j in sizes]


@_in_place_of(_original.oaconvolve)
def oaconvolve(in1: Any, in2: Any, mode: str = "full", axes: Any = None) -> Any:
    """Convolve; equal to `fftconvolve`."""
    return fftconvolve(in1, in2, mode, axes)


_BOUNDARIES = {"fill": "constant", "wrap": "wrap", "circular": "wrap", "symm": "symmetric",
               "symmetric": "symmetric", "pad": "constant"}  # fmt: skip


def _of_planes(in1: Any, in2: Any, mode: str, boundary: str, fillvalue: Any, start: Any) -> Any:
    """Convolve two matrices, the first one extended beyond its edges."""
    in1, in2 = (x if hasattr(x, "dtype") else np.asarray(x) for x in (in1, in2))
    n, m = np.shape(in1), np.shape(in2)
    if len(n) != 2 or len(m) != 2:
        raise _ShapeError(f"Both arrays must be 2-d; their shapes are {n} and {m}.")
    _refuse_other_modes(mode)
    if boundary not in _BOUNDARIES:
        raise _ShapeError(f"boundary={boundary!r} must be one of {', '.join(_BOUNDARIES)}.")
    if mode == "valid":
        return convolve(in1, in2, mode=mode)
    filling = _BOUNDARIES[boundary]
    more = {"constant_values": fillvalue} if filling == "constant" else {}
    widths = tuple((k - 1, k - 1) for k in m)
    full = _slide_planes(np.pad(in1, widths, filling, **more), in2)  # type: ignore[call-overload]
    if mode == "full":
        return full
    first, second = (slice(start(k), start(k) + i) for i, k in zip(n, m, strict=True))
    return full[first, second]


def _slide_planes(a: Any, b: Any) -> Any:
    return _slide(a[None, None], b[None, None])[0, 0]


@_in_place_of(_original.convolve2d)
def convolve2d(
    in1: Any, in2: Any, mode: str = "full", boundary: str = "fill", fillvalue: Any = 0
) -> Any:
    """Convolve two matrices."""
    return _of_planes(in1, in2, mode, boundary, fillvalue, lambda k: (k - 1) // 2)


@_in_place_of(_original.correlate2d)
def correlate2d(
    in1: Any, in2: Any, mode: str = "full", boundary: str = "fill", fillvalue: Any = 0
) -> Any:
    """Correlate two matrices."""
    y = _of_planes(in1, _turned(in2), mode, boundary, fillvalue, lambda k: k // 2)
    exchanged = mode == "valid" and np.shape(in1)[0] < np.shape(in2)[0]
    return np.conjugate(y) if exchanged else y  # as in SciPy, which differs from `correlate`


_take_lists(globals(), _original)
