"""Calls of modules that are running, and the names of the modules in them."""

from __future__ import annotations

import threading
from typing import Any

from nn.contents import found_in


class Call:
    """A running call of a module, and the names of the modules in it.

    Parameters
    ----------
    module : Module
        The module.
    kind : type
        The class of modules.
    """

    def __init__(self, module: Any, kind: type[Any]) -> None:
        self.module, self.kind = module, kind
        self.names: dict[int, str] | None = None

    def name_of(self, module: Any) -> str:
        """Return the path from the running module to another; empty if that is not part of it."""
        if self.names is None:  # looked up once per call, if at all: most modules call no other
            found = found_in(vars(self.module), self.kind)
            self.names = {id(child): name for name, child in found}
        name = self.names.get(id(module))
        if name is None:  # it may be nested deeper, or have been added just now
            self.names.update((id(m), n) for n, m in self.module.named_modules())
            name = self.names.setdefault(id(module), "")
        return name


class _Running(threading.local):
    def __init__(self) -> None:  # called once per thread
        self.calls: list[Call] = []


RUNNING = _Running()
