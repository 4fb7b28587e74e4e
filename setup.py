"""Compile the engine with mypyc where a C compiler is there; without one it runs as it is.

Everything else about the distribution stands in `pyproject.toml`. Set the environment variable
CHAINRULE_INTERPRETED=1 to leave the engine uncompiled.
"""

import os
import re
import tempfile
from pathlib import Path

from setuptools import setup
from setuptools.command.build_ext import build_ext
from setuptools.command.editable_wheel import editable_wheel

NOT_COMPILED = {"__init__.py", "mypyc.py"}
ENGINE = sorted(
    str(path) for path in Path("autograd/engine").glob("*.py") if path.name not in NOT_COMPILED
)

# NumPy is used through its Python interface only, so its types need not be known: the same
# code results whether or not it is installed where the engine is compiled.
MYPY_CONFIGURATION = """\
[mypy]
[mypy-numpy.*]
follow_imports = skip
follow_imports_for_stubs = true
ignore_missing_imports = true
[mypy-autograd,autograd.rules.*]
follow_imports = skip
"""


def extensions():
    """Translate the engine to C."""
    if os.environ.get("CHAINRULE_INTERPRETED", "0") not in ("", "0"):
        return []
    try:
        from mypyc.build import mypycify
    except ImportError:
        return []
    with tempfile.TemporaryDirectory() as folder:
        configuration = Path(folder, "mypy.ini")
        configuration.write_text(MYPY_CONFIGURATION)
        found = mypycify(
            ["--config-file", str(configuration), *ENGINE],
            opt_level="3",
            group_name="chainrule",
        )
    for source in {source for extension in found for source in extension.sources}:
        untrack_values(Path(source))
    return found


def untrack_values(source):
    """Make Values out of the garbage collector's sight: see `autograd/engine/collector.py`.

    mypyc has no way to say so, hence the C that it writes is changed where it allocates a Value.
    Where it has come to write something else, nothing is changed: large graphs are then slower.
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
    text, count = allocation.subn(untracked, source.read_text())
    if count:
        source.write_text(text)


class BuildOrGoOn(build_ext):
    """Compile all of the engine or none of it: a missing compiler is no error."""

    def run(self):
        try:
            super().run()
        except Exception as error:
            print(f"chainrule: the engine was not compiled ({error}); it will run interpreted.")
            for extension in self.extensions:
                Path(self.get_ext_fullpath(extension.name)).unlink(missing_ok=True)
            self.extensions = []


class InterpretedEditable(editable_wheel):
    """An editable install runs the sources: no compiled file may shadow them."""

    def run(self):
        self.distribution.ext_modules = []
        super().run()


setup(
    ext_modules=extensions(),
    cmdclass={"build_ext": BuildOrGoOn, "editable_wheel": InterpretedEditable},
)
