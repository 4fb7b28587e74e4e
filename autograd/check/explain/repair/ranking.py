"""Which correction is the likeliest: the one that changes least, in the most natural form."""

from __future__ import annotations

import ast
import difflib
import io
import itertools
import keyword
import re
import tokenize
from collections.abc import Iterator
from typing import Any

from autograd.check.explain.repair.syntax import parts, replaced

#: By how much less two parentheses count than two other tokens.
PAIR = 1.0

_LENGTH = re.compile(r"\blen\((\w+)\)")


def tokens(text: str) -> list[str]:
    """Return the tokens of a statement."""
    try:
        found = tokenize.generate_tokens(io.StringIO(text).readline)
        return [token.string for token in found if token.string.strip()]
    except (tokenize.TokenError, SyntaxError):
        return text.split()


def distance(one: str, other: str) -> float:
    """Return how many tokens differ, where ``.T`` and ``len(x)`` are one.

    Parentheses around what was there before are no change of their own.
    """
    a, b = (tokens(_LENGTH.sub(r"length_of_\1", text.replace(".T", " ᵀ"))) for text in (one, other))
    matcher = difflib.SequenceMatcher(None, a, b, autojunk=False)
    found = sum(max(j - i, m - k) for tag, i, j, k, m in matcher.get_opcodes() if tag != "equal")
    pairs = abs(_grouped(b) - _grouped(a))
    return max(found - PAIR * pairs, min(found, 1.0))


def _grouped(code: list[str]) -> int:
    """Return how many parentheses open in code that are not those of a call."""
    found = 0
    for last, token in itertools.pairwise(["", *code]):
        called = last in tuple(")]") or (last.isidentifier() and not keyword.iskeyword(last))
        found += token == "(" and not called
    return found


def text_of(node: Any) -> str:
    """Return the source of a statement, an expression, or several statements."""
    if isinstance(node, list):
        return "; ".join(map(text_of, node))
    if isinstance(node, ast.Pass):
        return ""
    text = ast.unparse(node)
    return text if "'" in text else text.replace(" ** ", "**")


def unnatural(node: Any) -> float:
    """Return how strange code looks: a value twice, arithmetic of constants, unsorted axes."""
    found = 0.0
    if isinstance(node, ast.AugAssign):
        neutral = 1 if isinstance(node.op, (ast.Mult, ast.Div)) else 0
        found += 2 * (_constant(node.value) == neutral)
    for part in ast.walk(node) if isinstance(node, ast.AST) else ():
        if isinstance(part, ast.UnaryOp):
            found += 1 if isinstance(part.operand, (ast.UnaryOp, ast.BinOp)) else 0.5
        if isinstance(part, ast.BinOp):
            same = ast.dump(part.left) == ast.dump(part.right)
            found += same and not isinstance(part.op, ast.MatMult)
            operands = (part.left, part.right)
            found += 2 * all(isinstance(operand, ast.Constant) for operand in operands)
            found += isinstance(part.op, (ast.Add, ast.Sub)) and isinstance(part.right, ast.UnaryOp)
            found += isinstance(part.op, ast.Div) and isinstance(part.right, ast.UnaryOp)
            found += 5 * _cancels(part)
        if isinstance(part, ast.keyword) and part.arg == "axis":
            found += 2 * _unsorted(part.value)
    return found


def _unsorted(node: Any) -> bool:
    """Return whether several axes are named in another order than anybody writes."""
    try:
        axes = ast.literal_eval(node)
    except ValueError:  # a variable
        return False
    ordered = [(axis < 0, axis) for axis in axes] if isinstance(axes, tuple) else []
    return any(a >= b for a, b in itertools.pairwise(ordered))


def _cancels(node: Any) -> bool:
    """Return whether a product has a value both above and below the line."""
    above, below = _factors(node)
    return not above.isdisjoint(below)


def _factors(node: Any) -> tuple[set[str], set[str]]:
    """Return the factors of a product above and below the line, apart from numbers."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, (ast.Mult, ast.Div)):
        return (set() if isinstance(node, ast.Constant) else {ast.dump(node)}), set()
    (a, b), (c, d) = _factors(node.left), _factors(node.right)
    return (a | c, b | d) if isinstance(node.op, ast.Mult) else (a | d, b | c)


def shortened(node: Any) -> Iterator[str]:
    """Yield the source without one of the operands of an operation."""
    for path, part in parts(node) if isinstance(node, ast.AST) else ():
        if isinstance(part, ast.BinOp):
            for kept in (part.left, part.right):
                yield text_of(simplified(replaced(node, path, kept)))


def simplified(node: Any) -> Any:
    """Return the same code without double signs, double transposes and neutral elements."""
    if isinstance(node, list):
        return node
    for path, part in reversed(list(parts(node))):
        if not isinstance(part, ast.expr):
            continue
        simple = _simple(part)
        if simple is not None:
            return simplified(replaced(node, path, simple))
    return node


def _simple(n: Any) -> Any:
    if isinstance(n, ast.UnaryOp) and isinstance(n.op, ast.USub):
        if isinstance(n.operand, ast.UnaryOp) and isinstance(n.operand.op, ast.USub):
            return n.operand.operand
        if isinstance(n.operand, ast.BinOp) and isinstance(n.operand.op, ast.Sub):
            return ast.BinOp(n.operand.right, n.operand.op, n.operand.left)
    if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Attribute):
        return n.value.value if n.attr == n.value.attr == "T" else None
    if not isinstance(n, ast.BinOp):
        return None
    left, right = _constant(n.left), _constant(n.right)
    additive, multiplied = isinstance(n.op, (ast.Add, ast.Sub)), isinstance(n.op, ast.Mult)
    if (additive and right == 0) or (isinstance(n.op, (ast.Mult, ast.Div, ast.Pow)) and right == 1):
        return n.left
    if (isinstance(n.op, ast.Add) and left == 0) or (multiplied and left == 1):
        return n.right
    if isinstance(n.op, ast.Sub) and left == 0:
        return ast.UnaryOp(ast.USub(), n.right)
    if (
        multiplied
        and isinstance(n.right, ast.BinOp)
        and isinstance(n.right.op, (ast.Mult, ast.Div))
    ):
        return ast.BinOp(ast.BinOp(n.left, n.op, n.right.left), n.right.op, n.right.right)
    if additive and isinstance(n.right, ast.UnaryOp) and isinstance(n.right.op, ast.USub):
        other = ast.Sub() if isinstance(n.op, ast.Add) else ast.Add()
        return ast.BinOp(n.left, other, n.right.operand)
    return None


def _constant(n: Any) -> Any:
    return n.value if isinstance(n, ast.Constant) else None
