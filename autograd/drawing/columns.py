"""Tables as aligned text and as HTML."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

Cells = tuple[str, ...]


def aligned(rows: Sequence[Cells], left: int) -> list[str]:
    """Write rows as lines: the first `left` columns flush left, the others flush right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            f"{cell:{'<' if i < left else '>'}{widths[i]}}" for i, cell in enumerate(row)
        ).rstrip()
        for row in rows
    ]


def html_table(titles: Cells, rows: Iterable[Cells], caption: str = "") -> str:
    """Write rows as a table in HTML."""

    def line(cells: Cells, tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{html.escape(c)}</{tag}>" for c in cells) + "</tr>"

    above = f"<caption>{html.escape(caption)}</caption>" if caption else ""
    body = "".join(line(row, "td") for row in rows)
    return f"<table>{above}<thead>{line(titles, 'th')}</thead><tbody>{body}</tbody></table>"
