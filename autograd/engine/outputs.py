"""``out=`` and ``where=``: results that are written into existing arrays.

A Tensor gets them by a recorded assignment, an object array as its elements. A plain array cannot
store their history.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from autograd.engine import objects, registry
from autograd.engine.fields import ArrayNode
from autograd.engine.node import Node, plain
from autograd.errors import NoRuleError, ShapeError, lost


def ufunc_into(function: Any, method: str, inputs: Any, keywords: dict[str, Any]) -> Any:
    """Call a ufunc, and assign its results to the Tensors given as ``out=``.

    With ``where=`` it is only called with the selected elements, so that the others, divisions by
    zero for example, do not affect the derivative.
    """
    call = function if method == "__call__" else getattr(function, method)
    if _loses_nothing(inputs, keywords["out"]):
        return call(*plain(inputs), **plain(keywords))
    if method == "__call__" and keywords["out"][0] is inputs[0]:
        _refuse_in_place(function, inputs[0])
    targets = _holders(keywords["out"], function.__name__)
    rest = {k: v for k, v in keywords.items() if k != "out"}
    chooses = method == "__call__" and function.signature is None
    mask = rest.pop("where", True) if chooses else True
    if mask is True:
        results = call(*inputs, **rest)
        if method != "__call__":  # a ufunc itself broadcasts its arguments to the output
            _check_shapes(targets, results, function.__name__)
        return _assigned(targets, results, ...)
    shape = next(t.shape for t in targets if t is not None)
    mask = np.broadcast_to(np.asarray(plain(mask), bool), shape)
    chosen = [np.broadcast_to(x, shape)[mask] for x in inputs]
    return _assigned(targets, call(*chosen, **rest), mask)


#: The parameters of NumPy's functions from `out` on that may be given by position, and the place of
#: `out`; filled as functions are called.
_FROM_OUT: Final[dict[Any, tuple[int, tuple[str, ...]]]] = {}

#: The place of `out` in a function that has none.
_NOWHERE: Final = 1 << 20


def named(function: Any, arguments: Any, keywords: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Return the arguments of a call of a NumPy function with `out`, and what follows, by name."""
    known = _FROM_OUT.get(function)
    if known is None:
        names = _parameters(function)
        place = names.index("out") if "out" in names else _NOWHERE
        known = _FROM_OUT[function] = place, names[place:]
    place = known[0]
    if place >= len(arguments):
        return arguments, keywords
    last = dict(zip(known[1], arguments[place:], strict=False))
    return arguments[:place], {**keywords, **last}


def _parameters(function: Any) -> tuple[str, ...]:
    """Return the names of the parameters of a function, as far as they are known."""
    code = getattr(getattr(function, "_implementation", function), "__code__", None)
    if code is not None:
        return tuple(code.co_varnames[: code.co_argcount])
    import inspect  # slow to import and rarely needed

    try:
        return tuple(inspect.signature(function).parameters)
    except (ValueError, TypeError):  # a function in C, of an earlier NumPy
        return ()


def function_into(function: Any, arguments: Any, keywords: dict[str, Any]) -> Any:
    """Call any other function, and assign its result to the Tensor given as ``out=``."""
    is_constant = function in registry.WITHOUT_DERIVATIVE and _is_plain(keywords["out"])
    if is_constant or _loses_nothing(arguments, keywords["out"]):
        return function(*plain(arguments), **plain(keywords))
    targets = _holders(keywords["out"], function.__name__)
    rest = {k: v for k, v in keywords.items() if k != "out"}
    results = function(*arguments, **rest)
    _check_shapes(targets, results, function.__name__)
    return _assigned(targets, results, ...)


def _check_shapes(targets: tuple[Any, ...], results: Any, name: str) -> None:
    """Raise an error if a result does not have the shape of its target."""
    values = results if isinstance(results, tuple) else (results,)
    for target, value in zip(targets, values, strict=True):
        if target is not None and np.shape(target) != np.shape(value):
            raise ShapeError(
                f"numpy.{name} gives shape {np.shape(value)}, but out= has shape "
                f"{np.shape(target)}; they must be the same."
            )


#: The operator symbols of functions, for ``a += x``.
OPERATORS: Final = {
    np.add: "+", np.subtract: "-", np.multiply: "*", np.divide: "/", np.power: "**",
    np.floor_divide: "//", np.remainder: "%", np.matmul: "@",
}  # fmt: skip


def _is_plain(out: Any) -> bool:
    """Return whether results are written into plain arrays."""
    targets = out if isinstance(out, tuple) else (out,)
    return not any([isinstance(target, ArrayNode) for target in targets])  # noqa: C419


def _loses_nothing(inputs: Any, out: Any) -> bool:
    """Return whether only constants are written into plain arrays."""
    if not _is_plain(out):
        return False
    for x in inputs:
        if isinstance(x, Node) and not x._is_constant():
            return False
        if isinstance(x, (list, tuple)) or objects.holds_nodes(x):
            return False
    return True


def _can_hold_nodes(x: Any) -> bool:
    return isinstance(x, ArrayNode) or (isinstance(x, np.ndarray) and x.dtype == objects.OBJECT)


def _refuse_in_place(function: Any, target: Any) -> None:
    """Raise an error for ``a += node``, where `a` is a plain array."""
    if function in OPERATORS and not _can_hold_nodes(target):
        symbol = OPERATORS[function]
        raise lost(
            f"a {symbol}= node, with a plain array a of shape {np.shape(target)},",
            f"Write a = a {symbol} node, or make it a Tensor before: a = Tensor(a).",
        )


def _holders(out: Any, name: str) -> tuple[Any, ...]:
    """Return the targets, which must be Tensors or object arrays."""
    targets: tuple[Any, ...] = out if isinstance(out, tuple) else (out,)
    for target in targets:
        if target is not None and not _can_hold_nodes(target):
            refuse_out(target, name)
    return targets


def _assigned(targets: tuple[Any, ...], results: Any, index: Any) -> Any:
    """Assign each result to its target; return what NumPy returns."""
    values = results if isinstance(results, tuple) else (results,)
    for target, value in zip(targets, values, strict=True):
        if target is not None:
            is_tensor = isinstance(target, ArrayNode)
            holder: Any = target
            holder[index] = value if is_tensor else np.array(value, dtype=objects.OBJECT)
    found = [v if t is None else t for t, v in zip(targets, values, strict=True)]
    return found[0] if len(found) == 1 else tuple(found)


def refuse_out(out: Any, name: str = "function") -> None:
    """Raise an error if `out` is a plain array, which cannot store history."""
    if out is not None:
        raise NoRuleError(
            f"numpy.{name}(..., out=array) would write into a plain array, where the derivative is "
            f"lost. Write y = np.{name}(...), or pass a Tensor, out=np.zeros_like(node)."
        )
