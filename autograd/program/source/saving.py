"""Save programs as modules that import only NumPy."""

from __future__ import annotations

import base64
import contextlib
import importlib
import keyword
import os
import zlib
from typing import Any

import numpy as np

from autograd.errors import SourceError
from autograd.files import replacing
from autograd.program.naming import function_name
from autograd.program.source.checks import HELPERS, Checks
from autograd.program.source.description import summary
from autograd.program.source.module import Module
from autograd.program.source.shared import entangled
from autograd.program.source.statements import printable

#: Constants with more bytes in all are saved in a file of their own.
EMBEDDED = 1 << 20


def save(
    programs: list[Any], path: str | os.PathLike[str], name: str = "", sources: Any = None
) -> None:
    """Save programs as a module with one function; see `Program.save`."""
    wanted = name or function_name(programs[0].name)
    for program in programs:
        shared = entangled(program)
        if shared:
            raise SourceError(
                f"The arrays {', '.join(x.hint or 'of a node' for x in shared)} share memory, and "
                "the program changes one of them in place. Give each an array of its own."
            )
    module = Module(programs, wanted, HELPERS, _by_function(programs, sources or {}))
    if name and (module.name != name or not name.isidentifier() or keyword.iskeyword(name)):
        raise SourceError(f"{name!r} is not a valid name for the function.")
    checks = Checks(module)
    function = module.function(checks.lines)
    _refuse_missing(module)
    used = set(checks.used)
    constants = [_Contents(constant_name, x.value) for constant_name, x in module.constants]
    beside = sum(len(constant.data) for constant in constants) > EMBEDDED
    lines = []
    if constants:
        archive = os.path.splitext(os.path.basename(path))[0] + ".npz"
        lines = _beside(constants, archive) if beside else [x.embedded() for x in constants]
        used.update(() if beside else ("_array",))
    parts = [
        *[text for helper, text in HELPERS.items() if helper in used],
        *module.definitions.texts,
        "\n".join(lines),
        function,
    ]
    head = [f'"""{summary(programs[0])}"""', "\n".join(module.imports(*parts))]
    parts = ["\n\n".join(part for part in head if part), *parts]
    text = "\n\n\n".join(part for part in parts if part) + "\n"
    compile(text, os.fspath(path), "exec")
    with contextlib.ExitStack() as stack:
        file = stack.enter_context(replacing(path))
        if beside:
            folder = os.path.dirname(os.path.realpath(path))
            arrays = stack.enter_context(replacing(os.path.join(folder, archive)))
            contents: Any = {x.name: np.frombuffer(x.data, np.uint8) for x in constants}
            np.savez(arrays, **contents)
        file.write(text.encode())
    importlib.invalidate_caches()  # so that the new module is found at once


def _by_function(programs: list[Any], sources: Any) -> dict[Any, Any]:
    """Return the sources by the functions that programs call, also those given for primitives."""
    found = dict(sources)
    for program in programs:
        for item in program.instructions:
            for key in (item.primitive, item.name):
                if key is not None and key in sources:
                    found[item.function] = sources[key]
    return found


def _refuse_missing(module: Module) -> None:
    """Raise an error if the module would need something that has no source."""
    for name, x in module.definitions.missing.items():
        if callable(x):
            raise SourceError(
                f"The program calls {name} ({printable(repr(x))}), whose source is not known. "
                f'Write program.save(path, sources={{{name}: "def {name}(...): ..."}}) with the '
                "text of a function of NumPy that computes the same, or with a function that the "
                "module is to import; a function of your own may have source=."
            )
        raise SourceError(
            f"The program refers to {printable(repr(x))}, a {type(x).__name__}, which cannot be "
            "written as source."
        )


class _Contents:
    """The bytes of an array, and how they lie.

    Attributes
    ----------
    name : str
        The name of the array.
    data : bytes
        What the elements, at their strides, take up; zero between them.
    """

    def __init__(self, name: str, array: Any) -> None:
        if array.dtype.hasobject:
            raise SourceError(f"The array {name} holds Python objects and cannot be saved.")
        steps = [(n - 1) * stride for n, stride in zip(array.shape, array.strides, strict=True)]
        low = sum(min(step, 0) for step in steps)
        size = sum(max(step, 0) for step in steps) - low + array.dtype.itemsize
        buffer = bytearray(size if array.size else 0)
        if array.size:
            np.ndarray(array.shape, array.dtype, buffer, -low, array.strides)[...] = array
        self.name = name
        self.data = bytes(buffer)
        dtype = _dtype(array.dtype)
        self.layout: Any = (dtype, array.shape, array.strides, -low)
        if not array.size:
            self.layout = (dtype, array.shape, None, 0)

    def embedded(self) -> str:
        """Return the definition of the array with its contents as a text."""
        dtype, shape, strides, offset = self.layout
        text = base64.b64encode(self.data).decode()
        lines = [f'    "{text[i : i + 76]}"' for i in range(0, len(text), 76)] or ['    ""']
        arguments = f"{dtype!r}, {shape!r}, {strides!r}, {offset!r}"
        return f"{self.name} = _array(\n    {arguments},\n" + "\n".join(lines) + ",\n)"

    def loaded(self) -> str:
        """Return the definition of the array with its contents from another file."""
        dtype, shape, strides, offset = self.layout
        return (
            f"{self.name} = np.ndarray({shape!r}, {dtype!r}, _bytes({self.name!r}, "
            f"{zlib.crc32(self.data)}), {offset!r}, {strides!r})"
        )


def _dtype(dtype: Any) -> Any:
    """Return what `numpy.dtype` makes the same type of, also of records with gaps."""
    if dtype.subdtype is not None:
        return (_dtype(dtype.base), dtype.shape)
    if dtype.names is None:
        return dtype.str
    fields = [dtype.fields[name] for name in dtype.names]
    return {
        "names": list(dtype.names),
        "formats": [_dtype(field[0]) for field in fields],
        "offsets": [field[1] for field in fields],
        "itemsize": dtype.itemsize,
    }


def _beside(constants: list[_Contents], archive: str) -> list[str]:
    """Return the lines that define constants whose contents are in another file."""
    text = f'''\
_FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), {archive!r})


def _bytes(name, checksum):
    """Return the bytes of an array from the file beside this one."""
    with np.load(_FILE) as arrays:
        data = arrays[name].tobytes() if name in arrays else b""
    if zlib.crc32(data) != checksum:
        raise ValueError(f"{{_FILE}} does not belong to this module")
    return data

'''
    return [*text.split("\n"), *[constant.loaded() for constant in constants]]
