"""What only some nodes carry, beside their data and how they were made."""

from __future__ import annotations

from typing import Any, final


@final
class Notes:
    """A label, a scope, a place in the source, a derivative that is itself a node.

    All nodes made within one block of `scope` refer to the same notes until something of their
    own is to be noted, which makes a scope as good as free.
    """

    def __init__(self, scope: str = "", entry: int = 0) -> None:
        self.label: str = ""
        self.scope: str = scope
        self.entry: int = entry  # which block it was: a scope of one name may be entered often
        self.place: Any = None
        self.gradient: Any = None
        self.element: bool = False  # whether it is in an array that NumPy made: see `objects`
        self.shared: bool = scope != ""


def own(notes: Notes | None) -> Notes:
    """Return notes that only one node refers to, with what these say."""
    if notes is None:
        return Notes()
    if not notes.shared:
        return notes
    copy = Notes(notes.scope, notes.entry)
    copy.shared = False
    return copy
