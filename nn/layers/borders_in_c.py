"""Borders in C, for programs that `jit` compiles: line by line along the last axis.

The three last axes with a border are loops; those before them are counted like the digits of a
number. Of each axis is known which element stands at a place of the border, or that none does.
"""

from __future__ import annotations

from string import Template

from nn.memory_in_c import FREED, taken

#: Ways to fill a border, by their numbers: with one number, with what is at the edge or at the
#: other end, and with what is mirrored at the edge.
CONSTANT, EDGE, WRAP, REFLECT = range(4)

#: The sizes of three axes: `n` elements with `before` and `after` them are `m`. `places` has the
#: element for each place of an axis, beginning at `first`, of the last axis for the border only.
_SIZES = """
enum { CONSTANT, EDGE, WRAP, REFLECT };
if (!result_size) return;
const long way = ${inner}_size ? $mode : CONSTANT, axes = widths_size / 2;
const long *shape = ${inner}_shape + ${inner}_ndim - axes;
long used = 0, leading = 1, total = 1;
while (used < axes && !widths[2 * used] && !widths[2 * used + 1]) used++;
if (used == axes) used--;
for (long a = 0; a < ${inner}_ndim - axes + used; a++) leading *= ${inner}_shape[a];
for (long a = used; a < axes; a++) total += widths[2 * a] + shape[a] + widths[2 * a + 1];
"""
_SIZES += taken({"long *places": "total"})
_SIZES += """
const long outer = axes - used > 3 ? axes - 3 : used;
long n[3] = {1, 1, 1}, m[3] = {1, 1, 1}, before[3] = {0}, first[3] = {0}, images = leading, end = 1;
places[0] = 0; /* of an axis that is not there */
for (long a = used; a < axes; a++) {
    const long begin = -widths[2 * a], length = shape[a], stop = length + widths[2 * a + 1];
    if (a < outer) images *= stop - begin;
    else {
        const long b = 3 - axes + a;
        n[b] = length, m[b] = stop - begin, before[b] = -begin, first[b] = end;
    }
    for (long at = begin; at < stop; at++) {
        if (a == axes - 1 && !at && (at = length) == stop) break;
        long place = at;
        if (way == CONSTANT && (at < 0 || at >= length)) place = -1;
        if (way == EDGE) place = at < 0 ? 0 : at < length ? at : length - 1;
        if (way == WRAP) place = (at % length + length) % length;
        if (way == REFLECT) {
            const long period = length > 1 ? 2 * length - 2 : 1;
            place = (at % period + period) % period;
            if (place >= length) place = period - place;
        }
        places[end++] = place;
    }
}
const long *of_image = places + first[0], *of_plane = places + first[1];
const long *of_line = places + first[2];
const long after = m[2] - before[2] - n[2];
"""

#: Finds the image that another one shows, its number or -1, and whether it is that one.
_IMAGE = """
long number = image, shown = 0, weight = 1, is_own = 1;
for (long a = outer - 1, stop = 0; a >= used; a--) {
    const long begin = widths[2 * a], length = begin + shape[a] + widths[2 * a + 1];
    const long at = number % length;
    long place = 1;
    for (long b = used; b < a; b++) place += widths[2 * b] + shape[b] + widths[2 * b + 1];
    place = places[place + at];
    number /= length;
    is_own &= at >= begin && at < begin + shape[a];
    if (place < 0) stop = 1;
    shown = stop ? -1 : shown + place * weight;
    weight *= shape[a];
}
if (shown >= 0) shown += number * weight;
"""

_BORDERED = Template(
    _SIZES
    + """
for (long image = 0; image < images; image++) {
"""
    + _IMAGE
    + """
    for (long i = 0; i < m[0]; i++)
        for (long j = 0; j < m[1]; j++) {
            const long z = of_image[i], h = of_plane[j];
            real *to = result + ((image * m[0] + i) * m[1] + j) * m[2];
            if (shown < 0 || z < 0 || h < 0) {
                for (long k = 0; k < m[2]; k++) to[k] = $value;
                continue;
            }
            const real *from = x + ((shown * n[0] + z) * n[1] + h) * n[2];
            line_copy(sizeof(real), to + before[2], from, n[2]);
            for (long k = 0; k < before[2]; k++)
                to[k] = of_line[k] < 0 ? $value : from[of_line[k]];
            for (long k = 0; k < after; k++) {
                const long place = of_line[before[2] + k];
                to[before[2] + n[2] + k] = place < 0 ? $value : from[place];
            }
        }
}
"""
    + FREED
)
BORDERED = _BORDERED.substitute(inner="x", mode="mode", value="0")
FILLED = _BORDERED.substitute(inner="x", mode="CONSTANT", value="value")

#: First what is no border, and then what is added to it.
FOLDED = Template(
    _SIZES
    + """
for (long is_added = 0; is_added < (way == CONSTANT ? 1 : 2); is_added++)
for (long image = 0; image < images; image++) {
"""
    + _IMAGE
    + """
    if (shown < 0) continue;
    const long is_whole = is_added && !is_own;
    if (!is_added && !is_own) continue;
    for (long i = is_added ? 0 : before[0]; i < (is_added ? m[0] : before[0] + n[0]); i++) {
        const long is_inside = i >= before[0] && i < before[0] + n[0];
        for (long j = is_added ? 0 : before[1]; j < (is_added ? m[1] : before[1] + n[1]); j++) {
            if (is_added && !is_whole && is_inside && j == before[1]) {
                j += n[1] - 1;
                continue;
            }
            const real *from = g + ((image * m[0] + i) * m[1] + j) * m[2];
            real *to = result + ((shown * n[0] + of_image[i]) * n[1] + of_plane[j]) * n[2];
            if (is_added) for (long k = 0; k < n[2]; k++) to[k] += from[before[2] + k];
            else line_copy(sizeof(real), to, from + before[2], n[2]);
            if (way == CONSTANT) continue;
            for (long k = 0; k < before[2]; k++) to[of_line[k]] += from[k];
            for (long k = 0; k < after; k++)
                to[of_line[before[2] + k]] += from[before[2] + n[2] + k];
        }
    }
}
"""
    + FREED
).substitute(inner="result", mode="mode")
