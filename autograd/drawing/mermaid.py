"""The graph in Mermaid, which GitHub and notebooks render without any program installed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from autograd.drawing.graph import Item, clean
from autograd.drawing.groups import Group
from autograd.drawing.numbers import BARS
from autograd.drawing.style import CLOSED, INK, OPERATION, STYLES, Style
from autograd.drawing.view import Sheet, cut_short

#: What stands around the text of a node, by what the node is.
SHAPES = {
    "leaf": ('["', '"]'),
    "parameter": ('("', '")'),
    "constant": ('(["', '"])'),
    "result": ('["', '"]'),
    "output": ('[["', '"]]'),
    "operation": ('(("', '"))'),
    "closed": ('[["', '"]]'),
}

#: Any sign but those of words, numbers and formulas might mean something.
NOT_PLAIN = re.compile(rf"[^\w .,:+\-×÷−=±…()/|√∛·{BARS}]")


def source(sheet: Sheet) -> str:
    """Write a graph in Mermaid."""
    lines = [f"flowchart {sheet.options.direction}"]
    if sheet.options.title:
        title = json.dumps(cut_short(clean(sheet.options.title), 120), ensure_ascii=False)
        lines = ["---", f"title: {title}", "---", *lines]  # YAML, which takes strings of JSON
    lines += _group(sheet, sheet.seen.whole, "  ")
    lines += _edges(sheet)
    for (begin, end), passing in sheet.links.passing.items():
        first = f"{'g' if isinstance(begin, Group) else 'n'}{begin.number}"
        last = f"{'g' if isinstance(end, Group) else 'o'}{end.number}"
        counted = f'|"{len(passing):,}"|' if len(passing) > 1 else ""
        lines.append(f"  {first} -->{counted} {last}")
    lines += _notes(sheet)
    lines += [f"  classDef {kind} {_css(style)}" for kind, style in STYLES.items()]
    lines.append(f"  classDef operation {_css(OPERATION, '#ffffff')}")
    lines.append(f"  classDef closed {_css(CLOSED)}")
    return "\n".join(lines) + "\n"


def _group(sheet: Sheet, group: Group, indent: str) -> Iterator[str]:
    for item in group.items:
        yield from (indent + line for line in _item(sheet, item))
    for inner in group.groups:
        identity = f"g{inner.number}"  # its path may hold signs that mean something
        if sheet.seen.is_open(inner):
            yield f'{indent}subgraph {identity}["{text(cut_short(inner.name, 60))}"]'
            yield from _group(sheet, inner, indent + "  ")
            yield f"{indent}end"
        else:
            yield indent + _node(identity, sheet.closed(inner), "closed")


def _item(sheet: Sheet, item: Item) -> Iterator[str]:
    lines = [sheet.name(item)] if sheet.shows("label") else []
    kind = sheet.kind(item.data)
    lines += [kind] if kind else []
    if sheet.shows("data"):
        lines += _titled("data", sheet.data(item))
    if sheet.shows("grad"):
        lines += _titled("grad", sheet.gradient(item))
    yield _node(f"n{item.number}", lines, item.kind)
    if not item.op:
        return
    yield _node(f"o{item.number}", [sheet.sign(item)], "operation")
    if item.missing:
        yield _node(f"m{item.number}", [item.missing], "constant")
    if sheet.shows("constants"):
        for position, constant in item.constants:
            yield _node(f"c{item.number}_{position}", sheet.constant(constant), "constant")


def _titled(title: str, lines: list[str]) -> list[str]:
    return [f"{title} {lines[0]}", *lines[1:]] if lines else []


def _edges(sheet: Sheet) -> Iterator[str]:
    for item in sheet.operations():
        for box, position in sheet.edges(item):
            yield f"  {box} {'-.->' if position is None else '-->'} o{item.number}"
        yield f"  o{item.number} --- n{item.number}"


def _notes(sheet: Sheet) -> Iterator[str]:
    for number, note in enumerate(sheet.notes()):
        yield "  " + _node(f"note{number}", [note], "constant")


def _node(identity: str, lines: list[str], kind: str) -> str:
    before, after = SHAPES[kind]
    return f"{identity}{before}{'<br/>'.join(map(text, lines)) or ' '}{after}:::{kind}"


def _css(style: Style, ink: str = INK) -> str:
    dashes = ",stroke-dasharray:4 3" if style.dashed else ""
    line = f"stroke:{style.border},stroke-width:{style.width:g}px{dashes}"
    return f"fill:{style.fill},color:{ink},{line}"


def text(words: str) -> str:
    """Write words so that they mean nothing but themselves: each sign that could, by its number.

    Mermaid takes a text between quotes for Markdown and HTML; letters, digits and what is used
    in numbers and formulas mean nothing there.
    """
    return NOT_PLAIN.sub(lambda sign: f"#{ord(sign[0])};", " ".join(words.split()))
