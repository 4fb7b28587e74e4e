"""The text of functions that a program calls: with it, a program needs nothing but NumPy."""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
import types
from typing import Any

from autograd.errors import SourceError
from autograd.program.instructions import Attempt
from autograd.program.python_code import Names, Writer, public_name
from autograd.program.source.statements import printable
from autograd.rules.kernel import is_kernel
from autograd.rules.source_text import defined_in

#: What a kernel may import.
_LIBRARIES = ("numpy", "scipy", "math", "cmath", "operator", "functools", "itertools")


class Definitions:
    """The functions and constants that are defined above the function of a program.

    Attributes
    ----------
    sources : dict
        What the user supplies for functions: texts, or functions that can be imported.
    texts : list of str
        The definitions, in an order in which they can run.
    missing : dict
        Objects that cannot be written, by name.
    """

    def __init__(self, names: Names, writer: Writer, sources: Any) -> None:
        self.names = names
        self.writer = writer
        self.sources = sources
        self.texts: list[str] = []
        self.missing: dict[str, Any] = {}
        self._defined: set[str] = set()

    def define(self, name: str, x: Any) -> None:
        """Define a name, and what its definition refers to."""
        if name in self._defined:
            return
        self._defined.add(name)
        text = self._text(name, x)
        if text is None:
            self.missing[name] = x
        else:
            self.texts.append(text)

    def described(self, name: str) -> str:
        """Return a comment that says what a name stands for that cannot be written."""
        return f"# {name}: {printable(repr(self.missing[name]))}"

    def _text(self, name: str, x: Any) -> str | None:
        given = self._given(x)
        if given is not None:
            return supplied(name, given, self.names)
        if isinstance(x, types.FunctionType) and is_kernel(x):
            return self._function(name, x)
        if isinstance(x, type) and issubclass(x, tuple) and hasattr(x, "_fields"):
            self.names.imports.add("collections")
            return f"{name} = collections.namedtuple({name!r}, {list(x._fields)!r})"
        if isinstance(x, Attempt):
            return self._attempt(name, x)
        if isinstance(x, (tuple, dict)):
            return f"{name} = {self.writer.of(x).text}"
        return None

    def _given(self, x: Any) -> Any:
        try:
            return self.sources.get(x)
        except TypeError:  # it cannot be a key
            return None

    def _attempt(self, name: str, x: Attempt) -> str | None:
        """Return a function that says whether a call raises an error."""
        function, error = public_name(x.function), public_name(x.error)
        if function is None or error is None:
            return None
        self.names.imports.add(function.rpartition(".")[0])
        message = self.writer.of(x.message).text
        return (
            f"def {name}(*arguments):\n"
            f"    try:\n        {function}(*arguments)\n"
            f"    except Exception as error:\n"
            f"        return type(error) is {error} and str(error) == {message}\n"
            f"    return False"
        )

    def _function(self, name: str, function: Any) -> str | None:
        try:
            source = textwrap.dedent(inspect.getsource(function))
            tree = ast.parse(source).body[0]
        except (OSError, TypeError, SyntaxError):
            return None
        if not isinstance(tree, ast.FunctionDef) or function.__closure__:
            return None
        return _Copy(self, function, source).text(tree, name)

    def reference(self, x: Any, wanted: str) -> str | None:
        """Return an expression for an object that a kernel refers to; None if there is none."""
        if isinstance(x, types.ModuleType):
            if x.__name__.partition(".")[0] not in _LIBRARIES:
                return None
            name = "np" if x.__name__ == "numpy" else x.__name__
            self.names.imports.add(name)
            return name
        inner = getattr(x, "__wrapped__", x)
        if is_kernel(inner):
            name = self.names.object(inner, inner.__name__)
            self.define(name, inner)
            return name
        public = public_name(x)
        if public is not None:
            self.names.imports.add(public.rpartition(".")[0])
            return public
        if isinstance(x, (tuple, dict)):
            name = self.names.object(x, wanted)
            self.define(name, x)
            return name
        if isinstance(x, (bool, int, float, complex, str, type(None))):
            return f"({self.writer.of(x).text})"
        return None


def supplied(name: str, given: Any, names: Names) -> str:
    """Return the definition of a function that the user supplies.

    Parameters
    ----------
    name : str
        What it is called in the module.
    given : str or callable
        The text of a function, or a function that can be imported.
    names : Names
        The names in the module.
    """
    if not isinstance(given, str):
        return _imported(name, given)
    defined = defined_in(given, name)
    text = textwrap.dedent(given).strip()
    return text if defined == name else f"{text}\n\n\n{name} = {defined}"


def sources_of(programs: list[Any]) -> dict[Any, Any]:
    """Return what the primitives in programs say of the source of the functions that they call."""
    return {
        item.function: item.primitive.source
        for program in programs
        for item in program.instructions
        if item.primitive is not None
        and item.primitive.source is not None
        and item.function is item.primitive.function
    }


def _imported(name: str, function: Any) -> str:
    home, inner = getattr(function, "__module__", None), getattr(function, "__qualname__", "")
    found = sys.modules.get(home or "")
    importable = home not in (None, "__main__", "builtins") and inner.isidentifier()
    if not importable or getattr(found, inner, None) is not function:
        raise SourceError(
            f"{function!r} cannot be imported from a module by its name, so {name} cannot be "
            "written. Supply the text of the function."
        )
    return f"from {home} import {inner} as {name}"


class _Copy:
    """The source of a function, without annotations, and with the names of the written module."""

    def __init__(self, definitions: Definitions, function: Any, source: str) -> None:
        self.definitions = definitions
        self.globals = function.__globals__
        code = function.__code__
        self.local = {*code.co_varnames, *code.co_cellvars}
        self.lines = [line.encode() for line in source.split("\n")]
        self.edits: list[tuple[tuple[int, int], tuple[int, int], str]] = []

    def text(self, tree: ast.FunctionDef, name: str) -> str:
        """Return the source of the function under another name."""
        body = tree.body[0]
        head = f"def {name}({_parameters(tree.args)}):"
        self.local |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
        for node in tree.body:
            for part in ast.walk(node):
                if isinstance(part, ast.Name):
                    self._name(part)
        for begin, end, text in sorted(self.edits, reverse=True):
            line = self.lines[begin[0]]
            self.lines[begin[0]] = line[: begin[1]] + text.encode() + line[end[1] :]
        lines = [line.decode() for line in self.lines[body.lineno - 1 :]]
        return "\n".join([head, *lines]).rstrip()

    def _name(self, node: ast.Name) -> None:
        """Replace a global name."""
        name = node.id
        if name in self.local or name not in self.globals:
            return
        found = self.definitions.reference(self.globals[name], name)
        if found is None:
            self.definitions.missing[name] = self.globals[name]
        elif found != name:
            begin, end = (
                (node.lineno - 1, node.col_offset),
                (node.lineno - 1, node.end_col_offset or 0),
            )
            self.edits.append((begin, end, found))


def _parameters(arguments: ast.arguments) -> str:
    """Return the parameters of a function without their annotations."""
    for node in ast.walk(arguments):
        if isinstance(node, ast.arg):
            node.annotation = None
    return ast.unparse(arguments)
