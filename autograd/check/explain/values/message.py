"""Say which value is wrong, where, and what it should be."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd.check.explain.numbers import Sizes, hypotheses
from autograd.check.explain.values.localisation import Localisation
from autograd.check.explain.values.probes import Site
from autograd.check.explain.values.right import Key, RightValues
from autograd.check.explain.values.substitution import Substitution
from autograd.check.findings import WrongLine
from autograd.debugging import Place

#: If more lines than this may be wrong, the message names none as wrong.
MOST_LINES = 3


def sentence(localisation: Localisation, sizes: Sizes, what: str = "gradient") -> str:
    """Return what was found; empty if nothing was."""
    found = localisation.found
    if found is None:
        return ""
    places = list({place(site): None for site in (*found.unverified, found.site)})
    places.sort(key=lambda p: (p.file, p.line))
    if found.elsewhere or len(places) > MOST_LINES:
        text = f"A right value in one line of the {what} makes every derivative right:"
        return "\n    ".join([text, str(place(found.site)), claim(found, localisation.here, sizes)])
    text = f"The line of the {what} that is wrong:"
    if len(places) > 1:
        text = f"One of these {len(places)} lines of the {what} is wrong:"
    lines = [text, *map(str, places), claim(found, localisation.here, sizes)]
    return "\n    ".join(lines)


def lines_of(localisation: Localisation, text: str) -> list[WrongLine]:
    """Return the line of the first wrong value, unless another may be the wrong one instead."""
    found = localisation.found
    if (
        found is None
        or found.elsewhere
        or any(place(other) != place(found.site) for other in found.unverified)
    ):
        return []  # another may be the wrong one instead
    site = found.site
    turn = found.wrong_turns[0] if len(found.given) > 1 else None
    return [WrongLine(site.file, site.line, site.variable, turn, place(site).text, "", text)]


def place(site: Site) -> Place:
    """Return the line of a site."""
    return Place(site.file, site.line, site.function)


def claim(found: Substitution, right: RightValues, sizes: Sizes) -> str:
    """Return which value is wrong first, what it should be, and how it differs."""
    turn = found.wrong_turns[0]
    key = found.keys[turn]
    assert key is not None
    name = found.site.text.split("\n")[0]
    if found.site.kind != "expression":
        name = found.site.variable or name
    turns = len(found.given)
    when = f" in turn {turn + 1} of {turns}" if turns > 1 else ""
    what = f"`{name}`{when} should be {described(key, right)}"
    how = _difference(found.given[turn], found.right[turn], sizes)
    how = how or _missing(found, turn, right)
    what += f", and {how}" if how else ""
    return f"{what}. With that, every derivative is right, here and at another point."


def _difference(given: Any, right: Any, sizes: Sizes) -> str:
    """Say how a value differs from the right one, judging by the numbers."""
    if np.size(given) == 1:
        numbers = (float(np.real(x).reshape(())) for x in (given, right))
        return "is {:.6g} instead of {:.6g}".format(*numbers)
    return next(hypotheses(given, right, sizes, any_factor=False), "")


def _missing(found: Substitution, turn: int, right: RightValues) -> str:
    """Say which part of a derivative a value lacks, if it is one part."""
    key = found.keys[turn]
    while key is not None and key[0] in ("T", "at"):
        key = key[1]
    if key is None or key[0] not in ("adjoint", "part"):
        return ""
    node = key[1]
    edges = right.consumers[node] if key[0] == "adjoint" else key[2]
    lacking = found.right[turn] - found.given[turn]
    size = float(np.max(np.abs(lacking)))
    for edge in edges:
        part = right.of(("part", node, (edge,)))
        if part is None or part.size != lacking.size:
            continue
        for way in (part, part.T):
            if np.max(np.abs(way.reshape(lacking.shape) - lacking)) <= 1e-9 * size:
                return f"lacks the part that comes through {right.reader(edge)}"
    return ""


def described(key: Key, right: RightValues) -> str:
    """Return what a right value is, in words."""
    kind = key[0]
    if kind == "zero":
        return "zero"
    if kind == "gradient":
        return f"the derivative with respect to {key[1]}"
    if kind == "value":
        return f"the value of {right.made(key[1])}"
    if kind == "tangent":
        return f"the derivative of {right.made(key[1])} with respect to {key[2]}"
    if kind == "slope":
        return f"the derivative of {right.made(key[1])}, before the chain rule"
    if kind == "adjoint":
        return f"the derivative with respect to {right.made(key[1])}"
    if kind == "part":
        return _part(key, right)
    if kind == "stack":
        return f"all turns of {described(key[1][0], right)}"
    if kind == "at":
        return described(key[1], right)
    if kind == "T":
        return f"{described(key[1], right)}, transposed"
    return f"an element of {described(key[1], right)}"


def _part(key: Key, right: RightValues) -> str:
    _, node, edges = key
    if not edges:
        return "zero"
    through = _listed(right.reader(edge) for edge in edges)
    return f"the part of the derivative with respect to {right.made(node)} through {through}"


def _listed(parts: Iterable[str]) -> str:
    return " and ".join(dict.fromkeys(parts))
