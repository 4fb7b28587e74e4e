"""What makes the numbers of an interactive page live: its inputs can be changed there."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from autograd.drawing.chain import Step
from autograd.drawing.graph import CONSTANT, FREED, Graph, Item
from autograd.drawing.javascript import UnsupportedError, emit, flat
from autograd.drawing.live_program import LiveProgram, live_program
from autograd.drawing.local_derivative import derivative
from autograd.drawing.program_graph import is_backward
from autograd.drawing.step_by_step import Steps
from autograd.errors import AutogradError
from autograd.program.calling import in_words
from autograd.program.source.names import naming_of

#: Larger graphs cannot be changed in the page, nor larger leaves.
MOST_NODES, MOST_ELEMENTS = 1_000, 64

#: Formats that the page can write numbers in; it takes ".4g" for others.
FORMAT = re.compile(r"\.\d+[efg]")

#: Around the position of a number in a sentence, among the outputs of the program.
OPEN, CLOSE = "\ue000", "\ue001"


@dataclass(slots=True)
class Live:
    """What the page needs to compute with other inputs.

    Attributes
    ----------
    code : str
        The program in JavaScript; empty if there is none.
    data : dict
        Its inputs, what its outputs mean, and the sentences of the steps; or the reason why there
        is none.
    """

    code: str
    data: dict[str, Any]


def live(graph: Graph, steps: list[Step], number_format: str) -> Live:
    """Return what makes a graph live, or why its inputs are fixed."""
    try:
        _check(graph)
        found = live_program(graph, steps)
        emitted = emit(found.program)
    except UnsupportedError as reason:
        return _fixed(str(reason))
    except (AutogradError, ArithmeticError, ValueError, TypeError) as error:
        short = str(error).partition("\n")[0][:200].rstrip(".")
        return _fixed(short)
    data = {
        "format": number_format if FORMAT.fullmatch(number_format) else ".4g",
        "inputs": [_input(item) for item in found.inputs],
        "values": [item.number for item in found.values],
        "kinds": "".join(_kind(item.data) for item in found.values),
        "shapes": [_shape(item.data) for item in found.values]
        + [_shape(x) for step in steps for x in (step.local, step.product, step.after)],
        "sentences": _sentences(found, graph, number_format),
        "passing": {} if graph.is_program else _passing_rules(graph),
        "guards": [in_words(guard) for guard in emitted.guards],
    }
    if graph.program is not None:
        data |= _results(graph)
    return Live(emitted.code, data)


def _fixed(reason: str) -> Live:
    """Say why the inputs are fixed, and what the numbers are then."""
    sentence = f"The inputs cannot be changed here: {reason}. The numbers are those of Python."
    return Live("", {"reason": sentence})


def _results(graph: Graph) -> dict[str, Any]:
    """Return the number that a program computes, and its derivatives that it returns too.

    The page shows them beside finite differences of the number.
    """
    forward = [item for item in graph.roots if not is_backward(item)]
    if len(forward) != 1 or np.shape(forward[0].data) != () or _kind(forward[0].data) != "f":
        return {}
    belongs = naming_of(graph.program).wanted
    numbers = {item.node.variable: item.number for item in graph.items if not item.op}
    # A derivative that is put together from parts was last changed through one of them.
    derivatives = {
        numbers[belongs[item.node.variable.root]]: item.number
        for item in graph.roots
        if belongs.get(item.node.variable.root) in numbers
    }
    return {"end": forward[0].number, "derivatives": derivatives}


def _check(graph: Graph) -> None:
    """Refuse a graph whose numbers cannot be computed from its leaves."""
    if len(graph.items) > MOST_NODES:
        raise UnsupportedError(f"there are more than {MOST_NODES:,} nodes")
    if graph.is_program:
        return _check_program(graph)
    for item in graph.items:
        if item.missing:
            why = "backward() has freed" if item.missing == FREED else "the picture leaves out"
            raise UnsupportedError(f"{why} a part of the graph")
    leaves = [item for item in graph.items if not item.op and item.kind != CONSTANT]
    if not any(map(_is_editable, leaves)):
        raise UnsupportedError(f"no leaf has {MOST_ELEMENTS} or fewer numbers of type float64")
    for item in graph.items:
        if _has_condition(item.call) or _has_condition(item.node.keywords if item.op else ()):
            raise UnsupportedError(
                f"{item.name} = {item.op}(…) was given a condition, an array of bool, which the "
                "graph does not compute; draw the program of the function: draw(trace(f)(x), x)"
            )


def _check_program(graph: Graph) -> None:
    if graph.program is None:
        raise UnsupportedError("two programs are shown")
    inputs = [item for item in graph.items if not item.op]
    if any(hasattr(item.data, "kind") for item in inputs):
        raise UnsupportedError("the program is drawn without arguments, draw(program, x)")
    if not any(map(_is_editable, inputs)):
        raise UnsupportedError(f"no input has {MOST_ELEMENTS} or fewer numbers of type float64")


def _has_condition(x: Any) -> bool:
    if isinstance(x, dict):
        return _has_condition(tuple(x.values()))
    if isinstance(x, (tuple, list)):
        return any(map(_has_condition, x))
    return isinstance(x, (np.ndarray, np.bool_)) and x.dtype == bool


def _is_editable(item: Item) -> bool:
    data = item.data
    is_real = isinstance(data, float) or getattr(data, "dtype", None) == np.float64
    return is_real and 0 < np.size(data) <= MOST_ELEMENTS


def _input(item: Item) -> dict[str, Any]:
    data = np.asarray(item.data)
    return {
        "number": item.number,
        "shape": _shape(data),
        "values": [float(x) if np.isfinite(x) else repr(float(x)) for x in data.reshape(-1)],
        "editable": _is_editable(item),
    }


def _kind(x: Any) -> str:
    """Return "b" for booleans, "i" for integers and "f" for other numbers."""
    kind = "b" if isinstance(x, bool) else str(np.asarray(x).dtype.kind)
    return "i" if kind == "u" else kind


def _shape(x: Any) -> list[int]:
    return list(np.shape(x)) if x is not None else []


# -- what steps say, for any numbers -----------------------------------------------------------


@dataclass(frozen=True)
class _Output:
    """Stands for an output of the program in a step."""

    number: int


class _Sentences(Steps):
    """Steps whose numbers are outputs of the program."""

    passing: dict[int, list[int]]

    def number(self, x: Any) -> str:
        return f"{OPEN}{x.number}{CLOSE}" if isinstance(x, _Output) else super().number(x)

    def formula(self, step: Step) -> str:
        if step.local is not None and step.position in self.passing.get(step.item.number, ()):
            return self.number(step.local)
        return super().formula(step)


def _sentences(found: LiveProgram, graph: Graph, number_format: str) -> list[str]:
    """Return what each step says, with the positions of outputs in place of numbers."""
    if not found.steps:
        return []
    outputs = flat(found.program.output)
    first = len(found.values)
    known: dict[int, Any] = {}
    clones = []
    for number, step in enumerate(found.steps):
        at = first + 3 * number
        parent = step.parent.number
        incoming = known.get(step.item.number, step.incoming)
        local, product, after = (
            _Output(at + k) if hasattr(outputs[at + k], "shape") else recorded
            for k, recorded in enumerate((step.local, step.product, step.after))
        )
        before = known.get(parent, step.before)
        clones.append(
            replace(
                step, incoming=incoming, local=local, product=product, before=before, after=after
            )
        )
        known[parent] = after
    said = _Sentences(graph, clones, number_format)
    said.passing = _passing_rules(graph)
    return [said.sentence(step) for step in said]


def _passing_rules(graph: Graph) -> dict[int, list[int]]:
    """Return the positions of arguments whose rule is written for the numbers of the moment.

    Such as 1 for the derivative of |x|. Elsewhere the same text holds for other numbers.
    """
    found: dict[int, list[int]] = {}
    drawn = [_with_other_data(graph, signs) for signs in ("+", "-", "+-", "-+-++")]
    for item in graph.items:
        for position, argnum in enumerate(item.argnums):
            if not isinstance(item.call[argnum], Item):
                continue
            text = derivative(item, argnum)
            if any(derivative(others[item.number], argnum) != text for others in drawn):
                found.setdefault(item.number, []).append(position)
    return found


def _with_other_data(graph: Graph, signs: str) -> dict[int, Item]:
    """Return the same items with numbers of some signs."""
    found: dict[int, Item] = {}
    for number, item in enumerate(graph.items):
        call = tuple(found[a.number] if isinstance(a, Item) else a for a in item.call)
        data = item.data
        if isinstance(data, float):
            size = 0.37 + 0.11 * (number * 7 % 13)
            data = size if signs[number % len(signs)] == "+" else -size
        found[item.number] = replace(item, data=data, call=call)
    return found
