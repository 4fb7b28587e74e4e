"""A module as text, in PyTorch's form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nn.contents import found_in

#: Settings that PyTorch does not show.
HIDDEN = {"training", "generator"}


def described(module: Any, kind: type[Any], shown: Callable[[Any], Any]) -> str:
    """Return the class and settings of a module, and those of inner modules, indented."""
    inner = [
        f"  ({name}): " + repr(shown(child)).replace("\n", "\n  ")
        for name, child in found_in(vars(module), kind)
    ]
    settings = module.extra_repr() if hasattr(module, "extra_repr") else ""
    name = type(module).__name__
    if not inner:
        return f"{name}({settings or _settings(module)})"
    return f"{name}({settings}\n" + "\n".join(inner) + "\n)"


def _settings(module: Any) -> str:
    return ", ".join(
        f"{name}={setting!r}"
        for name, setting in vars(module).items()
        if isinstance(setting, (bool, int, float, str, tuple)) and name not in HIDDEN
        if not name.startswith("_")
    )
