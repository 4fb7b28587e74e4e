"""The order of a graph, under the names used before `autograd.program`."""

from __future__ import annotations

from typing import Any

from autograd.engine import Node
from autograd.program import Program, current

__all__ = ["current", "nodes_below"]


def nodes_below(*roots: Node) -> list[Any]:
    """Return ``Program.of(*roots).nodes``."""
    return Program.of(*roots).nodes
