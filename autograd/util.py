"""Small things that programs written for HIPS autograd import from here."""

from __future__ import annotations

import operator
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any


def subvals(x: Iterable[Any], ivs: Iterable[tuple[int, Any]]) -> tuple[Any, ...]:
    """Return a tuple with the items at some positions replaced.

    Examples
    --------
    >>> subvals("abc", [(1, "x")])
    ('a', 'x', 'c')
    """
    items = list(x)
    for position, item in ivs:
        items[position] = item
    return tuple(items)


def subval(x: Iterable[Any], i: int, v: Any) -> tuple[Any, ...]:
    """Return a tuple with the item at one position replaced."""
    return subvals(x, [(i, v)])


def func(f: Any) -> Any:
    """Return a method looked up on its class, which is a function."""
    return f


def toposort(
    end_node: Any, parents: Callable[[Any], Iterable[Any]] = operator.attrgetter("parents")
) -> Iterator[Any]:
    """Yield nodes with parents, children before their parents."""
    waiting: dict[Any, int] = {}
    stack = [end_node]
    while stack:
        node = stack.pop()
        waiting[node] = waiting.get(node, 0) + 1
        if waiting[node] == 1:
            stack.extend(parents(node))
    ready = [end_node]
    while ready:
        node = ready.pop()
        yield node
        for parent in parents(node):
            waiting[parent] -= 1
            if not waiting[parent]:
                ready.append(parent)


def quick_grad_check(
    fun: Callable[..., Any],
    arg0: Any,
    extra_args: Any = (),
    kwargs: Any = None,
    **settings: Any,
) -> None:
    """Check the gradient with respect to the first argument."""
    from autograd.test_util import check_grads

    warnings.warn("Deprecated: use autograd.check_gradients.", stacklevel=2)
    check_grads(lambda x: fun(x, *extra_args, **(kwargs or {})), modes=["rev"], order=1)(arg0)
