/* Functions of compiled libraries as objects that Python calls. */

#include "native.h"

typedef int (*Compiled)(void *);

/* -- functions of a tuple ----------------------------------------------------------------------- */

typedef struct {
    PyObject_HEAD
    vectorcallfunc vectorcall;
    Compiled function;
    PyObject *library; /* which must stay loaded */
} Function;

static PyObject *call_function(PyObject *object, PyObject *const *arguments, size_t flags, PyObject *names)
{
    if (PyVectorcall_NARGS(flags) != 1 || names != NULL || !PyTuple_CheckExact(arguments[0])) {
        PyErr_SetString(PyExc_TypeError, "a compiled function takes one tuple");
        return NULL;
    }
    return PyLong_FromLong(((Function *)object)->function(arguments[0]));
}

static PyObject *new_function(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    static char *names[] = {"address", "library", NULL};
    Py_ssize_t address;
    PyObject *library;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "nO:Function", names, &address, &library))
        return NULL;
    Function *self = (Function *)type->tp_alloc(type, 0);
    if (self != NULL) {
        self->vectorcall = call_function;
        self->function = (Compiled)(uintptr_t)address;
        self->library = Py_NewRef(library);
    }
    return (PyObject *)self;
}

static int traverse_function(PyObject *object, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(object));
    Py_VISIT(((Function *)object)->library);
    return 0;
}

static void dealloc_function(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    Py_XDECREF(((Function *)object)->library);
    type->tp_free(object);
    Py_DECREF(type);
}

static PyMemberDef function_members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(Function, vectorcall), READONLY, NULL}, {NULL}};

static PyType_Slot function_slots[] = {
    {Py_tp_new, new_function},
    {Py_tp_dealloc, dealloc_function},
    {Py_tp_traverse, traverse_function},
    {Py_tp_call, PyVectorcall_Call},
    {Py_tp_members, function_members},
    {Py_tp_doc, "Function(address, library)\n--\n\nA compiled function of a tuple, which returns an integer."},
    {0, NULL}};

PyType_Spec function_spec = {"autograd.program.native.calls.Function", sizeof(Function), 0,
                             Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL |
                                 Py_TPFLAGS_IMMUTABLETYPE,
                             function_slots};

/* -- functions of floats ------------------------------------------------------------------------ */

typedef struct {
    PyObject_HEAD
    vectorcallfunc vectorcall;
    Compiled function;
    PyObject *function_object; /* the Function, whose library must stay loaded */
    PyObject *given; /* a tuple: as many objects as there are inputs, and what comes after them */
    PyObject *again; /* called if the function does not return 0 */
    Py_buffer results;
    Py_ssize_t inputs;
    void **memory; /* a copy of that tuple, as the function reads it */
} Numbers;

/* Where a tuple holds its items. */
#define ITEMS(memory) ((memory) + offsetof(PyTupleObject, ob_item) / sizeof(void *))

static PyObject *found_in(const Numbers *self)
{
    Py_ssize_t count = self->results.len / (Py_ssize_t)sizeof(double);
    PyObject *found = PyTuple_New(count);
    for (Py_ssize_t k = 0; found != NULL && k < count; k++) {
        PyObject *x = PyFloat_FromDouble(((double *)self->results.buf)[k]);
        if (x == NULL)
            Py_CLEAR(found);
        else
            PyTuple_SET_ITEM(found, k, x);
    }
    return found;
}

static PyObject *call_numbers(PyObject *object, PyObject *const *arguments, size_t flags, PyObject *names)
{
    Numbers *self = (Numbers *)object;
    if (PyVectorcall_NARGS(flags) != self->inputs || names != NULL) {
        PyErr_Format(PyExc_TypeError, "a compiled function takes %zd numbers", self->inputs);
        return NULL;
    }
    /* No Python code runs before the results are read, so no other call uses this memory. */
    for (Py_ssize_t k = 0; k < self->inputs; k++)
        ITEMS(self->memory)[k] = arguments[k];
    int code = self->function(self->memory);
    PyObject *found = found_in(self);
    if (code == 0 || found == NULL)
        return found;
    PyObject *inputs = PyTuple_New(self->inputs), *other = NULL;
    for (Py_ssize_t k = 0; inputs != NULL && k < self->inputs; k++)
        PyTuple_SET_ITEM(inputs, k, Py_NewRef(arguments[k]));
    if (inputs != NULL)
        other = PyObject_CallFunction(self->again, "iOO()", code, found, inputs);
    Py_XDECREF(inputs);
    Py_DECREF(found);
    return other;
}

static PyObject *new_numbers(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    static char *names[] = {"function", "inputs", "results", "after", "again", NULL};
    PyObject *function, *results, *after, *again;
    Py_ssize_t inputs;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "OnOO!O:Numbers", names, &function, &inputs,
                                     &results, &PyTuple_Type, &after, &again))
        return NULL;
    if (!Py_IS_TYPE(function, function_type) || inputs < 0 || inputs > INT32_MAX) {
        PyErr_SetString(PyExc_TypeError, "this takes a Function and the number of its inputs");
        return NULL;
    }
    Numbers *self = (Numbers *)type->tp_alloc(type, 0);
    if (self == NULL)
        return NULL;
    self->vectorcall = call_numbers;
    self->function = ((Function *)function)->function;
    self->function_object = Py_NewRef(function);
    self->again = Py_NewRef(again);
    self->inputs = inputs;
    Py_ssize_t count = PyTuple_GET_SIZE(after);
    self->given = Py_NewRef(after);
    self->memory = PyMem_Calloc(inputs + count + 8, sizeof(void *));
    if (self->memory == NULL) {
        PyErr_NoMemory();
        Py_CLEAR(self);
    } else if (PyObject_GetBuffer(results, &self->results, PyBUF_C_CONTIGUOUS | PyBUF_FORMAT) < 0) {
        Py_CLEAR(self);
    } else if (self->results.format == NULL || self->results.format[0] != 'd' ||
               self->results.format[1] != 0) {
        PyErr_SetString(PyExc_TypeError, "the results are an array of doubles");
        Py_CLEAR(self);
    }
    for (Py_ssize_t k = 0; self != NULL && k < count; k++)
        ITEMS(self->memory)[inputs + k] = PyTuple_GET_ITEM(after, k);
    return (PyObject *)self;
}

static int traverse_numbers(PyObject *object, visitproc visit, void *arg)
{
    Numbers *self = (Numbers *)object;
    Py_VISIT(Py_TYPE(object));
    Py_VISIT(self->function_object);
    Py_VISIT(self->given);
    Py_VISIT(self->again);
    return 0;
}

static void dealloc_numbers(PyObject *object)
{
    Numbers *self = (Numbers *)object;
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    if (self->results.obj != NULL)
        PyBuffer_Release(&self->results);
    PyMem_Free(self->memory);
    Py_XDECREF(self->function_object);
    Py_XDECREF(self->given);
    Py_XDECREF(self->again);
    type->tp_free(object);
    Py_DECREF(type);
}

static PyMemberDef numbers_members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(Numbers, vectorcall), READONLY, NULL}, {NULL}};

static PyType_Slot numbers_slots[] = {
    {Py_tp_new, new_numbers},
    {Py_tp_dealloc, dealloc_numbers},
    {Py_tp_traverse, traverse_numbers},
    {Py_tp_call, PyVectorcall_Call},
    {Py_tp_members, numbers_members},
    {Py_tp_doc, "Numbers(function, inputs, results, after, again)\n--\n\n"
                "A compiled function of floats, which returns a tuple of floats."},
    {0, NULL}};

PyType_Spec numbers_spec = {"autograd.program.native.calls.Numbers", sizeof(Numbers), 0,
                            Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL |
                                Py_TPFLAGS_IMMUTABLETYPE,
                            numbers_slots};
