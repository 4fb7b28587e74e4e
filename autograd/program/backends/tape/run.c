/* Running a tape: what C does as Python does it, and calls of Python for the rest. */

#include "tape.h"
#include <math.h>

/* In the order of the operations from OP_EXP and OP_ATAN2 on. */
static double (*const UNARY[])(double) = {exp, exp2, expm1, log,  log2, log10, log1p, sqrt,
                                          cbrt, sin, cos, tan, asin, acos, atan, sinh,
                                          cosh, tanh, asinh, acosh, atanh, erf, erfc};
static double (*const BINARY[])(double, double) = {atan2, fmod, pow, copysign};

/* Return a result of Python as a number, or -1 with an error. */
static int store(PyObject *found, double *result)
{
    if (found == NULL)
        return -1;
    int status = 0;
    if (PyFloat_Check(found)) {
        *result = PyFloat_AS_DOUBLE(found);
    } else if (PyBool_Check(found)) {
        *result = found == Py_True;
    } else if (PyComplex_Check(found)) { /* as of a power of a negative number */
        PyErr_SetString(PyExc_ArithmeticError, "a tape takes floats, not complex numbers");
        status = -1;
    } else {
        PyErr_Format(PyExc_TypeError, "a tape takes floats, not %.100s", Py_TYPE(found)->tp_name);
        status = -1;
    }
    Py_DECREF(found);
    return status;
}

static int call_back(const Tape *tape, int32_t call, double x, double y, int count, double *result)
{
    PyObject *function = PyTuple_GET_ITEM(tape->calls, call);
    PyObject *arguments[3] = {NULL, PyFloat_FromDouble(x), NULL};
    if (count == 2)
        arguments[2] = PyFloat_FromDouble(y);
    PyObject *found = NULL;
    if (arguments[1] != NULL && (count == 1 || arguments[2] != NULL))
        found = PyObject_Vectorcall(function, arguments + 1,
                                    count | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
    Py_XDECREF(arguments[1]);
    Py_XDECREF(arguments[2]);
    return store(found, result);
}

/* Call a function with any number of operands. */
static int call_many(const Tape *tape, const int32_t *pc, double *v, Py_ssize_t lanes)
{
    PyObject *function = PyTuple_GET_ITEM(tape->calls, pc[2]);
    PyObject *few[8], **arguments = few, *found = NULL;
    Py_ssize_t count = pc[3], made = 0;
    if (count >= 8) {
        arguments = PyMem_Malloc((count + 1) * sizeof(PyObject *));
        if (arguments == NULL) {
            PyErr_NoMemory();
            return -1;
        }
    }
    while (made < count) {
        arguments[made + 1] = PyFloat_FromDouble(v[pc[4 + made] * lanes]);
        if (arguments[made + 1] == NULL)
            break;
        made++;
    }
    if (made == count)
        found = PyObject_Vectorcall(function, arguments + 1,
                                    count | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
    for (Py_ssize_t k = 0; k < made; k++)
        Py_DECREF(arguments[k + 1]);
    if (arguments != few)
        PyMem_Free(arguments);
    return store(found, v + pc[1] * lanes);
}

/* Compute x**y as Python does for floats, except in its special cases. */
static int usual_power(double x, double y, double *found)
{
    if (!isfinite(x) || !isfinite(y) || x == 0.0)
        return 0;
    if (x < 0.0 && y != floor(y))
        return 0;
    *found = pow(fabs(x), y);
    if (!isfinite(*found) || *found == 0.0)
        return 0;
    if (x < 0.0 && fmod(y, 2.0) != 0.0)
        *found = -*found;
    return 1;
}

#define LANES 1
#define RUN run_lane
#define FOR_EACH_PROCESSOR
#include "run.h"
#undef LANES
#undef RUN
#undef FOR_EACH_PROCESSOR

/* The widest registers that the processor has: the linker's loader chooses among the versions. */
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && defined(__GLIBC__)
#define FOR_EACH_PROCESSOR __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define FOR_EACH_PROCESSOR
#endif
#define LANES MANY
#define RUN run_lanes
#include "run.h"

int run_one(const Tape *tape, double *v, Failure *failure)
{
    return run_lane(tape, v, failure, NULL);
}

int run_many(const Tape *tape, double *v, int32_t *failed)
{
    return run_lanes(tape, v, NULL, failed);
}
