"""Pooling and patches in C, for programs that `jit` compiles.

For sums and patches each element of the kernel meets all windows in turn, line by line; for maxima
each window meets its elements. Grids of one and two axes have lengths of 1 before their own.
"""

from __future__ import annotations

from string import Template

from nn.memory_in_c import FREED, taken

#: For each axis: the size of the kernel, the stride, the padding, the dilation, the length of the
#: grid, and the number of windows.
_SIZES = """
const long axes = windows_size / 5;
long k[3] = {1, 1, 1}, s[3] = {1, 1, 1}, p[3] = {0}, d[3] = {1, 1, 1};
long n[3] = {1, 1, 1}, m[3] = {1, 1, 1};
for (long a = 0; a < axes; a++) {
    const long b = 3 - axes + a, *pair = windows + 2 * axes + 2 * a;
    k[b] = windows[a], s[b] = windows[axes + a], p[b] = pair[0], d[b] = windows[4 * axes + a];
    n[b] = ${x}_shape[2 + a];
    m[b] = (n[b] + pair[0] + pair[1] - d[b] * (k[b] - 1) - 1) / s[b] + 1;
}
const long step = s[2], images = ${x}_shape[0] * ${x}_shape[1];
"""

#: Some text for each line of windows and element of the kernel, number `tap`: it is at `at` in the
#: grid for the first window of the line, which is number `line`; that of the windows from `low` to
#: `high` is in the grid. Each image of the result is set to 0 just before it is added to.
_TAPS = """
const long size = n[0] * n[1] * n[2], count = m[0] * m[1] * m[2];
const long part = images ? result_size / images : 0;
for (long image = 0; image < images; image++) {
    __builtin_memset(result + image * part, 0, part * sizeof(real));
    long tap = 0;
    for (long a = 0; a < k[0]; a++)
        for (long b = 0; b < k[1]; b++)
            for (long c = 0; c < k[2]; c++, tap++) {
                const long shift = c * d[2] - p[2];
                const long first = shift < 0 ? (step - 1 - shift) / step : 0;
                const long most = n[2] - shift <= 0 ? 0 : (n[2] - shift - 1) / step + 1;
                for (long i = 0; i < m[0]; i++)
                    for (long j = 0; j < m[1]; j++) {
                        const long z = i * s[0] + a * d[0] - p[0], h = j * s[1] + b * d[1] - p[1];
                        const long is_inside = z >= 0 && z < n[0] && h >= 0 && h < n[1];
                        const long low = is_inside ? SMALLER(first, m[2]) : m[2];
                        const long high = is_inside ? SMALLER(most, m[2]) : m[2];
                        const long at = image * size + (z * n[1] + h) * n[2] + shift;
                        const long line = (i * m[1] + j) * m[2];
                        $text
                    }
            }
}
"""


def each(text: str) -> str:
    """Return a loop over the windows whose element is in the grid: for strides 1 and 2 apart."""
    loop = "INDEPENDENT\nfor (long t = low; t < high; t++) { " + text + " }\n"
    one, two = (loop.replace("step", number) for number in ("1", "2"))
    return f"if (step == 1) {{\n{one}}} else if (step == 2) {{\n{two}}} else {{\n{loop}}}\n"


def taps(x: str, text: str) -> str:
    """Return the whole text, given the name of the array with the grid."""
    return Template(_SIZES).substitute(x=x) + Template(_TAPS).substitute(text=text)


_CLEARED = "__builtin_memset(result, 0, result_size * sizeof(real));\n"

#: Some text for each window and its elements, from the last to the first: `number` is at `at`,
#: which is negative in the padding, where all numbers are -infinity. Most windows are inside, with
#: their elements at `places`; there are texts for those in rows, which are wide or narrow.
_WINDOWS = """
enum { WIDE = __BIGGEST_ALIGNMENT__ / sizeof(real), NARROW = SMALLER(WIDE, 4) };
const long last = k[0] * k[1] * k[2] - 1, run = d[2] == 1 ? k[2] : 1;
$taken
for (long q = 0; q <= last; q++)
    places[q] = (q / (k[1] * k[2]) * d[0] * n[1] + q / k[2] % k[1] * d[1]) * n[2] + q % k[2] * d[2];
long window = 0;
for (long image = 0; image < images; image++)
    for (long i = 0; i < m[0]; i++)
        for (long j = 0; j < m[1]; j++) {
            const long z = i * s[0] - p[0], h = j * s[1] - p[1];
            const long is_inside = z >= 0 && z + (k[0] - 1) * d[0] < n[0]
                && h >= 0 && h + (k[1] - 1) * d[1] < n[1];
            long begin = (image * n[0] + z) * n[1] * n[2] + h * n[2] - p[2];
            for (long w = -p[2], t = 0; t < m[2]; t++, w += step, begin += step, window++) {
                const long is_whole = is_inside && w >= 0 && w + (k[2] - 1) * d[2] < n[2];
                $begin
                if (is_whole && run >= WIDE) { $of_wide }
                else if (is_whole && run >= NARROW) { $of_narrow }
                else if (is_whole)
                    for (long q = last; q >= 0; q--) {
                        const long at = begin + places[q];
                        const real number = x[at];
                        $text
                    }
                else
                    for (long q = last; q >= 0; q--) {
                        const long front = z + q / (k[1] * k[2]) * d[0];
                        const long top = h + q / k[2] % k[1] * d[1], side = w + q % k[2] * d[2];
                        const long is_there = front >= 0 && front < n[0] && top >= 0 && top < n[1]
                            && side >= 0 && side < n[2];
                        const long at = is_there ? begin + places[q] : -1;
                        const real number = is_there ? x[at] : -INFINITY;
                        $text
                    }
                $end
            }
        }
$freed"""


def windows(**texts: str) -> str:
    """Return the whole text, given what comes before, for and after the elements of a window."""
    return Template(_SIZES).substitute(x="x") + Template(_WINDOWS).substitute(
        texts, taken=taken({"long *places": "last + 1"}), freed=FREED
    )


#: The last elements of a row may be looked at twice. NaN stays once it is there.
_LARGEST_OF_ROWS = """
typedef real lanes __attribute__((vector_size($lanes * sizeof(real))));
lanes best = most + (lanes){0};
for (long q = 0; q <= last; q += run)
    for (long c = 0; c < run; c += $lanes) {
        lanes part;
        __builtin_memcpy(&part, x + begin + places[q] + SMALLER(c, run - $lanes), sizeof(lanes));
        const __typeof__(part > best) takes = (part > best) | (part != part);
        best = (lanes)((takes & (__typeof__(takes))part) | (~takes & (__typeof__(takes))best));
    }
for (long l = 0; l < $lanes; l++) {
    most = best[l] > most ? best[l] : most;
    is_nan |= best[l] != best[l];
}
"""

_FIRST_OF_ROWS = """
for (long q = 0; q <= last && first < 0; q += run)
    for (long c = 0; c < run && first < 0; c += $lanes) {
        const long at = begin + places[q] + SMALLER(c, run - $lanes);
        int found = 0;
        for (long l = 0; l < $lanes; l++) found |= !(x[at + l] < most);
        for (long l = 0; found && first < 0; l++)
            if (!(x[at + l] < most)) first = at + l;
    }
"""


def of_rows(text: str) -> dict[str, str]:
    """Return a text for windows in rows, for wide ones and for narrow ones."""
    lanes = Template(text).substitute
    return {"of_wide": lanes(lanes="WIDE"), "of_narrow": lanes(lanes="NARROW")}


#: Without branches, which would often be mispredicted.
LARGEST = windows(
    begin="real most = -INFINITY; int is_nan = 0;",
    **of_rows(_LARGEST_OF_ROWS),
    text="(void)at; most = number > most ? number : most; is_nan |= number != number;",
    end="result[window] = is_nan ? NAN : most;",
)
LARGEST_BACK = _CLEARED + windows(
    begin="const real most = y[window]; long first = -1;",
    **of_rows(_FIRST_OF_ROWS),
    text="first ^= (first ^ at) & -(long)(at >= 0 && !(number < most));",
    end="if (first >= 0) result[first] += g[window];",
)

SUMMED = taps(
    "x", "real *to = result + image * count + line;\n" + each("to[t] += x[at + step * t];")
)

ADDED_BACK = taps(
    "result",
    "const real *from = g + image * count + line;\n" + each("result[at + step * t] += from[t];"),
)

UNFOLDED = taps(
    "x",
    "real *to = result + (image * k[0] * k[1] * k[2] + tap) * count + line;\n"
    + each("to[t] = x[at + step * t];"),
)

FOLDED = taps(
    "result",
    "const real *from = columns + (image * k[0] * k[1] * k[2] + tap) * count + line;\n"
    + each("result[at + step * t] += from[t];"),
)
