"""Find the line where a number leaves the recorded graph, so that its derivative is lost.

The function runs twice, at two points, with a probe around each of its expressions. A plain number
that differs between the runs, but was computed from nodes, has left the graph there. It is to blame
if the function follows its recorded graph once that number is held fixed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from autograd import tree
from autograd.check.budget import Budget
from autograd.check.checked_function import CheckedFunction
from autograd.check.explain.values.codes import executed, installed, rewritten
from autograd.check.explain.values.message import place
from autograd.check.explain.values.probes import PROBE, Probes, Site
from autograd.check.explain.values.runs import NAMES, like
from autograd.engine import Node, Tensor, Value
from autograd.graph import contents

#: How many values to record, how many numbers may leave the graph, and how long to search.
MOST_VALUES, MOST_EXITS, MOST_SECONDS = 20_000, 60, 3.0

#: How many lines to name.
MOST_LINES = 3


@dataclass
class Exit:
    """Where numbers leave the graph.

    Attributes
    ----------
    sites : list of Site
        The expression that takes them out of the graph, and those that pass them on unchanged.
    held : dict
        Their values at the first point, by site and turn.
    """

    sites: list[Site]
    held: dict[tuple[int, int], Any]


class Watch:
    """Called by each probe: records which values are plain, and holds some of them fixed."""

    def __init__(self, held: dict[tuple[int, int], Any] | None = None) -> None:
        self.held = held or {}
        self.values: list[tuple[int, int, Any]] = []  # site, turn, numbers or None
        self._turns: dict[int, int] = {}

    def __call__(self, number: int, value: Any, index: Any = None) -> Any:
        """Record a value; return what to use instead."""
        turn = self._turns[number] = self._turns.get(number, -1) + 1
        fixed = self.held.get((number, turn))
        if fixed is not None:
            return _as(value, fixed)
        if not self.held and len(self.values) < MOST_VALUES:
            self.values.append((number, turn, _plain_numbers(value)))
        return value


class Exits:
    """The search for the numbers that leave the graph of a function.

    Parameters
    ----------
    call : callable
        ``call(x)`` runs the function with nodes, and returns its results.
    here, elsewhere : ndarray
        Two points.
    expected : list of ndarray
        What the graph recorded at the first point gives at the second one.
    budget : Budget
        The time that there is.
    """

    def __init__(
        self,
        call: Callable[[Any], list[Any]],
        here: Any,
        elsewhere: Any,
        expected: Sequence[Any],
        budget: Budget,
    ) -> None:
        self.call, self.here, self.elsewhere = call, here, elsewhere
        self.expected = expected
        self.budget = budget.part(MOST_SECONDS)
        self.codes = executed(partial(call, here))
        probes = Probes()
        self.changed = rewritten(self.codes, probes.transformed)
        self.sites = probes.sites

    def to_blame(self) -> list[Exit]:
        """Return where numbers leave the graph whose derivatives are lacking; none if unknown."""
        exits = self._exits()
        for found in exits:
            if self._explains([found]):
                return [found]
        if len(exits) < 2 or not self._explains(exits):
            return []
        for found in [*exits]:
            without = [other for other in exits if other is not found]
            if self._explains(without):
                exits = without
        return exits if len({place(x.sites[-1]) for x in exits}) <= MOST_LINES else []

    def _run(self, x: Any, watch: Watch) -> list[Any]:
        with installed(self.codes, self.changed, {**NAMES, PROBE: watch}):
            return self.call(x)

    def _explains(self, exits: Iterable[Exit]) -> bool:
        """Return whether the function follows its graph once these numbers are held fixed."""
        if self.budget.is_over():
            return False
        watch = Watch({key: value for found in exits for key, value in found.held.items()})
        try:
            results = self._run(self.elsewhere, watch)
        except Exception:  # these numbers do not fit the others
            return False
        return len(results) == len(self.expected) and all(map(_same, results, self.expected))

    def _exits(self) -> list[Exit]:
        """Return where numbers leave the graph, in order."""
        first, second = Watch(), Watch()
        self._run(self.elsewhere, second)  # in this order, so that no call finds its own cache
        self._run(self.here, first)
        pairs = list(zip(first.values, second.values, strict=False))
        if any(a[:2] != b[:2] for a, b in pairs) or len(first.values) >= MOST_VALUES:
            return []
        found: dict[tuple[int, ...], Exit] = {}
        latest: dict[int, bool] = {}  # whether the last value of a site is plain, but varies
        seen: set[bytes] = set()
        chain: list[int] = []  # sites that pass a number on that has left the graph
        passed = b""  # what it holds
        for (number, turn, before), (_, _, after) in pairs:
            site = self.sites[number]
            varies = latest[number] = _differ(before, after)
            if not varies or site.kind in ("stored", "array"):
                chain = []
                continue
            key = before.tobytes()
            if chain and key == passed and not _is_read(site):
                chain = [*chain, number]
            elif any(latest.get(inside, False) for inside in site.inside):
                chain = []
            else:
                chain = [] if _is_read(site) and key in seen else [number]
            passed = key
            seen.add(key)
            if chain:
                self._note(found, chain, turn, before)
        return list(found.values())[:MOST_EXITS]

    def _note(self, found: dict[Any, Exit], chain: list[int], turn: int, value: Any) -> None:
        """Add a number that leaves the graph, or follow it to what passes it on."""
        if len(chain) > 1:
            shorter = found.get(tuple(chain[:-1]))
            if shorter is not None:
                shorter.held.popitem()
                if not shorter.held:
                    del found[tuple(chain[:-1])]
        entry = found.setdefault(tuple(chain), Exit([self.sites[i] for i in chain], {}))
        entry.held[chain[-1], turn] = value


def lost_entirely(function: CheckedFunction) -> str:
    """Name the line where the derivative of a function is lost that returns no nodes."""

    def call(x: Any) -> list[Any]:
        moved = function.with_nodes(x)
        return [contents(item) for _, item in tree.leaves(moved.call(moved.objects()))]

    with np.errstate(all="ignore"):
        return named(call, function, call(function.x), Budget(MOST_SECONDS))


def named(
    call: Callable[[Any], list[Any]], function: CheckedFunction, expected: Any, budget: Budget
) -> str:
    """Return the lines where derivatives are lost; empty if they are not found.

    Parameters
    ----------
    call, expected, budget
        See `Exits`.
    function : CheckedFunction
        The function.
    """
    try:
        exits = Exits(call, function.x, beside(function), expected, budget).to_blame()
    except Exception:  # the function may do anything
        return ""
    return sentence(exits) if exits else ""


def beside(function: CheckedFunction) -> Any:
    """Return a point close to the inputs."""
    direction = np.random.default_rng(3).standard_normal(function.x.size)
    return function.x + 1e-3 * function.scales() * direction


def sentence(exits: Sequence[Exit]) -> str:
    """Return the lines where derivatives are lost."""
    names = dict.fromkeys(f"`{found.sites[-1].text}`" for found in exits)
    lines = dict.fromkeys(str(place(site)) for x in exits for site in reversed(x.sites))
    verb = "is a plain number or array" if len(names) == 1 else "are plain numbers or arrays"
    change = "changes" if len(names) == 1 else "change"
    text = f"{' and '.join(names)} {verb}, but {change} with the inputs: the derivative is lost."
    return "\n    ".join([text, *lines])


def _plain_numbers(value: Any) -> Any:
    """Return numbers that no graph is recorded of, as an array; None for anything else."""
    if isinstance(value, (list, tuple)) and 0 < len(value) <= 100:
        if all(isinstance(x, (float, np.floating)) for x in value):
            return np.array(value)
        return None
    if isinstance(value, Value) or (isinstance(value, Tensor) and value.requires_grad):
        return None
    numbers = contents(value)
    if isinstance(numbers, (float, complex, np.ndarray, np.generic)):
        array = np.array(numbers)
        return array if array.dtype.kind in "fc" else None
    return None


def _as(value: Any, fixed: Any) -> Any:
    """Return numbers as the type of the value that they replace."""
    if isinstance(value, Node):
        return Tensor(fixed, requires_grad=False)
    if isinstance(value, (list, tuple)):
        return type(value)(fixed.tolist())
    return like(value, fixed)


def _is_read(site: Site) -> bool:
    """Return whether an expression reads a variable, which may hold a number from before."""
    return site.kind == "name" or (bool(site.reads) and not site.text.endswith(".data"))


def _differ(before: Any, after: Any) -> bool:
    if before is None or after is None or before.shape != after.shape:
        return False
    return not _same(before, after)


def _same(a: Any, b: Any) -> bool:
    a, b = np.asarray(a), np.asarray(b)
    size = np.max(np.abs(b), initial=0.0)
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=0, atol=1e-10 * size, equal_nan=True))
