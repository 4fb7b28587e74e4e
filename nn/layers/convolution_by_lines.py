"""Convolution in C with few channels, for programs that `jit` compiles.

All three functions are products of a matrix with rows that lie in one piece of memory, at the
distances ``offsets``: the elements of some examples, with their padding, one line after the other.
A row that begins one element later holds the windows of the next element of the kernel, so nothing
is copied for each of them. Strides divide the grid into as many grids of their own, in each of
which windows are adjacent. What is computed between the lines and the examples is not used.
"""

from __future__ import annotations

from string import Template

#: The sizes of tiles; the grids that the strides make: their lines and their width, with padding.
_TILES = """
enum { ROWS = 4, VECTORS = 3, TILE = LANES * VECTORS };
const long deep = lines + (kh - 1) * dh / sh, wide = steps + (kw - 1) * dw / sw;
"""

#: Takes `room` numbers, `laid`, and what is `packed`, both from where a vector may begin.
ALLOCATED = """
real *memory = __builtin_malloc((room + $packed + 2 * LANES) * sizeof(real));
long *offsets = __builtin_malloc(($numbers + 6) * sizeof(long));
if (!memory || !offsets) {
    for (long k = 0; k < result_size; k++) result[k] = NAN;
    __builtin_free(memory);
    __builtin_free(offsets);
    return;
}
real *packed = memory + (LANES - (uintptr_t)memory / sizeof(real) % LANES) % LANES;
real *laid = packed + ($packed + LANES - 1) / LANES * LANES;
"""

FREED = """
__builtin_free(memory);
__builtin_free(offsets);
"""

#: Memory for some examples, for all columns, and for offsets, of which there may be more than the
#: stack holds; what is read beyond the end is 0.
_MEMORY = """
const long area = $area, channels = $channels;
long some = 65536 / (channels * area * (long)sizeof(real) / 4 + 1) + 1;
if (some > examples) some = examples;
const long span = (some * area + LANES - 1) / LANES * LANES;
const long room = channels * span + $margin + 2 * TILE;
"""
_MEMORY += ALLOCATED

#: Lays the input of a group, for the examples from `first` on, as the grids of the strides.
_LAY_INPUT = """
__builtin_memset(laid, 0, room * sizeof(real));
for (long e = 0; e < count; e++)
    for (long c = 0; c < inputs; c++)
        for (long h = 0; h < height; h++) {
            const long row = (h + ph) / sh, a = (h + ph) % sh;
            if (row >= deep) continue;
            const long line = (((first + e) * groups + g) * inputs + c) * height + h;
            const real *from = x + line * width;
            for (long b = 0; b < sw; b++) {
                real *to = laid + ((c * sh + a) * sw + b) * span + e * area + row * wide;
                long w = (b - pw) % sw;
                if (w < 0) w += sw;
                long q = (w + pw) / sw;
                if (sw == 1)
                    for (; w < width && q < wide; w++, q++) to[q] = from[w];
                else
                    for (; w < width && q < wide; w += sw, q++) to[q] = from[w];
            }
        }
"""

_OFFSETS = """
for (long c = 0, k = 0; c < inputs; c++)
    for (long i = 0; i < kh; i++)
        for (long j = 0; j < kw; j++, k++)
            offsets[k] = ((c * sh + i * dh % sh) * sw + j * dw % sw) * span
                + i * dh / sh * wide + j * dw / sw;
"""

#: Multiplies some rows of the packed matrix with some vectors of columns.
_TILE = """
vector sums[$rows][VECTORS] = {0};
if (is_whole) {
    for (long k = 0; k < terms; k++, factor += ROWS) {
        const real *from = laid + offsets[k] + start;
        const vector u = *(const loaded *)from, v = *(const loaded *)(from + LANES);
        const vector w = *(const loaded *)(from + 2 * LANES);
        for (long r = 0; r < $rows; r++) {
            sums[r][0] += factor[r] * u;
            sums[r][1] += factor[r] * v;
            sums[r][2] += factor[r] * w;
        }
    }
} else {
    for (long k = 0; k < terms; k++, factor += ROWS) {
        const vector u = *(const loaded *)(laid + offsets[k] + start);
        for (long r = 0; r < $rows; r++) sums[r][0] += factor[r] * u;
    }
}
for (long r = 0; r < $rows; r++)
    for (long v = 0; v < VECTORS; v++) *(loaded *)(found[r] + v * LANES) = sums[r][v];
"""

#: Multiplies all rows with all columns, and stores what belongs to the result.
_PRODUCT = (
    """
for (long start = 0; start < columns; ) {
    const long is_whole = columns - start > LANES, tile = is_whole ? TILE : LANES;
    const long stop = start + tile < columns ? start + tile : columns;
    for (long row = 0; row < $rows; row += ROWS) {
        const real *factor = packed + row * terms;
        real found[ROWS][TILE];
        const long some_rows = $rows - row < ROWS ? $rows - row : ROWS;
        if (some_rows == 1) {
"""
    + Template(_TILE).substitute(rows="1")
    + """
        } else {
"""
    + Template(_TILE).substitute(rows="ROWS")
    + """
        }
        for (long p = start; p < stop; ) {
            const long e = p / area, line = p % area / $wide, q = p % area % $wide;
            const long run = $wide - q < stop - p ? $wide - q : stop - p;
            const real *from = &found[0][p - start];
            p += run;
            $store
        }
    }
    start = stop;
}
"""
)

_STORE_OUTPUT = """
long used = q < steps ? steps - q : 0;
if (used > run) used = run;
if (line >= lines) used = 0;
for (long r = 0; r < some_rows; r++, from += TILE) {
    const long channel = g * outputs + row + r;
    real *to = result + (((first + e) * groups * outputs + channel) * lines + line) * steps + q;
    const real shift = bias ? bias[channel] : 0;
    for (long k = 0; k < used; k++) to[k] = from[k] + shift;
}
"""

CONVOLVED = Template(
    _TILES
    + _MEMORY
    + _OFFSETS
    + """
const long terms = taps;
for (long g = 0; g < groups; g++) {
    for (long o = 0; o < outputs; o += ROWS)
        for (long k = 0; k < taps; k++)
            for (long r = 0; r < ROWS; r++)
                packed[o * taps + k * ROWS + r] =
                    o + r < outputs ? weight[(g * outputs + o + r) * taps + k] : 0;
    for (long first = 0; first < examples; first += some) {
        const long count = examples - first < some ? examples - first : some;
        const long columns = count * area;
"""
    + _LAY_INPUT
    + _PRODUCT
    + """
    }
}
"""
    + FREED
).substitute(
    area="deep * wide",
    channels="inputs * sh * sw",
    margin="deep * wide",
    packed="(outputs + ROWS) * taps",
    numbers="taps",
    rows="outputs",
    wide="wide",
    store=_STORE_OUTPUT,
)

#: Lays the cotangents of a group behind a border as wide as the kernel.
_LAY_COTANGENTS = """
__builtin_memset(laid, 0, room * sizeof(real));
for (long e = 0; e < count; e++)
    for (long c = 0; c < outputs; c++)
        for (long h = 0; h < lines; h++) {
            const long line = (((first + e) * groups + group) * outputs + c) * lines + h;
            const real *from = g + line * steps;
            real *to = laid + c * span + e * area + (h + above) * across + left;
            for (long k = 0; k < steps; k++) to[k] = from[k];
        }
"""

#: Each grid of the strides gets its elements of the kernel.
_STORE_INPUT = """
const long h = line * sh + a - ph;
if (line >= deep || h < 0 || h >= height) continue;
for (long r = 0; r < some_rows; r++, from += TILE) {
    real *to = result + (((first + e) * groups + group) * inputs + row + r) * height * width
        + h * width;
    long k = 0, w = q * sw + b - pw;
    for (; k < run && w < 0; k++) w += sw;
    if (sw == 1)
        for (; k < run && w < width; k++, w++) to[w] = from[k];
    else
        for (; k < run && w < width; k++, w += sw) to[w] = from[k];
}
"""

SPREAD = Template(
    _TILES
    + """
const long above = (kh - 1) * dh / sh, left = (kw - 1) * dw / sw, across = wide + left;
"""
    + _MEMORY
    + """
for (long k = 0; k < result_size; k++) result[k] = 0;
for (long group = 0; group < groups; group++)
    for (long first = 0; first < examples; first += some) {
        const long count = examples - first < some ? examples - first : some;
        const long columns = count * area;
"""
    + _LAY_COTANGENTS
    + """
        for (long a = 0; a < sh; a++)
            for (long b = 0; b < sw; b++) {
                long *places = offsets + outputs * kh * kw, terms = 0, known = 0;
                for (long i = 0; i < kh; i++)
                    for (long j = 0; j < kw; j++)
                        if (i * dh % sh == a && j * dw % sw == b) places[known++] = i * kw + j;
                if (!known) continue;
                for (long c = 0; c < outputs; c++)
                    for (long k = 0; k < known; k++) {
                        const long i = places[k] / kw, j = places[k] % kw;
                        offsets[terms++] = c * span + (above - i * dh / sh) * across
                            + left - j * dw / sw;
                    }
                for (long o = 0; o < inputs; o += ROWS)
                    for (long term = 0; term < terms; term++)
                        for (long r = 0; r < ROWS; r++) {
                            const long c = term / known, place = places[term % known];
                            const long kernel = (group * outputs + c) * inputs + o + r;
                            packed[o * terms + term * ROWS + r] =
                                o + r < inputs ? weight[kernel * kh * kw + place] : 0;
                        }
"""
    + _PRODUCT
    + """
            }
    }
"""
    + FREED
).substitute(
    area="(deep + above) * across",
    channels="outputs",
    margin="(deep + above) * across",
    packed="(inputs + ROWS) * outputs * kh * kw",
    numbers="(outputs + 1) * kh * kw",
    rows="inputs",
    wide="across",
    store=_STORE_INPUT,
)

#: Adds to some rows of the derivative, one for each element of the kernel, over a part of columns.
_SUM_OF_PART = """
for (long k = 0; k < taps; k += $rows) {
    const real *from[$rows];
    for (long r = 0; r < $rows; r++) from[r] = laid + offsets[k + r < taps ? k + r : taps - 1];
    const real *slopes = packed + start * across + o;
    vector sums[$rows][$vectors] = {0};
    for (long p = start; p < stop; p++, slopes += across)
        for (long v = 0; v < $vectors; v++) {
            const vector slope = *(const loaded *)(slopes + v * LANES);
            for (long r = 0; r < $rows; r++) sums[r][v] += from[r][p] * slope;
        }
    for (long r = 0; r < $rows; r++)
        for (long v = 0; v < $vectors; v++)
            *(loaded *)(totals + (k + r) * across + o + v * LANES) += sums[r][v];
}
"""

#: Between the lines, the fast way multiplies elements of x by 0, which must not be infinite or NaN.
_CORRELATED_PLAINLY = """
real nothing = 0;
for (long k = 0; k < x_size; k++) nothing += x[k] * 0;
if (nothing != 0) { /* so it is NaN */
    for (long k = 0; k < result_size; k++) {
        const long o = k / taps, c = o / outputs * inputs + k % taps / (kh * kw);
        const long i = k % (kh * kw) / kw, j = k % kw;
        real total = 0;
        for (long e = 0; e < examples; e++)
            for (long line = 0; line < lines; line++)
                for (long step = 0; step < steps; step++) {
                    const long h = line * sh + i * dh - ph, w = step * sw + j * dw - pw;
                    const long is_inside = h >= 0 && h < height && w >= 0 && w < width;
                    const real *slopes = g + (e * groups * outputs + o) * lines * steps;
                    const real *from = x + (e * groups * inputs + c) * height * width;
                    total += slopes[line * steps + step] * (is_inside ? from[h * width + w] : 0);
                }
        result[k] = total;
    }
    return;
}
"""

CORRELATED = Template(
    _CORRELATED_PLAINLY
    + """
enum { ROWS = 4, VECTORS = 3, TILE = LANES * VECTORS, PART = 128, MOST_ROWS = 8 };
const long deep = lines + (kh - 1) * dh / sh, wide = steps + (kw - 1) * dw / sw;
const long across = outputs == 1 ? 1 : (outputs + LANES - 1) / LANES * LANES;
"""
    + _MEMORY
    + _OFFSETS
    + """
real *totals = packed + span * across + 2 * LANES;
for (long group = 0; group < groups; group++) {
    __builtin_memset(totals, 0, (taps + MOST_ROWS) * across * sizeof(real));
    for (long first = 0; first < examples; first += some) {
        const long count = examples - first < some ? examples - first : some;
        const long columns = count * area;
"""
    + _LAY_INPUT.replace("* groups + g)", "* groups + group)")
    + """
        __builtin_memset(packed, 0, (span * across + 2 * LANES) * sizeof(real));
        for (long e = 0; e < count; e++)
            for (long o = 0; o < outputs; o++)
                for (long h = 0; h < lines; h++) {
                    const real *from = g
                        + ((((first + e) * groups + group) * outputs + o) * lines + h) * steps;
                    real *to = packed + (e * area + h * wide) * across + o;
                    for (long k = 0; k < steps; k++) to[k * across] = from[k];
                }
        for (long start = 0; start < columns && outputs > 1; start += PART) {
            const long stop = start + PART < columns ? start + PART : columns;
            long o = 0;
            for (; o + LANES < across; o += 2 * LANES) {
"""
    + Template(_SUM_OF_PART).substitute(rows=6, vectors=2)
    + """
            }
            if (o < across) {
"""
    + Template(_SUM_OF_PART).substitute(rows=8, vectors=1)
    + """
            }
        }
        for (long k = 0; k < taps && outputs == 1; k++) {
            const real *from = laid + offsets[k];
            vector sum = {0}, other = {0};
            for (long p = 0; p < columns; p += 2 * LANES) {
                const loaded *slopes = (const loaded *)(packed + p);
                const loaded *window = (const loaded *)(from + p);
                sum += slopes[0] * window[0];
                other += slopes[1] * window[1];
            }
            sum += other;
            for (long j = 0; j < LANES; j++) totals[k] += sum[j];
        }
    }
    for (long o = 0; o < outputs; o++)
        for (long k = 0; k < taps; k++)
            result[(group * outputs + o) * taps + k] = totals[k * across + o];
}
"""
    + FREED
).substitute(
    area="deep * wide",
    channels="inputs * sh * sw",
    margin="deep * wide",
    packed="(span + taps + MOST_ROWS) * across + 2 * LANES",
    numbers="taps",
)
