"""Functions of double precision in C that compilers vectorise within any loop; see `single`.

The coefficients interpolate (e**r - 1 - r) / r**2 at Chebyshev nodes of the range of r, to less
than a hundredth of a rounding error.
"""

from __future__ import annotations

#: The functions that generated code may call.
NAMES = ("exp_f8", "expm1_f8", "tanh_f8")

TEXT = """\
#if defined(__GNUC__) && (defined(__FMA__) || defined(__ARM_FEATURE_FMA))
#define FUSED_F8(x, y, z) __builtin_fma(x, y, z)
#else
#define FUSED_F8(x, y, z) ((x) * (y) + (z))
#endif
typedef union { double number; uint64_t bits; } word_f8;
static inline double of_bits_f8(uint64_t bits) {
    const word_f8 found = {.bits = bits};
    return found.number;
}
static inline uint64_t bits_of_f8(double x) {
    const word_f8 found = {x};
    return found.bits;
}
/* x is 2**power * e**r, where |r| is at most log(2) / 2; e**r - 1 is `more`. */
typedef struct { double more, shifted; } parts_f8;
static inline parts_f8 parts_of_exp_f8(double x) {
    const double shifted = FUSED_F8(x, 1.4426950408889634, 6755399441055744.0);
    const double n = shifted - 6755399441055744.0;
    const double r = FUSED_F8(n, -1.9082149292705877e-10, FUSED_F8(n, -0.6931471803691238, x));
    double p = 2.0914717341716378e-09;
    p = FUSED_F8(p, r, 2.5105259538448494e-08);
    p = FUSED_F8(p, r, 2.755727357010214e-07);
    p = FUSED_F8(p, r, 2.7557255297969643e-06);
    p = FUSED_F8(p, r, 2.4801587325605324e-05);
    p = FUSED_F8(p, r, 0.0001984126987490126);
    p = FUSED_F8(p, r, 0.001388888888888373);
    p = FUSED_F8(p, r, 0.008333333333326112);
    p = FUSED_F8(p, r, 0.04166666666666667);
    p = FUSED_F8(p, r, 0.1666666666666667);
    p = FUSED_F8(p, r, 0.5);
    return (parts_f8){FUSED_F8(p * r, r, r), shifted};
}
/* Two factors: one power of two alone would overflow, or vanish, before the result does. */
static inline double scaled_f8(double x, double shifted) {
    const uint64_t power = bits_of_f8(shifted) - 0x4338000000000000u + 2046, half = power >> 1;
    return x * of_bits_f8(half << 52) * of_bits_f8((power - half) << 52);
}
static inline double exp_f8(double x) {
    const double below = x > 710.0 ? 710.0 : x;
    const parts_f8 found = parts_of_exp_f8(below < -746.0 ? -746.0 : below);
    return scaled_f8(found.more + 1.0, found.shifted);
}
/* 2**n * (more + 1) - 1: the power of two is the factor, so that it is exact for n = 0. It has
   the sign of x, also for zeros. */
static inline double expm1_f8(double x) {
    const double below = x > 710.0 ? 710.0 : x;
    const parts_f8 found = parts_of_exp_f8(below < -40.0 ? -40.0 : below);
    const double large = 6755399441055744.0 + 60.0;
    const double most = found.shifted > large ? large : found.shifted;
    const uint64_t power = bits_of_f8(most) - 0x4338000000000000u;
    const double shift = 1.0 - of_bits_f8((1023 - power) << 52);
    return copysign(scaled_f8(found.more + shift, found.shifted), x);
}
static inline double tanh_f8(double x) {
    const double more = expm1_f8(-2.0 * fabs(x));
    return copysign(more / (more + 2.0), x);
}
"""
