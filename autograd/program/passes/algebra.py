"""Simplify what can be computed with less, and gives exactly the same bits."""

from __future__ import annotations

import math
import operator
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.program.instructions import Attribute, Constant, Instruction, Method, Variable
from autograd.program.passes.effects import Effects, rebuilt, replaced_parts
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


#: A rule returns other instructions with the same result, an operand that is the result, or None.
Rule = Callable[[Instruction, Context], Any]


def simplified(program: Program, rules: tuple[Rule, ...] = ()) -> Program:
    """Return the program with instructions that compute the same with less, by these rules."""
    context = Context(program)
    replaced: dict[Any, Any] = {}
    kept: list[Any] = []
    for position, item in enumerate(program.items):
        context.position = position
        if not isinstance(item, Instruction) or item.writes is not None:
            kept.append(item)
            continue
        if isinstance(item.result, Variable):
            for rule in rules or RULES:
                found = rule(item, context)
                if isinstance(found, list):
                    kept.extend(found[:-1])
                    item = found[-1]
                elif isinstance(found, Instruction):
                    item = found
                elif found is not None:
                    replaced[item.result] = found
                    break
            context.makers[item.result] = (position, item)
        if not (isinstance(item.result, Variable) and item.result in replaced):
            kept.append(item)
    return rebuilt(program, replaced, kept)


def neutral_element(item: Instruction, context: Context) -> Any:
    """Replace x·1, 1·x, x/1 and x - 0 by a copy of x, which another pass leaves out."""
    if item.keywords or len(item.arguments) != 2:
        return None
    left, right = item.arguments
    function = item.function
    if _is_number(right, 1) and function in (operator.mul, operator.truediv, np.multiply):
        kept = left
    elif _is_number(left, 1) and function in (operator.mul, np.multiply):
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
    return replaced_parts(item, function=Method("copy"), arguments=(kept, "K"))


def uniform_constant(item: Instruction, context: Context) -> Any:
    """Replace an operand that repeats one number, such as the seed of a sum, by the number."""
    if item.keywords or len(item.arguments) != 2 or item.function not in _BROADCASTING:
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
            number = _filled(other, context)
        if number is not None:
            pair = (kept, number) if kept is left else (number, kept)
            return replaced_parts(item, arguments=pair)
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


def _filled(x: Any, context: Context) -> Any:
    """Return the numbers that `numpy.full` has repeated to make an array in C order."""
    item = context.maker(x)
    if item is None or item.function is not np.full or item.keywords or len(item.arguments) != 2:
        return None
    fill = item.arguments[1]
    if type(fill) is float:
        return np.float64(fill)
    numbers = isinstance(fill, np.generic) or getattr(fill, "dtype", None) is not None
    return fill if numbers else None


def negative_added(item: Instruction, context: Context) -> Any:
    """Replace (-a) + b by b - a, and a + (-b) by a - b."""
    if item.function is not operator.add or item.keywords or not item.result.is_array:
        return None
    left, right = item.arguments
    for kept, other in ((left, right), (right, left)):
        negative = _negated(context.maker(other))
        if negative is not None and is_alike(other, negative) and is_alike(kept, item.result):
            return replaced_parts(item, function=operator.sub, arguments=(kept, negative))
    return None


def minus_one(item: Instruction, context: Context) -> Any:
    """Replace x·(-1) by -x."""
    negative = _negated(item)
    if negative is None or item.function is operator.neg or not is_alike(negative, item.result):
        return None
    return replaced_parts(item, function=operator.neg, arguments=(negative,))


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
    if not _is_transpose(item):
        return None
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
    reshapes = item.function == Method("reshape") or item.function is np.reshape
    if reshapes or item.function in (np.asarray, np.atleast_1d, np.ascontiguousarray):
        return x if x.dtype == item.result.dtype else None
    return None


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
    if item.function == Method("item") and len(item.arguments) == 1:
        return replaced_parts(item, arguments=(x,))
    if item.function is operator.getitem and item.arguments[1] == () and item.result.kind is x.kind:
        return x
    return None


def direct_reduction(item: Instruction, context: Context) -> Any:
    """Replace `sum` and the like by the method ``reduce`` of a ufunc, which they call."""
    ufunc = _REDUCTIONS.get(item.function)
    if ufunc is None or not item.arguments:
        return None
    x = item.arguments[0]
    if not _is_float_array(x) or len(item.arguments) > 2:
        return None
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
    return replaced_parts(item, function=ufunc.reduce, arguments=(x,), keywords=keywords)


def direct_mean(item: Instruction, context: Context) -> Any:
    """Replace the mean of all elements by a sum and a division, in the types of `numpy.mean`."""
    if item.function not in (np.mean, Method("mean")) or not item.arguments:
        return None
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
        replaced_parts(
            item, function=np.add.reduce, arguments=(x,), keywords={"axis": None}, result=total
        ),
        replaced_parts(
            item,
            function=operator.truediv,
            arguments=(total, np.intp(math.prod(shape))),
            keywords={},
            result=quotient,
        ),
    ]
    if item.result.kind is np.float64:
        return [steps[0], replaced_parts(steps[1], result=item.result)]
    return [*steps, replaced_parts(item, function=np.float32, arguments=(quotient,), keywords={})]


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


RULES: tuple[Rule, ...] = (
    uniform_constant,
    neutral_element,
    minus_one,
    negative_added,
    transpose_of_transpose,
    same_shape,
    item_of_number,
    direct_reduction,
    direct_mean,
)
