"""The user's own code: which statement an instruction comes from, and what it assigns to."""

from __future__ import annotations

import ast
import linecache
import os
from typing import Any

from autograd.program.origins import Place

#: File -> its lines when they were parsed, and what was found in them.
_FILES: dict[str, tuple[list[str], Any]] = {}

#: Code object -> for each of its instructions: line, last line, column, last column.
_POSITIONS: dict[Any, list[Any]] = {}


class Statement:
    """A statement of the user.

    Attributes
    ----------
    file : str
        The file.
    line : int
        Its first line.
    text : str
        The statement on one line, without what could end a comment.
    """

    def __init__(self, file: str, line: int, text: str) -> None:
        self.file = file
        self.line = line
        self.text = text

    @property
    def where(self) -> str:
        """The name of the file and the line."""
        return location((self.file, self.line))


class Origin:
    """What an instruction computes in the user's code.

    Attributes
    ----------
    statement : Statement
        The statement.
    expression : ast.expr
        The expression.
    names : str, list or None
        What the expression is assigned to: a name, a list of names, None if to nothing.
    """

    def __init__(self, statement: Statement, expression: ast.AST, names: Any) -> None:
        self.statement = statement
        self.expression = expression
        self.names = names


def origin_of(place: Any) -> Origin | None:
    """Return what the user wrote at the place of an instruction; None if it cannot be known."""
    if not isinstance(place, Place):
        return None
    position = _position(place)
    found = None if position is None else _parsed(place[0]).get(position)
    return found if isinstance(found, Origin) else None


def location(place: Any) -> str:
    """Return file name and line; "" for what is not in a file, such as a cell of a notebook."""
    file, line = place
    if file.startswith("<") or "ipykernel" in file:
        return ""
    return f"{printable(os.path.basename(file))}:{line}"


def printable(text: str) -> str:
    """Return a text for a comment: on one line, without characters that are not shown."""
    return "".join(c for c in " ".join(text.split()) if c.isprintable())


def _position(place: Place) -> Any:
    known = _POSITIONS.get(place.code)
    if known is None:
        if len(_POSITIONS) > 1000:
            _POSITIONS.clear()
        known = _POSITIONS[place.code] = list(place.code.co_positions())
    where = place.instruction // 2
    return known[where] if 0 <= where < len(known) else None


def _parsed(file: str) -> dict[Any, Origin]:
    """Return the expressions of a file by their positions."""
    lines = linecache.getlines(file)
    known = _FILES.get(file)
    if known is not None and (known[0] is lines or known[0] == lines):
        return known[1]  # type: ignore[no-any-return]
    found: dict[Any, Origin] = {}
    try:
        tree = ast.parse("".join(lines))
        _Reader(file, lines, found).visit(tree)
    except (SyntaxError, ValueError, RecursionError):
        found = {}
    if len(_FILES) > 100:
        _FILES.clear()
    _FILES[file] = (lines, found)
    return found


class _Reader(ast.NodeVisitor):
    """Collects the expressions of a file, with the statements they are in."""

    def __init__(self, file: str, lines: list[str], found: dict[Any, Origin]) -> None:
        self.file = file
        self.lines = lines
        self.found = found
        self.statement: Statement | None = None
        self.names: dict[int, Any] = {}

    def visit(self, node: ast.AST) -> None:
        """Visit a node of the syntax tree."""
        if isinstance(node, ast.stmt):
            before, self.statement = self.statement, self._statement(node)
            self._assignment(node)
            self.generic_visit(node)
            self.statement = before
            return
        if isinstance(node, ast.Lambda):
            before, self.statement = self.statement, self._lambda(node)
            self.generic_visit(node)
            self.statement = before
            return
        if isinstance(node, ast.NamedExpr):
            self._assign(node.target, node.value)
        if isinstance(node, (ast.expr, ast.AugAssign)) and self.statement is not None:
            self._note(node)
        self.generic_visit(node)

    def _statement(self, node: ast.stmt) -> Statement:
        line = self.lines[node.lineno - 1]
        if hasattr(node, "body"):
            text = line.strip().partition("  #")[0]
        elif node.end_lineno == node.lineno:
            text = line.encode()[node.col_offset : node.end_col_offset].decode()
        else:
            text = ast.unparse(node)
        return Statement(self.file, node.lineno, printable(text))

    def _lambda(self, node: ast.Lambda) -> Statement:
        """Return the expression that a lambda returns, as a statement of its own."""
        body = node.body
        text = ast.get_source_segment("".join(self.lines), body) if self._is_short(body) else None
        return Statement(self.file, body.lineno, printable(text or ast.unparse(body)))

    @staticmethod
    def _is_short(node: ast.expr) -> bool:
        return node.lineno == node.end_lineno

    def _assignment(self, node: ast.stmt) -> None:
        if isinstance(node, ast.Assign):
            self._assign(node.targets[0], node.value)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            self._assign(node.target, node.value)
        elif isinstance(node, ast.AugAssign):
            self._assign(node.target, node)
            self._note(node)

    def _assign(self, target: ast.AST, value: ast.AST) -> None:
        targets = getattr(target, "elts", None)
        values = getattr(value, "elts", None)
        if targets is None:
            self.names[id(value)] = _name_of(target)
        elif values is not None and len(values) == len(targets):
            for part, item in zip(targets, values, strict=True):
                self._assign(part, item)
        elif values is None:
            self.names[id(value)] = [_name_of(part) for part in targets]

    def _note(self, node: Any) -> None:
        position = (node.lineno, node.end_lineno, node.col_offset, node.end_col_offset)
        assert self.statement is not None
        self.found.setdefault(position, Origin(self.statement, node, self.names.get(id(node))))


def _name_of(target: Any) -> str | None:
    """Return the name that a target of an assignment has in the user's mind."""
    if isinstance(target, ast.Name):
        return target.id
    if isinstance(target, ast.Attribute):
        inner = _name_of(target.value)
        if target.attr in ("data", "grad"):  # of a node
            return inner if inner is None or target.attr == "data" else f"d_{inner}"
        return target.attr
    if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
        key = target.slice.value
        return key if isinstance(key, str) and key.isidentifier() else None
    return None
