"""Names for the variables of a program: the user's own, and those of derivatives."""

from __future__ import annotations

import ast
import operator
from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd.program.instructions import (
    BINARY,
    UNARY,
    Instruction,
    Method,
    Variable,
)
from autograd.program.python_code import Names
from autograd.program.source.function import names_of_inputs, names_of_objects
from autograd.program.source.guards import PRIVATE
from autograd.program.source.shared import place_of
from autograd.program.source.statements import Origin, origin_of
from autograd.program.structure import identifier

_DIGITS = tuple("0123456789")

_SYMBOLS = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%",
    ast.Pow: "**", ast.MatMult: "@", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^",
    ast.LShift: "<<", ast.RShift: ">>", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.Eq: "==", ast.NotEq: "!=", ast.USub: "-", ast.UAdd: "+", ast.Invert: "~",
}  # fmt: skip


class Naming:
    """Gives names to variables when they are first written.

    Attributes
    ----------
    names : Names
        The names that are given.
    wanted : dict
        Names for those variables that mean something to the user. A derivative has, instead of a
        name, the variable that it belongs to.
    gradients : dict
        Like `Program.gradients`, with the conversions of derivatives.
    objects : dict
        By identity, the names of what the traced function refers to.
    """

    def __init__(self, names: Names) -> None:
        self.names = names
        self.wanted: dict[Variable, Any] = {}
        self.gradients: dict[Variable, tuple[Variable, ...]] = {}
        self.objects: dict[int, str] = {}
        self._temporaries = 0
        self._keys: dict[Any, str] = {}

    def look_at_inputs(self, program: Any) -> None:
        """Find names for the inputs of a program."""
        self.objects = names_of_objects(program.function)
        own = names_of_inputs(program)
        for x in program.inputs:
            name = own.get(x) if x.hint.endswith(_DIGITS) else None
            self.wanted.setdefault(x, identifier(name or x.hint or "x"))
        for load in program.loads:
            if load.variable is not None:
                self.wanted[load.variable] = self._of_node(load)

    def _of_node(self, place: Any) -> str:
        """Return a name for what is read from a node, or stored in it: a `Load` or a `Store`."""
        name = identifier(place.node.label or self.objects.get(id(place.node), "node"))
        return f"grad_{name}" if place.what == "grad" else name

    def of_constant(self, constant: Any, otherwise: str) -> str:
        """Return a name for an array that the function refers to."""
        return identifier(constant.hint or self.objects.get(id(constant.value), otherwise))

    def look_at(self, program: Any) -> None:
        """Find the names of what a program computes."""
        wanted = self.wanted
        for variable, name in _assigned(program):
            wanted.setdefault(variable, name)
        for item in program.items:
            for x in item.makes():
                if x.hint:
                    wanted.setdefault(x, identifier(x.hint))
        self.gradients |= program.gradients
        for item in program.items:
            for x in item.makes():
                if x not in wanted:
                    self._name_derivative(x)
        self._pass_on(program)

    def _name_derivative(self, x: Variable) -> None:
        """Name a derivative after what it belongs to, the inputs first."""
        for target in reversed(self.gradients.get(x, ())):
            if target in self.wanted:
                self.wanted[x] = target
                return

    def _pass_on(self, program: Any) -> None:
        """Let the last conversion of a derivative have its name."""
        wanted, gradients = self.wanted, self.gradients
        for item in program.items:
            x, y = next(item.uses(), None), item.result if isinstance(item, Instruction) else None
            if x not in gradients or not isinstance(y, Variable):
                continue
            adds_zero = item.function is operator.add and item.arguments[1:] == (0.0,)
            converts = adds_zero or item.function == Method("copy")
            if converts or item.function in (float, np.asarray, np.float64):
                if x in wanted and wanted.get(y, wanted[x]) == wanted[x]:
                    wanted[y] = wanted.pop(x)
                gradients.setdefault(y, gradients[x])

    def name(self, x: Variable) -> str:
        """Return the name of a variable, which gets one if it has none."""
        names = self.names
        if names.knows(x):
            return names.of(x)
        wanted = self.wanted.get(x)
        for target in reversed(self.gradients.get(x, ())):
            if wanted is None and names.knows(target):
                wanted = target
        if isinstance(wanted, Variable):
            wanted = f"d_{names.of(wanted)}" if names.knows(wanted) else None
        if wanted is None:
            self._temporaries += 1
            wanted = chr(PRIVATE + self._temporaries)
        return names.give(x, wanted)

    def key(self, store: Any, loads: Any) -> str:
        """Return what the new numbers of a node are called in the result: as the parameter."""
        for load in loads:
            if place_of(load) == place_of(store) and load.variable is not None:
                return self.name(load.variable)
        place = place_of(store)
        if place not in self._keys:
            self._keys[place] = self.names.new(self._of_node(store))
        return self._keys[place]

    def numbered(self, text: str) -> str:
        """Return the whole text with numbered temporaries: in it, each is a private character."""
        numbers: dict[int, str] = {}
        count = 0
        for character in text:
            if ord(character) > PRIVATE and ord(character) not in numbers:
                count += 1
                while f"t{count}" in self.names.taken or f"d_t{count}" in self.names.taken:
                    count += 1
                numbers[ord(character)] = f"t{count}"
        return text.translate(numbers)


def naming_of(program: Any) -> Naming:
    """Return the names of those variables of a program that mean something to the user."""
    naming = Naming(Names())
    naming.look_at_inputs(program)
    naming.look_at(program)
    return naming


def _assigned(program: Any) -> Iterator[tuple[Variable, str]]:
    """Yield the variables that the user has assigned to a name."""
    for origin, run in _runs(program):
        names = origin.names
        if isinstance(names, list):
            last = run[-1].result
            if isinstance(last, (tuple, list)) and len(last) == len(names):
                for part, name in zip(last, names, strict=True):
                    if name and isinstance(part, Variable):
                        yield part, name
            continue
        for item in _results_of(origin.expression, run):
            if isinstance(item.result, Variable):
                yield item.result, names


def _protects(item: Instruction) -> bool:
    """Return whether an item copies an array to keep it from later changes."""
    if item.function != Method("copy"):
        return False
    return item.arguments[1:] == ("K",) or item.keywords == {"order": "K"}


def _runs(program: Any) -> Iterator[tuple[Origin, list[Instruction]]]:
    """Yield assigned expressions with the instructions that compute each."""
    now: Origin | None = None
    run: list[Instruction] = []
    for item in program.items:
        if not isinstance(item, Instruction) or item.result is None or _protects(item):
            continue
        origin = origin_of(item.place)
        if origin is not now and run:
            assert now is not None
            yield now, run
            run = []
        now = origin
        if origin is not None and origin.names is not None:
            run.append(item)
    if run:
        assert now is not None
        yield now, run


def _results_of(expression: ast.AST, run: list[Instruction]) -> list[Instruction]:
    """Return the instructions whose results are the values of an expression, once per run."""
    if isinstance(expression, (ast.BinOp, ast.UnaryOp, ast.AugAssign)):
        symbol = _SYMBOLS.get(type(expression.op))
    elif isinstance(expression, ast.Compare):
        symbol = _SYMBOLS.get(type(expression.ops[-1]))
    elif isinstance(expression, ast.Call):
        name = getattr(expression.func, "attr", getattr(expression.func, "id", None))
        return [item for item in run if item.name == name] or run[-1:]
    else:
        return run[-1:]
    found = [
        item
        for item in run
        if len(item.arguments) == (1 if isinstance(expression, ast.UnaryOp) else 2)
        and symbol in (BINARY.get(item.function), UNARY.get(item.function))
    ]
    return found or run[-1:]
