"""The graph in DOT, Graphviz's language: the source of every picture."""

from __future__ import annotations

import html
import math
from collections.abc import Iterator

from autograd.drawing.graph import CONSTANT, OUTPUT, Item, clean
from autograd.drawing.groups import Group
from autograd.drawing.numbers import BARS
from autograd.drawing.style import (
    ACTIVE,
    CLOSED,
    CLUSTER,
    EDGE_RAMP,
    FAINT,
    INK,
    OPERATION,
    OUTSIDE,
    RAMP,
    STYLES,
    ZERO,
    Style,
)
from autograd.drawing.view import Frame, Sheet, cut_short

FONT = "Helvetica"


def source(sheet: Sheet) -> str:
    """Write a graph in DOT."""
    return "\n".join(["digraph autograd {", *_header(sheet), *_body(sheet), "}", ""])


def _header(sheet: Sheet) -> Iterator[str]:
    yield (
        f'\tgraph [rankdir={sheet.options.direction}, bgcolor="transparent", nodesep=0.18, '
        f'ranksep=0.28, fontname="{FONT}", fontsize=11, fontcolor="{OUTSIDE}", ordering=in, '
        f'labelloc=t, tooltip=" "{_caption(sheet)}]'
    )
    yield f'\tnode [shape=plain, fontname="{FONT}", fontsize=10, fontcolor="{INK}", tooltip=" "]'
    yield f'\tedge [color="{OUTSIDE}", arrowsize=0.55, fontname="{FONT}", fontsize=9, ' + (
        f'fontcolor="{OUTSIDE}", tooltip=" "]'
    )


def _caption(sheet: Sheet) -> str:
    """Write the title, what has to be said, and the legend of the shades."""
    rows = []
    if sheet.options.title:
        title = cut_short(sheet.options.title, 120)
        rows.append(f'<TD><FONT POINT-SIZE="13"><B>{text(title)}</B></FONT></TD>')
    rows += [f"<TD>{text(note)}</TD>" for note in sheet.notes()]
    if sheet.frame is not None:
        width = max(sheet.frame.caption_width, 1)
        rows.append(
            f'<TD FIXEDSIZE="TRUE" HEIGHT="26" WIDTH="{width}"><FONT POINT-SIZE="12" '
            f'COLOR="{OUTSIDE}">{text(sheet.frame.caption)}</FONT></TD>'
        )
    if sheet.shade is not None:
        swatches = "".join(f'<TD BGCOLOR="{colour}" WIDTH="16">  </TD>' for colour in RAMP)
        least, greatest = 10**sheet.shade.least, 10**sheet.shade.greatest
        rows.append(
            '<TD><TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0"><TR>'
            f"<TD>|derivative|  {least:.2g} </TD>{swatches}<TD> {greatest:.2g}   zero </TD>"
            f'<TD BGCOLOR="{ZERO}" WIDTH="16">  </TD></TR></TABLE></TD>'
        )
    if not rows:
        return ""
    return f', label=<<TABLE BORDER="0">{"".join(f"<TR>{row}</TR>" for row in rows)}</TABLE>>'


def _body(sheet: Sheet) -> Iterator[str]:
    yield from _group(sheet, sheet.seen.whole, "\t")
    yield from _edges(sheet)
    yield from _links(sheet)


def _group(sheet: Sheet, group: Group, indent: str) -> Iterator[str]:
    for item in group.items:
        yield from (indent + line for line in _item(sheet, item))
    for inner in group.groups:
        if not sheet.seen.is_open(inner):
            yield f"{indent}{_identity(inner)} [label=<{closed_label(sheet, inner)}>]"
            continue
        yield f"{indent}subgraph {_quoted('cluster ' + inner.path)} {{"
        yield (
            f"{indent}\tgraph [label=<{text(cut_short(inner.name, 60))}>, labeljust=l, "
            f'style="rounded", color="{CLUSTER.border}", margin=8]'
        )
        yield from _group(sheet, inner, indent + "\t")
        yield f"{indent}}}"


def _item(sheet: Sheet, item: Item) -> Iterator[str]:
    """Write the box of a node, the circle of its operation, and the constants that enter it."""
    yield f"n{item.number} [label=<{label(sheet, item)}>]"
    if not item.op:
        return
    sign = sheet.sign(item)
    # A sign stands in a circle, a word in an oval.
    shape = "circle, fixedsize=true, width=0.3" if len(sign) <= 2 else "ellipse, height=0.28"
    active = sheet.frame is not None and sheet.frame.active == item.number
    fill = STYLES[OUTPUT].border if active else OPERATION.fill
    yield (
        f"o{item.number} [shape={shape}, margin=0.03, style=filled, label={_quoted(sign)}, "
        f'fillcolor="{fill}", color="{fill}", fontcolor="#ffffff"]'
    )
    if item.missing:
        yield f'm{item.number} [label="{item.missing}", fontcolor="{OUTSIDE}"]'
    if sheet.shows("constants"):
        for position, constant in item.constants:
            yield f"c{item.number}_{position} [label=<{_constant_label(sheet, constant)}>]"


def _edges(sheet: Sheet) -> Iterator[str]:
    """Write the edges that lead to each node through its operation."""
    for item in sheet.operations():
        for box, position in sheet.edges(item):
            look = " [style=dashed]" if position is None else _flow(sheet, item, position)
            yield f"\t{box} -> o{item.number}{look}"
        yield f"\to{item.number} -> n{item.number} [arrowhead=none]"


def _flow(sheet: Sheet, item: Item, position: int) -> str:
    """Colour an edge by the derivative that goes along it."""
    if sheet.frame is not None and sheet.frame.edge == (item.number, position):
        return f' [color="{STYLES[OUTPUT].border}", penwidth=3]'
    magnitude = sheet.flows.get((item.number, position))
    if magnitude is None or sheet.shade is None:
        return ""
    width = 1.0 + 2.0 * sheet.shade.place(magnitude)
    return f' [color="{sheet.shade.colour(magnitude, EDGE_RAMP)}", penwidth={width:.2g}]'


def _links(sheet: Sheet) -> Iterator[str]:
    """Write the edges of closed groups: one for all values that pass between two boxes."""
    for (source, target), passing in sheet.links.passing.items():
        begin = _identity(source) if isinstance(source, Group) else f"n{source.number}"
        end = _identity(target) if isinstance(target, Group) else f"o{target.number}"
        many = len(passing)
        counted = f', label="{many:,}"' if many > 1 else ""
        yield f"\t{begin} -> {end} [penwidth={1 + 0.6 * math.log10(many):.2g}{counted}]"


def _identity(group: Group) -> str:
    return _quoted("group " + group.path)


def label(sheet: Sheet, item: Item) -> str:
    """Write the box of a node: its name, what it holds, its derivative."""
    style = STYLES[item.kind]
    rows = []
    if sheet.shows("label"):
        named = bool(item.node.label)
        name = f"<B>{text(sheet.name(item))}</B>" if named else _faint(sheet.name(item))
        rows.append(f'<TD COLSPAN="2">{name}</TD>')
    kind = sheet.kind(item.data)
    if kind:
        rows.append(f'<TD COLSPAN="2" CELLPADDING="1">{_faint(kind)}</TD>')
    if sheet.shows("data"):
        rows.append(_row("data", sheet.data(item)))
    if sheet.frame is not None:
        rows += _framed_gradient(sheet.frame, item, style.fill)
        return _table(rows, style, ACTIVE if sheet.frame.active == item.number else "")
    gradient = sheet.gradient(item) if sheet.shows("grad") else []
    if gradient:
        rows.append(_row("grad", gradient, sheet.item_shade(item)))
    if not rows:
        rows.append("<TD>  </TD>")
    return _table(rows, style)


def _framed_gradient(frame: Frame, item: Item, fill: str) -> list[str]:
    """Write a derivative into a cell that is as wide in all pictures of an animation."""
    width = frame.widths.get(item.number)
    if width is None:
        return []
    words = frame.gradients.get(item.number, "")
    title = _faint("grad") if words else f'<FONT COLOR="{fill}">grad</FONT>'
    return [
        f'<TD ALIGN="LEFT">{title}</TD><TD ALIGN="RIGHT" FIXEDSIZE="TRUE" HEIGHT="18" '
        f'WIDTH="{width}">{text(words)}</TD>'
    ]


def _row(title: str, lines: list[str], fill: str = "") -> str:
    colour = f' BGCOLOR="{fill}"' if fill else ""
    written = '<BR ALIGN="RIGHT"/>'.join(map(_line, lines))
    end = '<BR ALIGN="RIGHT"/>' if len(lines) > 1 else ""
    return (
        f'<TD ALIGN="LEFT"{colour} SIDES="TB">{_faint(title)}</TD>'
        f'<TD ALIGN="RIGHT"{colour} SIDES="TB">{written}{end}</TD>'
    )


def _constant_label(sheet: Sheet, constant: object) -> str:
    kind = sheet.kind(constant)
    faint = [_faint(kind)] if kind else []
    lines = "<BR/>".join([*faint, *map(_line, sheet.numbers(constant))])
    return _table([f"<TD>{lines}</TD>"], STYLES[CONSTANT])


def closed_label(sheet: Sheet, group: Group) -> str:
    """Write the box of a closed group."""
    name, *lines = sheet.closed(group)
    rows = [f'<TD><FONT POINT-SIZE="11"><B>{text(name)}</B></FONT></TD>']
    rows += [f"<TD>{text(line)}</TD>" for line in lines]
    fill, told = sheet.group_shade(group)
    if fill:
        rows.append(f'<TD BGCOLOR="{fill}">{told}</TD>')
    # A second border: there is something within.
    return (
        f'<TABLE BORDER="1" CELLBORDER="0" CELLSPACING="2" CELLPADDING="0" '
        f'COLOR="{CLOSED.border}"><TR><TD>{_table(rows, CLOSED)}</TD></TR></TABLE>'
    )


def _table(rows: list[str], style: Style, fill: str = "") -> str:
    """Write rows as a box of a certain style, perhaps filled otherwise."""
    lines = ",".join(["ROUNDED"] * style.rounded + ["DASHED"] * style.dashed)
    drawn = f' STYLE="{lines}"' if lines else ""
    body = "".join(f"<TR>{row}</TR>" for row in rows)
    return (
        f'<TABLE BORDER="{style.width:g}" CELLBORDER="0" CELLSPACING="0" CELLPADDING="3" '
        f'BGCOLOR="{fill or style.fill}" COLOR="{style.border}"{drawn}>{body}</TABLE>'
    )


def _line(words: str) -> str:
    """Write a line of numbers, or the bars of a histogram, which are not to weigh too much."""
    return _faint(words) if words[-1:] in BARS else text(words)


def _faint(words: str) -> str:
    return f'<FONT COLOR="{FAINT}">{text(words)}</FONT>'


def text(words: str) -> str:
    """Write words so that they mean nothing but themselves, within a label in angle brackets."""
    return html.escape(clean(words)) or " "


def _quoted(words: str) -> str:
    """Write words as a string of DOT."""
    return '"' + clean(words).replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;") + '"'
