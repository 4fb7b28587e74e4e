"""Read a program as terms: run its instructions on terms instead of numbers."""

from __future__ import annotations

import inspect
import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.program.formulas import algebra
from autograd.program.formulas.terms import (
    CALL,
    FUNCTION,
    INDEX,
    NUMBER,
    SPREAD,
    UPDATE,
    Many,
    Part,
    Slice,
    Term,
    make,
    number,
    symbol,
)
from autograd.program.instructions import (
    Attribute,
    Constant,
    Guard,
    Instruction,
    Method,
    Variable,
    choose,
    variables_in,
)
from autograd.rules import elementwise, reductions, special


class Callee:
    """A function that a term calls, which is written by its name.

    Attributes
    ----------
    call : callable
        The function.
    name : str
        Its name.
    """

    __slots__ = ("call", "name", "once")

    def __init__(self, call: Any, name: str, once: Any = None) -> None:
        self.call = call
        self.name = name
        self.once = once

    def __hash__(self) -> int:
        return hash((self.name, id(self.once)))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Callee)
            and other.once is self.once
            and (other.call is self.call or other.call == self.call)
        )

    def __repr__(self) -> str:
        return f"Callee({self.name})"


class Reader:
    """The terms for the variables of a program.

    Attributes
    ----------
    terms : dict
        For each variable and constant, what it holds after all instructions.
    inputs : dict
        The terms of the inputs.
    conditions : list of (Term, bool)
        What the guards require: a condition, and whether it holds.
    checked : list of Guard
        The guards that are not conditions of that kind.
    """

    def __init__(self, program: Any) -> None:
        self.program = program
        self.terms: dict[Any, Term] = {}
        self.inputs: dict[Variable | Constant, Term] = {}
        self.conditions: list[tuple[Term, bool]] = []
        self.checked: list[Guard] = []
        self._views: dict[Variable, tuple[Any, Variable]] = {}
        loads = [load.variable for load in program.loads if load.variable is not None]
        for variable in (*program.inputs, *loads):
            self.inputs[variable] = self.terms[variable] = symbol(
                variable.hint, variable.shape, variable
            )
        for item in program.items:
            if isinstance(item, Guard):
                self._guard(item)
            else:
                self._run(item)

    def of(self, x: Any) -> Term:
        """Return the term of a variable, a constant or a number."""
        if isinstance(x, Constant):
            return self._constant(x)
        if isinstance(x, Variable):
            return self.terms[x]
        if isinstance(x, (bool, int, float, complex, np.generic)):
            return number(x)
        if isinstance(x, (list, tuple)):
            found = np.asarray(x)
            if found.dtype.kind in "biufc" and found.size and (found == found.flat[0]).all():
                return algebra.spread(number(found.flat[0]), found.shape)
        raise Unwritten

    def _constant(self, x: Constant) -> Term:
        found = self.terms.get(x)
        if found is None:
            value = x.value
            if value.dtype.kind in "biufc" and value.size and (value == value.flat[0]).all():
                found = algebra.spread(number(value.flat[0]), value.shape)
            else:
                found = self.inputs[x] = symbol(x.hint, value.shape, x)
            self.terms[x] = found
        return found

    # -- instructions -----------------------------------------------------------------------

    def _run(self, instruction: Instruction) -> None:
        if instruction.writes is not None:
            self._write(instruction)
            return
        result = instruction.result
        if isinstance(result, Variable):
            self.terms[result] = found = self._term(instruction)
            if result.root is not result and instruction.arguments:
                owner = instruction.arguments[0]
                if isinstance(owner, Variable) and owner.root is result.root:
                    self._views[result] = (instruction, owner)
            assert found.shape == result.shape, (instruction.name, found.shape, result.shape)
            return
        for path, variable in _paths(result):
            self.terms[variable] = self._call(instruction, path, variable)

    def _term(self, instruction: Instruction) -> Term:
        result = instruction.result
        rule = _rule(instruction.function)
        if rule is not None and _is_usual(instruction):
            try:
                found = self._apply(rule, instruction.arguments, instruction.keywords)
            except Unwritten:  # an unusual call
                found = None
            if isinstance(found, Term) and found.shape == result.shape:
                return found
        return self._call(instruction, (), result)

    def _apply(self, rule: Rule, arguments: Any, keywords: dict[str, Any]) -> Term:
        try:
            inspect.signature(rule).bind(self, *arguments, **keywords)
        except TypeError:
            raise Unwritten from None
        return rule(self, *arguments, **keywords)

    def _call(self, instruction: Instruction, path: tuple[int, ...], result: Variable) -> Term:
        """Return a term for any call, written as in the program."""
        parts: list[Term] = []
        arguments = self.template(instruction.arguments, parts)
        keywords = self.template(tuple(instruction.keywords.items()), parts)
        pure = all(v.kind is not np.random.Generator for v in instruction.uses())
        callee = Callee(instruction.function, instruction.name, None if pure else instruction)
        return make(CALL, parts, (callee, arguments, keywords, path), result.shape)

    def template(self, x: Any, parts: list[Term]) -> Any:
        """Return arguments that can be hashed, with places for terms, which are appended."""
        if isinstance(x, (Variable, Constant)):
            parts.append(self.of(x))
            return Part(len(parts) - 1)
        if type(x) is tuple:
            return tuple([self.template(item, parts) for item in x])
        if type(x) is list:
            return Many(tuple([self.template(item, parts) for item in x]))
        if isinstance(x, slice):
            return Slice(*[self.template(end, parts) for end in (x.start, x.stop, x.step)])
        try:
            hash(x)
        except TypeError:
            return Callee(x, type(x).__name__)
        return x

    # -- assignment -------------------------------------------------------------------------

    def _write(self, instruction: Instruction) -> None:
        """Change a variable, and what shares its memory."""
        target = instruction.writes
        assert target is not None
        function, arguments = instruction.function, instruction.arguments
        old = self.of(target)
        plain = _INPLACE.get(function)
        try:
            if function is operator.setitem:
                new = self._updated(old, arguments[1], self.of(arguments[2]), False)
            elif function is np.add.at:
                new = self._updated(old, arguments[1], self.of(arguments[2]), True)
            elif plain is not None:
                new = algebra.spread(self._apply(RULES[plain], arguments, {}), old.shape)
            elif "out" in instruction.keywords:
                rest = {k: v for k, v in instruction.keywords.items() if k != "out"}
                rule = _rule(function)
                if rule is None:
                    raise Unwritten
                new = algebra.spread(self._apply(rule, arguments, rest), old.shape)
            else:
                raise Unwritten
        except Unwritten:
            parts: list[Term] = []
            detail = self.template(arguments, parts)
            keywords = self.template(tuple(instruction.keywords.items()), parts)
            position = next((i for i, x in enumerate(arguments) if x is target), None)
            callee = Callee(
                _changing(function, position), f"{instruction.name}", instruction
            )
            new = make(CALL, parts, (callee, detail, keywords, ()), old.shape)
        self._assign(target, new)

    def _assign(self, target: Variable | Constant, new: Term) -> None:
        self.terms[target] = new
        if isinstance(target, Constant):
            return
        below = self._views.get(target)
        while below is not None:
            instruction, owner = below
            self.terms[owner] = self._through_view(instruction, owner, new)
            new, target = self.terms[owner], owner
            below = self._views.get(owner)
        for view, (instruction, owner) in self._views.items():
            if owner.root is target.root and view is not target:
                self.terms[view] = self._term(instruction)

    def _through_view(self, instruction: Instruction, owner: Variable, new: Term) -> Term:
        """Return what the owner of a view holds when the view holds something new."""
        old = self.terms[owner]
        function, arguments = instruction.function, instruction.arguments
        if new.shape == old.shape and _is_same_array(instruction):
            return new
        if function is operator.getitem:
            return self._updated(old, arguments[1], new, False)
        if _is_reshape(instruction):
            return algebra.reshape(new, old.shape)
        if new.ndim == 2 and _is_transpose(instruction):
            return algebra.transpose(new)
        raise Unwritten

    def _updated(self, old: Term, index: Any, value: Term, adds: bool) -> Term:
        whole = index is Ellipsis or index == () or index == slice(None)
        if whole:
            total = algebra.linear([(1, old), (1, value)]) if adds else value
            return algebra.spread(_dropped(total, old.shape), old.shape)
        parts = [old, value]
        detail = self.template(index, parts)
        if value.kind == INDEX and value.parts == (old, *parts[2:]) and value.detail == detail:
            return old  # x[i] += y assigns x[i] to itself once more
        return make(UPDATE, parts, (detail, adds), old.shape)

    # -- guards -----------------------------------------------------------------------------

    def _guard(self, guard: Guard) -> None:
        if guard.convert is not bool:
            self.checked.append(guard)
            return
        term = algebra.bare(self.of(guard.variable))
        if term.kind == NUMBER:
            return
        if (term, guard.expected) not in self.conditions:
            self.conditions.append((term, bool(guard.expected)))


class Unwritten(Exception):  # noqa: N818 - not an error: the call is written as it stands
    """There is no notation for a call."""


def _is_usual(instruction: Instruction) -> bool:
    """Return whether a call means what its rule says: it does not cut off or count bits."""
    name, result = instruction.name, instruction.result
    kind = result.dtype.kind if result.dtype is not None else "f"
    kind = "b" if result.kind is bool else kind
    if name in ("and_", "or_", "xor", "invert", "bitwise_and", "logical_or"):
        return bool(kind == "b")
    if name in ("astype", "array", "asarray", "asanyarray", "view"):
        x = instruction.arguments[0]
        before = x.dtype if isinstance(x, Variable) else getattr(x, "value", None)
        before = getattr(before, "dtype", before)
        order = "biufc"
        if getattr(before, "kind", "") not in order or kind not in order:
            return False
        return before is not None and order.index(before.kind[0]) <= order.index(kind)
    return "out" not in instruction.keywords


def _paths(result: Any, path: tuple[int, ...] = ()) -> Any:
    if isinstance(result, Variable):
        yield path, result
    elif isinstance(result, (tuple, list)):
        for position, item in enumerate(result):
            yield from _paths(item, (*path, position))


def _changing(function: Any, position: int | None) -> Any:
    """Return a function that changes a copy of its argument and returns it."""

    def changed(*arguments: Any, **keywords: Any) -> Any:
        given = list(arguments)
        if position is None:
            target = keywords["out"] = np.array(keywords["out"])
        else:
            target = given[position] = np.array(given[position])
        function(*given, **keywords)
        return target

    return changed


def _dropped(term: Term, shape: tuple[int, ...]) -> Term:
    """Drop leading axes of length 1, as an assignment does."""
    extra = term.ndim - len(shape)
    return algebra.reshape(term, term.shape[extra:]) if extra > 0 else term


def _is_same_array(instruction: Instruction) -> bool:
    name = instruction.name
    return name in ("asarray", "asanyarray", "ascontiguousarray", "view", "positive") or (
        instruction.function is operator.getitem and instruction.arguments[1] in ((), Ellipsis)
    )


def _is_reshape(instruction: Instruction) -> bool:
    return instruction.name in ("reshape", "ravel", "expand_dims", "squeeze", "atleast_1d")


def _is_transpose(instruction: Instruction) -> bool:
    return instruction.name in ("T", "mT", "transpose", "swapaxes", "matrix_transpose")


# -- the functions that have a notation ------------------------------------------------------------

Rule = Callable[..., Term]


def _rule(function: Any) -> Rule | None:
    if isinstance(function, (Method, Attribute)):
        return METHODS.get(function.name)
    try:
        found = RULES.get(function)
    except TypeError:
        return None
    if found is None and isinstance(function, np.ufunc) and function.nin <= 2:
        if function.nout == 1 and getattr(np, function.__name__, None) is function:
            name = function.__name__
            return lambda read, *xs: algebra.function(name, *map(read.of, xs))
    return found


def _elementwise(name: str) -> Rule:
    return lambda read, *xs: algebra.function(name, *map(read.of, xs))


def _linear(*coefficients: float) -> Rule:
    def rule(read: Reader, *xs: Any) -> Term:
        return algebra.linear(zip(coefficients, map(read.of, xs), strict=True))

    return rule


def _powers(*exponents: float) -> Rule:
    def rule(read: Reader, *xs: Any) -> Term:
        return algebra.monomial(zip(exponents, map(read.of, xs), strict=True))

    return rule


def _power(read: Reader, x: Any, y: Any) -> Term:
    return algebra.power(read.of(x), read.of(y))


def _matmul(read: Reader, x: Any, y: Any) -> Term:
    return algebra.matmul(read.of(x), read.of(y))


def _dot(read: Reader, x: Any, y: Any) -> Term:
    a, b = read.of(x), read.of(y)
    if not a.ndim or not b.ndim:
        return algebra.times(a, b)
    if a.ndim > 2 or b.ndim > 2:
        raise Unwritten
    return algebra.matmul(a, b)


def _outer(read: Reader, x: Any, y: Any) -> Term:
    a, b = read.of(x), read.of(y)
    return algebra.times(algebra.reshape(a, (*a.shape, 1)), b)


def _same(read: Reader, x: Any, *rest: Any, **keywords: Any) -> Term:
    return read.of(x)


def _where(read: Reader, condition: Any, x: Any, y: Any) -> Term:
    return algebra.function("cond", read.of(condition), read.of(x), read.of(y))


def _axes(term: Term, axis: Any) -> Any:
    if axis is None:
        return range(term.ndim)
    return axis if isinstance(axis, tuple) else (axis,)


def _reduction(operation: str) -> Rule:
    def rule(
        read: Reader, x: Any, axis: Any = None, dtype: Any = None, out: Any = None,
        keepdims: Any = False,
    ) -> Term:  # fmt: skip
        term = read.of(x)
        return algebra.reduce(operation, term, _axes(term, axis), bool(keepdims))

    return rule


def _extreme(operation: str) -> Rule:
    def rule(
        read: Reader, x: Any, axis: Any = None, out: Any = None, keepdims: Any = False,
        initial: Any = None,
    ) -> Term:  # fmt: skip
        term = read.of(x)
        if initial not in (None, -math.inf if operation == "max" else math.inf):
            raise Unwritten
        return algebra.reduce(operation, term, _axes(term, axis), bool(keepdims))

    return rule


def _add_reduce(
    read: Reader, x: Any, axis: Any = 0, dtype: Any = None, out: Any = None, keepdims: Any = False
) -> Term:
    return _reduction("sum")(read, x, axis, keepdims=keepdims)


def _norm(read: Reader, x: Any, ord: Any = None, axis: Any = None, keepdims: Any = False) -> Term:
    term = read.of(x)
    if ord not in (None, 2) or (ord == 2 and axis is None and term.ndim != 1):
        raise Unwritten
    squares = algebra.power(term, 2)
    total = algebra.reduce("sum", squares, _axes(term, axis), bool(keepdims))
    return algebra.power(total, 0.5)


def _variance(root: bool) -> Rule:
    def rule(
        read: Reader, x: Any, axis: Any = None, dtype: Any = None, out: Any = None,
        ddof: Any = 0, keepdims: Any = False,
    ) -> Term:  # fmt: skip
        term = read.of(x)
        axes = [a % term.ndim for a in _axes(term, axis)]
        mean = algebra.reduce("mean", term, axes)
        squares = algebra.power(algebra.linear([(1, term), (-1, mean)]), 2)
        count = math.prod(term.shape[a] for a in axes)
        if count == ddof:
            raise Unwritten
        total = algebra.reduce("sum", squares, axes, bool(keepdims))
        found = algebra.scaled(1 / (count - ddof), total)
        return algebra.power(found, 0.5) if root else found

    return rule


def _transpose(read: Reader, x: Any, *axes: Any, **keywords: Any) -> Term:
    if keywords:
        axes = tuple(keywords.values())
    if len(axes) == 1 and (axes[0] is None or isinstance(axes[0], (tuple, list))):
        axes = axes[0] or ()
    return algebra.transpose(read.of(x), axes or None)


def _swapaxes(read: Reader, x: Any, first: int, second: int) -> Term:
    term = read.of(x)
    order = list(range(term.ndim))
    order[first], order[second] = order[second], order[first]
    return algebra.transpose(term, order)


def _matrix_transpose(read: Reader, x: Any) -> Term:
    return _swapaxes(read, x, -1, -2)


def _moveaxis(read: Reader, x: Any, source: Any, destination: Any) -> Term:
    term = read.of(x)
    if not isinstance(source, int) or not isinstance(destination, int):
        raise Unwritten
    order = list(range(term.ndim))
    order.remove(source % term.ndim)
    order.insert(destination % term.ndim, source % term.ndim)
    return algebra.transpose(term, order)


def _reshape(read: Reader, x: Any, *shape: Any, **keywords: Any) -> Term:
    term = read.of(x)
    if "shape" in keywords:
        shape = (keywords["shape"],)
    elif keywords:
        raise Unwritten
    wanted = shape[0] if len(shape) == 1 and isinstance(shape[0], (tuple, list)) else shape
    return algebra.reshape(term, _completed(term, tuple(wanted)))


def _completed(term: Term, shape: tuple[Any, ...]) -> tuple[int, ...]:
    if any(isinstance(n, Variable) for n in shape):
        raise Unwritten
    size = math.prod(term.shape)
    known = math.prod(n for n in shape if n >= 0)
    return tuple(n if n >= 0 else size // known for n in shape)


def _flat(read: Reader, x: Any, *order: Any) -> Term:
    term = read.of(x)
    return algebra.reshape(term, (math.prod(term.shape),))


def _squeeze(read: Reader, x: Any, axis: Any = None) -> Term:
    term = read.of(x)
    axes = [a % term.ndim for a in _axes(term, axis)]
    kept = [n for a, n in enumerate(term.shape) if n != 1 or a not in axes]
    return algebra.reshape(term, kept)


def _expand_dims(read: Reader, x: Any, axis: Any) -> Term:
    term = read.of(x)
    new = [axis] if isinstance(axis, int) else list(axis)
    ndim = term.ndim + len(new)
    places = {a % ndim for a in new}
    lengths = iter(term.shape)
    return algebra.reshape(term, [1 if a in places else next(lengths) for a in range(ndim)])


def _broadcast_to(read: Reader, x: Any, shape: Any, **keywords: Any) -> Term:
    return algebra.spread(read.of(x), (shape,) if isinstance(shape, int) else tuple(shape))


def _full_like(read: Reader, x: Any, value: Any, **keywords: Any) -> Term:
    return algebra.spread(read.of(value), read.of(x).shape)


def _filled(value: float) -> Rule:
    def rule(read: Reader, x: Any, *rest: Any, **keywords: Any) -> Term:
        shape = keywords.get("shape")
        return algebra.spread(number(value), read.of(x).shape if shape is None else shape)

    return rule


def _getitem(read: Reader, x: Any, index: Any) -> Term:
    term = read.of(x)
    plain = index if isinstance(index, tuple) else (index,)
    if not any(True for _ in variables_in(plain)) and not _has_arrays(plain):
        shape = np.empty(term.shape, np.bool_)[index].shape
        if algebra.kept_axes(term.shape, shape) is not None and _takes_all(plain, term):
            return algebra.reshape(term, shape)
        if term.kind == SPREAD and term.parts[0].shape == ():
            return algebra.spread(term.parts[0], shape)
        parts = [term]
        return make(INDEX, parts, read.template(index, parts), shape)
    parts = [term]
    detail = read.template(index, parts)
    if _has_masks(plain):
        raise Unwritten
    shape = _indexed_shape(term, plain)
    return make(INDEX, parts, detail, shape)


def _has_arrays(index: Any) -> bool:
    return any(isinstance(part, (Constant, list)) for part in index)


def _has_masks(index: Any) -> bool:
    parts = [p.value if isinstance(p, Constant) else p for p in index]
    return any(getattr(p, "dtype", None) == np.bool_ for p in parts)


def _indexed_shape(term: Term, index: Any) -> tuple[int, ...]:
    def stand_in(part: Any) -> Any:
        if isinstance(part, Variable):
            return np.zeros(part.shape, int) if part.is_array else 0
        if isinstance(part, Constant):
            return np.zeros(part.value.shape, int)
        if isinstance(part, slice) and any(True for _ in variables_in(part)):
            raise Unwritten
        return part

    return np.empty(term.shape, np.bool_)[tuple(map(stand_in, index))].shape


def _takes_all(index: Any, term: Term) -> bool:
    """Return whether an index only adds and removes axes of length 1."""
    position = 0
    used = sum(1 for part in index if part is not None and part is not Ellipsis)
    for part in index:
        if part is Ellipsis:
            position += term.ndim - used
        elif part is None:
            continue
        elif isinstance(part, slice):
            if part.indices(term.shape[position]) != (0, term.shape[position], 1):
                return False
            position += 1
        else:
            if term.shape[position] != 1:
                return False
            position += 1
    return True


def _absolute(read: Reader, x: Any) -> Term:
    """Write |x|; x itself or -x, where a guard has decided its sign."""
    term = read.of(x)
    for condition, holds in read.conditions:
        if condition.kind == FUNCTION and condition.parts == (algebra.bare(term), number(0)):
            if condition.detail in ("greater", "greater_equal"):
                return term if holds else algebra.scaled(-1, term)
    return algebra.function("absolute", term)


def _item(read: Reader, x: Any, *index: Any) -> Term:
    return _getitem(read, x, index) if index else read.of(x)


def _attribute_real(read: Reader, x: Any) -> Term:
    if getattr(x, "dtype", None) is not None and x.dtype.kind == "c":
        return algebra.function("real", read.of(x))
    return read.of(x)


def _conjugate(read: Reader, x: Any) -> Term:
    if getattr(x, "dtype", None) is not None and x.dtype.kind == "c":
        return algebra.function("conjugate", read.of(x))
    return read.of(x)


def _made(value: float) -> Rule:
    """Return the rule of ``np.zeros`` or ``np.ones``."""

    def rule(read: Reader, shape: Any, dtype: Any = None, order: Any = None) -> Term:
        whole = (shape,) if isinstance(shape, int) else tuple(shape)
        return algebra.spread(number(value), whole)

    return rule


def _sharpened(read: Reader, slope: Any, exact: Any, x: Any) -> Term:
    return read.of(slope)  # the other formula computes the same with more digits


def _exp_of_difference(read: Reader, total: Any, x: Any, axis: Any = None) -> Term:
    difference = algebra.linear([(1, read.of(x)), (-1, read.of(total))])
    return algebra.function("exp", difference)


def _exp_weight(read: Reader, exponential: Any, z: Any, x: Any, y: Any) -> Term:
    if exponential is not np.exp:
        raise Unwritten
    return algebra.function("sigmoid", algebra.linear([(1, read.of(x)), (-1, read.of(y))]))


def _relu(read: Reader, x: Any) -> Term:
    return algebra.function("maximum", read.of(x), number(0))


def _softplus(read: Reader, x: Any) -> Term:
    exponential = algebra.function("exp", read.of(x))
    return algebra.function("log", algebra.linear([(1, number(1)), (1, exponential)]))


def _logistic_density(read: Reader, x: Any) -> Term:
    sigmoid = algebra.function("sigmoid", read.of(x))
    return algebra.times(sigmoid, algebra.linear([(1, number(1)), (-1, sigmoid)]))


def _clip(read: Reader, x: Any, low: Any = None, high: Any = None, **keywords: Any) -> Term:
    low, high = keywords.get("min", low), keywords.get("max", high)
    term = read.of(x)
    if low is not None:
        term = algebra.function("maximum", term, read.of(low))
    return term if high is None else algebra.function("minimum", term, read.of(high))


RULES: dict[Any, Rule] = {
    **dict.fromkeys([operator.add, np.add], _linear(1, 1)),
    **dict.fromkeys([operator.sub, np.subtract], _linear(1, -1)),
    **dict.fromkeys([operator.neg, np.negative], _linear(-1)),
    **dict.fromkeys([operator.mul, np.multiply], _powers(1, 1)),
    **dict.fromkeys([operator.truediv, np.divide], _powers(1, -1)),
    **dict.fromkeys([operator.pow, np.power, math.pow, np.float_power], _power),
    **dict.fromkeys([operator.matmul, np.matmul], _matmul),
    **dict.fromkeys([operator.pos, np.positive, float, np.asarray, np.asanyarray], _same),
    **dict.fromkeys([np.array, np.copy, np.ascontiguousarray, np.astype], _same),
    **dict.fromkeys([operator.lt, np.less], _elementwise("less")),
    **dict.fromkeys([operator.le, np.less_equal], _elementwise("less_equal")),
    **dict.fromkeys([operator.gt, np.greater], _elementwise("greater")),
    **dict.fromkeys([operator.ge, np.greater_equal], _elementwise("greater_equal")),
    **dict.fromkeys([operator.eq, np.equal], _elementwise("equal")),
    **dict.fromkeys([operator.ne, np.not_equal], _elementwise("not_equal")),
    **dict.fromkeys([operator.and_, np.bitwise_and], _elementwise("logical_and")),
    **dict.fromkeys([operator.or_, np.bitwise_or], _elementwise("logical_or")),
    **dict.fromkeys([abs, math.fabs, np.absolute, np.fabs], _absolute),
    **dict.fromkeys([operator.invert, np.invert], _elementwise("logical_not")),
    operator.mod: _elementwise("remainder"),
    operator.floordiv: _elementwise("floor_divide"),
    np.square: _powers(2),
    np.reciprocal: _powers(-1),
    **dict.fromkeys([np.sqrt, math.sqrt], _powers(0.5)),
    **dict.fromkeys([math.asin], _elementwise("arcsin")),
    **dict.fromkeys([math.acos], _elementwise("arccos")),
    **dict.fromkeys([math.atan], _elementwise("arctan")),
    **dict.fromkeys([math.asinh], _elementwise("arcsinh")),
    **dict.fromkeys([math.acosh], _elementwise("arccosh")),
    **dict.fromkeys([math.atanh], _elementwise("arctanh")),
    math.atan2: _elementwise("arctan2"),
    **{
        getattr(math, name): _elementwise(name)
        for name in (
            "exp", "expm1", "log", "log1p", "log2", "log10", "sin", "cos", "tan", "sinh", "cosh",
            "tanh", "hypot", "copysign", "exp2", "cbrt",
        )
    },
    **dict.fromkeys([np.real, np.real_if_close], _attribute_real),
    **dict.fromkeys([np.conjugate], _conjugate),
    np.clip: _clip,
    np.dot: _dot,
    np.inner: _dot,
    np.outer: _outer,
    np.vdot: _dot,
    np.where: _where,
    np.sum: _reduction("sum"),
    np.add.reduce: _add_reduce,
    np.mean: _reduction("mean"),
    np.prod: _reduction("prod"),
    **dict.fromkeys([np.max, np.amax], _extreme("max")),
    **dict.fromkeys([np.min, np.amin], _extreme("min")),
    np.var: _variance(False),
    np.std: _variance(True),
    np.linalg.norm: _norm,
    np.transpose: _transpose,
    np.swapaxes: _swapaxes,
    np.moveaxis: _moveaxis,
    **dict.fromkeys([np.matrix_transpose, np.linalg.matrix_transpose], _matrix_transpose),
    np.reshape: _reshape,
    np.ravel: _flat,
    np.squeeze: _squeeze,
    np.expand_dims: _expand_dims,
    np.broadcast_to: _broadcast_to,
    np.full_like: _full_like,
    np.zeros_like: _filled(0.0),
    np.ones_like: _filled(1.0),
    operator.getitem: _getitem,
}  # fmt: skip

def _kernel(function: Any) -> Any:
    """Return the function that a program calls for one of the library."""
    return getattr(function, "__wrapped__", function)


RULES.update(
    {
        np.zeros: _made(0.0),
        np.ones: _made(1.0),
        choose: _where,
        _kernel(elementwise.sharpened): _sharpened,
        _kernel(elementwise.exp_weight): _exp_weight,
        _kernel(reductions.softmax_of_sum): _exp_of_difference,
        _kernel(special.relu_of_float): _relu,
        _kernel(special.sigmoid_of_float): _elementwise("sigmoid"),
        _kernel(special.softplus_of_float): _softplus,
        _kernel(special.logistic_density): _logistic_density,
    }
)

METHODS: dict[str, Rule] = {
    "T": _transpose,
    "mT": _matrix_transpose,
    "transpose": _transpose,
    "swapaxes": _swapaxes,
    "reshape": _reshape,
    "ravel": _flat,
    "flatten": _flat,
    "squeeze": _squeeze,
    "copy": _same,
    "astype": _same,
    "item": _item,
    "view": _same,
    "sum": _reduction("sum"),
    "mean": _reduction("mean"),
    "prod": _reduction("prod"),
    "max": _extreme("max"),
    "min": _extreme("min"),
    "var": _variance(False),
    "std": _variance(True),
    "dot": _dot,
    "clip": _clip,
    "real": _attribute_real,
    "conj": _conjugate,
    "conjugate": _conjugate,
}

_INPLACE = {
    operator.iadd: operator.add,
    operator.isub: operator.sub,
    operator.imul: operator.mul,
    operator.itruediv: operator.truediv,
    operator.ipow: operator.pow,
    operator.imatmul: operator.matmul,
    operator.ifloordiv: operator.floordiv,
    operator.imod: operator.mod,
}

