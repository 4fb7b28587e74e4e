"""The state that a traced function reads and changes: see `state` for what objects say about it."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.engine.node import Node
from autograd.engine.tracing import Tracer, any_followed
from autograd.errors import TraceError
from autograd.program.fixed import (
    PLAIN,
    Fixed,
    Like,
    is_number,
    is_same,
    items_of,
    may_change,
    put_back,
    same_items,
)
from autograd.program.program import Load, Store
from autograd.program.state import CHANGES, State
from autograd.program.traced import Traced

MISSING = object()


class Cell:
    """An entry of a dict; it has the attributes of a node that programs read and store.

    Attributes
    ----------
    space : dict
        The dict.
    key : str
        The key of the entry.
    index : int or None
        Which element of the entry, if it is a tuple.
    label : str
        The name of the input of the program.
    tells : bool
        Whether an assignment may change what another program takes for fixed.
    """

    __slots__ = ("index", "key", "label", "space", "tells")

    def __init__(self, space: dict[str, Any], key: str, index: int | None = None) -> None:
        self.space = space
        self.key = key
        self.index = index
        self.label = key if index is None else f"{key}_{index}"
        self.tells = False

    @property
    def data(self) -> Any:
        """What is there."""
        found = self.space[self.key]
        return found if self.index is None else found[self.index]

    @data.setter
    def data(self, item: Any) -> None:
        self.space[self.key] = item
        if self.tells:
            CHANGES.count += 1


class Space:
    """A dict with state, while a function is traced: followed objects stand in it.

    Attributes
    ----------
    space : dict
        The dict.
    counted : bool
        Whether `state.changed` tells of assignments.
    before : dict
        What was in it.
    entered : dict
        The followed objects that stand in it instead.
    contents : list of (list or dict, tuple)
        The lists and dicts in it, also nested ones, and their items.
    """

    def __init__(self, recorder: Any, state: State) -> None:
        self.space, numbers, self.counted = state[:3]
        self.before = dict(self.space)
        self.entered: dict[str, Any] = {}
        self.contents: list[tuple[Any, tuple[Any, ...]]] = []
        self._recorder = recorder
        for key, item in self.before.items():
            self._note(item)
            changes = key in numbers or (id(self.space), key) in recorder.changing
            found = self._followed(key, item, changes)
            if found is not item:
                self.entered[key] = self.space[key] = found

    def _note(self, container: Any) -> None:
        """Note what is in a list or dict."""
        if isinstance(container, (list, dict)):
            items = items_of(container)
            self.contents.append((container, items))
            for item in items:
                self._note(item)

    def _followed(self, key: str, item: Any, changes: bool) -> Any:
        """Return what represents an entry while the function is traced."""
        recorder = self._recorder
        if type(item) is np.ndarray and item.dtype != object:
            return recorder.state_array(item, Cell(self.space, key))
        if isinstance(item, np.random.Generator):
            return recorder.generator(item)
        if changes and is_number(item):
            return recorder.load(Cell(self.space, key), item)
        if changes and type(item) is tuple and all(map(is_number, item)):
            return tuple([recorder.load(Cell(self.space, key, i), x) for i, x in enumerate(item)])
        return item

    def stores(self) -> list[Store]:
        """Return what a program has to store, and note numbers that the function has changed."""
        found = []
        for key, now in self.space.items():
            was = self.entered.get(key, self.before.get(key, MISSING))
            if now is was:
                continue
            if isinstance(now, Traced) or (type(now) is tuple and any_followed(now)):
                found.append(Store(Cell(self.space, key), "data", self._recorder.symbol(now)))
                if key not in self.entered and may_change(self.before.get(key)):
                    self._recorder.found_changing.add((id(self.space), key))
            elif isinstance(now, Node):
                raise TraceError(
                    f"The function keeps a {type(now).__name__} in the attribute {key!r} of an "
                    "object. Return it, or keep its .data."
                )
            elif is_number(now) and is_number(was):
                if not is_same(now, was):
                    self._recorder.found_changing.add((id(self.space), key))
            elif isinstance(now, PLAIN):
                if not is_same(now, was):
                    found.append(Store(Cell(self.space, key), "data", now))
            else:
                self._recorder.is_repeatable = False
        if not self.before.keys() <= self.space.keys():
            self._recorder.is_repeatable = False
        if any(not same_items(items_of(x), items) for x, items in self.own_contents()):
            self._recorder.is_repeatable = False
        return found

    def own_contents(self) -> list[tuple[Any, tuple[Any, ...]]]:
        """Return the lists and dicts in it that are not followed themselves, and their items."""
        spaces = self._recorder.spaces
        return [(x, items) for x, items in self.contents if id(x) not in spaces]

    def add_to(self, fixed: Fixed, read: set[tuple[int, str]]) -> None:
        """Add what a program that reads some entries takes for fixed."""
        items = {}
        for key, item in self.before.items():
            if (id(self.space), key) not in read:
                varies = key in self.entered and not isinstance(item, np.random.Generator)
                items[key] = Like(item) if varies else item
        fixed.add_dict(self.space, items, len(self.before), self.counted)
        for container, of_it in self.own_contents():
            fixed.add_container(container, of_it)

    def restore(self, keep: bool) -> None:
        """Put plain objects in place of followed ones; or all that was there before."""
        space = self.space
        for key, now in list(space.items()):
            if key in self.entered and now is self.entered[key]:
                space[key] = self.before[key]
            elif not keep and key not in self.before:
                del space[key]
            elif isinstance(now, (Traced, tuple)):
                space[key] = plain(now)
        if not keep:
            for key, item in self.before.items():
                if space.get(key, MISSING) is not item:
                    space[key] = item
        for container, items in self.own_contents():
            if not same_items(items_of(container), items):
                put_back(container, tuple(map(plain, items_of(container))) if keep else items)


def plain(x: Any) -> Any:
    """Return what a followed object represents."""
    if type(x) is tuple and any_followed(x):
        return tuple(map(plain, x))
    return x._value if isinstance(x, Traced) else x


class StateTracer(Tracer):
    """The part of a recorder that follows state.

    Attributes
    ----------
    changing : set of (int, str)
        Identities of dicts, and keys, of numbers that are inputs.
    found_changing : set of (int, str)
        Further ones that the function has changed, and that should have been inputs.
    is_repeatable : bool
        Whether a program can do what the function does to objects.
    """

    isolated: bool

    def __init__(self, changing: Any = ()) -> None:
        self.changing: set[tuple[int, str]] = set(changing)
        self.found_changing: set[tuple[int, str]] = set()
        self.is_repeatable = True
        self.spaces: dict[int, Space] = {}
        self._loads: list[tuple[Load, Traced]] = []
        self._owners: dict[int, Any] = {}
        self._arrays: dict[int, tuple[Any, Traced]] = {}
        self._generators: dict[int, tuple[Any, Traced, Any]] = {}

    def input(self, value: Any, hint: str = "") -> Any:
        """Return a traced array or number for an input."""
        raise NotImplementedError

    def follow(self, owner: Any) -> None:
        """Follow the state of an object: see `state.follow`."""
        if id(owner) not in self._owners:
            self._owners[id(owner)] = owner
            for state in owner.__program_state__():
                if id(state.space) not in self.spaces:
                    self.spaces[id(state.space)] = Space(self, state)

    def load(self, cell: Cell, value: Any) -> Any:
        """Return the input that an entry of a dict is."""
        traced = self.input(value, cell.label if cell.label.isidentifier() else "")
        self._loads.append((Load(cell, "data", traced._variable), traced))
        return traced

    def state_array(self, array: Any, cell: Cell) -> Any:
        """Return what represents an array of the state."""
        known = self._arrays.get(id(array))
        if known is None:
            if self.is_constant(array):
                return array
            traced = self.load(cell, array.copy("K") if self.isolated else array)
            known = self._arrays[id(array)] = (array, traced)
        return known[1]

    def is_constant(self, array: Any) -> bool:
        """Return whether the program refers to an array as a constant."""
        raise NotImplementedError

    def known_array(self, array: Any) -> Traced | None:
        """Return what represents an array, if it is state that is followed."""
        known = self._arrays.get(id(array))
        return None if known is None else known[1]

    def generator(self, generator: Any, is_argument: bool = False) -> Any:
        """Return what represents a random generator."""
        if isinstance(generator, Traced):
            return generator
        known = self._generators.get(id(generator))
        if known is None:
            state = generator.bit_generator.state if self.isolated else None
            if is_argument:
                traced = self.input(generator, "generator")
            else:
                traced = self.load(Cell({"generator": generator}, "generator"), generator)
            known = self._generators[id(generator)] = (generator, traced, state)
        return known[1]

    def state_stores(self) -> list[Store]:
        """Return what the program stores in dicts."""
        return [store for space in self.spaces.values() for store in space.stores()]

    def state_loads(self, used: set[Any]) -> list[Load]:
        """Return the loads of variables that are used."""
        return [load for load, _ in self._loads if load.variable in used]

    def fixed(self, loads: list[Load], stores: list[Store]) -> Fixed:
        """Return what must be as it was for the program to be right."""
        read = {(id(x.node.space), x.node.key) for x in loads if isinstance(x.node, Cell)}
        for store in stores:
            cell = store.node
            if isinstance(cell, Cell) and (id(cell.space), cell.key) not in read:
                cell.tells = self.spaces[id(cell.space)].counted
        fixed = Fixed()
        for space in self.spaces.values():
            space.add_to(fixed, read)
        return fixed

    def end_state(self, keep: bool) -> None:
        """Put plain objects in place of followed ones, with what they hold now or held before."""
        for space in self.spaces.values():
            space.restore(keep)
        for generator, _, state in self._generators.values():
            if state is not None:
                generator.bit_generator.state = state
