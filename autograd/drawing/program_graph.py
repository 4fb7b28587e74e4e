"""A program as it is drawn: one `Item` for each input and each instruction."""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np

from autograd.debugging import name_of_file
from autograd.drawing.graph import (
    DIFFERENT,
    GUARD,
    LEAF,
    OUTPUT,
    PARAMETER,
    RESULT,
    Graph,
    Item,
    clean,
    graph_of,
)
from autograd.engine import Node
from autograd.errors import DataError
from autograd.graph import Graph as RecordedGraph
from autograd.program.calling import in_words, inputs_of
from autograd.program.comparison import Comparison
from autograd.program.instructions import (
    BINARY,
    INPLACE,
    UNARY,
    Attribute,
    Constant,
    Guard,
    Instruction,
    Method,
    Variable,
    substituted,
)
from autograd.program.interpreting import Listing, Run, variables_of
from autograd.program.jit import Jitted
from autograd.program.naming import function_name
from autograd.program.program import Program
from autograd.program.python_code import Names
from autograd.program.source.names import naming_of
from autograd.program.source.tidy import tidied

#: Signs that say more than the names of functions.
SIGNS: dict[Any, str] = {
    **BINARY, **INPLACE, **UNARY,
    operator.mul: "×", operator.truediv: "÷", operator.sub: "−", operator.neg: "−",
    operator.getitem: "[ ]", operator.setitem: "[ ] =",
    np.sum: "Σ", np.add.reduce: "Σ", Method("sum"): "Σ",
    np.transpose: "ᵀ", Method("transpose"): "ᵀ", Attribute("T"): "ᵀ",
    np.exp: "eˣ", math.exp: "eˣ", np.square: "x²", np.sqrt: "√", math.sqrt: "√",
    np.absolute: "|x|", abs: "|x|",
}  # fmt: skip

#: The scope in which the instructions of backward passes are drawn.
BACKWARD = "backward"


def is_backward(item: Item) -> bool:
    """Return whether an item belongs to a backward pass; not if the whole program does."""
    return item.scope.split(".")[0] == BACKWARD


class Unknown:
    """Numbers that a program will compute when it runs.

    Attributes
    ----------
    kind : str
        Their type and shape.
    size : int
        How many there are.
    """

    __slots__ = ("kind", "size")

    def __init__(self, variable: Variable) -> None:
        shape = "×".join(map(str, variable.shape)) or "()"
        self.kind = f"{variable.dtype} {shape}" if variable.is_array else variable.kind.__name__
        self.size = math.prod(variable.shape)

    def __repr__(self) -> str:
        return self.kind


class Recorded:
    """What stands for a node in the item of a program.

    Attributes
    ----------
    label : str
        A name from the user's code.
    scope : str
        The scope.
    place : str
        File and line.
    writes : bool
        Whether an instruction changes an array in place.
    variable : Variable or None
        What the item shows the value of.
    """

    primitive = None
    entry = 0
    variable: Any = None

    def __init__(self, label: str, scope: str = "", place: Any = None) -> None:
        self.label = label
        self.scope = scope
        self.place = "" if place is None else f"{name_of_file(place[0])}:{place[1]}"
        self.writes = False

    @property
    def _notes(self) -> Recorded:
        return self


class Drawing:
    """Turns the instructions of a program into items.

    Attributes
    ----------
    items : list of Item
        Inputs and instructions so far.
    """

    def __init__(self, program: Program, first: int = 1, scope: str = "") -> None:
        self.program = program
        self.items: list[Item] = []
        self.listing = Listing()
        self.scope = scope
        self._next = first
        self._item_of: dict[Any, Item] = {}
        self._names: dict[str, int] = {}
        self._written = {
            i.writes.root for i in program.instructions if isinstance(i.writes, Variable)
        }
        self._labels = _labels(program, self.listing.names)
        self._has_both = any(item.backward for item in program.items) and not all(
            item.backward for item in program.items
        )

    def run(self, values: Any = None, marked: Any = ()) -> list[Item]:
        """Add all items; `values` yields each instruction when it has run."""
        program = self.program
        nodes = {load.variable: load for load in program.loads if load.variable is not None}
        inputs = [*program.inputs, *nodes]
        for x in inputs:
            is_parameter = x in nodes and getattr(nodes[x].node, "is_parameter", False)
            self._add(x, PARAMETER if is_parameter else LEAF, "", Recorded(self._labels[x]))
            if values is not None:
                self._item_of[x].data = self._kept(x, values.values[x])
        for item, _ in values.steps() if values is not None else ((i, ()) for i in program.items):
            kind = DIFFERENT if item in marked else RESULT
            if isinstance(item, Guard):
                self._guard(item, kind)
            else:
                self._instruction(item, kind, values)
        return self._roots()

    # -- items ------------------------------------------------------------------------------

    def _add(self, x: Any, kind: str, op: str, node: Recorded, text: str = "") -> Item:
        name = self.listing.names.of(x)
        shown = self._names[name] = self._names.get(name, 0) + 1
        name = f"{name} ({shown})" if shown > 1 else name
        item = Item(self._next, node, clean(name), kind, op, Unknown(x), None, formula=text)
        item.scope = self._scope_of(node)
        node.variable = x
        self._next += 1
        self.items.append(item)
        self._item_of[x] = item
        return item

    def _scope_of(self, node: Recorded) -> str:
        return ".".join(part for part in (self.scope, node.scope) if part)

    def _node(self, item: Any, label: str) -> Recorded:
        inside = BACKWARD if item.backward and self._has_both else ""
        scope = ".".join(part for part in (inside, item.scope) if part)
        return Recorded(label, scope, item.place)

    def _instruction(self, instruction: Instruction, kind: str, values: Any) -> None:
        writer = self.listing.writer
        if instruction.writes is None:
            text = writer.expression(instruction).text
        else:
            text = writer.statement(instruction)
        operands = [self._operand(x) for x in variables_of(instruction)]
        operands += [x for x in instruction.arguments if _is_number(x)]
        for x in shown_results(instruction):
            node = self._node(instruction, self._labels.get(x, ""))
            node.writes = instruction.writes is not None
            item = self._add(x, kind, _sign(instruction), node, text)
            item.take(tuple(operands))
            item.argnums = tuple(range(len(operands)))
            if values is not None:
                item.data = self._kept(x, values.values[x])
            if x is instruction.writes:
                self._changed(x, item)

    def _kept(self, x: Variable, value: Any) -> Any:
        """Return what a variable holds now, though it may change later."""
        changes = isinstance(value, np.ndarray) and x.root in self._written
        return value.copy() if changes else value

    def _changed(self, written: Variable, item: Item) -> None:
        """Let what shares the memory of a variable come from its assignment from now on."""
        for other in list(self._item_of):
            if isinstance(other, Variable) and other.root is written.root:
                self._item_of[other] = item

    def _guard(self, guard: Guard, kind: str) -> None:
        text = self.listing.line(guard).removeprefix("assert ")
        node = self._node(guard, in_words(guard))
        item = Item(self._next, node, clean(in_words(guard)), GUARD, "if", None, None, formula=text)
        item.kind = GUARD if kind == RESULT else kind
        item.scope = self._scope_of(node)
        item.take((self._operand(guard.variable),))
        item.argnums = (0,)
        self._next += 1
        self.items.append(item)

    def _operand(self, x: Any) -> Any:
        if isinstance(x, Constant):
            return x.value
        return self._item_of[x]

    def _roots(self) -> list[Item]:
        found: dict[int, Item] = {}
        outputs: list[Any] = []
        substituted(self.program.output, outputs.append)
        outputs += [store.value for store in self.program.stores]
        for x in outputs:
            if isinstance(x, Variable):
                item = self._item_of[x]
                item.kind = OUTPUT if item.kind == RESULT else item.kind
                found[item.number] = item
        for store in self.program.stores:
            if isinstance(store.value, Variable):
                self._item_of[store.value].settings = f"→ {store.node.label or 'node'}.{store.what}"
        return list(found.values())


def shown_results(instruction: Instruction) -> list[Variable]:
    """Return the variables whose values are shown of an instruction: what it changes and makes."""
    return [
        x
        for x in (instruction.writes, *instruction.makes())
        if x is not None and not isinstance(x, Constant)
    ]


def program_graph(program: Program, arguments: tuple[Any, ...], run: bool = False) -> Graph:
    """Return the graph of a program, with numbers if it is run with arguments."""
    program = tidied(program)
    drawing = Drawing(program)
    values = Run(program, inputs_of(program, arguments, {})) if arguments or run else None
    roots = drawing.run(values)
    return Graph(drawing.items, roots, is_program=True, program=program)


def graph_of_any(*subjects: Any, depth: int | None = None) -> Graph:
    """Return the graph of nodes, of a program and its arguments, or of two programs."""
    if subjects and isinstance(subjects[0], Program):
        return program_graph(subjects[0], subjects[1:])
    if len(subjects) == 1 and isinstance(subjects[0], Comparison):
        return comparison_graph(subjects[0])
    check_nodes(*subjects)
    return graph_of(*subjects, depth=depth)


def check_nodes(*subjects: Any) -> None:
    """Refuse what has no graph, and say what to draw instead.

    Raises
    ------
    DataError
        If one is neither a node nor holds the graph of one.
    """
    for x in subjects:
        if isinstance(x, Node) or isinstance(getattr(x, "graph", None), RecordedGraph):
            continue
        if isinstance(x, Program):
            advice = "a program comes first, and then its arguments: draw(program, x)"
        elif isinstance(x, Jitted):
            advice = (
                "a jitted function has a program for each branch and kind of argument, once it "
                "was called: draw(f.programs[0], x)"
            )
        elif callable(x):
            advice = (
                "of a function draw what it returns for a Value or a Tensor, draw(f(x)), or its "
                "program, draw(trace(f)(x), x)"
            )
        else:
            advice = "it was computed from plain numbers; make an input a Value or a Tensor"
        raise DataError(
            f"A graph ends in a Value or a Tensor, not in {type(x).__name__}: {advice}."
        )


def comparison_graph(comparison: Comparison) -> Graph:
    """Return the graph of two programs side by side, with what differs marked."""
    marked = {
        item
        for pair in comparison.pairs
        if not pair.equal
        for item in (pair.first, pair.second)
        if item is not None
    }
    items: list[Item] = []
    roots: list[Item] = []
    for number, program in enumerate(comparison.programs, 1):
        scope = f"{number} {clean(function_name(program.name))}".replace(".", "_")
        drawing = Drawing(program, len(items) + 1, scope)
        roots += drawing.run(None, marked)
        for item in drawing.items:
            item.scope = item.scope or drawing.scope
        items += drawing.items
    return Graph(items, roots, is_program=True)


def _labels(program: Program, names: Names) -> dict[Any, str]:
    """Give variables their names in the user's code, and return these."""
    found: dict[Any, str] = {}
    for x, wanted in naming_of(program).wanted.items():
        found[x] = names.give(x, wanted if type(wanted) is str else f"d_{names.of(wanted)}")
    return found


def _sign(instruction: Instruction) -> str:
    return SIGNS.get(instruction.function) or instruction.name


def _is_number(x: Any) -> bool:
    return isinstance(x, (float, complex, np.generic)) or type(x) is int
