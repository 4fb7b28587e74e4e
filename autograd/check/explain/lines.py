"""Name the wrong line: by what corrects it, or by the values that it computes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from autograd.check.arrays import Vector
from autograd.check.explain.numbers import Sizes
from autograd.check.explain.reference import Reference
from autograd.check.explain.repair.repairs import Repair
from autograd.check.explain.repair.search import Search
from autograd.check.explain.repair.wording import sentences, wrong_lines
from autograd.check.explain.values.localisation import Localisation
from autograd.check.explain.values.message import claim, lines_of, sentence
from autograd.check.findings import WrongLine
from autograd.check.state import Check


def name_lines(
    check: Check, reference: Reference, sizes: Sizes, after: Callable[[Vector], list[str]]
) -> None:
    """Add the wrong lines of a function under test to the report, or why there are none.

    `after` returns what is wrong with derivatives after the correction of their shapes.
    """
    if not check.candidate.is_callable:
        return
    report = check.report
    search = Search(check, reference)
    try:
        repairs = search.repairs()
    except KeyboardInterrupt:  # what was found is worth saying
        repairs = search.likeliest()
        what = _what(check, repairs)
        report.lines = wrong_lines(repairs, what)
        report.reasons = [*report.reasons, *sentences(report.lines, what)]
        raise
    except Exception as error:  # an explanation must not hide the verdict
        report.notes.append(f"No line can be named: the search failed ({error!r}).")
        return
    if search.is_whole(repairs):
        _name_repaired(check, reference, sizes, repairs)
    elif search.reshaped is not None:
        what = _what(check, ())
        repair, matrix = search.reshaped
        report.lines = wrong_lines([repair], what)
        report.reasons = [*report.reasons, *sentences(report.lines, what), *after(matrix)]
    elif search.repeated():
        _name_parts(check, search.repeated(), whole=True)
    elif not _name_located(check, reference, sizes, bool(search.obstacle)):
        by_part = search.repairs_by_part()
        if by_part:
            _name_parts(check, by_part, search.is_whole(by_part))
        else:
            report.notes.append(f"No line can be named: {search.obstacle or search.failure}.")


def _name_repaired(
    check: Check, reference: Reference, sizes: Sizes, repairs: Sequence[Repair]
) -> None:
    """Name the lines where a change makes all derivatives right."""
    what = _what(check, repairs)
    lines = wrong_lines(repairs, what)
    if len(lines) > 1 or repairs[0].site.loops:
        named = frozenset((line.path, line.line) for line in lines)
        lines = _with_values(lines, _localised(check, reference, named), sizes)
    check.report.lines = lines
    check.report.reasons += sentences(lines, what)


def _name_located(check: Check, reference: Reference, sizes: Sizes, hopeless: bool) -> bool:
    """Name the line where a right value makes all derivatives right; return whether one does."""
    found = None if hopeless else _localised(check, reference)
    text = sentence(found, sizes, _what(check, ())) if found is not None else ""
    if found is None or not text:
        return False
    check.report.reasons += [text]
    check.report.lines = lines_of(found, text)
    return True


def _name_parts(check: Check, repairs: Sequence[Repair], whole: bool) -> None:
    """Name the lines where changes make some derivatives right.

    If they do not make all right together, the mistake may be elsewhere: then only say which change
    makes which derivatives right.
    """
    for repair in repairs:
        what = _what(check, [repair])
        lines = wrong_lines([repair], what)
        if whole:
            check.report.lines += lines
            check.report.reasons += sentences(lines, what)
        else:
            below = lines[0].text.partition("\n")[2].replace("It should be:", "It would be:")
            check.report.reasons.append(
                f"A change in one line makes the {what} right, but not the rest:\n{below}"
            )


def _what(check: Check, repairs: Sequence[Repair]) -> str:
    """Return what is wrong: the gradient, a part of it, or the backward pass."""
    what = "gradient" if check.candidate.vjp is None else "backward pass"
    leaves = check.function.inputs
    right = repairs[0].right if repairs else frozenset()
    if len(leaves) > 1 and 0 < len(right) < len(leaves):
        what += f" with respect to {', '.join(x.path for x in leaves if x.path in right)}"
    return what


def _localised(
    check: Check, reference: Reference, lines: frozenset[tuple[str, int]] | None = None
) -> Localisation | None:
    """Compare the values that the backward pass computes, in some lines or all, with right ones."""
    try:
        localisation = Localisation(check, reference, lines)
    except Exception:  # the backward pass may do anything
        return None
    return localisation if localisation.found is not None else None


def _with_values(
    lines: list[WrongLine], localisation: Localisation | None, sizes: Sizes
) -> list[WrongLine]:
    """Return the lines where values may be wrong, with the first wrong one; else all lines."""
    if localisation is None or localisation.found is None:
        return lines
    found = localisation.found
    suspects = {(site.file, site.line) for site in (found.site, *found.unverified)}
    likely = []
    for line in lines:
        if (line.path, line.line) not in suspects:
            continue
        if (line.path, line.line) == (found.site.file, found.site.line):
            turn = found.wrong_turns[0] if len(found.given) > 1 else None
            text = f"{line.text}\n    {claim(found, localisation.here, sizes)}"
            line = replace(line, turn=turn, variable=found.site.variable, text=text)
        likely.append(line)
    return likely or lines
