"""Convolution in C with many channels on small grids, for programs that `jit` compiles.

All three functions are products in tiles: six positions or elements of the kernel, times two
vectors of channels. The input is copied so that the channels of a position are adjacent, with
zeros around it; a window is then read in place, whatever the strides and the dilation are.
"""

from __future__ import annotations

from string import Template

from nn.memory_in_c import FREED, taken

#: Memory for some examples with their channels adjacent, in `laid`, for packed columns, and for
#: offsets, of which there may be more than the stack holds.
_MEMORY = """
enum { SIX = 6, TILE = 2 * LANES };
const long area = $area, size = lines * steps, tiles = ($columns + TILE - 1) / TILE;
long some = 65536 / (area * $channels + 1) + 1;
if (some > examples) some = examples;
"""
_MEMORY += taken(
    {
        "real *packed": "$packed",
        "real *laid": "some * area * $channels + LANES",
        "long *offsets": "$numbers + 6",
    }
)

#: The part of the input that windows reach, with its padding.
_REACHED = """
const long deep = (lines - 1) * sh + (kh - 1) * dh + 1;
const long wide = (steps - 1) * sw + (kw - 1) * dw + 1;
"""

#: Lays the input of a group, for the examples from `first` on.
_LAY_INPUT = """
__builtin_memset(laid, 0, count * area * inputs * sizeof(real));
for (long e = 0; e < count; e++)
    for (long h = 0; h < height && h + ph < deep; h++) {
        const real *from = x + ((first + e) * groups + group) * inputs * height * width + h * width;
        real *to = laid + ((e * deep + h + ph) * wide + pw) * inputs;
        const long stop = width + pw < wide ? width : wide - pw;
        for (long begin = 0; begin < stop; begin += LANES) {
            const long end = stop - begin < LANES ? stop : begin + LANES;
            for (long c = 0; c < inputs; c++)
                for (long w = begin; w < end; w++)
                    to[w * inputs + c] = from[c * height * width + w];
        }
    }
"""

#: Packs a factor: for each row of the product, the `TILE` columns of each tile.
_PACKED = """
for (long tile = 0; tile < tiles; tile++)
    for (long row = 0; row < parts * n; row++) {
        real *to = packed + (tile * parts * n + row) * TILE;
        $row
        for (long k = 0; k < TILE; k++)
            to[k] = tile * TILE + k < $columns ? $element : 0;
    }
"""

#: Multiplies six windows with all columns of a tile, for `positions` windows in lines of `across`,
#: `each` lines in an example: `start` is where window j of line i begins, `place` where its result
#: is.
_PRODUCT = """
for (long tile = 0; tile < tiles; tile++) {
    const real *factor = packed + tile * parts * n * TILE;
    const long first_column = group * $columns + tile * TILE;
    const long columns = $columns - tile * TILE < TILE ? $columns - tile * TILE : TILE;
    long e = 0, i = 0, j = 0;
    for (long position = 0; position < positions; position += SIX) {
        const long rows = positions - position < SIX ? positions - position : SIX;
        const real *from[SIX];
        long places[SIX];
        for (long r = 0; r < rows; r++) {
            from[r] = laid + $start;
            places[r] = $place;
            if (++j < across) continue;
            j = 0;
            if (++i < each) continue;
            i = 0;
            e++;
        }
        for (long r = rows; r < SIX; r++) from[r] = from[0];
        real found[SIX * TILE];
        product_tile(sizeof(real), from, parts, offsets, n, factor, found);
        for (long k = 0; k < columns; k++) {
            real *to = result + (first_column + k) * $apart;
            const real shift = $shift;
            for (long r = 0; r < rows; r++) to[places[r]] = found[r * TILE + k] + shift;
        }
    }
}
"""

#: The rows of a product, in parts of adjacent numbers: with dilation 1, a line of the kernel.
_PARTS = """
const long is_dense = dw == 1, parts = is_dense ? kh : kh * kw, n = taps / parts;
for (long part = 0; part < parts; part++)
    offsets[part] = is_dense ? part * dh * wide * inputs
        : (part / kw * dh * wide + part % kw * dw) * inputs;
"""

CONVOLVED = Template(
    _REACHED
    + _MEMORY
    + _PARTS
    + """
for (long group = 0; group < groups; group++) {
"""
    + _PACKED
    + """
    for (long first = 0; first < examples; first += some) {
        const long count = examples - first < some ? examples - first : some;
        const long positions = count * size, each = lines, across = steps;
"""
    + _LAY_INPUT
    + _PRODUCT
    + "}\n}\n"
    + FREED
).substitute(
    area="deep * wide",
    channels="inputs",
    columns="outputs",
    packed="tiles * TILE * taps",
    numbers="kh * kw",
    row="const long c = row % inputs, tap = row / inputs;",
    element="weight[((group * outputs + tile * TILE + k) * inputs + c) * kh * kw + tap]",
    start="((e * deep + i * sh) * wide + j * sw) * inputs",
    place="(first + e) * groups * outputs * size + i * steps + j",
    apart="size",
    shift="bias ? bias[first_column + k] : 0",
)

#: Lays the cotangents of a group, with zeros around them.
_LAY_COTANGENTS = """
__builtin_memset(laid, 0, count * area * outputs * sizeof(real));
for (long e = 0; e < count; e++)
    for (long h = 0; h < lines; h++) {
        const real *from = g + ((first + e) * groups + group) * outputs * size + h * steps;
        real *to = laid + ((e * tall + h + above) * broad + left) * outputs;
        for (long begin = 0; begin < steps; begin += LANES) {
            const long end = steps - begin < LANES ? steps : begin + LANES;
            for (long c = 0; c < outputs; c++)
                for (long w = begin; w < end; w++) to[w * outputs + c] = from[c * size + w];
        }
    }
"""

#: Elements of the result at a distance of the strides have the same elements of the kernel: those
#: from `begin_h` and `begin_w` on, whose windows begin in line `row` and column `column`.
SPREAD = Template(
    """
const long above = (kh - 1) * dh / sh, left = (kw - 1) * dw / sw;
const long last_row = (height - 1 + ph) / sh, last_column = (width - 1 + pw) / sw;
const long tall = above + (last_row < lines ? lines : last_row + 1);
const long broad = left + (last_column < steps ? steps : last_column + 1);
"""
    + _MEMORY
    + """
long *known = offsets + kh * kw;
const long n = outputs;
__builtin_memset(result, 0, result_size * sizeof(real));
for (long group = 0; group < groups; group++)
    for (long a = 0; a < sh; a++)
        for (long b = 0; b < sw; b++) {
            long parts = 0;
            for (long tap = 0; tap < kh * kw; tap++) {
                const long i = tap / kw * dh, j = tap % kw * dw;
                if (i % sh != a || j % sw != b) continue;
                known[parts] = tap;
                offsets[parts++] = -(i / sh * broad + j / sw) * outputs;
            }
            const long begin_h = ((a - ph) % sh + sh) % sh, begin_w = ((b - pw) % sw + sw) % sw;
            if (!parts || begin_h >= height || begin_w >= width) continue;
            const long row_of = above + (begin_h + ph) / sh, column_of = left + (begin_w + pw) / sw;
            const long across = (width - begin_w - 1) / sw + 1;
            const long each = (height - begin_h - 1) / sh + 1;
"""
    + _PACKED
    + """
            for (long first = 0; first < examples; first += some) {
                const long count = examples - first < some ? examples - first : some;
                const long positions = count * each * across;
"""
    + _LAY_COTANGENTS
    + _PRODUCT
    + "}\n}\n"
    + FREED
).substitute(
    area="tall * broad",
    channels="outputs",
    columns="inputs",
    packed="tiles * TILE * outputs * kh * kw",
    numbers="2 * kh * kw",
    row="const long c = row % outputs, tap = known[row / outputs];",
    element="weight[((group * outputs + c) * inputs + tile * TILE + k) * kh * kw + tap]",
    start="((e * tall + row_of + i) * broad + column_of + j) * outputs",
    place="(first + e) * groups * inputs * height * width"
    " + (begin_h + i * sh) * width + begin_w + j * sw",
    apart="height * width",
    shift="0",
)

#: The derivative by the weight: sums over positions, a few lines of some examples at a time.
CORRELATED = Template(
    _REACHED
    + _MEMORY
    + """
enum { MOST = 1024 };
real *totals = packed + some * size * tiles * TILE;
const long each = taps + SIX;
for (long k = 0; k < taps + SIX; k++) {
    const long row = k < taps ? k : 0, tap = row / inputs;
    offsets[k] = (tap / kw * dh * wide + tap % kw * dw) * inputs + row % inputs;
}
const long block = size > MOST ? (MOST + steps - 1) / steps : lines;
const long together = size > MOST ? 1 : MOST / size;
for (long group = 0; group < groups; group++) {
    __builtin_memset(totals, 0, each * tiles * TILE * sizeof(real));
    for (long first = 0; first < examples; first += some) {
        const long count = examples - first < some ? examples - first : some;
"""
    + _LAY_INPUT
    + """
        __builtin_memset(packed, 0, count * size * tiles * TILE * sizeof(real));
        for (long e = 0; e < count; e++)
            for (long begin = 0; begin < size; begin += LANES) {
                const long end = size - begin < LANES ? size : begin + LANES;
                for (long o = 0; o < outputs; o++) {
                    const real *from = g + (((first + e) * groups + group) * outputs + o) * size;
                    real *to = packed + (o / TILE * count + e) * size * TILE + o % TILE;
                    for (long p = begin; p < end; p++) to[p * TILE] = from[p];
                }
            }
        const long strides[] = {area * inputs, sh * wide * inputs, sw * inputs};
        for (long tile = 0; tile < tiles; tile++)
            for (long e = 0; e < count; e += together)
                for (long line = 0; line < lines; line += block) {
                    const long counts[] = {
                        count - e < together ? count - e : together,
                        lines - line < block ? lines - line : block,
                        steps};
                    const real *from = laid + e * strides[0] + line * strides[1];
                    const real *slopes = packed + ((tile * count + e) * size + line * steps) * TILE;
                    for (long k = 0; k < taps; k += SIX)
                        sum_tile(sizeof(real), from, offsets + k, counts, strides, slopes,
                            size * TILE, totals + (tile * each + k) * TILE);
                }
    }
    for (long o = 0; o < outputs; o++)
        for (long c = 0; c < inputs; c++)
            for (long tap = 0; tap < kh * kw; tap++)
                result[((group * outputs + o) * inputs + c) * kh * kw + tap] =
                    totals[(o / TILE * each + tap * inputs + c) * TILE + o % TILE];
}
"""
    + FREED
).substitute(
    area="deep * wide",
    channels="inputs",
    columns="outputs",
    packed="(some * size + taps + SIX) * tiles * TILE",
    numbers="taps",
)
