"""Recurrent layers in C, for programs that `jit` compiles.

Some examples at a time go through all steps, so that their states, the gates and the weights stay
in the cache. Products are computed six rows at a time, in tiles of two vectors.
"""

from __future__ import annotations

from string import Template

from nn.memory_in_c import FREED, taken

#: The sizes, and where the parts of the flat array are.
_SIZES = """
typedef real vector __attribute__((vector_size(__BIGGEST_ALIGNMENT__)));
enum { SIX = 6, LANES = sizeof(vector) / sizeof(real), TILE = 2 * LANES, SOME = 8 * SIX };
const long *sizes = inputs ? inputs_shape : shapes, *rest = inputs ? shapes : shapes + 3;
const long steps = sizes[0], batch = sizes[1], features = sizes[2];
const long wide = rest[0], hidden = rest[3];
const long states = steps * batch * hidden, zero = 0;
const real *x = inputs ? inputs : flat;
const real *w_ih = inputs ? flat : flat + steps * batch * features;
const real *w_hh = w_ih + wide * features, *b_ih = w_hh + wide * hidden, *b_hh = b_ih + wide;
const real *first_h = b_hh + wide;
real found[SIX * TILE];
/* NumPy multiplies faster what leaves the cache, and few rows. */
const long bytes = wide * (features + hidden) * (long)sizeof(real);
if (BESIDE_PYTHON && bytes > (batch < SIX ? 1 << 17 : 1 << 20)) LEAVE_TO_PYTHON;
"""

_TANH = "(sizeof(real) == 4 ? tanh_f4($x) : tanh_f8($x))"


def tanh(x: str) -> str:
    """Return the hyperbolic tangent of an expression."""
    return Template(_TANH).substitute(x=x)


def sigmoid(x: str) -> str:
    """Return the sigmoid of an expression."""
    return f"((real)0.5 * {tanh(f'(real)0.5 * {x}')} + (real)0.5)"


# -- forward ----------------------------------------------------------------------------------

#: `lines` are rows of inputs and states, `packed` the weights: for each tile of the columns of a
#: gate, those of the inputs and then those of the states. `$cell` is what each example does.
_FORWARD = (
    _SIZES
    + """
real *y_second = result + states, *y_gates = result + $before * states;
const long gates = wide / hidden, tiles = (hidden + TILE - 1) / TILE;
const long both = features + hidden, line = both + LANES;
"""
    + taken({"real *packed": "gates * tiles * both * TILE", "real *lines": "SOME * line"})
    + """
for (long gate = 0; gate < gates; gate++)
    for (long tile = 0; tile < tiles; tile++) {
        const long row = gate * hidden + tile * TILE, columns = hidden - tile * TILE;
        real *to = packed + (gate * tiles + tile) * both * TILE;
        turned_tile(sizeof(real), w_ih + row * features, features, features, columns, to);
        turned_tile(sizeof(real), w_hh + row * hidden, hidden, hidden, columns,
            to + features * TILE);
    }
for (long first = 0; first < batch; first += SOME) {
    const long some = SMALLER(batch - first, SOME);
    for (long r = 0; r < some; r++)
        __builtin_memcpy(lines + r * line + features, first_h + (first + r) * hidden,
            hidden * sizeof(real));
    for (long t = 0; t < steps; t++) {
        const long row = t * batch + first;
        for (long r = 0; r < some; r++)
            __builtin_memcpy(lines + r * line, x + (row + r) * features, features * sizeof(real));
        for (long gate = 0; gate < gates; gate++)
            for (long tile = 0; tile < tiles; tile++) {
                const real *factor = packed + (gate * tiles + tile) * both * TILE;
                const long columns = SMALLER(hidden - tile * TILE, TILE);
                const long column = gate * hidden + tile * TILE;
                const real *of_x = b_ih + column, *of_h = b_hh + column;
                for (long r = 0; r < some; r += SIX) {
                    const real *from[SIX];
                    const long count = SMALLER(some - r, SIX);
                    for (long k = 0; k < SIX; k++)
                        from[k] = lines + SMALLER(r + k, some - 1) * line;
                    real *to = y_gates + (row + r) * wide + column;
                    $products
                }
            }
        for (long r = 0; r < some; r++) {
            real *a = y_gates + (row + r) * wide, *h = result + (row + r) * hidden;
            real *restrict kept = lines + r * line + features;
            (void)y_second, (void)h; /* not all cells use all of these */
            $cell
        }
    }
}
"""
    + FREED
)

_SUM_OF_BOTH = """
product_tile(sizeof(real), from, 1, &zero, both, factor, found);
for (long k = 0; k < count; k++)
    for (long c = 0; c < columns; c++)
        to[k * wide + c] = found[k * TILE + c] + (of_x[c] + of_h[c]);
"""

_LSTM_CELL = f"""
const real *before = t ? y_second + (row + r - batch) * hidden
    : first_h + (batch + first + r) * hidden;
real *restrict c = y_second + (row + r) * hidden;
const real *i = a, *f = a + hidden, *u = a + 2 * hidden, *o = a + 3 * hidden;
for (long k = 0; k < 2 * hidden; k++) a[k] = {sigmoid("a[k]")};
for (long k = 2 * hidden; k < 3 * hidden; k++) a[k] = {tanh("a[k]")};
for (long k = 3 * hidden; k < 4 * hidden; k++) a[k] = {sigmoid("a[k]")};
INDEPENDENT
for (long k = 0; k < hidden; k++) {{
    const real state = f[k] * before[k] + i[k] * u[k];
    c[k] = state;
    kept[k] = h[k] = o[k] * {tanh("state")};
}}
"""

_PLAIN_CELL = Template("for (long k = 0; k < hidden; k++) kept[k] = a[k] = $activation;")


def plain(activation: str) -> str:
    """Return the plain cell: its states are all it has, and `y_gates` are these."""
    cell = _PLAIN_CELL.substitute(activation=activation)
    return Template(_FORWARD).substitute(before=0, products=_SUM_OF_BOTH, cell=cell)


TANH = plain(tanh("a[k]"))
RELU = plain("(a[k] < 0 ? 0 : a[k])")
LSTM = Template(_FORWARD).substitute(before=2, products=_SUM_OF_BOTH, cell=_LSTM_CELL)

#: The parts of q, r q and x are apart: n = tanh(x + r q). Other gates are sums of both.
_GRU_PRODUCTS = f"""
if (gate < 2) {{ {_SUM_OF_BOTH} }}
else {{
    product_tile(sizeof(real), from, 1, &zero, features, factor, found);
    for (long k = 0; k < count; k++)
        for (long c = 0; c < columns; c++) to[k * wide + c] = found[k * TILE + c] + of_x[c];
    product_tile(sizeof(real), from, 1, &features, hidden, factor + features * TILE, found);
    real *q = y_second + (row + r) * hidden + tile * TILE;
    for (long k = 0; k < count; k++)
        for (long c = 0; c < columns; c++) q[k * hidden + c] = found[k * TILE + c] + of_h[c];
}}
"""

_GRU_CELL = f"""
const real *q = y_second + (row + r) * hidden;
for (long k = 0; k < 2 * hidden; k++) a[k] = {sigmoid("a[k]")};
INDEPENDENT
for (long k = 0; k < hidden; k++) {{
    const real n = {tanh("a[2 * hidden + k] + a[k] * q[k]")};
    a[2 * hidden + k] = n;
    kept[k] = h[k] = n + a[hidden + k] * (kept[k] - n);
}}
"""

GRU = Template(_FORWARD).substitute(before=2, products=_GRU_PRODUCTS, cell=_GRU_CELL)

# -- backward ---------------------------------------------------------------------------------

#: For some examples: `by_x` and `by_h` are derivatives of the projected inputs and states of a
#: step, the same memory for a cell that adds them up, and `changes` those of the states before it.
#: Sums over examples and steps are `totals`, in tiles. `$cell` is what each example does.
_BACKWARD = (
    _SIZES
    + """
const real *y_second = y + states, *y_gates = y + $before * states;
const real *g_second = g + states, *g_gates = g + $before * states;
const long x_tiles = (features + TILE - 1) / TILE, h_tiles = (hidden + TILE - 1) / TILE;
const long all_tiles = x_tiles + h_tiles, line = wide + LANES, groups = (wide + SIX - 1) / SIX;
const long is_one = $is_one;
"""
    + taken(
        {
            "real *packed": "all_tiles * wide * TILE",
            "real *right": "all_tiles * SOME * TILE",
            "real *totals": "all_tiles * groups * SIX * TILE",
            "real *by_x": "SOME * line",
            "real *of_h": "is_one ? 0 : SOME * line",
            "real *changes": "SOME * hidden",
            "real *more": "SOME * hidden",
            "real *total_x": "wide",
            "real *total_h": "wide",
            "real *sum_x": "wide",
            "real *sum_h": "wide",
        }
    )
    + """
real *by_h = is_one ? by_x : of_h;
real *to_x = result, *to_w_ih = inputs ? result : result + steps * batch * features;
real *to_w_hh = to_w_ih + wide * features, *to_b_ih = to_w_hh + wide * hidden;
real *to_b_hh = to_b_ih + wide, *to_first = to_b_hh + wide;
__builtin_memset(totals, 0, all_tiles * groups * SIX * TILE * sizeof(real));
for (long k = 0; k < wide; k++) total_x[k] = total_h[k] = 0;
for (long tile = 0; tile < all_tiles; tile++) {
    const long is_x = tile < x_tiles, width = is_x ? features : hidden;
    const long column = (is_x ? tile : tile - x_tiles) * TILE;
    packed_tile(sizeof(real), (is_x ? w_ih : w_hh) + column, width, wide, width - column,
        packed + tile * wide * TILE);
}
for (long first = 0; first < batch; first += SOME) {
    const long some = SMALLER(batch - first, SOME);
    for (long k = 0; k < some * hidden; k++) changes[k] = more[k] = 0;
    for (long t = steps - 1; t >= 0; t--) {
        const long row = t * batch + first;
        const real *states_before = t ? y + (row - batch) * hidden : first_h + first * hidden;
        for (long k = 0; k < wide; k++) sum_x[k] = sum_h[k] = 0;
        for (long r = 0; r < some; r++) {
            const real *a = y_gates + (row + r) * wide, *direct = g_gates + (row + r) * wide;
            const real *before = states_before + r * hidden, *slope = g + (row + r) * hidden;
            const real *own = y_second + (row + r) * hidden;
            const real *of_own = g_second + (row + r) * hidden;
            real *restrict change = changes + r * hidden, *restrict rest_of = more + r * hidden;
            real *restrict to = by_x + r * line, *restrict to_h = by_h + r * line;
            (void)before, (void)own, (void)of_own, (void)direct, (void)rest_of;
            $cell
            for (long k = 0; k < wide; k++) sum_x[k] += to[k];
            if (!is_one) for (long k = 0; k < wide; k++) sum_h[k] += to_h[k];
        }
        for (long k = 0; k < wide; k++) total_x[k] += sum_x[k], total_h[k] += sum_h[k];
        for (long tile = 0; tile < all_tiles; tile++) {
            const long is_x = tile < x_tiles, width = is_x ? features : hidden;
            const long column = (is_x ? tile : tile - x_tiles) * TILE;
            const real *from = is_x ? x + row * features : states_before;
            packed_tile(sizeof(real), from + column, width, some, width - column,
                right + tile * SOME * TILE);
        }
        const long counts[3] = {1, 1, some}, distances[3] = {0, 0, line};
        for (long group = 0; group < groups; group++) {
            long places[SIX];
            for (long k = 0; k < SIX; k++) places[k] = SMALLER(group * SIX + k, wide - 1);
            for (long tile = 0; tile < all_tiles; tile++) {
                real *total = totals + (group * all_tiles + tile) * SIX * TILE;
                sum_tile(sizeof(real), tile < x_tiles ? by_x : by_h, places, counts, distances,
                    right + tile * SOME * TILE, 0, total);
            }
        }
        for (long tile = inputs ? x_tiles : 0; tile < all_tiles; tile++) {
            const long is_x = tile < x_tiles, width = is_x ? features : hidden;
            const long column = (is_x ? tile : tile - x_tiles) * TILE;
            const long columns = SMALLER(width - column, TILE);
            for (long r = 0; r < some; r += SIX) {
                const real *from[SIX];
                const long count = SMALLER(some - r, SIX);
                for (long k = 0; k < SIX; k++)
                    from[k] = (is_x ? by_x : by_h) + SMALLER(r + k, some - 1) * line;
                const real *factor = packed + tile * wide * TILE;
                product_tile(sizeof(real), from, 1, &zero, wide, factor, found);
                if (is_x)
                    for (long k = 0; k < count; k++)
                        for (long c = 0; c < columns; c++)
                            to_x[(row + r + k) * features + column + c] = found[k * TILE + c];
                else
                    for (long k = 0; k < count; k++)
                        for (long c = 0; c < columns; c++)
                            changes[(r + k) * hidden + column + c] += found[k * TILE + c];
            }
        }
    }
    __builtin_memcpy(to_first + first * hidden, changes, some * hidden * sizeof(real));
    $last
}
for (long row = 0; row < wide; row++)
    for (long tile = 0; tile < all_tiles; tile++) {
        const long is_x = tile < x_tiles, width = is_x ? features : hidden;
        const long column = (is_x ? tile : tile - x_tiles) * TILE;
        const long columns = SMALLER(width - column, TILE);
        real *to = (is_x ? to_w_ih : to_w_hh) + row * width + column;
        const real *from = totals + ((row / SIX * all_tiles + tile) * SIX + row % SIX) * TILE;
        for (long c = 0; c < columns; c++) to[c] = from[c];
    }
for (long k = 0; k < wide; k++) {
    to_b_ih[k] = total_x[k];
    to_b_hh[k] = is_one ? total_x[k] : total_h[k];
}
"""
    + FREED
)

#: `rest_of` is the derivative of c. The slope of a sigmoid is s (1 - s), of a tanh (1 + u) (1 - u).
_LSTM_CELL_BACK = f"""
const real *old = t ? own - batch * hidden : first_h + (batch + first + r) * hidden;
const real *i = a, *f = a + hidden, *u = a + 2 * hidden, *o = a + 3 * hidden;
INDEPENDENT
for (long k = 0; k < hidden; k++) {{
    const real turned = {tanh("own[k]")}, by_state = slope[k] + change[k];
    const real by_own = of_own[k] + rest_of[k] + by_state * o[k] * (1 - turned * turned);
    to[k] = (by_own * u[k] + direct[k]) * (i[k] * (1 - i[k]));
    to[hidden + k] = (by_own * old[k] + direct[hidden + k]) * (f[k] * (1 - f[k]));
    to[2 * hidden + k] = (by_own * i[k] + direct[2 * hidden + k]) * ((u[k] + 1) * (1 - u[k]));
    to[3 * hidden + k] = (by_state * turned + direct[3 * hidden + k]) * (o[k] * (1 - o[k]));
    change[k] = 0;
    rest_of[k] = by_own * f[k];
}}
"""

LSTM_BACK = Template(_BACKWARD).substitute(
    before=2,
    is_one="1",
    cell=_LSTM_CELL_BACK,
    last="__builtin_memcpy(to_first + (batch + first) * hidden, more,"
    " some * hidden * sizeof(real));",
)

_GRU_CELL_BACK = """
const real *z = a + hidden, *n = a + 2 * hidden;
INDEPENDENT
for (long k = 0; k < hidden; k++) {
    const real by_state = slope[k] + change[k];
    const real by_n = (by_state * (1 - z[k]) + direct[2 * hidden + k]) * (1 - n[k] * n[k]);
    const real by_z = by_state * (before[k] - n[k]) + direct[hidden + k];
    to[k] = to_h[k] = (by_n * own[k] + direct[k]) * a[k] * (1 - a[k]);
    to[hidden + k] = to_h[hidden + k] = by_z * z[k] * (1 - z[k]);
    to[2 * hidden + k] = by_n;
    to_h[2 * hidden + k] = by_n * a[k] + of_own[k];
    change[k] = by_state * z[k];
}
"""

GRU_BACK = Template(_BACKWARD).substitute(before=2, is_one="0", cell=_GRU_CELL_BACK, last="")

_PLAIN_CELL_BACK = Template("""
INDEPENDENT
for (long k = 0; k < hidden; k++) {
    to[k] = (slope[k] + change[k]) * $slope;
    change[k] = 0;
}
""")


def plain_back(slope: str) -> str:
    """Return the plain cell backward, given the slope of its activation."""
    cell = _PLAIN_CELL_BACK.substitute(slope=slope)
    return Template(_BACKWARD).substitute(before=0, is_one="1", cell=cell, last="")


TANH_BACK = plain_back("(1 - a[k] * a[k])")
RELU_BACK = plain_back("(real)(a[k] > 0)")
