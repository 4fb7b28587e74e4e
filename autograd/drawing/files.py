"""What is saved in the format that the name of its file ends in."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from autograd.errors import FormatError
from autograd.files import replacing


def save(
    path: str | os.PathLike[str], formats: tuple[str, ...], content: Callable[[str], bytes]
) -> str:
    """Write into a file what `content` makes for the ending of its name; return the path.

    Raises
    ------
    FormatError
        If the name ends in none of the formats.
    FileNotFoundError
        If there is no folder to save in.
    """
    target = Path(path)
    kind = target.suffix.lower()
    if kind not in formats:
        raise FormatError(
            f"{target.name!r} names no format that this is saved in; these are: "
            f"{', '.join(formats)}"
        )
    with replacing(target) as file:
        file.write(content(kind))
    return str(target)
