"""HIPS autograd's module names: `autograd.numpy` is `autograd.hips.numpy`, and so on.

Both names give the same module object: a function or class is the same under both, and an
attribute assigned under one name is seen under the other. The finder below does this, before the
import system looks for files. The files ``autograd/extend.py``, ``autograd/numpy/`` and so on are
never run: type checkers, editors and packagers, which only read sources, find the names there.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import types
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from typing import Any

#: Modules and packages of `autograd.hips` that are also importable from `autograd`.
MODULES = frozenset(
    (
        "builtins",
        "core",
        "differential_operators",
        "extend",
        "misc",
        "numpy",
        "test_util",
        "tracer",
        "util",
        "wrap_util",
    )
)

#: Names that HIPS autograd has in `autograd` itself, and the modules that define them.
NAMES = {
    "primitive": "autograd.hips.core",
    **dict.fromkeys(("dict", "isinstance", "list", "tuple", "type"), "autograd.hips.builtins"),
}


def target_of(name: str) -> str | None:
    """Return the full name of the module that a module name is an alias of, or None."""
    rest = name.removeprefix("autograd.")
    if rest == name or rest.partition(".")[0] not in MODULES:
        return None
    return f"autograd.hips.{rest}"


class AliasFinder:
    """Finds `autograd.numpy` and the other aliases."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: types.ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Return how to load an alias; None for any other module."""
        actual_name = target_of(fullname)
        actual = actual_name and importlib.util.find_spec(actual_name)
        if not actual:
            return None
        loader: Any = AliasLoader(actual)  # no importlib.abc.Loader: that import is expensive
        spec = ModuleSpec(fullname, loader, origin=actual.origin)
        spec.submodule_search_locations = actual.submodule_search_locations
        return spec


class AliasLoader:
    """Loads an alias: imports the module it stands for, and returns that."""

    def __init__(self, actual: ModuleSpec) -> None:
        self.actual = actual

    def create_module(self, spec: ModuleSpec) -> types.ModuleType:
        """Return the module itself."""
        module = importlib.import_module(self.actual.name)
        self.actual = module.__spec__ or self.actual  # not the one that the finder made
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        """Undo what the import system does to the module: it replaces its ``__spec__``."""
        module.__spec__ = self.actual

    def get_code(self, name: str) -> types.CodeType | None:
        """Return the code of the module, for ``python -m``."""
        code: types.CodeType | None = self.actual.loader.get_code(self.actual.name)  # type: ignore[union-attr]
        return code


def install() -> None:
    """Let the import system find the aliases."""
    if not any(isinstance(finder, AliasFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, AliasFinder())
