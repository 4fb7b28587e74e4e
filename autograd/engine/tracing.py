"""What the engine asks while a function is traced: recorded as a program that can run again.

While a function is traced, arrays and numbers are represented by `Followed` objects, which record
what NumPy computes with them. A Tensor holds such an object like any other array. A `Value` holds a
C double, so the tracer keeps the `Followed` number of each Value beside it.
"""

from __future__ import annotations

import threading
from typing import Any, Final

import numpy as np

from autograd.engine.grad_mode import GRAD_MODE, count_intervention
from autograd.engine.mypyc import mypyc_attr

_THREAD: Final = threading.local()
_ndarray: Final = np.ndarray


@mypyc_attr(allow_interpreted_subclasses=True)
class Followed:
    """The base of what represents an array or a number while a function is traced.

    Attributes
    ----------
    _value : array or number
        What it represents.
    """

    def __init__(self, value: Any) -> None:
        self._value: Any = value

    def as_constant(self) -> Any:
        """Return what later assignments do not change: of an array, a copy."""
        raise NotImplementedError


@mypyc_attr(allow_interpreted_subclasses=True)
class Tracer:
    """Records what is computed in one thread."""

    def contents(self, node: Any) -> Any:
        """Return the followed array of a Tensor that does not hold one yet."""
        raise NotImplementedError

    def gradient(self, node: Any) -> Any:
        """Return the followed ``grad`` of a leaf."""
        raise NotImplementedError

    def stored_gradient(self, node: Any) -> None:
        """Handle a new ``grad`` of a leaf."""
        raise NotImplementedError

    def stored(self, node: Any) -> None:
        """Handle new numbers that were stored in a node without a record."""
        raise NotImplementedError

    def replaced(self, handle: Any) -> None:
        """Handle the use of a Tensor whose elements another node holds, after assignments."""
        raise NotImplementedError

    def assigned(self, base: Any) -> None:
        """Handle an assignment to elements of a Tensor, before it happens."""
        raise NotImplementedError

    def constant(self, array: Any) -> Any:
        """Return the followed array for a plain one."""
        raise NotImplementedError

    def number(self, value: Any) -> Any:
        """Return the followed number of a Value."""
        raise NotImplementedError

    def leaf(self, value: Any, number: Any) -> None:
        """Handle a new Value made of a followed number."""
        raise NotImplementedError

    def computed(self, value: Any, primitive: Any, arguments: Any) -> None:
        """Handle a new Value computed by a primitive from Values and constants."""
        raise NotImplementedError

    def with_values(self, arguments: Any) -> Any:
        """Replace followed numbers by Values, where they meet a Value and no array."""
        raise NotImplementedError

    def call(self, primitive: Any, arguments: Any, keywords: Any) -> Any:
        """Call a primitive on arguments without nodes."""
        raise NotImplementedError

    def choice(self, condition: Any, x: Any, y: Any) -> Any:
        """Return `x` or `y`, as a followed condition decides at each run."""
        raise NotImplementedError

    def pull_back(self, roots: Any, seeds: Any, targets: Any) -> Any:
        """Record the backward pass through Values; return the derivatives of the targets.

        Without targets (None), add the derivatives to ``grad`` as `Value.backward` does.
        """
        raise NotImplementedError

    def reached(self, node: Any, cotangent: Any) -> None:
        """Handle the whole cotangent of a node, which is pulled back now; None ends the pass."""
        raise NotImplementedError

    def value_gradient(self, value: Any) -> Any:
        """Return the followed ``grad`` of a Value."""
        raise NotImplementedError

    def store_number(self, value: Any, number: Any, gradient: bool) -> float:
        """Note the new ``data`` (or ``grad``) of a Value; return it as a float."""
        raise NotImplementedError


def start(tracer: Tracer) -> None:
    """Trace this thread."""
    _THREAD.tracer = tracer
    GRAD_MODE.tracing += 1
    count_intervention(1)


def stop() -> None:
    """End tracing in this thread."""
    _THREAD.tracer = None
    GRAD_MODE.tracing -= 1
    count_intervention(-1)


def pause() -> None:
    """Record nothing in this thread for a while."""
    _THREAD.tracer = None


def resume(tracer: Tracer) -> None:
    """Record again."""
    _THREAD.tracer = tracer


def tracer() -> Any:
    """Return the tracer of this thread; None if it is not traced."""
    return None if GRAD_MODE.tracing == 0 else getattr(_THREAD, "tracer", None)


def with_followed(arguments: Any) -> Any:
    """Replace the plain arrays among the arguments of a primitive by followed ones."""
    found = tracer()
    if found is None:
        return arguments
    return tuple([found.constant(x) if type(x) is _ndarray else x for x in arguments])


def replaced(handle: Any) -> None:
    """Note that a Tensor is used whose elements another node holds, after assignments."""
    found = tracer()
    if found is not None:
        found.replaced(handle)


def assigned(base: Any) -> None:
    """Note that elements of a Tensor are about to be assigned to."""
    found = tracer()
    if found is not None:
        found.assigned(base)


def gradient(node: Any) -> Any:
    """Return the ``grad`` of a leaf, followed while this thread is traced."""
    found = tracer()
    return node._grad if found is None else found.gradient(node)


def concrete(x: Any) -> Any:
    """Return the array or number that a followed one represents; anything else as it is."""
    return x._value if isinstance(x, Followed) else x


def number(value: Any) -> Any:
    """Return the number of a Value, followed while this thread is traced."""
    found = tracer()
    return value._contents if found is None else found.number(value)


def as_float(number: Any) -> Any:
    """Return a followed number as one of Python's, followed as well."""
    return number if type(number._value) is float else tracer().emit(float, (number,), {})


def value_gradient(value: Any) -> Any:
    """Return the derivative stored in a Value, followed while this thread is traced."""
    found = tracer()
    return value._grad if found is None else found.value_gradient(value)


def store_number(value: Any, number: Any, is_gradient: bool) -> Any:
    """Note that a Value gets a new number, or a new derivative."""
    found = tracer()
    return number if found is None else found.store_number(value, number, is_gradient)


def pull_back(roots: Any, seeds: Any, targets: Any) -> Any:
    """Record the backward pass through Values; return None if this thread is not traced."""
    found = tracer()
    return None if found is None else found.pull_back(roots, seeds, targets)


def begin(value: Any, made: Any) -> None:
    """Note how a new Value was made: what `Value` was called with."""
    found = tracer()
    if found is None:
        return
    data, primitive, left, left_partial, right, right_partial = made
    if primitive is None:
        if isinstance(data, Followed):
            found.leaf(value, data)
        return
    first = left_partial if left is None else left
    second = right_partial if right is None else right
    found.computed(value, primitive, (first,) if primitive.arity == 1 else (first, second))


def call(primitive: Any, arguments: Any, keywords: Any) -> Any:
    """Compute what a primitive computes, on arguments without nodes."""
    found = tracer()
    if found is None:
        return primitive.function(*arguments, **keywords)
    return found.call(primitive, arguments, keywords)


def with_values(arguments: Any) -> Any:
    """Replace followed numbers by Values, where they meet a Value and no array."""
    found = tracer()
    return arguments if found is None else found.with_values(arguments)


def any_followed(items: Any) -> bool:
    """Return whether something in nested tuples and lists is followed."""
    for item in items:
        if isinstance(item, Followed):
            return True
        if (isinstance(item, tuple) or isinstance(item, list)) and any_followed(item):
            return True
    return False


def store_gradient(node: Any) -> None:
    """Note that a leaf gets a new ``grad``."""
    found = tracer()
    if found is not None:
        found.stored_gradient(node)


def choice(condition: Any, x: Any, y: Any) -> Any:
    """Return `x` or `y`, as a followed condition decides at each run."""
    found = tracer()
    if found is None:
        return x if condition else y
    return found.choice(condition, x, y)


def reached(node: Any, cotangent: Any) -> None:
    """Note that a backward pass knows the whole cotangent of a node; None ends the pass."""
    found = tracer()
    if found is not None:
        found.reached(node, cotangent)
