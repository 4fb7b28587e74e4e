"""What generated C begins with: declarations, and functions of ours that it calls."""

from __future__ import annotations

import ctypes
import functools
import platform
import re
from typing import Any

import numpy as np

from autograd.program.backends.c import double, line_products, single, tile_products

#: The functions that glibc's vector library has, with one and with two arguments.
_VECTOR_FUNCTIONS = (
    (
        *("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "cbrt"),
        *("sin", "cos", "tan", "asin", "acos", "atan"),
        *("sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "erf", "erfc"),
    ),
    ("atan2", "hypot", "pow"),
)

#: What sums of floats begin with, as in NumPy: it decides the sign of a sum of negative zeros.
ZERO = "-0.0" if np.signbit(np.add.reduce(np.full(2, -0.0))) else "0.0"

#: What all generated code includes.
INCLUDES = "#include <math.h>\n#include <float.h>\n#include <stdint.h>\n"

#: With errors of Python: raise flags of the processor, even if nothing uses a result. Without.
ERRORS = """\
#define KEEP(x) __asm__ volatile("" : : "m"(x))
#define CHECK_DIVISOR(x) if ((x) == 0) { volatile double zero = 0; zero = 1 / zero; }
"""
NO_ERRORS = "#define KEEP(x) (void)(x)\n#define CHECK_DIVISOR(x) (void)(x)\n"

#: Tell compilers that the passes of a loop are independent, and what not to inline. clang warns
#: if it does not vectorise such a loop.
#: Whether there is Python, to leave to it what is faster there at some sizes.
BESIDE_PYTHON = "#define BESIDE_PYTHON 1"
ALONE = "#define BESIDE_PYTHON 0"

PRAGMAS = """\
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wpass-failed"
#define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#define PLAIN
#define NOINLINE __attribute__((noinline))
#define SHARED NOINLINE
#elif defined(__GNUC__)
#define EXACT "fp-contract=off", "no-math-errno", "no-trapping-math"
#define PLAIN __attribute__((optimize("O1", EXACT)))
#define INDEPENDENT _Pragma("GCC ivdep")
#define NOINLINE __attribute__((noinline))
#define SHARED __attribute__((noinline, noclone))
#else
#define PLAIN
#define INDEPENDENT
#define NOINLINE
#define SHARED
#endif
#define SMALLER(x, y) ((x) < (y) ? (x) : (y))
#define LEAVE_TO_PYTHON do { *_is_left = 1; return; } while (0)
"""

_REDUCTIONS = """\
static inline {t} sum_of_lanes_{s}({t} *lanes) {{
    {halved}
    return lanes[0];
}}
static NOINLINE {t} add_{s}(const {t} *restrict x, long n) {{
    {t} lanes[32];
    for (long k = 0; k < 32; k++) lanes[k] = {zero};
    long j = 0;
    for (; j + 32 <= n; j += 32)
        for (long k = 0; k < 32; k++) lanes[k] += x[j + k];
    const {t} *rest = x + j;
    const {i} count = n - j;
    for ({i} k = 0; k < 32; k++) lanes[k] += k < count ? rest[k] : {none};
    return sum_of_lanes_{s}(lanes);
}}
"""
_OF_TWO = """\
static inline {t} {name}_of_two_{s}({t} x, {t} y) {{
    return ((x {sign} y) | (x != x)) ? x : y;
}}
"""
_EXTREMES = """\
static NOINLINE {t} {name}_{s}(const {t} *restrict x, long n) {{
    {t} lanes[32];
    for (long k = 0; k < 32; k++) lanes[k] = {start};
    long j = 0;
    for (; j + 32 <= n; j += 32)
        for (long k = 0; k < 32; k++) lanes[k] = {name}_of_two_{s}(lanes[k], x[j + k]);
    const {t} *rest = x + j;
    const {i} count = n - j;
    for ({i} k = 0; k < 32; k++)
        lanes[k] = {name}_of_two_{s}(lanes[k], k < count ? rest[k] : ({t}){start});
    {halved}
    return lanes[0];
}}
"""
#: Sums of tiles are added by halves: number `count` closes as many groups as it ends with ones.
_PARTS = """\
static inline void part_{s}({t} *parts, long count, {t} x) {{
    long k = 0;
    for (; count & 1; count >>= 1) x = parts[k++] + x;
    parts[k] = x;
}}
static inline {t} total_{s}(const {t} *parts, long count) {{
    {t} found = -0.0;
    for (long k = 0; count; count >>= 1, k++)
        if (count & 1) found = parts[k] + found;
    return found;
}}
"""


def reductions() -> dict[str, str]:
    """Return the functions that reduce rows, by their names."""
    found: dict[str, str] = {}
    for t, s, lowest, highest in (
        ("double", "f8", "-INFINITY", "INFINITY"),
        ("float", "f4", "-INFINITY", "INFINITY"),
        ("int64_t", "i8", "INT64_MIN", "INT64_MAX"),
    ):
        i = "int" if s == "f4" else "long"  # as wide as a number
        zero, halved = "0" if s == "i8" else ZERO, _halved("lanes[k] + lanes[k + {n}]")
        none = "0" if s == "i8" else f"({t})-0.0"
        found[f"add_{s}"] = _REDUCTIONS.format(t=t, s=s, i=i, zero=zero, none=none, halved=halved)
        found[f"part_{s}"] = _PARTS.format(t=t, s=s)
        for name, sign, start in (("maximum", ">", lowest), ("minimum", "<", highest)):
            found[f"{name}_of_two_{s}"] = _OF_TWO.format(t=t, s=s, name=name, sign=sign)
            halved = _halved(f"{name}_of_two_{s}(lanes[k], lanes[k + {{n}}])")
            found[f"{name}_{s}"] = _EXTREMES.format(
                t=t, s=s, i=i, name=name, start=start, halved=halved
            )
    return found


def _halved(text: str) -> str:
    """Return the reduction of 32 lanes to one, in loops of known length: gcc vectorises these."""
    loop = "for (long k = 0; k < {n}; k++) lanes[k] = " + text + ";"
    return "\n    ".join(loop.format(n=n) for n in (16, 8, 4, 2, 1))


@functools.cache
def vector_declarations() -> str:
    """Return the declarations of the functions of the C library that compute several numbers.

    They say which variants there are. Only gcc understands them, and only glibc has the functions.
    """
    if platform.machine() not in ("x86_64", "AMD64"):
        return ""
    try:
        library = ctypes.CDLL("libmvec.so.1")
    except OSError:
        return ""
    lines = []
    for count, names in enumerate(_VECTOR_FUNCTIONS, start=1):
        for name in names:
            for kind, s, width in (("double", "", 2), ("float", "f", 4)):
                if _has(library, f"_ZGVbN{width}{'v' * count}_{name}{s}"):
                    lines.append(f"SIMD {kind} {name}{s}({', '.join([kind] * count)});")
    condition = "defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__)"
    return "\n".join(
        [
            f"#if {condition}",
            '#define SIMD __attribute__((simd("notinbranch"))) extern',
            *lines,
            "#endif\n",
        ]
    )


def _has(library: Any, name: str) -> bool:
    try:
        library[name]
    except AttributeError:
        return False
    return True


def needed(text: str) -> list[str]:
    """Return the functions of ours which a text calls."""
    whole = [
        x.TEXT
        for x in (single, double, tile_products, line_products)
        if any(_calls(text, n) for n in x.NAMES)
    ]
    return whole + [
        definition
        for name, definition in reductions().items()
        if any(_calls(text, one) for one in _names_for(name))
    ]


def _calls(text: str, name: str) -> bool:
    """Return whether a text calls a function; a search for the name alone is far faster."""
    return f"{name}(" in text and re.search(rf"\b{name}\(", text) is not None


def _names_for(name: str) -> tuple[str, ...]:
    """Return the names of the functions for which a definition is needed."""
    return name, name.replace("part_", "total_"), name.replace("_of_two", "")
