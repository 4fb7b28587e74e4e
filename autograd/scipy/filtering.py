"""Filters of signals along an axis: recursive ones, and fits of polynomials.

A recursive filter with coefficients b and a solves a[0] y[n] + a[1] y[n-1] + ... = b[0] x[n] + ...; the
left side has a rule here, and the right side is a convolution.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import scipy.signal as _original

from autograd.engine import Primitive
from autograd.engine.dispatch import plain
from autograd.errors import OptionError, ShapeError
from autograd.rules.table import define
from autograd.scipy.fallback import in_place_of, opaque
from autograd.scipy.images.filters import correlate1d
from autograd.scipy.sliding import slide
from autograd.scipy.stats.families import number

# -- recursion ----------------------------------------------------------------------------------


@opaque
def _recursion(v: Any, a: Any) -> Any:
    """Return y with y[n] + a[0] y[n-1] + a[1] y[n-2] + ... = v[n], along the last axis."""
    kind = np.result_type(v, a)
    return _original.lfilter(np.ones(1, kind), np.concatenate([np.ones(1, kind), a]), v)


def _adjoint(g: Any, a: Any) -> Any:
    return np.flip(recursion(np.flip(g, -1), a), -1)


def _delayed_products(u: Any, y: Any, count: int) -> Any:
    """Return Σ u[n] y[n-k] for k from 1 to a count, over all signals."""
    n = np.shape(y)[-1]
    rows = [np.reshape(x, (-1, n)) for x in (u, y)]
    return np.stack(
        [np.sum(rows[0][:, k:] * rows[1][:, : max(n - k, 0)]) for k in range(1, count + 1)]
    )


recursion: Primitive = define(
    _recursion,
    lambda g, y, v, a: _adjoint(g, a),
    lambda g, y, v, a: -_delayed_products(_adjoint(g, a), y, np.shape(a)[0]),
    name="recursion",
)


def _recursion_jvp(argnum: int, tangent: Any, y: Any, arguments: Any, keywords: Any) -> Any:
    _, a = arguments
    if argnum == 0:
        return recursion(tangent, a)
    n = np.shape(y)[-1]
    source = sum(tangent[k] * _delayed(y, k + 1, n) for k in range(np.shape(a)[0]))
    return recursion(-source, a)


def _delayed(y: Any, k: int, n: int) -> Any:
    """Return y[n-k], and 0 before the beginning."""
    margins = [(0, 0)] * (np.ndim(y) - 1) + [(min(k, n), 0)]
    return np.pad(y[..., : max(n - k, 0)], margins)


recursion.jvp = _recursion_jvp


def _moving_sum(b: Any, x: Any) -> Any:
    """Return Σ b[k] x[n-k] along the last axis, with zeros before the beginning."""
    rows = np.reshape(x, (-1, 1, np.shape(x)[-1]))
    whole = np.pad(rows, ((0, 0), (0, 0), (np.shape(b)[0] - 1, 0)))
    return np.reshape(slide(whole, b[None, None]), np.shape(x))


@in_place_of(_original.lfilter)
def lfilter(b: Any, a: Any, x: Any, axis: int = -1, zi: Any = None) -> Any:
    """Filter a signal; see `scipy.signal.lfilter`. Coefficients, signal and state may be nodes.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import grad
    >>> from autograd.scipy.signal import lfilter
    >>> grad(lambda a: lfilter([1.0], [1.0, a], np.eye(1, 3)[0])[2])(0.5)  # of a²
    1.0
    """
    b, a, x = (np.atleast_1d(number(v)) for v in (b, a, x))
    if plain(a)[0] == 0:
        raise OptionError(f"a[0] must not be 0: the filter has a = {plain(a)}.")
    y, state = _filtered(b / a[0], a[1:] / a[0], np.moveaxis(x, axis, -1), _last(zi, axis))
    y = np.moveaxis(y, -1, axis)
    return y if zi is None else (y, np.moveaxis(state, -1, axis))


def _last(zi: Any, axis: int) -> Any:
    return (
        None
        if zi is None
        else np.moveaxis(np.asarray(zi) if not hasattr(zi, "dtype") else zi, axis, -1)
    )


def _filtered(b: Any, a: Any, x: Any, zi: Any) -> tuple[Any, Any]:
    """Filter along the last axis, from a state; return the last state too."""
    n, order = np.shape(x)[-1], max(np.shape(a)[0], np.shape(b)[0] - 1)
    v = _moving_sum(b, x)
    if zi is not None:
        if np.shape(zi)[-1] != order:
            raise ShapeError(
                f"zi has shape {np.shape(zi)}; its last axis must have length {order}."
            )
        head = zi[..., :n]
        v = v + np.pad(head, [(0, 0)] * (np.ndim(zi) - 1) + [(0, n - np.shape(head)[-1])])
    y = recursion(v, a) if np.shape(a)[0] else v
    if zi is None:
        return y, None
    parts = []
    for k in range(order):
        part: Any = zi[..., n + k] if n + k < order else 0.0 * y[..., 0]
        for i in range(min(n, order - k)):
            if k + 1 + i < np.shape(b)[0]:
                part = part + b[k + 1 + i] * x[..., n - 1 - i]
            if k + i < np.shape(a)[0]:
                part = part - a[k + i] * y[..., n - 1 - i]
        parts.append(part)
    return y, np.stack(parts, axis=-1) if parts else 0.0 * y[..., :0]


@in_place_of(_original.lfilter_zi)
def lfilter_zi(b: Any, a: Any) -> Any:
    """Return the state of a filter after a long constant signal; see `scipy.signal.lfilter_zi`."""
    b, a = (np.atleast_1d(number(v)) for v in (b, a))
    b, a = b / a[0], a / a[0]
    order = max(np.shape(a)[0], np.shape(b)[0])
    b, a = (np.pad(v, (0, order - np.shape(v)[0])) for v in (b, a))
    # The rows of the matrix say how the state follows from the state before.
    first = np.eye(order - 1)[:, :1] * 0 + a[1:, None] * np.eye(1, order - 1)
    matrix = np.eye(order - 1) - np.eye(order - 1, k=1) + first
    return np.linalg.solve(matrix, b[1:] - a[1:] * b[0])


@in_place_of(_original.sosfilt)
def sosfilt(sos: Any, x: Any, axis: int = -1, zi: Any = None) -> Any:
    """Filter by second-order sections; see `scipy.signal.sosfilt`."""
    sos, x = number(sos), np.moveaxis(number(x), axis, -1)
    if np.ndim(sos) != 2 or np.shape(sos)[1] != 6:
        raise ShapeError(f"sos has shape {np.shape(sos)}; it must have rows of six coefficients.")
    states = []
    for i in range(np.shape(sos)[0]):
        state = None if zi is None else np.moveaxis(zi[i], axis, -1)
        x, last = _filtered(sos[i, :3] / sos[i, 3], sos[i, 4:] / sos[i, 3], x, state)
        states.append(last)
    y = np.moveaxis(x, -1, axis)
    return y if zi is None else (y, np.stack([np.moveaxis(s, -1, axis) for s in states]))


@in_place_of(_original.sosfilt_zi)
def sosfilt_zi(sos: Any) -> Any:
    """Return the state of sections after a long constant signal; see `scipy.signal.sosfilt_zi`."""
    states, scale = [], 1.0
    for i in range(np.shape(sos)[0]):
        b, a = sos[i, :3], sos[i, 3:]
        states.append(scale * lfilter_zi(b, a))
        scale = scale * np.sum(b) / np.sum(a)
    return np.stack(states)


# -- in both directions -------------------------------------------------------------------------


def extension(x: Any, kind: Any, length: int) -> Any:
    """Extend a signal at both ends of the last axis, as `filtfilt` does."""
    if kind is None or length == 0:
        return x
    if length >= np.shape(x)[-1]:
        raise ValueError(
            f"The length of the input vector x must be greater than padlen, which is {length}."
        )
    before, after = x[..., length:0:-1], x[..., -2 : -length - 2 : -1]
    if kind == "odd":
        before, after = 2 * x[..., :1] - before, 2 * x[..., -1:] - after
    elif kind == "constant":
        ones = np.ones(length)
        before, after = x[..., :1] * ones, x[..., -1:] * ones
    elif kind != "even":
        raise OptionError(f'padtype={kind!r} must be "odd", "even", "constant" or None.')
    return np.concatenate([before, x, after], axis=-1)


def _both_ways(once: Any, state: Any, x: Any, kind: Any, length: int) -> Any:
    whole = extension(x, kind, length)
    y = once(whole, state, whole[..., :1])
    y = np.flip(once(np.flip(y, -1), state, y[..., -1:]), -1)
    return y[..., length : np.shape(y)[-1] - length] if length and kind is not None else y


@in_place_of(_original.filtfilt)
def filtfilt(
    b: Any, a: Any, x: Any, axis: int = -1, padtype: Any = "odd", padlen: Any = None,
    method: str = "pad", irlen: Any = None,
) -> Any:  # fmt: skip
    """Filter forward and backward; see `scipy.signal.filtfilt`."""
    if method != "pad":
        raise OptionError(f'filtfilt(method={method!r}) of nodes has no rule. Use method="pad".')
    b, a, x = (np.atleast_1d(number(v)) for v in (b, a, x))
    taps = 3 * max(np.shape(b)[0], np.shape(a)[0])
    length = 0 if padtype is None else taps if padlen is None else int(padlen)

    def once(x: Any, state: Any, first: Any) -> Any:
        return _filtered(b / a[0], a[1:] / a[0], x, state * first)[0]

    y = _both_ways(once, lfilter_zi(b, a), np.moveaxis(x, axis, -1), padtype, length)
    return np.moveaxis(y, -1, axis)


@in_place_of(_original.sosfiltfilt)
def sosfiltfilt(sos: Any, x: Any, axis: int = -1, padtype: Any = "odd", padlen: Any = None) -> Any:
    """Filter by sections, forward and backward; see `scipy.signal.sosfiltfilt`."""
    sos, x = number(sos), number(x)
    numbers = plain(sos)
    taps = 2 * np.shape(sos)[0] + 1 - min((numbers[:, 2] == 0).sum(), (numbers[:, 5] == 0).sum())
    length = 0 if padtype is None else int(3 * taps) if padlen is None else int(padlen)

    def once(x: Any, state: Any, first: Any) -> Any:
        states = [state[i] * first for i in range(np.shape(sos)[0])]
        return sosfilt(sos, x, -1, np.stack(states))[0]

    y = _both_ways(once, sosfilt_zi(sos), np.moveaxis(x, axis, -1), padtype, length)
    return np.moveaxis(y, -1, axis)


# -- polynomials --------------------------------------------------------------------------------


@in_place_of(_original.detrend)
def detrend(
    data: Any, axis: int = -1, type: str = "linear", bp: Any = 0, overwrite_data: bool = False
) -> Any:
    """Subtract a line, or the mean; see `scipy.signal.detrend`."""
    x = np.moveaxis(number(data), axis, -1)
    if type in ("constant", "c"):
        y = x - np.mean(x, axis=-1, keepdims=True)
    elif type in ("linear", "l"):
        n = np.shape(x)[-1]
        ends = np.unique(np.concatenate([np.atleast_1d([0]), np.atleast_1d(bp), [n]])).astype(int)
        if ends[-1] > n:
            raise ValueError("Breakpoints must be less than length of data along given axis.")
        parts = [_without_line(x[..., i:j]) for i, j in itertools.pairwise(ends)]
        y = np.concatenate(parts, axis=-1)
    else:
        raise OptionError(f'type={type!r} must be "linear" or "constant".')
    return np.moveaxis(y, -1, axis)


def _without_line(x: Any) -> Any:
    n = np.shape(x)[-1]
    lines, _ = np.linalg.qr(np.stack([np.ones(n), np.arange(1, n + 1) / n], axis=1))
    return x - (x @ lines) @ lines.T


@in_place_of(_original.savgol_filter)
def savgol_filter(
    x: Any, window_length: int, polyorder: int, deriv: int = 0, delta: float = 1.0,
    axis: int = -1, mode: str = "interp", cval: Any = 0.0,
) -> Any:  # fmt: skip
    """Fit polynomials in a moving window; see `scipy.signal.savgol_filter`."""
    x = number(x)
    n = np.shape(x)[axis]
    _original.savgol_filter(np.zeros(n), window_length, polyorder, deriv, delta, -1, mode, cval)
    weights = _original.savgol_coeffs(window_length, polyorder, deriv=deriv, delta=delta)
    start = -(window_length % 2 == 0)  # of the convolution, in terms of the correlation
    weights = np.flip(weights)
    if mode != "interp":
        return correlate1d(x, weights, axis, None, mode, cval, start)
    y = np.moveaxis(correlate1d(x, weights, axis, None, "constant", 0.0, start), axis, -1)
    z, half = np.moveaxis(x, axis, -1), window_length // 2
    first = _fitted(z[..., :window_length], range(half), polyorder, deriv, delta)
    places = range(window_length - half, window_length)
    last = _fitted(z[..., n - window_length :], places, polyorder, deriv, delta)
    return np.moveaxis(np.concatenate([first, y[..., half : n - half], last], axis=-1), -1, axis)


def _fitted(x: Any, places: Any, degree: int, deriv: int, delta: float) -> Any:
    """Return the polynomial through a window, or a derivative of it, at some places."""
    n = np.shape(x)[-1]
    fit = np.linalg.pinv(np.vander(np.arange(n, dtype=float), degree + 1))
    rows = [np.polyval(np.polyder(row, deriv), np.array(places)) for row in np.eye(degree + 1)]
    return x @ (fit.T @ np.stack([r * np.ones(len(places)) for r in rows])) / delta**deriv
