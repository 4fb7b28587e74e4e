"""Compile the engine with mypyc, and what is written in C, if there is a C compiler.

Without one the engine runs as it is, and NumPy and Python do the work of tapes and of calls.

Everything else about the distribution stands in `pyproject.toml`. Set the environment variable
CHAINRULE_INTERPRETED=1 to leave the engine uncompiled.
"""

import os
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.command.editable_wheel import editable_wheel

sys.path.insert(0, str(Path(__file__).parent))  # a build runs this file from another folder

from building.documentation import Documentation
from building.generated_c import UnexpectedCError, improve

# mypyc takes the docstrings of classes that are no types of C, such as missing.py has.
NOT_COMPILED = {"__init__.py", "description.py", "missing.py", "mypyc.py"}
ENGINE = sorted(
    str(path) for path in Path("autograd/engine").glob("*.py") if path.name not in NOT_COMPILED
)

#: What is written in C: the interpreter of scalar programs, and what calls programs.
WRITTEN_IN_C = ("autograd.program.backends.tape.machine", "autograd.program.native.calls")

# The engine uses NumPy only through Python, so its types are not needed: the generated
# code is the same whether or not NumPy is installed in the build environment.
# No cache: `make lint`, which may run at the same time, uses one with other settings.
MYPY_CONFIGURATION = f"""\
[mypy]
cache_dir = {os.devnull}
[mypy-numpy.*]
follow_imports = skip
follow_imports_for_stubs = true
ignore_missing_imports = true
[mypy-autograd,autograd.rules.*]
follow_imports = skip
follow_imports_for_stubs = true
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
    sources = {source for extension in found for source in extension.sources}
    try:
        improve(sources, Documentation(ENGINE))
    except UnexpectedCError as error:
        sys.exit(
            f"chainrule: mypy {version('mypy')} writes C that building/generated_c.py cannot edit:"
            f" {error}. Build with the mypy that pyproject.toml requires (pip does it by default),"
            " or without compiling: CHAINRULE_INTERPRETED=1 pip install ..."
        )
    return [*found, *map(written_in_c, WRITTEN_IN_C)]


def written_in_c(name):
    """Describe an extension whose sources are the C files in the folder of its package."""
    folder = Path(*name.split(".")[:-1])
    return Extension(
        name,
        sorted(str(path) for path in folder.glob("*.c")),
        depends=sorted(str(path) for path in folder.glob("*.h")),
        # Products are rounded before they are added, as in Python.
        extra_compile_args=[] if os.name == "nt" else ["-std=c11", "-O3", "-ffp-contract=off"],
        libraries=[] if os.name == "nt" else ["m"],
    )


class BuildOrGoOn(build_ext):
    """Compile everything or nothing: a missing compiler is no error."""

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
