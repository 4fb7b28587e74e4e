"""The cost of a function: a table of its operations by scope."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd import tree
from autograd.drawing.columns import aligned, html_table
from autograd.drawing.numbers import bytes_of, seconds_of
from autograd.drawing.program_costs import ProgramSummary, program_summary
from autograd.engine import Node, Tensor, Value
from autograd.engine.derivatives import derivatives
from autograd.engine.objects import joined
from autograd.engine.observers import Observer
from autograd.errors import DataError
from autograd.graph import Graph
from autograd.program import Program

TITLES = ("scope", "operation", "calls", "shape", "parameters", "kept", "forward", "backward")

#: Stands for the scope of operations in none, beside others that are in one.
OUTSIDE = "(outside)"


@dataclass(slots=True)
class Row:
    """One kind of operation in one scope.

    Attributes
    ----------
    shape : tuple of int
        The shape of the result of the last call.
    parameters : int
        The number of elements of the leaves first used here, without the inputs.
    kept : int
        Bytes retained until `backward`.
    forward, backward : float
        Total seconds of all calls.
    """

    scope: str
    operation: str
    calls: int = 0
    shape: tuple[int, ...] = ()
    parameters: int = 0
    kept: int = 0
    forward: float = 0.0
    backward: float = 0.0


@dataclass(slots=True)
class Summary:
    """A table of operations by scope, for ``print`` and Jupyter.

    Attributes
    ----------
    rows : list of Row
        One for each operation in each scope, in order of first use.

    Examples
    --------
    >>> from autograd import Value, summary
    >>> summary(lambda x: x * x, Value(2.0)).rows[0].operation
    'multiply'
    """

    rows: list[Row]

    @property
    def total(self) -> Row:
        """The sums over all rows."""
        total = Row("total", "")
        for row in self.rows:
            total.calls += row.calls
            total.parameters += row.parameters
            total.kept += row.kept
            total.forward += row.forward
            total.backward += row.backward
        return total

    def _cells(self) -> list[tuple[str, ...]]:
        cells: list[tuple[str, ...]] = []
        before = None
        scoped = any(row.scope for row in self.rows)
        for row in [*self.rows, self.total]:
            scope = row.scope or (OUTSIDE if scoped else "")
            cells.append(
                (
                    scope if scope != before else "",
                    row.operation,
                    f"{row.calls:,}",
                    "×".join(map(str, row.shape)),
                    f"{row.parameters:,}" if row.parameters else "",
                    bytes_of(row.kept),
                    seconds_of(row.forward),
                    seconds_of(row.backward),
                )
            )
            before = scope
        return cells

    def __str__(self) -> str:
        lines = aligned([TITLES, *self._cells()], 2)
        rule = "─" * max(map(len, lines))
        return "\n".join([lines[0], rule, *lines[1:-1], rule, lines[-1]])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return html_table(TITLES, self._cells())


@dataclass(slots=True)
class _Rows:
    """The rows by scope and operation, in order of first use."""

    found: dict[tuple[str, Any], Row] = field(default_factory=dict)

    def of(self, node: Any) -> Row:
        key = node.scope, node.primitive
        if key not in self.found:
            self.found[key] = Row(node.scope, node.op)
        return self.found[key]


class _Clock(Observer):
    """Adds the time since the last event to the row of a node."""

    def __init__(self, rows: _Rows) -> None:
        self.rows = rows
        self.last = 0.0

    def __enter__(self) -> _Clock:
        self.watch()
        self.last = time.perf_counter()
        return self

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        self.leave()

    def made(self, node: Any) -> None:
        """Add to the time of the forward pass."""
        self.rows.of(node).forward += time.perf_counter() - self.last
        self.last = time.perf_counter()

    def pulled(self, node: Any, argnum: int, cotangent: Any) -> None:
        """Add to the time of the backward pass."""
        self.rows.of(node).backward += time.perf_counter() - self.last
        self.last = time.perf_counter()


def summary(
    function: Callable[..., Any] | Program, *inputs: Any, repeats: int = 3
) -> Summary | ProgramSummary:
    """Measure the cost of each operation of a function or module, forward and backward.

    Parameters
    ----------
    function : callable
        A function of numbers and arrays, or a module of `nn`. Its results may have any shape.
        No ``grad`` is written. Of a `Program`, each instruction is measured.
    *inputs : any
        Its arguments. Floats and arrays become leaves, unless the function has parameters of
        its own; nodes are used as they are.
    repeats : int
        The number of timed runs, after one that is not; the shortest times are reported.

    Returns
    -------
    Summary
        Rows of scope, operation, calls, shape of the result, parameters, bytes retained until
        `backward`, and seconds. Times include the Python code between operations. For a program a
        `ProgramSummary`: time and memory of each instruction, as recorded and after the passes.

    Raises
    ------
    DataError
        If the function returns no node.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import Tensor, summary
    >>> w = Tensor(np.ones((3, 4)))
    >>> table = summary(lambda x: np.tanh(x @ w).sum(), np.ones((50, 3)))
    >>> [(row.operation, row.shape, row.parameters, row.kept) for row in table.rows]
    [('matmul', (50, 4), 12, 1600), ('tanh', (50, 4), 0, 1600), ('sum', (), 0, 8)]
    """
    if isinstance(function, Program):
        return program_summary(function, inputs, max(1, repeats))
    if not hasattr(function, "parameters"):
        inputs = tuple(tree.mapped(each, _as_leaf) for each in inputs)
    given = {id(leaf) for each in inputs for leaf in tree.flat(each)}
    _run(function, inputs, given)  # without counting its times: it fills caches
    best: dict[tuple[str, Any], Row] = {}
    for _ in range(max(1, repeats)):
        run = _run(function, inputs, given)
        for key, row in run.items():
            before = best.get(key, row)
            row.forward = min(row.forward, before.forward)
            row.backward = min(row.backward, before.backward)
        best = run
    return Summary(list(best.values()))


def _as_leaf(x: Any) -> Any:
    if isinstance(x, float):
        return Value(x)
    if isinstance(x, (np.ndarray, np.generic)) and x.dtype.kind in "fc":
        return Tensor(np.asarray(x))
    return x


def _run(
    function: Callable[..., Any], inputs: tuple[Any, ...], given: set[int]
) -> dict[tuple[str, Any], Row]:
    rows = _Rows()
    with _Clock(rows):
        result = tree.mapped(function(*inputs), joined)
    ends = [end for end in tree.flat(result) if isinstance(end, Node)]
    if not ends:
        raise DataError(
            f"{getattr(function, '__name__', 'The function')} returned no node, so there is "
            "nothing to measure. Pass it floats, arrays of floats, or nodes."
        )
    graph = Graph.of(*ends)
    _measure(rows, graph, given)
    for end in graph.outputs:
        _time_backward(rows, end, graph)
    return rows.found


def _measure(rows: _Rows, graph: Graph, given: set[int]) -> None:
    """Count calls, parameters, and the memory that the graph retains."""
    seen = {_buffer(leaf.data) for leaf in graph.leaves if isinstance(leaf, Tensor)}
    counted = set(given)
    for node in graph.operations:
        row = rows.of(node)
        row.calls += 1
        row.shape = tuple(node.shape)
        if isinstance(node, Value):
            row.kept += sys.getsizeof(node)
        arrays = [node.data, *node.arguments] if isinstance(node, Tensor) else []
        for array in arrays:
            if isinstance(array, np.ndarray) and _buffer(array) not in seen:
                seen.add(_buffer(array))
                row.kept += array.nbytes
        for parent in node.parents:
            wanted = parent.primitive is None and getattr(parent, "requires_grad", True)
            if wanted and id(parent) not in counted:
                counted.add(id(parent))
                row.parameters += parent.size


def _buffer(array: Any) -> int:
    """Identify the memory of an array, which its views share."""
    while isinstance(getattr(array, "base", None), np.ndarray):
        array = array.base
    return id(array)


def _time_backward(rows: _Rows, end: Any, graph: Graph) -> None:
    if isinstance(end, Tensor) and not end.requires_grad:
        return
    seed = np.ones(end.shape, end.dtype) if isinstance(end, Tensor) else 1.0
    with _Clock(rows) as clock:
        begun = clock.last
        derivatives(end, seed, graph.leaves, True, False)
        finished = time.perf_counter()
    # No observer sees the loop over Values; its steps all take about the same time.
    values = [node for node in graph.operations if isinstance(node, Value)]
    if isinstance(end, Value):
        clock.last = begun
    for node in values:
        rows.of(node).backward += (finished - clock.last) / len(values)
