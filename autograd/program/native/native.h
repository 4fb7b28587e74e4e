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

enum what { NUMBER, ARRAY, FIXED, CONTAINER };

typedef struct kind {
    enum what what;
    PyObject *kind;   /* the type; of what is fixed, the argument itself */
    PyObject *dtype;  /* of an array */
    PyObject *keys;   /* of a dict */
    Py_ssize_t count; /* how many axes an array has, or items a container */
    intptr_t *layout; /* lengths and strides */
    struct kind *items;
} Kind;

typedef struct {
    PyObject_HEAD
    PyObject *parts; /* the arguments of the constructor: they own what is below */
    PyObject *run;
    PyObject *rest; /* asked whether the rest is as it was; None if there is nothing else */
    PyObject *entries, *cells, *attributes, *codes, *lists;
    PyObject *missing; /* instead of what a dict or a cell does not hold */
    Kind *kinds;
    Py_ssize_t count;
    Py_ssize_t inputs; /* how many numbers and arrays there are in all arguments */
    Py_ssize_t runs;
} Route;

/* With more numbers and arrays than this there is no route. */
#define MOST 64

/* Whether each object is there that was there; it may have the same meaning even if not. An error of
   Python is one more reason to say no. */
int is_unchanged(const Route *route);

/* Take the inputs from all arguments; return whether these are like those of the route. */
int take_all(const Route *route, PyObject *const *arguments, PyObject **inputs);

#endif
