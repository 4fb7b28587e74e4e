"""Parts of products with rows that are read in place, in C, for functions of whole arrays.

The rows begin at distances from a place, and may overlap, as windows of a line do. A tile is some
rows times some vectors: as many sums as fit into the registers beside what is multiplied. They are
contracted to fused multiplications and additions. C that is given for a primitive may call the
functions; ``size`` is that of a number in bytes.
"""

from __future__ import annotations

from autograd.program.backends.c import fusing

#: The functions that generated code may call.
NAMES = ("line_tile", "line_sums", "line_copy")

_HEAD = """\
#if __BIGGEST_ALIGNMENT__ >= 64
enum { TILE_ROWS = 8, TILE_VECTORS = 3 };
#else
enum { TILE_ROWS = 4, TILE_VECTORS = 3 };
#endif
"""

_TYPED = """\
typedef {t} lined_{s} __attribute__((vector_size(__BIGGEST_ALIGNMENT__), may_alias));
typedef {t} placed_{s}
    __attribute__((vector_size(__BIGGEST_ALIGNMENT__), aligned(sizeof({t})), may_alias));
typedef {t} half_{s}
    __attribute__((vector_size(__BIGGEST_ALIGNMENT__ / 2), aligned(sizeof({t})), may_alias));
enum {{
    LINED_{s} = sizeof(lined_{s}) / sizeof({t}),
    LEAST_{s} = LINED_{s} < 4 ? 1 : LINED_{s} / 4
}};
typedef {t} quarter_{s}
    __attribute__((vector_size(LEAST_{s} * sizeof({t})), aligned(sizeof({t})), may_alias));
static inline {t} added_{s}(const lined_{s} *lanes)
{{
    const half_{s} *halves = (const half_{s} *)lanes;
    const half_{s} half = halves[0] + halves[1];
    if (LINED_{s} < 4) return half[0];
    const quarter_{s} *quarters = (const quarter_{s} *)&half;
    const quarter_{s} quarter = quarters[0] + quarters[1];
    {t} sum = quarter[0];
    for (long k = 1; k < LEAST_{s}; k++) sum += quarter[k];
    return sum;
}}
static inline void line_copy_{s}({t} *to, const {t} *from, long n)
{{
    enum {{ HALF = LINED_{s} / 2 }};
    if (n < LINED_{s}) {{
        if (n < HALF) for (long k = 0; k < n; k++) to[k] = from[k];
        else {{
            const half_{s} last = *(const half_{s} *)(from + n - HALF);
            *(half_{s} *)to = *(const half_{s} *)from;
            *(half_{s} *)(to + n - HALF) = last;
        }}
        return;
    }}
    for (long k = 0; k + LINED_{s} <= n; k += LINED_{s})
        *(placed_{s} *)(to + k) = *(const placed_{s} *)(from + k);
    *(placed_{s} *)(to + n - LINED_{s}) = *(const placed_{s} *)(from + n - LINED_{s});
}}
"""

#: For a number of rows.
_LINE_TILE = """\
static FUSING void line_tile_{s}_{rows}(const {t} *from, const long *offsets, long terms,
    const {t} *factor, {t} *to, long pitch)
{{
    FUSED_HERE
    lined_{s} sums[{rows}][3] = {{0}};
    for (long k = 0; k < terms; k++, factor += TILE_ROWS) {{
        const placed_{s} *place = (const placed_{s} *)(from + offsets[k]);
        const lined_{s} u = place[0], v = place[1], w = place[2];
        for (long r = 0; r < {rows}; r++) {{
            sums[r][0] += factor[r] * u;
            sums[r][1] += factor[r] * v;
            sums[r][2] += factor[r] * w;
        }}
    }}
    for (long r = 0; r < {rows}; r++)
        for (long v = 0; v < 3; v++)
            *(placed_{s} *)(to + r * pitch + v * LINED_{s}) = sums[r][v];
}}
"""

#: For a number of rows and of vectors.
_LINE_SUMS = """\
static FUSING void line_sums_{s}_{rows}(const {t} *g, long next, const {t} *x, const long *offsets,
    long n, {t} *total, long pitch)
{{
    FUSED_HERE
    lined_{s} sums[{rows}][{columns}] = {{0}};
    for (long k = 0; k < n; k += LINED_{s}) {{
        lined_{s} places[{columns}];
        for (long v = 0; v < {columns}; v++) places[v] = *(const placed_{s} *)(x + offsets[v] + k);
        for (long r = 0; r < {rows}; r++) {{
            const lined_{s} slope = *(const placed_{s} *)(g + r * next + k);
            for (long v = 0; v < {columns}; v++) sums[r][v] += slope * places[v];
        }}
    }}
    for (long r = 0; r < {rows}; r++)
        for (long v = 0; v < {columns}; v++) total[r * pitch + v] += added_{s}(&sums[r][v]);
}}
"""

_CALLED = """\
/* Copies some numbers, without the call of a function. */
static inline void line_copy(long size, void *to, const void *from, long n)
{
    if (size == 4) line_copy_f4(to, from, n);
    else line_copy_f8(to, from, n);
}
/* Sets a tile, or its first row, to the packed rows times the vectors at the offsets. */
static inline void line_tile(long size, long is_one, const void *from, const long *offsets,
    long terms, const void *factor, void *to, long pitch)
{
    if (size == 4 && is_one) line_tile_f4_1(from, offsets, terms, factor, to, pitch);
    else if (size == 4) line_tile_f4_TILE_ROWS(from, offsets, terms, factor, to, pitch);
    else if (is_one) line_tile_f8_1(from, offsets, terms, factor, to, pitch);
    else line_tile_f8_TILE_ROWS(from, offsets, terms, factor, to, pitch);
}
/* Adds to a tile the sums of products of n numbers: of rows, `next` apart, and at the offsets.
   One row has nine offsets. */
static inline void line_sums(long size, long is_one, const void *g, long next, const void *x,
    const long *offsets, long n, void *total, long pitch)
{
    if (size == 4 && is_one) line_sums_f4_1(g, next, x, offsets, n, total, pitch);
    else if (size == 4) line_sums_f4_TILE_ROWS(g, next, x, offsets, n, total, pitch);
    else if (is_one) line_sums_f8_1(g, next, x, offsets, n, total, pitch);
    else line_sums_f8_TILE_ROWS(g, next, x, offsets, n, total, pitch);
}
"""


def _of_type(t: str, s: str) -> str:
    """Return the functions for a type of C, and its name in theirs."""
    tiles = [_TYPED.format(t=t, s=s)]
    for rows, columns in (("1", "9"), ("TILE_ROWS", "TILE_VECTORS")):
        tiles += [
            text.format(t=t, s=s, rows=rows, columns=columns) for text in (_LINE_TILE, _LINE_SUMS)
        ]
    return "".join(tiles)


TEXT = fusing.HEAD + _HEAD + _of_type("float", "f4") + _of_type("double", "f8") + _CALLED
