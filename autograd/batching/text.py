"""`Text`: what ``str`` gives for a batched array, to print."""

from __future__ import annotations

from typing import Any

from autograd.batching.level import Level, refuse

#: What a text for each call would need.
REFUSED = (
    "A text of a batched array would be one text for all calls of the batch. To look at the "
    'numbers write print(x), or f"{x!r}" in a text; for a text of each call, return x from the '
    "function."
)


class Text(str):
    """A text that shows the numbers of all calls: it may be printed, but decides nothing."""

    level: Level

    @classmethod
    def of(cls, text: str, level: Level) -> Text:
        """Return a text that shows numbers of a batch."""
        made = cls(text)
        made.level = level
        return made

    def _refuse(self, *arguments: Any, **keywords: Any) -> Any:
        refuse(self.level, REFUSED)


for _name in (
    "__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__hash__", "__len__", "__iter__",
    "__contains__", "__getitem__", "__format__", "__add__", "__radd__", "__mod__", "__rmod__",
    "__mul__", "__rmul__", *(name for name in vars(str) if not name.startswith("_")),
):  # fmt: skip
    setattr(Text, _name, Text._refuse)
