"""The part of a recorder that follows what nodes hold: arrays, numbers, derivatives."""

from __future__ import annotations

import operator
import types
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.engine import Node, Tensor, Value
from autograd.engine.fields import replace_gradient
from autograd.engine.operations import ADD, MULTIPLY, NEGATIVE, POWER, SUBTRACT
from autograd.engine.primitive import Primitive
from autograd.program.instructions import Extended, Instruction
from autograd.program.numpy_functions import is_followed
from autograd.program.outside import Outside
from autograd.program.stand_ins import NodeTracer
from autograd.program.traced import Traced, TracedArray
from autograd.program.value_backward import Cotangent, pull_back
from autograd.rules.kernel import recorded_as

#: What a Value computes as the scalar function does, so that the result is known.
_KNOWN = frozenset((ADD, SUBTRACT, MULTIPLY, NEGATIVE))


class ContentsTracer(NodeTracer):
    """The part of a `Recorder` that knows the traced contents of nodes.

    Attributes
    ----------
    outside : dict
        By identity, the nodes from outside that the function used, in order: `Outside`.
    """

    def __init__(self, changing: Any, strict: bool) -> None:
        super().__init__(changing, strict)
        self.items: list[Any] = []
        self.outside: dict[tuple[int, str], Outside] = {}
        self._values: dict[int, tuple[Value, Traced]] = {}
        self._gradients: dict[int, tuple[Value, Any]] = {}

    def emit(
        self,
        function: Any,
        arguments: Any,
        keywords: Any,
        primitive: Any = None,
        is_tried: bool = False,
    ) -> Any:
        """Call a function on the values, record the call, and return its traced result."""
        raise NotImplementedError

    def arithmetic(
        self, function: Any, arguments: Any, primitive: Any = None, place: Any = None
    ) -> Any:
        """Record an operation on Python's numbers; None if it is anything else."""
        raise NotImplementedError

    def plain(self, x: Any) -> Any:
        """Replace traced objects by their values, nested."""
        raise NotImplementedError

    def constant(self, array: Any) -> Any:
        """Return the traced array of a plain one."""
        raise NotImplementedError

    def release(self) -> None:
        """Let go of all Values: what refers to each other waits for a search for garbage."""
        self._values.clear()
        self._gradients.clear()
        self._made.clear()

    def _outside(self, node: Any, what: str) -> Outside:
        known = self.outside.get((id(node), what))
        if known is None:
            known = self.outside[id(node), what] = Outside(self, node, what)
        return known

    def number(self, value: Any) -> Any:
        """Return the traced number of a Value."""
        known = self._values.get(id(value))
        if known is not None:
            return known[1]
        if self.is_inside(value):
            return float(value._contents)  # a constant
        self.use_outside(value)
        return self._outside(value, "data").read()

    def is_open(self) -> bool:
        """Return whether this thread may record now."""
        raise NotImplementedError

    def number_of(
        self,
        function: Any,
        symbols: Sequence[Any],
        value: Any,
        moves: bool = True,
        primitive: Any = None,
        place: Any = None,
    ) -> Any:
        """Record an operation on Python's numbers whose result is known."""
        raise NotImplementedError

    def leaf(self, value: Any, number: Any) -> None:
        """Note the traced number of which a Value was made."""
        self._values[id(value)] = (value, number.as_float())

    def computed(self, value: Any, primitive: Any, arguments: Any) -> None:
        """Record the operation that computed a Value."""
        values = self._values
        operands: list[Any] = []
        symbols: list[Any] = []
        is_followed = moves = False
        for x in arguments:
            if type(x) is Value:
                known = values.get(id(x))
                x = self.number(x) if known is None else known[1]
            operands.append(x)
            if isinstance(x, Traced):
                is_followed, moves = True, moves or x._moves
                x = x._variable
            symbols.append(x)
        if not is_followed:
            self._made[id(value)] = value
            return
        if primitive in _KNOWN and self.is_open():
            found = self.number_of(primitive.scalar, symbols, value._contents, moves, primitive)
        elif primitive is POWER and not isinstance(arguments[1], Value) and arguments[1] == 2.0:
            square = (operands[0], operands[0])  # as `Value` computes it
            found = self.emit(operator.mul, square, {}, primitive).as_float()
        else:
            found = self.scalar(primitive, operands)
        self._values[id(value)] = (value, found)

    def with_values(self, arguments: Any) -> Any:
        """Replace traced numbers by Values, where they meet a Value and no array."""
        has_values = has_numbers = False
        for x in arguments:
            if isinstance(x, Value):
                has_values = True
            elif isinstance(x, Traced):
                real = isinstance(x._value, (bool, int, float, np.generic))
                if isinstance(x, TracedArray) or not real or np.iscomplexobj(x._value):
                    return arguments
                has_numbers = True
        if not (has_values and has_numbers):
            return arguments
        return tuple([Value(x) if isinstance(x, Traced) else x for x in arguments])

    def value_gradient(self, value: Any) -> Any:
        """Return the traced ``grad`` of a Value."""
        self.use_of_argument(value)
        known = self._gradients.get(id(value))
        if known is not None:
            if type(known[1]) is Cotangent:
                known = self._gradients[id(value)] = (value, known[1].number(self))
            return known[1]
        if value._call() < self.begun and value.primitive is None:
            return self._outside(value, "grad").read()
        return value._grad

    def store_number(self, value: Any, number: Any, gradient: bool) -> float:
        """Note the new ``data`` or ``grad`` of a Value; return it as a float."""
        if number is None:
            number = 0.0
        self.use_of_argument(value)
        known = self._gradients if gradient else self._values
        if value._call() < self.begun and value.primitive is None:
            self._outside(value, "grad" if gradient else "data").written = True
        known[id(value)] = (value, number)
        return float(self.plain(number))

    def store_gradient(self, value: Any, gradient: Any) -> Any:
        """Note the ``grad`` that a backward pass gives a Value; return what is noted."""
        if value.primitive is not None:  # almost never read
            stored: Any = Cotangent(gradient)
        else:
            self.use_of_argument(value)
            stored = gradient + 0.0  # it turns -0 into 0, as in the engine
        self.store_known(value, stored)
        return stored

    def store_known(self, value: Any, gradient: Any) -> None:
        """Note the ``grad`` of a Value, which a backward pass has found in some recording."""
        if value.primitive is None and value._call() < self.begun:
            self._outside(value, "grad").written = True
        if isinstance(gradient, Traced) and gradient._recorder is not self:
            gradient = self.own(gradient)
        self._gradients[id(value)] = (value, gradient)

    def own(self, number: Any) -> Any:
        """Return what represents in this recording a number of another one."""
        raise NotImplementedError

    def pull_back(self, roots: Any, seeds: Any, targets: Any) -> Any:
        """Record the backward pass through Values: see `value_backward`."""
        return pull_back(self, roots, seeds, targets)

    def scalar(self, primitive: Primitive, arguments: Any) -> Any:
        """Compute what a primitive computes of Python's floats."""
        function = primitive.scalar
        if type(function) is types.BuiltinFunctionType:  # most often
            found = self.arithmetic(function, arguments, primitive)
            if found is not None and type(found._value) is float:
                return found
        elif isinstance(function, types.FunctionType) and function.__name__ == "<lambda>":
            start = len(self.items)
            found = function(*arguments)
            for item in self.items[start:]:
                if type(item) is Instruction:
                    item.primitive = primitive
            return found.as_float() if isinstance(found, Traced) else float(found)
        try:
            found = self.emit(function, arguments, {}, primitive, is_tried=True)
        except (ArithmeticError, ValueError):
            found = self.emit(Extended(function, primitive.function), arguments, {}, primitive)
        return found.as_float()

    def call(self, primitive: Primitive, arguments: Any, keywords: Any) -> Any:
        """Compute what a primitive computes."""
        function: Any = primitive.function
        if primitive.partials is not None and not keywords:
            numbers = [self.plain(x) for x in arguments]
            if all(type(x) is float for x in numbers):
                return self.scalar(primitive, arguments)
        if primitive.in_c is None and (isinstance(function, np.ufunc) or is_followed(function)):
            return function(*arguments, **keywords)
        return self.emit(recorded_as(function), arguments, keywords, primitive)

    # -- Tensors ----------------------------------------------------------------------------

    def contents(self, node: Any) -> Any:
        """Return the traced array of a Tensor that holds a plain one."""
        self.give_up_foreign((node._contents,))
        if self.is_inside(node):
            return self.constant(self.moved(node._contents))
        self.use_outside(node)
        return self._outside(node, "data").read()

    def gradient(self, node: Any) -> Any:
        """Return the traced ``grad`` of a leaf."""
        self.use_of_argument(node)
        if isinstance(node._grad, (Traced, Node)) or not node._call() < self.begun:
            return node._grad
        outside = self._outside(node, "grad")
        if not outside.written:
            replace_gradient(node, outside.read())
        return node._grad

    def stored_gradient(self, node: Any) -> None:
        """Note that a leaf gets a new ``grad``."""
        self.use_of_argument(node)
        if node._primitive is None and node._call() < self.begun:
            self._outside(node, "grad").written = True

    def stored(self, node: Any) -> None:
        """Note that a Tensor got new numbers."""
        self.use_of_argument(node)
        if node._call() < self.begun:
            self._outside(node, "data").written = True

    def variable_of(self, x: Any) -> Any:
        """Return the variable of a node or of a traced object, if it has one."""
        if isinstance(x, Traced):
            return x._variable
        if isinstance(x, Value):
            known = self._values.get(id(x))
            outside = self.outside.get((id(x), "data"))
            x = known[1] if known is not None else None if outside is None else outside.traced
        elif isinstance(x, Tensor):
            x = x._contents
        return x._variable if isinstance(x, Traced) else None
