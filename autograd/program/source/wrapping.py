"""Break long statements into lines."""

from __future__ import annotations

import string

_OPEN, _CLOSE = "([{", ")]}"

#: What stands before the brackets of a call.
_CALLED = tuple(string.ascii_letters + string.digits + "_)]")


def wrapped(line: str, width: int) -> list[str]:
    r"""Return the lines of a statement, broken after commas in its outermost brackets.

    Examples
    --------
    >>> print("\n".join(wrapped("x = f(first, second, third)", 20)))
    x = f(
        first, second,
        third,
    )
    """
    if len(line) <= width or line.lstrip().startswith("#"):
        return [line]
    indent = " " * (len(line) - len(line.lstrip()))
    spans = _brackets(line)
    if not spans:
        return [line]
    begin, end = max(spans, key=lambda span: span[1] - span[0])
    parts = _split(line[begin + 1 : end])
    if not parts:
        return [line]
    pieces = [f"{part}," for part in parts] if len(parts) > 1 else parts
    if len(pieces) == 1 and line[begin] == "(" and not line[:begin].endswith(_CALLED):
        pieces = _terms(pieces[0])
    inner: list[str] = []
    is_list = len(pieces) > 2 and max(map(len, pieces)) < width // 2
    for piece in pieces:
        if is_list and inner and len(inner[-1]) + len(piece) + 1 <= width:
            inner[-1] += f" {piece}"
        else:
            inner.append(f"{indent}    {piece}")
    found = [line[: begin + 1]]
    for piece in inner:
        found += wrapped(piece, width)
    return [*found, f"{indent}{line[end:]}"]


def _terms(text: str) -> list[str]:
    """Return the parts between ``and``, each with the word before it."""
    begin, depth, parts = 0, 0, []
    for position, c in _scan(text):
        if c in _OPEN:
            depth += 1
        elif c in _CLOSE:
            depth -= 1
        elif c == " " and depth == 0 and text.startswith(" and ", position):
            parts.append(text[begin:position])
            begin = position + 1
    return [*parts, text[begin:]]


def _scan(text: str) -> list[tuple[int, str]]:
    """Return the positions of brackets, commas and spaces outside of literals of text."""
    found: list[tuple[int, str]] = []
    quote = ""
    position = 0
    while position < len(text):
        c = text[position]
        if quote:
            if c == "\\":
                position += 1
            elif c == quote:
                quote = ""
        elif c in "'\"":
            quote = c
        elif c in _OPEN or c in _CLOSE or c in ", ":
            found.append((position, c))
        position += 1
    return found


def _brackets(text: str) -> list[tuple[int, int]]:
    """Return the spans of the outermost brackets."""
    spans, depth, begin = [], 0, 0
    for position, c in _scan(text):
        if c in _OPEN:
            depth += 1
            if depth == 1:
                begin = position
        elif c in _CLOSE:
            depth -= 1
            if depth == 0:
                spans.append((begin, position))
    return spans


def _split(text: str) -> list[str]:
    """Return the parts between the outermost commas."""
    parts, depth, begin = [], 0, 0
    for position, c in _scan(text):
        if c in _OPEN:
            depth += 1
        elif c in _CLOSE:
            depth -= 1
        elif depth == 0 and c == ",":
            parts.append(text[begin:position].strip())
            begin = position + 1
    last = text[begin:].strip()
    return [*parts, last] if last else parts
