"""Which instructions are calls of ufuncs, and of what kind."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from autograd.program.instructions import Instruction

#: The ufunc that computes the same as an operator, if an operand is an array.
UFUNCS: dict[Any, np.ufunc] = {
    operator.add: np.add,
    operator.sub: np.subtract,
    operator.mul: np.multiply,
    operator.truediv: np.divide,
    operator.matmul: np.matmul,
    operator.neg: np.negative,
    operator.lt: np.less,
    operator.le: np.less_equal,
    operator.gt: np.greater,
    operator.ge: np.greater_equal,
    operator.eq: np.equal,
    operator.ne: np.not_equal,
    operator.and_: np.bitwise_and,
    operator.or_: np.bitwise_or,
    operator.xor: np.bitwise_xor,
    operator.invert: np.invert,
    abs: np.absolute,
    operator.abs: np.absolute,
}


def ufunc_of(item: Instruction) -> np.ufunc | None:
    """Return the ufunc that computes an instruction, if it takes ``out=`` and nothing else."""
    function = item.function
    found = function if isinstance(function, np.ufunc) else UFUNCS.get(function)
    if found is None or item.keywords or len(item.arguments) != found.nin or found.nout != 1:
        return None
    return found


def is_elementwise(item: Instruction) -> bool:
    """Return whether each element of the result depends on one element of each operand."""
    ufunc = ufunc_of(item)
    return ufunc is not None and ufunc.signature is None


def is_reduction(item: Instruction) -> bool:
    """Return whether an instruction is ``reduce`` of a ufunc over some axes."""
    owner = getattr(item.function, "__self__", None)
    return (
        isinstance(owner, np.ufunc)
        and item.function.__name__ == "reduce"
        and len(item.arguments) == 1
        and item.keywords.keys() <= {"axis", "keepdims", "out"}
    )
