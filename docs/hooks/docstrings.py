"""For ProperDocs: warn about public names without a docstring or without a reference page.

The sources are read by griffe, and never run: a compiled module has no docstrings. With
``strict: true`` a warning fails the build.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import griffe

ROOT = Path(__file__).resolve().parents[2]
LOG = logging.getLogger("properdocs.hooks.docstrings")

#: Packages and modules whose public names must all be in the reference.
PUBLIC = (
    "autograd",
    "autograd.check",
    "autograd.drawing",
    "autograd.hips.extend",
    "nn",
    "nn.optim",
)
SHOWN = re.compile(r"^::: (\S+)$", re.MULTILINE)


def on_pre_build(**_: Any) -> None:
    """Check all public names."""
    packages = griffe.GriffeLoader(search_paths=[ROOT])
    for name in ("autograd", "nn"):
        packages.load(name)
    packages.resolve_aliases()
    for path in without_docstring(packages):
        LOG.warning("%s has no docstring.", path)
    for path in not_shown(packages):
        LOG.warning("%s is in no page of docs/reference.", path)


def without_docstring(packages: griffe.GriffeLoader) -> Iterator[str]:
    """Return the public objects without a docstring, including members of classes."""
    for thing in _all_public(packages):
        yield from _lacking(thing)


def _lacking(thing: griffe.Object) -> Iterator[str]:
    if not thing.has_docstring and not _in_table(thing):
        yield thing.path
    if isinstance(thing, griffe.Class):
        for name, member in thing.members.items():
            is_property = member.is_attribute and "property" in member.labels
            if not name.startswith("_") and (member.is_function or is_property):
                yield from _lacking(_final(member))


def _in_table(thing: griffe.Object) -> bool:
    """Return whether this object was created by a call; tables of the reference explain those."""
    makers = ("elementwise(", "define(")
    return thing.is_attribute and str(thing.value).startswith(makers)


def not_shown(packages: griffe.GriffeLoader) -> Iterator[str]:
    """Return the public objects that no reference page shows under any of their names."""
    pages = (ROOT / "docs" / "reference").glob("*.md")
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    shown = {_final(packages.modules_collection[path]).path for path in SHOWN.findall(text)}
    for thing in _all_public(packages):
        if thing.path not in shown and not _in_table(thing) and not thing.is_module:
            yield thing.path


def _all_public(packages: griffe.GriffeLoader) -> Iterator[Any]:
    """Yield the exports of the public modules, each object once."""
    seen = set()
    for module in PUBLIC:
        members = packages.modules_collection[module]
        for name in members.exports or ():
            thing = _final(members[str(getattr(name, "name", name))])
            if thing.path not in seen:
                seen.add(thing.path)
                yield thing


def _final(thing: Any) -> Any:
    """Return what a name stands for: an import, or ``short = long``, stands for an object."""
    thing = thing.final_target if thing.is_alias else thing
    if thing.is_attribute and isinstance(thing.value, griffe.ExprName):
        return _final(thing.modules_collection[thing.value.canonical_path])
    return thing
