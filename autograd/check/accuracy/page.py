"""A precision report as a page of its own."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.check.page import MOST_CELLS, document, excerpt, gallery, grid

if TYPE_CHECKING:
    from autograd.check.accuracy.report import LosingLine, PrecisionReport

#: The least part of all digits that is good, and that is not bad.
GOOD, BAD = 0.8, 0.4


def page(report: PrecisionReport, title: str) -> str:
    """Return a report as a page: the digits, the lines, and the elements of arrays.

    Parameters
    ----------
    report : PrecisionReport
        The report.
    title : str
        The title of the page.
    """
    lines = [*report.lines, *report.gradient_lines]
    verdict = f"The result has {report.digits:.1f} of {report.full:.1f} digits."
    parts = [
        f"<h1>{html.escape(title)}</h1><p class='verdict{'' if lines else ' ok'}'>{verdict}</p>",
        _table(report),
    ]
    parts += [_line(line) for line in lines]
    parts += [f"<p>{html.escape(text)}</p>" for text in report.remarks()]
    parts.append(_pictures(report))
    return document(title, "".join(parts))


def _table(report: PrecisionReport) -> str:
    rows = "".join(
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "<td></td></tr>"
        for row in report.rows()
    )
    heads = "".join(f"<th>{head}</th>" for head in ("", "digits", "median", ""))
    return f"<table><tr>{heads}</tr>{rows}</table>"


def _line(line: LosingLine) -> str:
    """Return a line of the program, what it loses, and what to write instead."""
    lost, *better = line.sentences()
    parts = [f"<p class='reason'>{html.escape(lost)}</p>"]
    if line.place is None:
        return (
            f"<h2>{html.escape(line.operation)}</h2>{''.join([*parts, *map(_paragraph, better)])}"
        )
    source = line.place.text
    # A formula that is written in the line as it was found can be replaced in it.
    if line.suggestion and source.count(line.found) == 1:
        corrected = source.replace(line.found, line.suggestion)
        parts.append(excerpt(line.place.file, line.place.line, [corrected]))
    else:
        parts.append(excerpt(line.place.file, line.place.line, []))
    parts += map(_paragraph, better)
    where = str(line.place).removesuffix(f": {source}")
    return f"<h2>{html.escape(where)}</h2>{''.join(parts)}"


def _paragraph(text: str) -> str:
    return f"<p>{html.escape(text)}</p>"


def _pictures(report: PrecisionReport) -> str:
    arrays = [(path, np.asarray(d), report.full) for path, d in report.results.items()]
    arrays += [(f"∂/∂{path}", np.asarray(d), 0.0) for path, d in report.gradient_digits.items()]
    pictures = [
        (path, digits.shape, _picture(path, digits, full or np.nanmax(digits)))
        for path, digits, full in arrays
        if 1 < digits.size <= MOST_CELLS and not np.isnan(digits).all()
    ]
    key = {
        "good": "most digits are right",
        "unsure": "many are lost",
        "bad": "hardly any are right",
        "line": "not known",
    }
    return gallery("The digits of each element", key, pictures)


def _picture(path: str, digits: Any, full: float) -> str:
    colours = np.full(digits.shape, "line", dtype=object)
    colours[digits < BAD * full] = "bad"
    colours[digits >= BAD * full] = "unsure"
    colours[digits >= GOOD * full] = "good"
    labels = np.frompyfunc(lambda d: "not known" if np.isnan(d) else f"{d:.1f} digits", 1, 1)(
        digits
    )
    return grid(path, colours, labels)
