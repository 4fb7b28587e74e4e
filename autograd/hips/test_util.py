"""`autograd.test_util`: check derivatives against central differences.

Each check takes one random direction. `autograd.check_gradients` checks every element and explains
what it finds.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

from autograd.hips.core import make_jvp, make_vjp
from autograd.hips.vector_spaces import vspace
from autograd.hips.wrap_util import get_name, unary_to_nary

TOL = 1e-6
RTOL = 1e-6
EPS = 1e-6


def scalar_close(a: Any, b: Any) -> bool:
    """Return whether two numbers agree, absolutely or relatively."""
    return bool(abs(a - b) < TOL or abs(a - b) < RTOL * abs(a + b))


def make_numerical_jvp(f: Callable[[Any], Any], x: Any) -> Callable[[Any], Any]:
    """Return `jvp`, where ``jvp(v)`` is a central difference of `f` at `x` along `v`."""
    x_space, y_space = vspace(x), vspace(f(x))

    def jvp(v: Any) -> Any:
        above = f(x_space.add(x, x_space.scalar_mul(v, EPS / 2)))
        below = f(x_space.add(x, x_space.scalar_mul(v, -EPS / 2)))
        return y_space.scalar_mul(y_space.add(above, y_space.scalar_mul(below, -1.0)), 1 / EPS)

    return jvp


def check_vjp(f: Callable[[Any], Any], x: Any) -> None:
    """Raise AssertionError unless reverse mode agrees with a central difference."""
    vjp, y = make_vjp(f, x)
    x_space, y_space = vspace(x), vspace(y)
    v, w = x_space.randn(), y_space.randn()
    pulled = x_space.covector(vjp(y_space.covector(w)))
    _require(
        vspace(pulled) == x_space,
        f"Derivative (VJP) check of {get_name(f)}: {vspace(pulled)} for an argument of {x_space}",
    )
    exact = x_space.inner_prod(v, pulled)
    numeric = y_space.inner_prod(w, make_numerical_jvp(f, x)(v))
    _require(
        scalar_close(numeric, exact),
        f"Derivative (VJP) check of {get_name(f)} failed with arg {x}:\n"
        f"analytic: {exact}\nnumeric:  {numeric}",
    )


def check_jvp(f: Callable[[Any], Any], x: Any) -> None:
    """Raise AssertionError unless forward mode agrees with a central difference."""
    v = vspace(x).randn()
    check_equivalent(make_jvp(f, x)(v)[1], make_numerical_jvp(f, x)(v))


def check_equivalent(x: Any, y: Any) -> None:
    """Raise AssertionError unless `x` and `y` have the same structure and agree."""
    space = vspace(x)
    _require(space == vspace(y), f"VSpace mismatch:\nx: {space}\ny: {vspace(y)}")
    v = space.randn()
    close = scalar_close(space.inner_prod(x, v), space.inner_prod(y, v))
    _require(close, f"Value mismatch:\nx: {x}\ny: {y}")


@unary_to_nary
def check_grads(
    f: Callable[[Any], Any], x: Any, modes: Sequence[str] = ("fwd", "rev"), order: int = 2
) -> None:
    """Raise AssertionError unless the derivatives of `f` agree with central differences.

    Parameters
    ----------
    modes : sequence of str
        "fwd", "rev" or both.
    order : int
        2 also checks second derivatives, in all combinations of modes.

    Examples
    --------
    >>> import numpy as np
    >>> check_grads(np.sin)(1.0)
    """
    if not set(modes) <= {"fwd", "rev"}:
        raise ValueError(f'modes must be "fwd" or "rev", not {modes!r}.')
    if "fwd" in modes:
        check_jvp(f, x)
        if order > 1:
            _check_again(
                lambda x, v: make_jvp(f, x)(v)[1], f"jvp_{get_name(f)}", x, x, modes, order
            )
    if "rev" in modes:
        check_vjp(f, x)
        if order > 1:
            _check_again(
                lambda x, v: make_vjp(f, x)[0](v), f"vjp_{get_name(f)}", x, f(x), modes, order
            )


def _check_again(f: Any, name: str, x: Any, like: Any, modes: Sequence[str], order: int) -> None:
    f.__name__ = name
    check_grads(f, (0, 1), modes, order=order - 1)(x, vspace(like).randn())


def combo_check(fun: Callable[..., Any], *settings: Any, **options: Any) -> Callable[..., None]:
    """Return a function of lists that checks `fun` for each combination of their items."""

    def check(*columns: Sequence[Any], **keywords: Sequence[Any]) -> None:
        for arguments in itertools.product(*columns):
            for values in itertools.product(*keywords.values()):
                chosen = dict(zip(keywords, values, strict=True))
                check_grads(fun, *settings, **options)(*arguments, **chosen)

    return check


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise AssertionError(message)
