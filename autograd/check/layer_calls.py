"""Calls of an object with `forward` and `backward`, as a function and its backward pass."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograd import tree
from autograd.check.arrays import as_array
from autograd.check.backward_arguments import RATES, BackwardArguments
from autograd.check.checked_function import argument_names
from autograd.check.explain.repair.memory import Memory
from autograd.check.layer_parameters import chosen, is_kept, stepped
from autograd.check.returned import Returned
from autograd.check.slots import Parameter, follow, parameters_among, put, slots_of
from autograd.errors import DataError

#: Where layers leave their result if `forward` returns None.
RESULTS = ("output", "outputs", "out", "y")


class LayerCalls:
    """A layer at some inputs, to call forward and backward with other values.

    Attributes
    ----------
    parameters : list of Parameter
        Its parameters, after `probe`.
    notes : list of str
        What the report should say.
    """

    def __init__(
        self,
        layer: Any,
        inputs: Sequence[Any],
        forward: str | Callable[..., Any],
        backward: str | Callable[..., Any],
        args: Sequence[Any],
        kwargs: dict[str, Any],
    ) -> None:
        if isinstance(layer, type):
            raise DataError(f"Pass a layer, not its class: {layer.__name__}(...).")
        self.layer, self.inputs = layer, tuple(inputs)
        self.forward = _method(layer, forward, "__call__" if forward == "forward" else None)
        self.backward = _method(layer, backward)
        self.args, self.kwargs = tuple(args), kwargs
        self.parameters: list[Parameter] = []
        self.notes: list[str] = []
        self.after: Memory | None = None
        self.before: list[Any] = []
        self.cache: Any = None
        self.arguments: BackwardArguments | None = None
        self.returned = Returned(argument_names(self.forward, len(inputs)), self.inputs)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Put the layer and the random generators back in the end."""
        self.start = Memory([self.layer], most_numbers=np.inf, classes=False)
        try:
            yield
        finally:
            self.start.restore()

    # -- calls ------------------------------------------------------------------------------

    def run_forward(self, inputs: Sequence[Any], values: Sequence[Any]) -> Any:
        """Return the result of forward for inputs and values of the parameters."""
        self.start.restore()
        self.after = None
        for parameter, value in zip(self.parameters, values, strict=True):
            parameter.install(self.layer, value)
        given = self.forward(*inputs, *self.args, **self.kwargs)
        if given is None:
            given = self._left_result()
        if self.arguments is not None and self.arguments.has_cache:
            given, self.cache = given
        return tree.mapped(given, lambda x: x.copy() if type(x) is np.ndarray else x)

    def _left_result(self) -> Any:
        held = getattr(self.layer, "__dict__", {})
        for name in RESULTS:
            if as_array(held.get(name)) is not None:
                return held[name]
        raise DataError("forward returned None. It must return its result.")

    def run_backward(self, g: Any, inputs: Sequence[Any]) -> Any:
        """Return what backward returns for a derivative of the result of the last forward."""
        if self.after is None:
            self._forget_gradients()
            self.after = Memory([self.layer], most_numbers=np.inf, classes=False)
        else:
            self.after.restore()
        self.before = [
            np.array(follow(self.layer, p.places[0])) if p.stepped else None
            for p in self.parameters
        ]
        assert self.arguments is not None
        return self.arguments.call(self.backward, g, inputs, self.cache)

    def derivatives(self, g: Any, inputs: Sequence[Any]) -> tuple[Any, ...]:
        """Return the derivatives of the asked inputs and of the parameters."""
        given = self.run_backward(g, inputs)
        returned = self.returned.read(given, self.layer)
        own = {
            id(p): d
            for p, d in zip(
                self.returned.parameters, returned[len(self.returned.asked) :], strict=True
            )
        }
        found = returned[: len(self.returned.asked)]
        for parameter, before in zip(self.parameters, self.before, strict=True):
            if parameter.stepped:
                step = before - follow(self.layer, parameter.places[0])
                found.append(step / self._rate(parameter))
            elif parameter.gradient is None:
                found.append(own[id(parameter)])
            else:
                held = self._held(parameter)  # None if backward never assigns it
                found.append(np.zeros(np.shape(parameter.value)) if held is None else held)
        if (
            self.arguments is not None and self.arguments.is_end
        ):  # the derivative of a loss, which is the end
            found = [None if d is None else np.asarray(d) * g for d in found]
        return tuple(np.array(d) if isinstance(d, np.ndarray) else d for d in found)

    def _rate(self, parameter: Parameter) -> float:
        """Return the learning rate of a layer that keeps one, by which backward multiplies."""
        if self.arguments is not None and self.arguments.takes_rate:
            return 1.0
        owner = follow(self.layer, parameter.places[0][:-1])
        found = [
            vars(o).get(n) for o in (owner, self.layer) if hasattr(o, "__dict__") for n in RATES
        ]
        return next((rate for rate in found if isinstance(rate, float) and rate), 1.0)

    def _forget_gradients(self) -> None:
        """Set gradients to zero, so that those which accumulate start anew."""
        own = [p.value for p in self.parameters if isinstance(p.value, np.ndarray)]
        for parameter in self.parameters:
            held = None if parameter.gradient is None else self._held(parameter)
            if isinstance(held, np.ndarray) and held.flags.writeable and held.dtype.kind in "fc":
                if not any(np.shares_memory(held, array) for array in own):
                    held[...] = 0
            elif isinstance(held, float) and parameter.where is not None:
                put(self.layer, parameter.where, 0.0)

    def _held(self, parameter: Parameter) -> Any:
        assert parameter.gradient is not None
        try:
            return parameter.gradient()
        except (LookupError, AttributeError, TypeError):  # nothing was assigned yet
            return None

    # -- the first calls --------------------------------------------------------------------

    def probe(self, parameters: Sequence[str] | None, gradients: Sequence[str] | None) -> None:
        """Call the layer once; find out how backward is called and what the parameters are."""
        candidates = parameters_among(self.layer, slots_of(self.layer))
        contents = [np.array(c.value) for c in candidates]
        first = self.run_forward(self.inputs, ())
        kept = [
            c for c, old in zip(candidates, contents, strict=True) if is_kept(self.layer, c, old)
        ]
        self.arguments = BackwardArguments(self.backward, self.returned.names, first)
        if self.arguments.has_cache:
            first, self.cache = first
        given = self._first_backward(tree.mapped(first, _cotangent))
        found = chosen(self.layer, kept, parameters, gradients)
        self.returned.learn(given, self.layer, [c for c in kept if c not in found])
        if parameters is None:
            old = {id(c): content for c, content in zip(candidates, contents, strict=True)}
            rest = [c for c in kept if c not in (*found, *self.returned.parameters)]
            moved = stepped(self.layer, rest, old)
            found += [c for c in moved if self._matters(c, first)]
        self.parameters = [*found, *self.returned.parameters]
        self._note(first, kept)
        self.start.restore()

    def _first_backward(self, g: Any) -> Any:
        try:
            return self.run_backward(g, self.inputs)
        except TypeError as error:
            raise DataError(
                f"backward could not be called with a derivative like the result of forward: "
                f"{error}. Pass backward=, a function of that derivative which calls it."
            ) from error

    def _note(self, result: Any, kept: list[Parameter]) -> None:
        """Say which inputs and arrays are not checked, and what is odd."""
        unasked = self.returned.unasked
        if not self.returned.asked and not self.parameters:
            raise DataError(
                "backward returned no derivative of an input, and no parameter with a gradient was "
                "found. Pass parameters= and gradients=."
            )
        if unasked:
            self.notes.append(
                f"Not checked: {', '.join(unasked)}. backward neither returns nor keeps a "
                "derivative for it."
            )
        own = [p.value for p in self.parameters]
        left = [
            c
            for c in kept
            if isinstance(c.value, np.ndarray)
            and not any(np.may_share_memory(c.value, value) for value in own)
        ]
        matter = [c.name for c in left[:20] if self._matters(c, result)]
        if matter:
            self.notes.append(
                f"Not checked: {', '.join(matter)}. The result depends on it, but no gradient was "
                "found. If it is a parameter, pass parameters= and gradients=."
            )

    def _matters(self, candidate: Parameter, result: Any) -> bool:
        """Return whether the result changes with an array."""
        parameters, self.parameters = self.parameters, [candidate]
        old = np.asarray(candidate.value)
        moved = old * (1 + 1e-3 * np.cos(np.arange(old.size).reshape(old.shape))) + 1e-3
        try:
            again = self.run_forward(self.inputs, [moved.astype(old.dtype)])
        except Exception:  # it is not a parameter
            return False
        finally:
            self.parameters = parameters
            self.start.restore()
        pairs = zip(tree.flat(result), tree.flat(again), strict=False)
        return any(as_array(a) is not None and not np.array_equal(a, b) for a, b in pairs)

    # -- for the checker --------------------------------------------------------------------

    def checked(self) -> tuple[list[Any], list[str], Callable[..., Any], Callable[..., Any]]:
        """Return the inputs to check, their names, and the layer as a function with its vjp."""
        asked = self.returned.asked
        names = [self.returned.names[i] for i in asked]
        names += [
            p.name if p.name not in self.returned.names else f"self.{p.name}"
            for p in self.parameters
        ]
        # Copies: the layer's own arrays change with each call.
        values = [self.inputs[i] for i in asked] + [copy.copy(p.value) for p in self.parameters]
        calls, forward, backward = self, self.forward, self.backward

        def full(given: Sequence[Any]) -> list[Any]:
            inputs = list(self.inputs)
            for position, item in zip(asked, given, strict=False):
                inputs[position] = item
            return inputs

        def function(*given: Any) -> Any:
            assert callable(forward)  # a search for the user's code looks at what this refers to
            return calls.run_forward(full(given), given[len(asked) :])

        def vjp(g: Any, *given: Any) -> Any:
            assert callable(backward)
            return calls.derivatives(g, full(given))

        return values, names, function, vjp


def _method(layer: Any, name: str | Callable[..., Any], other: str | None = None) -> Any:
    if callable(name):
        return name
    found = getattr(layer, name, None)
    if found is None and other is not None:
        found = getattr(layer, other, None)
    if not callable(found):
        raise DataError(
            f"{type(layer).__name__} has no method {name!r}. Pass forward= and backward=, the "
            "names of its methods."
        )
    return found


def _cotangent(item: Any) -> Any:
    """Return numbers in the shape of a result that tell its elements apart."""
    array = as_array(item)
    if array is None:
        return item
    if array.ndim == 0:
        return 1.0 if isinstance(item, float) else np.ones((), array.dtype)
    return np.cos(np.arange(array.size)).reshape(array.shape).astype(array.dtype)
