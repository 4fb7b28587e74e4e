"""Maxima of windows in C, for programs that `jit` compiles.

The rows of some lines of windows are laid one after the other, with -infinity where the padding is:
then the windows of many short lines are one loop. Wide windows are read one by one, in vectors.
"""

from __future__ import annotations

from string import Template

from nn.layers.windows_in_c import SIZES, each
from nn.memory_in_c import FREED, taken

#: Parts of lines, of at most `width` windows, and of these `some` at a time. The elements of one
#: are `pitch` numbers, which hold `apart` windows, some of them between the lines. Of its rows
#: those from `from` to `stop` are in the grid.
_LINES = """
enum { WIDE = __BIGGEST_ALIGNMENT__ / sizeof(real), NARROW = SMALLER(WIDE, 4), MOST = 1024 };
const long size = n[0] * n[1] * n[2], rows = k[0] * k[1], run = d[2] == 1 ? k[2] : 1;
const long is_wide = run >= NARROW, width = SMALLER(m[2], MOST);
const long pieces = width ? (m[2] + width - 1) / width : 0;
const long apart = width + (k[2] - 1) * d[2] / step, pitch = apart * step;
const long lines = images * m[0] * m[1] * pieces, some = MOST / (apart * rows) + 1;
$taken
$prepared
long image = 0, i = 0, j = 0, piece = 0, done = 0;
for (long begin = 0; begin < lines; begin += some) {
    const long count = SMALLER(lines - begin, some), low = 0, high = (count - 1) * apart + width;
    for (long line = 0; line < count; line++) {
        const long z = i * s[0] - p[0], h = j * s[1] - p[1], start = piece * width * step - p[2];
        const long from = start < 0 ? SMALLER(-start, pitch) : 0;
        const long stop = n[2] - start < from ? from : SMALLER(n[2] - start, pitch);
        counts[line] = SMALLER(m[2] - piece * width, width);
        $line
        if (++piece < pieces) continue;
        piece = 0;
        if (++j < m[1]) continue;
        j = 0;
        if (++i < m[0]) continue;
        i = 0;
        image++;
    }
    $block
}
$freed
"""


def lines(memory: dict[str, str], line: str, block: str, prepared: str = "") -> str:
    """Return the whole text, given what is done for each line, and then for some together."""
    texts = {"line": line, "block": block, "prepared": prepared}
    return Template(SIZES).substitute(x="x") + Template(_LINES).substitute(
        texts, taken=taken({"long *counts": "some", **memory}), freed=FREED
    )


def larger(to: str, other: str) -> str:
    """Return the text that sets a number to another one that is larger, or NaN."""
    return f"const real u = {to}, v = {other}; {to} = ((v > u) | (v != v)) ? v : u;"


#: Each row of an element of the kernel that is in the grid: `at` is where it begins.
_ROWS = Template("""
for (long a = 0; a < k[0]; a++)
    for (long b = 0; b < k[1]; b++) {
        const long front = z + a * d[0], top = h + b * d[1];
        const long is_there = front >= 0 && front < n[0] && top >= 0 && top < n[1];
        const long at = image * size + (front * n[1] + top) * n[2] + start;
        $row
    }
""")

#: -infinity around what has been laid.
_AROUND = """
for (long w = 0; w < from; w++) to[w] = -INFINITY;
for (long w = end; w < pitch; w++) to[w] = -INFINITY;
"""

# -- the maxima -------------------------------------------------------------------------------

#: The last elements may be looked at twice.
_LARGEST_OF_ROW = Template("""
typedef real lanes __attribute__((vector_size($lanes * sizeof(real))));
lanes found;
__builtin_memcpy(&found, row + first, sizeof(lanes));
for (long w = first + $lanes; w < last; w += $lanes) {
    lanes part;
    __builtin_memcpy(&part, row + SMALLER(w, last - $lanes), sizeof(lanes));
    const __typeof__(part > found) takes = (part > found) | (part != part);
    found = (lanes)((takes & (__typeof__(takes))part) | (~takes & (__typeof__(takes))found));
}
int is_nan = 0; /* without branches, which would often be mispredicted */
for (long l = 0; l < $lanes; l++) {
    most = found[l] > most ? found[l] : most;
    is_nan |= found[l] != found[l];
}
most = is_nan ? NAN : most;
""")

#: First the maxima of the rows, column by column; one row alone is read in place.
_LARGEST_LINE = Template("""
real *to = laid + line * pitch;
long known = 0, only = 0;
$rows
const long end = known ? stop : from;
if (!is_wide) { $around }
for (long t = 0; is_wide && t < counts[line]; t++, done++) {
    const real *row = rows == 1 ? x : to;
    const long begin_of_row = rows == 1 ? only : 0, w = step * t;
    const long first = begin_of_row + (w < from ? from : w);
    const long last = begin_of_row + SMALLER(w + run, end);
    real most = -INFINITY;
    if (last - first >= WIDE) { $wide }
    else if (last - first >= NARROW) { $narrow }
    else for (long q = first; q < last; q++) { $one }
    result[done] = most;
}
""").substitute(
    rows=_ROWS.substitute(
        row=f"""
        if (!is_there) continue;
        known++, only = at;
        if (is_wide && rows == 1) continue;
        INDEPENDENT
        for (long w = from; known == 1 && w < stop; w++) to[w] = x[at + w];
        INDEPENDENT
        for (long w = from; known > 1 && w < stop; w++) {{ {larger("to[w]", "x[at + w]")} }}
        """
    ),
    around=_AROUND,
    wide=_LARGEST_OF_ROW.substitute(lanes="WIDE"),
    narrow=_LARGEST_OF_ROW.substitute(lanes="NARROW"),
    one=larger("most", "row[q]"),
)

_LARGEST_BLOCK = Template("""
real *to = apart == m[2] ? result + done : made;
for (long c = 0; c < k[2] && !is_wide; c++) {
    const long at = c * d[2];
    if (c) { $larger }
    else { $first }
}
for (long line = 0; line < count && !is_wide; done += counts[line++])
    for (long t = 0; to == made && t < counts[line]; t++) result[done + t] = to[line * apart + t];
""").substitute(
    larger=each(larger("to[t]", "laid[at + step * t]")),
    first=each("to[t] = laid[at + step * t];"),
)

LARGEST = lines(
    {"real *laid": "some * pitch", "real *made": "some * apart"}, _LARGEST_LINE, _LARGEST_BLOCK
)

# -- the derivative ---------------------------------------------------------------------------

#: Where the elements of a window are, from where it begins.
_PLACES = """
const long last = rows * k[2] - 1;
for (long q = 0; q <= last; q++)
    places[q] = (q / (k[1] * k[2]) * d[0] * n[1] + q / k[2] % k[1] * d[1]) * n[2] + q % k[2] * d[2];
"""

_FIRST_LINE = Template("""
if (!(i + j + piece)) __builtin_memset(result + image * size, 0, size * sizeof(real));
fronts[line] = z, tops[line] = h, starts[line] = start;
are_whole[line] = z >= 0 && z + (k[0] - 1) * d[0] < n[0] && h >= 0 && h + (k[1] - 1) * d[1] < n[1];
begins[line] = image * size + (z * n[1] + h) * n[2] + start;
const long window = ((image * m[0] + i) * m[1] + j) * m[2] + piece * width;
for (long t = 0; !is_wide && t < counts[line]; t++) most[line * apart + t] = y[window + t];
if (!is_wide) { $rows }
""").substitute(
    rows=_ROWS.substitute(
        row=f"""
        real *to = laid + ((a * k[1] + b) * some + line) * pitch;
        const long end = is_there ? stop : from;
        INDEPENDENT
        for (long w = from; w < end; w++) to[w] = x[at + w];
        {_AROUND}
        """
    )
)

#: For a window in the grid: row by row, the last elements of which may be looked at twice.
_FIRST_OF_ROWS = Template("""
enum { NO_HIT = 1 << 20 };
typedef real lanes __attribute__((vector_size($lanes * sizeof(real))));
typedef __typeof__((lanes){0} < (lanes){0}) masks;
const lanes all = largest + (lanes){0};
masks numbers;
for (long l = 0; l < $lanes; l++) numbers[l] = l;
for (long q = 0; q <= last && found < 0; q += run)
    for (long c = 0; c < run; c += $lanes) {
        const long at = first + places[q] + SMALLER(c, run - $lanes);
        lanes part;
        __builtin_memcpy(&part, x + at, sizeof(lanes));
        const masks hits = numbers | ((part < all) & NO_HIT);
        __typeof__(hits[0] + 0) least = NO_HIT;
        for (long l = 0; l < $lanes; l++) least = hits[l] < least ? hits[l] : least;
        if (least >= NO_HIT) continue;
        found = at + least;
        break;
    }
""")

#: The first maximum of a window replaces the others that were found before: as a number of the
#: same type as the elements, for vectors of both. It is looked for row by row in wide windows, and
#: where the maximum is -infinity, as the padding is, or NaN, of which the last counts.
_FIRST_BLOCK = Template("""
for (long t = 0; !is_wide && t < high; t++) which[t] = -1;
for (long q = last; !is_wide && q >= 0; q--) {
    const long at = q / k[2] * some * pitch + q % k[2] * d[2];
    $first
}
for (long line = 0; line < count; line++) {
    const real *numbers = which + line * apart;
    const long known = counts[line], origin = begins[line];
    for (long t = 0; t < known; t++, done++) {
        const real largest = y[done];
        const long first = origin + step * t;
        if (!is_wide && largest > -INFINITY) {
            const long q = (long)numbers[t];
            if (q >= 0) result[first + places[q]] += g[done];
            continue;
        }
        const long w = starts[line] + step * t;
        const long is_whole = are_whole[line] && w >= 0 && w + (k[2] - 1) * d[2] < n[2];
        const long is_nan = largest != largest;
        long found = -1;
        if (is_whole && run >= WIDE && !is_nan) { $wide }
        else if (is_whole && is_wide && !is_nan) { $narrow }
        else
            for (long q = 0; q <= last && (found < 0 || is_nan); q++) {
                const long front = fronts[line] + q / (k[1] * k[2]) * d[0];
                const long top = tops[line] + q / k[2] % k[1] * d[1], side = w + q % k[2] * d[2];
                const long is_there = front >= 0 && front < n[0] && top >= 0 && top < n[1]
                    && side >= 0 && side < n[2];
                if (!is_there) continue;
                const real other = x[first + places[q]];
                if (is_nan ? other != other : !(other < largest)) found = first + places[q];
            }
        if (found >= 0) result[found] += g[done];
    }
}
""").substitute(
    first=each("which[t] = laid[at + step * t] < most[t] ? which[t] : (real)q;"),
    wide=_FIRST_OF_ROWS.substitute(lanes="WIDE"),
    narrow=_FIRST_OF_ROWS.substitute(lanes="NARROW"),
)

LARGEST_BACK = lines(
    {
        **dict.fromkeys(
            [f"long *{name}" for name in ("fronts", "tops", "starts", "begins", "are_whole")],
            "some",
        ),
        "long *places": "rows * k[2]",
        "real *laid": "is_wide ? 0 : rows * some * pitch",
        "real *which": "some * apart",
        "real *most": "some * apart",
    },
    _FIRST_LINE,
    _FIRST_BLOCK,
    _PLACES,
)
