"""Find the formulas of a table in a recorded computation."""

from __future__ import annotations

import ast
import inspect
import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

import autograd
from autograd.check.accuracy.reformulations import ROWS
from autograd.engine import Node, Primitive, Tensor, Value, operations
from autograd.engine.recorded import Recorded
from autograd.graph import Graph, contents
from autograd.rules import elementwise, reductions, softmax

#: What the formulas of the table may use.
NAMESPACE: dict[str, Any] = {"np": np, "autograd": autograd}
with suppress(ImportError):
    import scipy.special

    NAMESPACE["scipy"] = scipy
#: Primitives whose arguments may be exchanged.
COMMUTATIVE = (elementwise.add, elementwise.multiply, elementwise.logaddexp)
#: Primitives with the options ``axis=`` and ``keepdims=``.
REDUCTIONS = (
    reductions.sum,
    reductions.mean,
    reductions.prod,
    reductions.root_of_squares,
    softmax.softmax,
)


@dataclass
class Match:
    """A formula of the table found in a record.

    Attributes
    ----------
    found, better : str
        The formula, and the one that keeps more digits, in the variables of the table.
    constants : dict of str to float
        Variables that stand for numbers.
    size : int
        The number of operations of the formula.
    variables : dict of str to object
        What its variables stand for: nodes, numbers and arrays.
    index : object
        The elements of the formula that the program uses; None for all.
    """

    found: str
    better: str
    size: int
    variables: dict[str, Any] = field(default_factory=dict)
    constants: dict[str, float] = field(default_factory=dict)
    index: Any = None

    def evaluate(self, numbers: dict[str, Any]) -> Any:
        """Return the better formula for these numbers."""
        with np.errstate(all="ignore"):
            found = eval(self.better, {**NAMESPACE, **self.constants, **numbers})
        return found if self.index is None else found[self.index]

    def written(self) -> tuple[str, str]:
        """Return both formulas with their constants, and with the index of the elements."""
        found, better = (
            _with_constants(text, self.constants) for text in (self.found, self.better)
        )
        if self.index is None:
            return found, better
        return f"({found})[index]", f"({better})[index]"


def _with_constants(formula: str, constants: Mapping[str, float]) -> str:
    """Replace variables of a formula by the numbers that they stand for."""
    for name, x in constants.items():
        number = f"{x:g}" if float(f"{x:g}") == x else repr(x)
        number = number if x >= 0 else f"({number})"
        formula = re.sub(rf"(?<![\w.]){name}(?!\w)", number, formula)
    return formula


def matches(node: Any) -> Iterator[Match]:
    """Yield the formulas of the table whose last operation is a node.

    A function of chosen elements, such as ``np.log(p[i])``, is also taken as the elements of a
    formula, such as ``np.log(p)[i]``.
    """
    yield from _matches(node, None)
    first = node.arguments[0]
    if len(node.arguments) == 1 and node.primitive.partials is not None and _is_getitem(first):
        yield from _matches(_Applied(node.primitive, first.arguments[:1]), first.arguments[1])


def _matches(node: Any, index: Any) -> Iterator[Match]:
    for found, better, pattern, names in _table()[_canonical(node)[0]]:
        bound = next(_unify(pattern, node, {}, names), None)
        if bound is not None:
            options = bound.pop("", {})
            size = len(Graph.of(pattern).operations)
            formula = _formatted(better, options, bound)
            constants = {
                name: x for name, x in bound.items() if type(x) in (int, float) and math.isfinite(x)
            }
            variables = {name: x for name, x in bound.items() if name not in constants}
            yield Match(found, formula, size, variables, constants, index)


def _is_getitem(x: Any) -> bool:
    return isinstance(x, Tensor) and x.primitive is operations.GETITEM


class _Applied(Recorded):
    """A call that the program did not make: of a function on all elements of an array."""

    def __init__(self, primitive: Primitive, arguments: tuple[Any, ...]) -> None:
        self.primitive, self.arguments = primitive, arguments
        self.keywords: dict[str, Any] = {}


@cache
def _table() -> Mapping[Primitive | None, list[tuple[str, str, Any, dict[int, str]]]]:
    """Return the rows, with their recorded formulas and variables, by their last operation."""
    table = defaultdict(list)
    for found, better in ROWS:
        if "scipy" not in NAMESPACE and "scipy." in found + better:
            continue
        for pattern, variables in _patterns(found):
            names = {id(variable): name for name, variable in variables.items()}
            table[_canonical(pattern)[0]].append((found, better, pattern, names))
    return table


@cache
def _patterns(formula: str) -> tuple[tuple[Any, dict[str, Any]], ...]:
    """Return a formula recorded with numbers, and with arrays."""
    tree = ast.parse(formula, mode="eval")
    names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)} - set(NAMESPACE)
    code = compile(tree, "<formula>", "eval")
    found = []
    for make in (_number, _vector, _matrix):
        variables = {name: make(position) for position, name in enumerate(sorted(names))}
        try:
            with np.errstate(all="ignore"):
                found.append((eval(code, {**NAMESPACE, **variables}), variables))
        except (TypeError, ValueError, np.linalg.LinAlgError):
            continue  # such as a matrix product of numbers
    return tuple(found)


def _number(position: int) -> Any:
    return Value(0.3 + 0.1 * position)


def _vector(position: int) -> Any:
    return Tensor(0.3 + 0.1 * position + 0.01 * np.arange(2.0))


def _matrix(position: int) -> Any:
    return Tensor(np.eye(2) + position)


def _unify(pattern: Any, item: Any, bound: dict[str, Any], names: dict[int, str]) -> Iterator[Any]:
    """Yield what the variables of a pattern stand for if it matches an item of a record."""
    name = names.get(id(pattern))
    if name is not None:
        if name not in bound:
            yield {**bound, name: item}
        elif same(bound[name], item):
            yield bound
        return
    if not isinstance(pattern, Recorded) or not isinstance(item, Recorded):
        if not isinstance(item, Recorded) and same(pattern, item):
            yield bound
        return
    (primitive, arguments, _), (other, given, options) = _canonical(pattern), _canonical(item)
    if primitive is None or primitive is not other or len(arguments) != len(given):
        return
    if options:
        if bound.get("", options) != options and primitive is not softmax.softmax:
            return
        bound = {**bound, "": options}
    orders = [given, given[::-1]] if primitive in COMMUTATIVE else [given]
    for order in orders:
        yield from _unify_all(arguments, order, bound, names)


def _unify_all(patterns: Any, items: Any, bound: Any, names: Any) -> Iterator[Any]:
    if not patterns:
        yield bound
        return
    for found in _unify(patterns[0], items[0], bound, names):
        yield from _unify_all(patterns[1:], items[1:], found, names)


def _canonical(node: Any) -> tuple[Primitive | None, tuple[Any, ...], dict[str, Any]]:
    """Return primitive, arguments and options: ``x * x`` and ``x**2`` are the square of x."""
    primitive, arguments = node.primitive, tuple(node.arguments)
    if primitive is elementwise.multiply and same(*arguments):
        return elementwise.square, arguments[:1], {}
    if primitive is elementwise.power and same(arguments[1], 2):
        return elementwise.square, arguments[:1], {}
    if primitive is elementwise.power and same(arguments[1], 0.5):
        return elementwise.sqrt, arguments[:1], {}
    if primitive is elementwise.reciprocal:
        return elementwise.divide, (1, *arguments), {}
    if primitive is elementwise.add and isinstance(arguments[1], float) and arguments[1] < 0:
        return elementwise.subtract, (arguments[0], -arguments[1]), {}
    if primitive in REDUCTIONS:
        given = inspect.signature(primitive.function).bind(*arguments, **node.keywords).arguments
        options: dict[str, Any] = {k: given[k] for k in ("axis", "keepdims") if k in given}
        options = {k: v for k, v in options.items() if v is not None and v is not False}
        return primitive, arguments[:1], options
    return primitive, arguments, {}


def same(a: Any, b: Any) -> bool:
    """Return whether two items of a record are the same numbers, by the same operations."""
    if a is b:
        return True
    if isinstance(a, Node) != isinstance(b, Node):
        return False
    if not isinstance(a, Node):
        return _equal_constants(a, b)
    waiting = [(a, b)]
    for _ in range(50):
        if not waiting:
            return True
        x, y = waiting.pop()
        if x is y:
            continue
        if not isinstance(x, Node) or not isinstance(y, Node):
            if isinstance(x, Node) or isinstance(y, Node) or not _equal_constants(x, y):
                return False
            continue
        if x.primitive is None or x.primitive is not y.primitive or x.keywords != y.keywords:  # type: ignore[attr-defined]
            return False
        if len(x.arguments) != len(y.arguments):  # type: ignore[attr-defined]
            return False
        waiting += zip(x.arguments, y.arguments, strict=True)  # type: ignore[attr-defined]
    return False


def _equal_constants(a: Any, b: Any) -> bool:
    try:
        return bool(np.array_equal(a, b))
    except (TypeError, ValueError):
        return False


def _formatted(better: str, options: dict[str, Any], bound: dict[str, Any]) -> str:
    """Fill in the options of sums."""
    axes = "".join(f", {name}={value!r}" for name, value in options.items())
    axis = options.get("axis")
    if axis is None and "{axis}" in better and np.ndim(contents(bound["x"])) > 1:
        axis = tuple(range(np.ndim(contents(bound["x"]))))
    only = f", axis={axis!r}" if axis is not None else ""
    return better.replace("{axes}", axes).replace("{axis}", only)
