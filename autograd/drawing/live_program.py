"""The program of a drawn graph: every value, and every step of the chain rule, from its leaves."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.drawing.chain import Step
from autograd.drawing.graph import CONSTANT, Graph, Item
from autograd.drawing.javascript import knows, opened
from autograd.drawing.program_graph import shown_results
from autograd.engine import Tensor, Value
from autograd.engine import tracing as hooks
from autograd.graph import contents
from autograd.program import Program
from autograd.program.environment import Environment
from autograd.program.instructions import Instruction, Variable
from autograd.program.tracing import record


@dataclass(slots=True)
class LiveProgram:
    """What a graph computes from its leaves.

    Attributes
    ----------
    program : Program
        Its outputs are a flat list of numbers and arrays.
    inputs : list of Item
        The leaves that are its inputs, in order.
    values : list of Item
        What the first outputs are the values of. For each step follow its local derivative (if it
        has one), its product, and the derivative of its argument so far.
    steps : list of Step
        The steps.
    """

    program: Program
    inputs: list[Item]
    values: list[Item]
    steps: list[Step]


def live_program(graph: Graph, steps: list[Step]) -> LiveProgram:
    """Record the values of a graph and the steps of its backward pass as one program."""
    if graph.program is not None:
        return _all_values(graph)
    inputs = [item for item in graph.items if not item.op and item.kind != CONSTANT]
    values = [item for item in graph.items if item.op]

    def evaluate(*numbers: Any) -> Any:
        found = dict(zip((item.number for item in inputs), numbers, strict=True))
        for item in graph.items:
            if item.number not in found:
                found[item.number] = _value(item, found)
        return [found[item.number] for item in values], _backward(steps, found)

    numbers = tuple(contents(item.node) for item in inputs)
    with np.errstate(all="ignore"):
        recording = record(evaluate, numbers, {}, Environment(lambda: None), isolated=True)
        program = opened(recording.program, numbers, knows)
    return LiveProgram(program, inputs, values, steps)


def _all_values(graph: Graph) -> LiveProgram:
    """Return the program of a graph, with the values of all its variables as results."""
    program = graph.program
    inputs = [item for item in graph.items if not item.op]
    values = [item for item in graph.items if item.op and item.node.variable is not None]
    variables = [item.node.variable for item in inputs]
    items, results = _with_copies(program, variables)
    shown = program.with_items(items)
    shown.inputs = variables
    shown.output = results
    shown.loads, shown.stores = [], []
    with np.errstate(all="ignore"):
        shown = opened(shown, [item.data for item in inputs], knows)
    return LiveProgram(shown, inputs, values, [])


def _with_copies(program: Program, inputs: list[Variable]) -> tuple[list[Any], list[Variable]]:
    """Return what a program runs, and what holds the value of each variable that is shown.

    An array that is changed in place has several values: each is copied before the next change.
    """
    found = [item.writes for item in program.items if isinstance(item, Instruction)]
    written = {x.root for x in found if isinstance(x, Variable)}
    made = [x for item in program.items if isinstance(item, Instruction) for x in item.makes()]
    number = max((x.number for x in [*inputs, *made]), default=0)
    items: list[Any] = []
    results: list[Variable] = []
    for item in program.items:
        items.append(item)
        for x in shown_results(item) if isinstance(item, Instruction) else ():
            if x.root in written:
                number += 1
                kept = copy.copy(x)
                kept.number, kept.root = number, kept
                items.append(Instruction(np.copy, (x,), {}, kept))
                x = kept
            results.append(x)
    return items, results


def _value(item: Item, found: dict[int, Any]) -> Any:
    """Compute a node from the values of its arguments."""
    node = item.node
    if not item.op:
        return contents(node)
    given = hooks.here().with_followed(tuple(_plain(item, found)))
    value = hooks.here().call(node.primitive, given, node.keywords)
    if isinstance(node, Tensor) and getattr(value, "dtype", node.dtype).kind in "biu":
        return np.asarray(value).astype(node.dtype)
    return value


def _plain(item: Item, found: dict[int, Any]) -> list[Any]:
    return [found[a.number] if isinstance(a, Item) else a for a in item.call]


def _backward(steps: list[Step], found: dict[int, Any]) -> list[Any]:
    """Go through the steps with other numbers, and return those of each."""
    results: list[Any] = []
    so_far: dict[int, Any] = {}
    if steps:
        so_far[steps[0].item.number] = steps[0].incoming
    for step in steps:
        local, product = _derivative(step, so_far[step.item.number], found)
        before = so_far.get(step.parent.number)
        after = product if before is None else before + product
        so_far[step.parent.number] = after
        results.append([local, product, after])
    return results


def _derivative(step: Step, g: Any, found: dict[int, Any]) -> tuple[Any, Any]:
    """Return the local derivative, None if there is none, and its product with `g`."""
    item, node = step.item, step.item.node
    plain = _plain(item, found)
    y = found[item.number]
    primitive = node.primitive
    if isinstance(node, Value):
        local = primitive.slope(step.argnum, y, plain)
        return local, g * local
    local = None if step.local is None else primitive.slope(step.argnum, y, plain)
    product = primitive.pullback(step.argnum, g, y, plain, node.keywords)
    if isinstance(step.parent.node, Value):
        return local, product
    return local, np.reshape(product, np.shape(found[step.parent.number]))
