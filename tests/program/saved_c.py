"""Compile programs that were saved as C, and call them."""

import ctypes
import os
import re
import shlex
import shutil
import subprocess

import numpy as np

KINDS = {
    "double": np.float64,
    "float": np.float32,
    "int64_t": np.int64,
    "int32_t": np.int32,
    "unsigned char": np.bool_,
}
NUMBERS = {"double": ctypes.c_double, "float": ctypes.c_float}
#: What `make sanitize` adds.
SANITIZERS = tuple(os.environ.get("CHAINRULE_SANITIZE", "").split())
#: The compilers of this machine; only that of the sanitizers with these.
COMPILERS = [name for name in ("gcc", "clang") if shutil.which(name)]
if SANITIZERS:
    COMPILERS = [os.environ["CC"]]
STRICT = ("-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic")


class Compiled:
    """A function of C, called with arrays; it returns its code and its results."""

    def __init__(self, path, compiler="", flags=(), library=None):
        header = path.with_suffix(".h").read_text()
        if library is None:
            library = path.with_suffix(".so")
            self.compile(path, compiler, flags, library)
        (self.name, parameters) = re.search(r"^int (\w+)\((.*)\);", header, re.M).groups()
        self.parameters = [p.rsplit(" ", 1) for p in parameters.split(", ") if p != "void"]
        found = re.search(r"_WORKSPACE (\d+)", header)
        self.size = int(found.group(1)) if found else 0
        self.shapes = {
            name: tuple(map(int, shape.split(","))) if shape else ()
            for name, shape in re.findall(
                r"^   (\w+): \w+(?:\[([\d, ]+)\])?, returned", header, re.M
            )
        }
        self.function = ctypes.CDLL(str(library))[self.name]

    @staticmethod
    def compile(path, compiler, flags, library):
        subprocess.run(
            [
                *shlex.split(compiler or COMPILERS[0]),
                *STRICT,
                *SANITIZERS,
                "-O1",
                "-shared",
                "-fPIC",
                *flags,
                "-o",
                library,
                path,
                "-lm",
            ],
            check=True,
        )

    def __call__(self, *arguments):
        given, results, kept, waiting = [], [], [], list(arguments)
        for kind, name in self.parameters:
            if name == "*workspace":
                kept.append(np.empty(self.size // 8 + 1))
            elif kind.startswith("const"):
                kept.append(np.array(waiting.pop(0), KINDS[kind.removeprefix("const ")], order="C"))
            elif name.startswith("*"):
                kept.append(np.full(self.shapes[name[1:]], 77, KINDS[kind]))
                results.append(kept[-1])
            else:
                given.append(NUMBERS[kind](waiting.pop(0)))
                continue
            given.append(ctypes.c_void_p(kept[-1].ctypes.data))
        return self.function(*given), results
