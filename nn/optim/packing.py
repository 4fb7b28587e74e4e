"""Parameters packed into flat blocks, so that one NumPy call updates many of them.

The state of an optimiser is kept in these blocks; gradients are copied in, and the change is
subtracted from each parameter's array. So parameters keep their arrays, and can be assigned to at
any time. Large parameters are split by rows into several blocks: a block, its state and its
scratch arrays stay in the cache during an update.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd import Tensor
from autograd.devices import beside
from autograd.errors import ShapeError
from autograd.program import State, changed, concrete
from nn.arrays import plain

#: About how many numbers a block has: the smallest of 2¹² to 2¹⁸ with which steps are fast.
BLOCK = 1 << 16


class Piece(NamedTuple):
    """A parameter, or some of its rows, with its place and shape in the block."""

    position: int
    parameter: Any
    shape: tuple[int, ...]  # of the whole parameter
    rows: slice | None
    place: slice
    part: tuple[int, ...]  # the shape of these rows


class Block:
    """Parameters with the same number of steps, their state, and two scratch arrays."""

    def __init__(self, pieces: tuple[Piece, ...], gradient: Any, spare: Any, steps: int) -> None:
        self.pieces, self.gradient, self.spare, self.steps = pieces, gradient, spare, steps
        self.state: dict[str, Any] = {}
        self._show_parts()

    def _show_parts(self) -> None:
        #: The parts of ``gradient`` that belong to the pieces, in their shapes.
        self.views = [self.part(self.gradient, piece.place, piece.part) for piece in self.pieces]

    def __getstate__(self) -> dict[str, Any]:
        return {name: item for name, item in vars(self).items() if name != "views"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._show_parts()  # of a copy: copied parts would no longer share its memory

    def __program_state__(self) -> Iterator[State]:
        """Yield what changes in each step, for programs that `autograd.jit` records."""
        yield State(vars(self), numbers=("steps",), counted=True, inner=True)

    def filled(self, name: str, number: float = 0.0) -> Any:
        """Return the state of this name, initially filled with one number."""
        if name not in self.state:
            changed()
            self.state[name] = np.zeros_like(self.gradient)
            self.state[name] += number
        return self.state[name]

    def part(self, flat: Any, place: slice, shape: tuple[int, ...]) -> Any:
        """Return the numbers in a flat array that belong to some rows of a parameter."""
        return flat[place].reshape(shape)

    def read_gradients(self) -> None:
        """Copy the gradients of all parameters into ``gradient``."""
        for (_, parameter, _, rows, _, _), view in zip(self.pieces, self.views, strict=True):
            gradient = plain(parameter.grad)
            view[...] = gradient if rows is None else gradient[rows]

    def read_data(self) -> Any:
        """Copy the data of all parameters into ``spare``, and return it."""
        for _, parameter, _, rows, place, shape in self.pieces:
            data = parameter.data
            self.part(self.spare, place, shape)[...] = data if rows is None else data[rows]
        return self.spare

    def decay(self, rate: float) -> None:
        """Add the gradient of ``rate/2·|p|²``."""
        self.gradient += np.multiply(self.read_data(), rate, out=self.spare)

    def subtract(self) -> None:
        """Subtract from each parameter its part of ``gradient``."""
        for (_, parameter, _, rows, _, _), view in zip(self.pieces, self.views, strict=True):
            data = parameter.data
            part = data if rows is None else data[rows]
            np.subtract(part, view, out=part)
            parameter.data = data  # tells the engine about the change


class ComplexBlock(Block):
    """A block of complex parameters: real and imaginary parts are numbers by themselves.

    They lie beside each other in the flat arrays, which are real and twice as long.
    """

    def part(self, flat: Any, place: slice, shape: tuple[int, ...]) -> Any:
        """Return the complex numbers in a flat array that belong to some rows of a parameter."""
        pair = np.result_type(flat.dtype, np.complex64)
        return flat[2 * place.start : 2 * place.stop].view(pair).reshape(shape)

    def read_gradients(self) -> None:
        """Copy the gradients into ``gradient``, each with the signs of its steepest ascent.

        A gradient is ``∂L/∂x - i·∂L/∂y``, so ascent is along its conjugate.
        """
        super().read_gradients()
        imaginary = self.gradient[1::2]
        np.negative(imaginary, out=imaginary)


class ValueBlock(Block):
    """A block of `Value`s, each of which is one number."""

    def read_gradients(self) -> None:
        """Copy the derivatives of all Values into ``gradient``."""
        self.gradient[:] = [plain(piece.parameter.grad) for piece in self.pieces]

    def read_data(self) -> Any:
        """Copy the data of all Values into ``spare``, and return it."""
        self.spare[:] = [piece.parameter.data for piece in self.pieces]
        return self.spare

    def subtract(self) -> None:
        """Subtract from each Value its element of ``gradient``."""
        for piece, change in zip(self.pieces, self.gradient.tolist(), strict=True):
            piece.parameter.data -= change


class Packing:
    """The parameters of a group and their state; repacked when other parameters have gradients."""

    def __init__(self, parameters: Sequence[Any]) -> None:
        self.parameters = parameters
        self._tensors = tuple(p for p in parameters if isinstance(p, Tensor))
        self._signature: tuple[Any, ...] | None = None
        self._blocks: tuple[Block, ...] = ()
        self._unpacked: dict[int, dict[str, Any]] = {}  # the state of parameters in no block

    def __program_state__(self) -> Iterator[State]:
        """Yield what changes in each step, for programs that `autograd.jit` records."""
        yield State(vars(self), counted=True, inner=True)
        for block in self._blocks:
            yield from block.__program_state__()

    def blocks(self) -> tuple[Block, ...]:
        """Return the blocks of all parameters that have a gradient."""
        gradients = [tensor.grad for tensor in self._tensors]
        signature = tuple([None if g is None else (g.shape, g.dtype) for g in gradients])
        if signature != self._signature:
            changed()
            self._unpacked, self._blocks = self.states(concrete), ()
            self._signature = None
            self._pack()
            self._signature = signature
        return self._blocks

    def states(
        self, read: Callable[[Any], Any] = plain, only: int | None = None
    ) -> dict[int, dict[str, Any]]:
        """Return a copy of the state of each parameter that has one, or of one, by position."""
        found = {
            position: dict(state)
            for position, state in self._unpacked.items()
            if only is None or position == only
        }
        for block in self._blocks:
            for position, _, shape, rows, place, part in block.pieces:
                if only is not None and position != only:
                    continue
                state = found.setdefault(position, {"step": read(block.steps)})
                for name, flat in block.state.items():
                    found_part = block.part(read(flat), place, part)
                    if name not in state:
                        state[name] = np.empty_like(found_part, shape=shape)
                    whole = state[name] if rows is None else state[name][rows]
                    whole[...] = found_part
        return found

    def load(self, states: dict[int, dict[str, Any]]) -> None:
        """Replace the states of all parameters."""
        changed()
        self._unpacked = states
        self._blocks, self._signature = (), None

    def _pack(self) -> None:
        """Pack parameters of equal array type, dtype, number of steps and names of state."""
        alike: dict[Any, list[int]] = {}
        for position, parameter in enumerate(self.parameters):
            if parameter.grad is None:
                continue
            data, state = concrete(parameter.data), self._unpacked.get(position, {"step": 0})
            kind = (type(data), data.dtype) if isinstance(parameter, Tensor) else (float, None)
            alike.setdefault((*kind, state["step"], tuple(state)), []).append(position)
        for (kind, dtype, steps, _), positions in alike.items():
            is_complex = dtype is not None and dtype.kind == "c"
            of = ValueBlock if kind is float else ComplexBlock if is_complex else Block
            self._pack_alike(positions, of, steps)
        for block in self._blocks:
            for piece in block.pieces:
                self._unpacked.pop(piece.position, None)

    def _pack_alike(self, positions: list[int], kind: type[Block], steps: int) -> None:
        plans = list(self._plans(positions))
        if not plans:
            return
        largest = max(plan[-1][3].stop for plan in plans)
        data = concrete(self.parameters[positions[0]].data)
        like = np.zeros(0) if kind is ValueBlock else data.real
        each = 2 if kind is ComplexBlock else 1
        scratch = [np.empty_like(like, shape=(each * largest,), subok=False) for _ in range(2)]
        for plan in plans:
            gradient, spare = (array[: each * plan[-1][3].stop] for array in scratch)
            pieces = tuple(
                Piece(p, self.parameters[p], shape, rows, place, part)
                for p, shape, rows, place, part in plan
            )
            block = kind(pieces, gradient, spare, steps)
            for position, _, shape, rows, place, part in pieces:
                for name, array in self._unpacked.get(position, {"step": 0}).items():
                    if name == "step":
                        continue
                    if np.shape(array) != shape:
                        raise ShapeError(
                            f"Parameter {position} has shape {shape}, but its {name!r} has shape "
                            f"{np.shape(array)}. Create a new optimiser, or load a fitting state."
                        )
                    array = beside(concrete(array), like)
                    flat = block.part(block.filled(name), place, part)
                    flat[...] = array if rows is None else array[rows]
            self._blocks = (*self._blocks, block)

    def _plans(self, positions: list[int]) -> Iterator[list[Any]]:
        """Yield for each block its pieces: position, shape, rows, place, and shape in the block."""
        plan: list[Any] = []
        start = 0
        for position in positions:
            shape = np.shape(self.parameters[position].data)
            length, row = (shape[0], math.prod(shape[1:])) if shape else (1, 1)
            height = length if length * row <= BLOCK else max(1, BLOCK // row)
            for first in range(0, length, height or 1):
                rows = min(height, length - first)
                whole = rows == length
                if plan and start + rows * row > BLOCK:
                    yield plan
                    plan, start = [], 0
                place = slice(start, start + rows * row)
                part = None if whole else slice(first, first + rows)
                plan.append((position, shape, part, place, (rows, *shape[1:]) if shape else ()))
                start = place.stop
        if plan:
            yield plan
