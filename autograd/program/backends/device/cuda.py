"""An elementwise region as the body of a kernel, in the C that CUDA and the processor share."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.program.backends.c.dtypes import stored_type
from autograd.program.backends.c.formulas import Elementwise
from autograd.program.instructions import Constant, Variable

#: The names of types in the body; a ``u`` before those of integers makes them unsigned.
TYPES = {
    np.dtype(np.float64): "double",
    np.dtype(np.float32): "float",
    np.dtype(np.int64): "i64_t",
    np.dtype(np.int32): "i32_t",
    np.dtype(np.bool_): "unsigned char",
}

PREAMBLE = (
    "typedef long long i64_t; typedef unsigned long long ui64_t;\n"
    "typedef int i32_t; typedef unsigned int ui32_t;\n"
)

#: Products and sums are rounded one after the other, as in NumPy.
OPTIONS = ("--fmad=false",)


@dataclass(frozen=True)
class Body:
    """What makes a kernel.

    Attributes
    ----------
    inputs, outputs : str
        The parameters, such as ``"float64 x0, float64 x1"``.
    text : str
        What is computed for each element.
    """

    inputs: str
    outputs: str
    text: str


def body_of(steps: list[tuple[Any, Elementwise]], inputs: list[Any], results: list[Any]) -> Body:
    """Return the body of the kernel that computes some variables.

    Parameters
    ----------
    steps : list of (Variable, Elementwise)
        What is computed, in order.
    inputs : list of Variable and Constant
        What it is computed from.
    results : list of Variable
        What is needed elsewhere.
    """
    names = {x: f"x{k}" for k, x in enumerate(inputs)}
    lines = []
    for k, (result, formula) in enumerate(steps):
        lines += _lines(f"v{k}", formula, names)
        names[result] = f"v{k}"
    lines += [f"y{k} = {names[x]};" for k, x in enumerate(results)]
    taken = ", ".join(f"{stored_type(x).name} {names[x]}" for x in inputs)
    given = ", ".join(f"{stored_type(x).name} y{k}" for k, x in enumerate(results))
    return Body(taken, given, "\n".join(lines))


def _lines(name: str, step: Elementwise, names: dict[Any, str]) -> list[str]:
    """Return the lines that compute one variable."""
    operands = [
        _operand(x, dtype, names) for x, dtype in zip(step.operands, step.types, strict=True)
    ]
    is_single = step.loop.itemsize == 4
    words = {
        "s": "f" if is_single else "",
        "t": TYPES[step.loop],
        "max": "3.4028234663852886e38f" if is_single else "1.7976931348623157e308",
    }
    formula = step.formula
    lines = [f"{TYPES[step.result]} {name} = {formula.text.format(*operands, **words)};"]
    if formula.rare:
        condition = formula.rare.format(y=name, l=words["s"])
        lines.append(f"if ({condition}) {name} = {formula.instead.format(*operands, **words)};")
    return lines


def _operand(x: Any, dtype: Any, names: dict[Any, str]) -> str:
    if not isinstance(x, (Variable, Constant)):
        return literal(x, dtype)
    if stored_type(x) == dtype:
        return names[x]
    if dtype.kind == "b":  # a conversion would take the last eight bits
        return f"({names[x]} != 0)"
    return f"(({TYPES[dtype]}){names[x]})"


def literal(x: Any, dtype: Any) -> str:
    """Return a number, converted to a type.

    Examples
    --------
    >>> import numpy as np
    >>> literal(0.5, np.dtype(np.float32)), literal(-2, np.dtype(np.int64))
    ('0.5f', '(-2LL)')
    """
    with np.errstate(all="ignore"):
        value = np.array(x).astype(dtype).item()
    if dtype.kind != "f":
        low = dtype.itemsize == 8 and value == -(1 << 63)  # C has it without its sign only
        text = "(-9223372036854775807LL - 1)" if low else f"{int(value)}LL"
    elif math.isnan(value):
        text = "(0.0 / 0.0)"
    elif math.isinf(value):
        text = "(1.0 / 0.0)" if value > 0 else "(-1.0 / 0.0)"
    else:
        text = repr(value) + ("f" if dtype.itemsize == 4 else "")
    return f"({text})" if text.startswith("-") else text
