"""Make code of a changed function that can take the place of the code of the function."""

from __future__ import annotations

import ast
import math
import operator
import threading
import time
import types
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.check.explain.repair.syntax import Path, at, clone, expression, replaced

#: Stands for the `Choice` in a syntax tree, whose constants cannot be any object.
PLACEHOLDER = "\0choice"

#: How many seconds a run may wait for each second that it may compute.
HANGING = 4.0

#: How long a whole number may become.
MOST_BITS = 100_000


class TooLong(BaseException):
    """Changed code ran for too long."""


class Choice:
    """Decides, while the code runs, which variant of a statement is executed.

    Changed code holds one as a constant.

    Attributes
    ----------
    number : int
        The number of the variant.
    deadline, first, last : float
        The processor time at which the thread has run for too long, the earliest moment at which
        it can have, and the moment at which other threads, or one that waits, have.
    looked, computed : float
        The moment of the last reading of the clock of the thread, and what it showed.
    coefficient : float
        The coefficient of a term or a factor that is fitted.
    strayed : bool
        Whether another thread ran for too long: it may go on in the next run.
    """

    __slots__ = ("coefficient", "computed", "deadline", "first", "last", "looked", "main", "number",
                 "running", "seen", "strayed")  # fmt: skip

    def __init__(self) -> None:
        self.number = 0
        self.coefficient = 1.0
        self.deadline = self.first = self.last = math.inf
        self.looked, self.computed = -math.inf, 0.0
        self.main = threading.get_ident()
        self.running = self.strayed = False
        self.seen: Any = None

    def start(self, seconds: float) -> None:
        """Begin a run that may take some seconds."""
        self.running = True
        now = time.monotonic()
        if now - self.looked > 0.1:  # the clock of a thread takes long to read
            self.looked, self.computed = now, time.thread_time()
        self.deadline = self.computed + (now - self.looked) + seconds
        self.first, self.last = now + seconds, now + HANGING * seconds

    def stop(self) -> None:
        """End a run: this thread has time again, but not those that it started."""
        self.running = False

    def is_late(self) -> bool:
        """Return whether the time of this run is over."""
        now = time.monotonic()
        if now < self.first:  # no thread can have computed for longer than that
            return False
        mine = threading.get_ident() == self.main
        if mine and not self.running:
            return False
        return now > self.last or (mine and time.thread_time() > self.deadline)

    def tick(self) -> None:
        """End a loop or a recursion that runs for too long.

        Raises
        ------
        TooLong
            If the time of this run is over.
        """
        if self.is_late():
            self.strayed |= threading.get_ident() != self.main
            raise TooLong

    def power(self, base: Any, exponent: Any) -> Any:
        """Return a power, unless it is a whole number of many digits.

        Raises
        ------
        TooLong
            If it is: nothing could end the computation.
        """
        whole = type(base) is int and type(exponent) is int and exponent > 0
        if whole and base.bit_length() * exponent > MOST_BITS:
            raise TooLong
        return base**exponent

    def disturbed(self, value: Any) -> Any:
        """Return a value plus random numbers, and note it.

        Raises
        ------
        TypeError
            If the value does not consist of floating point numbers.
        """
        self.seen = value
        kind = getattr(getattr(value, "dtype", None), "kind", "f" if type(value) is float else "")
        if kind not in tuple("fc"):
            raise TypeError("only floating point numbers have derivatives")
        numbers = np.random.default_rng(1).uniform(0.5, 1.5, np.shape(value))
        size = float(np.max(np.abs(value), initial=0.0)) or 1.0
        if not np.ndim(value):
            return value + size * float(numbers)
        return value + np.asarray(size * numbers, value.dtype)


def with_variants(tree: Any, path: Path, variants: Sequence[Any]) -> Any:
    """Return a function's tree that executes one of several variants of the part at a path."""
    choose = _choose_statement if isinstance(at(tree, path), ast.stmt) else _choose_expression
    return replaced(tree, path, _choice(choose, variants, 0))


def _choice(choose: Any, variants: Sequence[Any], first: int) -> Any:
    """Return nested comparisons of the number of the variant: few are executed."""
    if len(variants) == 1:
        return variants[0]
    middle = len(variants) // 2
    test = ast.Compare(attribute_of_choice("number"), [ast.Lt()], [ast.Constant(first + middle)])
    one, other = variants[:middle], variants[middle:]
    return choose(test, _choice(choose, one, first), _choice(choose, other, first + middle))


def _choose_statement(test: ast.expr, one: Any, other: Any) -> ast.stmt:
    return ast.If(test, _listed(one), _listed(other))


def _choose_expression(test: ast.expr, one: Any, other: Any) -> ast.expr:
    return ast.IfExp(test, one, other)


def _listed(variant: Any) -> list[ast.stmt]:
    return (variant if isinstance(variant, list) else [variant]) or [ast.Pass()]


def attribute_of_choice(name: str) -> ast.expr:
    """Return the expression of an attribute of the `Choice`."""
    return ast.Attribute(ast.Constant(PLACEHOLDER), name, ast.Load())


def recompiled(
    tree: Any, code: types.CodeType, classes: Sequence[str], choice: Choice, ticking: Ticking
) -> types.CodeType | None:
    """Return the code of a changed function; None if it cannot replace the original code.

    Parameters
    ----------
    tree : ast.FunctionDef or ast.Lambda
        The changed function.
    code : code
        The original code: the new one has the same free variables.
    classes : sequence of str
        The names of the classes around it, for names with two underscores.
    choice : Choice
        Takes the place of its placeholder.
    ticking : Ticking
        Lets it end, and knows the unchanged parts of the function.
    """
    free = [name for name in code.co_freevars if name != "__class__" or not classes]
    inner: ast.stmt = _keeping(tree, free)
    for name in reversed(classes):
        inner = ast.ClassDef(name=name, bases=[], keywords=[], body=[inner], decorator_list=[])
    outer = ast.parse(f"def outer({', '.join(free)}): pass")
    defined = {getattr(tree, "name", ""), *classes[:1]} - {"", *free}
    known = [ast.Global(sorted(defined))] if defined else []  # it may call itself
    body = [ticking.visit(part, outer.body[0]) for part in (*known, inner)]
    outer.body[0].body = body  # type: ignore[attr-defined]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made = compile(outer, code.co_filename, "exec")
    except (SyntaxError, ValueError, TypeError, RecursionError):
        return None
    for name in ("outer", *classes, code.co_name):
        inside = [c for c in made.co_consts if isinstance(c, types.CodeType) and c.co_name == name]
        if not inside:
            return None
        made = inside[-1]
    if made.co_freevars != code.co_freevars:
        return None
    return _with_choice(made, choice)


def _keeping(tree: Any, free: Sequence[str]) -> Any:
    """Return a statement with the function, in which all free variables remain in use."""
    used: ast.expr = ast.Tuple([ast.Name(name, ast.Load()) for name in free], ast.Load())
    function = replaced(tree, (), tree)
    if isinstance(tree, ast.Lambda):
        body = ast.IfExp(ast.Constant(True), tree.body, used)
        return ast.Expr(replaced(tree, (("body", None),), body))
    never = ast.If(ast.Constant(False), [ast.Expr(used)], [])  # at the end: after any `nonlocal`
    last = len(tree.body) - 1
    function = replaced(tree, (("body", last),), [tree.body[last], never])
    function.decorator_list = []
    return function


class Ticking:
    """Lets loops, functions and comprehensions end when the time is over.

    Parameters
    ----------
    tree : ast.AST
        A function. The parts of it that changed functions share with it are visited only once.
    """

    def __init__(self, tree: Any) -> None:
        self.tree = tree  # keeps the nodes alive, so that no other gets the id of one
        self._known: dict[int, Any] = {}
        self._learns = True
        self.visit(tree, tree)
        self._learns = False

    def visit(self, node: Any, place: Any) -> Any:
        """Return a node that ends in time; nodes without a place in the file get this one."""
        if not node._fields and not node._attributes:  # an operator
            return node
        known = self._known.get(id(node))
        if known is not None:
            return known
        new, here = node, place
        if "lineno" in node._attributes:
            if getattr(node, "end_lineno", None) is None:
                new = ast.copy_location(clone(node), place)
            here = new
        for name in node._fields:
            field = getattr(node, name, None)
            if isinstance(field, ast.AST):
                visited = self.visit(field, here)
            else:
                visited = self._listed(field, here) if isinstance(field, list) else field
            if visited is not field:
                new = clone(node) if new is node else new
                setattr(new, name, visited)
        new = self._ticked(new, here)
        if self._learns:
            self._known[id(node)] = new
        return new

    def _listed(self, field: list[Any], here: Any) -> list[Any]:
        items = [self.visit(n, here) if isinstance(n, ast.AST) else n for n in field]
        return field if all(map(operator.is_, items, field)) else items

    def _ticked(self, node: Any, place: Any) -> Any:
        if isinstance(node, (ast.For, ast.While, ast.FunctionDef, ast.AsyncFunctionDef)):
            return self._with(node, "body", [*_located([ast.Expr(_tick())], place), *node.body])
        if isinstance(node, ast.Lambda):
            body = expression("_0 if _1 is None else None", node.body, _tick())
            return self._with(node, "body", *_located([body], place))
        if isinstance(node, ast.comprehension):
            first = _located([expression("_0 is None", _tick())], place)
            return self._with(node, "ifs", [*first, *node.ifs])
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
            power = ast.Call(attribute_of_choice("power"), [node.left, node.right], [])
            return _located([power], place)[0]
        return node

    @staticmethod
    def _with(node: Any, name: str, value: Any) -> Any:
        changed = clone(node)
        setattr(changed, name, value)
        return changed


def _tick() -> ast.expr:
    return ast.Call(attribute_of_choice("tick"), [], [])


def _located(nodes: list[Any], place: Any) -> list[Any]:
    """Return nodes, and what is in them, with the place of another where they have none."""
    for node in nodes:
        ast.fix_missing_locations(ast.copy_location(node, place))
    return nodes


def _with_choice(code: types.CodeType, choice: Choice) -> types.CodeType:
    constants: list[Any] = []
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            constant = _with_choice(constant, choice)
        is_choice = isinstance(constant, str) and constant == PLACEHOLDER
        constants.append(choice if is_choice else constant)
    return code.replace(co_consts=tuple(constants))
