"""A finished graph, in the order it is read: names, formulas, numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.engine import Node, Tensor, Value

SIGNS = {
    "add": "+",
    "subtract": "-",
    "multiply": "×",
    "divide": "/",
    "power": "**",
    "matmul": "@",
    "remainder": "%",
    "floor_divide": "//",
}


def names_of(nodes: list[Any]) -> dict[int, str]:
    """Name each node: by its label if no other has the same, or else by its number."""
    labels = [node.label for node in nodes]
    unique = {label for label in labels if label and labels.count(label) == 1}
    return {
        id(node): node.label
        if node.label in unique
        else (f"{node.label}#{i}" if node.label else f"v{i}")
        for i, node in enumerate(nodes, start=1)
    }


def formula(node: Any, names: dict[int, str]) -> str:
    """Write how a node was made, in terms of the names of its parents; empty for a leaf."""
    if not node.op:
        return ""
    if isinstance(node, Tensor) and node.freed:
        return f"{node.op}(freed)"
    arguments = [names[id(a)] if isinstance(a, Node) else short(a, most=24) for a in node.arguments]
    if node.op in SIGNS and len(arguments) == 2:
        return f" {SIGNS[node.op]} ".join(arguments)
    if node.op == "negative":
        return f"-{arguments[0]}"
    if node.op == "getitem":
        return f"{arguments[0]}[{arguments[1].strip('()')}]"
    keywords = [f"{key}={short(value, most=24)}" for key, value in node.keywords.items()]
    return f"{node.op}({', '.join(arguments + keywords)})"


def short(x: Any, most: int = 60) -> str:
    """Write a number, or an array: small ones with their numbers, large ones by their shape."""
    if isinstance(x, Node):
        x = x.data  # type: ignore[attr-defined]
    if x is None:
        return "none"
    if isinstance(x, float):
        return f"{x:.6g}"
    if isinstance(x, (tuple, list)) and len(x) <= 4:
        return f"({', '.join(short(part, most // 2) for part in x)})"
    if isinstance(x, slice):
        ends = ["" if end is None else str(end) for end in (x.start, x.stop)]
        return ":".join([*ends, str(x.step)] if x.step is not None else ends)
    if isinstance(x, np.ndarray):
        if x.size <= 6:
            text = np.array2string(x, precision=4, separator=", ").replace("\n", "")
            if len(text) <= most:
                return text
        size = "×".join(map(str, x.shape))
        told = x.size and x.dtype.kind in "fc" and most > 30
        spread = f" {np.mean(x):.4g} ± {np.std(x):.3g}" if told else ""
        return f"{x.dtype} {size}{spread}"
    text = repr(x)
    return text if len(text) <= most else text[: most - 1] + "…"


def has_gradient(node: Any) -> bool:
    """Say whether a derivative has reached a node and was kept."""
    return isinstance(node, Value) or node.grad is not None
