"""What a saved function requires of its arguments, as statements."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.program.instructions import Variable
from autograd.program.source.module import Module
from autograd.program.source.signature import FIXED, steps

#: Functions of saved modules, by name.
HELPERS = {
    "_require_array": '''\
def _require_array(x, name, dtype, shape):
    """Raise an error if an argument is not an array of this type and shape."""
    if type(x) is not np.ndarray or x.dtype != dtype or x.shape != shape:
        found = f"{x.dtype} {x.shape}" if isinstance(x, np.ndarray) else type(x).__name__
        raise ValueError(f"{name} must be an array {dtype} {shape}, not {found}")''',
    "_require_type": '''\
def _require_type(x, name, kind):
    """Raise an error if an argument is not of this type."""
    if type(x) is not kind:
        raise ValueError(f"{name} must be of type {kind.__name__}, not {type(x).__name__}")''',
    "_require_equal": '''\
def _require_equal(found, name, expected):
    """Raise an error if a part of an argument that the program depends on is another one."""
    if type(found) is not type(expected) or found != expected:
        raise ValueError(f"{name} must be {expected!r}, as recorded, not {found!r}")''',
    "_array": '''\
def _array(dtype, shape, strides, offset, text):
    """Return the array whose bytes a text encodes."""
    return np.ndarray(shape, dtype, base64.b64decode(text), offset, strides)''',
}


class Checks:
    """The statements that check the arguments of a saved function.

    Attributes
    ----------
    lines : list of str
        The statements.
    used : set of str
        The names of the helpers that they call.
    """

    def __init__(self, module: Module) -> None:
        self.module = module
        self.lines: list[str] = []
        self.used: set[str] = set()
        signature = module.signature
        for name, value in signature.fixed:
            self._equal(name, name, value)
        for name, value in signature.nested:
            self._structure(name, value)
        for x in signature.plain:
            self._variable(module.naming.name(x), x)

    def _call(self, helper: str, *arguments: str) -> None:
        self.used.add(helper)
        self.lines.append(f"{helper}({', '.join(arguments)})")

    def _of(self, x: Any) -> str:
        return self.module.writer.of(x).text

    def _equal(self, text: str, name: str, value: Any) -> None:
        self._call("_require_equal", text, self._of(name), self._of(value))

    def _variable(self, text: str, x: Variable) -> None:
        if x.is_array:
            dtype = x.dtype.name if x.dtype.isnative and x.dtype.names is None else x.dtype.str
            self._call("_require_array", text, self._of(text), self._of(dtype), self._of(x.shape))
        elif issubclass(x.kind, np.random.Generator):
            self._call("_require_type", text, self._of(text), "np.random.Generator")
        else:
            kind = self.module.names.function(x.kind)
            self._call("_require_type", text, self._of(text), kind)
        if "np." in self.lines[-1]:
            self.module.names.imports.add("np")

    def _structure(self, text: str, x: Any) -> None:
        """Check the keys and lengths of a nested argument, and what is fixed in it."""
        if isinstance(x, Variable):
            self._variable(text, x)
        elif isinstance(x, dict):
            self._equal(f"list({text})", f"list({text})", list(x))
            self._parts(text, x)
        elif isinstance(x, (tuple, list)):
            self._equal(f"len({text})", f"len({text})", len(x))
            self._parts(text, x)
        elif type(x) in FIXED:
            self._equal(text, text, x)

    def _parts(self, text: str, x: Any) -> None:
        for step, item in steps(x, self.module.writer):
            self._structure(f"{text}{step}", item)
