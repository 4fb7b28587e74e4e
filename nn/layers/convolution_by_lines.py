"""Convolution in C line by line, for programs that `jit` compiles.

All three functions are products of a matrix with rows that lie in one piece of memory, at the
distances ``offsets``: the elements of some examples, with their padding, one line after the other.
A row that begins one element later holds the windows of the next element of the kernel, so nothing
is copied for each of them. Strides divide the grid into as many grids of their own, in each of
which windows are adjacent. What is computed between the lines and the examples is not used.

A volume is as many examples as the result has planes: each with the planes that its windows reach,
and one plane for each of the kernel is a channel.
"""

from __future__ import annotations

from string import Template

from nn.memory_in_c import FREED, taken

#: The sizes, by their names in the other texts: grids of one and two axes have lengths of 1, and
#: where windows are single elements, the grid is a line. The grids that the strides make have
#: `deep` lines of `wide` elements, with padding.
SIZES = """
typedef real vector __attribute__((vector_size(__BIGGEST_ALIGNMENT__)));
enum { LANES = sizeof(vector) / sizeof(real), ROWS = TILE_ROWS, TILE = TILE_VECTORS * LANES };
const long axes = windows_size / 5;
const long kh = axes == 1 ? 1 : windows[axes - 2], kw = windows[axes - 1];
const long sh = axes == 1 ? 1 : windows[2 * axes - 2], sw = windows[2 * axes - 1];
const long ph = axes == 1 ? 0 : windows[4 * axes - 4], pw = windows[4 * axes - 2];
const long dh = axes == 1 ? 1 : windows[5 * axes - 2], dw = windows[5 * axes - 1];
const long kd = axes == 3 ? windows[0] : 1, sd = axes == 3 ? windows[3] : 1;
const long pd = axes == 3 ? windows[6] : 0, dd = axes == 3 ? windows[12] : 1;
long is_flat = kh == 1 && kw == 1 && kd == 1;
for (long k = axes; k < 4 * axes; k++) is_flat &= windows[k] == (k < 2 * axes);
const long depth = axes < 3 || is_flat ? 1 : ${x}_shape[2];
const long planes = axes < 3 || is_flat ? 1 : ${y}_shape[2];
const long height = axes == 1 || is_flat ? 1 : ${x}_shape[axes];
const long lines = axes == 1 || is_flat ? 1 : ${y}_shape[axes];
const long width = is_flat ? ${x}_size / (${x}_shape[0] * ${x}_shape[1]) : ${x}_shape[axes + 1];
const long steps = is_flat ? width : ${y}_shape[axes + 1];
const long examples = ${x}_shape[0] * planes, inputs = ${x}_shape[1] / groups * kd;
const long outputs = ${y}_shape[1] / groups, kernel = kh * kw;
const long above = (kh - 1) * dh / sh, left = (kw - 1) * dw / sw;
const long deep = lines + above, wide = steps + left;
"""

#: The input with padding. Without strides, what follows a line or an example is also what precedes
#: the next one: `pitch` and `tall` are the distances.
PADDED = """
const long taps = inputs * kernel;
const long below = deep - ph - height, right = wide - pw - width;
const long spare_lines = sh > 1 || below < 0 ? 0 : SMALLER(SMALLER(ph, below), above);
const long spare = sw > 1 || right < 0 ? 0 : SMALLER(SMALLER(pw, right), left);
const long tall = deep - spare_lines, pitch = wide - spare;
"""

#: Memory for some examples in `laid`, for the rows of results in `made`, both of which begin where
#: a vector may, and for what is `packed`. There may be more offsets than the stack holds.
_MEMORY = """
enum { MOST = 32768 };
const long area = $area, channels = $channels, rows = $rows;
long some = MOST * 4 / (long)sizeof(real) / (channels * area + 1) + 1;
if (some > examples) some = examples;
const long span = (some * area + TILE - 1) / TILE * TILE;
const long room = channels * span + (area + left + 2 * TILE + LANES) / LANES * LANES;
"""
_MEMORY += taken(
    {
        "real *laid": "room",
        "real *made": "rows * span",
        "real *packed": "$packed",
        "long *offsets": "$numbers + TILE_VECTORS + 9",
    }
)

#: For each group, and in it for some examples at a time.
_EACH_PART = """
    for (long first = 0; first < examples; first += some) {
        const long count = examples - first < some ? examples - first : some;
        if (!first || count < some) __builtin_memset(laid, 0, room * sizeof(real));
"""

#: The planes of an example: of channel `c` of x, which may be padding, and of channel `o` of y.
_PLANE_OF_X = """
const long plane = (first + e) % planes * sd + c % kd * dd - pd;
const long is_inside = plane >= 0 && plane < depth;
const long number = ((first + e) / planes * groups + group) * (inputs / kd) + c / kd;
$kind *image = $x + (number * depth + (is_inside ? plane : 0)) * height * width;
"""
_PLANE_OF_Y = """
const long number = ((first + e) / planes * groups + group) * outputs + o;
$kind *image = $y + (number * planes + (first + e) % planes) * lines * steps;
"""

#: Lays the input, as the grids of the strides.
_LAY_INPUT = (
    """
for (long a = 0; a < sh; a++)
    for (long b = 0; b < sw; b++) {
        const long top = ((a - ph) % sh + sh) % sh, begin = ((b - pw) % sw + sw) % sw;
        const long row = (top + ph) / sh, column = (begin + pw) / sw;
        const long m = SMALLER((height - top + sh - 1) / sh, deep - row);
        const long n = SMALLER((width - begin + sw - 1) / sw, wide - column);
        for (long e = 0; e < count; e++)
            for (long c = 0; c < inputs; c++) {
"""
    + Template(_PLANE_OF_X).substitute(kind="const real", x="x")
    + """
                const real *from = image + top * width + begin;
                real *to = laid + ((c * sh + a) * sw + b) * span + e * area + row * pitch + column;
                for (long h = 0; h < m; h++, from += sh * width, to += pitch)
                    if (!is_inside) for (long k = 0; k < n; k++) to[k] = 0;
                    else if (sw == 1) line_copy(sizeof(real), to, from, n);
                    else if (sw == 2) for (long k = 0; k < n; k++) to[k] = from[2 * k];
                    else for (long k = 0; k < n; k++) to[k] = from[sw * k];
            }
    }
"""
)

#: Where the elements of the kernel begin in there.
_OFFSETS = """
for (long c = 0, k = 0; c < inputs; c++)
    for (long i = 0; i < kh; i++)
        for (long j = 0; j < kw; j++, k++)
            offsets[k] = ((c * sh + i * dh % sh) * sw + j * dw % sw) * span
                + i * dh / sh * pitch + j * dw / sw;
"""

#: Multiplies all rows of the packed matrix with all columns.
_PRODUCT = """
for (long start = 0; start < columns; start += TILE) {
    for (long row = 0; row < $rows; row += ROWS)
        line_tile(sizeof(real), $rows - row == 1, laid + start, offsets, terms,
            packed + row * terms, $made + row * span + start, span);
}
"""

CONVOLVED = Template(
    _MEMORY
    + _OFFSETS
    + """
const long terms = taps;
for (long group = 0; group < groups; group++) {
    for (long o = 0; o < outputs; o += ROWS) {
        real *to = packed + o * taps;
        $$packing
    }
"""
    + _EACH_PART
    + """
        const long columns = (count - 1) * area + lines * pitch;
"""
    + _LAY_INPUT
    + Template(_PRODUCT).substitute(rows="outputs", made="made")
    + """
        for (long o = 0; o < outputs; o++) {
            const real shift = bias ? bias[group * outputs + o] : 0;
            for (long e = 0; e < count; e++) {
"""
    + Template(_PLANE_OF_Y).substitute(kind="real", y="result")
    + """
                const real *from = made + o * span + e * area;
                for (long h = 0; h < lines; h++)
                    for (long k = 0; k < steps; k++)
                        image[h * steps + k] = from[h * pitch + k] + shift;
            }
        }
    }
}
"""
    + FREED
).substitute(
    area="tall * pitch",
    channels="inputs * sh * sw",
    rows="(outputs + ROWS - 1) / ROWS * ROWS",
    packed="(outputs + ROWS) * taps",
    numbers="taps",
)

#: Packs the weight for some rows of the product, and one that is mirrored, with its channels
#: exchanged.
PACKED = """
for (long k = 0; k < taps; k++)
    for (long r = 0; r < ROWS; r++)
        *to++ = o + r < outputs ? weight[(group * outputs + o + r) * taps + k] : 0;
"""
PACKED_MIRRORED = """
const long all = kd * kernel;
for (long c = 0; c < taps / all; c++)
    for (long k = all - 1; k >= 0; k--)
        for (long r = 0; r < ROWS; r++)
            *to++ = o + r < outputs
                ? weight[((group * (taps / all) + c) * outputs + o + r) * all + k] : 0;
"""

#: Lays the cotangents, for `SPREAD` behind a border as wide as the kernel.
_LAY_COTANGENTS = (
    """
for (long e = 0; e < count; e++)
    for (long o = 0; o < outputs; o++) {
"""
    + Template(_PLANE_OF_Y).substitute(kind="const real", y="g")
    + """
        real *to = $to + o * span + e * area;
        for (long h = 0; h < lines; h++)
            line_copy(sizeof(real), to + $place, image + h * steps, steps);
    }
"""
)

#: Each grid of the strides gets the elements of the kernel that reach it.
_FACTORS = """
long *places = offsets + outputs * kernel, terms = 0, known = 0;
for (long i = 0; i < kh; i++)
    for (long j = 0; j < kw; j++)
        if (i * dh % sh == a && j * dw % sw == b) places[known++] = i * kw + j;
for (long o = 0; o < outputs; o++)
    for (long k = 0; k < known; k++) {
        const long i = places[k] / kw, j = places[k] % kw;
        offsets[terms++] = o * span + (above - i * dh / sh) * wide + left - j * dw / sw;
    }
for (long c = 0; c < inputs; c += ROWS)
    for (long term = 0; term < terms; term++)
        for (long r = 0; r < ROWS; r++) {
            const long o = group * outputs + term / known;
            packed[c * terms + term * ROWS + r] = c + r < inputs
                ? weight[(o * inputs + c + r) * kernel + places[term % known]] : 0;
        }
"""

#: Adds the grids of the strides, one line after the other: volumes have been added to before.
_STORE_INPUT = (
    """
for (long c = 0; c < inputs; c++)
    for (long e = 0; e < count; e++) {
"""
    + Template(_PLANE_OF_X).substitute(kind="real", x="result")
    + """
        long a = ph % sh, row = ph / sh;
        for (long h = 0; is_inside && h < height && row < deep; h++) {
            real *to = image + h * width;
            const real *from = made + a * sw * grid + c * span + e * area + row * wide;
            long w = 0;
            if (sw == 2) {
                const long odd = pw % 2;
                const real *one = from + odd * grid + pw / 2, *two = from + !odd * grid;
                two += (pw + 1) / 2;
                long n = (width < 2 * wide - pw ? width : 2 * wide - pw) / 2;
                for (long k = 0; k < n; k++) {
                    to[2 * k] += one[k];
                    to[2 * k + 1] += two[k];
                }
                w = 2 * n;
            }
            if (sw == 1) for (; w < width && w + pw < wide; w++) to[w] += from[w + pw];
            else for (; w < width && (w + pw) / sw < wide; w++)
                to[w] += from[(w + pw) % sw * grid + (w + pw) / sw];
            if (++a == sh) a = 0, row++;
        }
    }
"""
)

SPREAD = Template(
    _MEMORY
    + """
const long grid = rows / (sh * sw) * span;
__builtin_memset(result, 0, result_size * sizeof(real));
for (long group = 0; group < groups; group++) {
"""
    + _EACH_PART
    + """
        const long columns = (count - 1) * area + deep * wide;
"""
    + Template(_LAY_COTANGENTS).substitute(to="laid", place="(h + above) * wide + left")
    + """
        for (long a = 0; a < sh; a++)
            for (long b = 0; b < sw; b++) {
"""
    + _FACTORS
    + Template(_PRODUCT).substitute(rows="inputs", made="made + (a * sw + b) * grid")
    + """
            }
"""
    + _STORE_INPUT
    + """
    }
}
"""
    + FREED
).substitute(
    area="deep * wide",
    channels="outputs",
    rows="(inputs + ROWS - 1) / ROWS * ROWS * sh * sw",
    packed="(inputs + ROWS) * outputs * kernel",
    numbers="(outputs + 1) * kernel",
)

#: Between the lines, the fast way multiplies elements of x by 0, which must not be infinite or NaN.
_CORRELATED_PLAINLY = """
int is_infinite = 0;
for (long k = 0; k < x_size; k++) is_infinite |= x[k] * 0 != 0;
if (is_infinite) {
    const long first = 0;
    for (long k = 0; k < result_size; k++) {
        const long group = k / taps / outputs, o = k / taps % outputs, c = k % taps / kernel;
        const long i = k % kernel / kw, j = k % kw;
        real total = 0;
        for (long e = 0; e < examples; e++) {
            const real *slopes, *from;
            long is_there;
            {
                $plane_of_y
                slopes = image;
            }
            {
                $plane_of_x
                from = image;
                is_there = is_inside;
            }
            for (long line = 0; line < lines; line++)
                for (long step = 0; step < steps; step++) {
                    const long h = line * sh + i * dh - ph, w = step * sw + j * dw - pw;
                    const long is_in = is_there && h >= 0 && h < height && w >= 0 && w < width;
                    total += slopes[line * steps + step] * (is_in ? from[h * width + w] : 0);
                }
        }
        result[k] = total;
    }
    return;
}
"""

CORRELATED = Template(
    Template(_CORRELATED_PLAINLY).substitute(
        plane_of_y=Template(_PLANE_OF_Y).substitute(kind="const real", y="g"),
        plane_of_x=Template(_PLANE_OF_X).substitute(kind="const real", x="x"),
    )
    + _MEMORY
    + _OFFSETS
    + """
enum { PART = 8192 / sizeof(real) };
const long across = taps + 9;
for (long k = taps; k < across; k++) offsets[k] = offsets[taps - 1];
for (long group = 0; group < groups; group++) {
    __builtin_memset(packed, 0, rows * across * sizeof(real));
"""
    + _EACH_PART
    + """
        const long columns = ((count - 1) * area + lines * pitch + LANES - 1) / LANES * LANES;
        if (!first || count < some) __builtin_memset(made, 0, rows * span * sizeof(real));
"""
    + _LAY_INPUT
    + Template(_LAY_COTANGENTS).substitute(to="made", place="h * pitch")
    + """
        for (long start = 0; start < columns; start += PART) {
            const long n = columns - start < PART ? columns - start : PART;
            for (long o = 0; o < outputs; o += ROWS)
                for (long k = 0; k < taps; k += outputs - o == 1 ? 9 : TILE_VECTORS)
                    line_sums(sizeof(real), outputs - o == 1, made + o * span + start, span,
                        laid + start, offsets + k, n, packed + o * across + k, across);
        }
    }
    for (long o = 0; o < outputs; o++)
        for (long k = 0; k < taps; k++)
            result[(group * outputs + o) * taps + k] = packed[o * across + k];
}
"""
    + FREED
).substitute(
    area="tall * pitch",
    channels="inputs * sh * sw",
    rows="(outputs + ROWS - 1) / ROWS * ROWS",
    packed="(outputs + ROWS) * (taps + 9)",
    numbers="taps",
)
