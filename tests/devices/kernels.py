"""A stand-in for `cupy.ElementwiseKernel`: the same body, compiled for the processor.

The C of an elementwise body is also C for the processor, so what a kernel computes can be tested
without a GPU.
"""

import ctypes
import re
import shutil
import subprocess
import sysconfig
import tempfile
from pathlib import Path
from typing import ClassVar

import numpy as np
from devices.strict import DeviceArray

COMPILER = shutil.which("cc") or shutil.which((sysconfig.get_config_var("CC") or "cc").split()[0])

_TYPES = {
    "float64": "double",
    "float32": "float",
    "int64": "long long",
    "int32": "int",
    "bool": "unsigned char",
}


class ElementwiseKernel:
    """Computes each element of some results of those of some operands, which are broadcast."""

    made: ClassVar = []  # all that have been compiled

    def __init__(self, in_params, out_params, operation, name, *, preamble="", options=()):
        self.inputs, self.outputs = (
            [tuple(part.split()) for part in text.split(",")] for text in (in_params, out_params)
        )
        self.operation, self.preamble, self.options = operation, preamble, options
        self._run = None
        assert re.fullmatch(r"\w+", name)
        ElementwiseKernel.made.append(self)

    def _compiled(self):
        both = [(kind, name, f"{name}_of") for kind, name in (*self.inputs, *self.outputs)]
        pointers = ", ".join(f"{_TYPES[kind]} *{whole}" for kind, _, whole in both)
        load = [f"{_TYPES[kind]} {name} = {whole}[i];" for kind, name, whole in both]
        store = [f"{name}_of[i] = {name};" for _, name in self.outputs]
        lines = [*load, self.operation, *store]
        text = (
            f"#include <math.h>\n{self.preamble}\n"
            f"void run(long n, {pointers}) {{\nfor (long i = 0; i < n; i++) {{\n"
            + "\n".join(lines)
            + "\n}\n}\n"
        )
        folder = Path(tempfile.mkdtemp())
        (folder / "kernel.c").write_text(text)
        flags = ["-O1", "-ffp-contract=off", "-shared", "-fPIC"]
        library = folder / "kernel.so"
        subprocess.run(
            [COMPILER, *flags, "-o", library, folder / "kernel.c", "-lm"], check=True, timeout=60
        )
        return ctypes.CDLL(str(library)).run

    def __call__(self, *arguments):
        for (kind, name), x in zip(self.inputs, arguments, strict=True):
            if isinstance(x, np.ndarray):
                raise TypeError("Unsupported type <class 'numpy.ndarray'>")
            if isinstance(x, DeviceArray) and x.dtype != kind:
                raise TypeError(f"Type is mismatched. {name} {x.dtype} {kind}")
        given = [getattr(x, "_on_device", x) for x in arguments]
        shape = np.broadcast_shapes(*map(np.shape, given))
        kinds = [kind for kind, _ in self.inputs]
        whole = [
            np.ascontiguousarray(np.broadcast_to(np.asarray(x, kind), shape))
            for x, kind in zip(given, kinds, strict=True)
        ]
        found = [np.zeros(shape, kind) for kind, _ in self.outputs]
        self._run = self._run or self._compiled()
        pointers = [ctypes.c_void_p(x.ctypes.data) for x in (*whole, *found)]
        self._run(ctypes.c_long(int(np.prod(shape))), *pointers)
        results = tuple(map(DeviceArray, found))
        return results if len(results) > 1 else results[0]
