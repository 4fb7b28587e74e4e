"""The calls of a function of numbers for all entries, as one function of arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import tree
from autograd.captured import AllAtOnce, varies
from autograd.engine import Node, batching, dispatch, tracing
from autograd.program.entries.results import Results
from autograd.program.entries.structures import NUMBER, filled
from autograd.program.running import GuardFailed
from autograd.rules.batches import of_elements
from autograd.rules.custom import define


class Stacked:
    """A function of arrays that has a derivative.

    Its result has the results of each entry along one more axis, the last.

    Parameters
    ----------
    calls : Calls
        The function of numbers.
    captured : list of Node
        The nodes from outside that are arguments as well, behind the others.
    is_traced : bool
        Whether a program is being recorded, which cannot know what the function reads otherwise.

    Attributes
    ----------
    needed : list of Node
        The nodes from outside that results have turned out to depend on.
    missing : list of Node
        Those among them that are no arguments.
    kinds : tuple
        The structure of the result of one call, the types of its numbers, and which are nodes.
    """

    def __init__(self, calls: Any, captured: list[Any], is_traced: bool) -> None:
        self.calls = calls
        self.captured = captured
        self.is_traced = is_traced
        self.needed: list[Any] = []
        self.missing: list[Any] = []
        self.kinds: Any = None
        primitive = define(self.followed, variadic=self._pull, name=f"vmap of {calls.owner.name}")
        primitive.batch = lambda function, arguments, keywords: of_elements(primitive, arguments)
        self.primitive = primitive
        self._derivatives: Any = None

    def apply(self, arguments: tuple[Any, ...]) -> Any:
        """Return the results, stacked: an array, or a Tensor if there are nodes among these."""
        if any(isinstance(x, Node) for x in arguments):
            self._derivatives = AllAtOnce(
                k for k, x in enumerate(arguments) if isinstance(x, Node) and varies(x)
            )
            return dispatch.apply(self.primitive, arguments, dispatch.NO_KEYWORDS)
        if batching.any_batched(arguments):
            return of_elements(self.primitive, arguments)
        return self.followed(*arguments)

    def followed(self, *given: Any) -> Any:
        """Compute the results, as one instruction while a function is traced."""
        return _emitted(self, given, self.primitive)

    def __call__(self, *given: Any) -> Any:
        """Compute the results from arrays and numbers."""
        return self.compute(given).stacked()

    def rows(self, given: tuple[Any, ...]) -> Any:
        """Return the results as a tuple of arrays."""
        return _emitted(_Rows(self), given, None)

    def compute(self, given: tuple[Any, ...]) -> Results:
        """Return the results, from arrays and numbers."""
        calls = self.calls
        if not self.is_traced:
            self.kinds = None  # a derivative may be computed again
        results = Results(calls, given, self.captured, self.is_traced)
        known = {id(node) for node in self.captured}
        self.needed = results.captured
        self.missing = [node for node in results.captured if id(node) not in known]
        kinds = results.output, results.types, results.nodes
        if self.kinds is None:
            self.kinds = kinds
        elif kinds != self.kinds or self.missing:
            raise GuardFailed(-1, None)  # a program cannot return this
        return results

    def unstacked(self, stacked: Any) -> Any:
        """Return the results of the function."""
        output, types, nodes = self.kinds
        found = []
        for k, (kind, is_node) in enumerate(zip(types, self._are_nodes(), strict=True)):
            x = stacked[..., k]
            if not is_node:
                x = dispatch.plain(x)
                x = x if kind == np.float64 else x.astype(kind)
            found.append(x)
        return filled(output, found, nodes)

    def _are_nodes(self) -> list[bool]:
        """Return for each number in the result whether it is a node."""
        output, _, nodes = self.kinds
        pairs = zip(tree.flat(output), nodes, strict=True)
        return [is_node for x, is_node in pairs if x is NUMBER]

    # -- derivatives ------------------------------------------------------------------------

    def _pull(self, argnum: int, g: Any, y: Any, *arguments: Any) -> Any:
        return self._derivatives.of(argnum, g, lambda: self._pull_all(g, arguments))

    def _pull_all(self, g: Any, arguments: Any) -> list[Any]:
        gs = [g[..., k] for k, is_node in enumerate(self._are_nodes()) if is_node]
        stacked = self.calls.pull(arguments, gs, self.captured)
        axes = tuple(range(np.ndim(dispatch.plain(stacked)) - 1))
        totals: Any = None
        found = []
        for k, x in enumerate(arguments):
            shape = np.shape(dispatch.plain(x))
            if not shape and axes:  # most often, so that all sums are computed at once
                totals = np.sum(stacked, axis=axes) if totals is None else totals
                found.append(totals[k])
            else:
                found.append(_summed_to(stacked[..., k], shape))
        return found


class _Rows:
    """A call for all entries, which returns a tuple of arrays."""

    def __init__(self, call: Stacked) -> None:
        self.call = call

    def __call__(self, *given: Any) -> Any:
        """Compute the results from arrays and numbers."""
        return self.call.compute(given).arrays()


def _emitted(function: Any, given: Any, primitive: Any) -> Any:
    """Call a function of arrays, as one instruction while a function is traced."""
    if tracing.any_followed(given):
        recorder: Any = tracing.here()
        return recorder.emit(function, given, {}, primitive)
    return function(*given)


def _summed_to(g: Any, shape: tuple[int, ...]) -> Any:
    """Sum a cotangent over the axes along which its argument was repeated."""
    given = np.shape(dispatch.plain(g))
    extra = len(given) - len(shape)
    wanted = (1,) * extra + shape
    axes = tuple(k for k, n in enumerate(given) if k < extra or (n != 1 and wanted[k] == 1))
    return np.reshape(np.sum(g, axis=axes), shape) if axes else g
