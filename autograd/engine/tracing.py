"""What the engine asks while a function is traced: recorded as a program that can run again.

While a function is traced, arrays and numbers are represented by `Followed` objects, which record
what NumPy computes with them. A Tensor holds such an object like any other array. A `Value` holds a
C double, so the tracer keeps the `Followed` number of each Value beside it.
"""

from __future__ import annotations

import threading
from typing import Any, Final

from autograd.engine.grad_mode import GRAD_MODE, count_intervention
from autograd.engine.mypyc import mypyc_attr

_THREAD: Final = threading.local()


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

    def with_value(self, value: Any) -> Any:
        """Return what represents the same variable by another array."""
        raise NotImplementedError

    def as_constant(self) -> Any:
        """Return what later assignments do not change: of an array, a copy."""
        raise NotImplementedError

    def as_float(self) -> Any:
        """Return a number as one of Python's, followed as well."""
        raise NotImplementedError


@mypyc_attr(allow_interpreted_subclasses=True)
class Tracer:
    """What the engine calls in a thread while some thread is traced.

    The methods here are for threads that are not traced themselves: they record nothing.
    """

    def contents(self, node: Any) -> Any:
        """Return the followed array of a Tensor that does not hold one yet."""
        return node._contents

    def gradient(self, node: Any) -> Any:
        """Return the followed ``grad`` of a leaf."""
        return node._grad

    def stored_gradient(self, node: Any) -> None:
        """Handle a new ``grad`` of a leaf."""

    def stored(self, node: Any) -> None:
        """Handle new numbers that were stored in a node without a record."""

    def replaced(self, handle: Any) -> None:
        """Handle the use of a Tensor whose elements another node holds, after assignments."""

    def assigned(self, base: Any) -> None:
        """Handle an assignment to elements of a Tensor, before it happens."""

    def with_followed(self, arguments: Any) -> Any:
        """Replace the plain arrays among the arguments of a primitive by followed ones."""
        return arguments

    def with_values(self, arguments: Any) -> Any:
        """Replace followed numbers by Values, where they meet a Value and no array."""
        return arguments

    def number(self, value: Any) -> Any:
        """Return the followed number of a Value."""
        return value._contents

    def leaf(self, value: Any, number: Any) -> None:
        """Handle a new Value made of a followed number."""

    def computed(self, value: Any, primitive: Any, arguments: Any) -> None:
        """Handle a new Value computed by a primitive from Values and constants."""

    def value_gradient(self, value: Any) -> Any:
        """Return the followed ``grad`` of a Value."""
        return value._grad

    def store_number(self, value: Any, number: Any, gradient: bool) -> Any:
        """Note the new ``data`` (or ``grad``) of a Value; return it as a plain number."""
        return number

    def call(self, primitive: Any, arguments: Any, keywords: Any) -> Any:
        """Compute what a primitive computes, on arguments without nodes."""
        return primitive.function(*arguments, **keywords)

    def choice(self, condition: Any, x: Any, y: Any) -> Any:
        """Return `x` or `y`, as a followed condition decides at each run."""
        return x if condition else y

    def pull_back(self, roots: Any, seeds: Any, targets: Any) -> Any:
        """Record the backward pass through Values; return the derivatives of the targets.

        Without targets (None), add the derivatives to ``grad`` as `Value.backward` does. In a
        thread that is not traced, return None.
        """
        return None

    def reached(self, node: Any, cotangent: Any) -> None:
        """Handle the whole cotangent of a node, which is pulled back now; None ends the pass."""

    def give_up(self, reason: str, is_lost: bool = False) -> None:
        """Stop following the function: a program cannot repeat what it does, or not faster."""


#: What threads that are not traced call.
UNTRACED: Final = Tracer()


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


def here() -> Tracer:
    """Return the tracer of this thread, or the one that records nothing."""
    found: Tracer | None = tracer()
    return UNTRACED if found is None else found


def concrete(x: Any) -> Any:
    """Return the array or number that a followed one represents; anything else as it is."""
    return x._value if isinstance(x, Followed) else x


def any_followed(items: Any) -> bool:
    """Return whether something in nested tuples and lists is followed."""
    for item in items:
        if isinstance(item, Followed):
            return True
        if (isinstance(item, tuple) or isinstance(item, list)) and any_followed(item):
            return True
    return False


def give_to_solver(found: Any) -> Any:
    """Return what a function gives to a solver, which decides by it how it goes on.

    Other inputs take another course, so that a program of this one would serve no other call.
    """
    if GRAD_MODE.tracing != 0 and any_followed((found,)):
        here().give_up("it calls a solver, which takes another course for other inputs")
    return found


def note_value(value: Any, made: Any) -> None:
    """Note how a new Value was made: what `Value` was called with."""
    data, primitive, left, left_partial, right, right_partial = made
    if primitive is None:
        if isinstance(data, Followed):
            here().leaf(value, data)
        return
    first = left_partial if left is None else left
    second = right_partial if right is None else right
    here().computed(value, primitive, (first,) if primitive.arity == 1 else (first, second))
