"""How a function in C contracts products and sums to fused operations, which others must not do."""

from __future__ import annotations

#: More than one text may begin with it.
HEAD = """\
#ifndef FUSING
#if defined(__GNUC__) && !defined(__clang__)
#define FUSING NOINLINE __attribute__((optimize("O3", "fp-contract=fast", \\
    "no-math-errno", "no-trapping-math")))
#define FUSED_HERE
#elif defined(__clang__)
#define FUSING NOINLINE
#define FUSED_HERE _Pragma("clang fp contract(fast)")
#else
#define FUSING NOINLINE
#define FUSED_HERE
#endif
#endif
"""
