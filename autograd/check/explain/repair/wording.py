"""Say which line is wrong, and what it should be."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from autograd.check.explain.repair.ranking import text_of
from autograd.check.explain.repair.repairs import Repair
from autograd.check.explain.repair.statements import Site
from autograd.check.explain.repair.syntax import same
from autograd.check.findings import WrongLine
from autograd.debugging import Place

#: How many lines are named at most, and how much further-fetched than the first one they may be.
MOST_LINES, FARTHER = 3, 0.25

#: What a kind of change does, where the correction alone does not show it at once.
NOTES = {
    "operands exchanged": "with the operands exchanged",
    "matrices exchanged": "with the operands exchanged",
    "a matrix transposed": "with a matrix transposed",
    "a transpose": "with a matrix transposed",
    "a sign": "with the other sign",
    "an index": "with another index",
}


def wrong_lines(repairs: Sequence[Repair], what: str) -> list[WrongLine]:
    """Return the lines to name, the likeliest first.

    Parameters
    ----------
    repairs : sequence of Repair
        Possible corrections, the likeliest first.
    what : str
        What is wrong: "gradient", or "gradient with respect to w".
    """
    best: dict[tuple[str, int], Repair] = {}
    for repair in repairs:
        best.setdefault((repair.site.source.path, repair.site.line), repair)
    first = next(iter(best.values()), None)
    chosen = [r for r in best.values() if first is not None and r.cost <= first.cost + FARTHER]
    return [_wrong_line(repair, what) for repair in chosen[:MOST_LINES]]


def sentences(lines: Sequence[WrongLine], what: str) -> list[str]:
    """Return what the report says about lines that are wrong."""
    if len(lines) < 2:
        return [line.text for line in lines]
    below = "\n".join(line.text.partition("\n")[2] for line in lines)
    return [f"One of these {len(lines)} lines of the {what} is wrong:\n{below}"]


def _wrong_line(repair: Repair, what: str) -> WrongLine:
    site = repair.site
    place = Place(site.source.path, site.line, site.source.executed.code.co_name)
    statement, correction = _source(site), _corrected(site, repair.variant.node)
    note = repair.variant.note or NOTES.get(repair.variant.kind, "")
    should = f"It should be: {correction}" if correction else "This statement is one too many."
    text = f"The line of the {what} that is wrong:\n    {place}\n    {should}"
    text += f" ({note})" if note else ""
    return WrongLine(
        place.file,
        place.line,
        _variable(site),
        None,
        statement,
        correction,
        text,
        repair.variant.kind,
    )


def _variable(site: Site) -> str:
    node = site.node
    target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
    return "" if target is None else ast.unparse(target)


def _source(site: Site) -> str:
    """Return a statement as it stands in the file."""
    return _segment(site.source.lines, site.node) or text_of(site.node)


def _corrected(site: Site, node: Any) -> str:
    """Return a changed statement, with the rest of it as in the file."""
    before = _source(site)
    if "\n" not in before and isinstance(node, ast.AST):
        old, new = _difference(site.node, node)
        start = getattr(old, "col_offset", None)
        if start is not None and isinstance(old, ast.expr):
            first = site.node.col_offset
            raw = before.encode()
            for text in (text_of(new), f"({text_of(new)})"):
                joined = raw[: start - first] + text.encode() + raw[old.end_col_offset - first :]
                if _means(joined.decode(), node):
                    return joined.decode()
    return text_of(node)


def _means(text: str, node: Any) -> bool:
    try:
        parsed: Any = ast.parse(text if isinstance(node, ast.stmt) else f"({text})").body[0]
    except SyntaxError:
        try:  # a return outside of a function is valid only here
            parsed = ast.parse(f"def f():\n {text}").body[0].body[0]  # type: ignore[attr-defined]
        except SyntaxError:
            return False
    return same(parsed if isinstance(node, ast.stmt) else parsed.value, node)


def _difference(old: Any, new: Any) -> tuple[Any, Any]:
    """Return the smallest part that differs, before and after."""
    while type(old) is type(new):
        differing = []
        for name in old._fields:
            a, b = getattr(old, name, None), getattr(new, name, None)
            pairs = [(a, b)]
            if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
                pairs = list(zip(a, b, strict=True))
            differing += [(x, y) for x, y in pairs if not _equal(x, y)]
        if len(differing) != 1 or not all(isinstance(x, ast.expr) for x in differing[0]):
            break
        old, new = differing[0]
    return old, new


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, list) or isinstance(b, list):
        return isinstance(a, list) and isinstance(b, list) and len(a) == len(b) == 0
    if isinstance(a, ast.AST) and isinstance(b, ast.AST):
        return same(a, b)
    return bool(a == b and type(a) is type(b))


def _segment(lines: Sequence[str], node: Any) -> str:
    """Return the source of a node; lines are those of its file."""
    if not 0 < node.lineno <= len(lines) or node.end_lineno != node.lineno:
        return ""
    raw: bytes = lines[node.lineno - 1].encode()
    return raw[node.col_offset : node.end_col_offset].decode()
