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
    found = [i for i, c, depth in _scan(text) if c == " " and not depth]
    return _parts(text, [i + 1 for i in found if text.startswith(" and ", i)])


def _scan(text: str) -> list[tuple[int, str, int]]:
    """Return positions of brackets, commas and spaces outside of literals, and how deep each is."""
    found: list[tuple[int, str, int]] = []
    quote = ""
    depth = position = 0
    while position < len(text):
        c = text[position]
        if quote:
            position += c == "\\"
            quote = "" if c == quote else quote
        elif c in "'\"":
            quote = c
        elif c in _OPEN or c in _CLOSE or c in ", ":
            depth -= c in _CLOSE
            found.append((position, c, depth))
            depth += c in _OPEN
        position += 1
    return found


def _brackets(text: str) -> list[tuple[int, int]]:
    """Return the spans of the outermost brackets."""
    outer = [(i, c) for i, c, depth in _scan(text) if depth == 0 and c not in ", "]
    begins = [i for i, c in outer if c in _OPEN]
    return list(zip(begins, [i for i, c in outer if c in _CLOSE], strict=False))


def _split(text: str) -> list[str]:
    """Return the parts between the outermost commas."""
    commas = [i for i, c, depth in _scan(text) if c == "," and not depth]
    parts = [part.removesuffix(",") for part in _parts(text, [i + 1 for i in commas])]
    return parts if parts[-1] else parts[:-1]


def _parts(text: str, begins: list[int]) -> list[str]:
    """Return the parts of a text, of which all but the first begin at these positions."""
    return [text[i:j].strip() for i, j in zip([0, *begins], [*begins, len(text)], strict=True)]
