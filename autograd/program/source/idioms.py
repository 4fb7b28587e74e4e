"""The way in which people write what an instruction does."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

from autograd.program.instructions import INPLACE, Constant, Instruction, Method, Variable

#: Reductions that have a name of their own.
_REDUCTIONS = {
    np.add.reduce: np.sum,
    np.multiply.reduce: np.prod,
    np.maximum.reduce: np.max,
    np.minimum.reduce: np.min,
}

#: Functions of an axis. For some of them, the signature says ``no value`` instead of False.
_ALONG = (
    np.sum, np.prod, np.max, np.min, np.amax, np.amin, np.mean, np.std, np.var, np.any, np.all,
)  # fmt: skip

#: Functions that write to their first argument with ``out=``, as the operators do.
_UPDATES: dict[Any, str] = {np.add: "+=", np.subtract: "-=", np.multiply: "*=", np.divide: "/="}

#: Function of NumPy -> the default values of its parameters, in order.
_DEFAULTS: dict[Any, dict[str, Any]] = {}


def usual(instruction: Instruction) -> Instruction:
    """Return an instruction that does the same in the way people write it."""
    function: Any = instruction.function
    if isinstance(function, Method):
        return instruction
    arguments: Any = instruction.arguments
    keywords = dict(instruction.keywords)
    plain: Any = _REDUCTIONS.get(function)
    if plain is not None and len(arguments) == 1 and "axis" in keywords and _is_array(arguments[0]):
        function = plain
    if function in _ALONG:
        arguments = _with_axis(arguments, keywords)
    elif function in (np.zeros, np.ones, np.empty, np.full):
        function, arguments = _filled(function, arguments, keywords)
    defaults = _defaults(function)
    for key in list(keywords):
        if key in defaults and _is_same(keywords[key], defaults[key]):
            del keywords[key]
    order = [*defaults, *keywords]
    keywords = {key: keywords[key] for key in sorted(keywords, key=order.index)}
    unchanged = function is instruction.function and arguments is instruction.arguments
    if unchanged and list(keywords) == list(instruction.keywords):
        return instruction
    return Instruction(function, arguments, keywords, instruction.result, instruction.writes)


def _with_axis(arguments: Any, keywords: dict[str, Any]) -> Any:
    """Name the axis, and leave out ``keepdims=False``."""
    if keywords.get("keepdims") is False:
        del keywords["keepdims"]
    if len(arguments) == 2 and "axis" not in keywords:
        keywords["axis"] = arguments[1]
        arguments = arguments[:1]
    axis = keywords.get("axis")
    if type(axis) is tuple and len(axis) == 1:
        keywords["axis"] = axis[0]
    return arguments


def _filled(function: Any, arguments: Any, keywords: dict[str, Any]) -> Any:
    """Write the shape and the type of a new array."""
    position = 2 if function is np.full else 1
    if len(arguments) == position + 1 and not isinstance(arguments[position], Variable):
        keywords["dtype"] = np.dtype(arguments[position])
        arguments = arguments[:position]
    if position == 1 and keywords.get("dtype") == np.float64:
        del keywords["dtype"]
    shape = arguments[0]
    if type(shape) is tuple and len(shape) == 1:
        arguments = (shape[0], *arguments[1:])
    if function is np.full and not keywords and len(arguments) == 2:
        value = arguments[1]
        if type(value) in (float, np.float64) and value == 1.0:
            return np.ones, arguments[:1]
    return function, arguments


def updating(instruction: Instruction) -> str | None:
    """Return the operator with which an array is changed in place, if there is one."""
    arguments, keywords = instruction.arguments, instruction.keywords
    if instruction.writes is None or instruction.result is not None or len(arguments) != 2:
        return None
    if not keywords:
        return INPLACE.get(instruction.function)
    if keywords.keys() == {"out"} and keywords["out"] is arguments[0]:
        return _UPDATES.get(instruction.function)
    return None


def _defaults(function: Any) -> dict[str, Any]:
    if not (getattr(function, "__module__", None) or "").startswith("numpy"):
        return {}
    known = _DEFAULTS.get(function)
    if known is None:
        known = _DEFAULTS[function] = {}
        try:
            for name, parameter in inspect.signature(function).parameters.items():
                known[name] = parameter.default
        except (TypeError, ValueError):
            pass
    return known


def _is_same(value: Any, default: Any) -> bool:
    if value is default:
        return True
    return type(value) in (int, str) and type(value) is type(default) and bool(value == default)


def _is_array(x: Any) -> bool:
    return isinstance(x, Constant) or (isinstance(x, Variable) and x.is_array)
