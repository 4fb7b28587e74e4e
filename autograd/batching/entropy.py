"""Notice when a function asks the system for random bits, as generators without a seed do."""

from __future__ import annotations

import os
import random
import sys
import threading
from collections.abc import Callable
from typing import Any

import numpy as np

_LOCK = threading.Lock()
_ORIGINALS: list[tuple[Any, str, Any]] = []
_WATCHING = [0]


class _Watches(threading.local):
    def __init__(self) -> None:
        self.open: list[Watch] = []


_WATCHES = _Watches()


class Watch:
    """While this is entered, note whether this thread asks for random bits.

    Attributes
    ----------
    asked : bool
        Whether it has.
    made : list of numpy.random.MT19937
        The bits of each `numpy.random.RandomState`, which have a sequence of seeds if they have
        been seeded with random bits.
    """

    def __init__(self) -> None:
        self.asked = False
        self.made: list[Any] = []

    def __enter__(self) -> Watch:
        with _LOCK:
            _WATCHING[0] += 1
            if _WATCHING[0] == 1:
                for owner, name, replacement in _SOURCES:
                    if hasattr(owner, name):
                        original = getattr(owner, name)
                        _ORIGINALS.append((owner, name, original))
                        setattr(owner, name, replacement(original))
        _WATCHES.open.append(self)
        return self

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        _WATCHES.open.remove(self)
        self.asked = self.asked or any(bits.seed_seq is not None for bits in self.made)
        with _LOCK:
            _WATCHING[0] -= 1
            if _WATCHING[0] == 0:
                while _ORIGINALS:
                    setattr(*_ORIGINALS.pop())


#: Modules that ask for random bits for no numbers of the user: imported ones may, to name files.
_UNRELATED = ("importlib._bootstrap", "tempfile")


def _note() -> None:
    frame: Any = sys._getframe() if _WATCHES.open else None
    while frame is not None:
        if frame.f_globals.get("__name__") in _UNRELATED:
            return
        frame = frame.f_back
    for watch in _WATCHES.open:
        watch.asked = True


def _noting(original: Callable[[int], bytes]) -> Callable[[int], bytes]:
    def bits(size: int) -> bytes:
        _note()
        return original(size)

    return bits


def _seeding(original: Callable[..., None]) -> Callable[..., None]:
    def seed(self: random.Random, a: Any = None, *arguments: Any, **keywords: Any) -> None:
        if a is None:
            _note()
        original(self, a, *arguments, **keywords)

    return seed


class _KindOfBits(type):
    def __call__(cls, *arguments: Any) -> Any:
        watches, _WATCHES.open = _WATCHES.open, []
        try:
            made = np.random.MT19937(*arguments)
        finally:
            _WATCHES.open = watches
        for watch in watches:
            watch.made.append(made)
        return made

    def __instancecheck__(cls, x: Any) -> bool:
        return isinstance(x, np.random.MT19937)


class _Bits(metaclass=_KindOfBits):
    """Stands for `numpy.random.MT19937` where states are made, and notes what it makes."""


#: By owner and name, what stands for it: for what `random`, `secrets` and NumPy call to get bits,
#: for the seed of `random.Random`, which comes from C, and for the bits of a `RandomState`, which
#: are made without a seed and seeded afterwards.
_SOURCES: tuple[tuple[Any, str, Callable[[Any], Any]], ...] = (
    (random, "_urandom", _noting),
    (os, "urandom", _noting),
    (random.Random, "seed", _seeding),
    (np.random.mtrand, "_MT19937", lambda original: _Bits),
)
