"""Saving in the format that the file extension names."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from autograd.errors import FormatError
from autograd.files import replacing


def save(
    path: str | os.PathLike[str], formats: tuple[str, ...], content: Callable[[str], bytes]
) -> str:
    """Write ``content(extension)`` into a file and return its path.

    Raises
    ------
    FormatError
        If the extension names no known format.
    FileNotFoundError
        If the folder does not exist.
    """
    target = Path(path)
    kind = target.suffix.lower()
    if kind not in formats:
        raise FormatError(
            f"{target.name!r} has no supported extension; use one of: {', '.join(formats)}"
        )
    with replacing(target) as file:
        file.write(content(kind))
    return str(target)
