"""The local derivative of a node as a formula in the names of its graph: ``1 − y²``, ``w``."""

from __future__ import annotations

import ast
import inspect
import re
import types
from typing import Any

import numpy as np

from autograd.drawing.formulas import body_of, formula
from autograd.drawing.graph import Item
from autograd.drawing.notation import JOINING, NOTATION, notation
from autograd.drawing.numbers import short

#: Functions of the rules that only choose: at one number, their value says more than their name.
CHOICES = {"share", "direction", "sign", "where", "nonzero"}
LONGEST = 80

#: Stands for a node in a formula until its name is put in.
TOKEN = re.compile(r"⟦(\d+)⟧")


def derivative(item: Item, argnum: int) -> str:
    """Write the derivative of a node with respect to an argument, nodes as ``⟦number⟧``.

    Of an elementwise function that is the partial derivative, and of any other what becomes of
    ``g``, the derivative of something further on with respect to the node.
    """
    primitive = item.node.primitive
    words = notation(primitive).words
    if argnum < len(words):
        return words[argnum].format(*map(_operand, item.arguments))
    if primitive in JOINING:
        return "the part of g that came from it"
    for rules, before in (
        (primitive.partials, 1),
        (primitive.transposes, 1),
        (primitive.vjps, 2),
    ):
        if rules is not None:
            return _written(item, rules[argnum], before, primitive.partials is not None)
    return "" if primitive.variadic is None else f"{primitive.name}ᵀ(g)"


def _written(item: Item, rule: Any, before: int, elementwise: bool) -> str:
    if isinstance(rule, (int, float)):
        return f"{rule:.6g}".replace("-", "−")
    body = _body(rule)
    if body is None:
        return f"{item.node.primitive.name}ᵀ(g)"
    names = list(inspect.signature(rule).parameters)
    meaning = dict(zip(names[before:], item.call, strict=False))
    if elementwise or before == 2:
        meaning = {names[before - 1]: item, **meaning}
    body = _Substitution(meaning, rule).visit(ast.fix_missing_locations(_copy(body)))
    text = formula(body)
    return text if len(TOKEN.sub("xx", text)) <= LONGEST else f"{item.node.primitive.name}ᵀ(g)"


def _operand(argument: Any) -> str:
    return f"⟦{argument.number}⟧" if isinstance(argument, Item) else short(argument, 24)


def _body(rule: Any) -> ast.expr | None:
    if not isinstance(rule, types.FunctionType):
        return None
    try:
        return body_of(rule)
    except (OSError, TypeError, SyntaxError):  # typed at a prompt, or the source is not there
        return None


def _copy(body: ast.expr) -> ast.expr:
    return ast.parse(ast.unparse(body), mode="eval").body


class _Substitution(ast.NodeTransformer):
    """Puts nodes and numbers in place of the arguments of a rule, and works out what is plain."""

    def __init__(self, meaning: dict[str, Any], rule: types.FunctionType) -> None:
        self.meaning = meaning
        self.rule = rule
        self.left_out = set(inspect.signature(rule).parameters) - set(meaning) - {"g"}
        plain = {
            name: meant.data if isinstance(meant, Item) else meant
            for name, meant in meaning.items()
        }
        self.values: dict[str, Any] | None = None  # unless all are numbers
        if all(isinstance(value, (float, int)) for value in plain.values()):
            self.values = {name: np.float64(value) for name, value in plain.items()}

    def visit_Name(self, node: ast.Name) -> ast.expr:
        meant = self.meaning.get(node.id)
        if isinstance(meant, Item):
            return ast.Name(f"⟦{meant.number}⟧")
        if isinstance(meant, (float, int, np.generic)):
            return ast.Constant(float(meant))
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name in CHOICES and self.values is not None:
            return self._chosen(name, node)
        # What was left to its default says nothing.
        node.args = [a for a in node.args if not self._is_left_out(a)]
        node.keywords = [k for k in node.keywords if not self._is_left_out(k.value)]
        self.generic_visit(node)
        return node

    def _is_left_out(self, argument: ast.expr) -> bool:
        return isinstance(argument, ast.Name) and argument.id in self.left_out

    def _chosen(self, name: str, node: ast.Call) -> ast.expr:
        """Replace a choice by what was chosen."""
        if name == "where":
            taken = node.args[1] if self._value(node.args[0]) else node.args[2]
            return self.visit(taken)  # type: ignore[no-any-return]
        if name == "nonzero":
            value = self._value(node)
            unchanged = value == self._value(node.args[0])
            return self.visit(node.args[0]) if unchanged else ast.Constant(float(value))
        return ast.Constant(float(self._value(node)))

    def _value(self, expression: ast.expr) -> Any:
        code = compile(ast.fix_missing_locations(ast.Expression(_copy(expression))), "", "eval")
        with np.errstate(all="ignore"):
            return eval(code, self.rule.__globals__, self.values)

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        left, right = node.left, node.right
        if isinstance(left, ast.Constant) and isinstance(right, ast.Constant):
            folded = _folded(node.op, left.value, right.value)
            if folded is not None:
                return ast.Constant(folded)
        if isinstance(node.op, ast.Pow) and _is_one(right):
            return left
        if isinstance(node.op, ast.Mult) and (_is_one(left) or _is_one(right)):
            return right if _is_one(left) else left
        return node


def _folded(operator: ast.operator, a: Any, b: Any) -> float | None:
    """Work out a sum or a difference of two constants."""
    if isinstance(operator, ast.Add):
        return float(a) + float(b)
    return float(a) - float(b) if isinstance(operator, ast.Sub) else None


def _is_one(e: ast.expr) -> bool:
    return isinstance(e, ast.Constant) and e.value == 1


def named(text: str, items: dict[int, Item]) -> str:
    """Put the names of nodes into a formula."""
    return TOKEN.sub(lambda token: items[int(token[1])].name, text)


# -- LaTeX -------------------------------------------------------------------------------------

WORDS = {
    word
    for phrases in (
        *(each.words for each in NOTATION.values()),
        ("if else and is not the part of g that came from it",),
    )
    for phrase in phrases
    for word in phrase.split()
    if word.isalpha() and len(word) > 1
}
FUNCTIONS = [
    "exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "arcsin", "arccos", "arctan",
    "max", "min",
]  # fmt: skip
SIGNS = {
    "·": r"\cdot",
    "×": r"\times",
    "−": "-",
    "≥": r"\ge",
    "≤": r"\le",
    "≠": r"\ne",
    "∂": r"\partial ",
    "π": r"\pi ",
    "Σ": r"\sum ",
    "ᵀ": r"^{\top}",
    "ᴴ": r"^{*}",
    "…": r"\dots ",
    "±": r" \pm ",
    "%": r"\%",
}
SUPERSCRIPT = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def latex(text: str, items: dict[int, Item]) -> str:
    """Turn a formula, nodes as ``⟦number⟧``, into LaTeX."""
    text = re.sub("[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda s: f"^{{{s[0].translate(SUPERSCRIPT)}}}", text)
    text = re.sub(
        r"(?<=\d)e\+?([-−]?)0*(\d+)",
        lambda power: rf" \cdot 10^{{{power[1] and '-'}{power[2]}}}",
        text,
    )
    text = _roots(text)
    words = {name: rf"\{name}" for name in FUNCTIONS}

    def word(found: re.Match[str]) -> str:
        name = found[0]
        if name in WORDS:
            return rf"\text{{ {name} }}"
        return words.get(name) or (name if len(name) == 1 else rf"\mathrm{{{escaped(name)}}}")

    text = re.sub(r"(?<![\\\w{⟦])[A-Za-z_][A-Za-z_0-9]*", word, text)
    for sign, written in SIGNS.items():
        text = text.replace(sign, written)
    return TOKEN.sub(lambda token: latex_name(items[int(token[1])]), text).strip()


def _roots(text: str) -> str:
    """Write ``√x`` and ``√(x)`` as roots over what they are taken of."""
    while (start := text.find("√")) >= 0:
        depth, end = 0, start + 1
        while end < len(text):
            depth += (text[end] in "(⟦") - (text[end] in ")⟧")
            end += 1
            if depth == 0 and (end == len(text) or not text[end].isalnum()):
                break
        inner = text[start + 1 : end]
        if inner.startswith("(") and inner.endswith(")"):
            inner = inner[1:-1]
        text = f"{text[:start]}\\sqrt{{{inner}}}{text[end:]}"
    return text


def latex_name(item: Item) -> str:
    """Write the name of a node in LaTeX: a letter with its number below, or a word upright."""
    found = re.fullmatch(r"([A-Za-z])_?(\d+)", item.name)
    if found:
        return f"{found[1]}_{{{found[2]}}}"
    return item.name if re.fullmatch("[A-Za-z]", item.name) else rf"\mathrm{{{escaped(item.name)}}}"


def escaped(words: str) -> str:
    """Write words so that they mean nothing but themselves in LaTeX's mathematics."""
    words = words.replace("\\", r"\backslash ")
    return re.sub(r"([#$%&_{}])", r"\\\1", words).replace("^", r"\hat{}").replace("~", r"\sim ")
