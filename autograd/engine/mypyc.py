"""The one decorator of mypyc's that the engine uses, for where mypyc is not installed."""

from __future__ import annotations

from typing import Any

try:
    from mypy_extensions import mypyc_attr
except ImportError:  # needed to compile, not to run

    def mypyc_attr(*_: Any, **__: Any) -> Any:  # type: ignore[misc]
        """Do nothing to a class."""
        return lambda cls: cls


__all__ = ["mypyc_attr"]
