/* `Bound`: a tape that reads the numbers of nodes where they lie, and stores results in them. */

#include "tape.h"
#include <stddef.h>
#include <structmember.h>

typedef struct {
    double *to;
    int32_t output; /* which result is stored; below zero, a constant */
    double constant;
} Write;

typedef struct {
    PyObject_HEAD
    vectorcallfunc vectorcall;
    Tape *tape;
    PyObject *nodes;     /* a tuple: they live as long as this */
    PyObject *otherwise; /* called instead if one of `empty` is not None */
    double **reads;      /* for each input of the tape where it is; NULL if it is an argument */
    PyObject ***empty;
    Write *writes;
    int32_t *returned;
    Py_ssize_t read_count, empty_count, write_count, returned_count, arguments;
} Bound;

static PyObject *returned(Bound *self, const double *v)
{
    PyObject *found = PyTuple_New(self->returned_count);
    for (Py_ssize_t k = 0; found != NULL && k < self->returned_count; k++) {
        int32_t output = self->returned[k];
        PyObject *x = tape_boxed(self->tape, output, v[self->tape->code.outputs[output]]);
        if (x == NULL)
            Py_CLEAR(found);
        else
            PyTuple_SET_ITEM(found, k, x);
    }
    return found;
}

static PyObject *call(PyObject *object, PyObject *const *arguments, size_t flags, PyObject *names)
{
    Bound *self = (Bound *)object;
    Py_ssize_t count = PyVectorcall_NARGS(flags), used = 0;
    if (count != self->arguments || names != NULL) {
        PyErr_Format(PyExc_TypeError, "the tape takes %zd numbers", self->arguments);
        return NULL;
    }
    for (Py_ssize_t k = 0; k < self->empty_count; k++)
        if (*self->empty[k] != NULL && *self->empty[k] != Py_None)
            return PyObject_Vectorcall(self->otherwise, arguments, count, NULL);
    double *v = tape_begin(self->tape);
    if (v == NULL)
        return NULL;
    PyObject *found = NULL;
    int status = 0;
    for (Py_ssize_t k = 0; k < self->read_count && status == 0; k++) {
        double *to = v + self->tape->constants + k;
        if (self->reads[k] != NULL)
            *to = *self->reads[k];
        else
            status = tape_number(arguments[used++], to);
    }
    if (status == 0 && tape_run(self->tape, v) == 0 && (found = returned(self, v)) != NULL)
        for (Py_ssize_t k = 0; k < self->write_count; k++) {
            const Write *write = self->writes + k;
            *write->to =
                write->output < 0 ? write->constant : v[self->tape->code.outputs[write->output]];
        }
    tape_end(self->tape, v);
    return found;
}

static int refuse(void)
{
    PyErr_SetString(PyExc_ValueError, "a bound tape refers to something that is not there");
    return -1;
}

/* Return the address of a field of a node, or NULL with an error. */
static void *field(PyObject *nodes, int64_t node, int64_t offset)
{
    if (node >= 0 && node < PyTuple_GET_SIZE(nodes)) {
        PyObject *owner = PyTuple_GET_ITEM(nodes, node);
        int64_t size = Py_TYPE(owner)->tp_basicsize;
        if (offset >= (int64_t)sizeof(PyObject) && offset % 8 == 0 && offset <= size - 8)
            return (char *)owner + offset;
    }
    refuse();
    return NULL;
}

static int fill(Bound *self, const int64_t *reads, const int64_t *writes, const int64_t *empty,
                const int64_t *returned, const double *constants)
{
    for (Py_ssize_t k = 0; k < self->read_count; k++) {
        if (reads[2 * k] == -1)
            self->arguments++;
        else if ((self->reads[k] = field(self->nodes, reads[2 * k], reads[2 * k + 1])) == NULL)
            return -1;
    }
    for (Py_ssize_t k = 0; k < self->empty_count; k++)
        if ((self->empty[k] = field(self->nodes, empty[2 * k], empty[2 * k + 1])) == NULL)
            return -1;
    for (Py_ssize_t k = 0; k < self->write_count; k++) {
        Write *write = self->writes + k;
        int64_t output = writes[3 * k + 2];
        if ((write->to = field(self->nodes, writes[3 * k], writes[3 * k + 1])) == NULL)
            return -1;
        write->output = (int32_t)output;
        write->constant = constants[k];
        if (output < -1 || output >= self->tape->output_count)
            return refuse();
    }
    for (Py_ssize_t k = 0; k < self->returned_count; k++) {
        if (returned[k] < 0 || returned[k] >= self->tape->output_count)
            return refuse();
        self->returned[k] = (int32_t)returned[k];
    }
    return 0;
}

static PyObject *new_bound(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    static char *names[] = {"tape",     "nodes",     "reads",     "writes", "constants",
                            "returned", "empty",     "otherwise", NULL};
    Py_buffer reads = {0}, writes = {0}, constants = {0}, results = {0}, empty = {0};
    PyObject *tape, *nodes, *otherwise;
    Bound *self = NULL;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "O!O!y*y*y*y*y*O:Bound", names, tape_type,
                                     &tape, &PyTuple_Type, &nodes, &reads, &writes, &constants,
                                     &results, &empty, &otherwise))
        return NULL;
    const Py_ssize_t size = sizeof(int64_t);
    if (reads.len != 2 * size * ((Tape *)tape)->inputs || writes.len % (3 * size) ||
        constants.len * 3 != writes.len || results.len % size || empty.len % (2 * size)) {
        PyErr_SetString(PyExc_ValueError, "the parts of a bound tape do not fit together");
    } else if ((self = (Bound *)type->tp_alloc(type, 0)) != NULL) {
        self->vectorcall = call;
        self->tape = (Tape *)Py_NewRef(tape);
        self->nodes = Py_NewRef(nodes);
        self->otherwise = Py_NewRef(otherwise);
        self->read_count = reads.len / (2 * size);
        self->write_count = writes.len / (3 * size);
        self->empty_count = empty.len / (2 * size);
        self->returned_count = results.len / size;
        self->reads = PyMem_Calloc(self->read_count + 1, sizeof(double *));
        self->writes = PyMem_Calloc(self->write_count + 1, sizeof(Write));
        self->empty = PyMem_Calloc(self->empty_count + 1, sizeof(PyObject **));
        self->returned = PyMem_Calloc(self->returned_count + 1, sizeof(int32_t));
        if (!self->reads || !self->writes || !self->empty || !self->returned) {
            PyErr_NoMemory();
            Py_CLEAR(self);
        } else if (fill(self, reads.buf, writes.buf, empty.buf, results.buf, constants.buf) < 0)
            Py_CLEAR(self);
    }
    PyBuffer_Release(&reads);
    PyBuffer_Release(&writes);
    PyBuffer_Release(&constants);
    PyBuffer_Release(&results);
    PyBuffer_Release(&empty);
    return (PyObject *)self;
}

static int traverse(PyObject *object, visitproc visit, void *arg)
{
    Bound *self = (Bound *)object;
    Py_VISIT(Py_TYPE(object));
    Py_VISIT(self->tape);
    Py_VISIT(self->nodes);
    Py_VISIT(self->otherwise);
    return 0;
}

static void dealloc(PyObject *object)
{
    Bound *self = (Bound *)object;
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    Py_XDECREF(self->tape);
    Py_XDECREF(self->nodes);
    Py_XDECREF(self->otherwise);
    PyMem_Free(self->reads);
    PyMem_Free(self->writes);
    PyMem_Free(self->empty);
    PyMem_Free(self->returned);
    type->tp_free(object);
    Py_DECREF(type);
}

static PyMemberDef members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(Bound, vectorcall), READONLY, NULL}, {NULL}};

static PyType_Slot slots[] = {{Py_tp_new, new_bound},
                              {Py_tp_dealloc, dealloc},
                              {Py_tp_traverse, traverse},
                              {Py_tp_call, PyVectorcall_Call},
                              {Py_tp_members, members},
                              {Py_tp_doc, "Bound(tape, nodes, reads, writes, constants, returned, empty, otherwise)\n--\n\nA tape that reads and changes the numbers of nodes."},
                              {0, NULL}};

PyType_Spec bound_spec = {"autograd.program.backends.tape.machine.Bound", sizeof(Bound), 0,
                          Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL |
                              Py_TPFLAGS_IMMUTABLETYPE,
                          slots};
