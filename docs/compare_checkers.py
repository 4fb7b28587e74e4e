"""Write docs/gradient-checkers.md: what five gradient checkers say about the same ten mistakes.

It needs PyTorch, JAX, SciPy and numdifftools, for example in the environment of `make test-peers`:
``PYTHONPATH=. .venv-peers/bin/python docs/compare_checkers.py``.
"""

from __future__ import annotations

import inspect
import re
import sys
import warnings
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import jax
import numdifftools
import numpy as np
import scipy.optimize
import torch
from jax.test_util import check_grads

from autograd import check_gradients

sys.path.insert(0, str(Path(__file__).parent))
import ten_mistakes

PAGE = Path(__file__).parent / "gradient-checkers.md"
BEGIN, END = "<!-- written by compare_checkers.py -->", "<!-- end -->"

Function = Callable[..., Any]


def listed(given: Any) -> tuple[Any, ...]:
    """Return the gradients of all inputs as a tuple."""
    return given if isinstance(given, tuple) else (given,)


def with_chainrule(f: Function, gradient: Function, inputs: list[Any]) -> str:
    """Return the report of this library."""
    report = check_gradients(f, *inputs, gradient=gradient, raises=False)
    return report.table(rows=2)


def with_torch(f: Function, gradient: Function, inputs: list[Any]) -> str:
    """Return what PyTorch's gradcheck says."""

    class Checked(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, *tensors: Any) -> Any:
            ctx.save_for_backward(*tensors)
            return torch.tensor(f(*[t.detach().numpy().copy() for t in tensors]))

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            parts = listed(gradient(*[t.numpy().copy() for t in ctx.saved_tensors]))
            return tuple(g * torch.tensor(part) for part in parts)

    tensors = tuple(torch.tensor(x, requires_grad=True) for x in inputs)
    return f"gradcheck returned {torch.autograd.gradcheck(Checked.apply, tensors)}"


def with_jax(f: Function, gradient: Function, inputs: list[Any]) -> str:
    """Return what JAX's check_grads says."""

    @jax.custom_vjp
    def checked(*arrays: Any) -> Any:
        number = jax.ShapeDtypeStruct((), np.float64)
        return jax.pure_callback(lambda *a: np.float64(f(*map(np.array, a))), number, *arrays)

    def backward(arrays: Any, g: Any) -> Any:
        parts = listed(gradient(*map(np.array, arrays)))
        return tuple(g * jax.numpy.asarray(part) for part in parts)

    checked.defvjp(lambda *arrays: (checked(*arrays), arrays), backward)
    check_grads(checked, tuple(map(jax.numpy.asarray, inputs)), order=1, modes=["rev"])
    return "check_grads returned without an error"


def flattened(f: Function, inputs: list[Any]) -> tuple[Function, Any]:
    """Return a function of one vector, and the vector."""
    ends = np.cumsum([x.size for x in inputs])[:-1]

    def of_vector(vector: Any) -> Any:
        parts = np.split(vector, ends)
        return f(*[p.reshape(x.shape) for p, x in zip(parts, inputs, strict=True)])

    return of_vector, np.concatenate([x.reshape(-1) for x in inputs])


def joined(gradient: Function) -> Function:
    """Return a gradient as one vector."""
    return lambda *inputs: np.concatenate([np.ravel(part) for part in listed(gradient(*inputs))])


def with_scipy(f: Function, gradient: Function, inputs: list[Any]) -> str:
    """Return what SciPy's check_grad returns."""
    value, x = flattened(f, inputs)
    slope, _ = flattened(joined(gradient), inputs)
    return f"check_grad returned {scipy.optimize.check_grad(value, slope, x):.3g}"


def with_numdifftools(f: Function, gradient: Function, inputs: list[Any]) -> str:
    """Compare with a numerical gradient by numdifftools."""
    value, x = flattened(f, inputs)
    slope, _ = flattened(joined(gradient), inputs)
    numeric = numdifftools.Gradient(value)(x)
    return f"np.allclose(Gradient(f)(x), gradient(x)) is {np.allclose(numeric, slope(x))}"


TOOLS = {
    "chainrule": with_chainrule,
    "PyTorch": with_torch,
    "JAX": with_jax,
    "SciPy": with_scipy,
    "numdifftools": with_numdifftools,
}


def said(tool: Function, case: tuple[Any, ...]) -> str:
    """Return what a tool says: its result, or its error."""
    _, _, f, gradient, inputs = case
    try:
        text = tool(f, gradient, [x.copy() for x in inputs])
    except Exception as error:
        text = f"{type(error).__name__}: {error}"
    return shortened(text)


def shortened(text: str) -> str:
    """Drop addresses, tracebacks and the middle of long arrays."""
    text = re.sub(r"Traceback.*", "", text, flags=re.DOTALL)
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    lines = [line if len(line) <= 160 else f"{line[:157]}..." for line in lines]
    return "\n".join(lines if len(lines) <= 14 else [*lines[:6], "...", *lines[-6:]])


def outcome(name: str, text: str) -> str:
    """Return a cell of the overview: what someone sees who reads one word."""
    if name == "SciPy" and text.startswith("check_grad"):
        return text.split()[-1]
    if re.search(r"returned True|without an error|is True|none wrong", text):
        return "passes"
    return "error" if re.match(r"\w*(Value|Runtime|Type)\w*Error", text) else "fails"


def overview(texts: list[dict[str, str]]) -> str:
    """Return a table of all cases and tools."""
    head = " | ".join(TOOLS)
    lines = [f"| | {head} | chainrule names the line |", "|---" * (len(TOOLS) + 2) + "|"]
    for number, (case, said_by) in enumerate(zip(ten_mistakes.CASES, texts, strict=True), 1):
        cells = " | ".join(outcome(name, text) for name, text in said_by.items())
        line = "yes" if ", line " in said_by["chainrule"] else "no"
        lines.append(f"| {number}. {case[0]} | {cells} | {line} |")
    return "\n".join(lines) + "\n"


def source_of(function: Function) -> str:
    """Return the code of a function."""
    return inspect.getsource(function).strip()


def section(case: tuple[Any, ...], said_by: dict[str, str], number: int) -> str:
    """Return what the page says about one case."""
    title, what, f, gradient, _ = case
    parts = [f"## {number}. {title}\n\n{what}\n"]
    parts.append(f"```py\n{source_of(f)}\n\n\n{source_of(gradient)}\n```\n")
    parts += [f"{name}:\n\n```text\n{text}\n```\n" for name, text in said_by.items()]
    return "\n".join(parts)


def main() -> None:
    """Write the page."""
    jax.config.update("jax_enable_x64", True)
    warnings.simplefilter("ignore")
    names = ("torch", "jax", "scipy", "numdifftools", "numpy")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    cases = ten_mistakes.CASES
    texts = [{name: said(tool, case) for name, tool in TOOLS.items()} for case in cases]
    parts = [overview(texts), f"Recorded with {versions}.\n"]
    for number, (case, said_by) in enumerate(zip(cases, texts, strict=True), 1):
        parts.append(section(case, said_by, number))
    text = PAGE.read_text(encoding="utf-8")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}\n\n" + "\n".join(parts) + f"\n{END}{after}", "utf-8")


if __name__ == "__main__":
    main()
