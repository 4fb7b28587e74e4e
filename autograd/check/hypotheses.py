"""What may be wrong with a gradient, as seen from its numbers alone.

Each hypothesis changes the gradient that was given; it is told only if what comes out is right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from autograd.check.reference import close

#: Sizes by what they are the sizes of: {"elements of w": 4, "axis 0 of X": 100}.
Sizes = Mapping[str, int]


class Finding(NamedTuple):
    """What is wrong with a gradient: the rest of a sentence, and the line it speaks of."""

    told: str
    place: str = ""

    def about(self, gradient: str) -> str:
        """Return the whole sentence, and the line below it."""
        sentence = f"{gradient} {self.told}."
        return f"{sentence}\n    {self.place}" if self.place else sentence


def from_numbers(given: Any, right: Any, sizes: Sizes, any_factor: bool = True) -> str | None:
    """Return the first of the `readings` of a gradient; None if there is none."""
    return next(readings(given, right, sizes, any_factor), None)


def readings(given: Any, right: Any, sizes: Sizes, any_factor: bool = True) -> Iterator[str]:
    """Say what may be wrong with a gradient, as far as that can be told from its numbers.

    Parameters
    ----------
    given, right : ndarray
        The gradient, and what it should be. Their shapes may differ.
    sizes : mapping of str to int
        Lengths that may turn up as a factor, by what to call them.
    any_factor : bool
        Whether to accept factors that are neither such a length nor a plain fraction.

    Yields
    ------
    str
        The rest of a sentence whose subject is the gradient, the simplest first.
    """
    given, right = np.asarray(given), np.asarray(right)
    if given.shape == right.shape and not np.any(given) and np.any(right):
        yield "is zero everywhere, but should not be"
        return
    for what, candidate in _rearranged(given, right.shape):
        if candidate.shape != right.shape:
            continue
        if close(candidate, right):
            if what:
                yield what
            continue
        factor = factor_between(candidate, right)
        if factor is not None and (any_factor or _is_plain(factor) or _ratio_told(factor, sizes)):
            scaled = told_factor(factor, sizes)
            yield f"{what}, and {scaled}" if what else scaled


def _rearranged(given: Any, shape: tuple[int, ...]) -> Iterator[tuple[str, Any]]:
    """Yield the gradient in other arrangements, the simplest first."""
    yield "", given
    if given.ndim == 2 and given.shape[::-1] == shape and min(shape) > 1:
        yield "is transposed", given.T
    if given.shape != shape:
        yield from _reshaped(given, shape)
        return
    for axis in range(given.ndim):
        if given.shape[axis] > 2:
            yield from _shifted(given, axis)
    if np.iscomplexobj(given):
        yield (
            "is the complex conjugate of what is wanted here: for z = x + iy this library takes "
            "∂f/∂x - i ∂f/∂y, PyTorch its conjugate",
            np.conj(given),
        )


def _reshaped(given: Any, shape: tuple[int, ...]) -> Iterator[tuple[str, Any]]:
    told = f"has shape {given.shape} where {shape} is wanted"
    if given.size == int(np.prod(shape)):
        yield f"{told}, with the right numbers in it", given.reshape(shape)
    if given.ndim >= len(shape):
        extra = given.ndim - len(shape)
        axes = tuple(range(extra)) + tuple(
            extra + axis
            for axis, length in enumerate(shape)
            if length == 1 != given.shape[extra + axis]
        )
        named = "axis " + " and ".join(map(str, axes))
        summed = given.sum(axis=axes, keepdims=True).reshape(-1)
        if summed.size == int(np.prod(shape)):
            yield f"{told}: it lacks a sum over {named}", summed.reshape(shape)
    transposed = given.T
    if transposed.ndim == len(shape):
        axes = tuple(axis for axis, n in enumerate(shape) if n == 1 and transposed.shape[axis] != 1)
        summed = transposed.sum(axis=axes, keepdims=True)
        if axes and summed.shape == shape:
            yield f"{told}: it is transposed, and lacks a sum", summed
    try:
        yield f"{told}: it was summed too far", np.broadcast_to(given, shape)
    except ValueError:
        return


def _shifted(given: Any, axis: int) -> Iterator[tuple[str, Any]]:
    along = f" along axis {axis}" if given.ndim > 1 else ""
    for shift, way in ((1, "early"), (-1, "late")):
        yield (
            f"stands one place too {way}{along}: an index is off by one",
            np.roll(given, shift, axis),
        )
    yield f"is in reverse order{along}", np.flip(given, axis)


def factor_between(given: Any, right: Any) -> float | None:
    """Return by what factor a gradient is too large; None if it is not a matter of a factor."""
    size = float(np.max(np.abs(right), initial=0.0))
    if not size or not np.isfinite(size) or not np.isfinite(given).all():
        return None
    unit = right / size
    factor = complex(np.sum(np.conj(unit) * (given / size)) / np.sum(np.abs(unit) ** 2))
    if factor.imag or not factor.real or not close(given / factor.real, right):
        return None
    # From few numbers any factor could be had: it must be one that people write.
    if right.size < 3 and not _is_plain(factor.real):
        return None
    return factor.real


def _is_plain(factor: float) -> bool:
    """Return whether a factor, or one over it, is a fraction of small numbers."""
    for ratio in (abs(factor), 1 / abs(factor)):
        fraction = Fraction(ratio).limit_denominator(24)
        if fraction and abs(float(fraction) / ratio - 1) < 1e-6:
            return True
    return False


def told_factor(factor: float, sizes: Sizes) -> str:
    """Put into words that a gradient is too large by a factor."""
    size = abs(factor)
    sign = "has the wrong sign" if factor < 0 else ""
    if abs(size - 1) < 1e-6:
        return sign
    large = size > 1
    ratio = size if large else 1 / size
    told = f"is {_number(ratio)} times too {'large' if large else 'small'}"
    reason = _ratio_told(ratio, sizes)
    return (f"{sign} and " if sign else "") + told + (f": {reason}" if reason else "")


def _number(ratio: float) -> str:
    if abs(ratio - round(ratio)) < 1e-6 * ratio:
        return str(round(ratio))
    fraction = Fraction(ratio).limit_denominator(9)
    if abs(float(fraction) - ratio) < 1e-6 * ratio:
        return str(fraction)
    return f"{ratio:.6g}"


def _ratio_told(factor: float, sizes: Sizes) -> str:
    """Say where a factor, or one over it, may come from: a length, or its double or half."""
    ratio = max(abs(factor), 1 / abs(factor))
    if abs(ratio - 2) < 1e-6:
        return ""  # a 2 has likelier origins
    for multiple, words in ((1.0, "{}"), (2.0, "twice {}"), (0.5, "half {}")):
        for name, length in sizes.items():
            if length > 1 and abs(ratio - multiple * length) < 1e-6 * ratio:
                told = words.format(f"the {name}")
                return f"{_number(ratio)} is {told}"
    return ""


def swapped(given: Mapping[str, Any], right: Mapping[str, Any]) -> dict[str, str]:
    """Say of which gradients it is another's place they stand in."""
    reasons = {}
    for path, array in given.items():
        if path not in right or close(array, right[path]):
            continue
        for other, expected in right.items():
            if other != path and close(array, expected):
                both = other in given and close(given[other], right[path])
                told = ": they are swapped" if both else ""
                reasons[path] = f"is that with respect to {other}{told}"
                break
    return reasons


def pattern(given: Any, right: Any, x: Any) -> str | None:
    """Say where a gradient is wrong if that is only here and there."""
    given, right, x = np.asarray(given), np.asarray(right), np.asarray(x)
    if given.shape != right.shape or given.shape != x.shape or given.size < 2:
        return None
    size = float(np.max(np.abs(right), initial=0.0))
    wrong = ~(np.abs(given - right) <= 1e-5 * np.abs(right) + 1e-7 * size)
    count = int(wrong.sum())
    if not 0 < count < given.size:
        return None
    where = _told_where(wrong, x)
    if where is None:
        return None
    ratio = _common_ratio(given[wrong], right[wrong])
    return f"is wrong only {where}{f', where it {ratio}' if ratio else ''}"


def _told_where(wrong: Any, x: Any) -> str | None:
    if np.isrealobj(x):
        for words, mask in (
            ("where the input is negative", x < 0),
            ("where the input is positive", x > 0),
            ("where the input is zero", x == 0),
        ):
            if np.array_equal(wrong, mask):
                return words
    for axis in range(x.ndim):
        for end, words in ((0, "first"), (-1, "last")):
            edge = np.zeros_like(wrong)
            edge[(slice(None),) * axis + (end,)] = True
            if np.array_equal(wrong, edge):
                of = f" along axis {axis}" if x.ndim > 1 else ""
                return f"at the {words} index{of}"
    count = int(wrong.sum())
    if count > max(3, 0.2 * x.size):
        return None
    indices = [f"[{', '.join(map(str, map(int, i)))}]" for i in np.argwhere(wrong)[:3]]
    return f"at {', '.join(indices)}{' …' if count > 3 else ''}, {count} of {x.size} elements"


def _common_ratio(given: Any, right: Any) -> str:
    if not np.any(given):
        return "is zero"
    factor = factor_between(given, right) if np.isrealobj(given) else None
    return told_factor(factor, {}).split(":")[0] if factor is not None else ""
