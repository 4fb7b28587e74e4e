"""Products of matrices in C, one function for all shapes.

The libraries that NumPy calls for products are made for large matrices, and some do not use all
that the processor has. These products keep a few rows and columns of the result in registers.
"""

from __future__ import annotations

import collections
import functools
import math
import operator
import os
import platform
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from autograd.program.backends.c.compiler import CompilerError
from autograd.program.backends.c.dtypes import FLOATS, TYPES, stored_type
from autograd.program.backends.c.library import Library, library_of
from autograd.program.backends.c.numbers import suffix
from autograd.program.backends.c.objects import KINDS, RAISED
from autograd.program.backends.c.product_code import COPIED, HEAD, TYPED
from autograd.program.instructions import Constant, Instruction, Variable
from autograd.program.passes.buffers import is_c_contiguous
from autograd.program.passes.effects import root
from autograd.program.program import Program

#: What the report calls this.
REPORTED = "C products"

#: What NumPy computes products with, and whether for stacks of matrices too.
_FUNCTIONS = {np.dot: False, np.matmul: True, operator.matmul: True}

#: The most multiplications for two matrices: for more, NumPy's library may use several threads.
#: Where it may not, there is a limit only on processors whose vectors it uses as well as this does.
LARGEST, LARGEST_ALONE = 1 << 19, 1 << 22

#: The bytes of the vectors of which NumPy's library may use only a half.
WIDE = 64

#: The same where NumPy calls a library that uses a processor for matrices.
LARGEST_ON_MACOS = 1 << 12

#: The environment variables that say how many threads NumPy's library may use.
_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")

#: The fewest rows for which a copy of the second matrix is made.
_ROWS = 8

#: A matrix is copied once if so many products would copy it.
_MANY = 3

#: With more multiplications in all, a call releases the GIL.
_QUICK = 1 << 17


class Product:
    """The product of two arrays, as `numpy.matmul` computes it.

    If the arrays are not as expected, or NumPy is to warn, NumPy computes it.
    """

    __name__ = "product_in_c"
    is_made_of_numpy = True

    def __init__(self, shape: tuple[int, ...], dtype: Any, quick: bool) -> None:
        self.shape, self.dtype = shape, dtype
        self._call: Callable[[Any], int] = _library().function(_name(dtype), quick)

    def __call__(self, a: Any, b: Any, out: Any = None) -> Any:
        """Return the product."""
        if out is None:
            out = np.empty(self.shape, self.dtype)
        code = self._call((a, b, out, KINDS))
        if code and (code < 0 or _warns(code)):
            np.matmul(a, b, out)
        return out


def _warns(code: int) -> bool:
    """Return whether NumPy does something about the errors of floating point numbers."""
    settings: Any = np.geterr()
    return any(code & bit and settings[name] != "ignore" for bit, name in RAISED.items())


def _name(dtype: Any) -> str:
    return f"product_{suffix(dtype)}"


@functools.cache
def _compiled() -> Library | CompilerError:
    """Return the library of all products, or why there is none; it is compiled once."""
    texts = [
        TYPED.format(t=TYPES[dtype], s=suffix(dtype), name=_name(dtype), kind=KINDS.index(dtype, 2))
        for dtype in FLOATS
    ]
    try:
        return library_of(HEAD + "".join(texts), ("-ffp-contract=fast",), is_representative=False)
    except CompilerError as error:
        return error


@functools.cache
def vector_bytes() -> int:
    """Return how many bytes a vector of the processor has."""
    return _library().function("vector_bytes", True)(())


def _library() -> Library:
    found = _compiled()
    if isinstance(found, CompilerError):
        raise CompilerError(str(found))
    return found


def with_products(program: Program, report: Any) -> Program:
    """Return a program whose matrix products run in C where that is faster."""
    found = {item: size for item in program.instructions if (size := _size(item)) is not None}
    if not found:
        return program
    try:
        most, most_bytes = _limits()
        _library()
    except CompilerError as error:
        report.refuses(REPORTED, str(error))
        return program
    sizes = {
        item: size
        for item, size in found.items()
        if size.of_two <= most and size.second <= most_bytes
    }
    if not sizes:
        return program
    large = sum(size.second > COPIED or size.of_two > LARGEST_ALONE for size in sizes.values())
    kinds = [f"{len(sizes) - large} of small matrices"] * (large < len(sizes))
    report.runs_in(REPORTED, ", ".join([*kinds, *[f"{large} of large ones"] * (large > 0)]))
    items = [_in_c(item, sizes[item].all) if item in sizes else item for item in program.items]
    return program.with_items(_with_rows_in_order(program, items))


def _limits() -> tuple[float, float]:
    """Return the most multiplications for two matrices, and the most bytes of the second one."""
    if platform.system() == "Darwin":
        return LARGEST_ON_MACOS, COPIED
    is_alone = os.cpu_count() == 1 or any(os.environ.get(name) == "1" for name in _THREADS)
    if not is_alone:
        return LARGEST, COPIED
    return (math.inf, math.inf) if vector_bytes() >= WIDE else (LARGEST_ALONE, COPIED)


def _with_rows_in_order(program: Program, items: list[Any]) -> list[Any]:
    """Return the items with one copy of a matrix that many products would copy to read its rows."""
    written = {root(item.writes) for item in items if item.writes is not None}
    counts = collections.Counter(
        item.arguments[1]
        for item in items
        if isinstance(item, Instruction) and isinstance(item.function, Product)
    )
    copies = {
        x: Variable(-1, np.empty(x.shape, x.dtype))
        for x, count in counts.items()
        if count >= _MANY and isinstance(x, Variable) and root(x) not in written
        if x.strides[-1] != x.dtype.itemsize
    }
    found: list[Any] = [_copy(x, copies[x], items[0]) for x in program.inputs if x in copies]
    for item in items:
        if isinstance(item, Instruction) and isinstance(item.function, Product):
            x, y, *out = item.arguments
            item = replace(item, arguments=(x, copies.get(y, y), *out))
        found.append(item)
        if isinstance(item, Instruction):
            found += [_copy(x, copies[x], item) for x in item.makes() if x in copies]
    return found


def _copy(x: Variable, result: Variable, near: Any) -> Instruction:
    """Return an instruction that copies an array, in the order of C."""
    return Instruction(
        np.ascontiguousarray, (x,), {}, result, place=near.place, scope=near.scope, quiet=True
    )


def _in_c(item: Instruction, size: int) -> Instruction:
    """Return an instruction that calls C instead."""
    out = item.keywords.get("out")
    result = item.result if out is None else out
    arguments = item.arguments[:2] if out is None else (*item.arguments[:2], out)
    found = _product(result.shape, result.dtype, size < _QUICK)
    return replace(item, function=found, arguments=arguments, keywords={})


@functools.lru_cache(maxsize=4096)
def _product(shape: tuple[int, ...], dtype: Any, quick: bool) -> Product:
    """Return a product, the same one for the same arguments."""
    return Product(shape, dtype, quick)


class _Size(NamedTuple):
    """How many multiplications a product has in all, and for two matrices; bytes of the second."""

    all: int
    of_two: int
    second: int


def _size(item: Instruction) -> _Size | None:
    """Return the size of a product that C can compute; None for others."""
    takes_stacks = _FUNCTIONS.get(item.function) if _is_known(item.function) else None
    if takes_stacks is None or item.keywords.keys() - {"out"} or len(item.arguments) != 2:
        return None
    result = item.keywords.get("out", item.result)
    operands = [*item.arguments, result]
    if not all(isinstance(x, Constant) or (_is_variable(x) and x.is_array) for x in operands):
        return None
    (*_, rows, n), (*_, columns) = shapes = [_shape(x) for x in item.arguments]
    if any(len(shape) < 2 or (len(shape) > 2 and not takes_stacks) for shape in shapes):
        return None
    if len({stored_type(x) for x in operands}) > 1 or stored_type(result) not in FLOATS:
        return None
    if not isinstance(result, Variable) or not is_c_contiguous(result):
        return None
    second = item.arguments[1]
    strides = second.strides if isinstance(second, Variable) else second.value.strides
    of_two, bytes_of_second = rows * n * columns, n * columns * result.dtype.itemsize
    if rows < _ROWS and (strides[-1] != result.dtype.itemsize or bytes_of_second > COPIED):
        return None  # a copy of the second one would take longer
    return _Size(math.prod(result.shape) * n, of_two, bytes_of_second) if of_two else None


def _is_known(function: Any) -> bool:
    try:
        return function in _FUNCTIONS
    except TypeError:
        return False


def _is_variable(x: Any) -> bool:
    return isinstance(x, Variable)


def _shape(x: Any) -> tuple[int, ...]:
    shape: tuple[int, ...] = x.shape if isinstance(x, Variable) else x.value.shape
    return shape
