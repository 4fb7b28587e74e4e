#ifndef VALUE_AND_GRADIENT_H
#define VALUE_AND_GRADIENT_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

/* value_and_gradient, written by chainrule.
   x: float64
   y: float64
   result_0: float64, returned
   result_1: float64, returned
   result_2: float64, returned
   Arrays lie in the order of C, and results do not overlap with other arrays.
   Returns 0; -1 if an index is out of range;
   -2 if Python raises an error, as for 1 / 0, or computes a complex number. */
int value_and_gradient(double x, double y, double *result_0, double *result_1, double *result_2);

#ifdef __cplusplus
}
#endif
#endif
