"""A whole program as one function of C that needs nothing but the C library."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from autograd.errors import SourceError
from autograd.program.backends.c import statements
from autograd.program.backends.c.copies import copied_element
from autograd.program.backends.c.dtypes import FLOATS, TYPES, has_type, stored_type
from autograd.program.backends.c.floats import error_condition
from autograd.program.backends.c.loops import NestWriter
from autograd.program.backends.c.lowering import lowered
from autograd.program.backends.c.memory import Memory
from autograd.program.backends.c.nests import ACCUMULATED, nests_of
from autograd.program.backends.c.numbers import literal
from autograd.program.backends.c.own import is_array, own_call
from autograd.program.backends.c.places import (
    Place,
    contiguous,
    place_of,
    squeeze,
    static_view,
)
from autograd.program.backends.c.steps import View
from autograd.program.instructions import (
    BINARY,
    INPLACE,
    Constant,
    Guard,
    Instruction,
    Variable,
)
from autograd.program.passes.buffers import is_c_contiguous
from autograd.program.passes.effects import operands, reads
from autograd.program.ufuncs import UFUNCS

#: What the function returns if an index is out of range; guards are counted from 1.
OUT_OF_RANGE = -1

#: What it returns if Python raises an error, as for 1 / 0, or computes a complex number.
PYTHON_ERROR = -2

#: Operators that change their first operand, as those that do not.
_PLAIN: dict[Any, Any] = {
    inplace: plain
    for inplace, sign in INPLACE.items()
    for plain, symbol in BINARY.items()
    if sign == f"{symbol}="
}
#: Functions that look only at the shape and the type of an array.
_LIKE = (np.zeros_like, np.ones_like, np.empty_like)
_PRODUCTS = (operator.matmul, np.matmul, np.dot)


class Whole:
    """Writes the statements of a program.

    Attributes
    ----------
    functions : list of str
        The functions that it calls.
    lines : list of str
        The statements.
    memory : Memory
        Where variables and constants lie.
    """

    def __init__(self, program: Any, name: str, memory: Memory) -> None:
        self.program = program
        self.name = name
        self.memory = memory
        self.functions: list[str] = []
        self.lines: list[str] = []
        self._views: dict[Any, Place] = dict(memory.places)
        self._block: list[Any] = []
        self._positions: set[int] = set()
        self._guards = 0
        #: The instructions in the block for which Python may raise an error.
        self._checked: list[Instruction] = []
        #: For whose memory it is, the positions of the items that read it.
        self._readers: dict[Any, set[int]] = {}

    def write(self) -> None:
        """Write all items, and the copies of results to where they belong."""
        items = self.program.items
        for position, item in enumerate(items):
            lowered(item, self._views)
            changed = [] if item.writes is None else [item.writes]
            for x in (*reads(item), *changed):
                self._readers.setdefault(root_of(x, self._views), set()).add(position)
        for position, item in enumerate(items):
            if isinstance(item, Instruction) and self._may_raise(item):
                for x in (item.result, *reads(item)):
                    self._readers.setdefault(root_of(x, self._views), set()).add(-1 - position)
        for x in self.memory.leaving:
            self._readers.setdefault(root_of(x, self._views), set()).add(len(items))
        for position, item in enumerate(items):
            if isinstance(item, Guard):
                self._guard(item)
            else:
                self._instruction(position, item)
        self._flush()
        for x, name in self.memory.outputs:
            if self.memory.names.get(x) != name:
                self._output(x, name)

    def _output(self, x: Any, name: str) -> None:
        """Copy a result to where the caller wants it."""
        place = place_of(x, self._views)
        number = self.memory.numbers.get(x)
        if number is not None:
            self.lines.append(f"*{name} = {number};")
            return
        target = Variable(-1, np.empty(place.shape, stored_type(x)))
        self.memory.names[target] = name
        self.lines += statements.assignment(place_of(target, {}), place, self.memory.name)

    def _instruction(self, position: int, item: Instruction) -> None:
        step = lowered(item, self._views)
        if isinstance(step, View):
            return
        if step is not None:
            self._block.append(step)
            self._positions.add(position)
            if self._may_raise(item):
                self._checked.append(item)
            return
        self._flush()
        text = self._statement(item)
        if text is None:
            raise self._refusal(item)
        if text:
            self.lines += ["{", *("    " + line for line in text), "}"]

    def _refusal(self, item: Any) -> SourceError:
        where = f" at {item.place[0]}, line {item.place[1]}" if item.place else ""
        types = [str(stored_type(x)) for x in operands(item.arguments) if hasattr(x, "shape")]
        of = f" of {', '.join(types)}" if types else ""
        return SourceError(
            f"{item.name}{of}{where} cannot be written as C. Write it with elementwise functions, "
            "sums, maxima, indexing and matrix products, or save a module of NumPy: a path that "
            "ends in .py. For a function of your own, write c=."
        )

    def _flush(self) -> None:
        """Write the steps that wait as nests of loops."""
        block, positions = self._block, self._positions
        self._block, self._positions = [], set()
        nests = nests_of(block)
        maker = {x: nest for nest in nests for x in nest.levels}
        for step in block:
            x = step.result
            if maker[x].levels[x] == ACCUMULATED or not self._readers.get(x, set()) <= positions:
                self.memory.name(x)
            for place in step.places:
                base = place.base if isinstance(place, Place) else None
                is_own = base is None or maker.get(base) is maker[x]
                if not is_own and base not in self.memory.numbers:
                    self.memory.name(base)
        for nest in nests:
            name = f"{self.name}_part_{len(self.functions)}"
            writer = NestWriter(nest, name, self.memory.names, self.memory.numbers)
            self.functions.append(writer.text())
            tiles = self.memory.tiles(writer.plan.tiles, writer.plan.width)
            self.lines.append(writer.call(tiles))
        checked, self._checked = self._checked, []
        for item in checked:
            self._check(item)

    def _may_raise(self, item: Instruction) -> bool:
        """Return whether Python raises an error for some numbers; C returns infinity or NaN.

        So do Values, and derivatives.
        """
        if item.writes is not None or item.primitive is not None or item.backward:
            return False
        return error_condition(item, "0", ["0"] * len(item.arguments)) is not None

    def _check(self, item: Instruction) -> None:
        """Return from the function where Python raises an error."""
        operands = [self._number(x) for x in item.arguments]
        condition = error_condition(item, self._number(item.result), operands)
        self.lines.append(f"if ({condition}) return {PYTHON_ERROR};")

    def _number(self, x: Any) -> str:
        """Return a number as an expression."""
        if not isinstance(x, (Variable, Constant)):
            return literal(float(x), np.dtype(np.float64))
        place = place_of(x, self._views)
        base = place.base if isinstance(place, Place) else x
        known = self.memory.numbers.get(base)
        return known or f"{self.memory.name(base)}[{getattr(place, 'offset', 0)}]"

    def _guard(self, guard: Guard) -> None:
        """Return another number if a guard does not hold."""
        self._guards += 1
        x, expected = guard.variable, guard.expected
        self._flush()
        place = place_of(x, self._views)
        if not isinstance(place, Place) or place.shape or not has_type(x):
            raise self._refusal_of_guard(guard)
        base = place.base
        text = self.memory.numbers.get(base) or f"{self.memory.name(base)}[{place.offset}]"
        if guard.convert is bool:
            condition = f"({text} != 0) == {int(expected)}"
        elif guard.convert is float and expected == expected:
            condition = f"{text} == {literal(expected, np.dtype(np.float64))}"
        elif guard.convert in (int, operator.index) and abs(expected) < 1 << 53:
            number = literal(expected, np.dtype(np.float64))
            condition = f"trunc((double){text}) == {number}"
        else:
            raise self._refusal_of_guard(guard)
        self.lines.append(f"if (!({condition})) return {self._guards};")

    def _refusal_of_guard(self, guard: Guard) -> SourceError:
        where = f" at {guard.place[0]}, line {guard.place[1]}," if guard.place else ""
        return SourceError(
            f"The decision{where} depends on {guard.variable!r}, which cannot be written as C."
        )

    # -- statements ----------------------------------------------------------------------------

    def _statement(self, item: Instruction) -> list[str] | None:
        """Return an instruction that is not a step; None if C has no text for it."""
        function, arguments, result = item.function, item.arguments, item.result
        names = self.memory.name
        if item.writes is not None:
            return self._writing(item)
        if item.in_c is not None:
            return self._own(item)
        if not isinstance(result, Variable) or not has_type(result):
            return None
        if result.is_array and (function in _LIKE or not operands((arguments, item.keywords))):
            return self._new(item)
        if function is np.full and not operands(arguments[:1]):
            return self._copied(place_of(result, {}), arguments[1])
        places = [
            place_of(x, self._views) for x in arguments if isinstance(x, (Variable, Constant))
        ]
        if None in places:
            return None
        if function in _PRODUCTS and len(places) == 2 and not item.keywords:
            types = {stored_type(x) for x in arguments} | {stored_type(result)}
            is_product = function is not np.dot or all(0 < len(x.shape) < 3 for x in places)
            in_order = is_c_contiguous(result) if result.shape else True
            if len(types) == 1 and is_product and in_order and types <= set(FLOATS):
                return statements.product(result, places[0], places[1], names)
            return None
        if function is np.concatenate and isinstance(arguments[0], (tuple, list)):
            return self._joined(item)
        if function is operator.getitem:
            chosen = self._chosen(arguments)
            if chosen is None:
                return None
            base, indices = chosen
            target = place_of(result, {})
            return statements.indexed(
                base,
                indices,
                lambda at, k: f"{statements.element(target, k, names(result))} = {at};",
                names,
                OUT_OF_RANGE,
            )
        return None

    def _own(self, item: Instruction) -> list[str] | None:
        """Return the call of a function that the user has written in C."""
        own = own_call(item)
        if own is None:
            return None
        given = []
        for x in own.operands:
            place = place_of(x, self._views)
            if not isinstance(place, Place):
                return None
            if is_array(x):
                given.append(self._elements(place))
            else:
                number = self.memory.numbers.get(place.base)
                given.append(number or f"{self.memory.name(place.base)}[{place.offset}]")
        if own.body not in self.functions:
            self.functions.append(own.body)
        made = [self.memory.name(x) for x in own.made]
        return own.statements(given, made, f"return {PYTHON_ERROR};")

    def _elements(self, place: Place) -> str:
        """Return a pointer to the elements of an operand in order, copied if necessary."""
        if place.along(place.shape) != contiguous(squeeze(place.shape)):
            place = place_of(self._copy(place), {})
        name = self.memory.name(place.base)
        return f"{name} + {place.offset}" if place.offset else name

    def _copy(self, place: Place) -> Variable:
        """Return a variable with the elements of an operand, in memory of its own."""
        own = Variable(-1, np.empty(place.shape, stored_type(place.base)))
        self.memory.name(own)
        self._block.append(copied_element(own, place))
        self._flush()
        return own

    def _new(self, item: Instruction) -> list[str] | None:
        """Return the statements that make an array of static numbers."""
        if item.function is np.empty:
            self.memory.name(item.result)
            return []
        arguments = item.arguments
        if item.function in _LIKE:
            arguments = (np.empty(arguments[0].shape, stored_type(arguments[0])), *arguments[1:])
        if operands((arguments, item.keywords)):
            return None
        array = np.asarray(item.function(*arguments, **item.keywords))
        if array.shape != item.result.shape or array.dtype != item.result.dtype:
            return None
        if array.size and array.tobytes() == array.size * array.reshape(-1)[0].tobytes():
            return statements.fill(item.result, array.reshape(-1)[0], self.memory.name(item.result))
        place = place_of(self.memory.constant(array), {})
        target = place_of(item.result, {})
        return statements.assignment(target, place, self.memory.name)

    def _joined(self, item: Instruction) -> list[str] | None:
        """Return the statements that copy arrays side by side."""
        parts, rest = item.arguments[0], item.arguments[1:]
        axis = rest[0] if rest else item.keywords.get("axis", 0)
        if item.keywords.keys() - {"axis"} or type(axis) is not int:
            return None
        whole = place_of(item.result, {})
        lines, begin = [], 0
        for part in parts:
            place = place_of(part, self._views)
            if not isinstance(place, Place):
                return None
            length = place.shape[axis]
            window = [slice(None)] * len(whole.shape)
            window[axis] = slice(begin, begin + length)
            target = static_view(lambda x, w=window: x[tuple(w)], whole, stored_type(item.result))  # type: ignore[misc]
            if target is None:
                return None
            lines += statements.assignment(target, place, self.memory.name)
            begin += length
        return lines

    def _chosen(self, arguments: Any) -> Any:
        """Return what is indexed by arrays of integers, and these; None for other indices."""
        x, index = arguments[0], arguments[1]
        index = index if type(index) is tuple else (index,)
        base = place_of(x, self._views)
        if not isinstance(base, Place) or len(index) > len(base.shape):
            return None
        found: list[Any] = []
        for one in index:
            if type(one) is int:
                found.append(one)
                continue
            if isinstance(one, (list, np.ndarray)) and np.asarray(one).dtype.kind == "i":
                one = self.memory.constant(np.asarray(one, np.int64))
                found.append(place_of(one, self.memory.places))
                continue
            if not isinstance(one, (Variable, Constant)) or stored_type(one).kind != "i":
                return None
            found.append(place_of(one, self._views))
        return (base, found) if None not in found else None

    def _writing(self, item: Instruction) -> list[str] | None:
        """Return the statements that carry out an instruction which changes memory."""
        function, arguments = item.function, item.arguments
        if root_of(item.writes, self._views) in self.memory.given:
            return None  # the caller's memory is only read
        if function in _PLAIN:
            changed = Instruction(
                UFUNCS.get(_PLAIN[function], _PLAIN[function]), arguments, {}, None
            )
            return self._updated(item, changed, arguments[0])
        if isinstance(function, np.ufunc) and item.keywords.keys() == {"out"}:
            changed = Instruction(function, arguments, {}, None)
            return self._updated(item, changed, item.keywords["out"])
        if function is operator.setitem:
            return self._assigned(arguments)
        if function is np.copyto and not item.keywords:
            return self._copied(place_of(arguments[0], self._views), arguments[1])
        owner = getattr(function, "__self__", None)
        if owner is np.add and function == np.add.at:
            chosen = self._chosen(arguments)
            return None if chosen is None else self._scattered(chosen, arguments[2], "+=")
        return None

    def _updated(self, item: Instruction, changed: Instruction, target: Any) -> list[str] | None:
        """Compute a result in memory of its own, and copy it to where it belongs."""
        place = place_of(target, self._views)
        if not isinstance(place, Place) or not place.shape:
            return None
        changed.result = Variable(-1, np.empty(place.shape, stored_type(target)))
        step = lowered(changed, self._views)
        if step is None or isinstance(step, View):
            return None
        self.memory.name(changed.result)
        self._block.append(step)
        self._flush()
        own = Place(changed.result, place.shape, place_of(changed.result, {}).strides)
        return statements.assignment(place, own, self.memory.name)

    def _assigned(self, arguments: Any) -> list[str] | None:
        x, index, value = arguments
        base = place_of(x, self._views)
        if not isinstance(base, Place):
            return None
        whole = index if type(index) is tuple else (index,)
        if operands(whole) or any(isinstance(one, (list, np.ndarray)) for one in whole):
            chosen = self._chosen(arguments)
            return None if chosen is None else self._scattered(chosen, value, "=")
        if Ellipsis not in whole:
            whole = (*whole, ...)
        return self._copied(static_view(lambda array: array[whole], base, stored_type(x)), value)

    def _copied(self, target: Any, value: Any) -> list[str] | None:
        """Return the statements that copy a value to a part of memory."""
        place = place_of(value, self._views)
        if not isinstance(target, Place) or place is None:
            return None
        if not isinstance(place, Place):
            return statements.assignment(target, place, self.memory.name)
        if stored_type(value).kind == "f" and stored_type(target.base).kind != "f":
            return None
        if place.base is target.base:  # what is copied may be overwritten meanwhile
            place = place_of(self._copy(place), {})
        return statements.assignment(target, place, self.memory.name)

    def _scattered(self, chosen: Any, value: Any, sign: str) -> list[str] | None:
        """Return the statements that write to elements which arrays choose."""
        base, indices = chosen
        place = place_of(value, self._views)
        if place is None or (isinstance(place, Place) and place.base is base.base):
            return None
        kind = stored_type(base.base)

        def write(at: str, index: list[str]) -> str:
            if isinstance(place, Place):
                text = statements.element(place, index, self.memory.name(place.base))
            else:
                text = literal(place, kind)
            return f"{at} {sign} ({TYPES[kind]}){text};"

        return statements.indexed(base, indices, write, self.memory.name, OUT_OF_RANGE)


def root_of(x: Any, views: dict[Any, Place]) -> Any:
    """Return whose memory an operand uses."""
    place = place_of(x, views)
    return place.base if isinstance(place, Place) else x
