/* The module: its types. */

#include "native.h"

PyTypeObject *function_type;

static PyTypeObject *added(PyObject *module, PyType_Spec *spec)
{
    PyObject *type = PyType_FromModuleAndSpec(module, spec, NULL);
    if (type != NULL && PyModule_AddType(module, (PyTypeObject *)type) < 0)
        Py_CLEAR(type);
    return (PyTypeObject *)type;
}

static int execute(PyObject *module)
{
    route_type = added(module, &route_spec);
    function_type = added(module, &function_spec);
    PyTypeObject *others[] = {added(module, &front_spec), added(module, &numbers_spec)};
    int is_complete = route_type && function_type && others[0] && others[1];
    Py_XDECREF(others[0]);
    Py_XDECREF(others[1]);
    return is_complete ? prepare_fronts() : -1;
}

static PyModuleDef_Slot module_slots[] = {{Py_mod_exec, execute}, {0, NULL}};

static struct PyModuleDef definition = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "calls",
    .m_doc = "Calls of programs without Python code in between.",
    .m_slots = module_slots,
};

PyMODINIT_FUNC PyInit_calls(void)
{
    return PyModuleDef_Init(&definition);
}
