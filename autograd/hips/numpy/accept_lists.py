"""Accept lists of nodes where NumPy takes arrays."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.engine import Node
from autograd.errors import NoRuleError
from autograd.rules.node_lists import has_nodes, joined
from autograd.rules.redefinable import WRAPPED

#: Functions of `numpy` that accept a list of nodes as an array.
FUNCTIONS = frozenset(
    (
        *("amax", "amin", "append", "atleast_1d", "atleast_2d", "average", "cumprod", "cumsum"),
        *("diff", "dot", "flip", "inner", "max", "mean", "median", "min", "outer", "prod", "ptp"),
        *("ravel", "repeat", "reshape", "roll", "sort", "squeeze", "std", "sum", "tensordot"),
        *("tile", "trace", "transpose", "var"),
    )
)
#: Functions of `numpy` that join arrays; they accept any iterable of arrays and of lists of nodes.
JOINING = frozenset(("column_stack", "concatenate", "dstack", "hstack", "stack", "vstack"))


def taking_lists(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function like `function` that also accepts lists of nodes."""

    @functools.wraps(function)
    def call(*arguments: Any, **keywords: Any) -> Any:
        for argument in arguments:
            if isinstance(argument, (list, tuple)) and has_nodes(argument):
                arguments = tuple([joined(a) if has_nodes(a) else a for a in arguments])
                break
        return function(*arguments, **keywords)

    WRAPPED[call] = function
    return call


def taking_iterables(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function like `function`, which joins arrays, that accepts any iterable."""

    @functools.wraps(function)
    def call(arrays: Any, *arguments: Any, **keywords: Any) -> Any:
        if not isinstance(arrays, (np.ndarray, Node)):
            arrays = [joined(item) if has_nodes(item) else item for item in arrays]
        return function(arrays, *arguments, **keywords)

    WRAPPED[call] = function
    return call


class Rows:
    """``r_[...]``: join along the first axis."""

    plain: Any = np.r_

    def __getitem__(self, key: Any) -> Any:
        items = key if isinstance(key, tuple) else (key,)
        if not any(isinstance(item, Node) or has_nodes(item) for item in items):
            return self.plain[key]
        if isinstance(items[0], str):
            raise NoRuleError(f"r_ and c_ of nodes do not take {items[0]!r}: use np.concatenate.")
        return self.join([self.plain[i] if isinstance(i, slice) else joined(i) for i in items])

    def join(self, items: list[Any]) -> Any:
        """Join the items between the brackets."""
        return np.concatenate([np.atleast_1d(item) for item in items])


class Columns(Rows):
    """``c_[...]``: join along the last axis, vectors as columns."""

    plain = np.c_

    def join(self, items: list[Any]) -> Any:
        """Join the items between the brackets."""
        columns = [np.atleast_1d(item) for item in items]
        return np.concatenate(
            [x.reshape(-1, 1) if np.ndim(x) == 1 else x for x in columns], axis=-1
        )
