#include "rosenbrock.h"
#include <math.h>
#include <float.h>
#include <stdint.h>

#if defined(__clang__)
#pragma clang diagnostic ignored "-Wpass-failed"
#define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#define PLAIN
#define NOINLINE __attribute__((noinline))
#elif defined(__GNUC__)
#define EXACT "fp-contract=off", "no-math-errno", "no-trapping-math"
#define PLAIN __attribute__((optimize("O1", EXACT)))
#define INDEPENDENT _Pragma("GCC ivdep")
#define NOINLINE __attribute__((noinline))
#else
#define PLAIN
#define INDEPENDENT
#define NOINLINE
#endif
#define SMALLER(x, y) ((x) < (y) ? (x) : (y))

static NOINLINE void value_and_gradient_part_0(double *restrict result_0, double *restrict result_1, double *restrict result_2, double x, double y) {
    long row = 0;
    double *p0_row = result_0;
    double *p1_row = result_1;
    double *p2_row = result_2;
    double *restrict p0 = p0_row;
    double *restrict p1 = p1_row;
    double *restrict p2 = p2_row;
    INDEPENDENT
    for (long j = 0; j < 1; j++) {
        const double v0 = 0x1.0000000000000p+0 - x;
        const double v1 = v0 * v0;
        const double v2 = x * x;
        const double v3 = y - v2;
        const double v4 = v3 * v3;
        const double v5 = 0x1.9000000000000p+6 * v4;
        const double v6 = v1 + v5;
        p0[j] = v6;
        const double v7 = 0x1.0000000000000p+1 * v3;
        const double v8 = 0x1.9000000000000p+6 * v7;
        const double v9 = -v8;
        const double v10 = 0x1.0000000000000p+1 * x;
        const double v11 = v9 * v10;
        const double v12 = 0x1.0000000000000p+1 * v0;
        const double v13 = -v12;
        const double v14 = v11 + v13;
        const double v15 = v14 + 0x0.0p+0;
        p1[j] = v15;
        const double v16 = v8 + 0x0.0p+0;
        p2[j] = v16;
    }
    row++;
    (void)row;
}

int value_and_gradient(double x, double y, double *result_0, double *result_1, double *result_2) {
    value_and_gradient_part_0(result_0, result_1, result_2, x, y);
    return 0;
}
