"""Leave out instructions whose results nothing uses."""

from __future__ import annotations

import cmath
import math
import operator
from typing import Any

import numpy as np

from autograd.program.instructions import Guard, Instruction, Variable, variables_in
from autograd.program.passes.effects import Effects, has_memory, is_pure, leaving, reads
from autograd.program.program import Program

#: Raise errors for some numbers of Python.
_RAISING = frozenset(
    (
        operator.truediv, operator.floordiv, operator.mod, operator.pow, round, divmod,
        *(f for module in (math, cmath) for f in vars(module).values() if callable(f)),
    )
)  # fmt: skip
#: Raise errors for some arrays.
_OF_MATRICES = frozenset(
    getattr(np.linalg, name)
    for name in (
        "cholesky", "eig", "eigh", "eigvals", "eigvalsh", "inv", "lstsq", "matrix_power", "pinv",
        "solve", "svd", "tensorinv", "tensorsolve",
    )
)  # fmt: skip


def may_raise(item: Instruction, of_values: bool = False) -> bool:
    """Return whether a call raises an error for some numbers.

    Functions of Values do not raise errors, so only those who can deal with them ask for them.
    """
    if item.primitive is not None and not of_values:
        return False
    if item.function in _RAISING:
        return isinstance(item.result, Variable) and item.result.kind in (bool, int, float, complex)
    return item.function in _OF_MATRICES


def _may_not_fit(item: Instruction) -> bool:
    """Return whether an index may be out of range, or a number no integer."""
    if item.function not in (operator.getitem, operator.setitem):
        return False
    owner, index = item.arguments[:2]
    if any(x.dtype is None or x.dtype.kind in "iu" for x in variables_in((index,))):
        return True
    kinds = [x.kind for x in variables_in(item.arguments[2:]) if not x.is_array]
    into_integers = getattr(owner, "dtype", None) is not None and owner.dtype.kind in "iu"
    return into_integers and any(issubclass(kind, (float, np.floating)) for kind in kinds)


def without_dead_code(program: Program) -> Program:
    """Return the program without instructions whose results nothing uses.

    A write in place is used if the memory is read later, is returned or stored, or belongs to an
    input or a constant.
    """
    effects = Effects(program)
    used: set[Any] = set(leaving(program))
    memory = effects.outside | {effects.owner(x) for x in used}
    kept: list[Any] = []
    for item in reversed(program.items):
        if isinstance(item, Guard):
            needed = True
        elif not used.isdisjoint(item.makes()):
            needed = True  # a write that failed has a result as well: that it did
        elif item.writes is not None:
            needed = effects.owner(item.writes) in memory or _may_not_fit(item)
        else:
            needed = not is_pure(item) or may_raise(item) or _may_not_fit(item)
        if needed:
            kept.append(item)
            for x in reads(item):
                used.add(x)
                if has_memory(x):
                    memory.add(effects.owner(x))
    kept.reverse()
    return program if len(kept) == len(program.items) else program.with_items(kept)
