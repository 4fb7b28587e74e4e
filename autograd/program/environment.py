"""What a function reads besides its arguments: closed-over variables, globals, attributes.

A program refers to what these names meant when it was recorded. So each call compares them, by
identity, and numbers and texts by value. Arrays among them are followed, like arguments: while the
function is recorded, the names refer to what represents the arrays.
"""

from __future__ import annotations

import collections
import functools
import operator
import random
import threading
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.engine.node import Node
from autograd.engine.primitive import Primitive
from autograd.engine.tracing import Followed
from autograd.program import creation, mentioned
from autograd.program.hidden_state import hidden_state, is_container_of_library, member_of
from autograd.program.hosts import Hosts, is_on_device
from autograd.program.libraries import is_installed, is_library
from autograd.program.meanings import (
    MISSING,
    PLAIN,
    Watched,
    compared,
    contents_of_cell,
    equal_states,
    functions_of_rules,
    is_same,
    items_of,
    refill,
    states,
    store,
)
from autograd.program.state import is_stateful
from autograd.program.substitution import substituted
from autograd.tree import CONTAINERS

#: Objects whose state tells whether numbers have been drawn.
SOURCES = (np.random.Generator, np.random.RandomState, random.Random)

#: Objects of these modules have no attributes that change what they do.
_OPAQUE = frozenset(
    ("builtins", "functools", "contextlib", "_thread", "threading", "weakref", "logging")
)

#: Types whose attributes are not looked at.
OPAQUE: set[type] = set()


class Environment:
    """The meanings of the names that a function reads, at one moment.

    Attributes
    ----------
    owners : list of object
        Objects that say themselves what their state is.
    watched : list of Watched
        What is compared at each call.
    replaced : list of Watched
        The arrays and functions that something else stands for while the function is traced.
    spaces : list of (dict, tuple of str)
        The globals of the functions, with the names that they mention.
    hosts : Hosts
        The copies that stand for arrays of a device while the function is traced.
    """

    def __init__(self, function: Callable[..., Any], objects: Any = ()) -> None:
        self.watched: list[Watched] = []
        self._entries: list[tuple[dict[Any, Any], Any, Any]] = []
        self._codes: list[tuple[Any, types.CodeType]] = []
        self._lists: list[tuple[list[Any], tuple[Any, ...]]] = []
        self._cells: list[tuple[types.CellType, Any]] = []
        self._attributed: list[tuple[Any, str, Any]] = []
        self._others: list[Watched] = []
        self.owners: list[Any] = []
        self.replaced: list[Watched] = []
        self.spaces: list[tuple[dict[str, Any], tuple[str, ...]]] = []
        self.hosts = Hosts()
        self._sources: list[Watched] = []
        self._seen: set[Any] = set()
        self._kept: list[Any] = []  # what `_seen` identifies is alive
        self._names: dict[str, None] = {}  # all that the code mentions
        self._texts: dict[str, None] = {}  # those in quotes, and those that may be missing
        self._holders: list[Any] = []  # objects, classes and modules that have such names
        self._primitives: list[Primitive] = []
        self._package = _module_of(function).partition(".")[0]
        self._function(function)
        for item in objects:
            if isinstance(item, CONTAINERS):  # its items are arguments
                self._hold(item)
            else:
                self._reached(item)
        self._look_up()
        self._look_into_rules()
        for read, write, name in (
            (random.getstate, random.setstate, "random"),
            (np.random.get_state, np.random.set_state, "numpy.random"),
        ):
            self._sources.append(Watched(read, write, read(), name))

    def change(self) -> str | None:
        """Return the name that has another meaning now; None if there is none."""
        for item in self.watched:
            if not item.is_same():
                return item.name
        return None

    def holds(self) -> bool:
        """Return whether all names have the same meanings now."""
        for space, key, before in self._entries:
            now = space.get(key, MISSING)
            if now is not before and not is_same(now, before):
                return False
        for function, code in self._codes:
            if function.__code__ is not code:
                return False
        for container, items in self._lists:
            if len(container) != len(items) or not all(map(operator.is_, container, items)):
                return False
        for cell, before in self._cells:
            now = contents_of_cell(cell)
            if now is not before and not is_same(now, before):
                return False
        for owner, name, before in self._attributed:
            now = getattr(owner, name, MISSING)
            if now is not before and not is_same(now, before):
                return False
        return self._others_hold()

    def _others_hold(self) -> bool:
        for item in self._others:
            now = item.read()
            if now is not item.before and not is_same(now, item.before):
                return False
        return True

    def identities(self) -> tuple[tuple[Any, ...], ...]:
        """Return where what is identical to what it was: see `native/front.c`.

        Returns
        -------
        tuple
            Of dicts with keys, of cells, and of objects with names of attributes, with what they
            held; of functions with their code; and of lists with their items.
        """
        found = (self._entries, self._cells, self._attributed, self._codes, self._lists)
        return tuple([tuple(places) for places in found])

    def rest(self) -> Callable[[], bool] | None:
        """Return what tells whether everything else has the same meaning; None if nothing can."""
        return self._others_hold if self._others else None

    def restore(self) -> None:
        """Give all names the meanings that they had."""
        for item in self.watched:
            if not item.is_same():
                item.write(item.before)
        for source in self._sources:
            if not equal_states(source.read(), source.before):
                source.write(source.before)

    def drawn(self) -> str | None:
        """Return the name of a source of random numbers that have been drawn since."""
        for item in self._sources:
            if not equal_states(item.read(), item.before):
                return item.name
        return None

    def follow(self, represent: Callable[[Any], Any]) -> Any:
        """Return a context manager that lets names refer to what represents their arrays."""
        return substituted(self.replaced, self.spaces, represent)

    # -- what code reads ----------------------------------------------------------------------

    def _is_foreign(self, module: str) -> bool:
        """Return whether a module is part of a library or of another installed package.

        Of what is installed, the functions that are called are looked at, but not all that their
        classes may do: this would be most of the package.
        """
        package = module.partition(".")[0]
        return is_library(module) or (package != self._package and is_installed(package))

    def _is_new(self, key: Any, *kept: Any) -> bool:
        if key in self._seen:
            return False
        self._seen.add(key)
        self._kept.extend(kept)
        return True

    def _function(self, function: Any) -> None:
        if not self._is_new(id(function), function):
            return
        if getattr(type(function), "is_jitted", False):
            self._function(function.function)
        elif isinstance(function, functools.partial):
            for item in (function.func, *function.args):
                self._reached(item)
            self._container(function.keywords, "the keywords of a partial function")
        elif isinstance(function, Primitive):
            self._primitives.append(function)
        elif isinstance(function, types.MethodType):
            if is_stateful(function.__self__):
                self._owner(function.__self__)
            else:
                self._hold(function.__self__)
            self._called(function.__func__)
        else:
            self._called(function)

    def _called(self, function: Any) -> None:
        """Look into a function, or an object that is called like one."""
        if is_stateful(function):
            self._owner(function)
            return
        if isinstance(function, types.FunctionType):
            if vars(function):  # its own attributes
                self._holders.append(function)
            self._code(function)
            return
        call = vars(type(function)).get("__call__")
        if isinstance(call, types.FunctionType) and not isinstance(function, np.vectorize):
            self._hold(function)
            self._code(call)
        else:
            self._inside(function, getattr(function, "__name__", ""))

    def _code(self, function: types.FunctionType) -> None:
        """Watch what the code of a function reads."""
        of_library = is_library(function.__globals__.get("__name__", ""))
        for name, cell in zip(
            function.__code__.co_freevars, function.__closure__ or (), strict=True
        ):
            read = functools.partial(contents_of_cell, cell)
            write = functools.partial(setattr, cell, "cell_contents")
            item = Watched(read, write, read(), name)
            self._watch(item, self._cells, (cell,), changes=not of_library)
        if of_library:
            return
        if not self._is_foreign(function.__globals__.get("__name__", "")):
            self._mention(function.__code__)
        for default in (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()):
            self._reached(default, f"a default of {function.__name__}")
        if function.__defaults__:
            self._attribute(function, "__defaults__")
        if function.__kwdefaults__:
            self._attribute(function, "__kwdefaults__")
        self._codes.append((function, function.__code__))
        space = function.__globals__
        called = mentioned.globals_in(function.__code__)
        for name in called:
            if name[0] != "@":  # names of tools that rewrite code, such as pytest
                self._item(space, name, name)
        self.spaces.append((space, called))

    def _inside(self, found: Any, name: str = "") -> None:
        """Watch what an object holds that is not among its attributes."""
        if not self._is_new(("inside", id(found)), found):
            return
        hidden = hidden_state(found)
        for text in hidden.names:
            self._names[text] = None
        if hidden.read is not None:
            item = Watched(hidden.read, hidden.write, hidden.read(), name)
            self.watched.append(item)
            self._others.append(item)
        for other in hidden.others:
            self._reached(other, name)

    def _mention(self, code: types.CodeType) -> None:
        """Note the names in some code: any object that it reaches may have them."""
        names = mentioned.names_in(code)
        # Code that handles a missing attribute goes on without it.
        handles = not mentioned.HANDLED.isdisjoint(names)
        for name in names:
            self._names[name] = None
            if handles or type(name) is mentioned.Text:
                self._texts[name] = None

    def _attribute(self, owner: Any, name: str) -> None:
        read = functools.partial(getattr, owner, name, MISSING)
        item = Watched(read, functools.partial(setattr, owner, name), read(), name)
        self._watch(item, self._attributed, (owner, name))

    def _item(self, space: Any, key: Any, name: str) -> None:
        if self._is_new((id(space), key), space):
            read = functools.partial(space.get, key, MISSING)
            item = Watched(read, functools.partial(store, space, key), read(), name)
            self._watch(item, self._entries, (space, key))

    def _watch(
        self, item: Watched, places: list[Any], place: tuple[Any, ...], changes: bool = True
    ) -> None:
        """Watch something that the code reads; `place` says where it is."""
        found = item.before
        if creation.has_stand_in(found):
            self.replaced.append(item)
        is_module = isinstance(found, types.ModuleType)
        if changes and not is_module:
            self.watched.append(item)
            places.append((*place, found))
        if found is not MISSING:
            self._reached(found, item.name)

    def _reached(self, found: Any, name: str = "") -> None:
        """Look into an object that a name refers to."""
        if is_stateful(found):
            self._owner(found)
            return
        if isinstance(found, (Followed, Node, np.ndarray, *PLAIN)) or is_on_device(found):
            return
        if isinstance(found, SOURCES):
            read, write = states(found)
            self._sources.append(Watched(read, write, read(), name))
        elif isinstance(found, (list, tuple, set, frozenset, dict, collections.deque)):
            self._container(found, name)
            if type(found).__module__ != "builtins":
                self._hold(found)
        elif isinstance(found, (types.FunctionType, types.MethodType, functools.partial)):
            self._function(found)
        else:
            if callable(found) and not isinstance(found, type):
                self._function(found)
            else:
                self._inside(found, name)
            self._hold(found)

    def _owner(self, owner: Any) -> None:
        """Note an object that says itself what its state is, and look into its functions."""
        if not any(owner is other for other in self.owners):
            self.owners.append(owner)
            for state in owner.__program_state__():
                for item in (*state.functions, *state.space.values()):
                    if isinstance(item, (types.FunctionType, types.MethodType, functools.partial)):
                        self._function(item)

    def _container(self, found: Any, name: str) -> None:
        if not self._is_new(id(found), found):
            return
        if not isinstance(found, (tuple, frozenset)):
            read, write = functools.partial(items_of, found), functools.partial(refill, found)
            item = Watched(read, write, read(), name)
            self.watched.append(item)
            if isinstance(found, list):
                self._lists.append((found, item.before))
            else:
                self._others.append(item)
        keyed = isinstance(found, (list, dict, collections.deque))
        for text in (*found, *(found.values() if isinstance(found, dict) else ())):
            if type(text) is str:  # for getattr
                self._names[text] = None
        for key, item in found.items() if isinstance(found, dict) else enumerate(found):
            if keyed and (creation.is_array(item) or id(item) in creation.STANDING_FOR):
                self.replaced.append(
                    Watched(
                        functools.partial(operator.getitem, found, key),
                        functools.partial(operator.setitem, found, key),
                        item,
                        name,
                    )
                )
            self._reached(item, name)

    def _look_into_rules(self) -> None:
        """Watch what the rules of primitives read, unlike their functions, which a program calls.

        A rule and its function may read the same arrays, and nothing can stand for those of the
        function. So the numbers in arrays that only rules read are compared.
        """
        followed, spaces = self.replaced, self.spaces
        self.replaced, self.spaces = [], []
        while self._primitives:
            for rule in functions_of_rules(self._primitives.pop()):
                self._function(rule)
            self._look_up()
        for item in compared(self.replaced, followed):
            self.watched.append(item)
            self._others.append(item)
        self.replaced, self.spaces = followed, spaces

    # -- what objects hold -------------------------------------------------------------------

    def _hold(self, holder: Any) -> None:
        """Note an object, a class or a module, any of whose attributes the code may read."""
        if isinstance(holder, types.ModuleType):
            opaque = is_library(holder.__name__)
        elif isinstance(holder, threading.local) or is_container_of_library(type(holder)):
            opaque = False
        else:
            opaque = type(holder).__module__ in _OPAQUE and not isinstance(holder, type)
        if not opaque and type(holder) not in OPAQUE and self._is_new(("holder", id(holder))):
            self._holders.append(holder)
            self._kept.append(holder)

    def _look_up(self) -> None:
        """Watch all names that code mentions in all objects that it reaches."""
        before = None
        while before != (len(self._names), len(self._holders)):
            before = len(self._names), len(self._holders)
            for holder in self._holders:  # the list grows
                if isinstance(holder, types.ModuleType):
                    self._module(holder)
                elif isinstance(holder, type):
                    self._class(holder)
                else:
                    self._attributes(holder)

    def _module(self, module: types.ModuleType) -> None:
        for name in list(vars(module)):
            if name in self._names:
                self._item(vars(module), name, f"{module.__name__}.{name}")

    def _class(self, kind: Any) -> None:
        """Watch the methods of a class and of a metaclass, and what they read."""
        self._hold(type(kind))
        for ancestor in kind.__mro__:
            if self._is_foreign(ancestor.__module__):
                continue
            for name, member in list(vars(ancestor).items()):
                for function in mentioned.functions_in(member):
                    self._function(function)
                    self._member(kind, name)
                if mentioned.is_descriptor(member):
                    self._hold(member)
                plain = name in self._names and not hasattr(member, "__get__")
                if plain and not name.startswith("__") and self._is_new((id(ancestor), name)):
                    self._attribute(ancestor, name)

    def _member(self, kind: Any, name: str) -> None:
        """Watch which method or property a class has."""
        if not self._is_new((id(kind), name), kind):
            return
        if getattr(kind, name, None) is getattr(kind, name, MISSING):
            self._attribute(kind, name)
        else:  # a class method is another object each time
            read = functools.partial(member_of, kind, name)
            item = Watched(read, functools.partial(setattr, kind, name), read(), name)
            self.watched.append(item)
            self._others.append(item)

    def _attributes(self, owner: Any) -> None:
        """Watch the attributes of an object that code mentions, also in methods that it calls."""
        found = getattr(owner, "__dict__", None)
        space: dict[str, Any] = found if type(found) is dict else {}
        reads_all = not mentioned.ALL.isdisjoint(self._names) or is_container_of_library(
            type(owner)
        )
        is_local = isinstance(owner, threading.local)  # each thread has another dict
        for name in list(space):
            if (reads_all or name in self._names) and not name.startswith("__"):
                if is_local:
                    self._attribute(owner, name)
                else:
                    self._item(space, name, name)
        members: dict[str, Any] = {}
        for ancestor in reversed(type(owner).__mro__):
            members |= vars(ancestor)
        if space is found:
            for name in list(self._texts):  # it grows
                if name not in members:
                    self._item(space, name, name)  # hasattr might ask for it
        is_own = not self._is_foreign(type(owner).__module__)
        if is_own and self._is_new((id(owner), "__class__")):
            kind = type(owner)  # which is not looked into: few of its methods are called
            read = functools.partial(getattr, owner, "__class__")
            write = functools.partial(setattr, owner, "__class__")
            self.watched.append(Watched(read, write, kind, "__class__"))
            self._attributed.append((owner, "__class__", kind))
        for name, member in members.items():
            special = name.startswith("__")
            uncalled = name in space or mentioned.is_uncalled(name, self._names)
            if uncalled or not (special or name in self._names):
                continue
            if is_own and mentioned.is_descriptor(member):
                self._hold(member)
            functions = mentioned.functions_in(member)
            for function in functions if is_own else ():
                self._mention(function.__code__)
                self._function(function)
                self._member(type(owner), name)
                if space is found and not special:
                    self._item(space, name, name)  # another function may take its place there
            stored = isinstance(member, types.MemberDescriptorType)  # in a slot
            if special or functions or (hasattr(member, "__get__") and not stored):
                continue
            if self._is_new((id(owner), name)):
                self._attribute(owner, name)


def _module_of(function: Any) -> str:
    return str(getattr(getattr(function, "func", function), "__module__", None) or "")
