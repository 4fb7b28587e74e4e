"""The graph as an interactive page: a single file that works offline."""

from __future__ import annotations

import base64
import dataclasses
import html
import importlib.resources
import json
import re
import zlib
from typing import Any

from autograd.drawing.chain import Step, chain
from autograd.drawing.graph import BEYOND, Item, clean, formula
from autograd.drawing.groups import LEGIBLE, Group
from autograd.drawing.live import Live, live
from autograd.drawing.local_derivative import derivative, named
from autograd.drawing.program_steps import step_of
from autograd.drawing.step_by_step import Steps
from autograd.drawing.style import CLOSED, FAINT, INK, OPERATION, OUTSIDE, RAMP, STYLES, ZERO
from autograd.drawing.view import SHARED, View, cut_short
from autograd.errors import AutogradError
from autograd.program.naming import function_name
from autograd.program.program import Program

#: Larger graphs are shown without formulas and steps.
MOST_EXPLAINED = 3000
#: Longer data, in characters, is compressed.
MOST_PLAIN = 1_000_000

#: Longer pages, in characters, are not put into notebooks.
MOST_IN_NOTEBOOK = 2_000_000

#: The parts of the script, which share their names.
SCRIPTS = (
    "graph.js", "dot.js", "map.js", "camera.js", "format.js", "numbers.js", "details.js",
    "search.js", "steps.js", "inputs.js", "start.js",
)  # fmt: skip


def page(view: View) -> str:
    """Return the HTML."""
    names = ", ".join(view.name(root) for root in view.graph.roots)
    own = f"The graph of {names}" if view.graph.program is None else _called(view.graph.program)
    title = clean(view.options.title) or own
    explained = len(view.graph.items) <= MOST_EXPLAINED
    steps, reason = _chain(view, explained)
    numbers = _live(view, steps, explained)
    data = {"title": title, **_data(view, steps, reason, explained), "live": numbers.data}
    parts = {
        "title": html.escape(title),
        "css": _asset("page.css"),
        "data": _script(_json(data)),
        "graphviz": _graphviz(),
        "js": "\n".join([_live_script(numbers), *map(_asset, SCRIPTS)]),
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], _asset("page.html"))


def framed(content: str) -> str:
    """Return a page as part of another one, such as a notebook, which it cannot change."""
    escaped = content.replace("&", "&amp;").replace('"', "&quot;")
    return (
        f'<iframe srcdoc="{escaped}" sandbox="allow-scripts allow-downloads" title="A graph" '
        'loading="lazy" style="width:100%; height:480px; border:1px solid #8a93a180; '
        'border-radius:6px"></iframe>'
    )


def _live(view: View, steps: list[Step], explained: bool) -> Live:
    """Return what the page computes with; nothing for a large graph."""
    if not explained:
        return Live("", {"reason": "The inputs of a large graph cannot be changed here."})
    return live(view.graph, steps, view.options.number_format)


def _live_script(numbers: Live) -> str:
    """Return the script that defines the function `live` of the inputs."""
    if not numbers.code:
        return "const live = null;"
    return f"const live = (() => {{\n{_asset('arrays.js')}\nreturn {numbers.code};\n}})();"


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


def _script(text: str) -> str:
    """Return the element with the data."""
    if len(text) <= MOST_PLAIN:
        return f'<script type="application/json" id="data">{text}</script>'
    packed = base64.b64encode(zlib.compress(text.encode())).decode()
    return f'<script type="text/plain" id="data">{packed}</script>'


def _data(view: View, steps: list[Step], reason: str, explained: bool) -> dict[str, Any]:
    whole = view.folding.whole
    by_number = {item.number: item for item in view.graph.items}
    return {
        "direction": view.direction,
        "automatic": view.options.direction == "auto",
        "items": [_item(view, item, by_number, explained) for item in view.graph.items],
        "whole": _group(view, whole),
        "open": [each.path for each in whole.all_groups() if view.folding.is_open(each)],
        **(_steps(view, steps, reason) if view.graph.program is None else _run(view, explained)),
        "notes": view.notes(),
        "styles": {
            kind: dataclasses.asdict(style) for kind, style in {**STYLES, "closed": CLOSED}.items()
        },
        "legend": _legend(view),
        "operation": OPERATION.fill,
        "outside": OUTSIDE,
        "faint": FAINT,
        "ink": INK,
        "legible": LEGIBLE,
        "shared": SHARED,
    }


def _legend(view: View) -> dict[str, Any] | None:
    """Return what the colours of derivatives mean."""
    if view.shade is None:
        return None
    least, greatest = (f"{10**end:.2g}" for end in (view.shade.least, view.shade.greatest))
    return {"least": least, "greatest": greatest, "colours": RAMP, "zero": ZERO}


def _item(view: View, item: Item, by_number: dict[int, Item], explained: bool) -> dict[str, Any]:
    """Return what the page knows of a node; what is empty is left out."""
    found = {
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
            _argument(view, item, position, by_number, explained)
            for position in range(len(item.argnums))
        ],
    }
    return {key: value for key, value in found.items() if value}


def _argument(
    view: View, item: Item, position: int, by_number: dict[int, Item], explained: bool
) -> dict[str, Any]:
    argnum = item.argnums[position]
    argument = item.call[argnum]
    if not isinstance(argument, Item):
        return {"constant": view.constant(argument)}
    found: dict[str, Any] = {"node": argument.number}
    flow = view.flow_look(item, position)
    if flow is not None:
        found["flow"] = flow
    if explained and not view.graph.is_program:
        found["rule"] = cut_short(named(derivative(item, argnum), by_number), 300)
    return found


def _group(view: View, group: Group) -> dict[str, Any]:
    return {
        "path": group.path,
        "name": cut_short(group.name, 60),
        "title": view.frame_title(group),
        "index": group.number,
        "items": [item.number for item in group.items],
        "groups": [_group(view, inner) for inner in group.groups],
        "lines": view.closed(group),
        "shade": view.group_shade(group),
    }


def _chain(view: View, explained: bool) -> tuple[list[Step], str]:
    """Return the steps of the backward pass, or why there are none."""
    graph = view.graph
    if not explained:
        return [], "The graph is too large to list the steps."
    if graph.is_program:
        return [], "These are programs: draw one of them to run it instruction by instruction."
    if any(item.missing == BEYOND for item in graph.items):
        return [], "The picture leaves out a part of the graph, so there are no steps."
    try:
        return chain(graph), ""
    except AutogradError as error:
        return [], str(error)


def _steps(view: View, steps: list[Step], reason: str) -> dict[str, Any]:
    """Return what each step says, and the text to begin with."""
    if reason:
        return {"steps": [], "seed": None, "beginning": reason}
    said = Steps(view.graph, steps, view.options.number_format)
    end = view.graph.roots[0]
    found = [
        {
            "number": step.item.number,
            "position": step.position,
            "parent": step.parent.number,
            "after": said.number(step.after),
            "sentence": said.sentence(step),
        }
        for step in said
    ]
    seed = said.number(steps[0].incoming if steps else 1.0)
    return {
        "steps": found,
        "seed": {"number": end.number, "text": seed},
        "beginning": f"∂{end.name}/∂{end.name} = {seed}. Press ▶ to follow the chain rule edge "
        "by edge.",
    }


def _called(program: Program) -> str:
    """Return a program's name as its source has it; that of a lambda is "program"."""
    name = function_name(program.name)
    return "The program" if name == "program" else f"The program {name}"


def _run(view: View, explained: bool) -> dict[str, Any]:
    """Return the instructions of a program as steps, and the text to begin with."""
    graph = view.graph
    if not explained:
        return {"steps": [], "seed": None, "beginning": "The program is too long to step through."}
    found = [
        {"number": item.number, "sentence": cut_short(step_of(item).said(), 300)}
        for item in graph.items
        if item.op
    ]
    beginning = f"{_called(graph.program)}: press ▶ to run it, one instruction after the other."
    return {"steps": found, "seed": None, "running": True, "beginning": beginning}
