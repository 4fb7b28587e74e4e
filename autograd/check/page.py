"""A report as HTML: a table for notebooks, and a page of its own."""

from __future__ import annotations

import html
import linecache
import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograd.check.findings import Findings, WrongLine
from autograd.check.marks import marks
from autograd.check.verdicts import KINK, OK, VERDICTS

#: How many elements of an input are drawn, and how many lines are shown around a wrong one.
MOST_CELLS, AROUND = 2000, 4

STYLE = """
:root { color-scheme: light dark; --ink: #1c2128; --paper: #fff; --soft: #f3f4f6; --line: #d5d9df;
  --good: #b9dfc4; --bad: #d3214b; --unsure: #e3b341; --mark: #fde7ec; --right: #e3f5e8; }
@media (prefers-color-scheme: dark) { :root { --ink: #e3e7ed; --paper: #16191e; --soft: #21262d;
  --line: #3b424c; --good: #29543a; --bad: #ff6b8b; --unsure: #d4a72c; --mark: #4a1a28;
  --right: #17402a; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.05rem; margin-top: 2rem; }
pre, code, td { font-family: ui-monospace, monospace; font-size: 0.85rem; }
pre { background: var(--soft); border: 1px solid var(--line); border-radius: 6px; padding: 0.6rem 0;
  overflow-x: auto; }
pre span { display: block; padding: 0 0.8rem; border-left: 4px solid transparent; }
pre .wrong { background: var(--mark); border-color: var(--bad); }
pre .right { background: var(--right); border-color: var(--good); }
.verdict { padding: 0.7rem 1rem; border-radius: 6px; background: var(--soft);
  border-left: 6px solid var(--bad); } .verdict.ok { border-color: var(--good); }
table { border-collapse: collapse; }
th, td { padding: 0.15rem 0.8rem 0.15rem 0; text-align: right; }
th { font-weight: 600; } th:first-child, td:first-child, td:last-child { text-align: left; }
.bad { color: var(--bad); font-weight: 600; } .reason { white-space: pre-wrap; }
.maps { display: flex; flex-wrap: wrap; gap: 1.5rem; } figure { margin: 0; }
.key { font-size: 0.85rem; } .key i { display: inline-block; width: 0.8em; height: 0.8em;
  border-radius: 2px; margin: 0 0.3em 0 1em; } .key i:first-child { margin-left: 0; }
"""

#: The colours of squares, for programs that print pages and know no variables.
FILLS = {"good": "#b9dfc4", "bad": "#d3214b", "unsure": "#e3b341", "line": "#d5d9df"}


def table(report: Findings, rows: int = 20) -> str:
    """Return the worst comparisons as a table in HTML."""
    # Ink on a plate of its own, which is readable on light and dark pages.
    wrong, unsure = "color:#7d0a2e;background:#ffdbe3", "color:#4d3d00;background:#fbe9a9"
    looks = {"ok": "", "kink": unsure, "unresolved": unsure}
    lines = []
    for comparison in report.ranked(rows):
        cells = [html.escape(cell) for cell in comparison.cells()]
        look = looks.get(comparison.verdict, wrong)
        lines.append(
            f"<tr><td><code>{cells[0]}</code></td>"
            + "".join(f"<td style='text-align:right'>{cell}</td>" for cell in cells[1:4])
            + f"<td style='{look}'>{cells[4]}</td></tr>"
        )
    heads = "".join(
        f"<th>{head}</th>" for head in ("derivative", "analytic", "numerical", "difference", "")
    )
    return f"<table><tr>{heads}</tr>{''.join(lines)}</table>"


def page(report: Findings, title: str) -> str:
    """Return a report as a page: the verdict, the elements, the lines, the numbers."""
    escaped = html.escape(title)
    summary = html.escape(report.summary(20))
    parts = [f"<h1>{escaped}</h1><p class='verdict{' ok' * report.ok}'>{summary}</p>"]
    lines = [_source(line) for line in report.lines]
    told = [*report.faults, *report.reasons]
    if told:
        parts.append("<h2>What is wrong</h2>")
        parts += [f"<p class='reason'>{html.escape(text)}</p>" for text in told]
    parts += lines
    parts.append(_maps(report))
    parts.append(f"<h2>The numbers, the worst first</h2>{table(report)}")
    parts += [f"<p>{html.escape(note)}</p>" for note in report.notes]
    return document(title, "".join(parts))


def document(title: str, body: str) -> str:
    """Return a whole page.

    Parameters
    ----------
    title : str
        Its title, as text.
    body : str
        Its contents, in HTML.
    """
    return (
        "<!DOCTYPE html>\n<html lang='en'><head><meta charset='utf-8'>"
        f"<title>{html.escape(title)}</title><meta name='viewport' content='width=device-width'>"
        f"<style>{STYLE}</style></head><body>{body}</body></html>\n"
    )


def _source(line: WrongLine) -> str:
    """Return the lines around a wrong one, with what it should be."""
    shown = excerpt(line.path, line.line, [line.correction] if line.correction else [])
    if not shown:
        return ""
    name = html.escape(f"{os.path.basename(line.path)}, line {line.line}")
    return f"<h2>{name}</h2>{shown}"


def excerpt(path: str, line: int, better: Sequence[str]) -> str:
    """Return the lines around a wrong one; empty if there are none.

    Parameters
    ----------
    path : str
        The file.
    line : int
        The wrong line, counted from 1.
    better : sequence of str
        Lines to show below it, as right.
    """
    rows = linecache.getlines(path)
    shown = []
    for number in range(max(line - AROUND, 1), min(line + AROUND, len(rows)) + 1):
        text = rows[number - 1].rstrip("\n")
        kind = " class='wrong'" if number == line else ""
        shown.append(f"<span{kind}>{number:4}  {html.escape(text) or ' '}</span>")
        if number == line:
            indent = text[: len(text) - len(text.lstrip())]
            shown += [f"<span class='right'>      {html.escape(indent + x)}</span>" for x in better]
    return f"<pre>{''.join(shown)}</pre>" if shown else ""


def _maps(report: Findings) -> str:
    """Return a picture of each input with its wrong elements marked."""
    pictures = [
        (leaf.path, found.shape, _map(leaf.path, found))
        for leaf, found in marks(report)
        if 1 < found.size <= MOST_CELLS
    ]
    key = {"good": "right", "bad": "wrong", "unsure": "a kink, or unclear"}
    return gallery("The elements of the inputs", key, pictures)


def gallery(
    title: str, key: Mapping[str, str], pictures: Sequence[tuple[str, Sequence[int], str]]
) -> str:
    """Return pictures of arrays with a key of their colours; empty if there are none.

    Parameters
    ----------
    title : str
        The heading.
    key : mapping of str to str
        What each colour means.
    pictures : sequence of (path, shape, picture)
        The pictures, in HTML.
    """
    if not pictures:
        return ""
    figures = "".join(
        f"<figure><figcaption><code>{html.escape(path)}</code> {_shape(shape)}</figcaption>"
        f"{picture}</figure>"
        for path, shape, picture in pictures
    )
    colours = "".join(
        f"<i style='background:var(--{colour})'></i>{name}" for colour, name in key.items()
    )
    return f"<h2>{title}</h2><p class='key'>{colours}</p><div class='maps'>{figures}</div>"


def _shape(shape: Sequence[int]) -> str:
    return " × ".join(map(str, shape))


def _map(path: str, found: Any) -> str:
    """Return a grid with a square for each element."""
    colours = np.full(found.shape, "bad", dtype=object)
    for verdict, name in enumerate(VERDICTS):
        if verdict == OK:
            colours[found == verdict] = "good"
        elif verdict == KINK or name in ("unresolved", "not compared"):
            colours[found == verdict] = "unsure"
    return grid(path, colours, np.array(VERDICTS, dtype=object)[found])


def grid(path: str, colours: Any, labels: Any) -> str:
    """Return a picture of an array: a square for each element; leading axes are stacked.

    Parameters
    ----------
    path : str
        What the array is called.
    colours : array of str
        The variable of the style that is the colour of each square.
    labels : array of str
        What is said about each.
    """
    columns = colours.shape[-1]
    step = 16 if columns <= 40 else 8
    squares = []
    for number, colour in enumerate(colours.flat):
        row, column = divmod(number, columns)
        index = ", ".join(str(int(i)) for i in np.unravel_index(number, colours.shape))
        squares.append(
            f"<rect x='{column * step}' y='{row * step}' width='{step - 1}' height='{step - 1}' "
            f"fill='{FILLS[colour]}' style='fill:var(--{colour})'>"
            f"<title>{html.escape(path)}[{index}]: {labels.flat[number]}</title></rect>"
        )
    width, height = columns * step, colours.size // columns * step
    return f"<svg width='{width}' height='{height}' role='img'>{''.join(squares)}</svg>"
