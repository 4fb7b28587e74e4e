"""`Recorder`: records what a function computes, while it computes it, as instructions."""

from __future__ import annotations

import math
import operator
import threading
import types
from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

from autograd.engine.batching import Batched, first_batched
from autograd.engine.grad_mode import GRAD_MODE
from autograd.engine.memory import owner_of
from autograd.engine.node import Node
from autograd.engine.objects import holds_nodes
from autograd.engine.tracing import pause, resume
from autograd.errors import TraceError
from autograd.program.generators import TracedGenerator
from autograd.program.instructions import (
    Attempt,
    Constant,
    Guard,
    Instruction,
    Method,
    Variable,
    choose,
    contents_of,
    dtype_of,
    shape_of,
    substituted,
)
from autograd.program.number_recorder import NumberRecorder
from autograd.program.numpy_functions import (
    DATA_DEPENDENT,
    NUMBERS,
    STATIC,
    WRITING,
    integers_that_shape,
    is_of_numbers,
    is_real_or_complex,
)
from autograd.program.object_arrays import elements_of
from autograd.program.places import at, is_in_rule, place_of_caller, scope_here
from autograd.program.traced import Traced, TracedArray, TracedNumber, selects_by_mask, traced_in
from autograd.program.warnings_off import WarningsOff
from autograd.program.written import WrittenArrays

_OPERANDS = (np.ndarray, list, tuple, *NUMBERS)
#: Operators of Python's floats that need no special care, and what they are applied to most often.
_PLAIN = frozenset((operator.add, operator.sub, operator.mul, operator.truediv))
_TRACED_FLOATS = frozenset((float, TracedNumber))
_TRACED: frozenset[type] = frozenset((TracedArray, TracedNumber, TracedGenerator))
_FOLLOWED = _TRACED | {np.ndarray}


class Recorder(NumberRecorder):
    """The instructions of one call of a function.

    Attributes
    ----------
    items : list of Instruction and Guard
        In the order in which they ran.
    constants : list of Constant
        The plain arrays that they refer to.
    refusal : TraceError or None
        The first error that this raised; the function might have caught it.
    """

    def __init__(
        self,
        isolated: bool = False,
        changing: Any = (),
        strict: bool = False,
        before: Recorder | None = None,
    ) -> None:
        super().__init__(changing, strict, before)
        self.constants: list[Constant] = []
        self.isolated = isolated
        self._constants: dict[int, tuple[Constant, Traced]] = {}
        self.refusal: TraceError | None = None
        self._moves = False  # whether the last arguments depend on the inputs
        self._inputs: set[Variable] = set()
        self._written = WrittenArrays(restored=isolated)
        self.begun = GRAD_MODE.calls + 0.5
        GRAD_MODE.calls += 1.0
        self._warnings_off = WarningsOff()

    def finish(self) -> None:
        """Refuse further instructions: what is traced does not outlive the call."""
        self.is_finished = True
        self.origins.assign(self.items)
        self._written.restore()

    def refuse(self, text: str, kind: type[TraceError] = TraceError) -> NoReturn:
        """Raise an error that names the line, and note it, for the function might catch it."""
        error = kind(at(place_of_caller()) + text)
        self.refusal = self.refusal or error
        raise error

    def _check(self) -> None:
        """Refuse what this cannot record."""
        if self.is_finished:
            raise TraceError(
                "An array of a traced function was used after the function had returned: something "
                "outside has kept it. Return it from the function instead."
            )
        if self._thread != threading.get_ident():
            self.refuse(
                "An array of a function that is traced in one thread is used in another one. Call "
                "the function once before threads share what it uses, and use no threads in it."
            )
        if self._calling is not None:
            name = getattr(self._calling, "__name__", "function")
            self.give_up(f"a function that {name} calls uses what depends on the inputs")
            self.refuse(
                f"A function that {name} calls uses arrays or numbers from outside that depend on "
                "the inputs. Write out what it computes, or pass them as arguments."
            )

    # -- variables --------------------------------------------------------------------------

    def variable(self, value: Any, hint: str = "") -> Variable:
        """Return a new variable for a value like this one."""
        number = len(self.variables)
        found = Variable(number, value, hint)
        if number < len(self._known_variables) and found.is_like(self._known_variables[number]):
            found = self._known_variables[number]
        self.variables.append(found)
        return found

    def input(self, value: Any, hint: str = "") -> Traced:
        """Return a traced array or number for an input."""
        variable = self.variable(value, hint)
        self._inputs.add(variable)
        return self.wrap(value, variable)

    def lent(self, value: Any, hint: str = "") -> Traced:
        """Return a traced array or number for an input that gets back what it held.

        A copy of an array is made only where the function writes to it.
        """
        found = self.input(value, hint)
        self._written.lend(found._variable)
        return found

    def is_from_outside(self, traced: Traced) -> bool:
        """Return whether memory belongs to an argument or to something else from outside."""
        owner = traced if traced._base is None else traced._base
        return not isinstance(owner._variable, Variable) or owner._variable in self._inputs

    def wrap(self, value: Any, variable: Variable) -> Traced:
        """Return what represents a value."""
        if isinstance(value, np.ndarray):
            return TracedArray(value, variable, self)
        is_generator = isinstance(value, np.random.Generator)
        return (TracedGenerator if is_generator else TracedNumber)(value, variable, self)

    def constant(self, array: Any) -> Any:
        """Return the traced array of a plain one."""
        array = self.moved(array)
        if type(array) is not np.ndarray:
            return array  # of another library
        known = self.known_array(array)
        return self._constant(array)[1] if known is None else known

    def with_followed(self, arguments: Any) -> Any:
        """Replace the plain arrays among the arguments of a primitive by traced ones."""
        self.give_up_foreign(arguments)
        return tuple(
            [
                x if type(x) is not np.ndarray or x.dtype.hasobject else self.constant(x)
                for x in self._moved_inside(arguments)
            ]
        )

    def _moved_inside(self, x: Any) -> Any:
        """Replace arrays of a device in nested arguments by the copies that stand for them."""
        if self.hosts is None or self.hosts.home is None:
            return x
        return substituted(x, self.moved, frozenset((type(self.hosts.home),)))

    def is_constant(self, array: Any) -> bool:
        """Return whether the program refers to an array as a constant."""
        return id(array) in self._constants

    def _constant(self, array: Any) -> tuple[Constant, Traced]:
        known = self._constants.get(id(array))
        if known is not None and (self._written.holds(array) or known[0].is_unchanged()):
            return known
        self._written.read(array)
        constant = Constant(len(self.constants), array if known is None else array.copy("K"))
        self.constants.append(constant)
        traced = TracedArray(array, constant, self)  # type: ignore[arg-type]
        self._constants[id(array)] = (constant, traced)
        return constant, traced

    # -- instructions -----------------------------------------------------------------------

    def emit(
        self,
        function: Any,
        arguments: Any,
        keywords: Any,
        primitive: Any = None,
        is_tried: bool = False,
    ) -> Any:
        """Call a function on the values, record the call, and return its traced result.

        If it raises an error, this is recorded too, unless the caller tries something else then.
        """
        arguments, keywords = self._moved_inside((arguments, keywords))
        batched = first_batched((arguments, [*keywords.values()])) if GRAD_MODE.batched else None
        if batched is not None:  # what batched arrays hold is recorded
            if hasattr(function, "_implementation"):  # NumPy asks some of its arguments only
                return batched.__array_function__(function, (), arguments, keywords)
            return function(*arguments, **keywords)
        if not keywords and type(function) is types.BuiltinFunctionType:
            number = self.arithmetic(function, arguments, primitive)
            if number is not None:
                return number
        if any(map(holds_nodes, arguments)):
            return function(*map(elements_of, arguments), **keywords)
        for x in integers_that_shape(function, arguments, keywords):
            self.guard(x, int)
        value, plain = self._call(function, arguments, keywords, is_tried=is_tried)
        found = self.record(function, arguments, keywords, value, plain, primitive=primitive)
        if function is operator.getitem and selects_by_mask(arguments[1]):
            self.guard_shapes(found)
        if is_real_or_complex(function):
            for x in traced_in(found):
                self.guard(x, dtype_of)
        return found

    def _call(
        self,
        function: Any,
        arguments: Any,
        keywords: Any,
        writes: Any = None,
        is_tried: Any = False,
    ) -> tuple[Any, list[Any]]:
        """Return what a call returns, which records nothing itself, and its plain arguments."""
        self._check()
        self._moves = False
        plain = [self.plain(x) for x in arguments]
        named = self.plain(keywords) if keywords else keywords
        self._calling = function
        pause()
        try:
            return function(*plain, **named), plain
        except Exception as error:
            failure = error
        finally:
            resume(self)
            self._calling = None
        if is_tried:
            raise failure
        return self._failed(function, arguments, keywords, failure, writes)

    def _failed(
        self, function: Any, arguments: Any, keywords: Any, error: Exception, writes: Any = None
    ) -> NoReturn:
        """Record that a call raises an error, which the function may catch, and raise it."""
        of_numbers = isinstance(error, (ArithmeticError, ValueError))
        if self._moves and not (of_numbers and is_in_rule()):
            attempt = Attempt(function, type(error), str(error))
            found = self.record(attempt, arguments, keywords, True, writes=writes)
            self.guard(found, bool)
        raise error

    def record(
        self,
        function: Any,
        arguments: Any,
        keywords: Any,
        value: Any,
        plain: Any = (),
        writes: Any = None,
        primitive: Any = None,
    ) -> Any:
        """Record a call whose result is known; return the traced result."""
        if type(value) is not np.ndarray and not is_of_numbers(value):
            return self._fixed(arguments, keywords, value)
        symbols = tuple([self.symbol(x) for x in arguments])
        named = self.symbol(keywords) if keywords else {}
        result = self._results(value, arguments, plain)
        quiet = self._warnings_off.now(self.refuse)
        self._append(function, symbols, named, self.symbol(result), writes, quiet, primitive)
        return result

    def _append(
        self, function: Any, symbols: Any, named: Any, result: Any, writes: Any, quiet: bool,
        primitive: Any = None, place: Any = None,
    ) -> None:  # fmt: skip
        """Add an instruction."""
        place = place or place_of_caller()
        scope = "" if GRAD_MODE.notes is None else scope_here()
        self.items.append(
            Instruction(function, symbols, named, result, writes, place, scope, quiet, primitive)
        )

    def _fixed(self, arguments: Any, keywords: Any, value: Any) -> Any:
        """Return a result that is neither array nor number; it holds for these inputs only."""
        for x in traced_in((arguments, keywords)):
            x._guard(contents_of)
        return value

    def _results(self, value: Any, arguments: Any, plain: Any) -> Any:
        """Return the traced parts of a result."""
        is_array = isinstance(value, np.ndarray)
        if is_array and value.dtype.hasobject:
            self.refuse(
                "An array of objects cannot be followed in a function that is traced. "
                "Join numbers with np.stack([...])."
            )
        if is_array and type(value) is not np.ndarray:
            self.refuse(
                f"A {type(value).__name__} cannot be followed in a function that is traced; "
                "use plain arrays."
            )
        if is_array or isinstance(value, NUMBERS):
            traced = self.wrap(value, self.variable(value))
            traced._moves = self._moves
            if is_array:
                self._share(traced, arguments, plain)
            return traced
        if isinstance(value, (tuple, list)):
            parts = [self._results(item, arguments, plain) for item in value]
            return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)
        return value

    def _share(self, traced: Traced, arguments: Any, plain: Any) -> None:
        """Note whose memory a result shares."""
        owner = owner_of(traced._value)
        if owner is traced._value and not any(owner is x for x in plain):
            return
        for x in arguments:
            if isinstance(x, np.ndarray) and type(x) is np.ndarray:
                x = self.constant(x)
            if isinstance(x, TracedArray) and owner_of(x._value) is owner:
                root = x if x._base is None else x._base
                traced._base = root
                if isinstance(traced._variable, Variable):
                    traced._variable.root = getattr(root._variable, "root", root._variable)
                return

    def emit_write(self, function: Any, arguments: Any, keywords: Any, target: Any) -> Any:
        """Call a function that changes one of its arguments in place; return that one."""
        arguments, keywords, target = self._moved_inside((arguments, keywords, target))
        known = None if isinstance(target, TracedArray) else self.known_array(target)
        if known is not None:
            arguments = tuple([known if x is target else x for x in arguments])
            keywords = {key: known if x is target else x for key, x in keywords.items()}
            target = known
        if not isinstance(target, TracedArray):
            self.refuse(
                f"An array of shape {np.shape(target)} is changed in place by numbers that depend "
                "on the inputs, but it is not followed itself. Make it with np.zeros or the like, "
                "called by such names, or pass it as an argument."
            )
        owner = target if target._base is None else target._base
        self._check()
        if not self._written.put_off(function, arguments, target, self.plain):
            self._written.save(owner)
            self._call(function, arguments, keywords, target._variable)
            owner._moves = owner._moves or self._moves
        symbols, named = self.symbol(tuple(arguments)), self.symbol(keywords)
        self._append(
            function, symbols, named, None, target._variable, self._warnings_off.now(self.refuse)
        )
        return target

    def is_written(self, constant: Constant) -> bool:
        """Return whether the program changes a plain array."""
        return self._written.holds(constant.value)

    def emit_into(self, ufunc: Any, method: str, inputs: Any, keywords: Any) -> Any:
        """Call a ufunc with ``out=``."""
        function = ufunc if method == "__call__" else getattr(ufunc, method)
        out = keywords["out"]
        targets = [x for x in out if x is not None]
        if len(out) != 1 or len(targets) != 1:
            self.refuse(f"numpy.{ufunc.__name__} with several out= cannot be followed.")
        return self.emit_write(function, inputs, {**keywords, "out": targets[0]}, targets[0])

    def call_function(self, function: Any, arguments: Any, keywords: Any) -> Any:
        """Handle a function of NumPy that is called on traced arrays."""
        if function in STATIC:
            return function(*self.plain(arguments), **self.plain(keywords))
        if function in WRITING:
            self.emit_write(function, arguments, keywords, arguments[0])
            return None
        if keywords.get("out") is not None:
            return self.emit_write(function, arguments, keywords, keywords["out"])
        found = self.emit(function, arguments, keywords)
        if function in DATA_DEPENDENT or (function is np.where and len(arguments) == 1):
            self.guard_shapes(found)
        return found

    def choice(self, condition: Any, x: Any, y: Any) -> Any:
        """Record a conditional expression."""
        if isinstance(self.plain(x), np.ndarray) or isinstance(self.plain(y), np.ndarray):
            return np.where(condition, x, y)
        return self.emit(choose, (condition, x, y), {})

    def operator(self, function: Any, a: Any, b: Any) -> Any:
        """Record a binary operator; NotImplemented if the other operand is to decide."""
        if function in _PLAIN and type(a) in _TRACED_FLOATS and type(b) in _TRACED_FLOATS:
            found = self.arithmetic(function, (a, b))
            if found is not None:
                return found
        a, b = self._moved_inside((a, b))
        for x, other in ((a, b), (b, a)):
            if isinstance(x, Traced):
                continue
            if isinstance(x, (Node, Batched)) or not isinstance(x, _OPERANDS):
                return NotImplemented
            is_list = type(x) in (list, tuple) and type(other) is TracedNumber
            if is_list and (function is operator.mul or not isinstance(other._value, np.generic)):
                return NotImplemented  # Python repeats it, or joins two
        if function is operator.and_ and (a is False or b is False):
            other = self.plain(b if a is False else a)
            if isinstance(other, bool):
                return False
        if function is operator.pow and type(b) is float and b == 1.0 and is_float(a):
            return a  # as in the slope of a square
        if function is operator.pow and is_float(a) and is_in_rule():
            function = math.pow  # a slope is NaN where Python's operator returns a complex number
        return self.emit(function, (a, b), {})

    def compare(self, function: Any, a: Any, b: Any) -> Any:
        """Record ``==`` or ``!=``; with anything but numbers and arrays, Python's answer."""
        if isinstance(b, (Node, Batched)):
            return NotImplemented
        alone = not isinstance(a._value, (np.ndarray, np.generic))
        if alone and not isinstance(b, (Traced, np.ndarray, list, tuple, *NUMBERS)):
            return function(a._value, b)
        return self.emit(function, (a, b), {})

    # -- guards -----------------------------------------------------------------------------

    def guard(self, traced: Traced, convert: Callable[[Any], Any]) -> Any:
        """Record that Python code has asked for a value, and return it."""
        self._check()
        owner = traced if traced._base is None else traced._base
        self._written.read(traced._value)
        try:
            found = convert(traced._value)
        except Exception as error:
            self._moves = owner._moves
            self._failed(convert, (traced,), {}, error)
        if not owner._moves:
            return found  # the same at each run
        if not isinstance(traced._variable, Variable):
            traced = self.emit(Method("view"), (traced,), {})
        self.items.append(Guard(traced._variable, convert, found, place_of_caller()))
        return found

    def guard_shapes(self, found: Any) -> None:
        """Record guards of the shapes of results, which depend on numbers."""
        for x in traced_in(found):
            if isinstance(x, TracedArray):
                self.guard(x, shape_of)

    # -- values and symbols -----------------------------------------------------------------

    def plain(self, x: Any) -> Any:
        """Replace traced objects by their values, nested; note whether one of them moves."""
        if type(x) in _TRACED:
            if x._moves if x._base is None else x._base._moves:
                self._moves = True
            self._written.read(x._value)
            return x._value
        return substituted(x, self.plain, _TRACED)

    def symbol(self, x: Any) -> Any:
        """Replace traced objects by variables and plain arrays by constants, nested."""
        kind = type(x)
        if kind in _TRACED:
            return x._variable
        if kind is np.ndarray:
            known = self.known_array(x)
            return self._constant(x)[0] if known is None else known._variable
        return substituted(x, self.symbol, _FOLLOWED)

    def reached(self, node: Any, cotangent: Any) -> None:
        """Note that a backward pass knows the whole cotangent of a node; None ends the pass."""
        position = len(self.items)
        if node is None:
            self.origins.ended(position)
        else:
            self.origins.reached(position, self.variable_of(node), self.variable_of(cotangent))


def is_float(x: Any) -> bool:
    """Return whether this represents a float of Python."""
    return type(x) is TracedNumber and type(x._value) is float
