"""Changes to the C that mypyc writes for the engine.

mypyc has no setting for any of these, so its output is edited. Each change searches for the text
it replaces. `pyproject.toml` pins the version of mypy whose output is known; with another version a
change may find nothing to replace, and then the build stops.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path

from building.documentation import Documentation


class UnexpectedCError(Exception):
    """The generated C does not contain the text that a change replaces."""


def improve(sources: Iterable[str], documentation: Documentation) -> None:
    """Make every change to the generated C files, in place.

    Parameters
    ----------
    sources : iterable of path
        The C files that mypyc wrote, of one build.
    documentation : Documentation
        Signatures and docstrings of the compiled modules.

    Raises
    ------
    UnexpectedCError
        If a change applies to none of the files. Nothing is written then.
    """
    texts = {Path(source): Path(source).read_text("utf-8") for source in sources}

    def add_documentation(text: str) -> str:
        return document(text, documentation)

    for change in (*CHANGES, add_documentation):
        changed = {path: change(text) for path, text in texts.items()}
        if changed == texts and change not in OPTIONAL:
            raise UnexpectedCError(f"`{change.__name__}` found nothing to replace")
        texts = changed
    for path, text in texts.items():
        path.write_text(text, "utf-8")


def untrack_values(text: str) -> str:
    """Allocate Values untracked by the garbage collector: see `autograd/engine/gc_tracking.py`.

    Without this, large graphs are slower and nothing else changes.
    """
    allocation = re.compile(
        r"(value_____mypyc__Value_setup\(PyObject \*\w+\)\s*\{\s*PyTypeObject \*type = [^;]*;"
        r"\s*(\w+) \*self;\s*self = )\([^;]*tp_alloc\(type, 0\);",
    )
    untracked = (
        r"\1PyObject_GC_New(\2, type);\n"
        r"    if (self != NULL)\n"
        r"        memset((char *)self + sizeof(PyObject), 0, sizeof(\2) - sizeof(PyObject));"
    )
    return allocation.sub(untracked, text)


def inline_fields(text: str) -> str:
    """Set the fields of a Value in its constructor instead of calling the base constructor."""
    return re.sub(
        r"^char CPyDef_fields___NumberNode_____init__\([^;{]*\)\s*\{",
        r"#ifdef __GNUC__\n__attribute__((always_inline)) inline\n#endif\n\g<0>",
        text,
        flags=re.MULTILINE,
    )


def try_usual_types_first(text: str) -> str:
    """Test for Tensor and Value first where the code tests for one of their base classes.

    Python's test of a subclass is a function that walks a tuple; almost every node is one of these.
    """
    usual = {
        "fields___ArrayNode": ("tensor___Tensor",),
        "node___Node": ("tensor___Tensor", "value___Value"),
    }
    for base, classes in usual.items():
        exact = " || ".join(rf"Py_TYPE(\1) == CPyType_{name}" for name in classes)
        text = re.sub(rf"PyObject_TypeCheck\((\w+), CPyType_{base}\)", rf"({exact} || \g<0>)", text)
    return text


GETSET = re.compile(
    r'\{"(?P<name>\w+)",\s*\(getter\)(?P<getter>\w+),\s*(?P<setter>\(setter\)\w+|NULL),'
    r"\s*(?P<doc>NULL), NULL\},"
)


def refuse_deletions(text: str) -> str:
    """Raise AttributeError for ``del x.property``: Python calls the setter with NULL for it.

    mypyc checks that for attributes and forgets it for properties, whose setters then read NULL.
    """
    names = {match["setter"][8:]: match["name"] for match in GETSET.finditer(text)}

    def guarded(match: re.Match[str]) -> str:
        name = names.get(match[1], match[1])
        return (
            f"{match[0]}    if (value == NULL) {{\n"
            "        PyErr_Format(PyExc_AttributeError,\n"
            f"            \"property '{name}' of '%.100s' object has no deleter\",\n"
            "            Py_TYPE((PyObject *)self)->tp_name);\n"
            "        return -1;\n"
            "    }\n"
        )

    return re.sub(
        r"\b(\w+_set_\w+)\(\w+ \*self, PyObject \*value, void \*closure\)\n\s*\{\n"
        r"(?!\s*if \(value == NULL\))",
        guarded,
        text,
    )


def hide_private_setters(text: str) -> str:
    """Make private attributes, on which the engine relies, read-only from outside."""

    def read_only(match: re.Match[str]) -> str:
        if not match["name"].startswith("_") or match["name"].startswith("__"):
            return match[0]
        return match[0].replace(match["setter"], "NULL")

    return GETSET.sub(read_only, text)


def protect_weak_references(text: str) -> str:
    """Make ``__dict__`` and ``__weakref__`` of functions read-only: they would accept anything."""
    member = r'(\{"__(?:dict|weakref)__", T_OBJECT_EX, [^{}]*, )0, NULL\}'
    return re.sub(member, r"\1READONLY, NULL}", text)


def hide_setup(text: str) -> str:
    """Remove a method that can create an uninitialised object.

    mypyc looks it up by name in classes with a ``__new__``; the engine has none.
    """
    if "CPy_SetupObject(" in text:
        return text
    return re.sub(r'\{"__internal_mypyc_setup",[^}]*\},\n\s*', "", text)


def check_new(text: str) -> str:
    """Make ``__new__`` of a class refuse subclasses with other methods, as Python's types do.

    Python's check does not know that two native classes of one size differ in their methods, so
    ``class S(A, B)``, made of Python subclasses of both, would get the methods of the first.
    """
    check = """\
static int chainrule_refuses(PyTypeObject *type, PyTypeObject *native)
{
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(type->tp_mro); i++) {
        PyTypeObject *base = (PyTypeObject *)PyTuple_GET_ITEM(type->tp_mro, i);
        if (base != native && base->tp_methods != NULL && PyType_IsSubtype(base, native)) {
            PyErr_Format(PyExc_TypeError,
                "%.100s.__new__(%.100s) is not safe, use %.100s.__new__()",
                native->tp_name, type->tp_name, base->tp_name);
            return 1;
        }
    }
    return 0;
}
"""
    checked = (
        r"\g<0>"
        "    if (chainrule_refuses(type, CPyType_\\1))\n"
        "        return NULL;\n"
    )
    text, count = re.subn(
        r"\b(\w+)_new\(PyTypeObject \*type, PyObject \*args, PyObject \*kwds\)\n\s*\{\n"
        r"(?!\s*if \(type != )",
        checked,
        text,
    )
    return (
        re.sub(r"\nstatic ", lambda match: f"\n{check}{match[0]}", text, count=1) if count else text
    )


def limit_calls(text: str) -> str:
    """Count calls of native objects against Python's recursion limit.

    A primitive whose function is a primitive again never passes through Python's interpreter, so
    that an endless recursion would exhaust the C stack. In Python 3.12 and 3.13 the limit is one
    of 10,000 small C frames; a call through NumPy's dispatcher and back takes as much as several.
    """

    def limited(match: re.Match[str]) -> str:
        name, parameters = match[1], match[2]
        names = ", ".join(part.split()[-1].lstrip("*") for part in parameters.split(","))
        return (
            f"static PyObject *{name}_unlimited({parameters});\n"
            f"PyObject *{name}({parameters}) {{\n"
            "    PyObject *result = NULL;\n"
            "    int weight = PY_VERSION_HEX >= 0x030C0000 ? 8 : 1, entered = 0;\n"
            "    while (entered < weight\n"
            '           && !Py_EnterRecursiveCall(" while calling a Python object"))\n'
            "        entered++;\n"
            "    if (entered == weight)\n"
            f"        result = {name}_unlimited({names});\n"
            "    while (entered-- > 0)\n"
            "        Py_LeaveRecursiveCall();\n"
            "    return result;\n"
            "}\n"
            f"static PyObject *{name}_unlimited({parameters}) {{"
        )

    return re.sub(
        r"(?m)^\s*PyObject \*(CPyPy_\w+___(?:call|array_function|array_ufunc)__)\(([^()]*)\) \{",
        limited,
        text,
    )


CHANGES = (
    untrack_values,
    inline_fields,
    try_usual_types_first,
    refuse_deletions,
    hide_private_setters,
    protect_weak_references,
    hide_setup,
    check_new,
    limit_calls,
)

#: Changes that may find nothing: from Python 3.12 on, mypyc leaves those references to Python.
OPTIONAL = (protect_weak_references,) if sys.version_info >= (3, 12) else ()


def document(text: str, documentation: Documentation) -> str:
    """Restore signatures and docstrings of modules, classes, methods and properties."""

    def module(match: re.Match[str]) -> str:
        doc = documentation.module(match[2])
        return f"{match[1]}{literal(doc)}," if doc else match[0]

    def table(match: re.Match[str]) -> str:
        path = match["path"].partition("___")
        entry = _documented_property if match["kind"] == "PyGetSetDef" else _documented_method
        return entry(match[0], documentation, path[0], path[2])

    def type_doc(match: re.Match[str]) -> str:
        doc = documentation.type(match[2], match[3])
        return f"{match[1]}.tp_doc = {literal(doc)}," if doc else match[0]

    text = re.sub(r'(PyModuleDef_HEAD_INIT,\s*"([\w.]+)",\s*)NULL, /\* docstring \*/', module, text)
    text = re.sub(
        r"static (?P<kind>PyGetSetDef|PyMethodDef) "
        r"(?P<path>\w+?)(?:_getseters|_methods|module_methods)\[\] = \{.*?\n\s*\};",
        table,
        text,
        flags=re.DOTALL,
    )
    return re.sub(
        r"(static PyTypeObject CPyType_(\w+?)___(\w+)_template_ = \{[^}]*?)"
        r'\.tp_doc = PyDoc_STR\("[^\n]*"\),',
        type_doc,
        text,
    )


def _documented_method(table: str, documentation: Documentation, module: str, owner: str) -> str:
    def entry(match: re.Match[str]) -> str:
        doc = documentation.function(module, owner, match["name"])
        return f"{match['before']}{literal(doc)}{match['after']}" if doc else match[0]

    return re.sub(
        r'(?P<before>\{"(?P<name>\w+)",\s*\(PyCFunction\)\w+,\s*METH_FASTCALL[\w| ]*,\s*)'
        r'(?:NULL|PyDoc_STR\((?:NULL|"[^\n]*?")\))(?P<after>\s*(?:/\* docstring \*/)?\},?\n)',
        entry,
        table,
    )


def _documented_property(table: str, documentation: Documentation, module: str, owner: str) -> str:
    def entry(match: re.Match[str]) -> str:
        doc = documentation.property(module, owner, match["name"])
        return f"{match[0][: -len('NULL, NULL},')]}{literal(doc)}, NULL}}," if doc else match[0]

    return GETSET.sub(entry, table)


def literal(text: str) -> str:
    """Format a text as a C string, one line per line."""

    def written(byte: int) -> str:
        plain = 32 <= byte < 127 and byte not in b'"\\?'
        return chr(byte) if plain else f"\\{byte:03o}"

    lines = text.splitlines(keepends=True)
    strings = "\n    ".join(f'"{"".join(map(written, line.encode()))}"' for line in lines)
    return f"PyDoc_STR({strings})"
