"""Products of small matrices in C, one function for all shapes.

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
from typing import Any

import numpy as np

from autograd.program.backends.c.compiler import CompilerError
from autograd.program.backends.c.dtypes import FLOATS, TYPES, stored_type
from autograd.program.backends.c.library import Library, library_of
from autograd.program.backends.c.numbers import suffix
from autograd.program.backends.c.objects import KINDS, RAISED
from autograd.program.instructions import Constant, Instruction, Variable
from autograd.program.passes.buffers import is_c_contiguous
from autograd.program.passes.effects import root
from autograd.program.program import Program

#: What the report calls this.
REPORTED = "C products"

#: What NumPy computes products with, and whether for stacks of matrices too.
_FUNCTIONS = {np.dot: False, np.matmul: True, operator.matmul: True}

#: The most multiplications for two matrices: for more, NumPy's library may use several threads.
LARGEST, LARGEST_ALONE = 1 << 19, 1 << 22

#: The same where NumPy calls a library that uses a processor for matrices.
LARGEST_ON_MACOS = 1 << 12

#: The environment variables that say how many threads NumPy's library may use.
_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")

#: The most bytes of the second matrix, of which a copy is made, and the fewest rows for a copy.
_COPIED, _ROWS = 1 << 18, 8

#: A matrix is copied once if so many products would copy it.
_MANY = 3

#: With more multiplications in all, a call releases the GIL.
_QUICK = 1 << 17

_TEXT = """\
#include <stdlib.h>
#include <string.h>
#if defined(__AVX512F__)
#define WIDTH 64
#define MOST_VECTORS 4
#elif defined(__AVX__)
#define WIDTH 32
#define MOST_VECTORS 2
#elif defined(__aarch64__)
#define WIDTH 16
#define MOST_VECTORS 4
#else
#define WIDTH 16
#define MOST_VECTORS 2
#endif
#define INLINE static inline __attribute__((always_inline))
"""

_PRODUCT = """\
typedef {t} vector_{s} __attribute__((vector_size(WIDTH)));
typedef {t} loaded_{s} __attribute__((vector_size(WIDTH), aligned(sizeof({t})), may_alias));
enum {{ LANES_{s} = WIDTH / sizeof({t}) }};

/* Some rows and columns of a product, which stay in registers. */
INLINE void block_{s}(const long rows, const long vectors, long n, const {t} *x, long x_row,
    long x_step, const {t} *y, long y_step, {t} *to, long to_row)
{{
    vector_{s} sums[6][MOST_VECTORS];
    for (long i = 0; i < rows; i++)
        for (long v = 0; v < vectors; v++) sums[i][v] = (vector_{s}){{0}};
    for (long k = 0; k < n; k++) {{
        vector_{s} row[MOST_VECTORS];
        for (long v = 0; v < vectors; v++) row[v] = *(const loaded_{s} *)(y + v * LANES_{s});
        for (long i = 0; i < rows; i++)
            for (long v = 0; v < vectors; v++) sums[i][v] += x[i * x_row] * row[v];
        x += x_step;
        y += y_step;
    }}
    for (long i = 0; i < rows; i++)
        for (long v = 0; v < vectors; v++)
            *(loaded_{s} *)(to + i * to_row + v * LANES_{s}) = sums[i][v];
}}
static NOINLINE void rows_of_{s}(long rows, long vectors, long n, const {t} *x, long x_row,
    long x_step, const {t} *y, long y_step, {t} *to, long to_row)
{{
#define ROWS(count, of) for (; rows >= count; rows -= count) {{ \\
        block_{s}(count, of, n, x, x_row, x_step, y, y_step, to, to_row); \\
        x += count * x_row; to += count * to_row; }}
    if (vectors == 1) {{ ROWS(6, 1) ROWS(3, 1) ROWS(1, 1) }}
    else if (vectors == 2) {{ ROWS(6, 2) ROWS(3, 2) ROWS(1, 2) }}
#if MOST_VECTORS > 2
    else {{ ROWS(6, 4) ROWS(3, 4) ROWS(1, 4) }}
#endif
#undef ROWS
}}
/* All columns of a product of matrices; those that fill no vector are in `rest`, filled up. */
static void matrices_{s}(long rows, long columns, long n, const {t} *x, long x_row, long x_step,
    const {t} *y, long y_step, const {t} *rest, long rest_step, {t} *to)
{{
    long j = 0;
    for (long vectors = MOST_VECTORS; vectors; vectors /= 2)
        for (; j + vectors * LANES_{s} <= columns; j += vectors * LANES_{s})
            rows_of_{s}(rows, vectors, n, x, x_row, x_step, y + j, y_step, to + j, columns);
    if (j < columns)
        for (long i = 0; i < rows; i += 6) {{
            {t} found[6 * LANES_{s}];
            const long some = rows - i < 6 ? rows - i : 6;
            rows_of_{s}(some, 1, n, x + i * x_row, x_row, x_step, rest, rest_step, found,
                LANES_{s});
            for (long k = 0; k < some; k++)
                memcpy(to + (i + k) * columns + j, found + k * LANES_{s},
                    (columns - j) * sizeof({t}));
        }}
}}
/* A copy whose rows are complete vectors, filled up with zeros. */
static void copied_{s}(long n, long columns, const {t} *y, long step, long next, {t} *to, long row)
{{
    for (long k = 0; k < n; k++)
        for (long j = columns; j < row; j++) to[k * row + j] = 0;
    if (next == 1)
        for (long k = 0; k < n; k++) memcpy(to + k * row, y + k * step, columns * sizeof({t}));
    else
        for (long begin = 0; begin < n; begin += 16) {{
            const long end = begin + 16 < n ? begin + 16 : n;
            for (long j = 0; j < columns; j++)
                for (long k = begin; k < end; k++) to[k * row + j] = y[k * step + j * next];
        }}
}}
int {name}(void *arguments)
{{
    void **given = ITEMS(arguments), **kinds = ITEMS(given[3]);
    for (long k = 0; k < 3; k++)
        if (TYPE(given[k]) != kinds[0] || DTYPE(given[k]) != kinds[{kind}] || !IS_ALIGNED(given[k])
            || AXES(given[k]) < 2 || AXES(given[k]) > 32) return -1;
    void *a = given[0], *b = given[1], *c = given[2];
    const long axes = AXES(c), x_axes = AXES(a), y_axes = AXES(b);
    if (!IS_CONTIGUOUS(c) || x_axes > axes || y_axes > axes) return -1;
    intptr_t *x_shape = LENGTHS(a), *y_shape = LENGTHS(b), *shape = LENGTHS(c);
    long rows = shape[axes - 2];
    const long columns = shape[axes - 1], n = x_shape[x_axes - 1], size = sizeof({t});
    if (x_shape[x_axes - 2] != rows || y_shape[y_axes - 2] != n || y_shape[y_axes - 1] != columns)
        return -1;
    long x_steps[32], y_steps[32], stack = 1, shared = 1;
    for (long k = 0; k < axes; k++) {{
        const long i = k - axes + x_axes, j = k - axes + y_axes, is_stack = k < axes - 2;
        x_steps[k] = i < 0 || (is_stack && x_shape[i] == 1) ? 0 : STRIDES(a)[i];
        y_steps[k] = j < 0 || (is_stack && y_shape[j] == 1) ? 0 : STRIDES(b)[j];
        if (x_steps[k] % size || y_steps[k] % size) return -1;
        x_steps[k] /= size;
        y_steps[k] /= size;
        if (!is_stack) continue;
        if (i >= 0 && x_shape[i] != 1 && x_shape[i] != shape[k]) return -1;
        if (j >= 0 && y_shape[j] != 1 && y_shape[j] != shape[k]) return -1;
        stack *= shape[k];
        if (y_steps[k] && shape[k] != 1) shared = 0;
    }}
    const long x_row = x_steps[axes - 2], x_step = x_steps[axes - 1];
    long last = axes - 2;
    if (shared) /* the rows of several matrices are as good as those of one */
        for (; last && x_steps[last - 1] == x_row * rows && x_row; last--) {{
            rows *= shape[last - 1];
            stack /= shape[last - 1];
        }}
    long y_step = y_steps[axes - 2];
    const long y_next = y_steps[axes - 1];
    /* Only the columns that fill no vector are copied, unless all must be. */
    const long whole = columns / LANES_{s} * LANES_{s}, begin = y_next == 1 ? whole : 0;
    const long padded = (columns - begin + LANES_{s} - 1) / LANES_{s} * LANES_{s};
    {t} *copy = 0;
    if (padded) {{
        copy = malloc(n * padded * size);
        if (!copy) return -1;
    }}
    START
    {t} *to = DATA(c);
    long index[32] = {{0}};
    for (long m = 0; m < stack; m++) {{
        const {t} *x = DATA(a), *y = DATA(b);
        for (long k = 0; k < last; k++) {{
            x += index[k] * x_steps[k];
            y += index[k] * y_steps[k];
        }}
        if (padded && !(shared && m))
            copied_{s}(n, columns - begin, y + begin * y_next, y_step, y_next, copy, padded);
        matrices_{s}(rows, columns, n, x, x_row, x_step, begin || !padded ? y : copy,
            begin || !padded ? y_step : padded, padded ? copy + (whole - begin) : y, padded, to);
        to += rows * columns;
        for (long k = last - 1; k >= 0 && ++index[k] == shape[k]; k--) index[k] = 0;
    }}
    free(copy);
    return RAISED;
}}
"""


class Product:
    """The product of two arrays, as `numpy.matmul` computes it.

    If the arrays are not as expected, or NumPy is to warn, NumPy computes it.
    """

    __name__ = "product_in_c"

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
        _PRODUCT.format(
            t=TYPES[dtype], s=suffix(dtype), name=_name(dtype), kind=KINDS.index(dtype, 2)
        )
        for dtype in FLOATS
    ]
    try:
        return library_of(_TEXT + "".join(texts), ("-ffp-contract=fast",), is_representative=False)
    except CompilerError as error:
        return error


def _library() -> Library:
    found = _compiled()
    if isinstance(found, CompilerError):
        raise CompilerError(str(found))
    return found


def with_products(program: Program, report: Any) -> Program:
    """Return a program whose products of small matrices run in C."""
    sizes = {item: size for item in program.instructions if (size := _multiplications(item))}
    if not sizes:
        return program
    try:
        _library()
    except CompilerError as error:
        report.refuses(REPORTED, str(error))
        return program
    report.runs_in(REPORTED, f"{len(sizes)} of small matrices")
    items = [_in_c(item, sizes[item]) if item in sizes else item for item in program.items]
    return program.with_items(_with_rows_in_order(program, items))


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


def _multiplications(item: Instruction) -> int:
    """Return the number of multiplications of a product that is faster in C; 0 for others."""
    takes_stacks = _FUNCTIONS.get(item.function) if _is_known(item.function) else None
    if takes_stacks is None or item.keywords.keys() - {"out"} or len(item.arguments) != 2:
        return 0
    result = item.keywords.get("out", item.result)
    operands = [*item.arguments, result]
    if not all(isinstance(x, Constant) or (_is_variable(x) and x.is_array) for x in operands):
        return 0
    (*_, rows, n), (*_, columns) = shapes = [_shape(x) for x in item.arguments]
    if any(len(shape) < 2 or (len(shape) > 2 and not takes_stacks) for shape in shapes):
        return 0
    if len({stored_type(x) for x in operands}) > 1 or stored_type(result) not in FLOATS:
        return 0
    if not isinstance(result, Variable) or not is_c_contiguous(result):
        return 0
    if not 0 < rows * n * columns <= _largest() or n * columns * result.dtype.itemsize > _COPIED:
        return 0
    second = item.arguments[1]
    strides = second.strides if isinstance(second, Variable) else second.value.strides
    if rows < _ROWS and strides[-1] != result.dtype.itemsize:
        return 0
    return math.prod(result.shape) * n


def _largest() -> int:
    """Return the most multiplications for two matrices."""
    if platform.system() == "Darwin":
        return LARGEST_ON_MACOS
    is_alone = os.cpu_count() == 1 or any(os.environ.get(name) == "1" for name in _THREADS)
    return LARGEST_ALONE if is_alone else LARGEST


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
