"""Write a formula of the table with the expressions of the user's line."""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterator

from autograd.debugging import Place

#: How modules are called whose functions are not methods of an argument.
MODULES = ("np", "numpy", "anp", "math", "autograd", "ag", "scipy", "special")

Words = dict[str, ast.expr]


def in_words_of(place: Place | None, found: str, better: str) -> tuple[str, str]:
    """Return two formulas with the variables of a line, if the first occurs there once.

    Parameters
    ----------
    place : Place or None
        The line.
    found : str
        The formula to look for.
    better : str
        The formula to write instead.
    """
    if place is None:
        return found, better
    pattern = ast.parse(found, mode="eval").body
    occurrences = {}
    for expression in _expressions(place):
        words = next(_unify(pattern, expression, {}), None)
        if words is not None:
            occurrences[ast.unparse(expression)] = words
    if len(occurrences) != 1:
        return found, better
    ((text, words),) = occurrences.items()
    new = _Substitution(words).visit(ast.parse(better, mode="eval")).body
    return _dense(text), _dense(ast.unparse(new))


def _dense(text: str) -> str:
    return text.replace(" ** ", "**")


def _expressions(place: Place) -> Iterator[ast.expr]:
    """Yield the expressions that a line contains."""
    try:
        tree = ast.parse("".join(linecache.getlines(place.file)))
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.expr) and node.lineno <= place.line <= (node.end_lineno or 0):
            yield node


def _unify(pattern: ast.expr, item: ast.expr, words: Words) -> Iterator[Words]:
    """Yield the expressions that the variables of a pattern stand for."""
    if isinstance(pattern, ast.Name):
        if pattern.id not in words:
            yield {**words, pattern.id: item}
        elif ast.dump(words[pattern.id]) == ast.dump(item):
            yield words
    elif isinstance(pattern, ast.Constant):
        if isinstance(item, ast.Constant) and item.value == pattern.value:
            yield words
    elif isinstance(pattern, ast.UnaryOp):
        if isinstance(item, ast.UnaryOp) and type(item.op) is type(pattern.op):
            yield from _unify(pattern.operand, item.operand, words)
    elif isinstance(pattern, ast.BinOp):
        if isinstance(item, ast.BinOp):
            yield from _unify_operations(pattern, item, words)
    elif isinstance(pattern, ast.Call) and isinstance(item, ast.Call):
        yield from _unify_calls(pattern, item, words)


def _unify_operations(pattern: ast.BinOp, item: ast.BinOp, words: Words) -> Iterator[Words]:
    left, right = item.left, item.right
    if isinstance(pattern.op, ast.Pow) and isinstance(item.op, ast.Mult):  # x * x is x**2
        if ast.unparse(pattern.right) == "2" and ast.dump(left) == ast.dump(right):
            yield from _unify(pattern.left, left, words)
        return
    if type(item.op) is not type(pattern.op):
        return
    both = isinstance(item.op, (ast.Add, ast.Mult))
    for first, second in [(left, right), (right, left)][: 1 + both]:
        for found in _unify(pattern.left, first, words):
            yield from _unify(pattern.right, second, found)


def _unify_calls(pattern: ast.Call, item: ast.Call, words: Words) -> Iterator[Words]:
    """Unify ``np.sum(x)`` with the same call, or with the method ``x.sum()``."""
    assert isinstance(pattern.func, ast.Attribute)
    name = item.func.attr if isinstance(item.func, ast.Attribute) else ast.unparse(item.func)
    if name != pattern.func.attr or len(pattern.args) != 1:
        return
    arguments = item.args[:1]
    if isinstance(item.func, ast.Attribute) and not _is_module(item.func.value):
        arguments = [item.func.value]
    if len(arguments) == 1:
        yield from _unify(pattern.args[0], arguments[0], words)


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
