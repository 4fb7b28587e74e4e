"""The graph in DOT, Graphviz's language."""

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
    FAINT,
    INK,
    OPERATION,
    OUTSIDE,
    PLATE,
    RAMP,
    STYLES,
    ZERO,
    Style,
)
from autograd.drawing.view import Frame, View, cut_short

#: Measured by `dot` and displayed alike: where there is no Helvetica, both take Arial.
FONT = "Helvetica,Arial,sans-serif"


#: How many letters are together as much too narrow as a space is wide.
LETTERS_PER_SPACE = 25


def source(view: View) -> str:
    """Write a graph in DOT."""
    return "\n".join(["digraph autograd {", *_header(view), *_body(view), "}", ""])


def _header(view: View) -> Iterator[str]:
    yield (
        f'\tgraph [rankdir={view.direction}, bgcolor="transparent", nodesep=0.18, '
        f'ranksep=0.28, fontname="{FONT}", fontsize=11, fontcolor="{INK}", ordering=in, '
        f'labelloc=t, tooltip=" "{_caption(view)}]'
    )
    yield f'\tnode [shape=plain, fontname="{FONT}", fontsize=10, fontcolor="{INK}", tooltip=" "]'
    yield f'\tedge [color="{OUTSIDE}", arrowsize=0.55, fontname="{FONT}", fontsize=10, ' + (
        f'fontcolor="{INK}", tooltip=" "]'
    )


def _caption(view: View) -> str:
    """Write the title, the remarks and the legend of the colours."""
    rows = []
    if view.options.title:
        title = cut_short(view.options.title, 120)
        rows.append(f'<TD><FONT POINT-SIZE="13"><B>{text(title)}</B></FONT></TD>')
    rows += [f"<TD>{text(note)}</TD>" for note in view.notes()]
    if view.frame is not None:
        width = max(view.frame.caption_width, 1)
        rows.append(
            f'<TD FIXEDSIZE="TRUE" HEIGHT="26" WIDTH="{width}"><FONT POINT-SIZE="12">'
            f"{text(view.frame.caption)}</FONT></TD>"
        )
    if view.shade is not None:
        swatches = "".join(f'<TD BGCOLOR="{colour}" WIDTH="16">  </TD>' for colour in RAMP)
        least, greatest = 10**view.shade.least, 10**view.shade.greatest
        rows.append(
            '<TD><TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0"><TR>'
            f"<TD>|derivative|  {least:.2g} </TD>{swatches}<TD> {greatest:.2g}   zero </TD>"
            f'<TD BGCOLOR="{ZERO}" WIDTH="16">  </TD></TR></TABLE></TD>'
        )
    if not rows:
        return ""
    body = "".join(f"<TR>{row}</TR>" for row in rows)
    return f', label=<<TABLE BORDER="0" BGCOLOR="{PLATE}">{body}</TABLE>>'


def _body(view: View) -> Iterator[str]:
    yield from _group(view, view.folding.whole, "\t")
    yield from _edges(view)
    yield from _links(view)


def _group(view: View, group: Group, indent: str) -> Iterator[str]:
    for item in group.items:
        yield from (indent + line for line in _item(view, item))
    for inner in group.groups:
        if not view.folding.is_open(inner):
            yield f"{indent}{_identity(inner)} [label=<{closed_label(view, inner)}>]"
            continue
        if inner.is_run:
            yield from _group(view, inner, indent)
            continue
        yield f"{indent}subgraph {_quoted('cluster ' + inner.path)} {{"
        yield (
            f"{indent}\tgraph [label=<{plate(view.frame_title(inner))}>, labeljust=l, "
            f'style="rounded", color="{CLUSTER.border}", margin=8]'
        )
        yield from _group(view, inner, indent + "\t")
        yield f"{indent}}}"


def _item(view: View, item: Item) -> Iterator[str]:
    """Write the box of a node, the circle of its operation, and the constants that enter it."""
    yield f"n{item.number} [label=<{label(view, item)}>]"
    if not item.op:
        return
    sign = view.sign(item)
    # Signs are drawn in circles, words in ovals.
    shape = "circle, fixedsize=true, width=0.3" if len(sign) <= 2 else "ellipse, height=0.28"
    active = view.frame is not None and view.frame.active == item.number
    fill = STYLES[OUTPUT].border if active else OPERATION.fill
    yield (
        f"o{item.number} [shape={shape}, margin=0.03, style=filled, label={_quoted(sign)}, "
        f'fillcolor="{fill}", color="{fill}", fontcolor="#ffffff"]'
    )
    if item.missing:
        yield f"m{item.number} [label=<{plate(item.missing)}>]"
    if view.shows("constants"):
        for position, constant in item.constants:
            yield f"c{item.number}_{position} [label=<{_constant_label(view, constant)}>]"
    for box, argument in view.chips_of(item):
        yield f"{box} [label=<{_chip(view, argument)}>]"


def _edges(view: View) -> Iterator[str]:
    """Write the edges from operands to operations to results."""
    for item in view.operations():
        for box, position in view.edges(item):
            look = " [style=dashed]" if position is None else _flow(view, item, position)
            yield f"\t{box} -> o{item.number}{look}"
        yield f"\to{item.number} -> n{item.number} [arrowhead=none]"


def _flow(view: View, item: Item, position: int) -> str:
    """Colour an edge by the derivative that passes along it."""
    if view.frame is not None and view.frame.edge == (item.number, position):
        return f' [color="{STYLES[OUTPUT].border}", penwidth=3]'
    look = view.flow_look(item, position)
    return "" if look is None else f' [color="{look[0]}", penwidth={look[1]:.2g}]'


def _links(view: View) -> Iterator[str]:
    """Write the edges of closed groups, one for all values between two boxes."""
    for (source, target), passing in view.links.passing.items():
        begin = _identity(source) if isinstance(source, Group) else f"n{source.number}"
        end = _identity(target) if isinstance(target, Group) else f"o{target.number}"
        if isinstance(source, Item) and source.number in view.chips:
            begin = view.chip_before(source, target)
            yield f"\t{_quoted(begin)} [label=<{_chip(view, source)}>]"
            begin = _quoted(begin)
        shown = view.passing(source, passing.values())
        written = f", label=<{plate(shown)}>" if shown else ""
        yield f"\t{begin} -> {end} [penwidth={1 + 0.6 * math.log10(len(passing)):.2g}{written}]"


def _identity(group: Group) -> str:
    return _quoted("group " + group.path)


def label(view: View, item: Item) -> str:
    """Write the box of a node: its name, data and derivative."""
    style = STYLES[item.kind]
    rows = []
    if view.shows("label"):
        named = bool(item.node.label)
        name = f"<B>{text(view.name(item))}</B>" if named else _faint(view.name(item))
        rows.append(f'<TD COLSPAN="2">{name}</TD>')
    kind = view.kind(item.data)
    if kind:
        rows.append(f'<TD COLSPAN="2" CELLPADDING="1">{_faint(kind)}</TD>')
    if item.number in view.chips:
        uses = f"used {view.chips[item.number]:,} times"
        rows.append(f'<TD COLSPAN="2" CELLPADDING="1">{_faint(uses)}</TD>')
    data = view.data(item) if view.shows("data") else []
    if data or (not view.graph.is_program and view.shows("data")):
        rows.append(_row("data", data))
    if view.frame is not None:
        rows += _framed_gradient(view.frame, item, style.fill)
        return _table(rows, style, ACTIVE if view.frame.active == item.number else "")
    gradient = view.gradient(item) if view.shows("grad") else []
    if gradient:
        rows.append(_row("grad", gradient, view.item_shade(item)))
    if not rows:
        rows.append("<TD>  </TD>")
    return _table(rows, style)


def _framed_gradient(frame: Frame, item: Item, fill: str) -> list[str]:
    """Write a derivative into a cell that has the same width in all frames of an animation."""
    width = frame.widths.get(item.number)
    if width is None:
        return []
    gradient = frame.gradients.get(item.number, "")
    title = _faint("grad") if gradient else f'<FONT COLOR="{fill}">grad</FONT>'
    return [
        f'<TD ALIGN="LEFT">{title}</TD><TD ALIGN="RIGHT" FIXEDSIZE="TRUE" HEIGHT="18" '
        f'WIDTH="{width}">{text(gradient)}</TD>'
    ]


def _row(title: str, lines: list[str], fill: str = "") -> str:
    colour = f' BGCOLOR="{fill}"' if fill else ""
    written = '<BR ALIGN="RIGHT"/>'.join(map(text if fill else _line, lines))
    end = '<BR ALIGN="RIGHT"/>' if len(lines) > 1 else ""
    return (
        f'<TD ALIGN="LEFT"{colour} SIDES="TB">{text(title) if fill else _faint(title)}</TD>'
        f'<TD ALIGN="RIGHT"{colour} SIDES="TB">{written}{end}</TD>'
    )


def _chip(view: View, item: Item) -> str:
    """Write a leaf at one of its many uses: its name, in its colours."""
    return _table([f"<TD>{text(view.chip_name(item))}</TD>"], STYLES[item.kind])


def plate(line: str) -> str:
    """Write text that stands outside of boxes, legible on any background."""
    return (
        f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1" BGCOLOR="{PLATE}">'
        f"<TR><TD>{text(line)}</TD></TR></TABLE>"
    )


def _constant_label(view: View, constant: object) -> str:
    kind = view.kind(constant)
    faint = [_faint(kind)] if kind else []
    lines = "<BR/>".join([*faint, *map(_line, view.numbers(constant))])
    return _table([f"<TD>{lines}</TD>"], STYLES[CONSTANT])


def closed_label(view: View, group: Group) -> str:
    """Write the box of a closed group."""
    name, *lines = view.closed(group)
    rows = [f'<TD><FONT POINT-SIZE="11"><B>{text(name)}</B></FONT></TD>']
    rows += [f"<TD>{text(line)}</TD>" for line in lines]
    fill, mean = view.group_shade(group)
    if fill:
        rows.append(f'<TD BGCOLOR="{fill}">{mean}</TD>')
    # The second border shows that there is something inside.
    return (
        f'<TABLE BORDER="1" CELLBORDER="0" CELLSPACING="2" CELLPADDING="0" BGCOLOR="{PLATE}" '
        f'COLOR="{CLOSED.border}"><TR><TD>{_table(rows, CLOSED)}</TD></TR></TABLE>'
    )


def _table(rows: list[str], style: Style, fill: str = "") -> str:
    """Write rows as a box in a style; `fill` replaces its colour."""
    lines = ",".join(["ROUNDED"] * style.rounded + ["DASHED"] * style.dashed)
    drawn = f' STYLE="{lines}"' if lines else ""
    body = "".join(f"<TR>{row}</TR>" for row in rows)
    return (
        f'<TABLE BORDER="{style.width:g}" CELLBORDER="0" CELLSPACING="0" CELLPADDING="4" '
        f'BGCOLOR="{fill or style.fill}" COLOR="{style.border}"{drawn}>{body}</TABLE>'
    )


def _line(line: str) -> str:
    """Write a line of numbers, or the bars of a histogram in a lighter colour."""
    return _faint(line) if line[-1:] in BARS else text(line)


def _faint(line: str) -> str:
    return f'<FONT COLOR="{FAINT}">{text(line)}</FONT>'


def text(line: str) -> str:
    """Escape text for a label in angle brackets.

    `dot` measures with hinted letters, which are narrower; long lines get room for the difference.
    """
    return (html.escape(clean(line)) or " ") + "&#160;" * (len(line) // LETTERS_PER_SPACE)


def _quoted(line: str) -> str:
    """Write text as a DOT string."""
    return '"' + clean(line).replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;") + '"'
