/* `Front`: the base of what `jit` returns. Most calls are like the call before: arguments of the same
   types and shapes, with everything the program takes for fixed as it was. They run the program at
   once. All others are left to the method `_call`, which is Python code. */

#include "native.h"

typedef struct {
    PyObject_HEAD
    vectorcallfunc vectorcall;
    PyObject *route; /* NULL if there is none */
} Front;

static PyObject *NAME_CALL, *NAME_FAILED, *NAME_INTERVENTIONS, *NAME_BATCHING;

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

static PyObject *call_front(PyObject *object, PyObject *const *arguments, size_t flags, PyObject *names)
{
    Front *self = (Front *)object;
    Route *route = (Route *)self->route;
    Py_ssize_t count = PyVectorcall_NARGS(flags);
    PyObject *space[MOST + 1], **inputs = space + 1;
    if (route != NULL && names == NULL && count == route->count && is_zero(NAME_INTERVENTIONS) &&
        is_zero(NAME_BATCHING)) {
        Py_INCREF(route); /* another thread may replace it */
        if (is_unchanged(route) && take_all(route, arguments, inputs)) {
            for (Py_ssize_t k = 0; k < route->inputs; k++)
                Py_INCREF(inputs[k]); /* a list may lose them while the program runs */
            PyObject *found = PyObject_Vectorcall(
                route->run, inputs, route->inputs | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
            for (Py_ssize_t k = 0; k < route->inputs; k++)
                Py_DECREF(inputs[k]);
            route->runs++;
            if (found == NULL)
                found = after_error(self, route, arguments, count);
            Py_DECREF(route);
            return found;
        }
        Py_DECREF(route);
        if (PyErr_Occurred() && !PyErr_ExceptionMatches(PyExc_Exception))
            return NULL; /* the user has interrupted the comparison */
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
