"""Compiled libraries, kept in a folder of the user.

A library is found by a hash of everything that it depends on: source, options, compiler and
processor. Beside it stands the hash of its bytes, without which it is not loaded. Files are written
completely before they get their names, so that several processes can work in the same folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import sys
import tempfile
from collections.abc import Iterator

#: The environment variable that names the folder; ``off`` keeps nothing.
VARIABLE = "CHAINRULE_CACHE"

#: The most libraries that are kept; the oldest are removed.
MOST = 1000

#: The number of characters of a hash.
_LENGTH = 64


def folder() -> str | None:
    """Return the folder of the user in which libraries are kept; None if there is none.

    It is made if it does not exist. Only the user may have write access.
    """
    chosen = os.environ.get(VARIABLE, "")
    if chosen.lower() in ("off", "0", "no"):
        return None
    path = chosen or os.path.join(_place(), "chainrule")
    if not chosen and not os.path.isabs(path):
        return None  # the user has no home
    try:
        os.makedirs(path, mode=0o700, exist_ok=True)
        status = os.stat(path)
    except OSError:
        return None
    is_own = not hasattr(os, "getuid") or status.st_uid == os.getuid()
    others = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return path if is_own and not others and os.access(path, os.W_OK | os.X_OK) else None


def _place() -> str:
    """Return the folder in which programs keep what they can make again."""
    if sys.platform == "darwin":
        return os.path.expanduser("~/Library/Caches")
    chosen = os.environ.get("XDG_CACHE_HOME", "")
    return chosen if os.path.isabs(chosen) else os.path.expanduser("~/.cache")


def key_of(*parts: str) -> str:
    """Return the name of what depends on these texts.

    Examples
    --------
    >>> key_of("a", "b") == key_of("ab")
    False
    """
    found = hashlib.sha256()
    for part in parts:
        data = part.encode()
        found.update(len(data).to_bytes(8, "little") + data)
    return found.hexdigest()


def stored(key: str) -> str | None:
    """Return the file of a library that was kept; None if there is none, or it is damaged."""
    path = folder()
    if path is None:
        return None
    try:
        with open(os.path.join(path, f"{key}.hash"), encoding="ascii") as file:
            expected = file.read(_LENGTH + 1)
        library = os.path.join(path, f"{key}-{expected[:16]}.so")
        with open(library, "rb") as made:
            status = os.fstat(made.fileno())
            data = made.read()
    except (OSError, ValueError):
        return None
    if hasattr(os, "getuid") and status.st_uid != os.getuid():
        return None
    return library if hashlib.sha256(data).hexdigest() == expected else None


def keep(key: str, data: bytes) -> str | None:
    """Keep a library; return its file, or None if there is no folder for it."""
    path = folder()
    if path is None:
        return None
    try:
        found = _keep(path, key, data)
        _remove_oldest(path)
    except OSError:
        return None
    return found


@contextlib.contextmanager
def for_now(data: bytes) -> Iterator[str]:
    """Yield a file that holds a library, and remove it afterwards."""
    with tempfile.TemporaryDirectory(prefix="chainrule-") as own:
        yield _written(own, "code.so", data)


def _keep(path: str, key: str, data: bytes) -> str:
    digest = hashlib.sha256(data).hexdigest()
    found = _written(path, f"{key}-{digest[:16]}.so", data)
    _written(path, f"{key}.hash", digest.encode())
    return found


def _written(path: str, name: str, data: bytes) -> str:
    """Write a file under another name, and give it its own when it is complete."""
    handle, part = tempfile.mkstemp(dir=path, prefix=".part-")
    target = os.path.join(path, name)
    try:
        with open(handle, "wb") as file:
            file.write(data)
        os.replace(part, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.remove(part)
        raise
    return target


def _remove_oldest(path: str) -> None:
    """Remove the oldest files, if there are too many."""
    with os.scandir(path) as entries:
        files = [(entry.stat().st_mtime, entry.path) for entry in entries if entry.is_file()]
    for _, name in sorted(files)[: max(len(files) - 2 * MOST, 0)]:
        with contextlib.suppress(OSError):
            os.remove(name)
