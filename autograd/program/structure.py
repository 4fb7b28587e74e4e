"""The arguments of a traced function: which are inputs of its program, and which are fixed."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.engine.node import Node

#: Numbers that are inputs; integers, booleans and text are fixed.
INPUT_NUMBERS = (float, complex, np.floating, np.complexfloating)
INPUTS = (np.ndarray, *INPUT_NUMBERS, np.random.Generator)


class Slot:
    """The place of an input in the arguments: a key of the signature, and where the input stands.

    Attributes
    ----------
    number : int
        Counts the inputs of a program.
    """

    __slots__ = ("number",)

    def __init__(self, number: int) -> None:
        self.number = number


def flatten(x: Any, leaves: list[Any], key: list[Any]) -> None:
    """Append the inputs in nested arguments to `leaves`, and what identifies the rest to `key`."""
    kind = type(x)
    if kind is np.ndarray:
        leaves.append(x)
        key.append(x.dtype)
        key.append(x.shape)
    elif kind is float or kind is complex:
        leaves.append(x)
        key.append(kind)
    elif kind is tuple or kind is list:
        key.append(kind)
        key.append(len(x))
        for item in x:
            flatten(item, leaves, key)
    elif kind is dict:
        key.append(kind)
        key.append(tuple(x))
        for item in x.values():
            flatten(item, leaves, key)
    elif isinstance(x, (np.ndarray, *INPUT_NUMBERS)) and not isinstance(x, Node):
        leaves.append(x)
        key.append(kind)
        key.append(getattr(x, "dtype", None))
        key.append(getattr(x, "shape", ()))
    elif isinstance(x, tuple) and hasattr(x, "_fields"):
        key.append(kind)
        for item in x:
            flatten(item, leaves, key)
    elif isinstance(x, np.random.Generator):
        leaves.append(x)
        key.append(kind)
    else:
        key.append(kind)
        key.append(_hashable(x))


def _hashable(x: Any) -> Any:
    """Return what identifies a fixed argument: the object, or its identity."""
    if isinstance(x, Node):
        return id(x)
    try:
        hash(x)
    except TypeError:
        return ("by identity", id(x))
    return x


def replaced(x: Any, parts: Any) -> Any:
    """Return nested arguments with other inputs, taken in order."""
    kind = type(x)
    if kind is np.ndarray or kind is float or kind is complex:
        return next(parts)
    if kind is tuple:
        return tuple([replaced(item, parts) for item in x])
    if kind is list:
        return [replaced(item, parts) for item in x]
    if kind is dict:
        return {key: replaced(item, parts) for key, item in x.items()}
    if isinstance(x, (np.ndarray, *INPUT_NUMBERS, np.random.Generator)):
        return next(parts)
    if isinstance(x, tuple) and hasattr(x, "_fields"):
        return kind(*[replaced(item, parts) for item in x])
    return x


def names_of_inputs(function: Any, arguments: Any, keywords: Any) -> list[str]:
    """Return a name for each input, made of the names of the parameters."""
    import inspect

    try:
        bound = inspect.signature(function).bind(*arguments, **keywords)
        named: dict[str, Any] = dict(bound.arguments)
    except (TypeError, ValueError):
        named = {f"x{i}": x for i, x in enumerate(arguments)} | dict(keywords)
    names: list[str] = []
    parameters = list(named.items())
    for name, x in parameters:
        _name(x, name, names)
    return names


def _name(x: Any, name: str, names: list[str]) -> None:
    if isinstance(x, dict):
        for key, item in x.items():
            _name(item, f"{name}_{key}", names)
    elif isinstance(x, (tuple, list)):
        fields = getattr(x, "_fields", range(len(x)))
        for field, item in zip(fields, x, strict=True):
            _name(item, f"{name}_{field}", names)
    elif isinstance(x, INPUTS) and not isinstance(x, Node):
        clean = "".join(c if c.isidentifier() or c.isdigit() else "_" for c in name)
        names.append(clean if clean.isidentifier() else f"x_{clean}")
