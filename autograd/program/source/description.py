"""What a program takes and returns, in words: the docstring of its function."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np

from autograd.program.instructions import Constant, Variable
from autograd.program.python_code import Names


def described(x: Any) -> str:
    """Return the type and the shape of what stands for an array or a number.

    Examples
    --------
    >>> described(Variable(0, np.zeros((3, 2)))), described(Variable(1, 2.0))
    ('float64 (3, 2)', 'float')
    """
    if isinstance(x, Constant):
        return f"{x.value.dtype} {x.value.shape}"
    if isinstance(x, Variable):
        if x.is_array:
            return f"{x.dtype} {x.shape}"
        return x.kind.__name__ if not issubclass(x.kind, np.generic) else f"np.{x.kind.__name__}"
    if isinstance(x, dict):
        inner = ", ".join(f"{key!r}: {described(item)}" for key, item in x.items())
        return "{" + inner + "}"
    if isinstance(x, (tuple, list)):
        inner = ", ".join(described(item) for item in x)
        return f"[{inner}]" if isinstance(x, list) else f"({inner})"
    return "None" if x is None else type(x).__name__


def docstring(program: Any, names: Names, output: Any) -> list[str]:
    """Return the lines of a docstring: what the function takes and returns.

    Types and shapes only, so nothing in it can end the string.
    """
    lines = [f"What {plain(program.name)} computes.", ""]
    for x in program.inputs:
        lines.append(f"{names.of(x)}: {described(x)}")
    for load in program.loads:
        if load.variable is not None:
            lines.append(f"{names.of(load.variable)}: {described(load.variable)}")
    lines.append(f"Returns {described(output)}")
    return [
        part
        for line in lines
        for part in textwrap.wrap(plain(line), 80, subsequent_indent="    ") or [""]
    ]


def plain(text: str) -> str:
    """Return a text that can stand in a string or a comment: no quotes, backslashes or breaks."""
    return "".join(c for c in " ".join(text.split()) if c.isprintable() and c not in '"\\')
