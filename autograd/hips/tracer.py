"""`autograd.tracer`: follow a computation node by node, and the types of boxes.

In HIPS autograd a box wraps a value, and a node records where it came from. Here both are one
object, a Value or a Tensor; containers of them are plain tuples, lists and dicts.
"""

from __future__ import annotations

import contextlib
import functools
import warnings
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import numpy as np

from autograd import forward, tree
from autograd.engine import Node as GraphNode
from autograd.engine import Tensor, Value, tracing
from autograd.engine.closures import begin_call
from autograd.engine.observers import Observer
from autograd.engine.transform_calls import arguments
from autograd.errors import NoRuleError
from autograd.graph import current
from autograd.hips.notrace import notrace_primitive, register_notrace
from autograd.hips.shared import toposort
from autograd.hips.user_primitive import primitive
from autograd.rules.elementwise import positive
from autograd.variables import NODE_MAKERS, plain

__all__ = [
    "Box",
    "JVPNode",
    "Node",
    "SparseObject",
    "TraceStack",
    "VJPNode",
    "box_type_mappings",
    "box_types",
    "getval",
    "isbox",
    "new_box",
    "notrace_primitive",
    "primitive",
    "register_notrace",
    "toposort",
    "trace",
    "trace_stack",
]

_ABSENT = {
    "find_top_boxed_args": "transforms nest by fresh nodes, without levels",
    "trace_primitives_map": "NumPy's own functions are the primitives",
    "notrace_primitives": "see autograd.rules.table.without_derivative",
    "Box.register": "nodes hold numbers and arrays only",
}


def __getattr__(name: str) -> Any:
    if name in _ABSENT:
        raise _absent(name)
    raise AttributeError(f"module 'autograd.tracer' has no attribute {name!r}")


def _absent(name: str) -> NoRuleError:
    return NoRuleError(f"HIPS autograd's {name} has no counterpart in chainrule: {_ABSENT[name]}.")


#: Programs add NumPy's protocols to the boxes of HIPS autograd; nodes have them already.
_PROTOCOLS = ("__array_ufunc__", "__array_function__")


class _BoxMeta(type):
    """Makes nodes instances of `Box` and `ArrayBox`."""

    holds_nodes = True

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, GraphNode)

    def __subclasscheck__(cls, other: type) -> bool:
        return other in (Value, Tensor) or type.__subclasscheck__(cls, other)

    def __eq__(cls, other: object) -> bool:
        return cls is other or (other in (Value, Tensor) and cls.holds_nodes)

    def __hash__(cls) -> int:
        return type.__hash__(cls)

    def __call__(cls, value: Any, trace: Any = None, node: Any = None) -> Any:
        """Return the node, or a new node of the value: there is no box around it."""
        if not cls.holds_nodes:
            return value
        return node if isinstance(node, GraphNode) else _fresh(value)

    def __setattr__(cls, name: str, attribute: Any) -> None:
        """Assign the attribute to the classes of all nodes, except NumPy's protocols."""
        type.__setattr__(cls, name, attribute)
        if name in _PROTOCOLS or not cls.holds_nodes:
            return
        if callable(attribute) and not hasattr(attribute, "__get__"):  # a ufunc
            attribute = _method(attribute)
        for kind in (Value, Tensor):
            setattr(kind, name, attribute)


def _method(function: Any) -> Any:
    @functools.wraps(function)
    def method(self: Any, *arguments: Any, **keywords: Any) -> Any:
        return function(self, *arguments, **keywords)

    return method


class Box(metaclass=_BoxMeta):
    """The type of every Value and Tensor, for `isinstance`. It cannot be subclassed.

    An attribute assigned to this class is assigned to all nodes.
    """

    #: Type of an argument -> ``maker(value, trace, node)``, which makes a node of it.
    type_mappings: ClassVar[dict[type, Any]] = NODE_MAKERS

    def __init_subclass__(cls, **keywords: Any) -> None:
        if not cls.__module__.startswith("autograd."):
            raise _absent("Box.register")

    @classmethod
    def register(cls, value_type: type) -> None:
        """Accept arguments of a subclass of arrays or numbers; other types have no nodes."""
        if not issubclass(value_type, (np.ndarray, np.inexact, float, complex)):
            raise _absent("Box.register")
        NODE_MAKERS[value_type] = cls


_TYPES = (float, complex, np.ndarray, np.float64, np.float32, np.float16, np.complex128)
NODE_MAKERS.update(dict.fromkeys((*_TYPES, Value, Tensor), Box))
box_type_mappings = NODE_MAKERS
box_types = {Value, Tensor}


class TraceStack:
    """Numbers traces; a later trace has a larger number."""

    @contextlib.contextmanager
    def new_trace(self) -> Iterator[float]:
        """Begin a trace and yield its number; `new_box` makes nodes that belong to it."""
        yield begin_call()


trace_stack = TraceStack()


class SparseObject:
    """A vector given by a function that adds it to another vector in place."""

    def __init__(self, vs: Any, mut_add: Callable[[Any], Any]) -> None:
        self.vs = vs
        self.mut_add = mut_add


class Node:
    """The node that `trace` makes for each operation; subclasses choose what to keep."""

    __slots__: list[str] = []

    def __init__(
        self, value: Any, fun: Any, args: Any, kwargs: Any, parent_argnums: Any, parents: Any
    ) -> None:
        raise NotImplementedError(f"{type(self).__name__}.__init__")

    def initialize_root(self, *args: Any, **kwargs: Any) -> None:
        """Initialise the node of the argument."""
        raise NotImplementedError(f"{type(self).__name__}.initialize_root")

    @classmethod
    def new_root(cls, *args: Any, **kwargs: Any) -> Any:
        """Return a node of the argument."""
        root = cls.__new__(cls)
        root.initialize_root(*args, **kwargs)
        return root


class VJPNode(Node):
    """Makes `trace` return the result as the node that `autograd.core.backward_pass` takes."""

    def initialize_root(self) -> None:
        """No state to initialise."""


class JVPNode(Node):
    """Makes `trace` compute the tangent of the result; `g` is the tangent of the argument."""

    __slots__ = ["g"]

    def initialize_root(self, g: Any) -> None:
        """Keep the tangent."""
        self.g = g


def isbox(x: Any) -> bool:
    """Return whether `x` is a node or a container of nodes."""
    return any(isinstance(leaf, GraphNode) for leaf in tree.flat(x))


def getval(x: Any) -> Any:
    """Return the data of a node, or of all nodes in a container; anything else unchanged."""
    return plain(x)


def new_box(value: Any, trace: int, node: Any) -> Any:
    """Return a Value or a Tensor of a value; for a container, one for each leaf."""
    if isinstance(value, tree.CONTAINERS):
        return _Boxes.of(tree.mapped(value, _fresh))
    return _fresh(value)


class _Boxes(tuple[Any, ...]):
    """A tuple of nodes that all belong to one trace."""

    _trace: float

    @classmethod
    def of(cls, nodes: Any) -> Any:
        """Return a tuple that knows its trace; other containers unchanged."""
        if type(nodes) is not tuple:
            return nodes
        boxes = cls(nodes)
        boxes._trace = max([x._trace for x in tree.flat(nodes)], default=0.0)
        return boxes


def trace(start_node: Any, fun: Callable[[Any], Any], x: Any) -> tuple[Any, Any]:
    """Call ``fun(x)`` and make a node of the type of `start_node` for each operation.

    Parameters
    ----------
    start_node : Node
        The node of the argument.
    fun : callable
        A function of one argument.
    x : any
        The argument; it may be a nested container.

    Returns
    -------
    tuple
        The result and its node, which is None if the result does not depend on `x`.

    Examples
    --------
    >>> import numpy as np
    >>> class Named(Node):
    ...     def initialize_root(self):
    ...         self.text = "x"
    ...     def __init__(self, value, fun, args, kwargs, parent_argnums, parents):
    ...         self.text = f"{fun.__name__}({', '.join(p.text for p in parents)})"
    >>> value, node = trace(Named.new_root(), lambda x: np.sin(x) * x, 0.0)
    >>> node.text
    'multiply(sin(x), x)'
    """
    argument = tree.mapped(x, _fresh)
    leaves = tree.flat(argument)
    with arguments(leaves):
        return _traced(start_node, fun, x, argument, leaves)


def _traced(start_node: Any, fun: Any, x: Any, argument: Any, leaves: list[Any]) -> tuple[Any, Any]:
    if isinstance(start_node, (VJPNode, JVPNode)):
        result = fun(argument)
        if not isinstance(result, GraphNode):
            return _independent(result)
        if isinstance(start_node, VJPNode):
            return _outward(result, x), result
        tangents = dict(zip(leaves, tree.aligned(start_node.g, x), strict=True))
        (change,) = forward.push_forward([result], tangents, isbox((x, start_node.g)))
        return _outward(result, x), JVPNode.new_root(change)
    with _Tracer(start_node, leaves, isinstance(x, (tuple, list, dict))) as tracer:
        result = fun(argument)
    end_node = tracer.nodes.get(id(current(result)))
    return _independent(result) if end_node is None else (_outward(result, x), end_node)


def _fresh(value: Any) -> Any:
    if isinstance(value, GraphNode):
        return positive(value)
    number = tracing.concrete(value)
    if type(number) is float or type(number) is np.float64:
        return Value(value)
    if isinstance(number, (np.ndarray, np.inexact, complex)):
        return Tensor(np.array(value))
    raise TypeError(f"Can't differentiate w.r.t. type {type(value)}")


def _outward(result: Any, x: Any) -> Any:
    return result if isbox(x) else plain(result)


def _independent(result: Any) -> tuple[Any, None]:
    warnings.warn("Output seems independent of input.", stacklevel=3)
    return result, None


class _Tracer(Observer):
    """Makes a user's node for each recorded node that depends on the argument."""

    def __init__(self, start_node: Any, leaves: list[Any], nested: bool) -> None:
        self.type = type(start_node)
        self.kept = list(leaves)  # keeps the ids below unique
        self.nodes: dict[int, Any] = {}
        for number, leaf in enumerate(leaves):
            self.nodes[id(leaf)] = start_node
            if nested:
                taken = functools.partial(_take, number)
                functools.update_wrapper(taken, _take)
                self.nodes[id(leaf)] = self.type(
                    plain(leaf), taken, (None,), {}, (0,), (start_node,)
                )

    def __enter__(self) -> _Tracer:
        self.watch()
        return self

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        self.leave()

    def made(self, node: Any) -> None:
        """Make the user's node of a recorded node."""
        args = node.arguments
        known = [
            (argnum, self.nodes[id(current(argument))])
            for argnum, argument in enumerate(args)
            if isinstance(argument, GraphNode) and id(current(argument)) in self.nodes
        ]
        if not known:
            return
        self.kept.append(node)
        argnums, parents = zip(*known, strict=True)
        self.nodes[id(node)] = self.type(
            plain(node),
            node.primitive,
            tuple(plain(args)),
            dict(node.keywords),
            argnums,
            parents,
        )


def _take(number: int, container: Any) -> Any:
    """Return a leaf of a container."""
    return tree.flat(container)[number]
