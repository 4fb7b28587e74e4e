"""A program as the text of a function: its statements between comments and a docstring."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from autograd.program.source.body import WIDTH, Body, Entry
from autograd.program.source.constants import literal
from autograd.program.source.description import docstring
from autograd.program.source.kernels import Definitions
from autograd.program.source.statements import origin_of, printable
from autograd.program.source.tidy import tidied
from autograd.program.source.wrapping import wrapped
from autograd.program.structure import identifier


def source_of(program: Any, name: str = "") -> str:
    """Return the imports and the function of a program."""
    name = name or function_name(program.name)
    body = Body(tidied(program), (name,))
    lines, outside = [], []
    for constant_name, constant in body.constants():
        text, array = literal(constant.value), constant.value
        if text is None:
            outside.append(f"# {constant_name}: a constant {array.dtype} array {array.shape}")
        else:
            lines.append(f"{constant_name} = {text}")
    lines = [*body.signature.lines, *lines]
    lines += statements(body.entries, bool(lines))
    text = function_text(body, name, [*lines, body.result])
    definitions = Definitions(body.names, body.writer)
    for other, x in list(body.names.environment.items()):
        if not isinstance(x, np.ndarray):
            definitions.define(other, x)
    outside += [f"# {other}: {printable(repr(x))}" for other, x in definitions.missing.items()]
    parts = [imports(body), "\n".join(outside), *definitions.texts, text]
    return "\n\n\n".join(part for part in parts if part)


def function_text(body: Body, name: str, lines: list[str]) -> str:
    """Return the text of the function with these statements."""
    described = docstring(body.program, body.names)
    head = f"def {name}({', '.join(body.signature.parameters)}):"
    whole = [f'"""{described[0]}', *described[1:], '"""']
    for line in body.numbered("\n".join(lines)).split("\n"):
        whole += wrapped(line, WIDTH - 4)
    return "\n".join([*wrapped(head, WIDTH), *[f"    {x}" if x else "" for x in whole]])


def imports(body: Body) -> str:
    """Return the statements that import what the function needs."""
    modules = sorted({"numpy as np" if m.startswith("np") else m for m in body.names.imports if m})
    return "\n".join(f"import {module}" for module in modules)


def function_name(name: str) -> str:
    """Return a name for the function that a program is written as.

    Examples
    --------
    >>> function_name("grad_of_loss_wrt_argnum_0")
    'gradient_of_loss'
    """
    match = re.fullmatch(r"(\w+?)_of_(.+?)(?:_wrt_argnum_.+)?", name)
    if match is None:
        return name if identifier(name) == name else "program"
    kind = {"grad": "gradient", "value_and_grad": "value_and_gradient"}.get(match[1], match[1])
    return f"{kind}_of_{match[2]}" if match[2].isidentifier() else kind


def statements(entries: list[Entry], begun: bool) -> list[str]:
    """Return the lines of statements, with comments that quote the user's own."""
    lines: list[str] = []
    backward = quiet = False
    for statement, group in _groups([entry for entry in entries if entry.text is not None]):
        inner: list[str] = []
        for entry in group:
            text = (entry.text or "").split("\n")
            if getattr(entry.item, "quiet", False):
                if not quiet:
                    inner.append('with np.errstate(all="ignore"):')
                text = [f"    {line}" for line in text]
            quiet = getattr(entry.item, "quiet", False)
            inner += text
        if group[0].item.backward:
            if not backward and (begun or lines):
                lines += ["", "# Backward:"]
            backward = True
        elif statement is not None and list(map(_compact, inner)) != [_compact(statement.text)]:
            lines.append(f"# {shortened(statement.text)}  ({statement.where})")
        lines += inner
    return lines


def _groups(entries: list[Entry]) -> list[tuple[Any, list[Entry]]]:
    """Return the statements that belong to one statement of the user together, and that one."""
    groups: list[tuple[Any, list[Entry]]] = []
    seen: set[Any] = set()
    before: Any = None
    for entry in entries:
        origin = None if entry.item.backward else origin_of(entry.item.place)
        key = (entry.item.backward, None if origin is None else origin.statement)
        if not groups or key != before:
            groups.append((None if key[1] in seen else key[1], []))
            seen.add(key[1])
        groups[-1][1].append(entry)
        before = key
    return groups


def shortened(text: str, width: int = 64) -> str:
    """Return the beginning of a long text."""
    return text if len(text) <= width else f"{text[: width - 4]} ..."


def _compact(text: str) -> str:
    return text.replace(" ", "")
