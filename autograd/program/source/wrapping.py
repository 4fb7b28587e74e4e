"""Break long statements into lines."""

from __future__ import annotations

_OPEN, _CLOSE = "([{", ")]}"


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
    inner: list[str] = []
    for part in parts:
        piece = f"{part}," if len(parts) > 1 else part
        if inner and len(inner[-1]) + len(piece) + 1 <= width and len(piece) < width // 2:
            inner[-1] += f" {piece}"
        else:
            inner.append(f"{indent}    {piece}")
    found = [line[: begin + 1]]
    for piece in inner:
        found += wrapped(piece, width)
    return [*found, f"{indent}{line[end:]}"]


def _scan(text: str) -> list[tuple[int, str]]:
    """Return the positions of brackets and commas outside of literals of text."""
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
        elif c in _OPEN or c in _CLOSE or c == ",":
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
        elif depth == 0:
            parts.append(text[begin:position].strip())
            begin = position + 1
    last = text[begin:].strip()
    return [*parts, last] if last else parts
