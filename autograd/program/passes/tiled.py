"""`Tiled`: a function that carries out elementwise instructions tile by tile."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autograd.program.fast_code import RunNames, RunWriter
from autograd.program.instructions import Constant, Instruction, Variable
from autograd.program.passes.buffers import is_kept, order_of, with_places
from autograd.program.passes.effects import copied
from autograd.program.program import Program

#: The size of a tile of one array, in bytes.
TILE = 1 << 16

#: NumPy adds up to this many elements without dividing them.
BLOCK = 128


class Filling:
    """A function that depends on its arguments only, and can fill arrays that it is given.

    Attributes
    ----------
    arrays, sums : list of Variable
        Its results: arrays, and numbers.
    """

    is_made_of_numpy = True
    arrays: list[Variable]
    sums: list[Variable]

    @property
    def run(self) -> Callable[..., Any]:
        """The function of the inputs, and of the arrays to fill, that returns the numbers."""
        raise NotImplementedError


class Tiled(Filling):
    """A region of a program, as a function of arrays.

    Attributes
    ----------
    items : list of Instruction
        What is computed for each tile.
    inputs : list of Variable and Constant
        What they read: arrays of the shape of the region, and numbers.
    results : list of Variable
        What is used elsewhere: arrays of that shape, and sums of all elements.
    shape : tuple of int
        The shape of the region.
    """

    __name__ = "in_tiles"

    def __init__(
        self,
        items: list[Instruction],
        inputs: list[Any],
        results: list[Any],
        shape: tuple[int, ...],
    ) -> None:
        self.items = items
        self.inputs = inputs
        self.results = results
        self.shape = shape
        self.arrays = [x for x in results if x.is_array]
        self.sums = [x for x in results if not x.is_array]
        self._function: Callable[..., Any] | None = None

    def __repr__(self) -> str:
        return f"<{len(self.items)} instructions in tiles>"

    def __call__(self, *inputs: Any) -> Any:
        """Return the results, in new arrays."""
        arrays = [np.empty(x.shape, x.dtype, order_of(x)) for x in self.arrays]
        sums = self.run(*inputs, *arrays)
        known = dict(zip(self.arrays, arrays, strict=True)) | dict(
            zip(self.sums, sums or (), strict=True)
        )
        return tuple([known[x] for x in self.results])

    @property
    def run(self) -> Callable[..., Any]:
        """The function of the inputs, and of the arrays to fill, that returns the sums."""
        if self._function is None:
            self._function = _compiled(self)
        return self._function


def _compiled(region: Tiled) -> Callable[..., Any]:
    """Write and compile the loop over the tiles."""
    size = math.prod(region.shape)
    widest = max(x.dtype.itemsize for x in (item.result for item in region.items) if x.is_array)
    most = max(TILE // widest, BLOCK)
    bounds = tiles_of(size, most)
    names = RunNames()
    writer = RunWriter(names)
    names.reserve(("buffers", "take", "give", "new_buffers", "start", "stop", "size", "bounds"))
    inner, places = _inner(region)
    parameters = [names.new(f"x{i}") for i in range(len(region.inputs))]
    outs = [names.new(f"out{i}") for i in range(len(region.arrays))]
    arrays = (*region.inputs, *(places[x] for x in region.arrays))
    lines, slices = _slices(region, names, zip((*parameters, *outs), arrays, strict=True))
    kept = [item for item in inner.items if is_kept(item)]
    environment = _pool(kept, max(stop - start for start, stop in bounds))
    environment["bounds"] = bounds
    wholes = [names.new("buffer") for _ in kept]
    if kept:
        lines += [
            "try: buffers = take()",
            "except IndexError: buffers = new_buffers()",
            f"{', '.join(wholes)}, = buffers",
        ]
    sums = [names.new("sums") for _ in region.sums]
    lines += [f"{name} = []" for name in sums]
    lines += ["size = -1", "for start, stop in bounds:", "    if stop - start != size:"]
    lines.append("        size = stop - start")
    for whole, item in zip(wholes, kept, strict=True):
        lines.append(f"        {names.of(item.result)} = {whole}[:size]")
    lines += [f"    {line}" for line in slices]
    lines += [f"    {writer.statement(x)}" for x in inner.items if not is_kept(x)]
    for name, x in zip(sums, region.sums, strict=True):
        lines.append(f"    {name}.append({names.of(x)})")
    if kept:
        lines.append("give(buffers)")
    if sums:
        total = names.object(_Total(size, most), "total")
        lines.append(f"return {''.join(f'{total}({name}), ' for name in sums)}")
    name = names.new("in_tiles")
    source = f"def {name}({', '.join((*parameters, *outs))}):\n    " + "\n    ".join(lines) + "\n"
    environment.update(names.environment)
    exec(compile(source, "<tiles>", "exec"), environment)
    function = environment[name]
    function.source = source
    return function  # type: ignore[no-any-return]


def _slices(
    region: Tiled, names: Any, arrays: Iterable[tuple[str, Any]]
) -> tuple[list[str], list[str]]:
    """Return the lines before the loop and in it that make tiles of arrays, by their names."""
    before: list[str] = []
    inside: list[str] = []
    for whole, x in arrays:
        shape = x.value.shape if isinstance(x, Constant) else x.shape
        name = names.of(x)
        if shape != region.shape:
            before.append(f"{name} = {whole}")
            continue
        if len(shape) > 1:
            before.append(f"{whole} = {whole}.reshape(-1)")
        inside.append(f"{name} = {whole}[start:stop]")
    return before, inside


def _inner(region: Tiled) -> tuple[Program, dict[Any, Variable]]:
    """Return the instructions for one tile as a program, and where its results are stored."""
    places: dict[Any, Variable] = {x: copied(x) for x in region.arrays}
    inputs = [x for x in (*region.inputs, *places.values()) if isinstance(x, Variable)]
    program = Program("tile", inputs, [], region.items, tuple(region.results), [])
    return with_places(program, places), places


def _pool(kept: list[Instruction], length: int) -> dict[str, Any]:
    """Return functions that take and give the buffers of one call."""
    kinds = [item.result.dtype for item in kept]

    def new_buffers() -> tuple[Any, ...]:
        return tuple([np.empty(length, kind) for kind in kinds])

    pool: list[Any] = []
    return {"take": pool.pop, "give": pool.append, "new_buffers": new_buffers, "np": np}


def tiles_of(size: int, most: int) -> list[tuple[int, int]]:
    """Return the bounds of tiles of at most `most` elements: parts that a sum of NumPy comes to.

    Examples
    --------
    >>> tiles_of(1000, 300)
    [(0, 248), (248, 496), (496, 744), (744, 1000)]
    """
    bounds: list[tuple[int, int]] = []
    waiting = [(0, size)]
    while waiting:
        start, stop = waiting.pop()
        if stop - start <= most:
            bounds.append((start, stop))
            continue
        middle = start + _half(stop - start)
        waiting += [(middle, stop), (start, middle)]
    return bounds


def _half(size: int) -> int:
    """Return where NumPy's pairwise sum divides `size` elements."""
    half = size // 2
    return half - half % 8


@functools.cache
def numpy_adds_halves() -> bool:
    """Return whether NumPy adds all elements by halves; 2.2 adds blocks of 8,192."""
    size = 100_003
    x = np.random.default_rng(0).normal(size=size)
    for numbers in (x, x.astype(np.float32)):
        sums = [numbers[start:stop].sum() for start, stop in tiles_of(size, BLOCK)]
        if _Total(size, BLOCK)(sums) != numbers.sum():
            return False
    return True


class _Total:
    """Adds the sums of tiles as NumPy does."""

    def __init__(self, size: int, most: int) -> None:
        self.size = size
        self.most = most

    def __call__(self, sums: list[Any]) -> Any:
        parts = iter(sums)

        def total(size: int) -> Any:
            if size <= self.most:
                return next(parts)
            half = _half(size)
            left = total(half)
            return left + total(size - half)

        return total(self.size)
