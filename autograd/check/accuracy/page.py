"""A precision report as a page of its own."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.check.accuracy.findings import LosingLine, PrecisionFindings
from autograd.check.page import MOST_CELLS, document, excerpt, gallery, grid

#: The least part of all digits that is good, and that is not bad.
GOOD, BAD = 0.8, 0.4


def page(report: PrecisionFindings, title: str) -> str:
    """Return a report as a page: the digits, the lines, and the elements of arrays.

    Parameters
    ----------
    report : PrecisionReport
        The report.
    title : str
        The title of the page.
    """
    lines = [*report.lines, *report.gradient_lines]
    parts = [
        f"<h1>{html.escape(title)}</h1><p class='verdict{'' if lines else ' ok'}'>"
        f"{_verdict(report)}</p>",
        _table(report),
    ]
    by_place: dict[Any, list[LosingLine]] = {}
    for line in lines:
        by_place.setdefault(line.place or line.operation, []).append(line)
    parts += map(_lines, by_place.values())
    parts += [f"<p>{html.escape(text)}</p>" for text in report.remarks()]
    parts.append(_pictures(report))
    return document(title, "".join(parts))


def _verdict(report: PrecisionFindings) -> str:
    found = f"The result has {report.digits:.1f} of {report.full:.1f} digits"
    known = [d[~np.isnan(d)] for d in map(np.ravel, report.gradient_digits.values())]
    fewest = min((float(d.min()) for d in known if d.size), default=np.nan)
    return f"{found}." if np.isnan(fewest) else f"{found}, and its gradient {fewest:.1f}."


def _table(report: PrecisionFindings) -> str:
    rows = "".join(
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "<td></td></tr>"
        for row in report.rows()
    )
    heads = "".join(f"<th>{head}</th>" for head in ("", "digits", "median", ""))
    return f"<table><tr>{heads}</tr>{rows}</table>"


def _lines(lines: Sequence[LosingLine]) -> str:
    """Return a line of the program, what its operations lose, and what to write instead."""
    parts = [f"<p>{html.escape(line.lost())}</p>" for line in lines]
    place = lines[0].place
    if place is None:
        return f"<h2>{html.escape(lines[0].operation)}</h2>{''.join([*parts, *_better(lines)])}"
    source = place.text
    corrected = source
    for line in lines:  # a formula that is written there as it was found can be replaced
        if line.suggestion and corrected.count(line.found) == 1:
            corrected = corrected.replace(line.found, line.suggestion)
    parts.append(excerpt(place.file, place.line, [corrected] if corrected != source else []))
    where = html.escape(str(place).removesuffix(f": {source}"))
    return f"<h2>{where}</h2>{''.join([*parts, *_better(lines)])}"


def _better(lines: Sequence[LosingLine]) -> list[str]:
    """Return what to write instead, with the code as code."""
    return [
        f"<p>Instead of <code>{html.escape(line.found)}</code> write "
        f"<code>{html.escape(line.suggestion)}</code>: {line.improved:.1f} {line.unit}.</p>"
        for line in lines
        if line.suggestion
    ]


def _pictures(report: PrecisionFindings) -> str:
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
