"""Sums of windows and patches in C, for programs that `jit` compiles.

Each element of the kernel meets all windows in turn, line by line. Grids of one and two axes have
lengths of 1 before their own.
"""

from __future__ import annotations

from string import Template

#: For each axis: the size of the kernel, the stride, the padding, the dilation, the length of the
#: grid, and the number of windows.
SIZES = """
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
    return Template(SIZES).substitute(x=x) + Template(_TAPS).substitute(text=text)


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
