"""The state that a traced function reads and changes: see `state` for what objects say about it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd.engine.memory import owner_of
from autograd.engine.node import Node
from autograd.engine.tracing import Tracer, any_followed
from autograd.errors import TraceError
from autograd.program.fixed import (
    PLAIN,
    Fixed,
    Like,
    entries,
    is_number,
    is_same,
    may_change,
)
from autograd.program.instructions import Variable
from autograd.program.program import Load, Store
from autograd.program.state import CHANGES, State
from autograd.program.traced import Traced

MISSING = object()


class Cell:
    """An entry of a dict or a list; it has the attributes of a node that programs read and store.

    Attributes
    ----------
    space : dict or list
        The container.
    key : any
        The key or the index of the entry.
    index : int or None
        Which element of the entry, if it is a tuple.
    count : int
        How many elements that tuple has.
    label : str
        The name of the input of the program.
    tells : bool
        Whether an assignment may change what another program takes for fixed.
    array : ndarray or None
        The array that was there when the function was recorded.
    is_kept : bool
        Whether it must stay this array, because another one shares its memory.
    """

    __slots__ = ("array", "count", "index", "is_kept", "key", "label", "space", "tells")

    def __init__(
        self, space: Any, key: Any, label: str, index: int | None = None, count: int = 0
    ) -> None:
        self.space = space
        self.key = key
        self.index = index
        self.count = count
        self.label = label if index is None else f"{label}_{index}"
        self.tells = False
        self.array: Any = None
        self.is_kept = False

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
    """A dict or list with state, while a function is traced: followed objects stand in it.

    Attributes
    ----------
    space : dict or list
        The container.
    counted : bool
        Whether `state.changed` tells of assignments.
    before : dict
        What was in it, by keys or indices.
    entered : dict
        The followed objects that stand in it instead.
    """

    def __init__(self, recorder: Any, state: State, label: str = "") -> None:
        self.space: Any = state.space
        self.counted = state.counted
        self.before = entries(self.space)
        self.entered: dict[Any, Any] = {}
        self._label = label
        self._recorder = recorder
        for key, item in self.before.items():
            changes = key in state.numbers or (id(self.space), key) in recorder.changing
            found = self._followed(key, item, changes)
            if found is not item:
                self.entered[key] = self.space[key] = found

    def inner(self) -> list[tuple[Any, str]]:
        """Return the dicts and lists in it, with their names."""
        kinds = (dict, list)
        return [(x, self._name(key)) for key, x in self.before.items() if type(x) in kinds]

    def _name(self, key: Any) -> str:
        name = str(key) if isinstance(key, (str, int)) else "entry"
        return f"{self._label}_{name}" if self._label else name

    def _cell(self, key: Any, index: int | None = None, count: int = 0) -> Cell:
        return Cell(self.space, key, self._name(key), index, count)

    def _followed(self, key: Any, item: Any, changes: bool) -> Any:
        """Return what represents an entry while the function is traced."""
        recorder = self._recorder
        array = recorder.moved(item)
        if type(array) is np.ndarray and array.dtype != object:
            return recorder.state_array(array, self._cell(key), item)
        if isinstance(item, np.random.Generator):
            return recorder.generator(item)
        if changes and is_number(item):
            return recorder.load(self._cell(key), item)
        if changes and type(item) is tuple and all(map(is_number, item)):
            cells = [self._cell(key, i, len(item)) for i in range(len(item))]
            return tuple(map(recorder.load, cells, item))
        return item

    def stores(self) -> list[Store]:
        """Return what a program has to store, and note numbers that the function has changed."""
        recorder, found = self._recorder, []
        now_there = entries(self.space)
        for key, now in now_there.items():
            was = self.entered.get(key, self.before.get(key, MISSING))
            if now is was:
                continue
            if isinstance(now, Node):
                raise TraceError(
                    f"The function keeps a {type(now).__name__} in the attribute "
                    f"{self._name(key)!r} of an object. Return it, or keep its .data."
                )
            if isinstance(now, Traced) or (type(now) is tuple and any_followed(now)):
                found.append(Store(self._cell(key), "data", recorder.symbol(now)))
                if key not in self.entered and may_change(self.before.get(key)):
                    recorder.found_changing.add((id(self.space), key))
            elif may_change(now) and may_change(was):
                if not is_same(now, was):
                    recorder.found_changing.add((id(self.space), key))
            elif isinstance(now, PLAIN):
                if not is_same(now, was):
                    found.append(Store(self._cell(key), "data", now))
            else:
                recorder.is_repeatable = False
        grown = isinstance(self.space, list) and len(now_there) > len(self.before)
        if grown or not self.before.keys() <= now_there.keys():
            recorder.is_repeatable = False
        return found

    def add_to(self, fixed: Fixed, read: set[tuple[int, Any]]) -> None:
        """Add what a program that reads some entries takes for fixed."""
        items = {}
        for key, item in self.before.items():
            shared = self._recorder.is_shared(item)
            if shared or (id(self.space), key) not in read:
                fits = key in self.entered and not shared
                varies = fits and not isinstance(item, np.random.Generator)
                items[key] = Like(item) if varies else item
        fixed.add(self.space, items, len(self.before), self.counted, self._label)

    def restore(self, keep: bool) -> None:
        """Put plain objects in place of followed ones; or all that was there before."""
        space = self.space
        for key, now in entries(space).items():
            if key in self.entered and now is self.entered[key]:
                space[key] = self.before[key]
            elif now is not self.before.get(key, MISSING):
                space[key] = plain(now)
        if keep:
            return
        if isinstance(space, list):
            space[:] = self.before.values()
            return
        for key in space.keys() - self.before.keys():
            del space[key]
        for key, item in self.before.items():
            if space.get(key, MISSING) is not item:
                space[key] = item


def _start(array: Any) -> int:
    return int(array.__array_interface__["data"][0])


def _part(array: Any, root: tuple[Any, Traced, Cell]) -> Any:
    """Return the part of a followed array that is another one, as a view."""
    whole, traced, cell = root
    cell.is_kept = True
    first = (_start(array) - _start(whole)) // array.itemsize
    flat: Any = traced if whole.ndim == 1 else traced.reshape(-1)
    part = flat[first : first + array.size]
    return part if array.ndim == 1 else part.reshape(array.shape)


def plain(x: Any) -> Any:
    """Return what a followed object represents; replace those in tuples, lists and dicts."""
    if type(x) is tuple:
        return tuple(map(plain, x)) if any_followed(x) else x
    if type(x) is list or type(x) is dict:
        for key, item in entries(x).items():
            x[key] = plain(item)
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
    keeps_changes : bool
        Whether objects keep, when the recording ends, what the function has changed.
    """

    isolated: bool

    def moved(self, x: Any) -> Any:
        """Return the copy that stands for an array of a device; anything else as it is."""
        raise NotImplementedError

    def __init__(self, changing: Any = ()) -> None:
        self.changing: set[tuple[int, str]] = set(changing)
        self.found_changing: set[tuple[int, str]] = set()
        self.is_repeatable = True
        self.keeps_changes = False
        self.spaces: dict[int, Space] = {}
        self._loads: list[tuple[Load, Traced]] = []
        self._owners: dict[int, Any] = {}
        self._new: dict[int, Any] = {}
        self._arrays: dict[int, tuple[Any, Traced, Cell]] = {}
        self._memory: dict[int, tuple[Any, Traced, Cell]] = {}
        self._copies: dict[int, tuple[Any, Any]] = {}
        self._shared: set[int] = set()
        self._generators: dict[int, tuple[Any, Traced]] = {}
        self._states: dict[int, tuple[Any, Any]] = {}

    def input(self, value: Any, hint: str = "") -> Any:
        """Return a traced array or number for an input."""
        raise NotImplementedError

    def ignore(self, owner: Any) -> None:
        """Do not follow the state of a new object."""
        self._new[id(owner)] = owner

    def follow(self, owner: Any) -> bool:
        """Follow the state of an object: see `state.follow`."""
        if id(owner) in self._new:
            return False
        if id(owner) not in self._owners:
            self._owners[id(owner)] = owner
            waiting = [(state, "") for state in owner.__program_state__()]
            while waiting:
                state, label = waiting.pop(0)
                if id(state.space) not in self.spaces:
                    space = self.spaces[id(state.space)] = Space(self, state, label)
                    waiting += [
                        (State(inner, counted=state.inner, inner=state.inner), name)
                        for inner, name in space.inner()
                    ]
        return True

    def load(self, cell: Cell, value: Any) -> Any:
        """Return the input that an entry of a dict is."""
        traced = self.input(value, cell.label if cell.label.isidentifier() else "")
        self._loads.append((Load(cell, "data", traced._variable), traced))
        return traced

    def state_array(self, array: Any, cell: Cell, item: Any) -> Any:
        """Return what represents an array of the state; `item` is there, on its device."""
        known = self._arrays.get(id(array))
        if known is None:
            if self.is_constant(array):
                return array
            root = self._root(array)
            if root is None:
                cell.array = item
                traced = self.load(cell, self._apart(array) if self.isolated else array)
            else:
                traced = _part(array, root)
                self._shared.add(id(array))
            known = self._arrays[id(array)] = (array, traced, cell)
            self._memory.setdefault(id(owner_of(array)), known)
        else:
            self._shared.add(id(array))
        return known[1]

    def _apart(self, array: Any) -> Any:
        """Return a copy of an array; copies share memory where the arrays do."""
        owner = owner_of(array)
        if type(owner) is not np.ndarray or not owner.flags.c_contiguous:
            return array.copy("K")
        if id(owner) not in self._copies:
            self._copies[id(owner)] = (owner, owner.copy())
        copy = self._copies[id(owner)][1]
        place = _start(array) - _start(owner)
        return np.ndarray(array.shape, array.dtype, copy, place, array.strides)

    def _root(self, array: Any) -> tuple[Any, Traced, Cell] | None:
        """Return the array that is followed and of whose memory this one is part; else None."""
        found = self._memory.get(id(owner_of(array)))
        if found is None or found[0].dtype != array.dtype:
            return None
        if not found[0].flags.c_contiguous or not array.flags.c_contiguous:
            return None
        start = _start(array) - _start(found[0])
        return found if 0 <= start <= found[0].nbytes - array.nbytes else None

    def is_shared(self, item: Any) -> bool:
        """Return whether an array is in several places, whose memory must stay the same."""
        return id(item) in self._shared

    def is_constant(self, array: Any) -> bool:
        """Return whether the program refers to an array as a constant."""
        raise NotImplementedError

    def known_array(self, array: Any) -> Traced | None:
        """Return what represents an array, if it is state that is followed."""
        known = self._arrays.get(id(array))
        return None if known is None else known[1]

    def generator(self, generator: Any) -> Any:
        """Return what represents a random generator that is not an argument."""
        if isinstance(generator, Traced):
            return generator
        known = self._generators.get(id(generator))
        if known is None:
            self.save_state(generator)
            cell = Cell({"generator": generator}, "generator", "generator")
            known = self._generators[id(generator)] = (generator, self.load(cell, generator))
        return known[1]

    def save_state(self, generator: Any) -> None:
        """Note the state to which a generator returns if what the function does is undone."""
        if self.isolated:
            self._states.setdefault(id(generator), (generator, generator.bit_generator.state))

    def state_stores(self) -> list[Store]:
        """Return what the program stores in dicts."""
        return [store for space in self.spaces.values() for store in space.stores()]

    def state_loads(self, used: Iterable[Any]) -> list[Load]:
        """Return the loads of variables that are used."""
        if not self._loads:
            return []
        roots = {root for x in used if isinstance(x, Variable) for root in (x, x.root)}
        return [load for load, _ in self._loads if load.variable in roots]

    def fixed(self, loads: list[Load], stores: list[Store]) -> Fixed:
        """Return what must be as it was for the program to be right."""
        read: set[tuple[int, Any]]
        read = {(id(x.node.space), x.node.key) for x in loads if isinstance(x.node, Cell)}
        for store in stores:
            cell = store.node
            if isinstance(cell, Cell) and (id(cell.space), cell.key) not in read:
                cell.tells = self.spaces[id(cell.space)].counted
        fixed = Fixed()
        for space in self.spaces.values():
            space.add_to(fixed, read)
        return fixed

    def end_state(self) -> None:
        """Put plain objects in place of followed ones, with what they hold now or held before."""
        for space in self.spaces.values():
            space.restore(self.keeps_changes)
        for generator, state in self._states.values():
            generator.bit_generator.state = state
