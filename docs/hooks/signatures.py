"""For griffe: what the reference shows of signatures, base classes and methods.

Private parameters, internal bases and hooks of the engine are left out, and defaults are those of
the signature.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import griffe

SHOWN = re.compile(r"^::: (\S+)$", re.MULTILINE)

#: Of the classes here, users know those that the package exports, and the bases of these.
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
        """Process the package of the engine when all of it is loaded."""
        if not ENGINE.startswith(f"{pkg.path}."):
            return
        public = set()
        for name in pkg.exports or ():
            member = pkg.members[str(getattr(name, "name", name))]
            thing = member.final_target if member.is_alias else member
            if thing.is_class and thing.path.startswith(ENGINE):
                public.update([thing.path, *(base.path for base in thing.mro())])
        for each in _classes(pkg):
            hooks = {
                name
                for base in each.mro()
                if base.path.startswith(ENGINE) and base.path not in public
                for name in base.members
                if not name.startswith("_")
            }
            for name in hooks.intersection(each.members):
                del each.members[name]


def _classes(module: griffe.Object, without: str = ENGINE) -> Iterator[griffe.Class]:
    """Yield the classes of a module and of those in it, but of none with the path `without`."""
    for member in list(module.members.values()):
        if member.is_alias or (without and f"{member.path}.".startswith(without)):
            continue
        if isinstance(member, griffe.Class):
            yield member
        elif isinstance(member, griffe.Module):
            yield from _classes(member, without)


class PublicBases(griffe.Extension):
    """Find the nearest public base classes in place of those that no page shows.

    ``docs/templates`` shows them.
    """

    def on_package(self, *, pkg: griffe.Module, **_: Any) -> None:
        """Process a package when all of it is loaded."""
        pages = (Path(__file__).resolve().parents[1] / "reference").glob("*.md")
        paths = [path for page in pages for path in SHOWN.findall(page.read_text("utf-8"))]
        inside = [path.partition(".")[2] for path in paths if path.startswith(f"{pkg.path}.")]
        shown = {_final(pkg[path]).path for path in inside}
        for each in _classes(pkg, ""):
            each.extra["reference"]["bases"] = _public_bases(each, pkg, shown)


def _final(thing: griffe.Object | griffe.Alias) -> griffe.Object:
    return thing.final_target if thing.is_alias else thing


def _public_bases(each: griffe.Class, pkg: griffe.Module, shown: set[str]) -> list[Any]:
    found = []
    for expression in each.bases:
        path = getattr(expression, "canonical_path", str(expression))
        try:
            base = _final(pkg[path.removeprefix(f"{pkg.path}.")])
        except (KeyError, griffe.AliasResolutionError, griffe.CyclicAliasError):
            found.append(expression)  # of Python or of another package
            continue
        if base is each or base.path in shown or not base.is_class:
            found.append(expression)
        else:
            found += [x for x in _public_bases(base, pkg, shown) if str(x) not in map(str, found)]
    return found


class Defaults(griffe.Extension):
    """Show with each parameter its own default.

    griffe shows the first one for all parameters that a docstring describes together, and the first
    of several choices for a parameter whose default is None.
    """

    def on_function_instance(self, *, func: griffe.Function, **_: Any) -> None:
        """Process one function when it is parsed."""
        _correct(func)

    def on_class_instance(self, *, cls: griffe.Class, **_: Any) -> None:
        """Process one class when it is parsed; its parameters are those of ``__init__``."""
        _correct(cls)


def _correct(thing: griffe.Function | griffe.Class) -> None:
    if thing.docstring is not None:
        thing.docstring.__class__ = _WithDefaults


class _WithDefaults(griffe.Docstring):
    @functools.cached_property
    def parsed(self) -> list[griffe.DocstringSection]:
        sections = self.parse()
        parameters = getattr(self.parent, "parameters", ())
        several = (griffe.ParameterKind.var_positional, griffe.ParameterKind.var_keyword)
        for section in sections:
            if not isinstance(section, griffe.DocstringSectionParameters):
                continue
            for each in section.value:
                if each.name in parameters:
                    own = parameters[each.name]
                    each.value = None if own.kind in several else own.default
        return sections
