"""Atomic file replacement."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import BinaryIO


@contextlib.contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Open a temporary file that replaces the target once it is complete and on disk.

    After an error the target is unchanged and the temporary file is removed.

    Parameters
    ----------
    path : str or path_like
        The target. If it is a symbolic link, the file it points to is replaced.

    Raises
    ------
    FileNotFoundError
        If the folder of the target does not exist.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp(), "numbers")
    >>> with replacing(path) as file:
    ...     _ = file.write(b"1 2 3")
    >>> path.read_text()
    '1 2 3'
    """
    target = os.path.realpath(path)  # keeps a link a link
    folder = os.path.dirname(target)
    if not os.path.isdir(folder):
        raise FileNotFoundError(f"the folder {folder!r} does not exist")
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
