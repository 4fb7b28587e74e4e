"""The values at hand at a statement, as expressions that a correction may use."""

from __future__ import annotations

import ast
import types
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from autograd.check.explain.repair.memory import slots_of_object
from autograd.check.explain.repair.statements import Site
from autograd.check.explain.repair.syntax import parts
from autograd.engine import Node

#: How many values are considered, entries of a container, fragments of code, and indices of a
#: statement.
MOST_VALUES, MOST_ENTRIES, MOST_FRAGMENTS, MOST_INDICES = 60, 12, 40, 3


def shape_of(value: Any) -> tuple[int, ...] | None:
    """Return the shape of an array or number; None of anything else."""
    if isinstance(value, (bool, np.bool_)):
        return None
    if isinstance(value, (int, float, complex, np.generic)):
        return ()
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple) and all(isinstance(n, int) for n in shape):
        return shape
    return None


def is_within(value: Any, shape: tuple[int, ...]) -> bool:
    """Return whether a value broadcasts to a shape."""
    mine = shape_of(value)
    if mine is None or isinstance(value, int):
        return False
    try:
        return np.broadcast_shapes(mine, shape) == shape
    except ValueError:
        return False


def _is_complex(value: Any) -> bool:
    """Return whether numbers are complex, also those of PyTorch and JAX, which have own types."""
    kind = getattr(value, "dtype", None)
    return np.iscomplexobj(value) if kind is None else "complex" in str(kind)


class Vocabulary:
    """What a statement could name.

    Parameters
    ----------
    site : Site
        The statement.
    run : callable
        Returns what a call returns, which may do anything; None if that fails.
    trees : sequence of ast.AST
        Functions that contain fragments of what may be missing.
    """

    def __init__(
        self, site: Site, run: Callable[[Callable[[], Any]], Any], trees: Sequence[Any] = ()
    ) -> None:
        self.site = site
        self.run = run
        self.scope = site.source.executed.scope
        self.trees = (site.source.tree, *trees)

    @cached_property
    def numpy(self) -> str:
        """The name of NumPy there, or of a module that stands for it; empty if there is none."""
        modules = {n: v for n, v in self.scope.items() if isinstance(v, types.ModuleType)}
        modules |= {n: v for n, v in self.site.names.items() if isinstance(v, types.ModuleType)}
        used = [n.id for _, n in parts(self.site.source.tree) if isinstance(n, ast.Name)]
        like = [n for n in used if n in modules and hasattr(modules[n], "zeros_like")]
        return next(iter([*like, *(n for n, v in modules.items() if v is np)]), "")

    @cached_property
    def values(self) -> dict[str, Any]:
        """Numbers and arrays by the expression that denotes them: ``h``, ``self.W``, ``c["x"]``."""
        variables = dict(self._variables())
        found = {name: value for name, value in variables.items() if shape_of(value) is not None}
        for name, value in variables.items():
            for text, item in _entries(name, value, 2):
                if len(found) >= MOST_VALUES:
                    return found
                if text not in found and shape_of(item) is not None:
                    found[text] = item
        return found

    @cached_property
    def has_complex_values(self) -> bool:
        """Whether some of the values are complex."""
        return any(map(_is_complex, self.values.values()))

    @cached_property
    def indexed(self) -> dict[str, Any]:
        """The values at hand with an index that others have in the statement: ``count[rows]``."""
        indices = {
            ast.unparse(part.slice): part.slice
            for _, part in parts(self.site.node)
            if isinstance(part, ast.Subscript) and any(map(_is_name, ast.walk(part.slice)))
        }
        found = {}
        for index in [index for text, index in indices.items() if "None" not in text][
            :MOST_INDICES
        ]:
            for text, value in [*self.values.items()][:MOST_ENTRIES]:
                base = ast.parse(text, mode="eval").body
                node = ast.fix_missing_locations(ast.Subscript(base, index, ast.Load()))
                part = self.value(node) if shape_of(value) else None
                if shape_of(part) is not None and not isinstance(part, int):
                    found[ast.unparse(node)] = part
        return found

    def _variables(self) -> Iterator[tuple[str, Any]]:
        yield from self.site.names.items()
        used = {n.id for _, n in parts(self.site.source.tree) if isinstance(n, ast.Name)}
        for name in sorted(used):
            if name in self.scope and name not in self.site.names:
                yield name, self.scope[name]

    @cached_property
    def fragments(self) -> dict[str, Any]:
        """Arrays and numbers by expressions that occur in the code, and mean something here."""
        found: dict[str, Any] = {}
        for tree in self.trees:
            for _, part in parts(tree):
                if not isinstance(part, (ast.Call, ast.BinOp, ast.Compare, ast.Attribute)):
                    continue
                text = ast.unparse(part)
                if len(text) > 40 or text in found or text in self.values:
                    continue
                value = self.value(part)
                if shape_of(value) is not None and not isinstance(value, int):
                    found[text] = value
                if len(found) >= MOST_FRAGMENTS:
                    return found
        return found

    @cached_property
    def constants(self) -> list[float]:
        """The numbers that occur in the code."""
        found: set[float] = set()
        for tree in self.trees:
            for _, part in parts(tree):
                value: Any = part.value if isinstance(part, ast.Constant) else None
                if type(value) in (int, float):
                    found.add(value)
        return sorted(found)

    @cached_property
    def lengths(self) -> dict[str, float]:
        """Lengths by the expression that denotes them: ``len(x)``, ``x.shape[1]``, ``x.size``."""
        found: dict[str, float] = {}
        for text, value in self.values.items():
            shape = shape_of(value) or ()
            if isinstance(value, int) and value > 1:
                found[text] = value
            if shape:
                found[f"len({text})"] = shape[0]
            for axis in range(1, len(shape)):
                found[f"{text}.shape[{axis}]"] = shape[axis]
            if len(shape) > 1:
                found[f"{text}.size"] = int(np.prod(shape))
        return {text: length for text, length in found.items() if length > 1}

    @cached_property
    def scalars(self) -> dict[str, float]:
        """Numbers that are no lengths, by the expression that denotes them."""
        return {
            text: float(value)
            for text, value in self.values.items()
            if isinstance(value, (float, np.floating))
        }

    def shape(self, node: ast.expr) -> tuple[int, ...] | None:
        """Return the shape of an expression; None if it is not known."""
        return shape_of(self.value(node))

    def value(self, node: ast.expr) -> Any:
        """Return the value of an expression; None if it has none here."""
        scope, names = self.scope, self.site.names
        return self.run(lambda: eval(compile(ast.Expression(node), "", "eval"), scope, names))

    @cached_property
    def attributes(self) -> dict[str, list[str]]:
        """The names of the attributes of each variable that has some of its own."""
        found = {name: sorted(attributes_of(v)) for name, v in self.site.names.items()}
        return {name: attributes for name, attributes in found.items() if attributes}


def _is_name(node: Any) -> bool:
    return isinstance(node, ast.Name)


#: What has attributes, but is a value as a whole.
_WHOLE = (np.ndarray, np.generic, Node, types.ModuleType, type, types.FunctionType)


def attributes_of(value: Any) -> dict[str, Any]:
    """Return an object's own attributes, also those of slots and named tuples."""
    if isinstance(value, _WHOLE):
        return {}
    fields = getattr(value, "_fields", ()) if isinstance(value, tuple) else ()
    own = getattr(value, "__dict__", None)
    named = {name: getattr(value, name) for name in fields}
    return {**named, **(own if isinstance(own, dict) else {}), **slots_of_object(value)}


def _entries(text: str, value: Any, depth: int) -> Iterator[tuple[str, Any]]:
    """Yield a value, and what it holds, with the expressions that denote them."""
    if text.startswith("_") and depth == 2:
        return
    yield text, value
    if depth == 0 or isinstance(value, _WHOLE):
        return
    attributes = attributes_of(value)
    for name in [*attributes][:MOST_ENTRIES]:
        yield from _entries(f"{text}.{name}", attributes[name], depth - 1)
    if attributes:
        return
    if isinstance(value, dict):
        for key in [*value][:MOST_ENTRIES]:
            if isinstance(key, (str, int)):
                yield from _entries(f"{text}[{key!r}]", value[key], depth - 1)
    elif isinstance(value, (list, tuple)) and len(value) <= MOST_ENTRIES:
        for position, item in enumerate(value):
            if not isinstance(item, int):  # rarely written out
                yield from _entries(f"{text}[{position}]", item, depth - 1)
