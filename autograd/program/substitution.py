"""Names that refer to something else while a function is traced."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from autograd.program import creation
from autograd.program.meanings import Watched


@contextlib.contextmanager
def substituted(
    replaced: list[Watched],
    spaces: list[tuple[dict[str, Any], tuple[str, ...]]],
    represent: Callable[[Any], Any],
) -> Iterator[None]:
    """Let names refer to what represents them, and built-in functions to followed ones.

    Parameters
    ----------
    replaced : list of Watched
        The arrays and functions.
    spaces : list of (dict, tuple of str)
        The globals of the functions that read them, with the names that they mention.
    represent : callable
        Returns what represents an array.
    """
    written: list[tuple[Watched, Any]] = []
    added: list[tuple[dict[str, Any], str, Any]] = []
    try:
        for item in replaced:
            found = creation.stand_in(item.before, represent)
            item.write(found)
            written.append((item, found))
        for space, names in spaces:
            for name, found in creation.BUILTINS.items():
                wanted = name in names or (name == "float" and "type" in names)
                if wanted and name not in space:
                    space[name] = found
                    added.append((space, name, found))
        yield
    finally:
        for item, found in written:
            if item.read() is found:
                item.write(item.before)
        for space, name, found in added:
            if space.get(name) is found:
                del space[name]
