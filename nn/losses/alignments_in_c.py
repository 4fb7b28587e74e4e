"""The sum over all alignments in C, for programs that `jit` compiles.

A step is one loop over the positions of all examples. Those of an example lie between two more in
front and two behind, at which nothing ever is.
"""

from __future__ import annotations

from string import Template

from nn.memory_in_c import FREED, taken

_SIZES = """
const long steps = said_shape[0], batch = said_shape[1], width = said_shape[2], pitch = width + 4;
const long size = batch * pitch;
"""

#: `ways` to each position from the beginning or to the end, in this step and in the next one, what
#: the positions say, and what a way from two positions before costs.
_MEMORY = taken(
    dict.fromkeys(
        [f"real *restrict {name}" for name in ("ways", "sums", "most", "spoken", "closed", "next")],
        "size",
    )
)
_NOTHING_YET = """
const real never = (real)-1e30;
for (long k = 0; k < size; k++) closed[k] = ways[k] = next[k] = spoken[k] = never;
for (long b = 0; b < batch; b++)
    for (long p = 0; p < width; p++)
        closed[b * pitch + 2 + p] = skips[b * width + p] ? 0 : never;
"""

#: The ways to each position from three others of `next`, apart from what the position says.
_STEP = Template("""
INDEPENDENT
for (long k = 2; k < size - 2; k++) {
    const real one = next[k], two = next[k $sign 1], three = next[k $sign 2] + closed[$cost];
    const real larger = one > two ? one : two, largest = larger > three ? larger : three;
    const real a = one - largest, b = two - largest, c = three - largest;
    most[k] = largest;
    /* Next to the largest, which is 1, the others vanish before that. */
    if (sizeof(real) == 4) sums[k] = exp_f4(a) + exp_f4(b) + exp_f4(c);
    else sums[k] = exp(a < -700 ? -700 : a) + exp(b < -700 ? -700 : b) + exp(c < -700 ? -700 : c);
}
INDEPENDENT
for (long k = 2; k < size - 2; k++)
    ways[k] = (sizeof(real) == 4 ? logf(sums[k]) : log(sums[k])) + most[k] + spoken[k];
""")

_SPOKEN = """
for (long b = 0; b < batch; b++)
    for (long p = 0; p < width; p++)
        spoken[b * pitch + 2 + p] = said[(step * batch + b) * width + p];
"""

#: The log-probability of each example, and of each position in each step given the labels: first
#: `result_1` has the ways from the beginning.
LIKELIHOOD = (
    _SIZES
    + _MEMORY
    + _NOTHING_YET
    + """
for (long step = 0; step < steps; step++) {
"""
    + _SPOKEN
    + "if (step) {\n"
    + _STEP.substitute(sign="-", cost="k")
    + """
    } else
        for (long b = 0; b < batch; b++)
            for (long p = 0; p < width && p < 2; p++)
                ways[b * pitch + 2 + p] = spoken[b * pitch + 2 + p];
    for (long b = 0; b < batch; b++) {
        real *row = ways + b * pitch;
        row[0] = row[1] = row[width + 2] = row[width + 3] = never;
        for (long p = 0; p < width; p++)
            result_1[(step * batch + b) * width + p] = next[b * pitch + 2 + p] = row[2 + p];
    }
}
for (long b = 0; b < batch; b++) {
    const long last = reads[b] > 1 ? reads[b] - 1 : 0, end = 2 * lengths[b];
    const real *row = result_1 + (last * batch + b) * width;
    const real x = row[end], y = end ? row[end - 1] : never, larger = x > y ? x : y;
    result_0[b] = x == y ? x + (real)0.69314718055994530942
        : larger + (real)log1p(exp(-fabs((double)x - y)));
    if (x != x || y != y) result_0[b] = x + y;
}
for (long k = 0; k < size; k++) next[k] = never;
for (long step = steps - 1; step >= 0; step--) {
"""
    + _SPOKEN
    + _STEP.substitute(sign="+", cost="k + 2")
    + """
    for (long b = 0; b < batch; b++) {
        const long last = reads[b] > 1 ? reads[b] - 1 : 0, end = 2 * lengths[b];
        real *row = ways + b * pitch + 2, *before = result_1 + (step * batch + b) * width;
        const real *own = spoken + b * pitch + 2, total = result_0[b];
        if (step >= last) for (long p = 0; p < width; p++) row[p] = never;
        if (step == last) {
            row[end] = own[end];
            if (end) row[end - 1] = own[end - 1];
        }
        row[-2] = row[-1] = never;
        for (long p = end + 1; p < width + 2; p++) row[p] = never;
        for (long p = -2; p < width + 2; p++) next[b * pitch + 2 + p] = row[p];
        const long stop = step > last || total < never / 2 ? 0 : end + 1;
        INDEPENDENT
        for (long p = 0; p < stop; p++) {
            const real x = before[p] + row[p] - own[p] - total;
            if (sizeof(real) == 4) before[p] = exp_f4(x);
            else before[p] = x < -700 ? 0 : exp(x < -700 ? -700 : x);
        }
        for (long p = stop; p < width; p++) before[p] = 0;
    }
}
"""
    + FREED
)
