"""Files that are either the old ones or complete new ones, never something in between."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import BinaryIO


@contextlib.contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Open a file beside the target, and put it in its place once it is whole and on the disk.

    After an error there is the old file, or none, and nothing beside it.

    Raises
    ------
    FileNotFoundError
        If there is no folder to save in.
    """
    target = os.path.realpath(path)  # a link stays one
    folder = os.path.dirname(target)
    if not os.path.isdir(folder):
        raise FileNotFoundError(f"there is no folder {folder!r} to save in")
    beside = os.path.join(folder, f".{os.urandom(8).hex()}.part")
    try:
        with open(beside, "xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.remove(beside)
        raise
