"""The graph in Mermaid, which GitHub and notebooks render without other programs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from autograd.drawing.graph import (
    CONSTANT,
    DIFFERENT,
    GUARD,
    LEAF,
    OUTPUT,
    PARAMETER,
    RESULT,
    Item,
    clean,
)
from autograd.drawing.groups import Group
from autograd.drawing.numbers import BARS
from autograd.drawing.style import CLOSED, CLUSTER, INK, OPERATION, OUTSIDE, STYLES, Style
from autograd.drawing.view import View, cut_short

#: The brackets around the text of a node, by its kind.
SHAPES = {
    LEAF: ('["', '"]'),
    PARAMETER: ('("', '")'),
    CONSTANT: ('(["', '"])'),
    RESULT: ('["', '"]'),
    OUTPUT: ('[["', '"]]'),
    GUARD: ('{{"', '"}}'),
    DIFFERENT: ('["', '"]'),
    "operation": ('(("', '"))'),
    "word": ('(["', '"])'),
    "closed": ('[["', '"]]'),
}

#: Room for the titles of nested frames, and numbers side by side; GitHub follows both.
CONFIGURATION = (
    '%%{init: {"flowchart": {"subGraphTitleMargin": {"top": 6, "bottom": 14}, '
    '"nodeSpacing": 24, "rankSpacing": 32, "wrappingWidth": 360}}}%%'
)
#: The frames of scopes, which Mermaid would fill with yellow.
FRAME = f"fill:none,stroke:{CLUSTER.border}"

#: Characters that may have a meaning in Mermaid: all but those of words, numbers and formulas.
NOT_PLAIN = re.compile(rf"[^\w .,:+\-×÷−=±…()/|√∛·{BARS}]")


def source(view: View) -> str:
    """Write a graph in Mermaid."""
    lines = [CONFIGURATION, f"flowchart {view.direction}"]
    if view.options.title:
        title = json.dumps(cut_short(clean(view.options.title), 120), ensure_ascii=False)
        lines = ["---", f"title: {title}", "---", *lines]  # YAML accepts JSON strings
    lines += _group(view, view.folding.whole, "  ")
    lines += _edges(view)
    lines += _links(view)
    lines += _notes(view)
    frames = [g for g in view.folding.whole.all_groups() if _is_frame(view, g)]
    lines += [f"  style g{group.number} {FRAME}" for group in frames]
    lines.append(f"  linkStyle default stroke:{OUTSIDE}")
    lines += [f"  classDef {kind} {_css(style)}" for kind, style in STYLES.items()]
    lines.append(f"  classDef operation {_css(OPERATION, '#ffffff')}")
    lines.append(f"  classDef closed {_css(CLOSED)}")
    return "\n".join(lines) + "\n"


def _group(view: View, group: Group, indent: str) -> Iterator[str]:
    for item in group.items:
        yield from (indent + line for line in _item(view, item))
    for inner in group.groups:
        identity = f"g{inner.number}"  # its path may contain characters with a meaning
        if view.folding.is_open(inner) and inner.is_run:
            yield from _group(view, inner, indent)
        elif view.folding.is_open(inner):
            yield f'{indent}subgraph {identity}["{text(view.frame_title(inner))}"]'
            yield from _group(view, inner, indent + "  ")
            yield f"{indent}end"
        else:
            yield indent + _node(identity, view.closed(inner), "closed")


def _item(view: View, item: Item) -> Iterator[str]:
    lines = [view.name(item)] if view.shows("label") else []
    kind = view.kind(item.data)
    lines += [kind] if kind else []
    if view.shows("data"):
        lines += _titled("data", view.data(item))
    if view.shows("grad"):
        lines += _titled("grad", view.gradient(item))
    yield _node(f"n{item.number}", lines, item.kind)
    if not item.op:
        return
    sign = view.sign(item)  # signs are drawn in circles, words in ovals
    shape = "operation" if len(sign) <= 2 else "word"
    yield _node(f"o{item.number}", [sign], "operation", shape)
    if item.missing:
        yield _node(f"m{item.number}", [item.missing], CONSTANT)
    if view.shows("constants"):
        for position, constant in item.constants:
            yield _node(f"c{item.number}_{position}", view.constant(constant), CONSTANT)
    for box, leaf in view.chips_of(item):
        yield _node(box, [view.name(leaf)], leaf.kind)


def _titled(title: str, lines: list[str]) -> list[str]:
    return [f"{title} {lines[0]}", *lines[1:]] if lines else []


def _edges(view: View) -> Iterator[str]:
    for item in view.operations():
        for box, position in view.edges(item):
            yield f"  {box} {'-.->' if position is None else '-->'} o{item.number}"
        yield f"  o{item.number} --- n{item.number}"


def _links(view: View) -> Iterator[str]:
    """Write the edges of closed groups."""
    for (begin, end), passing in view.links.passing.items():
        first = f"{'g' if isinstance(begin, Group) else 'n'}{begin.number}"
        last = f"{'g' if isinstance(end, Group) else 'o'}{end.number}"
        if isinstance(begin, Item) and begin.number in view.chips:
            first = view.chip_before(begin, end)
            yield "  " + _node(first, [view.name(begin)], begin.kind)
        shown = view.passing(begin, passing.values())
        written = f'|"{text(shown)}"|' if shown else ""
        yield f"  {first} -->{written} {last}"


def _is_frame(view: View, group: Group) -> bool:
    """Return whether a group is drawn as a frame around what is in it."""
    return group is not view.folding.whole and view.folding.is_open(group) and not group.is_run


def _notes(view: View) -> Iterator[str]:
    for number, note in enumerate(view.notes()):
        yield "  " + _node(f"note{number}", [note], CONSTANT)


def _node(identity: str, lines: list[str], kind: str, shape: str = "") -> str:
    before, after = SHAPES[shape or kind]
    return f"{identity}{before}{'<br/>'.join(map(text, lines)) or ' '}{after}:::{kind}"


def _css(style: Style, ink: str = INK) -> str:
    dashes = ",stroke-dasharray:4 3" if style.dashed else ""
    line = f"stroke:{style.border},stroke-width:{style.width:g}px{dashes}"
    return f"fill:{style.fill},color:{ink},{line}"


def text(line: str) -> str:
    """Escape text for Mermaid, which reads quoted text as Markdown and HTML."""
    return NOT_PLAIN.sub(lambda sign: f"#{ord(sign[0])};", " ".join(line.split()))
