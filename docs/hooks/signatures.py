"""For griffe: omit private parameters from signatures, and what only the engine calls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import griffe

#: Classes here that the package does not export are no base classes for users.
ENGINE = "autograd.engine."


class PublicParameters(griffe.Extension):
    """Remove parameters whose names start with an underscore."""

    def on_function_instance(self, *, func: griffe.Function, **_: Any) -> None:
        """Process one function when it is parsed."""
        func.parameters = griffe.Parameters(
            *[parameter for parameter in func.parameters if not parameter.name.startswith("_")]
        )


class PublicMembers(griffe.Extension):
    """Remove methods that override a hook of a class of the engine, such as `Observer.made`."""

    def on_package(self, *, pkg: griffe.Module, **_: Any) -> None:
        """Process a package when all of it is loaded."""
        exported = {
            member.final_target.path
            for name in pkg.exports or ()
            if (member := pkg.members[str(getattr(name, "name", name))]).is_alias
        }
        for each in _classes(pkg):
            inner = [
                base
                for base in each.mro()
                if base.path.startswith(ENGINE) and base.path not in exported
            ]
            hooks = {name for base in inner for name in base.members}
            for name in hooks.intersection(each.members):
                del each.members[name]


def _classes(module: griffe.Object) -> Iterator[griffe.Class]:
    """Yield the classes of a module outside the engine, and of the modules in it."""
    for member in list(module.members.values()):
        if member.is_alias or f"{member.path}.".startswith(ENGINE):
            continue
        if isinstance(member, griffe.Class):
            yield member
        elif isinstance(member, griffe.Module):
            yield from _classes(member)
