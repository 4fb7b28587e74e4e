"""Files that are either the old ones or complete new ones, never something in between."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from autograd.errors import FormatError


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
    if not target.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {str(target.parent)!r} to save in")
    _replace(target, content(kind))
    return str(target)


def _replace(target: Path, content: bytes) -> None:
    """Write a file beside the target, then put it in its place."""
    handle, temporary = tempfile.mkstemp(dir=target.parent, suffix=target.suffix)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(temporary, 0o644)
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
