"""Calling a primitive on nodes: compute the result and record how it was made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from autograd.engine import (
    assignment,
    batching,
    callers,
    calls,
    closures,
    constants,
    foreign,
    given,
    objects,
    outputs,
    registry,
    tensor,
    tracing,
    unread,
    value,
    wrapped,
)
from autograd.engine import node as nodes
from autograd.engine import primitive as primitives
from autograd.engine.fields import adopt
from autograd.engine.grad_mode import GRAD_MODE, is_recording
from autograd.engine.node import plain as plain
from autograd.engine.observers import tell_made
from autograd.engine.outputs import refuse_out as refuse_out
from autograd.engine.primitive import NO_KEYWORDS as NO_KEYWORDS
from autograd.errors import NoRuleError

_ndarray: Final = np.ndarray


def call(primitive: primitives.Primitive, arguments: Any, keywords: dict[str, Any]) -> Any:
    """Call a primitive on anything: floats, arrays, nodes."""
    if GRAD_MODE.tracing != 0:
        arguments = tracing.here().with_values(arguments)
    has_nodes = False
    count = len(arguments)
    scalar = primitive.partials is not None and count == primitive.arity <= 2 and not keywords
    for argument in arguments:
        if isinstance(argument, value.Value):
            has_nodes = True
        elif isinstance(argument, nodes.Node):
            has_nodes = True
            scalar = False
        elif scalar and value.as_constant(argument) is None:
            scalar = False
    if keywords:
        for keyword in keywords.values():
            if isinstance(keyword, nodes.Node):
                return _call_by_position(primitive, arguments, keywords)
    if not has_nodes:
        if GRAD_MODE.tracing != 0 and tracing.any_followed(arguments):
            return tracing.here().call(primitive, arguments, keywords)
        if scalar and all(type(argument) is float for argument in arguments):
            return _scalar_result(primitive, arguments)
        for argument in arguments:
            if isinstance(argument, _ndarray):
                if objects.holds_nodes(argument):
                    return apply(primitive, arguments, keywords)
            elif objects.lists_nodes(argument):
                return apply(primitive, arguments, keywords)
        if batching.any_batched(arguments):
            return batching.called(primitive, arguments, keywords)
        return primitive.function(*arguments, **keywords)
    if not scalar:
        return apply(primitive, arguments, keywords)
    if len(arguments) == 1:
        return arguments[0]._unary(primitive)
    return value.binary(primitive, arguments[0], arguments[1])


def _call_by_position(
    primitive: primitives.Primitive, arguments: Any, keywords: dict[str, Any]
) -> Any:
    """Turn nodes that were passed by keyword into positional arguments."""
    import inspect  # slow to import and rarely needed

    try:
        bound = inspect.signature(primitive.function).bind(*arguments, **keywords)
    except (ValueError, TypeError):
        bound = None
    if bound is None or any(isinstance(k, nodes.Node) for k in bound.kwargs.values()):
        raise NoRuleError(
            f"{primitive.name} has no derivative with respect to its keyword arguments "
            f"{', '.join(k for k, v in keywords.items() if isinstance(v, nodes.Node))}. "
            "Pass plain numbers and arrays there (node.data)."
        )
    return call(primitive, bound.args, bound.kwargs)


def apply(
    primitive: primitives.Primitive, arguments: Any, keywords: dict[str, Any], handles: Any = None
) -> Any:
    """Call a primitive on arguments some of which are nodes; the result is a Tensor.

    `handles` are the arguments as the caller passed them, if some were assigned to since they were
    made; `arguments` are then the nodes that hold their elements now.
    """
    if GRAD_MODE.tracing != 0:
        arguments = tracing.here().with_followed(arguments)
    if GRAD_MODE.batching != 0:
        arguments = batching.lifted(arguments)
    plain: list[Any] = []
    connected = has_spare = False
    versions = flags = 0
    numbers = 0.0
    arity = primitive.arity
    for argnum, argument in enumerate(arguments):
        if isinstance(argument, nodes.Node):
            if argnum >= arity >= 0:
                raise _no_derivative_error(primitive, argnum)
            if isinstance(argument, tensor.Tensor):
                memory = argument._memory
                if memory is not None:
                    outdated = argument._latest is not None or argument._at != memory.version
                    if outdated and assignment.current(argument) is not argument:
                        return apply(primitive, _with_current(arguments), keywords, arguments)
                    if memory.private and primitive.reads_data:
                        memory.capture(argument._contents)
                    versions += memory.mutations
                if GRAD_MODE.tracing != 0:
                    adopt(argument)
                contents = argument._contents
                if type(contents) is not _ndarray:
                    is_batched = isinstance(contents, batching.Batched)
                    flags |= given.FOREIGN | (given.BATCHED if is_batched else 0)
                plain.append(contents)
                connected = connected or argument._requires_grad
                made_by = argument._primitive
                has_spare = has_spare or (made_by is not None and made_by.spares_arguments)
            else:
                assert isinstance(argument, value.Value)
                plain.append(argument._plain())
                numbers += argument._contents
                connected = True
        else:
            flags |= given.flags_of(argument, argnum < arity or arity < 0)
            if flags & given.REPLACED:
                return apply(primitive, given.as_arrays(arguments, arity), keywords, handles)
            plain.append(argument)
    if keywords:
        wrapped.refuse_in(keywords.values())
    result = tensor.Tensor(_computed(primitive, plain, keywords, flags))
    if GRAD_MODE.objects and result._contents.dtype.kind == "c" and result._contents.shape == ():
        objects.refuse_complex(arguments)
    if connected and (GRAD_MODE.interventions == 0 or is_recording()):
        result._primitive = primitive
        result._arguments = arguments
        result._keywords = keywords
        result._versions = versions
        result._numbers = numbers
        if keywords or flags & (given.COPY | given.FINGERPRINT):
            constants.keep(result, flags & given.COPY != 0, flags & given.FINGERPRINT != 0)
        if GRAD_MODE.interventions != 0:
            tell_made(result)
        if has_spare and GRAD_MODE.interventions == GRAD_MODE.tracing:  # nothing observes nodes
            for argument in arguments:
                if isinstance(argument, tensor.Tensor) and argument._arguments is not None:
                    unread.let_go(argument)
    else:
        result._requires_grad = False
    if primitive.makes_views:
        shown = arguments if handles is None else handles
        assignment.link_view(result, primitive, arguments, shown, keywords)
    return result


def _computed(
    primitive: primitives.Primitive, plain: list[Any], keywords: dict[str, Any], flags: int
) -> Any:
    """Return the numbers of the result of a call."""
    if flags & given.BATCHED or (flags & given.COPY and batching.any_batched(plain)):
        return batching.called(primitive, plain, keywords)
    if GRAD_MODE.tracing != 0:
        return tracing.here().call(primitive, plain, keywords)
    function = primitive.function
    if flags & given.FOREIGN:
        return foreign.computed(primitive.name, function, plain, keywords)
    return function(*plain, **keywords) if keywords else function(*plain)


def _no_derivative_error(primitive: primitives.Primitive, argnum: int) -> NoRuleError:
    return NoRuleError(
        f"{primitive.name} has no derivative with respect to its argument number {argnum}. "
        "Pass a plain number or array there (node.data)."
    )


def _with_current(arguments: Any) -> Any:
    """Replace Tensors by the nodes that hold their current elements."""
    return tuple([assignment.current(x) if isinstance(x, tensor.Tensor) else x for x in arguments])


def _scalar_result(primitive: primitives.Primitive, arguments: Any) -> float:
    try:
        return float(primitive.scalar(*arguments))
    except (ValueError, OverflowError, ZeroDivisionError):
        with np.errstate(all="ignore"):
            return float(primitive.function(*[np.float64(a) for a in arguments]))


def operator(primitive: primitives.Primitive, a: Any, b: Any) -> Any:
    """Carry out ``a`` operator ``b``; of neither numbers nor arrays, return NotImplemented."""
    if isinstance(a, tensor.Tensor) or isinstance(b, tensor.Tensor):
        a, b = _as_operand(a), _as_operand(b)
    for argument in (a, b):
        if not (
            isinstance(argument, (nodes.Node, _ndarray, float, int, complex, np.generic))
            or value.as_constant(argument) is not None
            or hasattr(argument, "__array_function__")
        ):
            handler = registry.operand_handler(argument)
            if handler is None:
                wrapped.refuse_operand(argument)
            return NotImplemented if handler is None else handler(primitive, a, b)
    return call(primitive, (a, b), NO_KEYWORDS)


def _as_operand(x: Any) -> Any:
    """Convert a list or tuple to an array, and a number such as a Fraction to a float."""
    if isinstance(x, (list, tuple)):
        return np.asarray(x)
    if isinstance(x, (nodes.Node, _ndarray, np.generic)):
        return x
    number = value.as_constant(x)
    return x if number is None else number


def ufunc(function: Any, method: str, inputs: Any, keywords: dict[str, Any]) -> Any:
    """NumPy's protocol for ufuncs (NEP 13)."""
    if method == "__call__" and not keywords:
        handler: Any = registry.DISPATCH.get(function)
        if isinstance(handler, primitives.Primitive):  # the usual case
            return call(handler, inputs, NO_KEYWORDS)
    if keywords.get("out") is not None:
        return outputs.ufunc_into(function, method, inputs, keywords)
    if method != "__call__":
        return _dispatch((function, method), function, inputs, keywords)
    if function in registry.WITHOUT_DERIVATIVE:
        if function is np.isnan:  # which `brentq` asks first
            callers.refuse_in_solver()
        return _dispatch(function, function, inputs, keywords)
    return _with_keywords(function, inputs, keywords)


def _with_keywords(function: Any, inputs: Any, keywords: dict[str, Any]) -> Any:
    """Call a ufunc with the keyword arguments that ufuncs have in common."""
    name = function.__name__
    more = {k: v for k, v in keywords.items() if k not in ("out", "order", "subok", "dtype")}
    if more.pop("where", True) is not True:
        raise NoRuleError(
            f"numpy.{name}(..., where=mask) of a node leaves the other elements undefined. "
            f"Write np.where(mask, np.{name}(...), other), which says what they are, or pass "
            "out=np.zeros_like(node) as well."
        )
    if more.pop("casting", "same_kind") != "same_kind" or "signature" in more or "sig" in more:
        raise NoRuleError(
            f"numpy.{name} of a node has no rule for casting= and signature=. "
            "Convert the arguments with .astype."
        )
    dtype = keywords.get("dtype")
    if dtype is not None:
        inputs = tuple([_converted(x, np.dtype(dtype), name) for x in inputs])
    return _dispatch((function, "axes") if "axes" in more else function, function, inputs, more)


def _converted(x: Any, dtype: Any, name: str) -> Any:
    """Convert an argument of a ufunc to the dtype of the computation."""
    if isinstance(x, value.Value) and dtype != np.float64:
        raise NoRuleError(
            f"numpy.{name}(..., dtype={str(dtype)!r}) of a Value: a Value is a Python float. "
            f"For other types write Tensor(number, dtype={str(dtype)!r})."
        )
    if isinstance(x, tensor.Tensor) or _is_array(x):
        return x if x.dtype == dtype else x.astype(dtype)
    return x


def _is_array(x: Any) -> bool:
    return isinstance(x, _ndarray) or isinstance(x, batching.Batched)


def numpy_function(function: Any, arguments: Any, keywords: dict[str, Any]) -> Any:
    """NumPy's protocol for all other functions (NEP 18)."""
    if len(arguments) > 1:
        arguments, keywords = outputs.named(function, arguments, keywords)
    if keywords.get("out") is not None:
        return outputs.function_into(function, arguments, keywords)
    return _dispatch(function, function, arguments, keywords)


def _dispatch(key: Any, function: Any, arguments: Any, keywords: dict[str, Any]) -> Any:
    if "out" in keywords:
        keywords = {k: v for k, v in keywords.items() if k != "out"}
    handler: Callable[..., Any] | None = registry.DISPATCH.get(key)
    if not isinstance(handler, primitives.Primitive):
        has_objects = objects.any_objects(arguments)
        if not has_objects and len(keywords) != 0:
            has_objects = objects.any_objects(keywords.values())
        if has_objects and handler not in registry.WRITERS:
            arguments, keywords = objects.joined_in(arguments), objects.joined_in(keywords)
    if handler is not None:
        if GRAD_MODE.batched and not isinstance(handler, primitives.Primitive):
            return batching.handled(handler, function.__name__, arguments, keywords)
        return handler(*arguments, **keywords)
    if key in registry.WITHOUT_DERIVATIVE:
        return function(*plain(arguments), **plain(keywords))
    if isinstance(key, tuple):  # a method of a ufunc, such as np.equal.outer
        method = key[1]
        if function in registry.WITHOUT_DERIVATIVE and method != "at":
            return getattr(function, method)(*plain(arguments), **plain(keywords))
    if registry.load_lazy_rules():
        return _dispatch(key, function, arguments, keywords)
    raise _no_rule_error(key)


def _no_rule_error(key: Any) -> NoRuleError:
    name = f"{key[0].__name__}.{key[1]}" if isinstance(key, tuple) else key.__name__
    module = (getattr(key, "__module__", None) or "numpy").removeprefix("numpy._core")
    name = f"{module if module.startswith('numpy') else 'numpy'}.{name}"
    if isinstance(key, np.ufunc) and getattr(np, key.__name__, None) is not key:
        name = f"The ufunc {key.__name__}"  # of another library, whose name it does not know
    return NoRuleError(
        f"{name} has no rule for its derivative. Write it with functions that have one, "
        "teach it by autograd.elementwise, autograd.linear or autograd.define, "
        "or pass node.data if no derivative is to flow through it."
    )


class EngineDispatcher(calls.Dispatcher):
    """What the lower files call."""

    def tensor(self, data: Any, label: str, requires_grad: bool) -> Any:
        """Return a leaf, or a constant, with these numbers."""
        return tensor.Tensor(data, None, label, requires_grad)

    def number(self, data: float) -> Any:
        """Return a leaf with this number."""
        return value.Value(data)

    def call(self, primitive: Any, arguments: Any, keywords: dict[str, Any]) -> Any:
        """Call a primitive on anything: floats, arrays, nodes."""
        return call(primitive, arguments, keywords)

    def apply(self, primitive: Any, arguments: Any, keywords: dict[str, Any]) -> Any:
        """Call a primitive on arguments some of which are nodes; the result is a Tensor."""
        return apply(primitive, arguments, keywords)

    def operator(self, primitive: Any, a: Any, b: Any) -> Any:
        """Carry out ``a`` operator ``b``; of neither numbers nor arrays, return NotImplemented."""
        return operator(primitive, a, b)

    def ufunc(self, function: Any, method: str, inputs: Any, keywords: dict[str, Any]) -> Any:
        """Call a ufunc on nodes."""
        return ufunc(function, method, inputs, keywords)

    def function(self, function: Any, arguments: Any, keywords: dict[str, Any]) -> Any:
        """Call any other NumPy function on nodes."""
        return numpy_function(function, arguments, keywords)

    def array_of(self, node: Any, dtype: Any, copy: Any) -> Any:
        """Convert a node to an array."""
        return objects.array_of(node, dtype, copy)

    def restore(self, node: Any) -> None:
        """Compute the numbers of the arguments of a node again that have been let go."""
        unread.restore(node)

    def outer_value(self, node: Any) -> Any:
        """Return a node without its dependence on the innermost transform."""
        return closures.outer_value(node)

    def newest_call(self, node: Any) -> float:
        """Return the number of the newest call of a transform that a node depends on."""
        return closures.newest_call(node)

    def is_asked_for(self, node: Any) -> bool:
        """Return whether a node depends on an argument of a running transform."""
        return closures.is_asked_for(node)


calls.INSTALLED.dispatcher = EngineDispatcher()
