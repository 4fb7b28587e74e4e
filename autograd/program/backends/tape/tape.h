/* A tape: the instructions of a scalar program as numbers, and what they refer to. */

#ifndef CHAINRULE_TAPE_H
#define CHAINRULE_TAPE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>

/* The operations of a record. Those of one line take as many operands as the number says; where
   there is a 1 after it, a Python function is called for numbers with which C would not do what
   Python does: it returns the result, or raises the error. */
#define OPERATIONS(X)                                                                              \
    X(ADD, 2, 0) X(SUB, 2, 0) X(MUL, 2, 0) X(DIV, 2, 1)                                            \
    X(NEG, 1, 0) X(COPY, 1, 0) X(ABS, 1, 0) X(RELU, 1, 0) X(SIGN, 1, 0)                            \
    X(LT, 2, 0) X(LE, 2, 0) X(GT, 2, 0) X(GE, 2, 0) X(EQ, 2, 0) X(NE, 2, 0)                        \
    X(AND, 2, 0) X(OR, 2, 0) X(XOR, 2, 0) X(NOT, 1, 0)                                             \
    X(CHOOSE, 3, 0) X(LIMIT, 2, 1) X(POWER, 2, 1) X(CALL, 0, 1) X(GUARD, 2, 0)                     \
    X(EXP, 1, 1) X(EXP2, 1, 1) X(EXPM1, 1, 1) X(LOG, 1, 1) X(LOG2, 1, 1) X(LOG10, 1, 1)            \
    X(LOG1P, 1, 1) X(SQRT, 1, 1) X(CBRT, 1, 1) X(SIN, 1, 1) X(COS, 1, 1) X(TAN, 1, 1)              \
    X(ASIN, 1, 1) X(ACOS, 1, 1) X(ATAN, 1, 1) X(SINH, 1, 1) X(COSH, 1, 1) X(TANH, 1, 1)            \
    X(ASINH, 1, 1) X(ACOSH, 1, 1) X(ATANH, 1, 1) X(ERF, 1, 1) X(ERFC, 1, 1)                        \
    X(ATAN2, 2, 1) X(FMOD, 2, 1) X(MATHPOW, 2, 1) X(COPYSIGN, 2, 1)

enum operation {
#define X(name, operands, calls) OP_##name,
    OPERATIONS(X)
#undef X
    OPERATION_COUNT,
    /* Made by the assembler. */
    OP_MADD = OPERATION_COUNT,
    OP_DOT,
    OP_SUM,
    OP_UNARY,
    OP_BINARY,
    OP_END
};

/* A record with this bit is needed even if nothing uses its result: it may raise an error. */
#define KEEP 256

typedef struct {
    int32_t op, a, b, c, call;
} Record;

typedef struct {
    int32_t cond, value, expected, number;
} Guard;

/* What a tape is made of, by the numbers of operands: first the constants, then the inputs, then
   the results of the records. */
typedef struct {
    const Record *records;
    const int32_t *arguments; /* of calls */
    const int32_t *outputs;
    Py_ssize_t count, argument_count, output_count, constants, inputs, calls;
} Source;

typedef struct {
    int32_t *code;
    int32_t *outputs; /* where they are */
    Py_ssize_t length, slots, operations, callbacks;
} Code;

typedef struct {
    PyObject_HEAD
    vectorcallfunc vectorcall;
    Code code;
    Py_ssize_t constants, inputs, output_count;
    double *numbers; /* the constants */
    double *spare;   /* the memory of the last call, with the constants at its beginning */
    PyObject *calls; /* tuple of callables */
    PyObject *boxes; /* tuple: for each output what makes a Python object of it; None for float */
    PyObject *failed; /* called with the number of a guard and the value that it checks */
    double limit;     /* of OP_LIMIT */
} Tape;

typedef struct {
    int32_t number;
    double value;
} Failure;

/* Return 0, or -1 with a Python error. */
int assemble(const Source *source, Code *code);

/* Return 0; 1 if a guard failed, or -1 with a Python error. */
int run_one(const Tape *tape, double *v, Failure *failure);

/* The same for LANES examples at once. Examples with a number in `failed` are skipped; where a
   guard fails, its number plus one goes there. */
#define MANY 16
int run_many(const Tape *tape, double *v, int32_t *failed);

extern PyTypeObject *tape_type;
extern PyType_Spec bound_spec;

/* One call of a tape: its memory, its run (0, or -1 with a Python error), and the end. */
double *tape_begin(Tape *tape);
int tape_run(Tape *tape, double *v);
void tape_end(Tape *tape, double *v);

/* Store a number of Python and return 0, or return -1 with an error. */
int tape_number(PyObject *x, double *number);

/* Return result number k as an object of Python. */
PyObject *tape_boxed(const Tape *tape, Py_ssize_t k, double number);

#endif
