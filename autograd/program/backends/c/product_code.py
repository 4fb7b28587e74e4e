"""The C of matrix products: a few rows and columns of the result stay in registers.

A right factor that fits into the cache is read where it is, copied only if its rows do not lie one
number after the other. Of larger ones, blocks are packed: so many rows that a block of them and of
the left factor stay in the cache, in strips as wide as the columns in registers.
"""

from __future__ import annotations

from autograd.program.backends.c import squares

#: The most bytes of a second matrix that is not packed in blocks.
COPIED = 1 << 18

HEAD = f"""\
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
int vector_bytes(void *arguments) {{ return WIDTH; }}
#define INLINE static inline __attribute__((always_inline))
#define COPIED {COPIED}
/* Blocks of a large product: numbers in each sum, rows, and bytes of a row of the result. And from
   which step, in bytes, a left factor is packed that lies in the order of its columns. */
enum {{ DEPTH = 128, HEIGHT = 192, SPAN = 4096, FAR = 4096 }};
"""
HEAD += squares.TEXT

TYPED = """\
typedef {t} vector_{s} __attribute__((vector_size(WIDTH)));
typedef {t} loaded_{s} __attribute__((vector_size(WIDTH), aligned(sizeof({t})), may_alias));
enum {{ LANES_{s} = WIDTH / sizeof({t}), STRIP_{s} = MOST_VECTORS * LANES_{s} }};

/* Some rows and columns of a product, which stay in registers. */
INLINE void block_{s}(const long rows, const long vectors, long n, const {t} *x, long x_row,
    long x_step, const {t} *y, long y_step, {t} *to, long to_row, int adds)
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
    if (adds)
        for (long i = 0; i < rows; i++)
            for (long v = 0; v < vectors; v++)
                sums[i][v] += *(const loaded_{s} *)(to + i * to_row + v * LANES_{s});
    for (long i = 0; i < rows; i++)
        for (long v = 0; v < vectors; v++)
            *(loaded_{s} *)(to + i * to_row + v * LANES_{s}) = sums[i][v];
}}
static NOINLINE void rows_of_{s}(long rows, long vectors, long n, const {t} *x, long x_row,
    long x_step, const {t} *y, long y_step, {t} *to, long to_row, int adds)
{{
#define ROWS(count, of) for (; rows >= count; rows -= count) {{ \\
        block_{s}(count, of, n, x, x_row, x_step, y, y_step, to, to_row, adds); \\
        x += count * x_row; to += count * to_row; }}
    if (vectors == 1) {{ ROWS(6, 1) ROWS(3, 1) ROWS(1, 1) }}
    else if (vectors == 2) {{ ROWS(6, 2) ROWS(3, 2) ROWS(1, 2) }}
#if MOST_VECTORS > 2
    else {{ ROWS(6, 4) ROWS(3, 4) ROWS(1, 4) }}
#endif
#undef ROWS
}}
/* The same for fewer columns than fill a vector; those of y are filled up. */
static void rest_of_{s}(long rows, long columns, long n, const {t} *x, long x_row, long x_step,
    const {t} *y, long y_step, {t} *to, long to_row, int adds)
{{
    for (long i = 0; i < rows; i += 6) {{
        {t} found[6 * LANES_{s}];
        const long some = rows - i < 6 ? rows - i : 6;
        rows_of_{s}(some, 1, n, x + i * x_row, x_row, x_step, y, y_step, found, LANES_{s}, 0);
        for (long k = 0; k < some; k++) {{
            {t} *row = to + (i + k) * to_row;
            for (long j = 0; j < columns; j++)
                row[j] = adds ? row[j] + found[k * LANES_{s} + j] : found[k * LANES_{s} + j];
        }}
    }}
}}
/* All columns of a product of matrices; those that fill no vector are in `rest`, filled up. */
static void matrices_{s}(long rows, long columns, long n, const {t} *x, long x_row, long x_step,
    const {t} *y, long y_step, const {t} *rest, long rest_step, {t} *to)
{{
    long j = 0;
    for (long vectors = MOST_VECTORS; vectors; vectors /= 2)
        for (; j + vectors * LANES_{s} <= columns; j += vectors * LANES_{s})
            rows_of_{s}(rows, vectors, n, x, x_row, x_step, y + j, y_step, to + j, columns, 0);
    if (j < columns)
        rest_of_{s}(rows, columns - j, n, x, x_row, x_step, rest, rest_step, to + j, columns, 0);
}}
/* A copy whose rows are complete vectors, filled up with zeros. */
static void copied_{s}(long n, long columns, const {t} *y, long step, long next, {t} *to, long row)
{{
    for (long k = 0; k < n; k++)
        for (long j = columns; j < row; j++) to[k * row + j] = 0;
    if (next == 1) {{
        for (long k = 0; k < n; k++) memcpy(to + k * row, y + k * step, columns * sizeof({t}));
        return;
    }}
    for (long begin = 0; begin < n; begin += 16) {{
        const long end = SMALLER(begin + 16, n);
        long j = 0;
        if (step == 1)
            for (; j + SQUARE_{s} <= columns; j += SQUARE_{s}) {{
                long k = begin;
                for (; k + SQUARE_{s} <= end; k += SQUARE_{s})
                    square_{s}(y + j * next + k, next, to + k * row + j, row);
                for (; k < end; k++)
                    for (long i = j; i < j + SQUARE_{s}; i++) to[k * row + i] = y[i * next + k];
            }}
        for (; j < columns; j++)
            for (long k = begin; k < end; k++) to[k * row + j] = y[k * step + j * next];
    }}
}}
/* How many columns of those that are left are in the next strip of a packed block. */
static long strip_{s}(long columns)
{{
    long width = STRIP_{s};
    while (width > LANES_{s} && width > columns) width /= 2;
    return width;
}}
/* A product of large matrices, block by block; there is memory for the blocks. */
static void blocks_{s}(long rows, long columns, long n, const {t} *x, long x_row, long x_step,
    const {t} *y, long y_step, long y_next, long packs, {t} *left, {t} *right, {t} *to)
{{
    const long most = SPAN / sizeof({t});
    for (long first = 0; first < columns; first += most)
        for (long begin = 0; begin < n; begin += DEPTH) {{
            const long span = SMALLER(most, columns - first), deep = SMALLER(DEPTH, n - begin);
            {t} *packed = right;
            for (long j = 0, strip; j < span; j += strip, packed += deep * strip) {{
                strip = strip_{s}(span - j);
                copied_{s}(deep, SMALLER(strip, span - j),
                    y + begin * y_step + (first + j) * y_next, y_step, y_next, packed, strip);
            }}
            for (long i = 0; i < rows; i += HEIGHT) {{
                const long some = SMALLER(HEIGHT, rows - i);
                const {t} *from = x + i * x_row + begin * x_step;
                long row = x_row, step = x_step;
                if (packs) {{
                    for (long k = 0; k < deep; k++)
                        if (x_row == 1)
                            memcpy(left + k * HEIGHT, from + k * x_step, some * sizeof({t}));
                        else
                            for (long r = 0; r < some; r++)
                                left[k * HEIGHT + r] = from[k * x_step + r * x_row];
                    from = left, row = 1, step = HEIGHT;
                }}
                packed = right;
                for (long j = 0, strip; j < span; j += strip, packed += deep * strip) {{
                    strip = strip_{s}(span - j);
                    {t} *part = to + i * columns + first + j;
                    if (strip <= span - j)
                        rows_of_{s}(some, strip / LANES_{s}, deep, from, row, step, packed, strip,
                            part, columns, begin > 0);
                    else
                        rest_of_{s}(some, span - j, deep, from, row, step, packed, strip, part,
                            columns, begin > 0);
                }}
            }}
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
    const long y_step = y_steps[axes - 2], y_next = y_steps[axes - 1];
    /* Only the columns that fill no vector are copied, unless all must be. */
    const long whole = columns / LANES_{s} * LANES_{s}, begin = y_next == 1 ? whole : 0;
    const long is_large = n * columns * size > COPIED;
    const long padded = (columns - begin + LANES_{s} - 1) / LANES_{s} * LANES_{s};
    /* Rows of x that lie far apart would share few places in the cache. */
    const long packs = is_large && x_step != 1 && (x_row != 1 || labs(x_step) * size > FAR);
    const long left = packs ? HEIGHT * SMALLER(DEPTH, n) : 0;
    const long most = (SMALLER(SPAN / size, columns) + LANES_{s} - 1) / LANES_{s} * LANES_{s};
    const long right = is_large ? most * SMALLER(DEPTH, n) : n * padded;
    {t} *own = 0, *copy = 0;
    if (left + right) {{
        own = malloc((left + right) * size + 64);
        if (!own) return -1;
        copy = ({t} *)ALIGNED(own) + left;
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
        if (is_large)
            blocks_{s}(rows, columns, n, x, x_row, x_step, y, y_step, y_next, packs, copy - left,
                copy, to);
        else {{
            if (padded && !(shared && m))
                copied_{s}(n, columns - begin, y + begin * y_next, y_step, y_next, copy, padded);
            matrices_{s}(rows, columns, n, x, x_row, x_step, begin || !padded ? y : copy,
                begin || !padded ? y_step : padded, padded ? copy + (whole - begin) : y, padded,
                to);
        }}
        to += rows * columns;
        for (long k = last - 1; k >= 0 && ++index[k] == shape[k]; k--) index[k] = 0;
    }}
    free(own);
    return RAISED;
}}
"""
