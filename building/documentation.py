"""Signatures and docstrings of the engine, read from its sources, in the format of C types.

mypyc drops docstrings and shows private parameters. Python reads both from one string,
``name(parameters)``, a line ``--``, an empty line, the docstring.
"""

from __future__ import annotations

import ast
import copy
import inspect
import re
from collections.abc import Iterable
from pathlib import Path


class Documentation:
    """The documentation of everything that the modules of a package define.

    Parameters
    ----------
    sources : iterable of path
        The files of the modules. In C, a module is named by the last part of its name.
    """

    def __init__(self, sources: Iterable[str]) -> None:
        self._modules: dict[str, ast.Module] = {}
        self._classes: dict[str, ast.ClassDef] = {}
        for source in map(Path, sources):
            tree = ast.parse(source.read_text(encoding="utf-8"))
            self._modules[source.stem] = tree
            self._classes |= {c.name: c for c in tree.body if isinstance(c, ast.ClassDef)}

    def module(self, name: str) -> str:
        """Return the docstring of a module, given its full name."""
        tree = self._modules.get(name.rpartition(".")[2])
        return _docstring(tree) if tree else ""

    def type(self, module: str, name: str) -> str:
        """Return the signature of ``__init__`` and the docstring of a class."""
        definition = self._find(module, name)
        if not isinstance(definition, ast.ClassDef):
            return ""
        parameters = next(map(_parameters, self._methods(name, "__init__")), "()")
        return f"{name}{parameters}\n--\n\n{_docstring(definition)}"

    def function(self, module: str, owner: str, name: str) -> str:
        """Return signature and docstring of a function or of a method of the class `owner`."""
        definition = self._find(module, owner, name) if owner else self._find(module, name)
        if not isinstance(definition, ast.FunctionDef):
            return ""
        parameters = _parameters(definition, "$" if owner else "")
        return f"{name}{parameters}\n--\n\n{_docstring(definition)}"

    def property(self, module: str, owner: str, name: str) -> str:
        """Return the docstring of a property, or an attribute's entry in that of its class."""
        definition = self._find(module, owner, name)
        if isinstance(definition, ast.FunctionDef):
            return _docstring(definition)
        listed = re.search(
            rf"^(?:Attributes|Parameters)\n-+\n(?:.*\n)*?{name} : .*\n((?:    .*\n)+)",
            _docstring(self._find(module, owner)) + "\n",
            re.MULTILINE,
        )
        return inspect.cleandoc(listed[1]) if listed else ""

    def _find(self, module: str, *path: str) -> ast.AST | None:
        """Return the first definition of a name; for a property, its getter."""
        found: ast.AST | None = self._modules.get(module)
        for name in path:
            body = getattr(found, "body", [])
            found = next((item for item in body if getattr(item, "name", None) == name), None)
        return found

    def _methods(self, owner: str, name: str) -> Iterable[ast.FunctionDef]:
        """Yield the definitions of a method in a class and its bases, nearest first."""
        definition = self._classes.get(owner)
        if definition is None:
            return
        for item in definition.body:
            if isinstance(item, ast.FunctionDef) and item.name == name:
                yield item
        for base in definition.bases:
            yield from self._methods(ast.unparse(base), name)


def _docstring(definition: ast.AST | None) -> str:
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef)
    return (ast.get_docstring(definition) or "") if isinstance(definition, kinds) else ""


def _parameters(function: ast.FunctionDef, mark: str | None = None) -> str:
    """Format parameters as ``help`` shows them, without annotations and private ones.

    With a `mark`, before the first: ``$`` says that a method is called without it.
    """
    arguments = copy.deepcopy(function.args)
    for argument in ast.walk(arguments):
        if isinstance(argument, ast.arg):
            argument.annotation = None
    defaults: list[ast.expr | None] = [*arguments.defaults]
    listed = arguments.posonlyargs + arguments.args
    defaults = [None] * (len(listed) - len(defaults)) + defaults
    if mark is None:  # a constructor, which is called without `self`
        listed, defaults = listed[1:], defaults[1:]
    kept = [i for i, argument in enumerate(listed) if not argument.arg.startswith("_")]
    arguments.posonlyargs, arguments.args = [], [listed[i] for i in kept]
    arguments.defaults = [default for i in kept if (default := defaults[i]) is not None]
    return f"({mark or ''}{ast.unparse(arguments)})"
