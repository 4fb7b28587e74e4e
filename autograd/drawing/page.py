"""The graph as an interactive page: one file, which asks nothing of any server or program."""

from __future__ import annotations

import dataclasses
import html
import importlib.resources
import json
import re
from typing import Any

from autograd.drawing.chain import chain
from autograd.drawing.graph import BEYOND, Item, clean, formula
from autograd.drawing.groups import LEGIBLE, Group
from autograd.drawing.local_derivative import derivative, named
from autograd.drawing.step_by_step import Steps
from autograd.drawing.style import CLOSED, FAINT, INK, OPERATION, OUTSIDE, STYLES
from autograd.drawing.view import Sheet, cut_short
from autograd.errors import AutogradError

#: In a larger graph the derivatives are not explained one by one.
MOST_EXPLAINED = 3000


def page(sheet: Sheet) -> str:
    """Write the page."""
    names = ", ".join(sheet.name(root) for root in sheet.graph.roots)
    title = clean(sheet.options.title) or f"The graph of {names}"
    parts = {
        "title": html.escape(title),
        "css": _asset("page.css"),
        "data": _json({"title": title, **_data(sheet)}),
        "graphviz": _graphviz(),
        "js": _asset("page.js"),
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], _asset("page.html"))


def _asset(name: str) -> str:
    folder = importlib.resources.files("autograd.drawing") / "page_assets"
    return folder.joinpath(name).read_text(encoding="utf-8")


def _graphviz() -> str:
    """Return the renderer, which gives itself a global name in place of exporting one."""
    code = _asset("graphviz.js")
    exported = re.search(r"export\s*\{[^}]*?(\w+) as Graphviz\b[^}]*\};?", code)
    assert exported is not None
    return code.replace(exported[0], f"globalThis.Graphviz = {exported[1]};")


def _json(data: Any) -> str:
    """Write data so that nothing in it ends the element it stands in."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _data(sheet: Sheet) -> dict[str, Any]:
    explained = len(sheet.graph.items) <= MOST_EXPLAINED
    whole = sheet.seen.whole
    steps, beginning = _steps(sheet) if explained else ([], "The graph is too large for a lesson.")
    by_number = {item.number: item for item in sheet.graph.items}
    return {
        "direction": sheet.options.direction,
        "items": [_item(sheet, item, by_number, explained) for item in sheet.graph.items],
        "whole": _group(sheet, whole),
        "open": [each.path for each in whole.all_groups() if sheet.seen.is_open(each)],
        "steps": steps,
        "beginning": beginning,
        "notes": sheet.notes(),
        "styles": {
            kind: dataclasses.asdict(style) for kind, style in {**STYLES, "closed": CLOSED}.items()
        },
        "operation": OPERATION.fill,
        "outside": OUTSIDE,
        "faint": FAINT,
        "ink": INK,
        "legible": LEGIBLE,
    }


def _item(sheet: Sheet, item: Item, by_number: dict[int, Item], explained: bool) -> dict[str, Any]:
    return {
        "number": item.number,
        "name": cut_short(item.name, 2000),
        "short": sheet.name(item),
        "labelled": bool(item.node.label),
        "kind": item.kind,
        "op": item.op,
        "sign": sheet.sign(item),
        "type": sheet.kind(item.data),
        "data": sheet.data(item),
        "grad": sheet.gradient(item),
        "shade": sheet.item_shade(item),
        "formula": cut_short(formula(item), 300),
        "scope": item.scope,
        "place": str(item.node.place or ""),
        "missing": item.missing,
        "arguments": [
            _argument(sheet, item, argnum, by_number, explained) for argnum in item.argnums
        ],
    }


def _argument(
    sheet: Sheet, item: Item, argnum: int, by_number: dict[int, Item], explained: bool
) -> dict[str, Any]:
    argument = item.call[argnum]
    if not isinstance(argument, Item):
        return {"constant": sheet.constant(argument)}
    if not explained:
        return {"node": argument.number}
    rule = named(derivative(item, argnum), by_number)
    return {"node": argument.number, "rule": cut_short(rule, 300)}


def _group(sheet: Sheet, group: Group) -> dict[str, Any]:
    return {
        "path": group.path,
        "name": cut_short(group.name, 60),
        "index": group.number,
        "items": [item.number for item in group.items],
        "groups": [_group(sheet, inner) for inner in group.groups],
        "lines": sheet.closed(group),
        "shade": sheet.group_shade(group),
    }


def _steps(sheet: Sheet) -> tuple[list[dict[str, Any]], str]:
    """Write the steps of the backward pass, or why there are none."""
    graph = sheet.graph
    if any(item.missing == BEYOND for item in graph.items):
        return [], "A part of the graph is left out: no lesson of the rest."
    try:
        lesson = Steps(graph, chain(graph), sheet.options.number_format)
    except AutogradError as error:
        return [], str(error)
    end = graph.roots[0].name
    found = [
        {
            "number": step.item.number,
            "position": step.position,
            "parent": step.parent.number,
            "sentence": lesson.sentence(step),
        }
        for step in lesson
    ]
    return found, f"∂{end}/∂{end} = 1. Press ▶ to follow the derivative back, edge by edge."
