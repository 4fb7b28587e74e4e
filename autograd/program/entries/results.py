"""The results of a function of numbers for all entries of a batch."""

from __future__ import annotations

import math
from typing import Any, NoReturn

import numpy as np

from autograd import tree
from autograd.captured import varies
from autograd.engine import Node, batching, dispatch, tracing
from autograd.engine.closures import begin_call, depends_on_older
from autograd.engine.grad_mode import is_recording
from autograd.errors import BatchError
from autograd.graph import current
from autograd.program.entries.structures import (
    are_numbers,
    described,
    number_of,
    object_in,
    structure_of,
)
from autograd.program.running import GuardFailed
from autograd.program.stand_ins import NotFollowed

_FLOAT = {np.dtype(float)}


class Results:
    """The results of all entries, from arrays and numbers.

    Parameters
    ----------
    calls : Calls
        The function.
    given : tuple
        The leaves, and the numbers of nodes from outside.
    captured : list of Node
        These nodes.
    is_traced : bool
        Whether a program is going to compute them again.

    Attributes
    ----------
    shape : tuple of int
        Of the batch.
    output : any
        The structure of the result of one call.
    rows : list of array, or array
        For each number among the results an array with one element for each entry. As long as all
        branches run in lanes, this is one array of floats.
    types : list of dtype
        The types of the arrays.
    nodes : list of bool
        Which leaves of the result are nodes.
    captured : list of Node
        The nodes from outside that they may depend on; of a program all that it reads.
    """

    def __init__(self, calls: Any, given: Any, captured: list[Any], is_traced: bool) -> None:
        self.calls = calls
        self.is_traced = is_traced
        others = {k: x for k, x in enumerate(given) if type(x) is not float}
        self.shape = np.broadcast_shapes(*map(np.shape, others.values()))
        self.count = math.prod(self.shape)
        if not self.count:
            raise BatchError(
                f"{calls.owner.name} is called with the numbers of each entry of the batch, but "
                "there is none. Call it with at least one."
            )
        self.output: Any = None
        self.rows: Any = None
        self.types: list[Any] = []
        self.nodes: list[bool] = []
        self.captured: list[Any] = []
        self._described = ""
        columns = {k: self._column(x) for k, x in others.items()}
        self._given = [*given]
        for k, column in columns.items():
            self._given[k] = column
        count = len(calls.are_nodes)
        self._numbers = dict(zip(map(id, captured), self._given[count:], strict=True))
        self._are_read = all(map(_holds, captured, self._given[count:]))
        self._given = self._given[:count]
        levels, batching.INSTALLED.threads.levels = batching.levels(), ()
        tracer = tracing.tracer()
        if tracer is not None:
            tracing.pause()
        try:
            self._run()
        finally:
            batching.INSTALLED.threads.levels = levels
            if tracer is not None:
                tracing.resume(tracer)

    def _column(self, x: Any) -> Any:
        if np.ndim(x) == 0:
            return number_of(x)
        return np.ascontiguousarray(np.broadcast_to(x, self.shape)).reshape(-1)

    def _entry(self, place: int) -> list[Any]:
        """Return the numbers of one entry, to call the function with them."""
        if not self._are_read:  # a call would read something else
            raise GuardFailed(-1, None)
        return [number_of(x[place]) if type(x) is np.ndarray else x for x in self._given]

    def _run(self) -> None:
        """Run known branches, and record others, until all entries are done."""
        calls = self.calls
        places: Any = None  # all
        waiting = [branch for branch in reversed(calls.branches) if branch.holds()]
        calls.branches = waiting[::-1]
        while places is None or len(places):
            branch = waiting.pop() if waiting else None
            if branch is None:
                first = 0 if places is None else int(places[0])
                branch = calls.record(self._entry(first))
            if branch is None:
                self._call_each(range(self.count) if places is None else places)
                return
            places = self._run_branch(branch, places)

    def _run_branch(self, branch: Any, places: Any) -> Any:
        """Run a branch for some entries; return those for which a guard failed."""
        given = self._given
        if places is not None:
            given = [x[places] if type(x) is np.ndarray else x for x in given]
        count = self.count if places is None else len(places)
        try:
            parts, failed = branch.run(count, given, self._numbers)
        except Exception as error:
            if self.is_traced:
                raise
            self._call_each(range(self.count) if places is None else places)
            raise error  # a call for one entry has not raised it
        done: Any = None
        others: Any = ()
        if failed.any():
            done, others = np.flatnonzero(failed == 0), np.flatnonzero(failed)
            if not len(done):
                return others if places is None else places
        if places is not None:
            done = places if done is None else places[done]
            others = places[others] if len(others) else ()
        if not branch.is_in_lanes:
            calls = self.calls
            calls.owner.looped(calls.owner.name)
            calls.warn()
        self._begin_or_check(branch.output, branch.described, branch.run.types, branch.nodes)
        if branch.object_returned is not None:
            self._refuse_object(branch.object_returned)
        if self.is_traced and branch.reads_more:
            raise NotFollowed(f"{self.calls.owner.name} reads the state of an object in vmap")
        if self.is_traced or any(branch.nodes):
            known = {id(node) for node in self.captured}
            read = [node for node in branch.read if self.is_traced or varies(node)]
            self.captured += [node for node in read if id(node) not in known]
        self._add(parts, done)
        return others

    def _call_each(self, places: Any) -> None:
        """Call the function for each entry."""
        calls = self.calls
        if self.is_traced:  # what the function reads is not known
            raise NotFollowed(f"vmap calls {calls.owner.name} for each entry: {calls.why_not}")
        calls.owner.looped(calls.owner.name)
        calls.warn()
        for place in places:
            begun = begin_call()
            try:
                found = calls.call_entry(*self._entry(place))
            except Exception as error:
                error.add_note(f"in the call for entry {place} of the batch")
                raise
            leaves = tree.flat(found)
            for x in leaves:
                if isinstance(x, Node) and is_recording() and depends_on_older(current(x), begun):
                    raise BatchError(
                        f"{calls.owner.name} uses a node from outside, and cannot be recorded: "
                        f"{calls.why_not or 'it has too many branches'}. Pass the node as an "
                        "argument, with None in in_axes."
                    )
            kept = [x for x, is_kept in zip(leaves, are_numbers(leaves), strict=True) if is_kept]
            parts = [np.asarray(dispatch.plain(x))[None] for x in kept]
            output = structure_of(found)
            nodes = [isinstance(x, Node) for x in leaves]
            self._begin_or_check(output, described(output), [x.dtype for x in parts], nodes)
            other = object_in(output)
            if other is not None:
                self._refuse_object(other)
            self._add(parts, np.array([place]))

    def _begin_or_check(self, output: Any, described: str, types: Any, nodes: Any) -> None:
        """Raise an error if calls of the batch return something of another structure."""
        if self.rows is None:
            self.output, self._described, self.types, self.nodes = output, described, types, nodes
            return
        if described != self._described:
            raise BatchError(
                f"{self.calls.owner.name} returns {self._described} in some calls of the batch, "
                f"and {described} in others."
            )
        if nodes != self.nodes:
            self.nodes = [a or b for a, b in zip(self.nodes, nodes, strict=True)]
        if types != self.types:
            self.types = list(map(np.result_type, self.types, types))

    def _refuse_object(self, kind: type) -> NoReturn:
        raise BatchError(
            f"{self.calls.owner.name} returns a {kind.__name__}, which may hold a number of one "
            "entry. Return numbers."
        )

    def _add(self, parts: Any, places: Any) -> None:
        """Add the results of some entries: an array of floats, or arrays."""
        if places is None:
            self.rows = parts
            return
        if type(parts) is np.ndarray and type(self.rows) is not list:
            if self.rows is None:
                self.rows = np.zeros((len(parts), self.count))
            self.rows[:, places] = parts
            return
        if self.rows is None:
            self.rows = [np.zeros((self.count, *x.shape[1:]), x.dtype) for x in parts]
        elif type(self.rows) is np.ndarray:
            self.rows = self._typed()
        for k, part in enumerate(parts):
            row = self.rows[k]
            if row.shape[1:] != part.shape[1:]:
                raise BatchError(
                    f"The results of {self.calls.owner.name} have the shapes {row.shape[1:]} in "
                    f"some calls of the batch and {part.shape[1:]} in others."
                )
            if row.dtype != self.types[k]:
                row = self.rows[k] = row.astype(self.types[k])
            row[places] = part

    def _typed(self) -> list[Any]:
        if set(self.types) == _FLOAT and type(self.rows) is np.ndarray:
            return list(self.rows)
        pairs = zip(self.rows, self.types, strict=True)
        return [row if row.dtype == kind else row.astype(kind) for row, kind in pairs]

    # -- what they are for the caller ---------------------------------------------------------

    def arrays(self) -> tuple[Any, ...]:
        """Return an array for each number among the results."""
        if len(self.shape) == 1:
            return tuple(self._typed())
        return tuple([x.reshape(self.shape + x.shape[1:]) for x in self._typed()])

    def stacked(self) -> Any:
        """Return the results as floats, along the last axis of one array."""
        name = self.calls.owner.name
        if not all(x.shape == (self.count,) for x in self.rows):
            self._refuse(f"{name} returns arrays; it must return numbers for its derivatives")
        if not all(x.dtype.kind in "fb" or _fits(x) for x in self.rows):
            kinds = ", ".join(sorted({str(x.dtype) for x in self.rows}))
            self._refuse(f"{name} returns {kinds}; its derivatives need floats")
        block = np.asarray(self.rows, float).reshape(len(self.rows), *self.shape)
        return np.moveaxis(block, 0, -1)

    def _refuse(self, reason: str) -> NoReturn:
        """Raise the error that `jit` handles, or one for the user."""
        reason = f"{reason}, for it needs the bare number of each entry"
        raise NotFollowed(reason) if self.is_traced else BatchError(f"{reason}.")


def _holds(node: Any, number: Any) -> bool:
    """Return whether a node holds a number, for each entry the same."""
    now = tracing.concrete(dispatch.plain(node))
    return not isinstance(now, batching.Batched) and bool(np.all((now == number) | (now != now)))


def _fits(x: Any) -> bool:
    return x.dtype.kind in "iu" and bool((np.abs(x) < 1 << 53).all())
