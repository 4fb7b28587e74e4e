"""Parts of matrix products in C that stay in registers, for functions of whole arrays.

Six rows times two vectors are twelve sums, as many as fit into the registers beside what is
multiplied; they are contracted to fused multiplications and additions. C that is given for a
primitive may call the functions; ``size`` is that of a number in bytes. Columns are packed in
tiles: of each row, two vectors that begin where a vector may begin.
"""

from __future__ import annotations

from autograd.program.backends.c import fusing, squares

#: The functions that generated code may call.
NAMES = ("product_tile", "sum_tile", "packed_tile", "turned_tile")

_HEAD = """\
#define IN_SIX_ROWS(place) \\
    sums[0][0] += a[place] * u; sums[0][1] += a[place] * v; \\
    sums[1][0] += b[place] * u; sums[1][1] += b[place] * v; \\
    sums[2][0] += c[place] * u; sums[2][1] += c[place] * v; \\
    sums[3][0] += d[place] * u; sums[3][1] += d[place] * v; \\
    sums[4][0] += e[place] * u; sums[4][1] += e[place] * v; \\
    sums[5][0] += f[place] * u; sums[5][1] += f[place] * v;
"""

_TYPED = """\
typedef {t} tiled_{s} __attribute__((vector_size(__BIGGEST_ALIGNMENT__), may_alias));
typedef {t} stored_{s}
    __attribute__((vector_size(__BIGGEST_ALIGNMENT__), aligned(sizeof({t})), may_alias));
enum {{ TILED_{s} = sizeof(tiled_{s}) / sizeof({t}) }};
static FUSING void product_tile_{s}(const {t} *const *rows, long parts, const long *offsets, long n,
    const {t} *factor, {t} *found)
{{
    FUSED_HERE
    tiled_{s} sums[6][2] = {{0}};
    for (long part = 0; part < parts; part++) {{
        const {t} *a = rows[0] + offsets[part], *b = rows[1] + offsets[part];
        const {t} *c = rows[2] + offsets[part], *d = rows[3] + offsets[part];
        const {t} *e = rows[4] + offsets[part], *f = rows[5] + offsets[part];
        for (long k = 0; k < n; k++, factor += 2 * TILED_{s}) {{
            const tiled_{s} u = *(const tiled_{s} *)factor;
            const tiled_{s} v = *(const tiled_{s} *)(factor + TILED_{s});
            IN_SIX_ROWS(k)
        }}
    }}
    for (long r = 0; r < 6; r++)
        for (long v = 0; v < 2; v++)
            *(stored_{s} *)(found + (2 * r + v) * TILED_{s}) = sums[r][v];
}}
static FUSING void sum_tile_{s}(const {t} *x, const long *offsets, const long *counts,
    const long *steps, const {t} *factor, long next, {t} *total)
{{
    FUSED_HERE
    tiled_{s} sums[6][2] = {{0}};
    for (long i = 0; i < counts[0]; i++)
        for (long j = 0; j < counts[1]; j++) {{
            const {t} *from = x + i * steps[0] + j * steps[1];
            const {t} *a = from + offsets[0], *b = from + offsets[1], *c = from + offsets[2];
            const {t} *d = from + offsets[3], *e = from + offsets[4], *f = from + offsets[5];
            const {t} *g = factor + i * next + j * counts[2] * 2 * TILED_{s};
            const long step = steps[2];
            for (long k = 0, place = 0; k < counts[2]; k++, place += step, g += 2 * TILED_{s}) {{
                const tiled_{s} u = *(const tiled_{s} *)g;
                const tiled_{s} v = *(const tiled_{s} *)(g + TILED_{s});
                IN_SIX_ROWS(place)
            }}
        }}
    for (long r = 0; r < 6; r++)
        for (long v = 0; v < 2; v++)
            *(stored_{s} *)(total + (2 * r + v) * TILED_{s}) += sums[r][v];
}}
static void packed_tile_{s}(const {t} *x, long step, long rows, long columns, {t} *to)
{{
    for (long k = 0; k < rows; k++, x += step, to += 2 * TILED_{s})
        if (columns >= 2 * TILED_{s}) {{
            ((tiled_{s} *)to)[0] = *(const stored_{s} *)x;
            ((tiled_{s} *)to)[1] = *(const stored_{s} *)(x + TILED_{s});
        }} else
            for (long j = 0; j < 2 * TILED_{s}; j++) to[j] = j < columns ? x[j] : 0;
}}
static void turned_tile_{s}(const {t} *x, long step, long rows, long columns, {t} *to)
{{
    long j = 0;
    for (; j + SQUARE_{s} <= columns && j < 2 * TILED_{s}; j += SQUARE_{s}) {{
        long k = 0;
        for (; k + SQUARE_{s} <= rows; k += SQUARE_{s})
            square_{s}(x + j * step + k, step, to + k * 2 * TILED_{s} + j, 2 * TILED_{s});
        for (; k < rows; k++)
            for (long i = j; i < j + SQUARE_{s}; i++) to[k * 2 * TILED_{s} + i] = x[i * step + k];
    }}
    for (; j < 2 * TILED_{s}; j++)
        for (long k = 0; k < rows; k++)
            to[k * 2 * TILED_{s} + j] = j < columns ? x[j * step + k] : 0;
}}
"""

_CALLED = """\
/* Sets a tile to six rows, each in parts of n numbers at offsets, times the packed columns. */
static inline void product_tile(long size, const void *rows, long parts, const long *offsets,
    long n, const void *factor, void *found)
{
    if (size == 4) product_tile_f4(rows, parts, offsets, n, factor, found);
    else product_tile_f8(rows, parts, offsets, n, factor, found);
}
/* Adds to a tile the products of six numbers at offsets with packed columns, over three axes with
   their counts and their steps in x; `next` is the step of the first one in the columns. */
static inline void sum_tile(long size, const void *x, const long *offsets, const long *counts,
    const long *steps, const void *factor, long next, void *total)
{
    if (size == 4) sum_tile_f4(x, offsets, counts, steps, factor, next, total);
    else sum_tile_f8(x, offsets, counts, steps, factor, next, total);
}
/* Packs columns of some rows of x as a tile, filled up with zeros. */
static inline void packed_tile(long size, const void *x, long step, long rows, long columns,
    void *to)
{
    if (size == 4) packed_tile_f4(x, step, rows, columns, to);
    else packed_tile_f8(x, step, rows, columns, to);
}
/* The same for rows of the transpose of x: each row of x becomes a column. */
static inline void turned_tile(long size, const void *x, long step, long rows, long columns,
    void *to)
{
    if (size == 4) turned_tile_f4(x, step, rows, columns, to);
    else turned_tile_f8(x, step, rows, columns, to);
}
"""

TEXT = (
    fusing.HEAD
    + squares.TEXT
    + _HEAD
    + _TYPED.format(t="float", s="f4")
    + _TYPED.format(t="double", s="f8")
    + _CALLED
)
