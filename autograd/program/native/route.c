/* `Route`: a program, and when a call may run it: like which arguments, and what must be as it was. */

#include "native.h"
#include <string.h>

PyTypeObject *route_type;

static int layout_of(PyObject *numbers, intptr_t *to)
{
    for (Py_ssize_t k = 0; k < PyTuple_GET_SIZE(numbers); k++) {
        to[k] = PyLong_AsSsize_t(PyTuple_GET_ITEM(numbers, k));
        if (to[k] == -1 && PyErr_Occurred())
            return -1;
    }
    return 0;
}

static int does_not_fit(const char *text)
{
    if (!PyErr_Occurred())
        PyErr_SetString(PyExc_TypeError, text);
    return -1;
}

static int read_array(PyObject *described, Kind *kind)
{
    PyObject *lengths, *strides;
    kind->what = ARRAY;
    if (!PyArg_ParseTuple(described, "OOO!O!:Route", &kind->kind, &kind->dtype, &PyTuple_Type,
                          &lengths, &PyTuple_Type, &strides))
        return -1;
    kind->count = PyTuple_GET_SIZE(lengths);
    if (kind->count != PyTuple_GET_SIZE(strides) || !PyType_Check(kind->kind) ||
        ((PyTypeObject *)kind->kind)->tp_basicsize < (Py_ssize_t)sizeof(Array))
        return does_not_fit("the description of an array does not fit together");
    kind->layout = PyMem_Calloc(2 * kind->count + 1, sizeof(intptr_t));
    if (kind->layout == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    return layout_of(lengths, kind->layout) < 0 ||
                   layout_of(strides, kind->layout + kind->count) < 0
               ? -1
               : 0;
}

static int read_kinds(PyObject *described, Kind **kinds, Py_ssize_t *inputs);

static int read_container(PyObject *described, Kind *kind, Py_ssize_t *inputs)
{
    PyObject *items;
    kind->what = CONTAINER;
    if (!PyArg_ParseTuple(described, "OO!|O!:Route", &kind->kind, &PyTuple_Type, &items,
                          &PyTuple_Type, &kind->keys))
        return -1;
    kind->count = PyTuple_GET_SIZE(items);
    int is_dict = kind->kind == (PyObject *)&PyDict_Type;
    if ((!is_dict && kind->kind != (PyObject *)&PyTuple_Type &&
         kind->kind != (PyObject *)&PyList_Type) ||
        is_dict != (kind->keys != NULL) || (is_dict && PyTuple_GET_SIZE(kind->keys) != kind->count))
        return does_not_fit("the description of a container does not fit together");
    return read_kinds(items, &kind->items, inputs);
}

/* Read the descriptions of arguments: of a number its type, of an array a tuple of its type, dtype,
   lengths and strides, of what is fixed a tuple of the argument, and of a container a tuple of its
   type, the descriptions of its items and, for a dict, its keys. */
static int read_kinds(PyObject *described, Kind **kinds, Py_ssize_t *inputs)
{
    Py_ssize_t count = PyTuple_GET_SIZE(described);
    *kinds = PyMem_Calloc(count + 1, sizeof(Kind));
    if (*kinds == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t k = 0; k < count; k++) {
        PyObject *one = PyTuple_GET_ITEM(described, k);
        Kind *kind = *kinds + k;
        Py_ssize_t size = PyTuple_Check(one) ? PyTuple_GET_SIZE(one) : 0;
        int status = 0;
        if (size == 1) {
            kind->what = FIXED;
            kind->kind = PyTuple_GET_ITEM(one, 0);
        } else if (size == 2 || size == 3) {
            status = read_container(one, kind, inputs);
        } else if (size == 4) {
            status = read_array(one, kind);
            ++*inputs;
        } else if (PyType_Check(one)) {
            kind->kind = one;
            ++*inputs;
        } else {
            status = does_not_fit("an argument is described by a type or a tuple");
        }
        if (status < 0)
            return -1;
    }
    return 0;
}

static void free_kinds(Kind *kinds, Py_ssize_t count)
{
    for (Py_ssize_t k = 0; kinds != NULL && k < count; k++) {
        PyMem_Free(kinds[k].layout);
        free_kinds(kinds[k].items, kinds[k].count);
    }
    PyMem_Free(kinds);
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
    if (self->parts == NULL || read_kinds(kinds, &self->kinds, &self->inputs) < 0) {
        Py_DECREF(self);
        return NULL;
    }
    if (self->inputs > MOST) {
        Py_DECREF(self);
        PyErr_SetString(PyExc_ValueError, "a route has too many inputs");
        return NULL;
    }
    return (PyObject *)self;
}

static int is_like_array(const Kind *kind, PyObject *x)
{
    const Array *array = (const Array *)x;
    size_t size = kind->count * sizeof(intptr_t);
    if ((PyObject *)Py_TYPE(x) != kind->kind || array->dtype != kind->dtype ||
        array->axes != kind->count)
        return 0;
    return size == 0 || /* without axes NumPy has no lengths to point to */
           (memcmp(array->lengths, kind->layout, size) == 0 &&
            memcmp(array->strides, kind->layout + kind->count, size) == 0);
}

static int take_inputs(const Kind *kind, PyObject *x, PyObject ***inputs);

static int take_items(const Kind *kind, PyObject *x, PyObject ***inputs)
{
    if ((PyObject *)Py_TYPE(x) != kind->kind)
        return 0;
    if (kind->keys != NULL) {
        PyObject *key, *item;
        Py_ssize_t position = 0, k = 0;
        if (PyDict_GET_SIZE(x) != kind->count)
            return 0;
        for (; PyDict_Next(x, &position, &key, &item); k++)
            if (key != PyTuple_GET_ITEM(kind->keys, k) ||
                !take_inputs(kind->items + k, item, inputs))
                return 0;
        return 1;
    }
    if (Py_SIZE(x) != kind->count)
        return 0;
    PyObject **items =
        PyTuple_Check(x) ? ((PyTupleObject *)x)->ob_item : ((PyListObject *)x)->ob_item;
    for (Py_ssize_t k = 0; k < kind->count; k++)
        if (!take_inputs(kind->items + k, items[k], inputs))
            return 0;
    return 1;
}

/* Take the inputs from an argument; return whether it is like the one that was described. */
static int take_inputs(const Kind *kind, PyObject *x, PyObject ***inputs)
{
    switch (kind->what) {
    case FIXED:
        return x == kind->kind;
    case CONTAINER:
        return take_items(kind, x, inputs);
    case ARRAY:
        if (!is_like_array(kind, x))
            return 0;
        break;
    default:
        if ((PyObject *)Py_TYPE(x) != kind->kind)
            return 0;
    }
    *(*inputs)++ = x;
    return 1;
}

int take_all(const Route *route, PyObject *const *arguments, PyObject **inputs)
{
    for (Py_ssize_t k = 0; k < route->count; k++)
        if (!take_inputs(route->kinds + k, arguments[k], &inputs))
            return 0;
    return 1;
}

int is_unchanged(const Route *route)
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
            (size != 0 && memcmp(((PyListObject *)list)->ob_item, ((PyTupleObject *)items)->ob_item,
                                 size * sizeof(PyObject *)) != 0))
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
    free_kinds(self->kinds, self->count);
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
