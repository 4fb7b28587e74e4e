"""Normalisation in C, for programs that `jit` compiles.

Means are those of rows, or of channels. Numbers lie in runs for which weight and bias are the same;
in rows with a weight for each number, and in channels of one number each, a run is a single number.
Sums are those of vectors over some thousand numbers, and sums of these in double precision.
"""

from __future__ import annotations

import re
from string import Template

from nn.memory_in_c import FREED, taken

_LOADED = re.compile(r"\b(\w+)\[\]")


def at(text: str, place: str) -> str:
    """Return an expression for the numbers at a place, given one of arrays: ``x[] * g[]``."""
    return _LOADED.sub(rf"\1[{place}]", text)


def vectors(text: str, place: str) -> str:
    """Return the same for vectors that begin at a place."""
    return _LOADED.sub(rf"(*(const loaded *)(\1 + {place}))", text)


def opened(**sums: str) -> str:
    """Return the text that begins sums over some runs, which are given by name."""
    names = "".join(f", {name}_0 = {{0}}, {name}_1 = {{0}}" for name in sums)
    return f"vector {names[2:]};\nreal {', '.join(f'{name}_rest = 0' for name in sums)};\n"


def added(**sums: str) -> str:
    """Return the text that adds the numbers of a run, from `i` to `stop`."""
    first = "".join(f"{name}_0 += {vectors(text, 'i')};\n" for name, text in sums.items())
    second = "".join(f"{name}_1 += {vectors(text, 'i + LANES')};\n" for name, text in sums.items())
    rest = "".join(f"{name}_rest += {at(text, 'i')};\n" for name, text in sums.items())
    return f"""
for (; i + 2 * LANES <= stop; i += 2 * LANES) {{
    {first}{second}
}}
if (i + LANES <= stop) {{
    {first}
    i += LANES;
}}
for (; i < stop; i++) {{ {rest} }}
"""


def closed(**sums: str) -> str:
    """Return the text that adds the sums to totals of the same names."""
    halves = "".join(f"{name}_0[k] += {name}_0[k + width];\n" for name in sums)
    return (
        "".join(f"{name}_0 += {name}_1;\n" for name in sums)
        + "for (long width = LANES / 2; width; width /= 2)\n"
        + f"    for (long k = 0; k < width; k++) {{ {halves} }}\n"
        + "".join(f"{name} += {name}_0[0] + {name}_rest;\n" for name in sums)
    )


def summed(first: str, last: str, **sums: str) -> str:
    """Return the text that adds the numbers from `first` to `last` to totals."""
    return f"""
for (long i = {first}; i < {last}; ) {{
    const long stop = {last} - i < BLOCK ? {last} : i + BLOCK;
    {opened(**sums)}{added(**sums)}{closed(**sums)}
}}
"""


#: The sizes: `n` numbers have the same mean, and `run` of them, one after the other, the same
#: weight. `is_rows` says whether the means are those of rows.
_SIZES = """
typedef real vector __attribute__((vector_size(__BIGGEST_ALIGNMENT__)));
typedef real loaded
    __attribute__((vector_size(__BIGGEST_ALIGNMENT__), aligned(sizeof(real)), may_alias));
enum { LANES = sizeof(vector) / sizeof(real), BLOCK = 4096 };
const long means = $variance_size;
if (!x_size) {
    $empty
    return;
}
const long n = x_size / means, is_rows = axes[0] == x_ndim - axes_size;
const long last = x_shape[x_ndim - 1];
long run = n;
if (is_rows) {
    if (weight) run = last / weight_shape[weight_ndim - 1];
    else if (bias) run = last / bias_shape[bias_ndim - 1];
} else run = axes_size == 1 ? 1 : n / x_shape[0];
const long weights = weight ? weight_size : bias ? bias_size : 1;
"""

# -- forward ----------------------------------------------------------------------------------

_SUM = {"total": "from[]"}
_SPREAD = {"spread": "(from[] - mean) * (from[] - mean)"}

#: For each row: its mean and its variance, and then the result, run by run.
_ROWS = (
    """
for (long row = 0; row < means; row++) {
    const real *from = x + row * n;
    real *restrict to = result_0 + row * n;
    real mean = 0;
    double total = 0, spread = 0;
    if (centred) {
"""
    + summed("0", "n", **_SUM)
    + """
        mean = (real)total / n;
        result_1[row] = mean;
    }
"""
    + summed("0", "n", **_SPREAD)
    + """
    const real variance = (real)spread / n;
    result_2[row] = variance;
    const real inverse = 1 / (real)sqrt(variance + (real)eps);
    if (run == 1 && (weight || bias)) {
        const real *w = weight ? weight + row * n % weights : 0;
        const real *b = bias ? bias + row * n % weights : 0;
        if (w && b) for (long k = 0; k < n; k++) to[k] = (from[k] - mean) * inverse * w[k] + b[k];
        else if (w) for (long k = 0; k < n; k++) to[k] = (from[k] - mean) * inverse * w[k];
        else for (long k = 0; k < n; k++) to[k] = (from[k] - mean) * inverse + b[k];
        continue;
    }
    for (long start = 0; start < n; start += run) {
        const long place = (row * n + start) / run % weights;
        const real w = weight ? weight[place] : 1, b = bias ? bias[place] : 0;
        for (long k = start; k < start + run; k++) to[k] = (from[k] - mean) * inverse * w + b;
    }
}
"""
)

#: For each channel: the variances of parts that the cache holds, merged, and then the result.
_CHANNELS = (
    """
const long examples = n / run, some = run < BLOCK ? BLOCK / run : 1;
for (long channel = 0; channel < means; channel++) {
    double all = 0, merged = 0, known = 0, center = 0;
    for (long first = 0; first < examples; first += some)
        for (long start = 0; start < run; start += BLOCK) {
            const long end = examples - first < some ? examples : first + some;
            const long stop = run - start < BLOCK ? run : start + BLOCK;
            const double count = (end - first) * (stop - start);
            real mean = 0;
            double total = 0, spread = 0;
            if (centred) {
"""
    + opened(**_SUM)
    + """
                for (long e = first; e < end; e++) {
                    const real *from = x + (e * means + channel) * run;
                    long i = start;
"""
    + added(**_SUM)
    + """
                }
"""
    + closed(**_SUM)
    + """
                all += total;
                mean = (real)(total / count);
            }
"""
    + opened(**_SPREAD)
    + """
            for (long e = first; e < end; e++) {
                const real *from = x + (e * means + channel) * run;
                long i = start;
"""
    + added(**_SPREAD)
    + """
            }
"""
    + closed(**_SPREAD)
    + """
            const double change = mean - center, share = count / (known + count);
            merged += spread + (known ? change * change * known * share : 0);
            center += change * share;
            known += count;
        }
    const real mean = (real)all / n, variance = (real)merged / n;
    if (centred) result_1[channel] = mean;
    result_2[channel] = variance;
    const real scale = 1 / (real)sqrt(variance + (real)eps) * (weight ? weight[channel] : 1);
    const real shift = bias ? bias[channel] : 0;
    for (long e = 0; e < examples; e++) {
        const real *from = x + (e * means + channel) * run;
        real *restrict to = result_0 + (e * means + channel) * run;
        for (long k = 0; k < run; k++) to[k] = (from[k] - mean) * scale + shift;
    }
}
"""
)


def parts_and_totals(names: str, size: str) -> str:
    """Return the text for arrays with a number for each channel, or each weight.

    Those called "a" are `a` and, for totals, `as`, which are 0.
    """
    parts = [f"real *restrict {name}" for name in names]
    totals = [f"double *restrict {name}s" for name in names]
    zeros = " = ".join([f"{name}s[k]" for name in names])
    return (
        taken(dict.fromkeys([*parts, *totals], size))
        + f"for (long k = 0; k < {size}; k++) {zeros} = 0;\n"
    )


#: For channels of a number in each example: the same, for all channels together. `a` are means of
#: a part, `b` sums, `c` scales; `as` are sums of all, `bs` merged variances, `cs` merged means.
_COLUMNS = (
    parts_and_totals("abc", "means")
    + """
const long some = 4 * BLOCK / means + 1;
for (long first = 0; first < n; first += some) {
    const long end = n - first < some ? n : first + some;
    for (long k = 0; k < means; k++) a[k] = b[k] = 0;
    if (centred) {
        for (long e = first; e < end; e++) {
            const real *from = x + e * means;
            for (long k = 0; k < means; k++) a[k] += from[k];
        }
        for (long k = 0; k < means; k++) as[k] += a[k], a[k] /= end - first;
    }
    for (long e = first; e < end; e++) {
        const real *from = x + e * means;
        for (long k = 0; k < means; k++) b[k] += (from[k] - a[k]) * (from[k] - a[k]);
    }
    const double share = (double)(end - first) / end;
    for (long k = 0; k < means; k++) {
        const double change = a[k] - cs[k];
        bs[k] += b[k] + (first ? change * change * first * share : 0);
        cs[k] += change * share;
    }
}
for (long k = 0; k < means; k++) {
    a[k] = (real)as[k] / n;
    if (centred) result_1[k] = a[k];
    result_2[k] = (real)bs[k] / n;
    c[k] = 1 / (real)sqrt(result_2[k] + (real)eps) * (weight ? weight[k] : 1);
    b[k] = bias ? bias[k] : 0;
}
for (long e = 0; e < n; e++) {
    const real *from = x + e * means;
    real *restrict to = result_0 + e * means;
    for (long k = 0; k < means; k++) to[k] = (from[k] - a[k]) * c[k] + b[k];
}
"""
    + FREED
)

_NOTHING = """
for (long k = 0; k < means; k++) {
    if (centred) result_1[k] = NAN;
    result_2[k] = NAN;
}
"""

NORMALISED = (
    Template(_SIZES).substitute(variance_size="result_2_size", empty=_NOTHING)
    + f"if (is_rows) {{ {_ROWS} }}\nelse if (run > 1) {{ {_CHANNELS} }}\nelse {{ {_COLUMNS} }}\n"
)

# -- backward ---------------------------------------------------------------------------------

_BOTH = {"along": "slope[] * (from[] - m)", "total": "slope[]"}
_WEIGHTED = {"along": "slope[] * w[] * (from[] - m)", "total": "slope[] * w[]"}

#: Rows with a weight for each number: its derivatives are sums of some rows in `a` and `b`.
_ROWS_BACK = (
    parts_and_totals("ab", "weights")
    + """
enum { SOME = 256 };
for (long k = 0; k < weights; k++) a[k] = b[k] = 0;
for (long row = 0; row < means; row++) {
    const real *from = x + row * n, *slope = g + row * n;
    real *restrict to = result_0 + row * n;
    const real m = mean ? mean[row] : 0;
    const real inverse = 1 / (real)sqrt(variance[row] + (real)eps);
    double along = 0, total = 0;
    if (run > 1) {
        for (long start = 0; start < n; start += run) {
            const long place = (row * n + start) / run % weights, end = start + run;
            const real w = weight ? weight[place] : 1;
            const double others = along, rest = total;
            along = total = 0;
"""
    + summed("start", "end", **_BOTH)
    + """
            as[place] += along * inverse;
            bs[place] += total;
            along = others + along * w;
            total = rest + total * w;
        }
    } else if (weight) {
        const real *w = weight + row * n % weights;
"""
    + summed("0", "n", **_WEIGHTED)
    + """
    } else {
"""
    + summed("0", "n", **_BOTH)
    + """
    }
    const real by = (real)along / n * (inverse * inverse), shift = mean ? (real)total / n : 0;
    if (run > 1) {
        for (long start = 0; start < n; start += run) {
            const real w = weight ? weight[(row * n + start) / run % weights] : 1;
            for (long k = start; k < start + run; k++)
                to[k] = (slope[k] * w - ((from[k] - m) * by + shift)) * inverse;
        }
        continue;
    }
    const long place = row * n % weights;
    real *restrict by_weight = a + place, *restrict by_bias = b + place;
    if (weight) {
        const real *w = weight + place;
        for (long k = 0; k < n; k++) {
            const real centre = from[k] - m;
            by_weight[k] += slope[k] * (centre * inverse);
            by_bias[k] += slope[k];
            to[k] = (slope[k] * w[k] - (centre * by + shift)) * inverse;
        }
    } else
        for (long k = 0; k < n; k++) {
            by_bias[k] += slope[k];
            to[k] = (slope[k] - ((from[k] - m) * by + shift)) * inverse;
        }
    if (row % SOME == SOME - 1)
        for (long k = 0; k < weights; k++) {
            as[k] += a[k];
            bs[k] += b[k];
            a[k] = b[k] = 0;
        }
}
for (long k = 0; k < weights; k++) {
    if (weight) result_1[k] = (real)(as[k] + a[k]);
    if (bias) result_2[k] = (real)(bs[k] + b[k]);
}
"""
    + FREED
)

_CHANNELS_BACK = (
    """
const long examples = n / run, some = run < BLOCK ? BLOCK / run : 1;
for (long channel = 0; channel < means; channel++) {
    const real m = mean ? mean[channel] : 0;
    double along = 0, total = 0;
    for (long first = 0; first < examples; first += some)
        for (long start = 0; start < run; start += BLOCK) {
            const long end = examples - first < some ? examples : first + some;
            const long stop = run - start < BLOCK ? run : start + BLOCK;
"""
    + opened(**_BOTH)
    + """
            for (long e = first; e < end; e++) {
                const real *from = x + (e * means + channel) * run;
                const real *slope = g + (e * means + channel) * run;
                long i = start;
"""
    + added(**_BOTH)
    + """
            }
"""
    + closed(**_BOTH)
    + """
        }
    const real inverse = 1 / (real)sqrt(variance[channel] + (real)eps);
    const real scale = weight ? inverse * weight[channel] : inverse;
    const real by = -scale * inverse * ((real)along * inverse) / n;
    const real shift = mean ? -scale * (real)total / n : 0;
    if (weight) result_1[channel] = (real)along * inverse;
    if (bias) result_2[channel] = (real)total;
    for (long e = 0; e < examples; e++) {
        const real *from = x + (e * means + channel) * run;
        const real *slope = g + (e * means + channel) * run;
        real *restrict to = result_0 + (e * means + channel) * run;
        for (long k = 0; k < run; k++) to[k] = (from[k] - m) * by + slope[k] * scale + shift;
    }
}
"""
)

#: For channels of one number: in `a` and `b` first the sums of a part, in the end the factors.
_COLUMNS_BACK = (
    parts_and_totals("abc", "means")
    + """
const long some = 4 * BLOCK / means + 1;
real *restrict scale = (real *)cs;
for (long k = 0; k < means; k++) c[k] = mean ? mean[k] : 0;
for (long first = 0; first < n; first += some) {
    const long end = n - first < some ? n : first + some;
    for (long k = 0; k < means; k++) a[k] = b[k] = 0;
    for (long e = first; e < end; e++) {
        const real *from = x + e * means, *slope = g + e * means;
        for (long k = 0; k < means; k++) {
            a[k] += slope[k] * (from[k] - c[k]);
            b[k] += slope[k];
        }
    }
    for (long k = 0; k < means; k++) {
        as[k] += a[k];
        bs[k] += b[k];
    }
}
for (long k = 0; k < means; k++) {
    const real inverse = 1 / (real)sqrt(variance[k] + (real)eps);
    scale[k] = weight ? inverse * weight[k] : inverse;
    a[k] = -scale[k] * inverse * ((real)as[k] * inverse) / n;
    b[k] = mean ? -scale[k] * (real)bs[k] / n : 0;
    if (weight) result_1[k] = (real)as[k] * inverse;
    if (bias) result_2[k] = (real)bs[k];
}
for (long e = 0; e < n; e++) {
    const real *from = x + e * means, *slope = g + e * means;
    real *restrict to = result_0 + e * means;
    for (long k = 0; k < means; k++) to[k] = (from[k] - c[k]) * a[k] + slope[k] * scale[k] + b[k];
}
"""
    + FREED
)

_NO_SLOPES = """
for (long k = 0; k < weight_size; k++) result_1[k] = 0;
for (long k = 0; k < bias_size; k++) result_2[k] = 0;
"""

NORMALISED_BACK = (
    Template(_SIZES).substitute(variance_size="variance_size", empty=_NO_SLOPES)
    + f"if (is_rows) {{ {_ROWS_BACK} }}\nelse if (run > 1) {{ {_CHANNELS_BACK} }}\n"
    + f"else {{ {_COLUMNS_BACK} }}\n"
)

#: For each channel: the sum of g, or of g · (x - mean).
CHANNEL_SUMS = (
    """
typedef real vector __attribute__((vector_size(__BIGGEST_ALIGNMENT__)));
typedef real loaded
    __attribute__((vector_size(__BIGGEST_ALIGNMENT__), aligned(sizeof(real)), may_alias));
enum { LANES = sizeof(vector) / sizeof(real), BLOCK = 4096 };
const long channels = parameter_size, examples = g_shape[0];
const long run = g_size ? g_size / (examples * channels) : 0;
for (long channel = 0; channel < channels; channel++) {
    const real m = x ? mean[channel] : 0;
    double total = 0;
    for (long e = 0; e < examples; e++) {
        const real *slope = g + (e * channels + channel) * run;
        if (x) {
            const real *from = x + (e * channels + channel) * run;
"""
    + summed("0", "run", total="slope[] * (from[] - m)")
    + "} else {"
    + summed("0", "run", total="slope[]")
    + """
        }
    }
    result[channel] = (real)total;
}
"""
)
