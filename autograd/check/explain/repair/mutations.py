"""The table of changes: what people write, and what they should have written."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from itertools import combinations, islice
from typing import Any, NamedTuple

from autograd.check.explain.repair import arithmetic, assignments, calls, forms, indexing
from autograd.check.explain.repair.syntax import Path, at, parts, replaced
from autograd.check.explain.repair.vocabulary import Vocabulary

Change = Callable[[Any, Vocabulary], Iterator[Any]]


class Row(NamedTuple):
    """A kind of change.

    Attributes
    ----------
    kind : str
        What was wrong, as a noun.
    applies : type or tuple of types, or None
        To which syntax; None for the whole statement.
    change : callable
        Yields what may be right instead of a part of a statement.
    cost : float
        How far-fetched it is: 0 for a slip of the pen.
    """

    kind: str
    applies: Any
    change: Change
    cost: float = 0.0


#: Changes that are possible where something is assigned.
_OF_TARGETS = (indexing.indices, indexing.fetched, indexing.attributes)

_VALUES = (ast.Name, ast.Attribute, ast.Subscript)

#: A row that is combined with a column, which is hardly ever meant.
BROADCASTS = (Row("a row and a column", ast.BinOp, arithmetic.broadcasts, -8.0),)

#: Slips of the pen: one operator, name, sign, number or index.
SLIPS = (
    *BROADCASTS,
    Row("an operator", ast.BinOp, arithmetic.operators),
    Row("an operand too many", ast.BinOp, arithmetic.dropped),
    Row("operands exchanged", ast.BinOp, arithmetic.exchanged),
    Row("matrices exchanged", ast.BinOp, arithmetic.commuted),
    Row("a matrix transposed", ast.BinOp, arithmetic.transposed),
    Row("a transpose", (ast.Name, ast.Attribute, ast.Call), arithmetic.turned_alone),
    Row("a sign", (ast.UnaryOp, ast.Name, ast.Call, ast.Subscript, ast.Compare, ast.Attribute, ast.BinOp), arithmetic.signs),
    Row("a complex number", (*_VALUES, ast.Call, ast.BinOp), arithmetic.complex_numbers, 0.5),
    Row("a constant", ast.Constant, arithmetic.constants, 0.25),
    Row("a comparison", ast.Compare, arithmetic.comparisons),
    Row("another value", _VALUES, indexing.names),
    Row("another attribute", ast.Attribute, indexing.attributes),
    Row("an index", ast.Subscript, indexing.indices),
    Row("another entry", ast.Subscript, indexing.fetched),
    Row("another function", ast.Call, calls.functions),
    Row("the arguments", ast.Call, calls.arguments),
    Row("an axis", ast.Call, calls.axes),
    Row("the subscripts", ast.Call, calls.subscripts),
    Row("a known derivative", ast.BinOp, forms.derivatives),
    Row("an operator", ast.AugAssign, assignments.opposite),
    Row("the assignment", ast.AugAssign, assignments.augmented, 0.5),
    Row("the assignment", ast.Assign, assignments.assigned, 0.5),
    Row("a copy", ast.Assign, assignments.copied),
    Row("a statement too many", (ast.Assign, ast.AugAssign, ast.Expr), assignments.deleted),
    Row("the order", ast.Tuple, indexing.rolled),
    Row("the turns of the loop", ast.Call, calls.walked),
    Row("a condition", ast.IfExp, arithmetic.chosen),
    Row("a condition", ast.BoolOp, arithmetic.joined),
)  # fmt: skip

#: What takes more to write.
FORMS = (
    Row("two values exchanged", None, indexing.exchanged),
    Row("two indices exchanged", None, indexing.resliced),
    Row("a missing operand", ast.Subscript, indexing.both, 1.0),
    Row("a variable that is not used", None, forms.forgotten, 1.0),
    Row("a missing statement", None, assignments.followed),
    Row("a missing statement", None, assignments.accumulated),
    Row("the form", (*_VALUES, ast.Call, ast.BinOp, ast.Compare), forms.forms, 1.0),
)

#: Values combined with others at hand.
COMBINED = (
    Row("a missing operand", (*_VALUES, ast.Call, ast.BinOp, ast.Constant), forms.combined, 1.0),
)


class Variant(NamedTuple):
    """A changed statement."""

    kind: str
    node: Any
    cost: float
    note: str = ""


def variants(node: Any, around: Vocabulary, rows: tuple[Row, ...]) -> Iterator[Variant]:
    """Yield the changes of a statement or expression that rows of the table describe."""
    for path, part in parts(node):
        if isinstance(part, (ast.expr_context, ast.operator, ast.cmpop, ast.unaryop)):
            continue
        stored = not isinstance(getattr(part, "ctx", ast.Load()), ast.Load)
        for row in rows:
            if stored and row.change not in _OF_TARGETS:
                continue
            if isinstance(part, row.applies) if row.applies else not path:
                for new in row.change(part, around):
                    note = ""
                    if isinstance(new, arithmetic.Noted):
                        new, note = new
                    if isinstance(new, ast.AST) and not hasattr(new, "lineno"):
                        ast.copy_location(new, part)
                    cost = row.cost + (2.0 if _in_target(node, path) else 0.0)
                    yield Variant(row.kind, replaced(node, path, new), cost, note)


def everywhere(node: Any, around: Vocabulary) -> Iterator[Variant]:
    """Yield the changes of a part that occurs several times, made in all places."""
    found: dict[str, list[Path]] = {}
    for path, part in parts(node):
        if isinstance(part, ast.expr) and isinstance(getattr(part, "ctx", ast.Load()), ast.Load):
            found.setdefault(ast.unparse(part), []).append(path)
    for paths in found.values():
        if len(paths) > 1 and isinstance(at(node, paths[0]), ast.Slice):
            for other in indexing.moved(at(node, paths[0]), around):
                yield Variant("an index", _all_replaced(node, paths, other), 1.0)
        elif len(paths) > 1:
            for change in variants(at(node, paths[0]), around, (*SLIPS, FORMS[-1])):
                changed = _all_replaced(node, paths, change.node)
                yield change._replace(node=changed, cost=change.cost + 0.5)


def _all_replaced(node: Any, paths: list[Path], new: Any) -> Any:
    for path in paths:
        node = replaced(node, path, new)
    return node


def pairs(node: Any, around: Vocabulary) -> Iterator[Variant]:
    """Yield two slips of the pen in one statement."""
    single: list[tuple[Path, Any]] = []
    for path, part in parts(node):
        if isinstance(getattr(part, "ctx", ast.Load()), ast.Load):
            for row in SLIPS:
                if row.kind in _PAIRED and row.applies and isinstance(part, row.applies):
                    single += [(path, new) for new in islice(row.change(part, around), 6)]
    for (one, new), (other, newer) in combinations(single, 2):
        if one[: len(other)] != other and other[: len(one)] != one:
            both = replaced(replaced(node, one, new), other, newer)
            yield Variant("two slips", both, 1.0)


#: The slips that are tried in pairs.
_PAIRED = {
    "an operator",
    "an operand too many",
    "operands exchanged",
    "a transpose",
    "a sign",
    "a constant",
    "a comparison",
    "an index",
    "another function",
    "an axis",
}


def _in_target(node: Any, path: Path) -> bool:
    """Return whether a part is the variable that is assigned to, which is seldom mistaken."""
    if not path or path[0][0] not in ("targets", "target"):
        return False
    return not any(name == "slice" for name, _ in path)
