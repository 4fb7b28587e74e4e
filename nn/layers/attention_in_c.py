"""Attention in C, for programs that `jit` compiles.

Head by head, six queries at a time meet the keys, in tiles of two vectors: their scores, weights
and results stay in the first cache. Keys after the last one that a query sees are left out, unless
some number is infinite or NaN: zero times these is NaN.
"""

from __future__ import annotations

from string import Template

from nn.memory_in_c import FREED, taken

#: The sizes, and where a head of an example begins: its rows lie `..._step` apart. Queries, keys
#: and values are the thirds of each row of `query`, if they have no arrays of their own.
_SIZES = """
typedef real vector __attribute__((vector_size(__BIGGEST_ALIGNMENT__)));
enum { SIX = 6, LANES = sizeof(vector) / sizeof(real), TILE = 2 * LANES };
const long is_packed = !key, batch_axis = steps_first, step_axis = !steps_first;
const long batch = query_shape[batch_axis], steps = query_shape[step_axis];
const long keys = is_packed ? steps : key_shape[step_axis];
const long q_row = query_shape[2], inner = is_packed ? q_row / 3 : q_row;
const long k_row = is_packed ? q_row : key_shape[2], v_row = is_packed ? q_row : value_shape[2];
const long head = inner / heads, v_head = is_packed ? head : v_row / heads, y_row = v_head * heads;
const long apart = steps_first ? batch : 1, per_batch = steps_first ? 1 : steps;
const long per_keys = steps_first ? 1 : keys;
const long q_step = apart * q_row, q_next = per_batch * q_row;
const long k_step = apart * k_row, k_next = per_keys * k_row;
const long v_step = apart * v_row, v_next = per_keys * v_row;
const long y_step = apart * y_row, y_next = per_batch * y_row;
const real *all_keys = is_packed ? query + inner : key;
const real *all_values = is_packed ? query + 2 * inner : value;
const long key_tiles = (keys + TILE - 1) / TILE, wide = key_tiles * TILE;
const long head_tiles = (head + TILE - 1) / TILE, v_tiles = (v_head + TILE - 1) / TILE;
const long of_batch = hidden && hidden_shape[0] > 1 ? hidden_shape[1] * hidden_shape[2] * keys : 0;
const long of_head = hidden && hidden_shape[1] > 1 ? hidden_shape[2] * keys : 0;
const long of_step = hidden && hidden_shape[2] > 1 ? keys : 0;
const long zero = 0;
real found[SIX * TILE];
vector sums[SIX];
"""

#: For each query: how many keys it may see, and whether some before the last of these are hidden.
_OF_QUERIES = {"long *ends": "steps", "long *holes": "steps"}

#: Whether keys may be left out.
_CHECKED = "int is_odd = 0;\n"
_FINITE = Template(
    "if (hidden) for (long k = 0; k < ${x}_size; k++) is_odd |= $x[k] - $x[k] != 0;\n"
)

_EACH_HEAD = """
for (long b = 0; b < batch; b++)
for (long h = 0; h < heads; h++) {
    const real *q = query + b * q_next + h * head;
    const real *k = all_keys + b * k_next + h * head, *v = all_values + b * v_next + h * v_head;
    const unsigned char *masks =
        hidden ? (const void *)&hidden[b * of_batch + h * of_head] : 0;
    for (long i = 0; i < steps && (of_batch || of_head || !(b + h)); i++) {
        const unsigned char *mask = masks + i * of_step;
        int any = 0;
        ends[i] = keys;
        if (hidden) {
            while (ends[i] && mask[ends[i] - 1]) ends[i]--;
            for (long c = 0; c < ends[i]; c++) any |= mask[c];
        }
        holes[i] = any;
    }
"""


def packed(x: str, rows: str, columns: str, tiles: str, to: str, turned: bool = False) -> str:
    """Return the text that packs the columns of a head as tiles, or those of its transpose.

    Parameters
    ----------
    x : str
        Where the head begins; its rows lie ``{x}_step`` apart.
    rows, columns, tiles : str
        The sizes of the tiles, and their number.
    to : str
        Where they go.
    turned : bool
        Whether each row becomes a column.
    """
    name, begin = ("turned_tile", f"t * TILE * {x}_step") if turned else ("packed_tile", "t * TILE")
    return f"""
    for (long t = 0; t < {tiles}; t++)
        {name}(sizeof(real), {x} + {begin}, {x}_step, {rows}, {columns} - t * TILE,
            {to} + t * {rows} * TILE);
"""


#: The rows of six queries, and up to which key one of them sees.
_SIX_QUERIES = """
    for (long i = 0; i < steps; i += SIX) {
        const long some = steps - i < SIX ? steps - i : SIX;
        const real *from[SIX], *rows[SIX];
        long seen = 0;
        for (long r = 0; r < some; r++) if (ends[i + r] > seen) seen = ends[i + r];
        const long used = is_odd ? keys : seen, full = (used + TILE - 1) / TILE * TILE;
"""

#: The result, and the weights of each query.
ATTENDED = (
    _SIZES
    + taken(
        {
            "real *turned": "wide * head",
            "real *values": "v_tiles * keys * TILE",
            "real *scores": "SIX * wide",
            **_OF_QUERIES,
        }
    )
    + "const real most = sizeof(real) == 4 ? 40 : 300;\n"
    + _CHECKED
    + _FINITE.substitute(x="query")
    + "if (value) {"
    + _FINITE.substitute(x="value")
    + "}"
    + _EACH_HEAD
    + packed("k", "head", "keys", "key_tiles", "turned", turned=True)
    + packed("v", "keys", "v_head", "v_tiles", "values")
    + _SIX_QUERIES
    + """
        for (long r = 0; r < SIX; r++) {
            from[r] = q + (r < some ? i + r : i) * q_step;
            rows[r] = scores + r * wide;
        }
        for (long t = 0; t < full; t += TILE) {
            product_tile(sizeof(real), from, 1, &zero, head, turned + t * head, found);
            for (long r = 0; r < some; r++)
                for (long c = 0; c < TILE; c++)
                    scores[r * wide + t + c] = found[r * TILE + c] * (real)scale;
        }
        int is_large = 0; /* otherwise exponentials need no shift */
        for (long r = 0; r < some; r++)
            for (long c = 0; c < full; c++) is_large |= !(fabs(scores[r * wide + c]) < most);
        for (long r = 0; r < some; r++) {
            real *row = scores + r * wide;
            const unsigned char *mask = holes[i + r] ? masks + (i + r) * of_step : 0;
            const long end = ends[i + r];
            real shift = 0;
            if (is_large) {
                for (long c = end; c < full; c++) row[c] = -INFINITY;
                for (long c = 0; mask && c < end; c++) row[c] = mask[c] ? -INFINITY : row[c];
                shift = sizeof(real) == 4 ? maximum_f4((const void *)row, full)
                    : maximum_f8((const void *)row, full);
            }
            for (long c = 0; c < full; c++)
                row[c] = sizeof(real) == 4 ? exp_f4(row[c] - shift) : exp(row[c] - shift);
            for (long c = 0; mask && c < end; c++) row[c] = mask[c] ? 0 : row[c];
            for (long c = end; c < full; c++) row[c] = 0;
            sums[r] = (vector){0};
            for (long c = 0; c < full; c += LANES) sums[r] += *(const vector *)(row + c);
        }
        real totals[SIX] = {0};
        for (long c = 0; c < LANES; c++)
            for (long r = 0; r < SIX; r++) totals[r] += sums[r][c];
        for (long r = 0; r < some; r++) {
            real *row = scores + r * wide;
            real *to = result_1 + ((b * heads + h) * steps + i + r) * keys;
            const real factor = ends[i + r] ? 1 / totals[r] : 0;
            const long both = full < keys ? full : keys;
            for (long c = 0; c < both; c++) to[c] = row[c] *= factor;
            for (long c = both; c < keys; c++) to[c] = 0;
            for (long c = full; c < used; c++) row[c] = 0;
        }
        for (long t = 0; t < v_tiles; t++) {
            product_tile(sizeof(real), rows, 1, &zero, used, values + t * keys * TILE, found);
            const long columns = v_head - t * TILE < TILE ? v_head - t * TILE : TILE;
            for (long r = 0; r < some; r++) {
                real *to = result_0 + b * y_next + (i + r) * y_step + h * v_head + t * TILE;
                for (long c = 0; c < columns; c++) to[c] = found[r * TILE + c];
            }
        }
    }
}
"""
    + FREED
)

#: The derivatives of keys or values: six keys at a time, for the queries from the first that sees
#: one of them. `$rows` has a row for each query, `$apart` numbers after the one before.
_TO_KEYS = Template("""
    for (long j = 0, first = 0; j < keys; j += SIX) {
        const long some = keys - j < SIX ? keys - j : SIX, one = 1;
        long places[SIX];
        for (long r = 0; r < SIX; r++) places[r] = j + (r < some ? r : 0);
        for (first = 0; !is_odd && first < steps && ends[first] <= j; ) first++;
        const long counts[3] = {1, 1, steps - first}, distances[3] = {0, 0, $apart};
        for (long t = 0; t < $tiles; t++) {
            __builtin_memset(found, 0, sizeof found);
            sum_tile(sizeof(real), $rows + first * $apart, places, counts, distances,
                $packed + (t * steps + first) * TILE, 0, found);
            const long columns = $width - t * TILE < TILE ? $width - t * TILE : TILE;
            for (long r = 0; r < some; r++) {
                real *to = $to + (j + r) * $step + t * TILE;
                for (long c = 0; c < columns; c++) to[c] = found[r * TILE + c]$scaled;
            }
        }
    }
""")

ATTENDED_BACK = (
    _SIZES
    + taken(
        {
            "real *turned": "wide * v_head",
            "real *right": "head_tiles * keys * TILE",
            "real *left": "head_tiles * steps * TILE",
            "real *slopes": "v_tiles * steps * TILE",
            "real *scores": "steps * wide",
            "real *shares": "SIX * wide",
            **_OF_QUERIES,
        }
    )
    + """
real *by_keys = is_packed ? result_0 + inner : result_1;
real *by_values = is_packed ? result_0 + 2 * inner : result_2;
"""
    + _CHECKED
    + _FINITE.substitute(x="query")
    + _FINITE.substitute(x="g")
    + "if (key && value) {"
    + _FINITE.substitute(x="key")
    + _FINITE.substitute(x="value")
    + "}"
    + _EACH_HEAD
    + """
    const real *y = g + b * y_next + h * v_head;
    const real *weight = weights + (b * heads + h) * steps * keys;
    real *to_query = result_0 + b * q_next + h * head;
    real *to_key = by_keys + b * k_next + h * head, *to_value = by_values + b * v_next + h * v_head;
"""
    + packed("v", "v_head", "keys", "key_tiles", "turned", turned=True)
    + packed("k", "keys", "head", "head_tiles", "right")
    + packed("q", "steps", "head", "head_tiles", "left")
    + packed("y", "steps", "v_head", "v_tiles", "slopes")
    + _SIX_QUERIES
    + """
        /* What the next queries have kept is no longer in the cache. */
        const long ahead = ((b * heads + h) * steps + i + 2 * SIX) * keys;
        const long end = ahead + SIX * keys < weights_size ? ahead + SIX * keys : weights_size;
        for (long c = ahead; c < end; c += 64 / (long)sizeof(real)) __builtin_prefetch(weights + c);
        for (long r = 0; r < SIX; r++) {
            from[r] = y + (r < some ? i + r : i) * y_step;
            rows[r] = scores + (i + (r < some ? r : 0)) * wide;
        }
        for (long t = 0; t < full; t += TILE) {
            product_tile(sizeof(real), from, 1, &zero, v_head, turned + t * v_head, found);
            for (long r = 0; r < some; r++)
                for (long c = 0; c < TILE; c++)
                    scores[(i + r) * wide + t + c] = found[r * TILE + c];
        }
        for (long r = 0; r < some; r++) {
            real *row = scores + (i + r) * wide, *share = shares + r * wide;
            const real *given = weight + (i + r) * keys;
            int is_large = 0;
            const long both = full < keys ? full : keys;
            for (long c = 0; c < both; c++)
                share[c] = given[c], is_large |= given[c] > (real)0.99;
            for (long c = both; c < full; c++) share[c] = 0;
            if (is_large) { /* there a difference loses what the others add up to */
                long most = 0;
                while (!(share[most] > (real)0.99)) most++;
                const real shift = row[most];
                for (long c = 0; c < full; c++) row[c] -= shift;
            }
            sums[r] = (vector){0};
            for (long c = 0; c < full; c += LANES)
                sums[r] += *(const vector *)(row + c) * *(const vector *)(share + c);
        }
        real totals[SIX] = {0};
        for (long c = 0; c < LANES; c++)
            for (long r = 0; r < SIX; r++) totals[r] += sums[r][c];
        for (long r = 0; r < some; r++) {
            real *row = scores + (i + r) * wide;
            const real *share = shares + r * wide;
            for (long c = 0; c < full; c++) row[c] = (row[c] - totals[r]) * share[c];
            for (long c = full; c < wide; c++) row[c] = 0;
        }
        for (long t = 0; t < head_tiles; t++) {
            product_tile(sizeof(real), rows, 1, &zero, used, right + t * keys * TILE, found);
            const long columns = head - t * TILE < TILE ? head - t * TILE : TILE;
            for (long r = 0; r < some; r++) {
                real *to = to_query + (i + r) * q_step + t * TILE;
                for (long c = 0; c < columns; c++) to[c] = found[r * TILE + c] * (real)scale;
            }
        }
    }
"""
    + _TO_KEYS.substitute(
        rows="weight",
        apart="keys",
        tiles="v_tiles",
        packed="slopes",
        width="v_head",
        to="to_value",
        step="v_step",
        scaled="",
    )
    + _TO_KEYS.substitute(
        rows="scores",
        apart="wide",
        tiles="head_tiles",
        packed="left",
        width="head",
        to="to_key",
        step="k_step",
        scaled=" * (real)scale",
    )
    + "}\n"
    + FREED
)
