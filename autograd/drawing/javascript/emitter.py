"""Writing a program as a function of JavaScript.

Numbers and arrays without axes are numbers of JavaScript, other arrays flat arrays: their shapes
are known here. A part of an array that is changed in place makes a new array.
"""

from __future__ import annotations

import json
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.drawing.javascript import tables
from autograd.drawing.javascript.calls import pads_by_position, settings_of
from autograd.drawing.javascript.expressions import (
    KNOWN,
    UnsupportedError,
    expression,
    literal,
    unwrapped,
)
from autograd.drawing.javascript.fixed import with_fixed_values
from autograd.drawing.javascript.operands import (
    check_type,
    is_place,
    name_of,
    operand_kind,
    operand_shape,
    operand_size,
    unknown,
)
from autograd.program.instructions import (
    Constant,
    Guard,
    Instruction,
    Method,
    Variable,
    contents_of,
    dtype_of,
    shape_of,
    substituted,
)
from autograd.program.passes import SIMPLIFYING
from autograd.program.program import Program
from autograd.rules import reductions, softmax

#: The most positions in all tables, and the most instructions, that a page should carry.
MOST_POSITIONS, MOST_INSTRUCTIONS = 60_000, 8_000

#: Functions that make an array of one number.
_FILLED = {
    np.zeros: "0", np.ones: "1", np.empty: "0", np.zeros_like: "0", np.ones_like: "1",
    np.empty_like: "0",
}  # fmt: skip

#: Operators that change their first operand in place, and those that do not.
_INPLACE = {
    operator.iadd: operator.add, operator.isub: operator.sub, operator.imul: operator.mul,
    operator.itruediv: operator.truediv, operator.ipow: operator.pow,
}  # fmt: skip

#: How folds begin with another number.
_INITIAL = {
    "sum": "({0} + {1})", "product": "({0} * {1})", "greatest": "Math.max({0}, {1})",
    "least": "Math.min({0}, {1})",
}  # fmt: skip

#: Functions along an axis: their names in JavaScript, how many arrays they read, and the axis.
_BY_ROWS: dict[Any, tuple[str, int, Any]] = {
    unwrapped(softmax.softmax_of_array): ("softmax", 1, -1),
    unwrapped(softmax.softmax_vjp): ("softmax_vjp", 2, -1),
    unwrapped(softmax.log_softmax_of_array): ("log_softmax", 1, -1),
    unwrapped(softmax.log_softmax_vjp): ("log_softmax_vjp", 2, -1),
    unwrapped(reductions.product_without_self): ("product_without_self", 1, None),
    np.sort: ("sort", 1, -1),
    np.argsort: ("argsort", 1, -1),
    np.take_along_axis: ("take_along", 2, None),
}


def knows(kernel: Any) -> bool:
    """Return whether the page has a function of its own for a kernel."""
    return kernel in _BY_ROWS or kernel in KNOWN


@dataclass(slots=True)
class Emitted:
    """A function in JavaScript.

    Attributes
    ----------
    code : str
        An expression: a function from a list of numbers and flat arrays to ``{outputs}``, or
        ``{failed}`` with the number of the guard that does not hold.
    guards : list of Guard
        The guards, by their numbers.
    """

    code: str
    guards: list[Guard]


def emit(program: Program) -> Emitted:
    """Write a program as JavaScript.

    Raises
    ------
    UnsupportedError
        If it contains something that the page does not compute.
    """
    program = with_fixed_values(program)
    for simplify in SIMPLIFYING:
        program = simplify(program)
    return _Emitter(program).run()


class _Emitter:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.lines: list[str] = []
        self.fixed: list[str] = []
        self.guards: list[Guard] = []
        self.names: dict[Any, str] = {}
        self._tables: dict[str, str] = {}
        self._positions = 0
        #: Where the elements of a view are in the array whose memory it shares, and which views
        #: that array has changed under.
        self._places: dict[Variable, Any] = {}
        self._stale: set[Variable] = set()

    def run(self) -> Emitted:
        program = self.program
        if len(program.items) > MOST_INSTRUCTIONS:
            raise UnsupportedError(f"it takes {len(program.items):,} instructions")
        if program.loads or program.stores:
            raise UnsupportedError("it reads or changes nodes outside")
        for number, x in enumerate(program.inputs):
            check_type(x)
            self.names[x] = f"inputs[{number}]"
        for item in program.items:
            if isinstance(item, Guard):
                self._guard(item)
            else:
                self._instruction(item)
        outputs = ", ".join(map(self.operand, flat(program.output)))
        body = "\n".join([*self.lines, f"return {{ outputs: [{outputs}] }};"])
        fixed = "\n".join(self.fixed)
        return Emitted(
            f"(() => {{\n{fixed}\nreturn (inputs) => {{\n{body}\n}};\n}})()", self.guards
        )

    # -- operands -----------------------------------------------------------------------------

    def operand(self, x: Any) -> str:
        """Return what a number, an array or a variable is called."""
        if isinstance(x, Variable):
            if x in self._stale:
                self._gather(x, self.names[x.root], operand_size(x.root), self._places[x] + 1)
                self._stale.discard(x)
            return self.names[x]
        if isinstance(x, Constant):
            x = x.value
        if isinstance(x, np.ndarray):
            if x.dtype.kind not in "fbiu":
                raise UnsupportedError(f"it contains an array of type {x.dtype}")
            if x.shape == ():
                return literal(x[()])
            return self._fix(f"[{', '.join(map(literal, x.reshape(-1)))}]", x.size)
        if x is None:
            return "null"
        return literal(x)

    def table(self, positions: Any) -> str:
        """Return the name of a table."""
        return self._fix(json.dumps(positions.tolist(), separators=(",", ":")), positions.size)

    def _fix(self, text: str, size: int) -> str:
        if text not in self._tables:
            self._positions += size
            if self._positions > MOST_POSITIONS:
                raise UnsupportedError("the arrays of the graph are too large")
            self._tables[text] = name = f"t{len(self._tables)}"
            self.fixed.append(f"const {name} = {text};")
        return self._tables[text]

    def element(self, x: Any, shape: tuple[int, ...]) -> str:
        """Return the element ``i`` of an operand that is broadcast to a shape."""
        own = operand_shape(x)
        name = self.operand(x)
        if own == ():
            return name
        if own == shape:
            return f"{name}[i]"
        positions = np.broadcast_to(tables.counted(own, 0), shape).reshape(-1)
        if positions.size and not positions.any():
            return f"{name}[0]"
        return f"{name}[{self.table(positions)}[i]]"

    def flat(self, x: Any) -> str:
        """Return an operand as a flat array, even if it is a number."""
        return f"[{self.operand(x)}]" if operand_shape(x) == () else self.operand(x)

    def _define(self, x: Any, text: str) -> None:
        name = f"v{len(self.lines)}"
        self.lines.append(f"const {name} = {text};")
        self.names[x] = name

    def _each(self, result: Variable, element: str) -> None:
        """Define a result by the expression of its element ``i``, or of a number."""
        size = int(np.prod(result.shape))
        self._define(result, element if result.shape == () else f"each({size}, (i) => {element})")

    # -- guards -------------------------------------------------------------------------------

    def _guard(self, guard: Guard) -> None:
        if guard.convert in (shape_of, dtype_of):
            return  # fixed
        x, expected = self.operand(guard.variable), guard.expected
        if guard.convert is bool and operand_size(guard.variable) == 1:
            found = x if guard.variable.shape == () else f"{x}[0]"
            holds = f"Boolean({found}) === {'true' if expected else 'false'}"
        elif guard.convert in (int, float) and guard.variable.shape == ():
            holds = f"{x} === {literal(expected)}"
        elif guard.convert is contents_of:
            values = np.frombuffer(expected[2], expected[1]).reshape(expected[0])
            holds = f"same({self.flat(guard.variable)}, [{', '.join(map(literal, values.flat))}])"
        else:
            raise UnsupportedError(
                "A decision of Python depends on its numbers in a way the page cannot check"
            )
        self.lines.append(f"if (!({holds})) return {{ failed: {len(self.guards)} }};")
        self.guards.append(guard)

    # -- instructions -------------------------------------------------------------------------

    def _instruction(self, instruction: Instruction) -> None:
        for x in instruction.makes():
            check_type(x)
        if instruction.writes is not None:
            self._write(instruction)
            return
        if type(instruction.result) is not Variable:
            raise unknown(instruction)
        for attempt in (
            self._elementwise, self._copied, self._moved, self._joined, self._filled,
            self._folded, self._scanned, self._multiplied, self._by_rows,
        ):  # fmt: skip
            if attempt(instruction, instruction.result):
                return
        raise unknown(instruction)

    def _elementwise(self, instruction: Instruction, result: Variable) -> bool:
        if instruction.keywords:
            return False
        if instruction.function is operator.invert:
            if operand_kind(instruction.arguments[0]) != "b":
                return False
            found: Any = ("(1 - {0})", instruction.arguments)
        else:
            found = expression(instruction.function, instruction.arguments)
        if found is None:
            return False
        text, operands = found
        self._each(result, text.format(*(self.element(x, result.shape) for x in operands)))
        return True

    def _copied(self, instruction: Instruction, result: Variable) -> bool:
        function, x = instruction.function, instruction.arguments[0]
        if function == Method("astype") or function is np.astype:
            form = {"b": "({0} ? 1 : 0)", "i": "Math.trunc({0})", "f": "{0}"}[result.dtype.kind]
            self._each(result, form.format(self.element(x, result.shape)))
            return True
        if function not in tables.COPIES or not isinstance(x, (Variable, Constant)):
            return False
        text = self.operand(x)
        self._define(
            result, f"{text}[0]" if operand_shape(x) != () and result.shape == () else text
        )
        self._note_view(result, x, lambda numbers: numbers)
        return True

    def _moved(self, instruction: Instruction, result: Variable) -> bool:
        if instruction.function not in tables.MOVES:
            return False
        x, *rest = instruction.arguments
        if not tables.is_fixed(rest, instruction.keywords):
            if instruction.function is operator.getitem and is_place(x, rest[0]):
                self._each(result, f"{self.operand(x)}[{self._place(x, rest[0])}]")
                return True
            raise UnsupportedError(
                f"An index or setting of {name_of(instruction)} depends on the inputs"
            )
        if instruction.function is np.pad and not pads_by_position(instruction):
            raise unknown(instruction)
        rest = substituted(tuple(rest), lambda constant: constant.value)

        def move(numbers: Any) -> Any:
            return np.asarray(instruction.function(numbers, *rest, **instruction.keywords))

        self._gather(result, self.flat(x), operand_size(x), move(tables.counted(operand_shape(x))))
        self._note_view(result, x, move)
        return True

    def _place(self, x: Any, index: Variable) -> str:
        """Return where the element ``i`` of an array of places is along the only axis of x."""
        place = self.element(index, index.shape)
        return f"modulo({place}, {operand_size(x)})"

    def _note_view(self, result: Variable, x: Any, move: Callable[[Any], Any]) -> None:
        """Note where the elements of a view of a variable are."""
        if isinstance(x, Variable) and result.root is x.root and result is not x:
            own = tables.counted(x.shape, 0)
            self._places[result] = move(self._places.get(x, own)).reshape(result.shape)

    def _gather(self, result: Variable, source: str, size: int, positions: Any) -> None:
        """Define a result by the positions of its elements, counted from 1; 0 stands for zero."""
        flat = positions.reshape(-1) - 1
        if result.shape == ():
            self._define(result, f"{source}[{flat[0]}]" if flat[0] >= 0 else "0")
        elif flat.size == size and np.array_equal(flat, np.arange(size)):
            self._define(result, source)
        else:
            self._define(result, f"take({source}, {self.table(flat)})")

    def _joined(self, instruction: Instruction, result: Variable) -> bool:
        if instruction.function not in tables.JOINS:
            return False
        parts, *rest = instruction.arguments
        if instruction.function is np.append:
            parts, rest = (parts, rest[0]), rest[1:]
        numbers, first = [], 1
        for part in parts:
            numbers.append(tables.counted(operand_shape(part), first))
            first += operand_size(part)
        if instruction.function is np.append:
            positions = np.append(*numbers, *rest, **instruction.keywords)
        else:
            positions = instruction.function(tuple(numbers), *rest, **instruction.keywords)
        self._gather(result, f"join({', '.join(map(self.flat, parts))})", first - 1, positions)
        return True

    def _filled(self, instruction: Instruction, result: Variable) -> bool:
        function = instruction.function
        if function in _FILLED:
            value = _FILLED[function]
        elif function in (np.full, np.full_like):
            value = self.element(instruction.arguments[1], result.shape)
        else:
            return False
        self._each(result, value)
        return True

    def _folded(self, instruction: Instruction, result: Variable) -> bool:
        function = instruction.function
        if function not in tables.FOLDS:
            return False
        name = tables.FOLDS[function]
        x = instruction.arguments[0]
        is_ufunc = isinstance(getattr(function, "__self__", None), np.ufunc)
        settings = settings_of(instruction, is_ufunc)
        settings.pop("keepdims", None)
        settings.pop("dtype", None)
        axis = settings.pop("axis", 0 if is_ufunc else None)
        more = f", {literal(settings.pop('ddof', 0))}" if name in ("variance", "deviation") else ""
        form = "{0}"
        if "initial" in settings and name in _INITIAL:
            form = _INITIAL[name].format("{0}", self.operand(settings.pop("initial")))
        if settings or not tables.is_fixed(axis):
            raise unknown(instruction)
        positions = (
            tables.rows(operand_shape(x), axis) if operand_shape(x) else np.zeros((1, 1), int)
        )
        row = self.table(positions[0]) if result.shape == () else f"{self.table(positions)}[i]"
        self._each(result, form.format(f"{name}({self.flat(x)}, {row}{more})"))
        return True

    def _scanned(self, instruction: Instruction, result: Variable) -> bool:
        function = instruction.function
        if function not in tables.SCANS:
            return False
        is_ufunc = isinstance(getattr(function, "__self__", None), np.ufunc)
        settings = settings_of(instruction, is_ufunc)
        settings.pop("dtype", None)
        axis = settings.pop("axis", 0 if is_ufunc else None)
        x = instruction.arguments[0]
        if settings or operand_shape(x) == ():
            raise unknown(instruction)
        shape = operand_shape(x) if axis is not None else (operand_size(x),)
        along = tables.rows(shape, axis if axis is not None else 0)
        prefixes: list[Any] = [None] * operand_size(x)
        for row in along.tolist():
            for count, position in enumerate(row, 1):
                prefixes[position] = row[:count]
        table = self._fix(json.dumps(prefixes), sum(map(len, prefixes)))
        self._each(result, f"{tables.SCANS[function]}({self.operand(x)}, {table}[i])")
        return True

    def _multiplied(self, instruction: Instruction, result: Variable) -> bool:
        element = self._product(instruction, result.shape)
        if element:
            self._each(result, element)
        return bool(element)

    def _product(self, instruction: Instruction, shape: tuple[int, ...]) -> str:
        """Return the element ``i`` of a product of arrays; "" if it is none."""
        arguments = instruction.arguments
        operands = arguments[1:] if instruction.function is np.einsum else arguments[:2]
        if not set(map(type, operands)).isdisjoint((list, tuple, str, slice, type(None))):
            return ""
        shapes = list(map(operand_shape, operands))
        subscripts = tables.products(instruction.function, arguments, shapes)
        if not subscripts:
            return ""
        if not set(instruction.keywords) <= {"optimize", "out"}:
            raise unknown(instruction)
        factors = []
        for x, table in zip(operands, tables.terms(subscripts, shapes), strict=True):
            chosen = self.table(table[0] if shape == () else table)
            factors.append(f"{self.flat(x)}, {chosen}{'' if shape == () else '[i]'}")
        return f"products({', '.join(factors)})"

    def _by_rows(self, instruction: Instruction, result: Variable) -> bool:
        """Write a function along an axis."""
        function = instruction.function
        arrays = [x for x in instruction.arguments if isinstance(x, (Variable, Constant))]
        if function is unwrapped(reductions.softmax_of_sum):
            elements = [self.element(x, result.shape) for x in arrays]
            self._each(result, f"softmax_of_sum({', '.join(elements)})")
            return True
        if function not in _BY_ROWS:
            return False
        name, count, default = _BY_ROWS[function]
        settings = settings_of(instruction)
        axis = settings.get("axis", settings.get("axes", default))
        if not arrays or operand_shape(arrays[0]) == () or not tables.is_fixed(axis):
            raise unknown(instruction)
        operands = []
        for x in arrays[:count]:
            shape = operand_shape(x) if axis is not None else (operand_size(x),)
            rows = tables.rows(shape, 0 if axis is None else axis)
            operands.append(f"{self.table(rows)}, {self.operand(x)}")
        self._define(result, f"{name}({', '.join(operands)})")
        return True

    # -- changes in place -----------------------------------------------------------------------

    def _write(self, instruction: Instruction) -> None:
        x, function = instruction.writes, instruction.function
        if not isinstance(x, Variable):
            raise UnsupportedError("it changes a constant array in place")
        if x.root not in self.names or (x is not x.root and x not in self._places):
            raise UnsupportedError("an array is changed in place through a part of it")
        own = self._places.get(x, tables.counted(x.shape, 0))
        into = set(instruction.keywords) <= {"out"}
        found = (
            expression(_INPLACE.get(function, function), instruction.arguments) if into else None
        )
        if found is not None:
            operands = [self.element(each, x.shape) for each in found[1]]
            positions, how, element = own, "put", found[0].format(*operands)
        elif function is operator.setitem or function == np.add.at:
            how = "put" if function is operator.setitem else "add_at"
            _, index, value = instruction.arguments
            if not tables.is_fixed(index):
                if not is_place(x, index):
                    raise UnsupportedError("the elements that are assigned to depend on the inputs")
                self._write_at(x, how, own, index, value)
                return
            index = substituted(index, lambda constant: constant.value)
            positions = np.asarray(own[index])
            element = self.element(value, positions.shape)
        else:
            positions, how, element = own, "put", self._product(instruction, x.shape)
            if not element:
                raise unknown(instruction)
        values = f"each({positions.size}, (i) => {element})"
        self._change(x.root, how, self.table(positions.reshape(-1)), values)

    def _write_at(self, x: Variable, how: str, own: Any, index: Variable, value: Any) -> None:
        """Write to elements whose places the program computes."""
        size = operand_size(index)
        places = f"each({size}, (i) => {self.table(own)}[{self._place(x, index)}])"
        values = f"each({size}, (i) => {self.element(value, index.shape)})"
        self._change(x.root, how, places, values)

    def _change(self, root: Variable, how: str, places: str, values: str) -> None:
        self._define(root, f"{how}({self.operand(root)}, {places}, {values})")
        self._stale.update(view for view in self._places if view.root is root)


def flat(x: Any) -> list[Any]:
    """Return what is in nested lists and tuples, in order."""
    return [y for part in x for y in flat(part)] if isinstance(x, (list, tuple)) else [x]
