"""Known derivatives, and other forms around a value."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from autograd.check.explain.repair.syntax import expression
from autograd.check.explain.repair.vocabulary import Vocabulary, is_within

#: Forms around a value: derivatives in terms of a result or an argument, and shapes.
_FORMS = (
    "1 - _0", "1 - _0**2", "_0 * (1 - _0)", "_0 > 0", "_0**2", "1 / _0", "1 + _0", "2 * _0",
    "1 / _0**2", "_0 / 2", "1 + _0**2", "_0[:, None]", "_0[None, :]", "_0[::-1]", "_0 == 0",
    "_0**0.5", "_0**3", "_0 <= 0", "_0 < 0", "_0.reshape(-1, 1)", "_0.ravel()",
)  # fmt: skip
_NUMPY_FORMS = (
    "np.abs(_0)", "np.sqrt(_0)", "np.sign(_0)", "np.exp(_0)", "np.log(_0)", "np.tanh(_0)",
    "np.cos(_0)", "np.sin(_0)", "np.exp(-_0)", "1 / (1 + np.exp(-_0))", "np.maximum(_0, 0)",
    "np.diag(_0)", "np.sum(_0)", "np.mean(_0)", "np.conj(_0)",
)  # fmt: skip


def forms(n: Any, around: Vocabulary) -> Iterator[Any]:
    """Yield functions of a value."""
    if not isinstance(getattr(n, "ctx", ast.Load()), ast.Load):
        return
    for form in _FORMS:
        yield expression(form, n)
    if around.numpy:
        for form in _NUMPY_FORMS:
            yield expression(form.replace("np.", f"{around.numpy}."), n)


def derivatives(n: Any, around: Vocabulary) -> Iterator[Any]:
    """Yield known identities, in place of what is inside them."""
    if isinstance(n.op, ast.Sub) and isinstance(n.left, ast.Constant):
        yield expression("1 - _0**2", n.right)
        yield expression("_0 * (1 - _0)", n.right)
        if isinstance(n.right, ast.BinOp) and isinstance(n.right.op, ast.Pow):
            yield expression("_0 * (1 - _0)", n.right.left)
            yield expression("1 - _0", n.right.left)
    if isinstance(n.op, ast.Mult):
        yield expression("1 - _0**2", n.left)
        yield expression("1 - _0**2", n.right)
    if isinstance(n.op, ast.Pow) and isinstance(n.right, ast.Constant):
        yield expression(
            "_0 * _1**(_0 - 1)".replace("_0", str(n.right.value)).replace("_1", "_0"), n.left
        )


def combined(n: Any, around: Vocabulary) -> Iterator[Any]:
    """Yield a value combined with another one at hand."""
    if not isinstance(getattr(n, "ctx", ast.Load()), ast.Load):
        return
    mine, shape = around.value(n), around.shape(n)
    whole = isinstance(mine, int)
    operators = (ast.Mult(), ast.Add(), ast.Sub(), ast.Div())[: 3 if whole else 4]
    for text, value in around.values.items():
        if isinstance(value, int) if whole else not shape or is_within(value, shape):
            for operator in operators:
                yield ast.BinOp(n, operator, expression(text))
