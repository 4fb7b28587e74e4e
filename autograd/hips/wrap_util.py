"""`autograd.wrap_util`: turn a transform of one-argument functions into one of any function."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from autograd.hips.shared import subvals


def get_name(f: Any) -> str:
    """Return the name of a function."""
    return getattr(f, "__name__", "[unknown name]")


def wraps(
    fun: Any, namestr: str = "{fun}", docstr: str = "{doc}", **names: Any
) -> Callable[[Any], Any]:
    """Return a decorator that sets a function's name and docstring from those of `fun`."""

    def rename(f: Any) -> Any:
        name, doc = get_name(fun), getattr(fun, "__doc__", "") or ""
        f.__name__ = namestr.format(fun=name, **names)
        f.__doc__ = docstr.format(fun=name, doc=doc, **names)
        return f

    return rename


def unary_to_nary(unary_operator: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``operator(fun, argnum)`` for a given ``unary_operator(fun, x)``.

    ``operator(fun, argnum)`` returns a function of the arguments of `fun`. `argnum` is a position,
    or a tuple or list of positions.

    Examples
    --------
    >>> @unary_to_nary
    ... def doubled(fun, x):
    ...     return 2 * fun(x)
    >>> doubled(lambda x, y: x / y, 1)(6.0, 3.0)
    4.0
    """

    @functools.wraps(unary_operator)
    def nary_operator(fun: Any, argnum: Any = 0, *rest: Any, **options: Any) -> Any:
        single = isinstance(argnum, int)
        if not single and not isinstance(argnum, (tuple, list)):
            raise TypeError(f"argnum must be an int, or a tuple or list of ints, not {argnum!r}.")

        @wraps(
            fun,
            "{op}_of_{fun}_wrt_argnum_{argnum}",
            "    {op} of function {fun} with respect to argument number {argnum}.",
            op=get_name(unary_operator),
            argnum=argnum,
        )
        def nary_f(*args: Any, **kwargs: Any) -> Any:
            @wraps(fun)
            def unary_f(x: Any) -> Any:
                replaced = [(argnum, x)] if single else zip(argnum, x, strict=True)
                return fun(*subvals(args, replaced), **kwargs)

            x = args[argnum] if single else tuple(args[i] for i in argnum)
            return unary_operator(unary_f, x, *rest, **options)

        return nary_f

    return nary_operator
