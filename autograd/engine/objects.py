"""Object arrays that hold nodes: what ``np.array([x, y])`` makes of a list of nodes.

NumPy offers no way to intercept `numpy.array` for a list. But an object array calls the operators
and methods of its elements, so arithmetic, sums, products and functions of such an array are
recorded element by element, and no derivative is lost. `joined` makes one Tensor of it.
"""

from __future__ import annotations

import weakref
from typing import Any, Final

import numpy as np

from autograd.engine import calls
from autograd.engine.callers import hint, is_asked_by_operator, lost_in, numerical_caller
from autograd.engine.fields import ArrayNode
from autograd.engine.grad_mode import GRAD_MODE
from autograd.engine.metadata import own
from autograd.engine.node import Node, plain
from autograd.engine.operations import STACK
from autograd.engine.primitive import NO_KEYWORDS
from autograd.engine.tracing import Followed
from autograd.errors import DataError, ShapeError, lost

OBJECT: Final = np.dtype(object)

#: A larger object array is a mistake, because each element becomes a node.
LARGEST: Final = 10_000

ADVICE: Final = (
    "To join nodes write np.stack([...]) or np.concatenate([...]); to fill an array element by "
    "element, start from np.zeros_like(node) or t = Tensor(np.zeros(n)), then t[i] = x; for the "
    "bare numbers write .data."
)


def array_of(node: Any, dtype: Any, copy: Any) -> Any:
    """Return what `numpy.array` and `numpy.asarray` make of a node, or raise an error with advice.

    A constant has no derivative to lose, so it gives its numbers. Any other node gives an object
    array of its elements. Unless a copy is requested, NumPy would share the memory; here the array
    is read-only, and as long as it exists, the Tensor and its views refuse assignments.
    """
    what = f"Making an array of a {type(node).__name__}"
    if copy is False:
        raise lost(f"{what} without a copy", ADVICE)
    wants_objects = dtype is not None and np.dtype(dtype) == OBJECT
    if node._is_constant() and not wants_objects:
        found = np.array(plain(node), dtype)
    else:
        found = _elements(node, dtype, what)
    if copy is None and found.ndim:
        found.flags.writeable = False
        _show(node, found)
    return found


def _show(node: Any, found: Any) -> None:
    """Remember that an array holds what is a view for NumPy, of a Tensor and of all its views."""
    while isinstance(node, ArrayNode) and node._view is not None:
        node = node._view.base
    notes = _notes_of(node)
    notes.shown = [*_existing(notes.shown), weakref.ref(found)]


def _existing(shown: list[Any]) -> list[Any]:
    return [reference for reference in shown if reference() is not None]


def by_itself(node: Any) -> Any:
    """Return what NumPy makes of an object that it knows nothing of: operators then give way."""
    found = np.empty((), OBJECT)
    found[()] = node
    return found


def _elements(node: Any, dtype: Any, what: str) -> Any:
    if dtype is not None and np.dtype(dtype) != OBJECT:
        raise lost_in(numerical_caller(), f"{what} with dtype={np.dtype(dtype)}", ADVICE)
    found = np.empty(np.shape(node), OBJECT)
    if dtype is None:
        caller = numerical_caller()
        if caller and is_asked_by_operator():
            return by_itself(node)
        if caller:
            raise lost_in(caller, f"{what} in {caller}", f"{ADVICE} {hint('')}")
        if found.size > LARGEST:
            raise lost(f"{what} of shape {found.shape}, element by element,", ADVICE)
    if np.iscomplexobj(node):
        raise lost(f"{what} of complex numbers", ADVICE)
    GRAD_MODE.objects = True
    elements = found.reshape(-1)
    flat = [node] if found.ndim == 0 else node.reshape(-1)
    for i in range(found.size):
        elements[i] = flat[i]
        _notes_of(elements[i]).element = True
    return found


def _notes_of(node: Node) -> Any:
    notes = own(node._notes)
    node._notes = notes
    return notes


def require_unshown(root: ArrayNode) -> None:
    """Raise an error if an array was made of a Tensor: in NumPy it would see an assignment."""
    notes = root._notes
    if notes is None or not notes.shown or not _existing(notes.shown):
        return
    raise lost(
        "Assigning to elements of a Tensor of which np.array or np.asarray has made an array",
        "Copy it there, np.array(t, copy=True) or np.stack([...]), or assign to t.copy().",
    )


def refuse_complex(arguments: Any) -> None:
    """Raise an error if an element of an object array has become complex.

    For NumPy the imaginary part of any object array is zero, so `np.imag` would lose both the
    number and its derivative.
    """
    if any(isinstance(a, ArrayNode) and a._contents.dtype.kind == "c" for a in arguments):
        return  # it was complex before and has been checked then
    visited: set[int] = set()
    stack: list[Any] = [a for a in arguments if isinstance(a, Node)]
    while stack:
        node = stack.pop()
        if id(node) in visited or np.ndim(node):  # type: ignore[call-overload]
            continue
        visited.add(id(node))
        if node._notes is not None and node._notes.element:
            raise lost(
                "Complex arithmetic on an element of an array of objects, np.array([x, y, ...]),",
                "np.imag of such an array is zero, whatever it holds. Write np.stack([x, y, ...]), "
                "which makes a Tensor.",
            )
        stack.extend(node.parents)


def holds_nodes(x: Any) -> bool:
    """Return whether this is an object array with nodes in it."""
    return (
        isinstance(x, np.ndarray)
        and x.dtype is OBJECT
        and not isinstance(x, Followed)  # what it holds when it is traced counts for nothing
        and any(isinstance(item, Node) for item in x.flat)
    )


def lists_nodes(x: Any) -> bool:
    """Return whether this is a list or tuple, perhaps of others, with nodes in it."""
    if not isinstance(x, list) and not isinstance(x, tuple):
        return False
    for item in x:  # noqa: SIM110 - as it is compiled
        if isinstance(item, Node) or lists_nodes(item):
            return True
    return False


def joined(x: Any) -> Any:
    """Join an object array of nodes into one Tensor; return anything else unchanged."""
    if not holds_nodes(x):
        return x
    elements = x.ravel().tolist()
    for item in elements:
        if np.ndim(item):
            raise ShapeError(
                f"An array of objects of shape {x.shape} holds an element of shape "
                f"{np.shape(item)}. Write np.stack([...]) to join arrays."
            )
    flat = calls.apply(STACK, tuple(elements), NO_KEYWORDS)
    return flat if x.ndim == 1 else flat.reshape(x.shape)


def any_objects(items: Any) -> bool:
    """Return whether there is an array of objects among some arguments, or in lists there."""
    for x in items:
        if x is None or isinstance(x, (Node, int, float, str)):
            continue
        if isinstance(x, (list, tuple)):
            if any_objects(x):
                return True
        elif isinstance(x, dict):
            if any_objects(x.values()):
                return True
        elif isinstance(x, np.ndarray) and x.dtype is OBJECT:
            return True
    return False


def joined_in(x: Any) -> Any:
    """Join the object arrays of nodes in nested tuples, lists and dicts."""
    if isinstance(x, np.ndarray):
        return joined(x)
    if type(x) is dict:
        values = joined_in(tuple(x.values()))
        return dict(zip(x, values, strict=True))
    if type(x) is not tuple and type(x) is not list:
        return x
    found = [joined_in(item) for item in x]
    for given, new in zip(x, found, strict=True):
        if new is not given:
            return tuple(found) if type(x) is tuple else found
    return x


def as_item(x: Any) -> Any:
    """Join a list with nodes into one Tensor, for an assignment to elements of another."""
    if isinstance(x, (list, tuple)):
        array = np.asarray(x)
        return joined(array) if holds_nodes(array) else x
    return joined(x)


def as_argument(x: Any) -> Any:
    """Convert an object array or a list to something that a rule can use."""
    if isinstance(x, (list, tuple)):
        x = np.asarray(x)
    if getattr(x, "dtype", None) != OBJECT:
        return x
    if not isinstance(x, np.ndarray):
        raise DataError(
            "A batched array of objects cannot be combined with a node. Join numbers with "
            "np.stack([...])."
        )
    if holds_nodes(x):
        return joined(x)
    try:
        return x.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(
            f"An array of objects that are no numbers cannot be combined with a node: {error}"
        ) from error
