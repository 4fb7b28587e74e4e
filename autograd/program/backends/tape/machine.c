/* The Python type of tapes. */

#include "tape.h"
#include <stddef.h>
#include <structmember.h> /* Python 3.11 has no other names for what is in it */
#include <string.h>

PyTypeObject *tape_type;

static double *memory_of(Tape *self, Py_ssize_t lanes)
{
    double *v = PyMem_Malloc(((size_t)self->code.slots * lanes + 1) * sizeof(double));
    if (v == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    for (Py_ssize_t k = 0; k < self->constants; k++)
        for (Py_ssize_t l = 0; l < lanes; l++)
            v[k * lanes + l] = self->numbers[k];
    for (Py_ssize_t k = self->constants * lanes; k < self->code.slots * lanes; k++)
        v[k] = 0.0;
    return v;
}

int tape_number(PyObject *x, double *number)
{
    if (PyFloat_Check(x))
        *number = PyFloat_AS_DOUBLE(x);
    else if (PyBool_Check(x))
        *number = x == Py_True;
    else {
        PyErr_Format(PyExc_TypeError, "a tape takes floats, not %.100s", Py_TYPE(x)->tp_name);
        return -1;
    }
    return 0;
}

PyObject *tape_boxed(const Tape *self, Py_ssize_t k, double number)
{
    PyObject *box = PyTuple_GET_ITEM(self->boxes, k);
    if (box == (PyObject *)&PyBool_Type)
        return PyBool_FromLong(number != 0.0);
    PyObject *found = PyFloat_FromDouble(number);
    if (box == Py_None || found == NULL)
        return found;
    PyObject *result = PyObject_CallOneArg(box, found);
    Py_DECREF(found);
    return result;
}

static PyObject *results(Tape *self, double *v)
{
    if (self->output_count == 1)
        return tape_boxed(self, 0, v[self->code.outputs[0]]);
    PyObject *found = PyTuple_New(self->output_count);
    for (Py_ssize_t k = 0; found != NULL && k < self->output_count; k++) {
        PyObject *x = tape_boxed(self, k, v[self->code.outputs[k]]);
        if (x == NULL)
            Py_CLEAR(found);
        else
            PyTuple_SET_ITEM(found, k, x);
    }
    return found;
}

/* Raise an error if the garbage collector has taken what the tape refers to. */
static int is_cleared(Tape *self)
{
    if (self->failed != NULL)
        return 0;
    PyErr_SetString(PyExc_RuntimeError, "the tape has been cleared");
    return 1;
}

double *tape_begin(Tape *self)
{
    if (is_cleared(self))
        return NULL;
    double *v = self->spare; /* a call in the call, or in another thread, takes other memory */
    self->spare = NULL;
    return v == NULL ? memory_of(self, 1) : v;
}

int tape_run(Tape *self, double *v)
{
    Failure failure = {0, 0.0};
    int status = run_one(self, v, &failure);
    if (status <= 0)
        return status;
    PyObject *found = PyObject_CallFunction(self->failed, "id", (int)failure.number, failure.value);
    if (found != NULL) {
        Py_DECREF(found);
        PyErr_SetString(PyExc_RuntimeError, "a guard failed, and no error was raised");
    }
    return -1;
}

void tape_end(Tape *self, double *v)
{
    if (self->spare == NULL)
        self->spare = v;
    else
        PyMem_Free(v);
}

static PyObject *call(PyObject *object, PyObject *const *arguments, size_t flags, PyObject *names)
{
    Tape *self = (Tape *)object;
    Py_ssize_t count = PyVectorcall_NARGS(flags);
    if (is_cleared(self))
        return NULL;
    if (count != self->inputs || (names != NULL && PyTuple_GET_SIZE(names))) {
        PyErr_Format(PyExc_TypeError, "the tape takes %zd numbers", self->inputs);
        return NULL;
    }
    double *v = tape_begin(self);
    if (v == NULL)
        return NULL;
    PyObject *found = NULL;
    int status = 0;
    for (Py_ssize_t k = 0; k < count && status == 0; k++)
        status = tape_number(arguments[k], v + self->constants + k);
    if (status == 0 && tape_run(self, v) == 0)
        found = results(self, v);
    tape_end(self, v);
    return found;
}

/* -- many examples ------------------------------------------------------------------------------ */

typedef struct {
    Py_buffer *views;
    Py_ssize_t count;
} Views;

static void release(Views *views)
{
    for (Py_ssize_t k = 0; k < views->count; k++)
        if (views->views[k].obj != NULL)
            PyBuffer_Release(views->views + k);
    PyMem_Free(views->views);
}

static int view(PyObject *x, Py_buffer *found, char kind, Py_ssize_t count, int writes)
{
    if (PyObject_GetBuffer(x, found, PyBUF_FORMAT | PyBUF_C_CONTIGUOUS | (writes ? PyBUF_WRITABLE : 0)) < 0)
        return -1;
    Py_ssize_t size = kind == 'd' ? sizeof(double) : sizeof(int32_t);
    if (found->format == NULL || found->format[0] != kind || found->format[1] != 0 ||
        found->itemsize != size || found->len != count * size) {
        PyErr_Format(PyExc_TypeError, "the tape needs an array of %zd numbers of type '%c'", count, kind);
        return -1;
    }
    return 0;
}

/* Look into the arrays among the inputs, and store the numbers that all entries share. */
static int open_inputs(Tape *self, PyObject *list, Views *views, double *v, Py_ssize_t count)
{
    views->count = PyTuple_GET_SIZE(list);
    views->views = PyMem_Calloc(views->count + 1, sizeof(Py_buffer));
    if (views->views == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    if (views->count != self->inputs) {
        PyErr_Format(PyExc_TypeError, "the tape takes %zd inputs, not %zd", self->inputs, views->count);
        return -1;
    }
    for (Py_ssize_t k = 0; k < self->inputs; k++) {
        PyObject *x = PyTuple_GET_ITEM(list, k);
        if (PyFloat_Check(x) || PyBool_Check(x)) {
            double number = 0.0;
            if (tape_number(x, &number) < 0)
                return -1;
            for (Py_ssize_t l = 0; l < MANY; l++)
                v[(self->constants + k) * MANY + l] = number;
        } else if (view(x, views->views + k, 'd', count, 0) < 0)
            return -1;
    }
    return 0;
}

static int run_block(Tape *self, double *v, Views *in, double *results, int32_t *failed,
                     Py_ssize_t start, Py_ssize_t all)
{
    int32_t lanes[MANY];
    Py_ssize_t count = all - start < MANY ? all - start : MANY;
    for (Py_ssize_t k = 0; k < self->inputs; k++) {
        if (in->views[k].obj == NULL)
            continue;
        double *to = v + (self->constants + k) * MANY, *from = (double *)in->views[k].buf + start;
        for (Py_ssize_t l = 0; l < MANY; l++)
            to[l] = from[l < count ? l : count - 1]; /* lanes that are left repeat one */
    }
    for (Py_ssize_t l = 0; l < MANY; l++)
        lanes[l] = l >= count;
    if (run_many(self, v, lanes) < 0)
        return -1;
    for (Py_ssize_t k = 0; k < self->output_count; k++)
        memcpy(results + k * all + start, v + (size_t)self->code.outputs[k] * MANY,
               count * sizeof(double));
    memcpy(failed + start, lanes, count * sizeof(int32_t));
    return 0;
}

PyDoc_STRVAR(batch_doc, "batch($self, count, inputs, results, failed, /)\n--\n\n"
"Run the tape for many entries at once.\n\n"
"Parameters\n----------\n"
"count : int\n    The number of entries.\n"
"inputs : tuple\n    For each input an array of doubles, or one number for all entries.\n"
"results : array\n    Gets a row of doubles for each result.\n"
"failed : array of int32\n    Gets for each entry 0, or the number of the guard that failed, plus one.");

static PyObject *batch(PyObject *object, PyObject *arguments)
{
    Tape *self = (Tape *)object;
    Py_ssize_t count;
    PyObject *inputs, *results, *failures;
    if (is_cleared(self) || !PyArg_ParseTuple(arguments, "nO!OO:batch", &count, &PyTuple_Type,
                                              &inputs, &results, &failures))
        return NULL;
    if (count < 0 || count > PY_SSIZE_T_MAX / (Py_ssize_t)sizeof(double) / (self->output_count + 1)) {
        PyErr_SetString(PyExc_ValueError, "the number of entries is negative, or too large");
        return NULL;
    }
    Views in = {NULL, 0};
    Py_buffer out = {0}, failed = {0};
    double *v = memory_of(self, MANY);
    PyObject *result = NULL;
    if (v != NULL && open_inputs(self, inputs, &in, v, count) == 0 &&
        view(results, &out, 'd', count * self->output_count, 1) == 0 &&
        view(failures, &failed, 'i', count, 1) == 0) {
        Py_ssize_t start = 0;
        while (start < count && run_block(self, v, &in, out.buf, failed.buf, start, count) == 0)
            start += MANY;
        result = start < count ? NULL : Py_NewRef(Py_None);
    }
    PyMem_Free(v);
    release(&in);
    if (out.obj != NULL)
        PyBuffer_Release(&out);
    if (failed.obj != NULL)
        PyBuffer_Release(&failed);
    return result;
}

/* -- the type ----------------------------------------------------------------------------------- */

static int all_callable(PyObject *calls)
{
    for (Py_ssize_t k = 0; k < PyTuple_GET_SIZE(calls); k++)
        if (!PyCallable_Check(PyTuple_GET_ITEM(calls, k)))
            return 0;
    return 1;
}

static PyObject *new_tape(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    static char *names[] = {"records", "arguments", "constants", "inputs", "outputs",
                            "boxes",   "calls",     "failed",    "limit",  NULL};
    Py_buffer records = {0}, operands = {0}, numbers = {0}, outputs = {0};
    PyObject *boxes, *calls, *failed;
    Py_ssize_t inputs;
    double limit;
    Tape *self = NULL;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "y*y*y*ny*O!O!Od:Tape", names, &records,
                                     &operands, &numbers, &inputs, &outputs, &PyTuple_Type, &boxes,
                                     &PyTuple_Type, &calls, &failed, &limit))
        return NULL;
    Source source = {
        .records = records.buf,
        .arguments = operands.buf,
        .outputs = outputs.buf,
        .count = records.len / (Py_ssize_t)sizeof(Record),
        .argument_count = operands.len / (Py_ssize_t)sizeof(int32_t),
        .output_count = outputs.len / (Py_ssize_t)sizeof(int32_t),
        .constants = numbers.len / (Py_ssize_t)sizeof(double),
        .inputs = inputs,
        .calls = PyTuple_GET_SIZE(calls),
    };
    const Py_ssize_t most = INT32_MAX / 4;
    if (records.len % sizeof(Record) || operands.len % sizeof(int32_t) ||
        outputs.len % sizeof(int32_t) || numbers.len % sizeof(double) || inputs < 0 ||
        inputs > most || source.count > most || source.constants > most ||
        source.argument_count > most || source.output_count > most ||
        PyTuple_GET_SIZE(boxes) != source.output_count || !all_callable(calls) ||
        !PyCallable_Check(failed)) {
        PyErr_SetString(PyExc_ValueError, "the parts of a tape do not fit together");
    } else if ((self = (Tape *)type->tp_alloc(type, 0)) != NULL) {
        self->vectorcall = call;
        self->constants = source.constants;
        self->inputs = inputs;
        self->output_count = source.output_count;
        self->limit = limit;
        self->calls = Py_NewRef(calls);
        self->boxes = Py_NewRef(boxes);
        self->failed = Py_NewRef(failed);
        self->numbers = PyMem_Malloc(numbers.len + 1);
        if (self->numbers == NULL) {
            PyErr_NoMemory();
            Py_CLEAR(self);
        } else {
            memcpy(self->numbers, numbers.buf, numbers.len);
            if (assemble(&source, &self->code) < 0)
                Py_CLEAR(self);
        }
    }
    PyBuffer_Release(&records);
    PyBuffer_Release(&operands);
    PyBuffer_Release(&numbers);
    PyBuffer_Release(&outputs);
    return (PyObject *)self;
}

static int traverse(PyObject *object, visitproc visit, void *arg)
{
    Tape *self = (Tape *)object;
    Py_VISIT(Py_TYPE(object));
    Py_VISIT(self->calls);
    Py_VISIT(self->boxes);
    Py_VISIT(self->failed);
    return 0;
}

static int clear(PyObject *object)
{
    Tape *self = (Tape *)object;
    Py_CLEAR(self->calls);
    Py_CLEAR(self->boxes);
    Py_CLEAR(self->failed);
    return 0;
}

static void dealloc(PyObject *object)
{
    Tape *self = (Tape *)object;
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    clear(object);
    PyMem_Free(self->code.code);
    PyMem_Free(self->code.outputs);
    PyMem_Free(self->numbers);
    PyMem_Free(self->spare);
    type->tp_free(object);
    Py_DECREF(type);
}

static PyObject *code(PyObject *object, void *closure)
{
    Tape *self = (Tape *)object;
    PyObject *found = PyTuple_New(self->code.length);
    for (Py_ssize_t k = 0; found != NULL && k < self->code.length; k++) {
        PyObject *x = PyLong_FromLong(self->code.code[k]);
        if (x == NULL)
            Py_CLEAR(found);
        else
            PyTuple_SET_ITEM(found, k, x);
    }
    return found;
}

static PyMethodDef methods[] = {{"batch", batch, METH_VARARGS, batch_doc}, {NULL}};

static PyMemberDef members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(Tape, vectorcall), READONLY, NULL},
    {"operations", T_PYSSIZET, offsetof(Tape, code.operations), READONLY,
     "How many operations it carries out."},
    {"callbacks", T_PYSSIZET, offsetof(Tape, code.callbacks), READONLY,
     "How many of them are calls of Python."},
    {"slots", T_PYSSIZET, offsetof(Tape, code.slots), READONLY,
     "How many numbers it keeps at once."},
    {"inputs", T_PYSSIZET, offsetof(Tape, inputs), READONLY, "How many numbers it takes."},
    {"calls", T_OBJECT_EX, offsetof(Tape, calls), READONLY, "What it calls in Python."},
    {NULL}};

static PyGetSetDef properties[] = {{"code", code, NULL, "Its instructions, as numbers.", NULL}, {NULL}};

static PyType_Slot slots[] = {{Py_tp_new, new_tape},
                              {Py_tp_dealloc, dealloc},
                              {Py_tp_traverse, traverse},
                              {Py_tp_clear, clear},
                              {Py_tp_call, PyVectorcall_Call},
                              {Py_tp_methods, methods},
                              {Py_tp_members, members},
                              {Py_tp_getset, properties},
                              {Py_tp_doc, "Tape(records, arguments, constants, inputs, outputs, boxes, calls, failed, limit)\n--\n\nA scalar program as instructions for C."},
                              {0, NULL}};

static PyType_Spec spec = {"autograd.program.backends.tape.machine.Tape", sizeof(Tape), 0,
                           Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL |
                               Py_TPFLAGS_IMMUTABLETYPE,
                           slots};

static int execute(PyObject *module)
{
    int status = 0;
    tape_type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &spec, NULL); /* it is kept */
    PyObject *bound = PyType_FromModuleAndSpec(module, &bound_spec, NULL);
    if (tape_type == NULL || bound == NULL || PyModule_AddType(module, tape_type) < 0)
        status = -1;
    if (status == 0)
        status = PyModule_AddType(module, (PyTypeObject *)bound);
    Py_XDECREF(bound);
#define X(name, operands, calls)                                                                   \
    if (status == 0)                                                                               \
        status = PyModule_AddIntConstant(module, #name, OP_##name);
    OPERATIONS(X)
#undef X
    if (status == 0)
        status = PyModule_AddIntConstant(module, "KEEP", KEEP);
    return status;
}

static PyModuleDef_Slot module_slots[] = {{Py_mod_exec, execute}, {0, NULL}};

static struct PyModuleDef definition = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "machine",
    .m_doc = "Tapes: scalar programs that run in C.",
    .m_slots = module_slots,
};

PyMODINIT_FUNC PyInit_machine(void)
{
    return PyModuleDef_Init(&definition);
}
