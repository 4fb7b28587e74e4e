"""Functions of single precision in C that compilers vectorise within any loop.

C's library has an exponential for several numbers at once, but only some libraries and compilers
do, in a loop of its own, and numbers near the ends of the range are computed one by one. These
functions have neither calls nor branches. Exponentials: Cody & Waite, "Software manual for the
elementary functions", 1980, with the polynomial of Moshier's Cephes library. The polynomials of
the normal distribution are least in their largest relative error.
"""

from __future__ import annotations

#: The functions that generated code may call.
NAMES = ("exp_f4", "tanh_f4", "normal_f4", "bell_f4")

TEXT = """\
#if defined(__GNUC__) && (defined(__FMA__) || defined(__ARM_FEATURE_FMA))
#define FUSED(x, y, z) __builtin_fmaf(x, y, z)
#else
#define FUSED(x, y, z) ((x) * (y) + (z))
#endif
typedef union { float number; uint32_t bits; } word_f4;
static inline float of_bits_f4(uint32_t bits) {
    const word_f4 found = {.bits = bits};
    return found.number;
}
static inline uint32_t bits_of_f4(float x) {
    const word_f4 found = {x};
    return found.bits;
}
/* (e to the r, - 1 - r) / r / r, for r between -log(2) / 2 and log(2) / 2. */
static inline float part_of_exp_f4(float r) {
    float p = 1.9875691500e-4f;
    p = FUSED(p, r, 1.3981999507e-3f);
    p = FUSED(p, r, 8.3334519073e-3f);
    p = FUSED(p, r, 4.1665795894e-2f);
    p = FUSED(p, r, 1.6666665459e-1f);
    return FUSED(p, r, 5.0000001201e-1f);
}
/* e to the x + more, where `more` is small, for x up to 89. */
static inline float exp_of_sum_f4(float x, float more) {
    const float low = x < -104.0f ? -104.0f : x;
    const float shifted = FUSED(low, 1.44269504f, 12582912.0f), n = shifted - 12582912.0f;
    const float r = FUSED(n, 2.12194440e-4f, FUSED(n, -0.693359375f, low)) + more;
    const float p = FUSED(part_of_exp_f4(r) * r, r, r) + 1.0f;
    /* Two factors: one power of two alone would overflow, or vanish, before the result does. */
    const uint32_t power = bits_of_f4(shifted) - 0x4b400000u;
    const uint32_t half = (uint32_t)((int32_t)power >> 1);
    return p * of_bits_f4((half + 127) << 23) * of_bits_f4((power - half + 127) << 23);
}
static inline float exp_f4(float x) { return exp_of_sum_f4(x > 89.0f ? 89.0f : x, 0.0f); }
/* By e to the -2 |x|, - 1, which is 2**n * (e to the r, - 1 + 1 - 2**-n), exactly for n = 0. */
static inline float tanh_f4(float x) {
    const float twice = -2.0f * fabsf(x), low = twice < -40.0f ? -40.0f : twice;
    const float shifted = FUSED(low, 1.44269504f, 12582912.0f), n = shifted - 12582912.0f;
    const float r = FUSED(n, 2.12194440e-4f, FUSED(n, -0.693359375f, low));
    const uint32_t power = bits_of_f4(shifted) - 0x4b400000u;
    const float shift = 1.0f - of_bits_f4((127 - power) << 23);
    const float part = FUSED(part_of_exp_f4(r) * r, r, r) + shift;
    const float more = part * of_bits_f4((127 + power) << 23);
    return copysignf(more / (more + 2.0f), x);
}
/* e to the -z * z / 2: the square of the first half of the digits is exact. */
static inline float of_square_f4(float z) {
    const float high = of_bits_f4(bits_of_f4(z) & 0xfffff000u);
    return exp_of_sum_f4(high * high * -0.5f, (z - high) * (z + high) * -0.5f);
}
static inline float bell_f4(float x) {
    const float z = fabsf(x);
    return of_square_f4(z > 20.0f ? 20.0f : z) * 0.398942280f;
}
/* The normal distribution function. */
static inline float normal_f4(float x) {
    const float size = fabsf(x), z = size > 20.0f ? 20.0f : size;
    const float s = z * z, t = 1.0f / (z + 2.0f), u = t - 0.2f;
    float p = -7.65420905e-06f;
    p = FUSED(p, s, 0.000113486374f);
    p = FUSED(p, s, -0.00118632994f);
    p = FUSED(p, s, 0.00997332341f);
    p = FUSED(p, s, -0.0664903599f);
    p = FUSED(p, s, 0.398942280f);
    float q = -32.7726373f;
    q = FUSED(q, u, 2.11071492f);
    q = FUSED(q, u, 8.15969610f);
    q = FUSED(q, u, -2.07516397f);
    q = FUSED(q, u, -2.13745904f);
    q = FUSED(q, u, 0.802255243f);
    q = FUSED(q, u, 1.26220558f);
    q = FUSED(q, u, 0.607569714f);
    const float tail = of_square_f4(z) * (q * t), far = x < 0.0f ? tail : 1.0f - tail;
    return z < 1.0f ? FUSED(x, p, 0.5f) : far;
}
"""
