/* What calls programs without Python code in between. */

#ifndef CHAINRULE_NATIVE_H
#define CHAINRULE_NATIVE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stddef.h>
#include <stdint.h>
#include <structmember.h> /* Python 3.11 has no other names for what is in it */

extern PyType_Spec route_spec, front_spec, function_spec, numbers_spec;

/* Set by the module. */
extern PyTypeObject *route_type, *function_type;

int prepare_fronts(void);

/* The beginning of NumPy's arrays, which has not changed since NumPy 1.0; Python checks it on arrays
   that it knows (`backends/c/objects.py`) before it describes arrays to a route. */
typedef struct {
    PyObject_HEAD
    char *data;
    int axes;
    intptr_t *lengths;
    intptr_t *strides;
    PyObject *base;
    PyObject *dtype;
} Array;

#endif
