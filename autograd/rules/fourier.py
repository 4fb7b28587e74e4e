"""Discrete Fourier transforms: rules along one axis, compositions along several.

All are linear. The matrix of a complex transform is symmetric, so the transform is its own
transpose, except for the length: elements that were cut off get zeros, padding is cut off. A real
transform keeps half of the result because the other half is its conjugate; its transpose is the
real part of a complex transform, and vice versa.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.engine.foreign import full
from autograd.rules.shapes import along_axis, slices
from autograd.rules.table import implements, linear

#: ``norm=`` of the inverse transform that scales like the forward one, and vice versa.
INVERSE: dict[Any, Any] = {
    None: "forward",
    "backward": "forward",
    "ortho": "ortho",
    "forward": "backward",
}


def fitted(g: Any, n: int, axis: int) -> Any:
    """Cut or zero-pad an axis at its end to a length."""
    missing = n - np.shape(g)[axis]
    if missing > 0:
        widths = [(0, 0)] * np.ndim(g)
        widths[axis] = (0, missing)
        return np.pad(g, widths)
    return slices(g, axis, 0, n) if missing < 0 else g


def complex_transpose(transform: Callable[..., Any]) -> Callable[..., Any]:
    """Return the transpose of `fft` or `ifft`."""

    def transpose(g: Any, x: Any, n: Any = None, axis: int = -1, norm: Any = None) -> Any:
        return fitted(transform(g, axis=axis, norm=norm), np.shape(x)[axis], axis)

    return transpose


def rfft_transpose(g: Any, x: Any, n: Any = None, axis: int = -1, norm: Any = None) -> Any:
    """Transform `g`, padded to the full length, and take the real part."""
    length = np.shape(x)[axis] if n is None else n
    whole = np.fft.fft(fitted(g, length, axis), axis=axis, norm=norm)
    return fitted(np.real(whole), np.shape(x)[axis], axis)


def irfft_transpose(g: Any, x: Any, n: Any = None, axis: int = -1, norm: Any = None) -> Any:
    """Transform `g` forward; frequencies count twice unless they are their own conjugate."""
    length = np.shape(g)[axis]
    weights = full(length // 2 + 1, 2.0, float, g)
    weights[0] = 1.0
    if length % 2 == 0:
        weights[-1] = 1.0
    half = np.conjugate(np.fft.rfft(g, axis=axis, norm=INVERSE[norm]))
    return fitted(half * along_axis(weights, axis, np.ndim(g)), np.shape(x)[axis], axis)


# fmt: off
fft   = linear(np.fft.fft,   complex_transpose(np.fft.fft))
ifft  = linear(np.fft.ifft,  complex_transpose(np.fft.ifft))
rfft  = linear(np.fft.rfft,  rfft_transpose)
irfft = linear(np.fft.irfft, irfft_transpose)
# fmt: on


# -- compositions -----------------------------------------------------------------------------


def along(x: Any, s: Any, axes: Any, default: Any = None) -> list[tuple[int, Any]]:
    """Return the pairs of axis and length for ``axes=`` and ``s=``."""
    if axes is None:
        axes = default if default is not None else range(-np.ndim(x) if s is None else -len(s), 0)
    sizes = [None] * len(axes) if s is None else [None if n == -1 else n for n in s]
    return list(zip(axes, sizes, strict=True))


def several(one: Callable[..., Any], default: Any = None) -> Callable[..., Any]:
    """Return the transform along several axes, one after the other."""

    def transform(a: Any, s: Any = None, axes: Any = default, norm: Any = None, **_: Any) -> Any:
        for axis, n in reversed(along(a, s, axes, default)):
            a = one(a, n=n, axis=axis, norm=norm)
        return a

    return transform


def several_to_half(default: Any = None) -> Callable[..., Any]:
    """Return `rfft2` or `rfftn`: real along the last axis, then complex along the others."""

    def transform(a: Any, s: Any = None, axes: Any = default, norm: Any = None, **_: Any) -> Any:
        pairs = along(a, s, axes, default)
        others, (last, n) = pairs[:-1], pairs[-1]
        a = rfft(a, n=n, axis=last, norm=norm)
        for axis, n in reversed(others):
            a = fft(a, n=n, axis=axis, norm=norm)
        return a

    return transform


def several_from_half(default: Any = None) -> Callable[..., Any]:
    """Return `irfft2` or `irfftn`: complex along all axes but the last, which becomes real."""

    def transform(a: Any, s: Any = None, axes: Any = default, norm: Any = None, **_: Any) -> Any:
        pairs = along(a, s, axes, default)
        others, (last, n) = pairs[:-1], pairs[-1]
        for axis, length in others:
            a = ifft(a, n=length, axis=axis, norm=norm)
        return irfft(a, n=n, axis=last, norm=norm)

    return transform


implements(np.fft.fftn)(several(fft))
implements(np.fft.ifftn)(several(ifft))
implements(np.fft.fft2)(several(fft, (-2, -1)))
implements(np.fft.ifft2)(several(ifft, (-2, -1)))
implements(np.fft.rfftn)(several_to_half())
implements(np.fft.rfft2)(several_to_half((-2, -1)))
implements(np.fft.irfftn)(several_from_half())
implements(np.fft.irfft2)(several_from_half((-2, -1)))


@implements(np.fft.hfft)
def hfft(a: Any, n: Any = None, axis: int = -1, norm: Any = None, **_: Any) -> Any:
    """Transform the half of a Hermitian signal into its real spectrum."""
    return irfft(np.conjugate(a), n=n, axis=axis, norm=INVERSE[norm])


@implements(np.fft.ihfft)
def ihfft(a: Any, n: Any = None, axis: int = -1, norm: Any = None, **_: Any) -> Any:
    """Undo `hfft`."""
    return np.conjugate(rfft(a, n=n, axis=axis, norm=INVERSE[norm]))


def shifting(sign: int) -> Callable[..., Any]:
    """Return `fftshift`, or its inverse."""

    def shift(x: Any, axes: Any = None) -> Any:
        axes = range(np.ndim(x)) if axes is None else (axes,) if np.ndim(axes) == 0 else axes
        lengths = [np.shape(x)[axis] for axis in axes]
        steps = [n // 2 if sign > 0 else -(n // 2) for n in lengths]
        return np.roll(x, tuple(steps), tuple(axes))

    return shift


implements(np.fft.fftshift)(shifting(1))
implements(np.fft.ifftshift)(shifting(-1))
