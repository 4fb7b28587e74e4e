"""The transpose of small squares of numbers in C, which stay in registers."""

from __future__ import annotations

TEXT = """\
#if defined(__clang__) || __GNUC__ >= 12
#define CHOSEN(kind, x, y, ...) __builtin_shufflevector(x, y, __VA_ARGS__)
#else
#define CHOSEN(kind, x, y, ...) __builtin_shuffle(x, y, (kind){__VA_ARGS__})
#endif
typedef float four __attribute__((vector_size(16)));
typedef float four_loaded __attribute__((vector_size(16), aligned(4), may_alias));
typedef int four_places __attribute__((vector_size(16)));
typedef double two __attribute__((vector_size(16)));
typedef double two_loaded __attribute__((vector_size(16), aligned(8), may_alias));
typedef long long two_places __attribute__((vector_size(16)));
/* The transpose of a square of as many numbers as a small vector has. */
enum { SQUARE_f4 = 4, SQUARE_f8 = 2 };
static inline void square_f4(const float *x, long step, float *to, long row)
{
    const four a = *(const four_loaded *)x, b = *(const four_loaded *)(x + step);
    const four c = *(const four_loaded *)(x + 2 * step), d = *(const four_loaded *)(x + 3 * step);
    const four p = CHOSEN(four_places, a, b, 0, 4, 1, 5), q = CHOSEN(four_places, c, d, 0, 4, 1, 5);
    const four r = CHOSEN(four_places, a, b, 2, 6, 3, 7), s = CHOSEN(four_places, c, d, 2, 6, 3, 7);
    *(four_loaded *)to = CHOSEN(four_places, p, q, 0, 1, 4, 5);
    *(four_loaded *)(to + row) = CHOSEN(four_places, p, q, 2, 3, 6, 7);
    *(four_loaded *)(to + 2 * row) = CHOSEN(four_places, r, s, 0, 1, 4, 5);
    *(four_loaded *)(to + 3 * row) = CHOSEN(four_places, r, s, 2, 3, 6, 7);
}
static inline void square_f8(const double *x, long step, double *to, long row)
{
    const two a = *(const two_loaded *)x, b = *(const two_loaded *)(x + step);
    *(two_loaded *)to = CHOSEN(two_places, a, b, 0, 2);
    *(two_loaded *)(to + row) = CHOSEN(two_places, a, b, 1, 3);
}
"""
