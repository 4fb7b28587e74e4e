"""The statements of a program between comments."""

from __future__ import annotations

from typing import Any

from autograd.program.source.body import Entry
from autograd.program.source.statements import origin_of


def statements(entries: list[Entry], begun: bool) -> list[str]:
    """Return the lines of statements, with comments that quote the user's own.

    Parameters
    ----------
    entries : list of Entry
        The statements.
    begun : bool
        Whether there are lines above them.
    """
    lines: list[str] = []
    backward = quiet = False
    for statement, group in _groups([entry for entry in entries if entry.text is not None]):
        inner: list[str] = []
        for entry in group:
            text = (entry.text or "").split("\n")
            if getattr(entry.item, "quiet", False):
                if not quiet:
                    inner.append('with np.errstate(all="ignore"):')
                text = [f"    {line}" for line in text]
            quiet = getattr(entry.item, "quiet", False)
            inner += text
        if group[0].item.backward:
            if not backward and (begun or lines):
                lines += ["", "# Backward:"]
            backward = True
        elif statement is not None and list(map(_compact, inner)) != [_compact(statement.text)]:
            where = statement.where
            lines.append(f"# {shortened(statement.text)}{f'  ({where})' if where else ''}")
        lines += inner
    return lines


def _groups(entries: list[Entry]) -> list[tuple[Any, list[Entry]]]:
    """Return the statements that belong to one statement of the user together, and that one."""
    groups: list[tuple[Any, list[Entry]]] = []
    seen: set[Any] = set()
    before: Any = None
    for entry in entries:
        origin = None if entry.item.backward else origin_of(entry.item.place)
        key = (entry.item.backward, None if origin is None else origin.statement)
        if not groups or key != before:
            groups.append((None if key[1] in seen else key[1], []))
            seen.add(key[1])
        groups[-1][1].append(entry)
        before = key
    return groups


def shortened(text: str, width: int = 64) -> str:
    """Return the beginning of a long text."""
    return text if len(text) <= width else f"{text[: width - 4]} ..."


def _compact(text: str) -> str:
    return text.replace(" ", "")
