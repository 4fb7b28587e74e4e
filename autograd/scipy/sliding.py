"""Sums of products of an array with windows of another one: what convolution is made of."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.fft

from autograd.rules.kernel import kernel, self_contained

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
