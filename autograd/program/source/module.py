"""A program as the text of a module: imports, constants, definitions, and one function."""

from __future__ import annotations

import ast
import builtins
import dataclasses
from typing import Any

import numpy as np

from autograd.program.instructions import Constant, Guard
from autograd.program.naming import function_name
from autograd.program.python_code import Names
from autograd.program.source.body import WIDTH, Body
from autograd.program.source.branches import Block, block_of
from autograd.program.source.constants import literal
from autograd.program.source.description import docstring
from autograd.program.source.expressions import SHORT, SourceWriter, quoted
from autograd.program.source.guards import condition, refusal
from autograd.program.source.kernels import Definitions, sources_of
from autograd.program.source.layout import statements
from autograd.program.source.names import Naming
from autograd.program.source.signature import Signature
from autograd.program.source.wrapping import wrapped


class Module:
    """The text of a module with one function, as it is being written.

    Attributes
    ----------
    name : str
        The name of the function.
    constants : list of (str, Constant)
        The arrays that are too large to be written in the function, by name.
    definitions : Definitions
        The functions that it calls.
    """

    def __init__(
        self, programs: list[Any], name: str, reserved: Any = (), sources: Any = None
    ) -> None:
        self.names = Names()
        self.names.taken -= set(dir(builtins)) - needed_builtins(programs)
        self.names.reserve(reserved)
        self.writer = SourceWriter(self.names)
        self.naming = Naming(self.names)
        self.definitions = Definitions(
            self.names, self.writer, sources_of(programs) | (sources or {})
        )
        self.block = block_of(programs)
        self.program = self.block.program
        self.loads = self.program.loads
        self.naming.look_at_inputs(self.program)
        self.signature = Signature(self.program, self.writer, self.naming.name)
        self.name = name if name in self.signature.names else self.names.new(name)
        self.outputs = [program.output for program in programs]
        self._by_layout: dict[Any, list[Constant]] = {}
        self._stored: dict[str, None] = {}
        self._stores = any(program.stores for program in programs)
        self._all_constants: list[Constant] = []
        self._lines = self._block_lines(self.block, bool(self.signature.lines))
        self.constants: list[tuple[str, Constant]] = []
        self._literals: list[str] = []
        for constant in self._all_constants:
            if constant in self.writer.used:
                self._define(self.names.of(constant), constant)
        for other, x in list(self.names.environment.items()):
            if isinstance(x, np.ndarray):  # numbers that a guard expects
                self._define(other, Constant(0, x))
            else:
                self.definitions.define(other, x)

    def _define(self, name: str, constant: Constant) -> None:
        text = literal(constant.value)
        if text is None:
            self.constants.append((name, constant))
        else:
            self._literals.append(f"{name} = {text}")

    def write_contiguous(self) -> None:
        """Write small constants that lie in memory with gaps without them, to be read."""
        for pair in [*self.constants]:
            text = literal(np.ascontiguousarray(pair[1].value))
            if text is not None:
                self.constants.remove(pair)
                self._literals.append(f"{pair[0]} = {text}")

    def imports(self, *texts: str) -> list[str]:
        """Return the statements that import what these parts of the module need."""
        trees = [ast.parse(text) for text in texts]
        used = {x.id for tree in trees for x in ast.walk(tree) if isinstance(x, ast.Name)}
        modules = {"base64", "collections", "math", "cmath", "os", "zlib", *self.names.imports}
        found = [module for module in modules if module.partition(".")[0] in used - {"np"}]
        return [f"import {module}" for module in sorted(found + ["numpy as np"] * ("np" in used))]

    def function(self, checks: Any = ()) -> str:
        """Return the text of the function, with these lines at its beginning."""
        described = docstring(self.program, self.names, self.outputs[0], list(self._stored))
        head = f"def {self.name}({', '.join(self.signature.parameters)}):"
        lines = [f'"""{described[0]}', *described[1:], '"""']
        rest = [*checks, *self.signature.lines, *self._literals, *self._lines]
        for line in self.naming.numbered("\n".join(rest)).split("\n"):
            lines += wrapped(line, WIDTH - 4)
        return "\n".join([*wrapped(head, WIDTH), *[f"    {x}" if x else "" for x in lines]])

    # -- blocks -----------------------------------------------------------------------------

    def _block_lines(self, block: Block, begun: bool) -> list[str]:
        """Return the statements of a block, and of the branches after it."""
        self._name_constants(block.program)
        body = Body(block.program, self.naming, self.writer)
        if block.guard is None:
            result = body.end(lambda: self._result(block.program))
            return [*statements(body.entries, begun), result]
        body.separate_all(block.guard)
        lines = statements(body.entries, begun)
        is_truth = block.guard.convert is bool
        branches = sorted(block.branches, key=lambda pair: is_truth and not pair[0])
        for position, (expected, branch) in enumerate(branches):
            test = condition(self.writer, dataclasses.replace(block.guard, expected=expected))
            is_other = is_truth and position > 0
            lines.append("else:" if is_other else f"{'el' if position else ''}if {test}:")
            lines += [f"    {x}" if x else "" for x in self._block_lines(branch, False)]
        if not is_truth:
            values = [expected for expected, _ in block.branches]
            lines += ["else:", refusal(self.writer, block.guard, values)]
        return lines

    def _name_constants(self, program: Any) -> None:
        """Write small constants as literals, and name the others."""
        for constant in program.constants:
            if constant in self._all_constants:
                continue
            self._all_constants.append(constant)
            text = literal(constant.value)
            same = self._equal_constant(constant)
            if same is not None:
                if same in self.writer.literals:
                    self.writer.literals[constant] = self.writer.literals[same]
                else:
                    self.writer.same[constant] = same
                continue
            if text is not None and len(text) <= SHORT:
                self.writer.literals[constant] = text
            else:
                otherwise = f"c{len(self._all_constants)}"
                self.names.give(constant, self.naming.of_constant(constant, otherwise))

    def _equal_constant(self, constant: Constant) -> Constant | None:
        """Return an earlier constant that is equal, and lies in memory in the same way."""
        array = constant.value
        layout = (array.dtype, array.shape, array.strides)
        for other in self._by_layout.setdefault(layout, []):
            if other.equals(constant):
                return other
        self._by_layout[layout].append(constant)
        return None

    def _result(self, program: Any) -> str:
        """Return the statement that returns the results."""
        output = program.output
        self.writer.copies = True
        text = self.writer.of(output).text
        self.writer.copies = False
        if self._stores:
            stored = []
            for store in program.stores:
                key = self.naming.key(store, self.loads)
                self._stored[key] = None
                stored.append(f"{quoted(key)}: {self.writer.of(store.value).text}")
            return f"return {text}, {{{', '.join(stored)}}}"
        if type(output) is tuple and len(output) > 1 and len(text) < WIDTH - 12:
            text = text[1:-1]
        return f"return {text}"


def needed_builtins(programs: list[Any]) -> set[str]:
    """Return the names of Python's own functions that the text may refer to."""
    found = {
        "ValueError", "bool", "bytes", "complex", "float", "hash", "int", "isinstance", "len",
        "list", "repr", "slice", "str", "type",
    }  # fmt: skip
    for program in programs:
        found.update(item.name for item in program.instructions)
    return found


def source_of(programs: list[Any], name: str = "") -> str:
    """Return the imports and the function of programs: several paths of one function."""
    module = Module(programs, name or function_name(programs[0].name))
    module.write_contiguous()
    text = module.function()
    outside = [
        f"# {constant_name}: a constant {constant.value.dtype} array {constant.value.shape}"
        for constant_name, constant in module.constants
    ]
    outside += [module.definitions.described(other) for other in module.definitions.missing]
    imports = module.imports(*module.definitions.texts, text)
    parts = ["\n".join(imports), "\n".join(outside), *module.definitions.texts, text]
    return "\n\n\n".join(part for part in parts if part)


def guards_of(block: Block) -> list[Guard]:
    """Return the guards of a block and of the branches after it."""
    found = [item for item in block.program.items if isinstance(item, Guard)]
    for _, branch in block.branches:
        found += guards_of(branch)
    return found
