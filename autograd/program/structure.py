"""The arguments of a traced function: which are inputs of its program, and which are fixed."""

from __future__ import annotations

import contextlib
import dataclasses
import enum
import inspect
import types
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd import tree
from autograd.engine import Tensor
from autograd.engine.assignment import current
from autograd.engine.foreign import is_foreign
from autograd.engine.memory import bounds, owner_of
from autograd.engine.node import Node
from autograd.errors import TraceError
from autograd.program.hosts import is_on_device
from autograd.program.instructions import Variable


class Counted(int):
    """An integer that is an input, such as the number of a step."""

    __slots__ = ()


def as_input(x: Any) -> Any:
    """Return an integer that is an input, so that another recording takes it for one too."""
    return Counted(x) if type(x) is int else x


#: Numbers that are inputs; other integers, booleans and text are fixed.
INPUT_NUMBERS = (float, complex, np.floating, np.complexfloating, Counted)
INPUTS = (np.ndarray, *INPUT_NUMBERS, np.random.Generator)
CONTAINERS = tree.CONTAINERS

#: Fixed arguments that are compared by value: nothing can change them.
VALUES = (
    bool, int, str, bytes, type(None), type, range, enum.Enum, np.integer, np.bool_, np.dtype,
    np.character, np.ufunc, type(...), types.FunctionType, types.BuiltinFunctionType,
    types.MethodType, types.ModuleType,
)  # fmt: skip


_FLOATS = frozenset((float,))


def flatten(x: Any, leaves: list[Any], key: list[Any]) -> None:
    """Append the inputs in nested arguments to `leaves`, and what identifies the rest to `key`."""
    kind = type(x)
    if kind is np.ndarray:
        leaves.append(x)
        key += (x.dtype, x.shape, x.strides)
    elif kind is float or kind is complex:
        leaves.append(x)
        key.append(kind)
    elif kind is tuple or kind is list or kind is dict:
        items = x
        if kind is dict:
            key += (kind, _keys(x))
            items = x.values()
        else:
            key += (kind, len(x))
        if len(x) > 1 and set(map(type, items)) == _FLOATS:  # all at once
            leaves += items
            key.append(_FLOATS)
            return
        for item in items:
            if type(item) is np.ndarray:  # as above, without a call
                leaves.append(item)
                key += (item.dtype, item.shape, item.strides)
            else:
                flatten(item, leaves, key)
    elif kind is Counted:
        leaves.append(int(x))
        key += (kind, x < 0)  # 2**n is an integer for n >= 0 only
    elif isinstance(x, Node):
        _flatten_node(x, leaves, key)
    elif isinstance(x, (np.ndarray, *INPUT_NUMBERS)):
        leaves.append(x)
        key.append(kind)
        key.append(getattr(x, "dtype", None))
        key.append(getattr(x, "shape", ()))
        key.append(getattr(x, "strides", ()))
    elif isinstance(x, np.random.Generator):
        leaves.append(x)
        key.append(kind)
    elif isinstance(x, CONTAINERS):
        key += (kind, len(x))
        if isinstance(x, dict):
            key.append(_keys(x))
        if has_attributes(x):
            key.append(Identity(x))
        for item in tree.items(x):
            flatten(item, leaves, key)
    elif is_on_device(x):
        leaves.append(x)
        key += (kind, x.dtype, x.shape, x.strides)
    elif is_foreign(x):
        key.append(kind)
    else:
        key.append(kind)
        key.append(fixed(x))


_TEXT = {str}


def _keys(x: Any) -> Any:
    """Return the keys of a dict, with their types."""
    keys = tuple(x)
    return keys if {*map(type, keys)} <= _TEXT else (*map(type, keys), *keys)


class Identity:
    """A key for an object that stands for itself alone."""

    __slots__ = ("_found", "_hash")

    def __init__(self, x: Any) -> None:
        self._hash = id(x)
        try:
            self._found: Any = weakref.ref(x)
        except TypeError:
            self._found = lambda: x

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Identity):
            return False
        found = self._found()
        return found is not None and found is other._found()


def stands_for_itself(x: Any) -> bool:
    """Return whether an argument is fixed, and identified by nothing but itself."""
    leaves: list[Any] = []
    key: list[Any] = []
    flatten(x, leaves, key)
    return not leaves and len(key) == 2 and type(key[1]) is Identity


def fixed(x: Any) -> Any:
    """Return what identifies a fixed argument: its value if nothing can change it, else itself."""
    if isinstance(x, VALUES):
        return x
    if isinstance(x, (set, frozenset)):
        return frozenset([(type(item), fixed(item)) for item in x])
    if isinstance(x, (float, complex, np.inexact)):
        return np.asarray(x).tobytes()
    if isinstance(x, (list, tuple)):
        return (type(x), *[(type(item), fixed(item)) for item in x])
    if isinstance(x, (bytearray, slice)):
        return repr(x)
    parameters = getattr(type(x), "__dataclass_params__", None)
    if parameters is not None and parameters.frozen:
        parts = [getattr(x, field.name) for field in dataclasses.fields(x)]
        with contextlib.suppress(TraceError):  # arrays, which can change
            return (type(x), *[(type(part), fixed(part)) for part in parts])
    if hasattr(type(x), "__next__"):
        raise TraceError(
            f"jit got a {type(x).__name__}, which can be read only once. Pass a list instead."
        )
    if hasattr(x, "__dict__"):
        return Identity(x)
    try:
        hash(x)
    except TypeError:
        raise TraceError(
            f"jit cannot notice what changes in a {type(x).__name__}. Pass a list, a tuple, a dict "
            "or an array instead."
        ) from None
    return x


def has_attributes(x: Any) -> bool:
    """Return whether a container has attributes other than its items."""
    found = getattr(x, "__dict__", None)
    return bool(found) and found is not x


def objects_in(x: Any) -> Iterator[Any]:
    """Yield the fixed arguments: they may have attributes, or be functions that read others."""
    if isinstance(x, CONTAINERS):
        if has_attributes(x):
            yield x
        for item in tree.items(x):
            yield from objects_in(item)
    elif not (isinstance(x, (Node, np.ndarray, *INPUT_NUMBERS)) or is_on_device(x)):
        yield x


def copies_of(inputs: list[Any]) -> list[Any]:
    """Return copies of inputs that can change; those that share memory share it again."""
    arrays = {id(x): x for x in inputs if isinstance(x, np.ndarray)}
    owners: dict[int, list[Any]] = {}
    for x in arrays.values():
        owners.setdefault(id(owner_of(x)), []).append(x)
    found: dict[int, Any] = {}
    for group in owners.values():
        if len(group) == 1:
            found[id(group[0])] = group[0].copy("K")
        else:
            found |= zip(map(id, group), _copied_together(group), strict=True)
    for key, x in arrays.items():
        found[key].flags.writeable = x.flags.writeable
    return [found.get(id(x), x) for x in inputs]


def _copied_together(arrays: list[Any]) -> list[Any]:
    """Return copies of arrays that lie in the same memory, with the same distances."""
    start = min(bounds(x)[0] for x in arrays)
    memory = np.empty(max(bounds(x)[1] for x in arrays) - start, np.uint8)
    copies = []
    for x in arrays:
        offset = x.__array_interface__["data"][0] - start
        copies.append(np.ndarray(x.shape, x.dtype, memory, offset, x.strides))
        copies[-1][...] = x
    return copies


def contents(x: Any) -> Any:
    """Return what nested lists and dicts hold, for comparison."""
    if isinstance(x, dict):
        return (id(x), tuple([(id(key), contents(item)) for key, item in x.items()]))
    if isinstance(x, (list, tuple)):
        return (id(x), tuple([contents(item) for item in x]))
    return id(x)


def _flatten_node(x: Any, leaves: list[Any], key: list[Any]) -> None:
    """Append a node to the inputs, and to the key what identifies it: all but its numbers."""
    key += (type(x), x._is_differentiated())
    if leaves:
        key += [number for number, other in enumerate(leaves) if other is x]
    if isinstance(x, Tensor):
        held = current(x)._contents
        strides = getattr(held, "strides", ())
        key += (type(held), held.dtype, held.shape, strides, x.requires_grad, x.is_parameter)
    leaves.append(x)


def _rebuilt(x: Any, of: Any) -> Any:
    """Return nested arguments with ``of(x)`` for everything that is not a container."""
    kind = type(x)
    if kind is tuple or kind is list:
        return kind([_rebuilt(item, of) for item in x])
    if isinstance(x, CONTAINERS):
        return tree.like(x, [_rebuilt(item, of) for item in tree.items(x)])
    return of(x)


def replaced(x: Any, parts: Any, other: Callable[[Any], Any] = lambda leaf: leaf) -> Any:
    """Return nested arguments with other inputs, taken in order, and ``other(x)`` for the rest."""
    return _rebuilt(x, lambda leaf: next(parts) if is_input(leaf) else other(leaf))


def is_input(x: Any) -> bool:
    """Return whether an argument is an input of programs."""
    return isinstance(x, (*INPUTS, Node)) or is_on_device(x)


class Slot:
    """The place of an input in nested arguments.

    Attributes
    ----------
    number : int
        Counts the inputs of a program.
    """

    __slots__ = ("number",)

    def __init__(self, number: int) -> None:
        self.number = number


def filled(x: Any, leaves: Any) -> Any:
    """Return nested arguments with inputs in the place of slots."""
    return _rebuilt(x, lambda leaf: leaves[leaf.number] if type(leaf) is Slot else leaf)


class Parameter:
    """A parameter of a function, with what was passed for it.

    Attributes
    ----------
    name : str
        Its name.
    kind : inspect._ParameterKind
        How it is passed.
    value : any
        What was passed, with variables in the place of inputs.
    """

    __slots__ = ("kind", "name", "value")

    def __init__(self, name: str, kind: Any, value: Any) -> None:
        self.name = name
        self.kind = kind
        self.value = value


def parameters_of(function: Any, arguments: Any, keywords: Any) -> list[Parameter]:
    """Return the parameters of a function that arguments were passed for."""
    try:
        signature = inspect.signature(function)
        bound = signature.bind(*arguments, **keywords)
    except (TypeError, ValueError):
        plain, named = inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.KEYWORD_ONLY
        return [Parameter(f"x{i}", plain, x) for i, x in enumerate(arguments)] + [
            Parameter(name, named, x) for name, x in keywords.items()
        ]
    return [
        Parameter(name, signature.parameters[name].kind, x) for name, x in bound.arguments.items()
    ]


def name_inputs(parameters: list[Parameter]) -> None:
    """Name the variables after the parameters, and after fields and keys inside of them."""
    for parameter in parameters:
        _name(parameter.value, parameter.name)


def _name(x: Any, name: str) -> None:
    if isinstance(x, dict):
        for key, item in x.items():
            _name(item, key if isinstance(key, str) and key.isidentifier() else f"{name}_{key}")
    elif isinstance(x, (tuple, list)):
        fields = getattr(x, "_fields", range(len(x)))
        for field, item in zip(fields, x, strict=True):
            _name(item, field if isinstance(field, str) else f"{name}_{field}")
    elif isinstance(x, Variable):
        x.hint = identifier(name)


def identifier(text: str) -> str:
    """Return a name for variables that resembles a text."""
    clean = "".join(c if c.isalnum() or c == "_" else "_" for c in text)
    return clean if clean.isidentifier() else f"x_{clean}" if f"x_{clean}".isidentifier() else "x"
