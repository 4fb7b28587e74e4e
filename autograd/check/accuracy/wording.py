"""Write a formula of the table with the expressions of the user's line."""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterator

from autograd.check.accuracy.matching import Match
from autograd.debugging import Place

#: Names of modules, whose functions are not methods of an argument.
MODULES = ("np", "numpy", "anp", "math", "autograd", "ag", "scipy", "special")

#: What variables stand for: those of a formula, and in ELEMENTS the index of the chosen elements.
Words = dict[str, ast.expr]
ELEMENTS = "[]"


def in_words_of(place: Place | None, match: Match) -> tuple[str, str]:
    """Return a formula and the better one with the variables of a line, if it occurs there once.

    Variables that the function assigns once, such as ``d = b - a``, are followed.

    Parameters
    ----------
    place : Place or None
        The line.
    match : Match
        The formula to look for, and the one to write instead.
    """
    tree = None if place is None else _module(place.file)
    if place is None or tree is None:
        return match.written()
    reader = _Reader(_definitions(tree, place.line), match.index is not None)
    pattern = ast.parse(match.found, mode="eval").body
    occurrences = {}
    for expression in _expressions(tree, place.line):
        words = next(reader.unify(pattern, expression, {}), None)
        if words is not None:
            occurrences[ast.unparse(expression)] = words
    if len(occurrences) != 1:
        return match.written()
    ((text, words),) = occurrences.items()
    index = words.pop(ELEMENTS, None)
    new = _Substitution(words).visit(ast.parse(match.better, mode="eval")).body
    if index is not None:
        new = ast.Subscript(new, index)
    return _dense(text), _dense(ast.unparse(new))


def _dense(text: str) -> str:
    return text.replace(" ** ", "**")


def _module(file: str) -> ast.Module | None:
    try:
        return ast.parse("".join(linecache.getlines(file)))
    except (SyntaxError, ValueError):
        return None


def _covers(node: ast.stmt | ast.expr, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or 0)


def _expressions(tree: ast.AST, line: int) -> Iterator[ast.expr]:
    """Yield the expressions that a line contains, except bare variables."""
    for node in ast.walk(tree):
        if isinstance(node, ast.expr) and not isinstance(node, ast.Name) and _covers(node, line):
            yield node


def _definitions(tree: ast.AST, line: int) -> Words:
    """Return the variables that the function around a line assigns once, and what they are."""
    around = [
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and _covers(node, line)
    ]
    if not around:
        return {}
    stored, found = [], {}
    inside = [around[-1].args, *around[-1].body]
    for node in (node for part in inside for node in ast.walk(part)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            stored.append(node.id)
        elif isinstance(node, ast.arg):
            stored.append(node.arg)
        elif isinstance(node, ast.Assign) and len(node.targets) == 1:
            found.update(_assigned(node.targets[0], node.value))
    return {
        name: value
        for name, value in found.items()
        if stored.count(name) == 1
        and all(stored.count(n.id) <= 1 for n in ast.walk(value) if isinstance(n, ast.Name))
    }


def _assigned(target: ast.expr, value: ast.expr) -> Words:
    if isinstance(target, ast.Name):
        return {target.id: value}
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        pairs = zip(target.elts, value.elts, strict=False)
        return {name.id: part for name, part in pairs if isinstance(name, ast.Name)}
    return {}


class _Reader:
    """Unify formulas with expressions of a function.

    Parameters
    ----------
    definitions : dict of str to expression
        What variables of the function stand for.
    indexed : bool
        Whether the function takes elements of a part of the formula.
    """

    def __init__(self, definitions: Words, indexed: bool) -> None:
        self.definitions = definitions
        self.indexed = indexed

    def unify(self, pattern: ast.expr, item: ast.expr, words: Words) -> Iterator[Words]:
        """Yield the expressions that the variables of a pattern stand for."""
        if isinstance(pattern, ast.Name):
            if pattern.id not in words:
                yield {**words, pattern.id: item}
                return
            if ast.dump(words[pattern.id]) == ast.dump(item):
                yield words
                return
        if isinstance(item, ast.Name) and item.id in self.definitions:
            yield from self.unify(pattern, self.definitions[item.id], words)
        elif isinstance(item, ast.Subscript) and self.indexed and ELEMENTS not in words:
            yield from self.unify(pattern, item.value, {**words, ELEMENTS: item.slice})
        elif isinstance(pattern, ast.Constant):
            if isinstance(item, ast.Constant) and item.value == pattern.value:
                yield words
        elif isinstance(pattern, ast.UnaryOp):
            if isinstance(item, ast.UnaryOp) and type(item.op) is type(pattern.op):
                yield from self.unify(pattern.operand, item.operand, words)
        elif isinstance(pattern, ast.BinOp):
            if isinstance(item, ast.BinOp):
                yield from self._operations(pattern, item, words)
        elif isinstance(pattern, ast.Call) and isinstance(item, ast.Call):
            yield from self._calls(pattern, item, words)

    def _operations(self, pattern: ast.BinOp, item: ast.BinOp, words: Words) -> Iterator[Words]:
        left, right = item.left, item.right
        if isinstance(pattern.op, ast.Pow) and isinstance(item.op, ast.Mult):  # x * x is x**2
            if ast.unparse(pattern.right) == "2" and ast.dump(left) == ast.dump(right):
                yield from self.unify(pattern.left, left, words)
            return
        if type(item.op) is not type(pattern.op):
            return
        both = isinstance(item.op, (ast.Add, ast.Mult))
        for first, second in [(left, right), (right, left)][: 1 + both]:
            for found in self.unify(pattern.left, first, words):
                yield from self.unify(pattern.right, second, found)

    def _calls(self, pattern: ast.Call, item: ast.Call, words: Words) -> Iterator[Words]:
        """Unify ``np.sum(x)`` with the same call, or with the method ``x.sum()``."""
        assert isinstance(pattern.func, ast.Attribute)
        name = item.func.attr if isinstance(item.func, ast.Attribute) else ast.unparse(item.func)
        if name != pattern.func.attr or len(pattern.args) != 1:
            return
        arguments = item.args[:1]
        if isinstance(item.func, ast.Attribute) and not _is_module(item.func.value):
            arguments = [item.func.value]
        if len(arguments) == 1:
            yield from self.unify(pattern.args[0], arguments[0], words)


def _is_module(item: ast.expr) -> bool:
    while isinstance(item, ast.Attribute):
        item = item.value
    return isinstance(item, ast.Name) and item.id in MODULES


class _Substitution(ast.NodeTransformer):
    """Replace variables by expressions."""

    def __init__(self, words: Words) -> None:
        self.words = words

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.words.get(node.id, node)
