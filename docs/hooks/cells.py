"""For ProperDocs: convert a notebook with its stored outputs to a Markdown page."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

#: Picture types of an output, best first, and their file extensions.
PICTURES = {"image/svg+xml": "svg", "image/png": "png", "image/gif": "gif", "image/jpeg": "jpg"}
ESCAPES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")  # colours, meant for a terminal


@dataclass
class Page:
    """A notebook as Markdown, and its pictures by file name."""

    markdown: str = ""
    pictures: dict[str, str | bytes] = field(default_factory=dict)


def page(path: Path) -> Page:
    """Read a notebook."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    found, parts = Page(), []
    for number, cell in enumerate(notebook["cells"], 1):
        source = _text(cell["source"])
        if cell["cell_type"] == "markdown":
            # Notebooks render Markdown inside HTML; here it must be marked.
            parts.append(re.sub(r"<details(?=[ >])", '<details markdown="1"', source))
        elif cell["cell_type"] == "code" and source.strip():
            parts.append(_fenced(source, "python"))
            for position, output in enumerate(cell["outputs"], 1):
                name = f"{path.stem}-{number}-{position}"
                parts.append(_output(output, name, found.pictures))
    found.markdown = "\n\n".join(parts) + "\n"
    return found


def _output(output: dict[str, Any], name: str, pictures: dict[str, str | bytes]) -> str:
    """Convert one output to Markdown, in the richest of its formats."""
    if output["output_type"] == "stream":
        return _fenced(_text(output["text"]), "text", ".output")
    if output["output_type"] == "error":
        return _fenced("\n".join(output["traceback"]), "text", ".output")
    data = output["data"]
    for kind, suffix in PICTURES.items():
        if kind in data:
            content = _text(data[kind])
            pictures[f"{name}.{suffix}"] = content if suffix == "svg" else base64.b64decode(content)
            return f"![Output of the cell above]({name}.{suffix}){{ .output }}"
    if "text/html" in data:
        # An empty line ends an HTML block in Markdown.
        block = re.sub(r"\n\s*\n", "\n", _text(data["text/html"]))
        return f'<div class="output">\n{block}\n</div>'
    for kind in ("text/markdown", "text/latex"):
        if kind in data:
            return f'<div class="output" markdown="1">\n\n{_text(data[kind])}\n\n</div>'
    return _fenced(_text(data.get("text/plain", "")), "text", ".output")


def _fenced(text: str, language: str, more: str = "") -> str:
    longest = max((len(run) for run in re.findall(r"~+", text)), default=0)
    fence = "~" * max(3, longest + 1)
    return f"{fence} {{ .{language} {more} }}\n{ESCAPES.sub('', text).rstrip()}\n{fence}"


def _text(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)
