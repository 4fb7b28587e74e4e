"""What a program takes and returns, in words: the docstring of its function."""

from __future__ import annotations

import re
import textwrap
from typing import Any

import numpy as np

from autograd.program.instructions import Constant, Variable
from autograd.program.python_code import Names

#: What the functions that this library's transforms return are called, and what they compute.
_TRANSFORMED = re.compile(r"(grad|value_and_grad)_of_(\w+|<lambda>)_wrt_argnum_([\d(), -]+)")


def transformed(program: Any) -> tuple[str, str, list[int], int] | None:
    """Return what a transform of this library computes, of what, and for which parameters.

    The last number counts the parameters that it was given, of which some may be unknown.
    """
    match = _TRANSFORMED.fullmatch(program.name)
    if match is None:
        return None
    count = len(program.parameters)
    chosen = [int(number) for number in re.findall(r"-?\d+", match[3])]
    return match[1], match[2], [i % count for i in chosen if -count <= i < count], len(chosen)


def summary(program: Any) -> str:
    """Return in one line what the function of a program computes."""
    known = transformed(program)
    if known is None:
        if program.name.startswith("derivatives_of_"):  # `Program.backward` names it so
            return plain(
                f"Return the derivatives of {program.name.removeprefix('derivatives_of_')}."
            )
        return plain(f"Run the operations that {program.name} carried out.")
    what, name, chosen, count = known
    name = "the function" if name == "<lambda>" else name
    named = [program.parameters[i].name for i in chosen]
    listed = " and ".join(part for part in (", ".join(named[:-1]), *named[-1:]) if part)
    respect = f" with respect to {listed}" if len(named) == count else ""
    if what == "grad":
        return plain(f"Return the gradient of {name}{respect}.")
    return plain(f"Return {name} and its gradient{respect}.")


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


def docstring(program: Any, names: Names, output: Any, stored: list[str]) -> list[str]:
    """Return the lines of a docstring: what the function takes and returns.

    Types and shapes only, so nothing in it can end the string.

    Parameters
    ----------
    program : Program
        The program.
    names : Names
        The names of its variables.
    output : any
        The results.
    stored : list of str
        The keys of what the function returns beside the results.
    """
    lines = [summary(program), ""]
    for x in [*program.inputs, *[load.variable for load in program.loads]]:
        if x is not None:
            lines.append(f"{names.of(x)}: {described(x)}")
    returned = [*output] if type(output) is tuple else [output]
    found = ", ".join(described(x) for x in returned)
    lines.append(f"Returns: {found}" if not stored else f"Returns: ({found}), {', '.join(stored)}")
    return [
        part
        for line in lines
        for part in textwrap.wrap(plain(line), 80, subsequent_indent="    ") or [""]
    ]


def plain(text: str) -> str:
    """Return a text that can stand in a string or a comment: no quotes, backslashes or breaks."""
    return "".join(c for c in " ".join(text.split()) if c.isprintable() and c not in '"\\')
