"""Which rows, columns or elements of a Jacobian are wrong, and how."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd.check.arrays import close
from autograd.check.explain.numbers import factor_between, factor_text

#: How many wrong rows or columns to describe.
MOST_LINES = 3

#: Returns the name of a row or a column by its number.
Name = Callable[[int], str]


def describe(given: Any, right: Any, row: Name, column: Name) -> str | None:
    """Return what is wrong with a Jacobian, if it is wrong only in a few places.

    Parameters
    ----------
    given, right : ndarray, shape (results, inputs)
        The Jacobian under test and the right one.
    row, column : callable
        Names of the results and of the inputs.

    Returns
    -------
    str or None
        The predicate of a sentence about the Jacobian.

    Examples
    --------
    >>> right = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]])
    >>> describe(right * [1, 1, -1], right, "y[{}]".format, "x[{}]".format)
    'is wrong only in column 2, that of x[2], which has the wrong sign'
    >>> describe(right[[1, 0, 2]], right, "y[{}]".format, "x[{}]".format)
    'has rows 0 and 1 exchanged, those of y[0] and y[1]'
    """
    wrong = _differences(given, right)
    if not wrong.any():
        return None
    if wrong.sum() == 1:
        ((i, j),) = np.argwhere(wrong).tolist()
        how = _how(given[i, j : j + 1], right[i, j : j + 1])
        place = f"is wrong only in row {i}, column {j}, the derivative of {row(i)} by {column(j)}"
        return f"{place}, which {how}" if how else place
    found = [
        *_by_lines(given.T, right.T, wrong.T, "column", column),
        *_by_lines(given, right, wrong, "row", row),
    ]
    return min(found)[1] if found else None


def _differences(given: Any, right: Any) -> Any:
    size = float(np.max(np.abs(right), initial=0.0))
    return ~(np.abs(given - right) <= 1e-5 * np.abs(right) + 1e-7 * size)


def _by_lines(
    given: Any, right: Any, wrong: Any, kind: str, name: Name
) -> Iterator[tuple[int, str]]:
    """Yield descriptions by rows, with a rank: the number of statements in each."""
    lines = np.flatnonzero(wrong.any(axis=1)).tolist()
    if len(lines) == 2 and _exchanged(given, right, *lines):
        first, second = lines
        of = f"those of {name(first)} and {name(second)}"
        yield 1, f"has {kind}s {first} and {second} exchanged, {of}"
    if len(lines) > MOST_LINES or len(lines) == len(given):
        return
    how = [_how(given[i], right[i]) or _other(given[i], right, i, kind) for i in lines]
    if all(how) and len(set(how)) == 1:
        listed = _listed([str(i) for i in lines])
        named = _listed([name(i) for i in lines])
        several = len(lines) > 1
        yield (
            1,
            f"is wrong only in {kind}{'s' * several} {listed}, "
            f"{'those' if several else 'that'} of {named}, {'each of ' * several}which {how[0]}",
        )
    elif all(how):
        parts = [
            f"{kind} {i}, that of {name(i)}, {text}" for i, text in zip(lines, how, strict=True)
        ]
        yield len(lines), f"is wrong only in {len(lines)} {kind}s: {'; '.join(parts)}"


def _exchanged(given: Any, right: Any, first: int, second: int) -> bool:
    return close(given[first], right[second]) and close(given[second], right[first])


def _how(given: Any, right: Any) -> str:
    """Return what is wrong with a row; empty if that is not known."""
    if not np.any(given):
        return "is zero, but should not be"
    if not np.any(right):
        return "should be zero"
    factor = factor_between(given, right)
    return factor_text(factor, {}) if factor is not None else ""


def _other(given: Any, right: Any, own: int, kind: str) -> str:
    """Say of which other row a row is the right one; empty if of none."""
    for number, line in enumerate(right):
        if number != own and np.any(line) and line.size > 1 and close(given, line):
            return f"is {kind} {number} again"
    return ""


def _listed(texts: list[str]) -> str:
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"
