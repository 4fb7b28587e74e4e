"""The graph as an interactive page: a single file that works offline."""

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
from autograd.drawing.view import View, cut_short
from autograd.errors import AutogradError

#: Larger graphs are shown without formulas and steps.
MOST_EXPLAINED = 3000


def page(view: View) -> str:
    """Return the HTML."""
    names = ", ".join(view.name(root) for root in view.graph.roots)
    title = clean(view.options.title) or f"The graph of {names}"
    parts = {
        "title": html.escape(title),
        "css": _asset("page.css"),
        "data": _json({"title": title, **_data(view)}),
        "graphviz": _graphviz(),
        "js": _asset("page.js"),
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], _asset("page.html"))


def _asset(name: str) -> str:
    folder = importlib.resources.files("autograd.drawing") / "page_assets"
    return folder.joinpath(name).read_text(encoding="utf-8")


def _graphviz() -> str:
    """Return the renderer as a script that sets a global name instead of exporting it."""
    code = _asset("graphviz.js")
    exported = re.search(r"export\s*\{[^}]*?(\w+) as Graphviz\b[^}]*\};?", code)
    assert exported is not None
    return code.replace(exported[0], f"globalThis.Graphviz = {exported[1]};")


def _json(data: Any) -> str:
    """Write data as JSON that cannot end the script element around it."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _data(view: View) -> dict[str, Any]:
    explained = len(view.graph.items) <= MOST_EXPLAINED
    whole = view.folding.whole
    steps, beginning = (
        _steps(view) if explained else ([], "The graph is too large to list the steps.")
    )
    by_number = {item.number: item for item in view.graph.items}
    return {
        "direction": view.options.direction,
        "items": [_item(view, item, by_number, explained) for item in view.graph.items],
        "whole": _group(view, whole),
        "open": [each.path for each in whole.all_groups() if view.folding.is_open(each)],
        "steps": steps,
        "beginning": beginning,
        "notes": view.notes(),
        "styles": {
            kind: dataclasses.asdict(style) for kind, style in {**STYLES, "closed": CLOSED}.items()
        },
        "operation": OPERATION.fill,
        "outside": OUTSIDE,
        "faint": FAINT,
        "ink": INK,
        "legible": LEGIBLE,
    }


def _item(view: View, item: Item, by_number: dict[int, Item], explained: bool) -> dict[str, Any]:
    return {
        "number": item.number,
        "name": cut_short(item.name, 2000),
        "short": view.name(item),
        "labelled": bool(item.node.label),
        "kind": item.kind,
        "op": item.op,
        "sign": view.sign(item),
        "type": view.kind(item.data),
        "data": view.data(item),
        "grad": view.gradient(item),
        "shade": view.item_shade(item),
        "formula": cut_short(formula(item), 300),
        "scope": item.scope,
        "place": str(item.node.place or ""),
        "missing": item.missing,
        "arguments": [
            _argument(view, item, argnum, by_number, explained) for argnum in item.argnums
        ],
    }


def _argument(
    view: View, item: Item, argnum: int, by_number: dict[int, Item], explained: bool
) -> dict[str, Any]:
    argument = item.call[argnum]
    if not isinstance(argument, Item):
        return {"constant": view.constant(argument)}
    if not explained or view.graph.is_program:
        return {"node": argument.number}
    rule = named(derivative(item, argnum), by_number)
    return {"node": argument.number, "rule": cut_short(rule, 300)}


def _group(view: View, group: Group) -> dict[str, Any]:
    return {
        "path": group.path,
        "name": cut_short(group.name, 60),
        "index": group.number,
        "items": [item.number for item in group.items],
        "groups": [_group(view, inner) for inner in group.groups],
        "lines": view.closed(group),
        "shade": view.group_shade(group),
    }


def _steps(view: View) -> tuple[list[dict[str, Any]], str]:
    """Return the steps of the backward pass, and the text to begin with, or why there are none."""
    graph = view.graph
    if graph.is_program:
        return [], "A program runs its instructions in order; there is no chain rule to follow."
    if any(item.missing == BEYOND for item in graph.items):
        return [], "The picture leaves out a part of the graph, so there are no steps."
    try:
        steps = Steps(graph, chain(graph), view.options.number_format)
    except AutogradError as error:
        return [], str(error)
    end = graph.roots[0].name
    found = [
        {
            "number": step.item.number,
            "position": step.position,
            "parent": step.parent.number,
            "sentence": steps.sentence(step),
        }
        for step in steps
    ]
    return found, f"∂{end}/∂{end} = 1. Press ▶ to follow the chain rule edge by edge."
