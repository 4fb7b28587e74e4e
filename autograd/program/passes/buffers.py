"""Let results use memory that is kept between calls, or whose contents are no longer needed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import numpy as np

from autograd.program.instructions import Constant, Guard, Instruction, Variable
from autograd.program.passes.effects import (
    Effects,
    copied,
    is_fresh,
    operands,
    reads,
    rebuilt,
)
from autograd.program.program import Program
from autograd.program.ufuncs import is_elementwise, is_reduction, ufunc_of


def with_buffers(program: Program) -> Program:
    """Return the program with results written to memory that is used again.

    What is returned or stored, and what other code might keep, stays in memory of its own.
    """
    if not any(x.is_array for item in program.instructions for x in item.makes()):
        return program
    return _Allocation(program, {}).program()


def with_places(program: Program, places: dict[Any, Any]) -> Program:
    """Return the program with results in memory that is used again, some of them in given places.

    Parameters
    ----------
    program : Program
        The program.
    places : dict
        For some results, which leave the program, the variables to whose memory they are written.
    """
    return _Allocation(program, places).program()


class _Allocation:
    """Where each result goes.

    Attributes
    ----------
    free : dict
        By type and layout, the variables whose memory holds nothing that is needed any more.
    buffers : list of Instruction
        Those that make the memory that is kept between calls.
    places : dict
        For each variable, the variable whose memory it uses.
    fixed : dict
        For some results, given places.
    taken : set
        The variables whose memory a result took over at their last use.
    """

    def __init__(self, program: Program, given: dict[Any, Any]) -> None:
        self.given = program
        self.fixed = given
        self.effects = Effects(program)
        self.free: dict[Any, list[Variable]] = {}
        self.buffers: list[Instruction] = []
        self.places: dict[Any, Any] = {}
        self.count = 1 + max([x.number for x in self.effects.made], default=0)
        self.taken: set[Any] = set()

    def program(self) -> Program:
        """Return the new program."""
        items: list[Any] = []
        members: dict[Any, list[Variable]] = {}
        for x in self.effects.made:
            if x.root is x:
                members.setdefault(self.effects.owner(x), []).append(x)
        for position, item in enumerate(self.given.items):
            items.extend([item] if isinstance(item, Guard) else self._placed(position, item))
            for owner in {self.effects.owner(x) for x in (*reads(item), *item.makes())}:
                if self.effects.last.get(owner) == position:
                    for x in members.get(owner, ()):
                        self._release(x)
        return rebuilt(self.given, self.places, [*self.buffers, *items])

    def _release(self, x: Variable) -> None:
        """Note that the memory of a variable is not needed any more."""
        place = self.places.get(x, x)
        if x in self.taken or self.effects.is_exposed(x):
            return
        if x is not place or self._is_own(x):
            free = self.free.setdefault(_layout(place), [])
            if place not in free:
                free.append(place)

    def _is_own(self, x: Any) -> bool:
        """Return whether a variable has memory that nothing else refers to."""
        maker = self.given.items[self.effects.made[x]]
        return is_fresh(maker, x) and _is_dense(x)

    def _placed(self, position: int, item: Instruction) -> list[Instruction]:
        """Return the instructions that compute a result in its place."""
        result = item.result
        if not is_fresh(item, result) or not _is_dense(result):
            return self._copied(item)
        if item.function is np.where and len(item.arguments) == 3 and not item.keywords:
            return self._selected(position, item)
        ufunc = ufunc_of(item)
        keywords = dict(item.keywords)
        if ufunc is not None:
            function: Any = ufunc
        elif is_reduction(item) or _joins_arrays(item):
            function = item.function
        else:
            return self._copied(item)
        place = self._place(position, item, item.arguments if is_elementwise(item) else ())
        if place is None:
            return [item]
        keywords["out"] = place
        if function is np.matmul and _is_product(item):
            function = np.dot  # it takes half a microsecond less, for the same call of BLAS
        return [replace(item, function=function, keywords=keywords, result=None, writes=place)]

    def _copied(self, item: Instruction) -> list[Instruction]:
        """Copy a result to the place that is given for it."""
        place = self.fixed.get(item.result) if isinstance(item.result, Variable) else None
        if place is None:
            return [item]
        copy = Instruction(np.copyto, (place, item.result), {}, None, writes=place)
        return [item, replace(copy, quiet=item.quiet)]

    def _selected(self, position: int, item: Instruction) -> list[Instruction]:
        """Replace ``where`` by a copy, and by the replacement of some elements."""
        condition, chosen, other = item.arguments
        result = item.result
        for x in (chosen, other):
            value = x.value if isinstance(x, Constant) else x
            if getattr(value, "dtype", None) != result.dtype and type(x) not in (int, float):
                return self._copied(item)
        if result.dtype.kind not in "fc" or getattr(condition, "dtype", None) != np.bool_:
            return self._copied(item)
        value = chosen.value if isinstance(chosen, Constant) else chosen
        if condition.shape != result.shape or getattr(value, "shape", ()) not in ((), result.shape):
            return self._copied(item)
        place = self._place(position, item, (other,) if chosen is not other else ())
        if place is None:
            return self._copied(item)
        first = replace(
            item, function=np.copyto, arguments=(place, other), result=None, writes=place
        )
        rest = replace(
            item, function=np.putmask, arguments=(place, condition, chosen), result=None,
            writes=place,
        )  # fmt: skip
        return [rest] if self.places.get(other, other) is place else [first, rest]

    def _place(self, position: int, item: Instruction, reusable: Any) -> Variable | None:
        """Return the variable whose memory the result takes; None for memory of its own."""
        result = item.result
        if result in self.fixed:
            self.places[result] = self.fixed[result]
            return self.fixed[result]  # type: ignore[no-any-return]
        layout = _layout(result)
        exposed = self.effects.is_exposed(result)
        for x in reusable:
            if self._ends_in(position, item, x) and _layout(x) == layout:
                place = self.places.get(x, x)
                if self._is_own(x) if place is x else not exposed:
                    self.taken.add(x)
                    self.places[result] = place
                    return place  # type: ignore[no-any-return]
        if exposed:
            return None
        free = self.free.get(layout)
        place = free.pop() if free else self._buffer(result)
        self.places[result] = place
        return place

    def _ends_in(self, position: int, item: Instruction, x: Any) -> bool:
        """Return whether an instruction is the last that needs an operand, and only as a whole."""
        owner = self.effects.owner(x)
        if not isinstance(x, Variable) or x.root is not x or self.effects.is_exposed(x):
            return False
        if self.effects.last.get(owner) != position:
            return False
        return all(y is x for y in operands(item.arguments) if self.effects.owner(y) is owner)

    def _buffer(self, like: Variable) -> Variable:
        """Return a variable with memory that is kept between calls."""
        place = copied(like)
        place.number = self.count
        place.hint = ""
        self.count += 1
        order = {} if order_of(like) == "C" else {"order": "F"}
        self.buffers.append(Instruction(np.empty, (like.shape, like.dtype), order, place, scope=""))
        return place


def _joins_arrays(item: Instruction) -> bool:
    """Return whether an instruction puts arrays side by side."""
    if item.function not in (np.stack, np.concatenate) or not item.keywords.keys() <= {"axis"}:
        return False
    parts = item.arguments[0]
    is_list = type(parts) in (list, tuple) and len(item.arguments) <= 2
    return is_list and all(getattr(x, "is_array", isinstance(x, Constant)) for x in parts)


def _is_product(item: Instruction) -> bool:
    """Return whether `numpy.dot` multiplies two matrices exactly as `numpy.matmul` does."""
    result = item.result
    values = [x.value if isinstance(x, Constant) else x for x in item.arguments]
    return (
        all(x.dtype == result.dtype and len(x.shape) == 2 for x in values)
        and result.dtype in (np.float32, np.float64)
        and is_c_contiguous(result)
        and result.shape[0] > 1
    )


def _layout(x: Variable) -> Any:
    return (x.dtype, x.shape, x.strides)


def is_c_contiguous(x: Any) -> bool:
    """Return whether the elements of an array lie in memory in the order of their indices."""
    return bool(_contiguous_strides(x, reversed(range(len(x.shape)))) == x.strides)


def order_of(x: Variable) -> Literal["C", "F"] | None:
    """Return in which order `numpy.empty` makes such a layout, if it does."""
    if is_c_contiguous(x):
        return "C"
    return "F" if _contiguous_strides(x, range(len(x.shape))) == x.strides else None


def _contiguous_strides(x: Any, axes: Any) -> tuple[int, ...]:
    strides = [0] * len(x.shape)
    step = int(x.dtype.itemsize)
    for axis in axes:
        strides[axis] = step
        step *= max(x.shape[axis], 1)
    return tuple(strides)


def _is_dense(x: Variable) -> bool:
    """Return whether `numpy.empty` makes arrays with this layout."""
    if not x.is_array or not x.shape or x.dtype.kind not in "biufc" or 0 in x.shape:
        return False
    return order_of(x) is not None


def is_kept(item: Any) -> bool:
    """Return whether an instruction makes memory that may be kept between calls."""
    return isinstance(item, Instruction) and item.function is np.empty and not any(item.uses())
