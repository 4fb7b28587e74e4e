"""What only some nodes store: a label, a scope, a place in the source."""

from __future__ import annotations

from typing import Any, final


@final
class Notes:
    """A label, a scope, a place in the source, a derivative that is itself a node.

    All nodes made in one `scope` block share one object until a node needs its own, so a scope
    costs almost nothing.
    """

    def __init__(
        self, scope: str = "", entry: int = 0, about: str = "", outer: Notes | None = None
    ) -> None:
        self.label: str = ""
        self.scope: str = scope
        self.entry: int = entry  # which block: a scope may be entered many times
        self.about: str = about  # what the scope is, such as "Linear(8, 16)"
        self.outer: Notes | None = outer  # those of the scope around this one
        self.is_parameter: bool = False  # of a Value; a Tensor has a field of its own
        self.place: Any = None
        self.gradient: Any = None
        self.element: bool = False  # whether it is in an object array of NumPy
        self.shown: list[Any] = []  # weak references to arrays of its elements: see `objects`
        self.shared: bool = scope != ""


def own(notes: Notes | None) -> Notes:
    """Return notes with the same content that only one node refers to."""
    if notes is None:
        return Notes()
    if not notes.shared:
        return notes
    copy = Notes(notes.scope, notes.entry, notes.about, notes.outer)
    copy.shared = False
    return copy
