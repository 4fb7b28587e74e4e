"""`program.save("gradient.c")`: programs as C99 that needs nothing but the C library."""

from __future__ import annotations

import os
import re
from typing import Any

import numpy as np

from autograd.errors import SourceError
from autograd.files import replacing
from autograd.program.backends.c.dtypes import TYPES, has_type, stored_type
from autograd.program.backends.c.memory import Memory, function_identifier, identifier
from autograd.program.backends.c.preamble import ALONE, INCLUDES, NO_ERRORS, PRAGMAS, needed
from autograd.program.backends.c.textbook import with_textbook_formulas
from autograd.program.backends.c.whole import OUT_OF_RANGE, PYTHON_ERROR, Whole
from autograd.program.instructions import Constant, Guard, Variable, substituted
from autograd.program.naming import function_name
from autograd.program.passes import SIMPLIFYING
from autograd.program.passes.buffers import is_c_contiguous
from autograd.program.passes.tiles import with_own_memory
from autograd.program.program import WRITERS

#: What results may be; what else is returned is known beforehand.
_RETURNED = frozenset((Variable, Constant, float, np.float64, np.float32))

#: Constants with more bytes in all are not written as text.
LARGEST = 1 << 24


def save(programs: list[Any], path: str | os.PathLike[str], name: str = "", _: Any = None) -> None:
    """Save a program as C, and a header beside it; see `Program.save`."""
    if len(programs) != 1:
        raise SourceError(
            f"There are {len(programs)} programs, one for each branch; save one of them as C: "
            "f.programs[0].save(path)."
        )
    program = programs[0]
    for one in SIMPLIFYING:
        program = one(program)
    program = with_textbook_formulas(with_own_memory(program))
    wanted = name or function_name(program.name)
    taken: set[str] = set()
    function = function_identifier(wanted, taken)
    if name and function != name:
        raise SourceError(f"{name!r} is not a valid name for a function of C.")
    source, header = _written(program, function, taken)
    base = os.path.splitext(os.fspath(path))[0]
    included = os.path.basename(base)
    if not included.isprintable() or '"' in included or "\\" in included:
        raise SourceError(f"C cannot include {included + '.h'!r}; choose a plain name.")
    with replacing(base + ".h") as file:
        file.write(header.encode("ascii"))
    with replacing(path) as file:
        file.write(f'#include "{included}.h"\n{source}'.encode())


def _written(program: Any, function: str, taken: set[str]) -> tuple[str, str]:
    """Return the text of a program and of its header."""
    memory = Memory(function)
    parameters, described = _inputs(program, memory, taken)
    for x in program.constants:
        if stored_type(x) not in TYPES:
            raise SourceError(f"C has no type for the constant of {stored_type(x)}.")
        memory.define(x)
    if sum(x.value.nbytes for x in program.constants) > LARGEST:
        raise SourceError("The constants are too large for a text of C; pass them as arguments.")
    outputs, more = _outputs(program, memory)
    whole = Whole(program, function, memory)
    whole.write()
    parameters += outputs
    if memory.size:
        parameters.append("void *workspace")
    text = _definition(function, parameters, whole, memory)
    declared = ", ".join(parameters) or "void"
    header = _header(function, declared, [*described, *more], program, memory.size)
    calling = "".join(whole.functions)
    helpers = [NO_ERRORS] if "KEEP(" in calling else []
    helpers += needed(calling)
    return "\n".join(
        [INCLUDES, ALONE, PRAGMAS, *helpers, *memory.constants, *whole.functions, text]
    ), header


def _inputs(program: Any, memory: Memory, taken: set[str]) -> tuple[list[str], list[str]]:
    """Return the parameters for what a program reads, and what they are."""
    parameters, described = [], []
    inputs = list(program.inputs)
    for load in program.loads:
        if load.variable is not None and load.variable not in inputs:
            inputs.append(load.variable)
    for x in inputs:
        if not has_type(x):
            raise SourceError(f"C has no type for the argument {_plain(x.hint)}: {_kind(x)}.")
        name = identifier(x.hint or f"x{x.number}", taken)
        memory.input(x, name)
        kind = TYPES[stored_type(x)]
        parameters.append(f"const {kind} *{name}" if x.is_array else f"{kind} {name}")
        described.append(f"{name}: {_kind(x)}")
    return parameters, described


def _outputs(program: Any, memory: Memory) -> tuple[list[str], list[str]]:
    """Return the parameters for what a program returns and stores, and what they are."""
    found: list[Any] = []
    substituted(program.output, found.append, _RETURNED)
    found += [x.value for x in program.stores if isinstance(x.value, (Variable, Constant))]
    made = {x for item in program.items if item.writes is None for x in item.makes()}
    written = {getattr(i.writes, "root", None) for i in program.items if i.writes is not None}
    parameters, described = [], []
    for k, x in enumerate(found):
        if isinstance(x, (float, np.floating)):
            x = Constant(-1, np.array(x))
            memory.define(x)
        if isinstance(x, Variable) and not has_type(x):
            raise SourceError(f"C has no type for a result: {_kind(x)}.")
        name = "result" if len(found) == 1 else f"result_{k}"
        memory.outputs.append((x, name))
        memory.leaving.append(x)
        is_own = x in made and x.root is x and x not in written and x not in memory.names
        if is_own and _in_order(x):
            memory.names[x] = name
        parameters.append(f"{TYPES[stored_type(x)]} *{name}")
        described.append(f"{name}: {_kind(x)}, returned")
    return parameters, described


def _in_order(x: Variable) -> bool:
    return not x.shape or is_c_contiguous(x)


def _definition(function: str, parameters: list[str], whole: Whole, memory: Memory) -> str:
    """Return the function itself."""
    lines = []
    if memory.size:
        lines += ["char *work = workspace;", *memory.lines]
    text = "\n".join((*memory.lines, *whole.lines))
    names = {
        *memory.numbers.values(),
        *[memory.names[x] for x in memory.given if x in memory.names],
    }
    unused = [name for name in sorted(names) if not re.search(rf"\b{name}\b", text)]
    lines += [f"(void){name};" for name in unused if name not in memory.defined]
    lines += [*whole.lines, "return 0;"]
    body = "\n    ".join(lines)
    return f"int {function}({', '.join(parameters) or 'void'}) {{\n    {body}\n}}\n"


def _header(function: str, parameters: str, described: list[str], program: Any, size: int) -> str:
    """Return the text of the header."""
    guard = f"{function.upper()}_H"
    lines = [f"#ifndef {guard}", f"#define {guard}", "#include <stdint.h>"]
    lines += ["#ifdef __cplusplus", 'extern "C" {', "#endif", ""]
    if size:
        lines += ["/* The bytes of memory to work with, aligned for any type. */"]
        lines += [f"#define {function.upper()}_WORKSPACE {size}", ""]
    lines += [f"/* {function}, written by chainrule.", *(f"   {text}" for text in described)]
    lines.append("   Arrays lie in the order of C, and results do not overlap with other arrays.")
    guards = [item for item in program.items if isinstance(item, Guard)]
    lines.append(f"   Returns 0; {OUT_OF_RANGE} if an index is out of range;")
    lines.append(
        f"   {PYTHON_ERROR} if Python raises an error, as for 1 / 0, or computes a complex number"
        + ("." if not guards else ";")
    )
    for number, guard_ in enumerate(guards, start=1):
        where = f" in line {guard_.place[1]}" if guard_.place else ""
        end = "." if number == len(guards) else ";"
        lines.append(f"   {number} if the function would take another branch{where}{end}")
    lines[-1] += " */"
    lines += [f"int {function}({parameters});", ""]
    lines += ["#ifdef __cplusplus", "}", "#endif", "#endif", ""]
    return "\n".join(lines)


def _kind(x: Any) -> str:
    """Return the type and the shape of a variable or constant, in words."""
    shape = x.shape if isinstance(x, Variable) else x.value.shape
    is_other = isinstance(x, Variable) and not has_type(x) and x.dtype is None
    kind = x.kind.__name__ if is_other else str(stored_type(x))
    return f"{kind}{list(shape)}" if shape else kind


def _plain(text: str) -> str:
    """Return a text without characters that could end a comment or a string."""
    return "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in text)


WRITERS["save C"] = save
