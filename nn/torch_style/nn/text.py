"""A module as text, in PyTorch's form."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from nn.contents import found_in

#: Settings that PyTorch does not show.
HIDDEN = {"training", "generator"}


def described(module: Any, kind: type[Any], shown: Callable[[Any], Any]) -> str:
    """Return the class and settings of a module, and those of inner modules, indented."""
    named = [(name, repr(shown(child))) for name, child in found_in(vars(module), kind)]
    named = grouped(named) if getattr(module, "groups_equal", False) else named
    inner = [f"  ({name}): " + text.replace("\n", "\n  ") for name, text in named]
    settings = module.extra_repr() if hasattr(module, "extra_repr") else ""
    name = type(module).__name__
    lines = [f"  {line}" for line in settings.split("\n") if line] + inner
    if not inner and len(lines) < 2:
        return f"{name}({settings})"
    return f"{name}(\n" + "\n".join(lines) + "\n)"


def grouped(named: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return texts with their names, equal ones that follow each other as one.

    Examples
    --------
    >>> grouped([("0", "ReLU()"), ("1", "ReLU()"), ("2", "Tanh()")])
    [('0-1', '2 x ReLU()'), ('2', 'Tanh()')]
    """
    found = []
    for text, equal in itertools.groupby(named, key=lambda pair: pair[1]):
        names = [name for name, _ in equal]
        many = len(names) > 1
        found.append(
            (f"{names[0]}-{names[-1]}", f"{len(names)} x {text}") if many else (names[0], text)
        )
    return found


def settings_of(module: Any) -> str:
    """Return the settings of a layer whose form in PyTorch is not known."""
    return ", ".join(
        f"{name}={setting!r}"
        for name, setting in vars(module).items()
        if isinstance(setting, (bool, int, float, str, tuple)) and name not in HIDDEN
        if not name.startswith("_")
    )
