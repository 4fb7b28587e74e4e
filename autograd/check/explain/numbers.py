"""What may be wrong with a gradient, judging by its numbers alone.

Each hypothesis changes the gradient. It is reported only if the result is right.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from autograd.check.arrays import close

#: Lengths by their description: {"number of elements of w": 4}.
Sizes = Mapping[str, int]


#: What factors may be made of a length, the likelier ones first.
FORMS: tuple[tuple[str, Callable[[float], float]], ...] = (
    ("{}", lambda n: n),
    ("twice {}", lambda n: 2 * n),
    ("n / (n - 1), where n is {}", lambda n: n / (n - 1)),
    ("the root of {}", math.sqrt),
    ("half of {}", lambda n: n / 2),
    ("the square of {}", lambda n: n * n),
)


class Finding(NamedTuple):
    """What is wrong with a gradient: the predicate of a sentence, and the line it refers to."""

    text: str
    place: str = ""

    def about(self, gradient: str) -> str:
        """Return the whole sentence, and the line below it."""
        sentence = f"{gradient} {self.text}."
        return f"{sentence}\n    {self.place}" if self.place else sentence


def first_hypothesis(given: Any, right: Any, sizes: Sizes, any_factor: bool = True) -> str | None:
    """Return the first of the `hypotheses` on a gradient; None if there is none."""
    return next(hypotheses(given, right, sizes, any_factor), None)


def hypotheses(given: Any, right: Any, sizes: Sizes, any_factor: bool = True) -> Iterator[str]:
    """Yield what may be wrong with a gradient.

    Parameters
    ----------
    given, right : ndarray
        The gradient under test and the right one. Their shapes may differ.
    sizes : mapping of str to int
        Lengths that may be factors, by their description.
    any_factor : bool
        Whether to accept factors that are neither such a length nor a simple fraction.

    Yields
    ------
    str
        The predicate of a sentence about the gradient, the simplest first.
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
        if factor is not None and (any_factor or _is_simple(factor) or _ratio_text(factor, sizes)):
            scaled = factor_text(factor, sizes)
            yield f"{what}, and {scaled}" if what else scaled


def _rearranged(given: Any, shape: tuple[int, ...]) -> Iterator[tuple[str, Any]]:
    """Yield rearrangements of a gradient, the simplest first, with what each would correct."""
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
            "is the complex conjugate of the right one: for z = x + iy this library uses "
            "∂f/∂x - i ∂f/∂y, PyTorch its conjugate",
            np.conj(given),
        )


def _reshaped(given: Any, shape: tuple[int, ...]) -> Iterator[tuple[str, Any]]:
    text = f"has shape {given.shape} where {shape} is expected"
    if given.size == int(np.prod(shape)):
        yield f"{text}, but the right numbers", given.reshape(shape)
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
            yield f"{text}: it lacks a sum over {named}", summed.reshape(shape)
    transposed = given.T
    if transposed.ndim == len(shape):
        axes = tuple(axis for axis, n in enumerate(shape) if n == 1 and transposed.shape[axis] != 1)
        summed = transposed.sum(axis=axes, keepdims=True)
        if axes and summed.shape == shape:
            yield f"{text}: it is transposed, and lacks a sum", summed
    try:
        yield f"{text}: it was summed too far", np.broadcast_to(given, shape)
    except ValueError:
        return


def _shifted(given: Any, axis: int) -> Iterator[tuple[str, Any]]:
    along = f" along axis {axis}" if given.ndim > 1 else ""
    for shift, way in ((1, "early"), (-1, "late")):
        yield (
            f"is one place too {way}{along}: an index is off by one",
            np.roll(given, shift, axis),
        )
    yield f"is in reverse order{along}", np.flip(given, axis)


def factor_between(given: Any, right: Any) -> float | None:
    """Return the factor by which a gradient is too large; None if there is no such factor."""
    size = float(np.max(np.abs(right), initial=0.0))
    if not size or not np.isfinite(size) or not np.isfinite(given).all():
        return None
    unit = right / size
    factor = complex(np.sum(np.conj(unit) * (given / size)) / np.sum(np.abs(unit) ** 2))
    if factor.imag or not factor.real or not close(given / factor.real, right):
        return None
    # Few numbers may have any ratio, so accept only factors that occur in code.
    if right.size < 3 and not _is_simple(factor.real):
        return None
    return factor.real


def _is_simple(factor: float) -> bool:
    """Return whether a factor, or its reciprocal, is a fraction of small integers."""
    for ratio in (abs(factor), 1 / abs(factor)):
        fraction = Fraction(ratio).limit_denominator(24)
        if fraction and abs(float(fraction) / ratio - 1) < 1e-6:
            return True
    return False


def factor_text(factor: float, sizes: Sizes) -> str:
    """Describe a gradient that is too large by a factor."""
    size = abs(factor)
    sign = "has the wrong sign" if factor < 0 else ""
    if abs(size - 1) < 1e-6:
        return sign
    large = size > 1
    ratio = size if large else 1 / size
    text = f"is {_number(ratio)} times too {'large' if large else 'small'}"
    reason = _ratio_text(ratio, sizes)
    return (f"{sign} and " if sign else "") + text + (f": {reason}" if reason else "")


def _number(ratio: float) -> str:
    if abs(ratio - round(ratio)) < 1e-6 * ratio:
        return str(round(ratio))
    fraction = Fraction(ratio).limit_denominator(9)
    if abs(float(fraction) - ratio) < 1e-6 * ratio:
        return str(fraction)
    return f"{ratio:.6g}"


def _ratio_text(factor: float, sizes: Sizes) -> str:
    """Name the lengths that a factor, or its reciprocal, may be made of."""
    ratio = max(abs(factor), 1 / abs(factor))
    if abs(ratio - 2) < 1e-6:
        return ""  # a 2 usually comes from a derivative
    for words, of in FORMS:
        names = [
            f"the {name}"
            for name, length in sizes.items()
            if length > 1 and abs(ratio - of(length)) < 1e-6 * ratio
        ]
        if names:
            return f"{_number(ratio)} is {words.format(' or '.join(names[:3]))}"
    return ""


def swapped(given: Mapping[str, Any], right: Mapping[str, Any]) -> dict[str, str]:
    """Return which gradients are those with respect to another input."""
    reasons = {}
    for path, array in given.items():
        if path not in right or close(array, right[path]):
            continue
        for other, expected in right.items():
            if other != path and close(array, expected):
                both = other in given and close(given[other], right[path])
                swap = ": they are swapped" if both else ""
                reasons[path] = f"is that with respect to {other}{swap}"
                break
    return reasons


def pattern(given: Any, right: Any, x: Any) -> str | None:
    """Describe which elements of a gradient are wrong, if only some are."""
    given, right, x = np.asarray(given), np.asarray(right), np.asarray(x)
    if given.shape != right.shape or given.shape != x.shape or given.size < 2:
        return None
    size = float(np.max(np.abs(right), initial=0.0))
    wrong = ~(np.abs(given - right) <= 1e-5 * np.abs(right) + 1e-7 * size)
    count = int(wrong.sum())
    if not 0 < count < given.size:
        return None
    where = _where_text(wrong, x)
    if where is None:
        return None
    ratio = _common_ratio(given[wrong], right[wrong])
    return f"is wrong only {where}{f', where it {ratio}' if ratio else ''}"


def _where_text(wrong: Any, x: Any) -> str | None:
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
    return factor_text(factor, {}).split(":")[0] if factor is not None else ""
