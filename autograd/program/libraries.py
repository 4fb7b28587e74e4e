"""Which modules are part of libraries."""

from __future__ import annotations

import functools
import sys
from pathlib import Path

from autograd.version import PACKAGES

#: Functions of these packages read nothing that changes.
LIBRARIES = frozenset((*PACKAGES, "numpy", "scipy", *sys.stdlib_module_names)) - {"__main__"}

#: The folders of installed packages.
INSTALLED = frozenset(("site-packages", "dist-packages"))


def is_library(module: str) -> bool:
    """Return whether a module is part of a library whose functions read nothing that changes."""
    return module.partition(".")[0] in LIBRARIES


@functools.cache
def is_installed(package: str) -> bool:
    """Return whether an imported package is where pip puts packages."""
    path = getattr(sys.modules.get(package), "__file__", None) or ""
    return not INSTALLED.isdisjoint(Path(path).parts)
