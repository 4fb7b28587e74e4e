"""Changes of calls: the function, its arguments, axes, and the turns of a loop."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

from autograd.check.explain.repair.arithmetic import turned
from autograd.check.explain.repair.indexing import shifted
from autograd.check.explain.repair.syntax import expression
from autograd.check.explain.repair.vocabulary import Vocabulary

#: Functions that are confused, by name.
_CONFUSED = {
    "sum": ("mean", "cumsum", "prod"), "mean": ("sum",), "cumsum": ("sum",),
    "sin": ("cos",), "cos": ("sin",), "sinh": ("cosh",), "cosh": ("sinh",),
    "maximum": ("minimum",), "minimum": ("maximum",), "max": ("min", "sum"), "min": ("max",),
    "argmax": ("argmin",), "argmin": ("argmax",), "exp": ("log", "expm1"), "expm1": ("exp",),
    "log": ("exp", "log1p"), "log1p": ("log", "exp"), "tanh": ("cosh", "sinh"),
    "zeros_like": ("ones_like",), "ones_like": ("zeros_like",), "zeros": ("ones",),
    "ones": ("zeros",), "dot": ("outer", "multiply"), "outer": ("dot", "inner"),
    "var": ("std",), "std": ("var",), "sqrt": ("square",), "square": ("sqrt",),
    "abs": ("sign",), "sign": ("abs",), "floor": ("ceil",), "ceil": ("floor",),
    "triu": ("tril",), "tril": ("triu",), "add": ("subtract",), "subtract": ("add",),
    "multiply": ("divide", "add"), "divide": ("multiply",), "hstack": ("vstack",),
    "greater": ("less", "greater_equal"), "less": ("greater", "less_equal"),
    "solve": ("lstsq",), "real": ("imag",), "imag": ("real",),
    "logical_and": ("logical_or",), "logical_or": ("logical_and",),
}  # fmt: skip

_REDUCTIONS = {"sum", "mean", "max", "min", "prod", "var", "std", "cumsum", "argmax", "norm"}


def functions(n: Any, around: Vocabulary) -> Iterator[Any]:
    """Yield calls of a function that this one is confused with."""
    if isinstance(n.func, ast.Attribute):
        for other in _CONFUSED.get(n.func.attr, ()):
            func = ast.Attribute(n.func.value, other, ast.Load())
            yield ast.Call(func, n.args, n.keywords)
    if isinstance(n.func, ast.Name):
        mine = around.site.names.get(n.func.id, around.scope.get(n.func.id))
        for other, value in (*around.site.names.items(), *around.scope.items()):
            if type(value) is type(mine) and callable(value) and other != n.func.id:
                yield ast.Call(ast.Name(other, ast.Load()), n.args, n.keywords)


def arguments(n: Any, around: Vocabulary) -> Iterator[Any]:
    """Yield the arguments in another order, or alone, without the function."""
    for i in range(len(n.args) - 1):
        swapped = [*n.args]
        swapped[i], swapped[i + 1] = swapped[i + 1], swapped[i]
        yield ast.Call(n.func, swapped, n.keywords)
    if len(n.args) == 3:
        yield ast.Call(n.func, [n.args[2], n.args[1], n.args[0]], n.keywords)
    if n.args and not isinstance(n.args[0], ast.Starred):
        yield n.args[0]
    if isinstance(n.func, ast.Attribute):
        root = n.func.value
        if not (isinstance(root, ast.Name) and root.id == around.numpy):
            yield root
    if len(n.args) == 2 and isinstance(n.func, ast.Attribute) and n.func.attr in ("dot", "matmul"):
        one, other = n.args
        for left in (one, turned(one)):
            for right in (other, turned(other)):
                yield ast.Call(n.func, [left, right], n.keywords)
                yield ast.Call(n.func, [right, left], n.keywords)
    elif len(n.args) == 1 and isinstance(n.func, ast.Attribute) and n.func.attr == "dot":
        one, other = n.func.value, n.args[0]
        for left in (one, turned(one)):
            for right in (other, turned(other)):
                for a, b in ((left, right), (right, left)):
                    yield ast.Call(ast.Attribute(a, "dot", ast.Load()), [b], n.keywords)


def axes(n: Any, around: Vocabulary) -> Iterator[Any]:
    """Yield another axis, with or without keepdims, ddof."""
    name = n.func.attr if isinstance(n.func, ast.Attribute) else ""
    named = {k.arg: k.value for k in n.keywords}
    if name not in _REDUCTIONS and not named.keys() & {"axis", "keepdims", "ddof"}:
        return
    others = [k for k in n.keywords if k.arg not in ("axis", "keepdims")]
    first = len(n.args)  # of a function of the user
    if isinstance(n.func, ast.Attribute):
        root = n.func.value
        first = int(isinstance(root, ast.Name) and root.id == around.numpy)
    for axis in ("0", "1", "-1", "2", "(0, 1)", "(0, 2)", "(1, 2)", "(0, 2, 3)", "(0, 1, 2)", ""):
        for keepdims in ("", "True"):
            keywords = [*others]
            if axis:
                keywords.append(ast.keyword("axis", expression(axis)))
            if keepdims:
                keywords.append(ast.keyword("keepdims", expression(keepdims)))
            yield ast.Call(n.func, n.args[:first], keywords)
    if name in ("var", "std"):
        rest = [k for k in n.keywords if k.arg != "ddof"]
        yield ast.Call(n.func, n.args, rest)
        yield ast.Call(n.func, n.args, [*rest, ast.keyword("ddof", ast.Constant(1))])


def subscripts(n: Any, around: Vocabulary) -> Iterator[Any]:
    """Yield a sum over indices, such as `einsum`, in which one index or two were others."""
    text: Any = n.args[0].value if n.args and isinstance(n.args[0], ast.Constant) else None
    if not isinstance(text, str) or "->" not in text:
        return
    for other in _resubscripted(text):
        yield ast.Call(n.func, [ast.Constant(other), *n.args[1:]], n.keywords)


def _resubscripted(text: str) -> Iterator[str]:
    """Yield subscripts with two indices of a group exchanged, or one replaced; and two groups."""
    groups = text.replace("->", ",").split(",")
    letters = sorted(set(text) & set(string.ascii_letters))

    def joined(changed: Sequence[str]) -> str:
        return f"{','.join(changed[:-1])}->{changed[-1]}"

    for number, group in enumerate(groups):
        for new in _slips(group, letters):
            yield joined([*groups[:number], new, *groups[number + 1 :]])
    for one, other in combinations(range(len(groups)), 2):
        changed = [*groups]
        changed[one], changed[other] = changed[other], changed[one]
        yield joined(changed)
    for a, b in combinations(letters, 2):  # in one group, and in the result
        exchange = {ord(a): b, ord(b): a}
        result = groups[-1].translate(exchange)
        for number, group in enumerate(groups[:-1]):
            swapped = group.translate(exchange)
            if swapped != group and result != groups[-1]:
                yield joined([*groups[:number], swapped, *groups[number + 1 : -1], result])


def _slips(group: str, letters: Sequence[str]) -> Iterator[str]:
    """Yield the subscripts of one operand with two exchanged, or one replaced."""
    for i, j in combinations(range(len(group)), 2):
        if group[i] in letters and group[j] in letters:
            yield group[:i] + group[j] + group[i + 1 : j] + group[i] + group[j + 1 :]
    for i, letter in enumerate(group):
        for other in letters if letter in letters else ():
            if other != letter:
                yield group[:i] + other + group[i + 1 :]


def walked(n: Any, around: Vocabulary) -> Iterator[Any]:
    """Yield a loop the other way round, or with one turn more or less."""
    if isinstance(n, ast.Call) and isinstance(n.func, ast.Name):
        if n.func.id == "reversed" and n.args:
            yield n.args[0]
        if n.func.id == "range":
            yield expression("reversed(_0)", n)
            for position, item in enumerate(n.args[:2]):
                for shift in (1, -1):
                    args = [*n.args]
                    args[position] = shifted(item, shift) or ast.Constant(0)
                    yield ast.Call(n.func, args, n.keywords)
            if len(n.args) == 1:
                yield ast.Call(n.func, [ast.Constant(1), *n.args], n.keywords)
                yield ast.Call(n.func, [ast.Constant(0), *n.args], n.keywords)
