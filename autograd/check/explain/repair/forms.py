"""Known derivatives, and other forms around a value."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator
from typing import Any

from autograd.check.explain.repair.syntax import expression, parts, replaced, same
from autograd.check.explain.repair.vocabulary import Vocabulary, is_within

#: Forms around a value: derivatives in terms of a result or an argument.
_FORMS = (
    "1 - _0", "1 - _0**2", "_0 * (1 - _0)", "_0 > 0", "_0**2", "1 / _0", "1 + _0", "2 * _0",
    "1 / _0**2", "_0 / 2", "1 + _0**2", "_0 == 0", "_0**0.5", "_0**3", "_0 <= 0", "_0 < 0",
)  # fmt: skip
_NUMPY_FORMS = (
    "np.abs(_0)", "np.sqrt(_0)", "np.sign(_0)", "np.exp(_0)", "np.log(_0)", "np.tanh(_0)",
    "np.cos(_0)", "np.sin(_0)", "np.exp(-_0)", "1 / (1 + np.exp(-_0))", "np.maximum(_0, 0)",
    "np.conj(_0)",
)  # fmt: skip

#: Forms of what may be an array: its order, its shape, and sums over it.
_ARRAY_FORMS = (
    "_0[:, None]", "_0[None, :]", "_0[::-1]", "_0.reshape(-1, 1)", "_0.ravel()",
)  # fmt: skip
_NUMPY_ARRAY_FORMS = (
    "np.diag(_0)", "np.sum(_0)", "np.mean(_0)", "np.cumsum(_0)", "np.cumsum(_0[::-1])[::-1]",
)  # fmt: skip


def forms(n: Any, around: Vocabulary) -> Iterator[Any]:
    """Yield functions of a value."""
    if not isinstance(getattr(n, "ctx", ast.Load()), ast.Load):
        return
    shape = around.shape(n)
    number = shape == ()
    for what, axis in itertools.product(("sum", "mean"), _reduced(len(shape or ()))):
        yield expression(f"_0.{what}(axis={axis})", n)
        if len(shape or ()) > 1:
            yield expression(f"_0.{what}(axis={axis}, keepdims=True)", n)
    yield from (expression(form, n) for form in (_FORMS if number else _FORMS + _ARRAY_FORMS))
    if around.numpy:
        for form in _NUMPY_FORMS if number else _NUMPY_FORMS + _NUMPY_ARRAY_FORMS:
            yield expression(form.replace("np.", f"{around.numpy}."), n)


def _reduced(axes: int) -> Iterator[Any]:
    """Yield the axes along which an array is summed where it was broadcast: one, or all but one."""
    yield from range(axes)
    if axes > 2:
        yield from (tuple(k for k in range(axes) if k != kept) for kept in range(axes))


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
        left, right = n.left, n.right
        if (
            isinstance(left, ast.BinOp)
            and isinstance(right, ast.BinOp)
            and same(left.right, right.right)
        ):
            yield expression("_0 * (1 - _1**2)", left.left, left.right)  # for x * y * (1 - y)
    if isinstance(n.op, ast.Pow) and isinstance(n.right, ast.Constant):
        yield expression(
            "_0 * _1**(_0 - 1)".replace("_0", str(n.right.value)).replace("_1", "_0"), n.left
        )


def forgotten(n: Any, around: Vocabulary) -> Iterator[Any]:
    """Yield a value plus, or times, a variable that is assigned, but used nowhere."""
    if not isinstance(n, (ast.Assign, ast.AugAssign, ast.Return)) or n.value is None:
        return
    names = [part for _, part in parts(around.site.source.tree) if isinstance(part, ast.Name)]
    used = {name.id for name in names if isinstance(name.ctx, ast.Load)}
    for name in dict.fromkeys(name.id for name in names if name.id not in used):
        if name in around.values:
            for operator in (ast.Add(), ast.Sub(), ast.Mult()):
                value = ast.BinOp(n.value, operator, expression(name))
                yield replaced(n, (("value", None),), value)


def combined(n: Any, around: Vocabulary) -> Iterator[Any]:
    """Yield a value combined with another one at hand."""
    if not isinstance(getattr(n, "ctx", ast.Load()), ast.Load):
        return
    mine, shape = around.value(n), around.shape(n)
    whole = isinstance(mine, int)
    if isinstance(n, ast.Constant) and not whole:
        return
    operators = (ast.Mult(), ast.Add(), ast.Sub(), ast.Div())[: 3 if whole else 4]
    for text, value in around.values.items():
        if isinstance(value, int) if whole else not shape or is_within(value, shape):
            for operator in operators:
                yield ast.BinOp(n, operator, expression(text))
