"""Short texts for numbers and arrays."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.engine.memory import is_overwritten
from autograd.errors import FormatError

#: Arrays of at most this many elements are written in full.
FEW = 6
#: Replaces data that a later in-place assignment has overwritten.
OVERWRITTEN = "overwritten"
BARS = "▁▂▃▄▅▆▇█"
BINS = 10
#: A mean of fewer units in the last place of the standard deviation is shown as 0.
MEANINGLESS = 64
#: Statistics of a larger array are computed from about this many elements.
SAMPLE_SIZE = 1_000_000


def check_format(number_format: str) -> str:
    """Return a format such as ".4g" if it is valid.

    Raises
    ------
    FormatError
        If it is not.
    """
    try:
        format(1.5, number_format)
    except (ValueError, TypeError):
        raise FormatError(
            f"{number_format!r} is not a format for numbers; use '.4g', '.3f' or '.2e'."
        ) from None
    return number_format


def short(x: Any, most: int = 60, number_format: str = ".6g") -> str:
    """Write a number, a small array in full, or the type and shape of a large one."""
    if x is None:
        return "none"
    if isinstance(x, (float, np.floating)):
        return _number(x, number_format)
    if isinstance(x, (tuple, list)) and len(x) <= 4:
        return f"({', '.join(short(part, most // 2, number_format) for part in x)})"
    if isinstance(x, slice):
        ends = ["" if end is None else str(end) for end in (x.start, x.stop)]
        return ":".join([*ends, str(x.step)] if x.step is not None else ends)
    if isinstance(x, np.ndarray):
        return _array(x, most, number_format)
    text = repr(x.item() if isinstance(x, np.generic) else x)  # True, not np.True_
    return text if len(text) <= most else text[: most - 1] + "…"


def _number(x: Any, number_format: str) -> str:
    """Write a number; zero without a sign, however it came about."""
    text = f"{x:{number_format}}"
    return text.replace("-", "", 1) if x == 0 and text.startswith("-") else text


def _array(x: np.ndarray[Any, Any], most: int, number_format: str) -> str:
    if x.size <= FEW:
        text = numbers_of(x, number_format)
        if len(text) <= most:
            return text
    has_spread = x.size and x.dtype.kind in "fc" and most > 30
    return f"{kind_of(x)}{' ' + spread(x) if has_spread else ''}"


def numbers_of(x: np.ndarray[Any, Any], number_format: str = ".6g") -> str:
    """Write all numbers of an array as nested lists; of more than two axes, shape and a list."""
    if x.ndim > 2:
        return f"{'×'.join(map(str, x.shape))} {numbers_of(x.reshape(-1), number_format)}"
    if x.ndim == 0:
        number = x[()]
        return _number(number, number_format) if x.dtype.kind in "fc" else str(number)
    return f"[{', '.join(numbers_of(part, number_format) for part in x)}]"


def lines_of(x: np.ndarray[Any, Any], number_format: str) -> list[str]:
    """Write all numbers of an array, one line for each row of a matrix."""
    if not x.size:
        return ["empty"]
    if x.ndim != 2 or len(x) == 1:
        return [numbers_of(x.reshape(-1) if x.ndim > 1 else x, number_format)]
    return [numbers_of(row, number_format) for row in x]


def kind_of(x: Any) -> str:
    """Write the type and the shape of an array."""
    return f"{x.dtype} {'×'.join(map(str, x.shape)) or '()'}"


def _sample(x: Any) -> Any:
    """Return the elements of an array, evenly spaced ones of a huge array."""
    flat = np.asarray(x).reshape(-1)
    return flat[:: max(1, flat.size // SAMPLE_SIZE)]


def spread(x: Any) -> str:
    """Write the mean and the standard deviation of an array."""
    if is_overwritten(x):
        return OVERWRITTEN
    elements = _sample(x)
    with np.errstate(all="ignore"):
        if elements.size and elements.dtype.kind == "f" and elements.min() == elements.max():
            return _number(elements[0], ".4g")
        mean, deviation = np.mean(elements), np.std(elements)
        if abs(mean) <= _noise(elements, deviation):
            mean = mean * 0  # of the same type
        return f"{_number(mean, '.4g')} ± {deviation:.3g}"


def _noise(elements: Any, deviation: Any) -> Any:
    """Return how large a mean may be by rounding alone."""
    epsilon = np.finfo(elements.dtype).eps if elements.dtype.kind in "fc" else 0.0
    return MEANINGLESS * epsilon * deviation


def summary_lines(x: Any) -> list[str]:
    """Summarise a large array: mean ± standard deviation, minimum … maximum, and a histogram."""
    elements = _sample(x)
    if is_overwritten(x):
        return [OVERWRITTEN]
    if elements.size == 0 or elements.dtype.kind != "f":
        return [spread(x)] if elements.size else ["empty"]
    finite = elements[np.isfinite(elements)]
    lines = [spread(x)]
    if finite.size and finite.min() < finite.max():
        lines.append(f"{finite.min():.3g} … {finite.max():.3g}")
    if finite.size < elements.size:
        lines.append(f"{elements.size - finite.size} not finite")
    elif finite.min() < finite.max():
        lines.append(histogram(finite))
    return lines


def histogram(x: Any) -> str:
    """Draw a histogram of the elements in one line."""
    scale = max(abs(float(x.min())), abs(float(x.max())))
    counts, _ = np.histogram(x / scale, bins=BINS)  # scaled: a subnormal range has no bins
    tallest = counts.max()
    return "".join(
        BARS[math.ceil(count / tallest * (len(BARS) - 1))] if count else " " for count in counts
    )


def magnitude(gradient: Any) -> float:
    """Return the absolute value of a number or the root mean square of an array."""
    if isinstance(gradient, float):
        return abs(gradient)
    elements = _sample(gradient)
    if not elements.size:
        return 0.0
    with np.errstate(all="ignore"):
        largest = float(np.max(np.abs(elements)))
        if largest == 0.0 or not math.isfinite(largest):
            return largest
        return largest * float(np.sqrt(np.mean(np.abs(elements / largest) ** 2)))


def bytes_of(count: float) -> str:
    """Write an amount of memory."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000 or unit == "GB":
            return f"{count:.3g} {unit}" if unit != "B" else f"{count:.0f} B"
        count /= 1000
    raise AssertionError("GB is the last")


def seconds_of(seconds: float) -> str:
    """Write a time."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e6:.3g} µs"
