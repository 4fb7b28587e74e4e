/* `Front`: the base of what `jit` returns. Most calls are like the call before: arguments of the same
   types and shapes, with everything the program takes for fixed as it was. They run the program at
   once. All others are left to the method `_call`, which is Python code. */

#include "native.h"
#include <string.h>

enum what { NUMBER, ARRAY, FIXED };

typedef struct {
    enum what what;
    PyObject *kind;  /* the type; of what is fixed, the argument itself */
    PyObject *dtype; /* of an array */
    Py_ssize_t axes;
    intptr_t *layout; /* lengths and strides */
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
    Py_ssize_t runs;
} Route;

typedef struct {
    PyObject_HEAD
    vectorcallfunc vectorcall;
    PyObject *route; /* NULL if there is none */
} Front;

PyTypeObject *route_type;
static PyObject *NAME_CALL, *NAME_FAILED, *NAME_INTERVENTIONS, *NAME_BATCHING;

/* -- routes ------------------------------------------------------------------------------------- */

static int layout_of(PyObject *numbers, intptr_t *to)
{
    for (Py_ssize_t k = 0; k < PyTuple_GET_SIZE(numbers); k++) {
        to[k] = PyLong_AsSsize_t(PyTuple_GET_ITEM(numbers, k));
        if (to[k] == -1 && PyErr_Occurred())
            return -1;
    }
    return 0;
}

/* Read the description of an argument: of a number its type, of an array a tuple of its type, dtype,
   lengths and strides, and of what is fixed a tuple of the argument. */
static int read_kind(PyObject *described, Kind *kind)
{
    PyObject *type, *dtype = NULL, *lengths = NULL, *strides = NULL;
    if (PyType_Check(described)) {
        kind->kind = described;
        return 0;
    }
    if (!PyTuple_Check(described) ||
        !PyArg_ParseTuple(described, "O|OO!O!:Route", &type, &dtype, &PyTuple_Type, &lengths,
                          &PyTuple_Type, &strides)) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_TypeError, "an argument is described by a tuple");
        return -1;
    }
    kind->what = dtype == NULL ? FIXED : ARRAY;
    kind->kind = type;
    kind->dtype = dtype;
    if (dtype == NULL)
        return 0;
    if (strides == NULL || PyTuple_GET_SIZE(lengths) != PyTuple_GET_SIZE(strides) ||
        !PyType_Check(type) || ((PyTypeObject *)type)->tp_basicsize < (Py_ssize_t)sizeof(Array)) {
        PyErr_SetString(PyExc_TypeError, "the description of an array does not fit together");
        return -1;
    }
    kind->axes = PyTuple_GET_SIZE(lengths);
    kind->layout = PyMem_Calloc(2 * kind->axes + 1, sizeof(intptr_t));
    if (kind->layout == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    return layout_of(lengths, kind->layout) < 0 || layout_of(strides, kind->layout + kind->axes) < 0
               ? -1
               : 0;
}

/* Return whether each item of a tuple is a tuple of so many objects. */
static int are_tuples(PyObject *items, Py_ssize_t size)
{
    for (Py_ssize_t k = 0; k < PyTuple_GET_SIZE(items); k++) {
        PyObject *item = PyTuple_GET_ITEM(items, k);
        if (!PyTuple_Check(item) || PyTuple_GET_SIZE(item) != size)
            return 0;
    }
    return 1;
}

/* Return whether a part of each of these tuples is of some type. */
static int are_of_type(PyObject *items, Py_ssize_t part, PyTypeObject *type)
{
    for (Py_ssize_t k = 0; k < PyTuple_GET_SIZE(items); k++)
        if (!PyObject_TypeCheck(PyTuple_GET_ITEM(PyTuple_GET_ITEM(items, k), part), type))
            return 0;
    return 1;
}

static PyObject *new_route(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    static char *names[] = {"kinds", "run",   "rest",  "entries", "cells", "attributes",
                            "codes", "lists", "missing", NULL};
    PyObject *kinds, *run, *rest, *entries, *cells, *attributes, *codes, *lists, *missing;
    PyTypeObject *tuple = &PyTuple_Type;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "O!OOO!O!O!O!O!O:Route", names, tuple,
                                     &kinds, &run, &rest, tuple, &entries, tuple, &cells, tuple,
                                     &attributes, tuple, &codes, tuple, &lists, &missing))
        return NULL;
    if (!are_tuples(entries, 3) || !are_tuples(cells, 2) || !are_tuples(attributes, 3) ||
        !are_tuples(codes, 2) || !are_tuples(lists, 2) || !are_of_type(entries, 0, &PyDict_Type) ||
        !are_of_type(cells, 0, &PyCell_Type) || !are_of_type(attributes, 1, &PyUnicode_Type) ||
        !are_of_type(codes, 0, &PyFunction_Type) || !are_of_type(lists, 0, &PyList_Type)) {
        PyErr_SetString(PyExc_TypeError, "the parts of a route are not what they should be");
        return NULL;
    }
    Route *self = (Route *)type->tp_alloc(type, 0);
    if (self == NULL)
        return NULL;
    self->parts = PyTuple_Pack(9, kinds, run, rest, entries, cells, attributes, codes, lists, missing);
    self->run = run;
    self->rest = rest;
    self->entries = entries;
    self->cells = cells;
    self->attributes = attributes;
    self->codes = codes;
    self->lists = lists;
    self->missing = missing;
    self->count = PyTuple_GET_SIZE(kinds);
    self->kinds = PyMem_Calloc(self->count + 1, sizeof(Kind));
    if (self->parts == NULL || self->kinds == NULL) {
        Py_DECREF(self);
        return PyErr_Occurred() ? NULL : PyErr_NoMemory();
    }
    for (Py_ssize_t k = 0; k < self->count; k++)
        if (read_kind(PyTuple_GET_ITEM(kinds, k), self->kinds + k) < 0) {
            Py_DECREF(self);
            return NULL;
        }
    return (PyObject *)self;
}

static int is_like(const Kind *kind, PyObject *x)
{
    if (kind->what == NUMBER)
        return (PyObject *)Py_TYPE(x) == kind->kind;
    if (kind->what == FIXED)
        return x == kind->kind;
    const Array *array = (const Array *)x;
    size_t size = kind->axes * sizeof(intptr_t);
    return (PyObject *)Py_TYPE(x) == kind->kind && array->dtype == kind->dtype &&
           array->axes == kind->axes && memcmp(array->lengths, kind->layout, size) == 0 &&
           memcmp(array->strides, kind->layout + kind->axes, size) == 0;
}

/* Take the inputs from the arguments; return how many, or -1 if they are not those of the route. */
static Py_ssize_t inputs_of(Route *route, PyObject *const *arguments, PyObject **inputs)
{
    Py_ssize_t found = 0;
    for (Py_ssize_t k = 0; k < route->count; k++) {
        if (!is_like(route->kinds + k, arguments[k]))
            return -1;
        if (route->kinds[k].what != FIXED)
            inputs[found++] = arguments[k];
    }
    return found;
}

/* Return whether each object is there that was there; it may have the same meaning even if not. An
   error of Python is one more reason to say no. */
static int is_unchanged(Route *route)
{
    for (Py_ssize_t k = 0; k < PyTuple_GET_SIZE(route->entries); k++) {
        PyObject *entry = PyTuple_GET_ITEM(route->entries, k);
        PyObject *before = PyTuple_GET_ITEM(entry, 2);
        PyObject *now =
            PyDict_GetItemWithError(PyTuple_GET_ITEM(entry, 0), PyTuple_GET_ITEM(entry, 1));
        if (now == NULL && PyErr_Occurred())
            return 0;
        if ((now == NULL ? route->missing : now) != before)
            return 0;
    }
    for (Py_ssize_t k = 0; k < PyTuple_GET_SIZE(route->cells); k++) {
        PyObject *entry = PyTuple_GET_ITEM(route->cells, k);
        PyObject *now = PyCell_GET(PyTuple_GET_ITEM(entry, 0));
        if ((now == NULL ? route->missing : now) != PyTuple_GET_ITEM(entry, 1))
            return 0;
    }
    for (Py_ssize_t k = 0; k < PyTuple_GET_SIZE(route->attributes); k++) {
        PyObject *entry = PyTuple_GET_ITEM(route->attributes, k);
        PyObject *now = PyObject_GetAttr(PyTuple_GET_ITEM(entry, 0), PyTuple_GET_ITEM(entry, 1));
        if (now == NULL && PyErr_ExceptionMatches(PyExc_AttributeError)) {
            PyErr_Clear();
            now = Py_NewRef(route->missing);
        }
        Py_XDECREF(now); /* only its identity matters */
        if (now != PyTuple_GET_ITEM(entry, 2))
            return 0;
    }
    for (Py_ssize_t k = 0; k < PyTuple_GET_SIZE(route->codes); k++) {
        PyObject *entry = PyTuple_GET_ITEM(route->codes, k);
        if (PyFunction_GET_CODE(PyTuple_GET_ITEM(entry, 0)) != PyTuple_GET_ITEM(entry, 1))
            return 0;
    }
    for (Py_ssize_t k = 0; k < PyTuple_GET_SIZE(route->lists); k++) {
        PyObject *entry = PyTuple_GET_ITEM(route->lists, k);
        PyObject *list = PyTuple_GET_ITEM(entry, 0), *items = PyTuple_GET_ITEM(entry, 1);
        Py_ssize_t size = PyList_GET_SIZE(list);
        if (size != PyTuple_GET_SIZE(items) ||
            memcmp(((PyListObject *)list)->ob_item, ((PyTupleObject *)items)->ob_item,
                   size * sizeof(PyObject *)) != 0)
            return 0;
    }
    if (route->rest == Py_None)
        return 1;
    PyObject *found = PyObject_CallNoArgs(route->rest);
    Py_XDECREF(found);
    return found == Py_True;
}

static int traverse_route(PyObject *object, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(object));
    Py_VISIT(((Route *)object)->parts);
    return 0;
}

static void dealloc_route(PyObject *object)
{
    Route *self = (Route *)object;
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    for (Py_ssize_t k = 0; self->kinds != NULL && k < self->count; k++)
        PyMem_Free(self->kinds[k].layout);
    PyMem_Free(self->kinds);
    Py_XDECREF(self->parts);
    type->tp_free(object);
    Py_DECREF(type);
}

static PyMemberDef route_members[] = {
    {"run", T_OBJECT, offsetof(Route, run), READONLY, "What runs the program."},
    {"runs", T_PYSSIZET, offsetof(Route, runs), READONLY, "How often it has run the program."},
    {NULL}};

static PyType_Slot route_slots[] = {
    {Py_tp_new, new_route},
    {Py_tp_dealloc, dealloc_route},
    {Py_tp_traverse, traverse_route},
    {Py_tp_members, route_members},
    {Py_tp_doc,
     "Route(kinds, run, rest, entries, cells, attributes, codes, lists, missing)\n--\n\n"
     "A program, and when a call may run it."},
    {0, NULL}};

PyType_Spec route_spec = {"autograd.program.native.calls.Route", sizeof(Route), 0,
                          Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE,
                          route_slots};

/* -- fronts ------------------------------------------------------------------------------------- */

static PyObject *mode; /* the state of recording: see `autograd/engine/grad_mode.py` */

static int is_zero(PyObject *name)
{
    PyObject *found = PyObject_GetAttr(mode, name);
    int zero = found != NULL && PyLong_CheckExact(found) && PyObject_Not(found) == 1;
    Py_XDECREF(found);
    if (found == NULL)
        PyErr_Clear();
    return zero;
}

/* Return what the call is worth after an error: the method `_failed` decides. */
static PyObject *after_error(Front *self, Route *route, PyObject *const *arguments, Py_ssize_t count)
{
    if (!PyErr_ExceptionMatches(PyExc_Exception))
        return NULL;
    PyObject *kind, *error, *traceback, *found = NULL;
    PyErr_Fetch(&kind, &error, &traceback);
    PyErr_NormalizeException(&kind, &error, &traceback);
    if (traceback != NULL)
        PyException_SetTraceback(error, traceback);
    PyObject *given = PyTuple_New(count);
    for (Py_ssize_t k = 0; given != NULL && k < count; k++)
        PyTuple_SET_ITEM(given, k, Py_NewRef(arguments[k]));
    if (given != NULL)
        found = PyObject_CallMethodObjArgs((PyObject *)self, NAME_FAILED, route, error, given, NULL);
    Py_XDECREF(given);
    Py_XDECREF(kind);
    Py_XDECREF(error);
    Py_XDECREF(traceback);
    return found;
}

#define MOST 16

static PyObject *call_front(PyObject *object, PyObject *const *arguments, size_t flags, PyObject *names)
{
    Front *self = (Front *)object;
    Route *route = (Route *)self->route;
    Py_ssize_t count = PyVectorcall_NARGS(flags), inputs;
    PyObject *space[MOST + 1];
    if (route != NULL && names == NULL && count == route->count && count <= MOST &&
        is_zero(NAME_INTERVENTIONS) && is_zero(NAME_BATCHING) &&
        (inputs = inputs_of(route, arguments, space + 1)) >= 0) {
        Py_INCREF(route); /* another thread may replace it */
        if (is_unchanged(route)) {
            PyObject *found = PyObject_Vectorcall(
                route->run, space + 1, inputs | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
            route->runs++;
            if (found == NULL)
                found = after_error(self, route, arguments, count);
            Py_DECREF(route);
            return found;
        }
        Py_DECREF(route);
        PyErr_Clear();
    }
    PyObject *slow = PyObject_GetAttr(object, NAME_CALL);
    if (slow == NULL)
        return NULL;
    PyObject *found = PyObject_Vectorcall(slow, arguments, count, names);
    Py_DECREF(slow);
    return found;
}

static PyObject *new_front(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    Front *self = (Front *)type->tp_alloc(type, 0);
    if (self != NULL)
        self->vectorcall = call_front;
    return (PyObject *)self;
}

static int traverse_front(PyObject *object, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(object));
    Py_VISIT(((Front *)object)->route);
    return 0;
}

static int clear_front(PyObject *object)
{
    Py_CLEAR(((Front *)object)->route);
    return 0;
}

static void dealloc_front(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    Py_CLEAR(((Front *)object)->route);
    type->tp_free(object);
    Py_DECREF(type);
}

static PyObject *get_route(PyObject *object, void *closure)
{
    PyObject *route = ((Front *)object)->route;
    return Py_NewRef(route == NULL ? Py_None : route);
}

static int set_route(PyObject *object, PyObject *route, void *closure)
{
    if (route != NULL && route != Py_None && !Py_IS_TYPE(route, route_type)) {
        PyErr_SetString(PyExc_TypeError, "this takes a Route, or None");
        return -1;
    }
    PyObject *before = ((Front *)object)->route;
    ((Front *)object)->route = route == Py_None ? NULL : Py_XNewRef(route);
    Py_XDECREF(before);
    return 0;
}

static PyObject *watch(PyObject *type, PyObject *state)
{
    PyObject *before = mode;
    mode = Py_NewRef(state);
    Py_XDECREF(before);
    Py_RETURN_NONE;
}

static PyMethodDef front_methods[] = {
    {"watch", watch, METH_O | METH_STATIC,
     "watch(state, /)\n--\n\nRun programs only where `interventions` and `batching` are zero."},
    {NULL}};

static PyMemberDef front_members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(Front, vectorcall), READONLY, NULL}, {NULL}};

static PyGetSetDef front_properties[] = {
    {"_route", get_route, set_route, "What the next call may run.", NULL}, {NULL}};

static PyType_Slot front_slots[] = {{Py_tp_new, new_front},
                                    {Py_tp_dealloc, dealloc_front},
                                    {Py_tp_traverse, traverse_front},
                                    {Py_tp_clear, clear_front},
                                    {Py_tp_call, PyVectorcall_Call},
                                    {Py_tp_methods, front_methods},
                                    {Py_tp_members, front_members},
                                    {Py_tp_getset, front_properties},
                                    {Py_tp_doc, "The base of what `jit` returns."},
                                    {0, NULL}};

PyType_Spec front_spec = {"autograd.program.native.calls.Front", sizeof(Front), 0,
                          Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC |
                              Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_IMMUTABLETYPE,
                          front_slots};

int prepare_fronts(void)
{
    NAME_CALL = PyUnicode_InternFromString("_call");
    NAME_FAILED = PyUnicode_InternFromString("_failed");
    NAME_INTERVENTIONS = PyUnicode_InternFromString("interventions");
    NAME_BATCHING = PyUnicode_InternFromString("batching");
    mode = Py_NewRef(Py_None);
    return NAME_CALL && NAME_FAILED && NAME_INTERVENTIONS && NAME_BATCHING ? 0 : -1;
}
