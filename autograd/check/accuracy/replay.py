"""Record a function again with better formulas in place of some operations."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from autograd.check.accuracy.matching import Match, matches
from autograd.check.analytic import RecordedCall
from autograd.debugging import Place, Trace
from autograd.engine import Node, Tensor, Value
from autograd.graph import contents


class Formula(NamedTuple):
    """A formula on a line, and the one to write instead."""

    place: Place | None
    found: str
    better: str


def everywhere(call: RecordedCall, formulas: Iterable[Formula]) -> dict[int, Match]:
    """Return where the lines of formulas compute them, by the id of the node.

    Parameters
    ----------
    call : RecordedCall
        The function.
    formulas : iterable of Formula
        The formulas to look for.
    """
    wanted = set(formulas)
    places = {formula.place for formula in wanted}
    found: dict[int, Match] = {}
    for node in call.graph.operations:
        if node.place in places:
            for match in matches(node):
                if Formula(node.place, match.found, match.better) in wanted:
                    found.setdefault(id(node), match)
    return found


def replayed(call: RecordedCall, replaced: Mapping[int, Match]) -> RecordedCall | None:
    """Return the call with formulas replaced; None if a better formula does not apply.

    Parameters
    ----------
    call : RecordedCall
        The function.
    replaced : mapping of int to Match
        The formulas, by the id of the node that they compute.
    """
    again = copy.copy(call)
    again.__dict__.pop("graph", None)
    again.leaves = call.function.objects()
    nodes: dict[int, Any] = {
        id(old): new for old, new in zip(call.leaves, again.leaves, strict=True)
    }

    def new(x: Any) -> Any:
        return nodes.get(id(x), x) if isinstance(x, Node) else x

    with _OnLine() as on_line, np.errstate(all="ignore"):
        for node in call.graph.operations:
            on_line.place = node.place
            match = replaced.get(id(node))
            try:
                if match is None:
                    made = node.primitive(*map(new, node.arguments), **node.keywords)
                else:
                    made = match.evaluate({name: new(x) for name, x in match.variables.items()})
                    made = _like(made, np.asarray(contents(node)))
            except (TypeError, ValueError, ArithmeticError, np.linalg.LinAlgError):
                return None
            if made is None:
                return None
            nodes[id(node)] = made
    again.outputs = [new(output) for output in call.outputs]
    return again


class _OnLine(Trace):
    """Record in every node the line of the operation that it stands for."""

    place: Place | None = None

    def made(self, node: Any) -> None:
        """Record the line."""
        node.place = self.place


def _like(made: Any, before: Any) -> Any:
    """Return a node with the type of the one that it replaces; None if the shapes differ."""
    if not isinstance(made, (Tensor, Value)) or np.shape(contents(made)) != before.shape:
        return None
    if isinstance(made, Tensor) and made.dtype != before.dtype:
        return made.astype(before.dtype)
    return made
