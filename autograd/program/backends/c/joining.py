"""Arrays of zeros that are filled part by part, and added to others, as one concatenation.

The derivative of an array that was cut into parts is such a sum: each part gives zeros with the
derivative of that part. All of these are passes over memory of the whole array. Only the sign of a
zero may differ.
"""

from __future__ import annotations

import itertools
import operator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from autograd.program.backends.c.dtypes import FLOATS, stored_type
from autograd.program.instructions import Constant, Instruction, Variable
from autograd.program.passes.buffers import is_c_contiguous
from autograd.program.passes.effects import Effects, operands
from autograd.program.passes.uses import Uses
from autograd.program.program import Program

_ADDING = (operator.add, np.add)


@dataclass
class _Filled:
    """An array of zeros and parts.

    Attributes
    ----------
    axis : int
        The axis along which there are parts.
    parts : list of (int, int, operand, int)
        Where each begins and ends, what it holds, and the position of the item that writes it.
    positions : set of int
        The items that compute the array.
    """

    axis: int
    parts: list[tuple[int, int, Any, int]]
    positions: set[int]

    @property
    def end(self) -> int:
        """The position of the last of the items."""
        return max(self.positions)

    def is_whole(self, length: int) -> bool:
        """Return whether the parts, of which none overlap, are all of an axis of this length."""
        return len(self.parts) > 1 and sum(end - begin for begin, end, *_ in self.parts) == length


def with_joined_parts(program: Program) -> Program:
    """Return the program with arrays that are put together from parts, instead of added up."""
    effects, uses = Effects(program), Uses(program)
    views: dict[Any, list[Any]] = {}
    for x in effects.made:
        if isinstance(x, Variable) and x.root is not x:
            views.setdefault(effects.owner(x), []).append(x)
    filled: dict[Any, _Filled] = {}
    for position, item in enumerate(program.items):
        x = item.result if isinstance(item, Instruction) else None
        if not isinstance(x, Variable) or x.root is not x or x.dtype not in FLOATS:
            continue
        if item.function is np.zeros and is_c_contiguous(x) and not operands(item.arguments):
            found = _parts_of_zeros(program, x, views.get(effects.owner(x), []), effects, uses)
        else:
            found = _sum(item, position, filled, effects, uses)
        if found is not None and found.parts:
            filled[x] = found
    items: list[Any] = list(program.items)
    for x, one in sorted(filled.items(), key=lambda pair: -pair[1].end):
        end = one.end
        if items[end] is None or not one.is_whole(x.shape[one.axis]):
            continue
        if any(effects.is_changed(y, at, end) for _, _, y, at in one.parts):
            continue
        values = [y for _, _, y, _ in sorted(one.parts, key=lambda part: part[0])]
        for position in one.positions:
            items[position] = None
        items[end] = replace(
            program.items[end], function=np.concatenate, arguments=(values, one.axis), keywords={},
            result=x, writes=None,
        )  # fmt: skip
    return program.with_items([item for item in items if item is not None])


def _sum(
    item: Instruction, position: int, filled: dict[Any, _Filled], effects: Effects, uses: Uses
) -> _Filled | None:
    """Return the sum of two arrays of zeros and parts that nothing else reads."""
    if item.function not in _ADDING or item.keywords or len(item.arguments) != 2:
        return None
    for x in item.arguments:
        if type(x) is not Variable or x not in filled or x.shape != item.result.shape:
            return None
        if x in uses.leaving or uses.positions[x] - filled[x].positions != {position}:
            return None
        if effects.last[effects.owner(x)] != position:  # a view of it is read later
            return None
    one, two = (filled[x] for x in item.arguments)
    return _joined(one, two, position)


def _joined(one: _Filled, two: _Filled, position: int) -> _Filled | None:
    """Return the sum of two arrays, if their parts do not overlap."""
    if one is two or one.axis != two.axis:
        return None
    parts = [*one.parts, *two.parts]
    return _without_overlap(one.axis, parts, {*one.positions, *two.positions, position})


def _without_overlap(axis: int, parts: list[Any], positions: set[int]) -> _Filled | None:
    ordered = sorted(part[:2] for part in parts)
    if any(a[1] > b[0] for a, b in itertools.pairwise(ordered)):
        return None
    return _Filled(axis, parts, positions)


def _parts_of_zeros(
    program: Program, x: Variable, views: list[Any], effects: Effects, uses: Uses
) -> _Filled | None:
    """Return an array of zeros with all that is written to it, if nothing reads it before."""
    written = effects.written.get(effects.owner(x), [])
    positions = {effects.made[x], *written}
    parts: list[Any] = []
    axes: set[int] = set()
    for at in written:
        index, value = _written(program, x, at, effects, uses)
        found = None if index is None else _range(index, x.shape)
        if found is None:
            return None
        axis, begin, end = found
        shape = (*x.shape[:axis], end - begin, *x.shape[axis + 1 :])
        if not _is_part(value, shape, x.dtype) or effects.owner(value) is effects.owner(x):
            return None
        axes.add(axis)
        parts.append((begin, end, value, at))
    for view in views:
        if not uses.positions.get(view, set()) <= set(written) or view in uses.leaving:
            return None
        positions.add(effects.made[view])
    used = uses.positions.get(x, set()) - positions
    if len(axes) != 1 or any(at < max(positions) for at in used):
        return None
    return _without_overlap(axes.pop(), parts, positions)


def _written(
    program: Program, x: Variable, at: int, effects: Effects, uses: Uses
) -> tuple[Any, Any]:
    """Return where an item writes to an array of zeros, and what: it assigns, or adds."""
    item = program.items[at]
    if item.function is operator.setitem and item.arguments[0] is x:
        return item.arguments[1], item.arguments[2]
    view = item.writes
    maker = program.items[effects.made[view]] if view in effects.made else None
    is_adding = item.function in _ADDING and item.keywords.keys() == {"out"}
    if not is_adding or item.arguments[0] is not view or uses.positions[view] != {at}:
        return None, None
    if maker is None or maker.function is not operator.getitem or maker.arguments[0] is not x:
        return None, None
    return maker.arguments[1], item.arguments[1]


def _is_part(x: Any, shape: tuple[int, ...], dtype: Any) -> bool:
    """Return whether an operand has the shape of a part, and lies as NumPy would put it."""
    if isinstance(x, Constant):
        lies_in_order = x.value.flags.c_contiguous
        return bool(x.value.shape == shape and x.value.dtype == dtype and lies_in_order)
    if not isinstance(x, Variable) or not x.is_array:
        return False
    return bool(x.shape == shape and stored_type(x) == dtype and is_c_contiguous(x))


def _range(index: Any, shape: tuple[int, ...]) -> tuple[int, int, int] | None:
    """Return the one axis along which an index chooses, and where that begins and ends."""
    given = list(index) if type(index) is tuple else [index]
    if operands(tuple(given)) or not all(isinstance(x, slice) or x is ... for x in given):
        return None
    if ... in given:
        at = given.index(...)
        given[at : at + 1] = [slice(None)] * (len(shape) - len(given) + 1)
    found = [
        (axis, *one.indices(n)) for axis, (one, n) in enumerate(zip(given, shape, strict=False))
    ]
    chosen = [one for one, n in zip(found, shape, strict=False) if one[1:] != (0, n, 1)]
    if len(chosen) != 1 or chosen[0][3] != 1 or chosen[0][2] <= chosen[0][1]:
        return None
    return chosen[0][:3]
