#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <zlib.h>

static PyObject *check(PyObject *self, PyObject *args)
{
    const char *text;
    Py_ssize_t size;

    (void)self;
    if (!PyArg_ParseTuple(args, "y#", &text, &size))
        return NULL;
    return PyLong_FromUnsignedLong(
        crc32(0, (const unsigned char *)text, (unsigned)size));
}

static PyMethodDef methods[] = {
    {"check", check, METH_VARARGS, "The CRC of some bytes."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "tally", NULL, -1, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit_tally(void)
{
    return PyModule_Create(&module);
}
