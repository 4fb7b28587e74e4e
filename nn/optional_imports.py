"""Packages that only some users need: imported when used, and their absence told."""

from __future__ import annotations

import importlib
from typing import Any

from autograd.errors import MissingProgramError


def require(module: str, what: str, extra: str) -> Any:
    """Return a module of an optional package, or raise what says which extra brings it."""
    try:
        return importlib.import_module(module)
    except ImportError:
        raise MissingProgramError(
            f"{what} needs {module.partition('.')[0]}, which is not installed: "
            f'pip install "chainrule[{extra}]"'
        ) from None
