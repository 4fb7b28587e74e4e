"""The names of the functions that transforms return."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from autograd.variables import Function, refuse_no_function


def transform(maker: Callable[..., Function]) -> Callable[..., Any]:
    """Name the functions that `maker` returns after the functions they differentiate."""

    @functools.wraps(maker)
    def make(f: Function, *arguments: Any, **keywords: Any) -> Function:
        name = maker.__name__
        refuse_no_function(f, name)
        made = maker(f, *arguments, **keywords)
        functools.update_wrapper(made, f, assigned=("__module__",), updated=())
        own = getattr(f, "__name__", "function")
        argnum = keywords.get("argnum", arguments[0] if arguments else 0)
        made.__name__ = f"{name}_of_{own}_wrt_argnum_{argnum}"
        made.__qualname__ = made.__name__
        made.__doc__ = (
            f"    {name} of function {own} with respect to argument number {argnum}.\n\n"
            f"{getattr(f, '__doc__', None) or ''}"
        )
        return made

    return make
