"""A plugin for mypy: NumPy's functions of Tensors and Values return Tensors and Values.

NumPy's own stubs know arrays only: for them ``np.tanh(t)`` and ``array @ t`` are arrays. Enable the
plugin in the configuration of mypy, in ``pyproject.toml`` for example::

    [tool.mypy]
    plugins = ["autograd.mypy_plugin"]
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
from mypy.nodes import ListExpr, TupleExpr
from mypy.plugin import FunctionContext, MethodContext, Plugin
from mypy.types import AnyType, Instance, LiteralType, TupleType, Type, UnionType, get_proper_type

from autograd.engine.registry import WITHOUT_DERIVATIVE

VALUE, TENSOR = "autograd.Value", "autograd.Tensor"
NODES = (VALUE, TENSOR, "autograd.engine.node.Node")
ARRAY = "numpy.ndarray"
SEQUENCES = ("builtins.list", "builtins.tuple")
OPERATORS = ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul"]
ARRAY_OPERATORS = {f"{ARRAY}.__{name}__" for name in OPERATORS}
UFUNC_CALL = ("_UFunc_Nin1_Nout1.__call__", "_UFunc_Nin2_Nout1.__call__")

#: NumPy functions that can be overridden have this type.
Dispatched: type = type(np.sum)


class NodePlugin(Plugin):
    """Give calls of NumPy with nodes among the arguments the type of their result."""

    def get_function_hook(self, fullname: str) -> Callable[[FunctionContext], Type] | None:
        """Return the hook for NumPy functions that have a derivative."""
        if not fullname.startswith("numpy."):
            return None
        module, _, name = fullname.rpartition(".")
        function = getattr(sys.modules.get(module), name, None)
        if isinstance(function, Dispatched) and function not in WITHOUT_DERIVATIVE:
            return function_result
        return None

    def get_method_hook(self, fullname: str) -> Callable[[MethodContext], Type] | None:
        """Return the hook for ufuncs and the operators of arrays."""
        if fullname in ARRAY_OPERATORS:
            return function_result
        return ufunc_result if fullname.endswith(UFUNC_CALL) else None


def function_result(context: FunctionContext | MethodContext) -> Type:
    """Return the type of a function's result: arrays become Tensors if any argument is a node."""
    if any(map(is_node, argument_types(context))):
        tensor = context.api.named_generic_type(TENSOR, [])
        return with_tensors(context.default_return_type, tensor)
    return context.default_return_type


def ufunc_result(context: MethodContext) -> Type:
    """Return the type of an elementwise result: of Values and numbers only it is a Value."""
    types = list(argument_types(context))
    if not any(map(is_node, types)) or ufunc_of(context.type) in WITHOUT_DERIVATIVE:
        return context.default_return_type
    arrays = any(isinstance(t, Instance) and has_base(t, ARRAY, TENSOR) for t in types)
    return context.api.named_generic_type(TENSOR if arrays else VALUE, [])


def ufunc_of(given: Type) -> Any:
    """Return the ufunc of a type, which states its name in NumPy; None if it does not."""
    found = get_proper_type(given)
    name = get_proper_type(found.args[0]) if isinstance(found, Instance) and found.args else None
    return getattr(np, str(name.value), None) if isinstance(name, LiteralType) else None


def argument_types(context: FunctionContext | MethodContext) -> Iterator[Type]:
    """Yield the types of all arguments, and of the items of lists and tuples."""
    yield from flattened(t for types in context.arg_types for t in types)
    for argument in (a for arguments in context.args for a in arguments):
        if isinstance(argument, ListExpr | TupleExpr):  # its own type is "array-like"
            yield from flattened(map(context.api.get_expression_type, argument.items))


def flattened(types: Iterable[Type]) -> Iterator[Type]:
    """Yield types, and those that lists, tuples and unions consist of."""
    for each in types:
        found = get_proper_type(each)
        yield found
        if isinstance(found, TupleType | UnionType):
            yield from flattened(found.items)
        elif isinstance(found, Instance) and found.type.fullname in SEQUENCES:
            yield from flattened(found.args)


def is_node(found: Type) -> bool:
    """Return whether a type is that of a node."""
    return isinstance(found, Instance) and has_base(found, *NODES)


def has_base(found: Instance, *names: str) -> bool:
    """Return whether a class is one of these, or derived from one."""
    return any(map(found.type.has_base, names))


def with_tensors(result: Type, tensor: Instance) -> Type:
    """Replace arrays, numbers and unknown types in the type of a result by Tensors."""
    found = get_proper_type(result)
    if isinstance(found, AnyType):
        return tensor
    if isinstance(found, TupleType):
        return found.copy_modified(items=[with_tensors(item, tensor) for item in found.items])
    if not isinstance(found, Instance):
        return result
    if found.type.fullname in SEQUENCES:
        return found.copy_modified(args=[with_tensors(item, tensor) for item in found.args])
    return tensor if has_base(found, ARRAY, "numpy.generic") else result


def plugin(version: str) -> type[Plugin]:
    """Return the plugin: the entry point that mypy calls."""
    return NodePlugin
