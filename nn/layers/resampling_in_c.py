"""Products with a matrix along an axis in C, for programs that `jit` compiles.

Most of such a matrix is zeros, which are left out: so NaN and infinity times zero are 0.
"""

from __future__ import annotations

from nn.memory_in_c import FREED, taken

#: Of each row of the matrix the factors that are not 0, and the places of these in x, one row after
#: the other: that of number `i` begins at `starts[i]`.
_SPARSE = """
enum { SHORT = 8 };
const long at = axis < 0 ? axis + x_ndim : axis, length = matrix_shape[1], wanted = matrix_shape[0];
long outer = 1, inner = 1;
for (long a = 0; a < at; a++) outer *= x_shape[a];
for (long a = at + 1; a < x_ndim; a++) inner *= x_shape[a];
"""
_SPARSE += taken(
    {
        "real *factors": "matrix_size",
        "int *places": "matrix_size",
        "long *starts": "wanted + 1",
        "real *by": "SHORT * wanted",
        "int *place": "SHORT * wanted",
    }
)
_SPARSE += """
long most = 0, count = 0;
for (long i = 0; i < wanted; i++) {
    starts[i] = count;
    for (long k = 0; k < length; k++)
        if (matrix[i * length + k] != 0)
            factors[count] = matrix[i * length + k], places[count++] = k;
    if (count - starts[i] > most) most = count - starts[i];
}
starts[wanted] = count;
"""

#: Along other axes than the last: sums of whole rows, two at a time.
_ROWS = """
if (inner > 1)
    for (long o = 0; o < outer; o++)
        for (long i = 0; i < wanted; i++) {
            real *to = result + (o * wanted + i) * inner;
            if (starts[i] == starts[i + 1]) for (long j = 0; j < inner; j++) to[j] = 0;
            for (long t = starts[i]; t < starts[i + 1]; t += 2) {
                const long is_pair = t + 1 < starts[i + 1], is_first = t == starts[i];
                const real *one = x + (o * length + places[t]) * inner;
                const real *two = x + (o * length + places[t + is_pair]) * inner;
                const real by = factors[t], by_two = factors[t + is_pair];
                if (is_pair && is_first)
                    for (long j = 0; j < inner; j++) to[j] = by * one[j] + by_two * two[j];
                else if (is_pair)
                    for (long j = 0; j < inner; j++) to[j] += by * one[j] + by_two * two[j];
                else if (is_first) for (long j = 0; j < inner; j++) to[j] = by * one[j];
                else for (long j = 0; j < inner; j++) to[j] += by * one[j];
            }
        }
"""

#: Along the last axis, if all sums are short: for all at once, what comes first in them, then what
#: comes second, and so on.
_SHORT = """
else if (most <= SHORT) {
    for (long t = 0; t < most; t++)
        for (long i = 0; i < wanted; i++) {
            const long k = starts[i] + t, is_there = k < starts[i + 1];
            by[t * wanted + i] = is_there ? factors[k] : 0;
            place[t * wanted + i] = is_there ? places[k] : 0;
        }
    for (long o = 0; o < outer; o++) {
        const real *from = x + o * length;
        real *to = result + o * wanted;
        if (!most) for (long i = 0; i < wanted; i++) to[i] = 0;
        for (long t = 0; t < most; t++) {
            const real *f = by + t * wanted;
            const int *p = place + t * wanted;
            if (t) {
                INDEPENDENT
                for (long i = 0; i < wanted; i++) to[i] += f[i] != 0 ? f[i] * from[p[i]] : 0;
            } else {
                INDEPENDENT
                for (long i = 0; i < wanted; i++) to[i] = f[i] != 0 ? f[i] * from[p[i]] : 0;
            }
        }
    }
}
"""

#: Along the last axis, if some are long: one after the other, mostly of neighbours.
_LONG = """
else
    for (long o = 0; o < outer; o++)
        for (long i = 0; i < wanted; i++) {
            const long n = starts[i + 1] - starts[i];
            const int *p = places + starts[i];
            const real *f = factors + starts[i], *from = x + o * length;
            real lanes[32] = {0}, total = 0;
            long k = 0;
            if (n && p[n - 1] - p[0] == n - 1) {
                for (; k + 32 <= n; k += 32)
                    for (long l = 0; l < 32; l++) lanes[l] += f[k + l] * from[p[0] + k + l];
                for (; k + 8 <= n; k += 8)
                    for (long l = 0; l < 8; l++) lanes[l] += f[k + l] * from[p[0] + k + l];
            }
            for (; k < n; k++) total += f[k] * from[p[k]];
            for (long half = n < 32 ? 4 : 16; half > 0; half /= 2)
                for (long l = 0; l < half; l++) lanes[l] += lanes[l + half];
            result[o * wanted + i] = total + lanes[0];
        }
"""

COMBINED = _SPARSE + _ROWS + _SHORT + _LONG + FREED
