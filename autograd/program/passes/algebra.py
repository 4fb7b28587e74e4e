"""Simplify what can be computed with less, and gives exactly the same bits."""

from __future__ import annotations

import math
import operator
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from autograd.program.instructions import Attribute, Constant, Instruction, Method, Variable
from autograd.program.passes.effects import Effects, copied, rebuilt
from autograd.program.program import Program


class Context:
    """What the rules below need to know about a program.

    Attributes
    ----------
    effects : Effects
        What is read and written.
    makers : dict
        For each variable, its position and the instruction that computes it.
    position : int
        Of the instruction that is looked at.
    """

    def __init__(self, program: Program) -> None:
        self.effects = Effects(program)
        self.count = 1 + max(
            [x.number for x in self.effects.made] + [x.number for x in program.inputs], default=-1
        )
        self.makers: dict[Any, tuple[int, Instruction]] = {}
        self.position = 0

    def variable(self, value: Any) -> Variable:
        """Return a new variable for a value like this one."""
        self.count += 1
        return Variable(self.count - 1, value)

    def maker(self, x: Any) -> Instruction | None:
        """Return the instruction that computes a variable, if its operands are unchanged since."""
        if not isinstance(x, Variable) or x not in self.makers:
            return None
        position, item = self.makers[x]
        for operand in item.uses():
            if self.effects.is_changed(operand, position, self.position):
                return None
        if self.effects.is_changed(x, position, self.position):
            return None
        return item


#: A rule returns another instruction with the same result, a list that ends with one, an operand
#: that is the result, or None.
Rule = Callable[[Instruction, Context], Any]

#: The rules that may apply to calls of a function.
Rules = dict[Any, tuple[Rule, ...]]


def by_function(rules: dict[Rule, Iterable[Any]]) -> Rules:
    """Return the rules for each function, given the functions for each rule."""
    found: Rules = {}
    for rule, functions in rules.items():
        for function in functions:
            found[function] = (*found.get(function, ()), rule)
    return found


def simplified(program: Program, rules: Rules | None = None) -> Program:
    """Return the program with instructions that compute the same with less, by these rules."""
    rules = RULES if rules is None else rules
    context = Context(program)
    replaced: dict[Any, Any] = {}
    kept: list[Any] = []
    for position, item in enumerate(program.items):
        if not isinstance(item, Instruction) or type(item.result) is not Variable:
            kept.append(item)
            continue
        context.position = position
        waiting = [*reversed(rules.get(item.function, ()))]
        while waiting:
            found = waiting.pop()(item, context)
            if isinstance(found, (Variable, Constant)):
                replaced[item.result] = found
                break
            if found is not None:
                *before, item = found if isinstance(found, list) else [found]
                kept += before
                waiting = [*reversed(rules.get(item.function, ()))]
        else:
            kept.append(item)
        context.makers[item.result] = (position, item)
    return rebuilt(program, replaced, kept)


def neutral_element(item: Instruction, context: Context) -> Any:
    """Replace x·1, 1·x, x/1 and x - 0 by a copy of x, which another pass leaves out."""
    if item.keywords or len(item.arguments) != 2:
        return None
    left, right = item.arguments
    function = item.function
    if function is not operator.sub and _is_number(right, 1):
        kept = left
    elif function in (operator.mul, np.multiply) and _is_number(left, 1):
        kept = right
    elif function is operator.sub and _is_number(right, 0) and not _is_negative(right):
        kept = left
    else:
        return None
    result = item.result
    if not isinstance(kept, Variable) or kept.dtype != result.dtype or kept.kind is not result.kind:
        return None
    if kept.kind is float or (not kept.is_array and kept.dtype is not None):
        return kept
    if kept.dtype is None or kept.dtype.kind not in "fc":
        return None
    if kept.shape != result.shape or kept.strides != result.strides:
        return None
    return replace(item, function=Method("copy"), arguments=(kept, "K"))


def uniform_constant(item: Instruction, context: Context) -> Any:
    """Replace an operand that repeats one number, such as the seed of a sum, by the number."""
    if item.keywords or len(item.arguments) != 2:
        return None
    result = item.result
    if not result.is_array or not result.shape:
        return None
    left, right = item.arguments
    for kept, other in ((left, right), (right, left)):
        if not isinstance(kept, Variable) or kept.shape != result.shape or not kept.is_array:
            continue
        number = _repeated(other)
        if number is None and kept.strides == result.strides:
            number = filled(other, context)
        if number is not None:
            pair = (kept, number) if kept is left else (number, kept)
            return replace(item, arguments=pair)
    return None


def _repeated(x: Any) -> Any:
    """Return the only number in an array that nothing can change, as a NumPy scalar."""
    if not isinstance(x, Constant):
        return None
    array = x.value
    owner = array.base
    if array.flags.writeable or any(array.strides) or not array.size:
        return None
    if type(owner) is not np.ndarray or owner.shape != () or owner.base is not None:
        return None
    # The owner is referred to by the view, here, and by the call below: by no one else.
    return owner[()] if sys.getrefcount(owner) <= 3 else None


def filled(x: Any, context: Context) -> Any:
    """Return the number that `numpy.full` or `numpy.ones` has repeated to make an array."""
    item = context.maker(x)
    if item is None or item.keywords:
        return None
    if item.function is np.ones and len(item.arguments) == 1:
        return np.float64(1.0)
    if item.function is not np.full or len(item.arguments) != 2:
        return None
    fill = item.arguments[1]
    if type(fill) is float:
        return np.float64(fill)
    numbers = isinstance(fill, np.generic) or getattr(fill, "dtype", None) is not None
    return fill if numbers else None


def negative_added(item: Instruction, context: Context) -> Any:
    """Replace (-a) + b by b - a, and a + (-b) by a - b."""
    if item.keywords or not item.result.is_array:
        return None
    left, right = item.arguments
    for kept, other in ((left, right), (right, left)):
        negative = _negated(context.maker(other))
        if negative is not None and is_alike(other, negative) and is_alike(kept, item.result):
            return replace(item, function=operator.sub, arguments=(kept, negative))
    return None


def minus_one(item: Instruction, context: Context) -> Any:
    """Replace x·(-1) by -x."""
    negative = _negated(item)
    if negative is None or not is_alike(negative, item.result):
        return None
    return replace(item, function=operator.neg, arguments=(negative,))


def _negated(item: Instruction | None) -> Any:
    """Return x if an instruction computes -x of floating point numbers."""
    if item is None or item.keywords or item.result.dtype is None:
        return None
    if item.result.dtype.kind not in "f" or not item.result.is_array:
        return None
    if item.function in (operator.neg, np.negative):
        return item.arguments[0]
    if item.function is operator.mul and _is_number(item.arguments[1], -1):
        return item.arguments[0]
    if item.function is operator.mul and _is_number(item.arguments[0], -1):
        return item.arguments[1]
    return None


def transpose_of_transpose(item: Instruction, context: Context) -> Any:
    """Replace (xᵀ)ᵀ by x."""
    inner = context.maker(item.arguments[0])
    if inner is None or not _is_transpose(inner) or inner.result.root is inner.result:
        return None
    return inner.arguments[0] if isinstance(inner.arguments[0], Variable) else None


def _is_transpose(item: Instruction) -> bool:
    return item.function == Attribute("T") and isinstance(item.arguments[0], Variable)


def same_shape(item: Instruction, context: Context) -> Any:
    """Leave out a reshape to the same shape, and `asarray` of an array."""
    if not item.arguments:
        return None
    x = item.arguments[0]
    if not (isinstance(x, Variable) and x.is_array and x.shape == item.result.shape):
        return None
    if item.result.root is item.result or x.strides != item.result.strides:
        return None
    return x if x.dtype == item.result.dtype else None


def item_of_number(item: Instruction, context: Context) -> Any:
    """Replace ``asarray(x).item()`` and ``asarray(x)[()]`` by those of the number."""
    if not item.arguments or item.keywords:
        return None
    inner = context.maker(item.arguments[0])
    if inner is None or inner.function is not np.asarray or len(inner.arguments) != 1:
        return None
    x = inner.arguments[0]
    if not isinstance(x, Variable) or not issubclass(x.kind, np.generic):
        return None
    if inner.keywords or inner.result.dtype != x.dtype:
        return None
    if item.function is operator.getitem:
        return x if item.arguments[1] == () and item.result.kind is x.kind else None
    return replace(item, arguments=(x,)) if len(item.arguments) == 1 else None


def direct_reduction(item: Instruction, context: Context) -> Any:
    """Replace `sum` and the like by the method ``reduce`` of a ufunc, which they call."""
    ufunc = _REDUCTIONS[item.function]
    if len(item.arguments) not in (1, 2) or not _is_float_array(item.arguments[0]):
        return None
    x = item.arguments[0]
    keywords = dict(item.keywords)
    if len(item.arguments) == 2:
        keywords["axis"] = item.arguments[1]
    keywords.setdefault("axis", None)
    if not keywords.keys() <= {"axis", "keepdims"} or keywords.get("keepdims") not in (
        None, True, False,
    ):  # fmt: skip
        return None
    if not keywords.get("keepdims"):
        keywords.pop("keepdims", None)
    return replace(item, function=ufunc.reduce, arguments=(x,), keywords=keywords)


def direct_mean(item: Instruction, context: Context) -> Any:
    """Replace a mean by a sum and a division, in the types of `numpy.mean`."""
    if not item.arguments:
        return None
    if item.result.is_array:
        return _mean_along_axes(item, context)
    x = item.arguments[0]
    axes = [*item.arguments[1:], item.keywords.get("axis")]
    if axes != [None] or item.keywords.get("keepdims") or not item.keywords.keys() <= _KEPT:
        return None
    if not _is_float_array(x) or item.result.kind not in (np.float32, np.float64):
        return None
    shape = x.value.shape if isinstance(x, Constant) else x.shape
    total = context.variable(item.result.kind(0))
    quotient = context.variable(np.float64(0))
    steps = [
        replace(
            item, function=np.add.reduce, arguments=(x,), keywords={"axis": None}, result=total
        ),
        replace(
            item,
            function=operator.truediv,
            arguments=(total, np.intp(math.prod(shape))),
            keywords={},
            result=quotient,
        ),
    ]
    if item.result.kind is np.float64:
        return [steps[0], replace(steps[1], result=item.result)]
    return [*steps, replace(item, function=np.float32, arguments=(quotient,), keywords={})]


def _mean_along_axes(item: Instruction, context: Context) -> Any:
    x, result = item.arguments[0], item.result
    if len(item.arguments) > 1 or not item.keywords.keys() <= _KEPT or not _is_float_array(x):
        return None
    shape, dtype = (x.value if isinstance(x, Constant) else x).shape, result.dtype
    count = math.prod(shape) // max(math.prod(result.shape), 1)
    if 0 in shape or dtype != (x.value if isinstance(x, Constant) else x).dtype:
        return None
    if dtype not in (np.float32, np.float64) or count >= 1 << 24:
        return None
    total = copied(result)
    total.number = context.variable(np.float64(0)).number
    return [
        replace(item, function=np.add.reduce, arguments=(x,), result=total),
        replace(item, function=operator.truediv, arguments=(total, float(count)), keywords={}),
    ]


_BROADCASTING = frozenset(
    (operator.add, operator.sub, operator.mul, operator.truediv, np.add, np.subtract, np.multiply)
)

_KEPT = {"axis", "keepdims"}

_REDUCTIONS: dict[Any, np.ufunc] = {
    np.sum: np.add,
    np.prod: np.multiply,
    np.max: np.maximum,
    np.min: np.minimum,
    np.amax: np.maximum,
    np.amin: np.minimum,
    Method("sum"): np.add,
    Method("prod"): np.multiply,
    Method("max"): np.maximum,
    Method("min"): np.minimum,
}


def _is_float_array(x: Any) -> bool:
    dtype = x.value.dtype if isinstance(x, Constant) else getattr(x, "dtype", None)
    is_array = isinstance(x, Constant) or (isinstance(x, Variable) and x.is_array)
    return is_array and dtype in (np.float32, np.float64, np.complex64, np.complex128)


def _is_number(x: Any, value: int) -> bool:
    is_number = isinstance(x, (int, float, np.number)) and not isinstance(x, (bool, np.timedelta64))
    return is_number and x == value


def _is_negative(x: Any) -> bool:
    return str(x).startswith("-")


def is_alike(x: Any, result: Variable) -> bool:
    """Return whether an array has the type, the shape and the layout of a result."""
    return (
        isinstance(x, Variable)
        and x.is_array
        and (x.dtype, x.shape, x.strides) == (result.dtype, result.shape, result.strides)
    )


#: Rules that make programs easier to read as well.
READABLE: dict[Rule, Iterable[Any]] = {
    uniform_constant: _BROADCASTING,
    neutral_element: (operator.mul, operator.truediv, operator.sub, np.multiply),
    minus_one: (operator.mul, np.negative),
    negative_added: (operator.add,),
    transpose_of_transpose: (Attribute("T"),),
    same_shape: (
        Method("reshape"), np.reshape, np.asarray, np.atleast_1d, np.ascontiguousarray,
    ),
    item_of_number: (Method("item"), operator.getitem),
}  # fmt: skip
RULES = by_function(
    {**READABLE, direct_reduction: _REDUCTIONS, direct_mean: (np.mean, Method("mean"))}
)
