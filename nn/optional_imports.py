"""Optional packages: imported when needed, with a helpful error if missing."""

from __future__ import annotations

import importlib
from typing import Any

from autograd.errors import MissingProgramError


def require(module: str, what: str, extra: str) -> Any:
    """Import a module of an optional package, or raise an error that names the extra to install."""
    try:
        return importlib.import_module(module)
    except ImportError:
        raise MissingProgramError(
            f"{what} needs {module.partition('.')[0]}, which is not installed: "
            f'pip install "chainrule[{extra}]"'
        ) from None
