"""`checkpoint`: recompute intermediate results in the backward pass, to save memory."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import tree
from autograd.captured import AllAtOnce, closed_over, pulled, varies
from autograd.debugging import Trace
from autograd.engine import Node, Tensor, Value, dispatch, no_grad
from autograd.engine.batching import Batched
from autograd.engine.closures import begin_call
from autograd.engine.grad_mode import is_recording
from autograd.engine.objects import joined
from autograd.engine.transform_calls import arguments as arguments_of_call
from autograd.errors import DataError, GraphError
from autograd.rules.custom import define
from autograd.rules.elementwise import positive
from autograd.variables import refuse_no_function


def checkpoint(f: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function like `f` whose intermediate results are not kept for the backward pass.

    The backward pass calls `f` again, so `f` must return the same both times. Nodes that `f` closes
    over get their derivatives too. (A. Griewank and A. Walther, "Algorithm 799: revolve", ACM
    Transactions on Mathematical Software 26, 2000.)

    Parameters
    ----------
    f : callable
        Returns one number or array. Its arguments may be nested containers.

    Returns
    -------
    callable
        Takes the arguments of `f`; returns its result.

    Raises
    ------
    DataError
        When called, if `f` returns several results. In the backward pass, if `f` returns another
        result than before, as when it draws random numbers.
    GraphError
        When called, if `f` assigns to elements of a Tensor created outside of it.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import checkpoint, grad
    >>> block = checkpoint(lambda x: np.tanh(np.sin(x) ** 2))
    >>> grad(lambda x: np.sum(block(x)))(np.array([0.5])) == grad(
    ...     lambda x: np.sum(np.tanh(np.sin(x) ** 2))
    ... )(np.array([0.5]))
    array([ True])
    """
    refuse_no_function(f, "checkpoint")

    @functools.wraps(f)
    def checkpointed(*arguments: Any, **keywords: Any) -> Any:
        given = tree.flat((arguments, keywords))
        if not is_recording() or not any(isinstance(item, Node) for item in given):
            return f(*arguments, **keywords)
        return _Checkpoint(f, arguments, keywords).result

    return checkpointed


class _Checkpoint:
    """One call of a function whose graph is freed immediately."""

    def __init__(self, f: Callable[..., Any], arguments: Any, keywords: Any) -> None:
        self.f = f
        self.template = (arguments, keywords)
        inputs = [item for item in tree.flat(self.template) if isinstance(item, Node)]
        begun = begin_call()
        fresh = [_leaf_of(dispatch.plain(node)) for node in inputs]
        with _Watch(begun, fresh) as trace:
            result = self._run(fresh)
        if isinstance(result, (tuple, list, dict)):
            raise DataError(
                f"A checkpointed function must return one array, but it returned "
                f"{type(result).__name__}. Join the results with np.concatenate, or checkpoint the "
                "parts."
            )
        self.count = len(inputs)
        self.known: list[Any] = [dispatch.plain(result)]
        self.others = closed_over(trace, fresh, begun)
        parents = (*inputs, *self.others)
        self.derivatives = AllAtOnce(i for i, node in enumerate(parents) if varies(node))
        primitive = define(
            self._compute,
            variadic=self._pull_back,
            name=f"checkpoint of {getattr(f, '__name__', 'a function')}",
        )
        self.result = dispatch.apply(primitive, parents, dispatch.NO_KEYWORDS)

    def _run(self, items: list[Any]) -> Any:
        """Call the function with other items in place of its nodes."""
        rest = iter(items)
        arguments, keywords = tree.mapped(
            self.template, lambda item: next(rest) if isinstance(item, Node) else item
        )
        with arguments_of_call(items):
            return joined(self.f(*arguments, **keywords))

    def _compute(self, *plain: Any) -> Any:
        if self.known:  # the first result is known already
            return self.known.pop()
        with no_grad():
            return dispatch.plain(self._run([_leaf_of(x) for x in plain[: self.count]]))

    def _pull_back(self, argnum: int, g: Any, y: Any, *arguments: Any) -> Any:
        derivative = self.derivatives.of(argnum, g, lambda: self._by_all(g, y, arguments))
        return (
            np.zeros_like(dispatch.plain(arguments[argnum])) if derivative is None else derivative
        )

    def _by_all(self, g: Any, y: Any, arguments: Any) -> list[Any]:
        """Run the function again and differentiate it by all arguments at once."""
        create = isinstance(g, Node) or any(isinstance(a, Node) for a in arguments)
        inputs = arguments[: self.count]
        fresh = [positive(a) if isinstance(a, Node) else _leaf_of(a) for a in inputs]
        result = self._run(fresh)  # which uses the nodes that it closes over, not their copies
        self._assert_same(dispatch.plain(result), dispatch.plain(y))
        return pulled(result, g, [*fresh, *self.others], create)

    def _assert_same(self, now: Any, before: Any) -> None:
        """Raise if the second run gives another result."""
        if np.shape(now) != np.shape(before) or not np.allclose(now, before, equal_nan=True):
            raise DataError(
                f"The {self.result.op} gave another result when it was computed again, so its "
                "derivative would be wrong. Draw random numbers outside and pass them as arguments."
            )


class _Watch(Trace):
    """Record the nodes of a function, and raise if it assigns to Tensors from outside.

    The backward pass runs it on other nodes, so the derivative of such an assignment would be lost.
    """

    def __init__(self, begun: float, fresh: list[Any]) -> None:
        super().__init__()
        self.begun = begun
        self.fresh = fresh

    def assigned(self, base: Any) -> None:
        """Raise unless the Tensor was created inside."""
        if base._call() < self.begun or any(base is leaf for leaf in self.fresh):
            raise GraphError(
                f"A checkpointed function assigns to an outer Tensor of shape {base.shape}: its "
                "derivative would be lost. Copy it first, a = a.copy(), and return the result."
            )


def _leaf_of(data: Any) -> Any:
    return (
        Value(data) if isinstance(data, float) and not isinstance(data, Batched) else Tensor(data)
    )
