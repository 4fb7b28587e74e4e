"""Run a backward pass with probes: record what it computes, or replace some of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from autograd.check.arrays import plain
from autograd.check.candidate import claimed_jacobian
from autograd.check.checked_function import as_derivative
from autograd.check.explain.repair.sources import names_in
from autograd.check.explain.repair.trial import Laboratory
from autograd.check.explain.values.codes import executed, installed, rewritten
from autograd.check.explain.values.probes import INDEX, PROBE, Probes, Site
from autograd.check.state import Check

#: How many values of one expression to record, and how many numbers in all.
MOST_TURNS, MOST_NUMBERS = 400, 5_000_000

#: How long a list may be whose elements are recorded.
MOST_ITEMS = 100


@dataclass
class Row:
    """All values of one expression, in the order of its turns.

    Attributes
    ----------
    site : Site
        Where it is.
    values : list of ndarray
        What it was, as a copy.
    clocks : list of int
        When: running numbers.
    indices : list
        What was assigned of an array; None if that is unknown.
    complete : bool
        Whether all turns were recorded.
    """

    site: Site
    values: list[Any] = field(default_factory=list)
    clocks: list[int] = field(default_factory=list)
    indices: list[Any] = field(default_factory=list)
    complete: bool = True


@dataclass
class Part:
    """An array of which only the part that is assigned is put in place."""

    array: Any


class Recorder:
    """Called by each probe: records values, and replaces those of one site.

    Parameters
    ----------
    sites : list of Site
        The probes.
    target : int
        The site to replace the values of; -1 for none.
    replacements : list
        What to put there instead, by turn; None to leave the value.
    """

    def __init__(
        self, sites: list[Site], target: int = -1, replacements: list[Any] | None = None
    ) -> None:
        self.sites = sites
        self.target = target
        self.replacements = replacements or []
        self.before: list[Any] = []  # the values that were replaced
        self.rows: dict[int, Row] = {}
        self.items: dict[int, list[tuple[int, list[Any]]]] = {}  # lists: when, and what is in them
        self.clock = self.numbers = 0
        self.tick: Callable[[], None] = lambda: None  # may end a run that takes too long

    def __call__(self, number: int, value: Any, index: Any = None) -> Any:
        """Record a value; return what to use instead."""
        self.tick()
        array = as_numbers(value)
        if array is None:
            if isinstance(value, (list, tuple)) and len(value) <= MOST_ITEMS:
                self._note_items(number, value)
            return value
        self.clock += 1
        row = self.rows.get(number)
        if row is None:
            row = self.rows[number] = Row(self.sites[number])
        self.numbers += array.size
        if len(row.values) < MOST_TURNS and self.numbers <= MOST_NUMBERS:
            row.values.append(np.array(array))
            row.clocks.append(self.clock)
            row.indices.append(index)
        else:
            row.complete = False
        if number != self.target:
            return value
        value = self.replaced(value, index)
        row.values[-1] = np.array(as_numbers(value))
        return value

    def _note_items(self, number: int, value: Any) -> None:
        """Remember what a list holds, to know what it was made from."""
        items = [np.array(x) for x in map(as_numbers, value) if x is not None]
        self.numbers += sum(item.size for item in items)
        if items and self.numbers <= MOST_NUMBERS:
            self.items.setdefault(number, []).append((self.clock, items))

    def replaced(self, value: Any, index: Any) -> Any:
        """Return what replaces a value of the target; change an array in place if need be."""
        turn = len(self.before)
        new = self.replacements[turn] if turn < len(self.replacements) else None
        if isinstance(new, Part):
            self.before.append(np.array(value[index]))
            value[index] = new.array[index]
            return value
        self.before.append(np.array(as_numbers(value)))
        if new is None:
            return value
        if self.sites[self.target].kind == "array":
            if isinstance(value, np.ndarray):
                value[...] = new
            return value
        return like(value, new)


class Replacer(Recorder):
    """A quick one, which records only what it replaces."""

    def __call__(self, number: int, value: Any, index: Any = None) -> Any:
        """Return the value, or what to use instead."""
        self.clock += 1
        if self.clock % 64 == 0:
            self.tick()
        if number != self.target or as_numbers(value) is None:
            return value
        return self.replaced(value, index)


class _Index:
    def __getitem__(self, index: Any) -> Any:
        return index


#: What the probes use, by its global name, apart from the probe itself.
NAMES = {INDEX: _Index()}


def as_numbers(value: Any) -> Any:
    """Return a number or an array of numbers as an array; None for anything else."""
    if isinstance(value, np.ndarray):
        return value if value.dtype.kind in "fcbiu" else None
    if isinstance(value, (float, int, complex, np.number, np.bool_)):
        return np.asarray(value)
    if hasattr(value, "detach") and hasattr(value, "numpy"):
        return np.asarray(plain(value))
    return None


def like(value: Any, new: Any) -> Any:
    """Return an array as the type of the value that it replaces."""
    if isinstance(value, np.ndarray):
        kind = value.dtype if value.dtype.kind in "fc" else np.asarray(new).dtype
        return np.array(new, kind).reshape(value.shape)
    if hasattr(value, "new_tensor"):
        return value.new_tensor(np.asarray(new))
    number = np.asarray(new).reshape(())[()]
    return number if isinstance(value, np.generic) else number.item()


class Probed:
    """A call of the user's code, probed.

    Parameters
    ----------
    call : callable
        What to run at a point.
    x : ndarray
        A point.

    Attributes
    ----------
    sites : list of Site
        The probes; none if there is no source.
    laboratory : Laboratory or None
        Where it runs, if that is prepared.
    """

    def __init__(self, call: Callable[[Any], Any], x: Any) -> None:
        self.call = call
        self.codes = executed(partial(call, x))
        probes = Probes()
        self.changed = rewritten(self.codes, probes.transformed)
        self.sites = probes.sites
        self.laboratory: Laboratory | None = None

    def scopes(self) -> list[tuple[dict[str, Any], set[str]]]:
        """Return the global variables of the code, and the names of those that it uses."""
        return [(f.__globals__, names_in(item.code)) for item in self.codes for f in item.functions]

    def run(self, x: Any, recorder: Recorder) -> Any:
        """Return the outcome at a point; None if the call fails."""
        laboratory = self.laboratory
        if laboratory is None:
            return None
        recorder.tick = laboratory.choice.tick
        with installed(self.codes, self.changed, {PROBE: recorder, **NAMES}):
            return laboratory.run(partial(self.call, x))

    def recorded(
        self, x: Any, target: int = -1, new: list[Any] | None = None
    ) -> tuple[Any, Recorder]:
        """Return the outcome at a point, and what was computed on the way."""
        recorder = Recorder(self.sites, target, new)
        return self.run(x, recorder), recorder

    def replaced(self, x: Any, target: int, new: list[Any]) -> Any:
        """Return the outcome at a point with the values of one site replaced."""
        return self.run(x, Replacer(self.sites, target, new))


class BackwardPass(Probed):
    """The user's backward pass, probed: its outcome is the derivative of each leaf.

    Attributes
    ----------
    weights : ndarray
        The weights of the results: random ones for a `vjp`.
    jacobian : bool
        Whether the derivatives of all results are computed at once.
    """

    def __init__(self, check: Check) -> None:
        self.check = check
        self.function = check.function
        size = self.function.size
        self.weights = (
            np.eye(size) if size == 1 else np.random.default_rng(7).standard_normal((1, size))
        )
        self.jacobian = check.candidate.vjp is None and size > 1
        self.alone = self._runs_alone()
        super().__init__(self._call, self.function.x)

    def _runs_alone(self) -> bool:
        """Return whether the pass needs nothing that the function stores when it is called."""
        check, self.alone = self.check, False
        if check.candidate.vjp is not None or check.elsewhere is None:
            return False
        right = self._call(self.function.x)
        try:
            self.function.call(self.function.objects(check.elsewhere))
            self.alone = True
            found = self._call(self.function.x)
        except Exception:  # perhaps outside its domain
            return False
        return all(np.array_equal(found[p], right[p], equal_nan=True) for p in right)

    def _call(self, x: Any) -> dict[str, Any]:
        candidate, weights = self.check.candidate, None if self.jacobian else self.weights
        if self.alone:
            arguments = self.function.arguments(self.function.objects(x))
            claim = claimed_jacobian(self.function, candidate.gradient(*arguments))
        else:
            claim = candidate.at(x, weights)
        found = {}
        for leaf in self.function.inputs:
            if leaf.path in claim.misshapen:
                found[leaf.path] = claim.arrays[leaf.path]
            else:
                found[leaf.path] = as_derivative(claim.matrix[:, leaf.slice], leaf)
        return found
