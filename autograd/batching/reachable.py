"""What a function refers to: the functions that it may call, and the objects that they use."""

from __future__ import annotations

import collections
import functools
import gc
import sys
import sysconfig
import types
from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd import tree
from autograd.batching.generators import GENERATORS
from autograd.engine.batching import Batched
from autograd.engine.node import Node
from autograd.version import PACKAGES

#: Objects that draw random numbers, and what makes them.
SOURCES = (*GENERATORS, np.random.SeedSequence)

#: Packages whose functions draw no numbers, or call `drawn` if they do.
_LIBRARIES = {*PACKAGES, "numpy", "scipy"}

#: What their objects call.
_WRAPPED = ("func", "function", "__wrapped__")

#: A larger container is not searched.
LARGE = 100

_CONTAINERS = (*tree.CONTAINERS, collections.deque, set, frozenset)

#: Objects that hold nothing that a function calls or draws from; of modules and classes a function
#: names what it uses.
_OPAQUE = (
    types.ModuleType, types.CodeType, Node, Batched, np.ndarray, np.generic, np.ufunc, str, bytes,
)  # fmt: skip


def reachable(function: Any) -> Iterator[Any]:
    """Yield the functions and objects of the user that a function refers to, itself included.

    Functions of installed packages are not followed, other than those of its own.
    """
    own = _package(function)
    seen: set[int] = set()
    waiting = [function]
    while waiting:
        x = waiting.pop()
        if id(x) in seen:
            continue
        seen.add(id(x))
        yield x
        if not isinstance(x, SOURCES):
            waiting.extend(_referred_to(x, own))


def _referred_to(x: Any, own: str) -> list[Any]:
    """Return what a function, a method or an object of the user holds."""
    if isinstance(x, types.FunctionType):
        named = [] if _is_foreign(x, own) else _named_in(x.__code__, x.__globals__, own)
        return [*named, x.__closure__ or (), x.__defaults__, x.__kwdefaults__]
    if isinstance(x, types.GeneratorType):
        frame = x.gi_frame
        return (
            [] if frame is None else [frame.f_locals, *_named_in(x.gi_code, frame.f_globals, own)]
        )
    if isinstance(x, _OPAQUE) or (isinstance(x, _CONTAINERS) and len(x) >= LARGE):
        return []
    if isinstance(x, type):
        return []
    owner = getattr(x, "__self__", None)
    if isinstance(owner, GENERATORS):  # its method
        return [owner]
    if _package(type(x)) in _LIBRARIES:
        return [vars(x)[name] for name in _WRAPPED if name in getattr(x, "__dict__", {})]
    kinds = [kind for kind in type(x).__mro__ if not _is_foreign(kind, own)]
    return [*gc.get_referents(x), *[item for kind in kinds for item in vars(kind).values()]]


def _named_in(code: types.CodeType, names: dict[str, Any], own: str) -> list[Any]:
    """Return the objects that code names: globals, and attributes of modules and classes."""
    mentioned = names_of(code)
    held = [names[name] for name in mentioned if name in names]
    owners = [x for x in held if isinstance(x, (types.ModuleType, type))]
    spaces = [vars(x) for x in owners if not _is_foreign(x, own)]
    return held + [space[name] for space in spaces for name in mentioned if name in space]


def names_of(code: types.CodeType) -> set[str]:
    """Return the names in code, and in the functions that it makes."""
    inner = [names_of(x) for x in code.co_consts if isinstance(x, types.CodeType)]
    return set(code.co_names).union(*inner)


def _package(x: Any) -> str:
    """Return the package to which a function, a class or a module belongs."""
    name = x.__name__ if isinstance(x, types.ModuleType) else getattr(x, "__module__", None)
    return str(name).split(".")[0]


def _is_foreign(x: Any, own: str) -> bool:
    """Return whether something belongs to an installed package other than the user's own."""
    package = _package(x)
    return package in _LIBRARIES or (package != own and _is_installed(package))


@functools.cache
def _is_installed(package: str) -> bool:
    if package in sys.stdlib_module_names:
        return True
    file = getattr(sys.modules.get(package), "__file__", None) or ""
    return file.startswith((sysconfig.get_path("purelib"), sysconfig.get_path("platlib")))
