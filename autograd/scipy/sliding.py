"""Sums of products of an array with windows of another one: what convolution is made of."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy.fft

from autograd.engine.dispatch import plain
from autograd.rules.kernel import kernel, self_contained
from autograd.rules.table import define

#: From this number of shifts on, the Fourier transform is faster.
MANY_SHIFTS = 64


@kernel()
def valid(a: Any, b: Any) -> Any:
    """Return Σ a[i, k, n + m - j] b[l, k, j] where b fits inside a, of shape (i, l, *n)."""
    small, large = np.shape(b)[2:], np.shape(a)[2:]
    out = tuple(n - m + 1 for n, m in zip(large, small, strict=True))
    shifts = min(math.prod(small), math.prod(out))
    if shifts > MANY_SHIFTS:
        return valid_by_fourier(a, b, out)
    b = np.flip(b, tuple(range(2, np.ndim(b))))
    kind = np.result_type(a, b)
    if shifts == math.prod(small):
        y = np.zeros((np.shape(a)[0], np.shape(b)[0], *out), kind)
        for start in np.ndindex(small):
            window = tuple(slice(s, s + n) for s, n in zip(start, out, strict=True))
            part = np.tensordot(b[(..., *start)], a[(slice(None), slice(None), *window)], (1, 1))
            y += np.swapaxes(part, 0, 1)
        return y
    y = np.empty((*out, np.shape(a)[0], np.shape(b)[0]), kind)
    axes = tuple(range(1, np.ndim(a)))
    for start in np.ndindex(out):
        window = tuple(slice(s, s + m) for s, m in zip(start, small, strict=True))
        y[start] = np.tensordot(a[(slice(None), slice(None), *window)], b, (axes, axes))
    return np.moveaxis(y, (-2, -1), (0, 1))


@self_contained
def valid_by_fourier(a: Any, b: Any, out: tuple[int, ...]) -> Any:
    """Return the same by Fourier transform."""
    real = not (np.iscomplexobj(a) or np.iscomplexobj(b))
    sizes = [scipy.fft.next_fast_len(n, real) for n in np.shape(a)[2:]]
    axes = tuple(range(2, np.ndim(a)))
    if real:
        forward, backward = scipy.fft.rfftn, scipy.fft.irfftn
    else:
        forward, backward = scipy.fft.fftn, scipy.fft.ifftn
    spectrum = np.einsum("ik...,lk...->il...", forward(a, sizes, axes), forward(b, sizes, axes))
    y = backward(spectrum, sizes, axes)
    starts = [m - 1 for m in np.shape(b)[2:]]
    return y[(..., *(slice(s, s + n) for s, n in zip(starts, out, strict=True)))]


def flipped(x: Any) -> Any:
    """Reverse the convolved axes."""
    return np.flip(x, tuple(range(2, np.ndim(x))))


def swapped(x: Any) -> Any:
    """Swap the kept and the summed axis."""
    return np.swapaxes(x, 0, 1)


def valid_vjp_large(g: Any, y: Any, a: Any, b: Any) -> Any:
    """Convolve fully with b reversed: Σ g[i, l, n] b[l, k, m] at each n + m."""
    return fully(g, flipped(swapped(b)))


def valid_vjp_small(g: Any, y: Any, a: Any, b: Any) -> Any:
    """Correlate a with the cotangent."""
    return flipped(swapped(slide(swapped(a), flipped(swapped(g)))))


slide = define(valid, valid_vjp_large, valid_vjp_small, name="convolve")


def padded(x: Any, margins: Sequence[tuple[int, int]]) -> Any:
    """Extend the convolved axes by zeros."""
    return np.pad(x, ((0, 0), (0, 0), *margins))


def fully(a: Any, b: Any) -> Any:
    """Convolve wherever the arrays overlap."""
    if np.size(plain(a)) < np.size(plain(b)):  # pad the smaller array and slide it over the larger
        return swapped(fully(b, a))
    return slide(padded(a, [(m - 1, m - 1) for m in np.shape(b)[2:]]), b)
