"""Numbers and arrays in few characters."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.engine.memory import is_overwritten
from autograd.errors import FormatError

#: Of an array with so many elements or fewer, the numbers themselves are shown.
FEW = 6
#: In the place of numbers that a later assignment has overwritten in place.
OVERWRITTEN = "overwritten"
BARS = "▁▂▃▄▅▆▇█"
BINS = 10
#: Of a larger array, the spread is told from so many elements.
MOST_LOOKED_AT = 1_000_000


def check_format(number_format: str) -> str:
    """Return a format such as ".4g" if numbers can be written in it.

    Raises
    ------
    FormatError
        If they cannot.
    """
    try:
        format(1.5, number_format)
    except (ValueError, TypeError):
        raise FormatError(
            f"{number_format!r} is no format for numbers; write '.4g', '.3f' or '.2e'."
        ) from None
    return number_format


def short(x: Any, most: int = 60, number_format: str = ".6g") -> str:
    """Write a number, or an array: small ones with their numbers, large ones by their shape."""
    if x is None:
        return "none"
    if isinstance(x, (float, np.floating)):
        return f"{x:{number_format}}"
    if isinstance(x, (tuple, list)) and len(x) <= 4:
        return f"({', '.join(short(part, most // 2, number_format) for part in x)})"
    if isinstance(x, slice):
        ends = ["" if end is None else str(end) for end in (x.start, x.stop)]
        return ":".join([*ends, str(x.step)] if x.step is not None else ends)
    if isinstance(x, np.ndarray):
        return _array(x, most, number_format)
    text = repr(x)
    return text if len(text) <= most else text[: most - 1] + "…"


def _array(x: np.ndarray[Any, Any], most: int, number_format: str) -> str:
    if x.size <= FEW:
        text = numbers_of(x, number_format)
        if len(text) <= most:
            return text
    told = x.size and x.dtype.kind in "fc" and most > 30
    return f"{kind_of(x)}{' ' + spread(x) if told else ''}"


def numbers_of(x: np.ndarray[Any, Any], number_format: str = ".6g") -> str:
    """Write all numbers of an array, as nested lists."""
    if x.ndim == 0:
        number = x[()]
        return f"{number:{number_format}}" if x.dtype.kind in "fc" else str(number)
    return f"[{', '.join(numbers_of(part, number_format) for part in x)}]"


def kind_of(x: Any) -> str:
    """Write the type and the shape of an array."""
    return f"{x.dtype} {'×'.join(map(str, x.shape)) or '()'}"


def _looked_at(x: Any) -> Any:
    """Return the elements of an array, of a huge one every so many."""
    flat = np.asarray(x).reshape(-1)
    return flat[:: max(1, flat.size // MOST_LOOKED_AT)]


def spread(x: Any) -> str:
    """Write the mean and the standard deviation of an array."""
    if is_overwritten(x):
        return OVERWRITTEN
    elements = _looked_at(x)
    with np.errstate(all="ignore"):
        if elements.size and elements.dtype.kind == "f" and elements.min() == elements.max():
            return f"{elements[0]:.4g}"
        return f"{np.mean(elements):.4g} ± {np.std(elements):.3g}"


def summary_lines(x: Any) -> list[str]:
    """Tell a large array in three lines: mean and deviation, least and greatest, a histogram."""
    elements = _looked_at(x)
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
    """Draw how the elements of an array are distributed, in one line of bars."""
    scale = max(abs(float(x.min())), abs(float(x.max())))
    counts, _ = np.histogram(x / scale, bins=BINS)  # scaled: a subnormal range has no bins
    tallest = counts.max()
    return "".join(
        BARS[math.ceil(count / tallest * (len(BARS) - 1))] if count else " " for count in counts
    )


def magnitude(gradient: Any) -> float:
    """Return how large a derivative is: of an array, the root of the mean square."""
    if isinstance(gradient, float):
        return abs(gradient)
    elements = _looked_at(gradient)
    if not elements.size:
        return 0.0
    with np.errstate(all="ignore"):
        largest = float(np.max(np.abs(elements)))
        if largest == 0.0 or not math.isfinite(largest):
            return largest
        return largest * float(np.sqrt(np.mean(np.abs(elements / largest) ** 2)))
