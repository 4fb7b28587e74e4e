"""The C compiler: which one, and how it is called."""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import os
import platform
import selectors
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

#: The seconds after which a compiler is killed.
LIMIT = 20.0

#: No more than this is read of what a compiler writes, in bytes.
LONGEST = 1 << 16

#: The names of compilers; the first one found is used.
_NAMES = ("gcc", "cc", "clang")

#: Results must be rounded as NumPy rounds them: no fast-math, no contraction of x * y + z.
FLAGS = (
    "-O3",
    "-std=gnu99",
    "-shared",
    "-fPIC",
    "-march=native",
    "-fno-math-errno",
    "-fno-trapping-math",
    "-ffp-contract=off",
    "-w",
)

#: What C that users have written must not do, though older C allows it.
STRICT = (
    "-Werror=implicit-function-declaration",
    "-Werror=implicit-int",
    "-Werror=int-conversion",
    *(("-Wl,-z,defs",) if platform.system() == "Linux" else ()),
)


class CompilerError(Exception):
    """There is no compiler, or it has failed."""


@dataclass(frozen=True)
class Compiler:
    """A C compiler.

    Attributes
    ----------
    command : tuple of str
        How it is started.
    identity : str
        Its file, and when that was written: another version is another compiler.
    is_of_the_system : bool
        Whether it finds the libraries of the system, with the vector functions of glibc.
    """

    command: tuple[str, ...]
    identity: str
    is_of_the_system: bool = True

    @property
    def limit(self) -> float:
        """After how many seconds it is ended: zig first compiles libraries of its own, once."""
        return LIMIT if self.is_of_the_system else 6 * LIMIT

    def flags(self) -> tuple[str, ...]:
        """Return the options with which code is compiled for this machine."""
        wide = ("-mprefer-vector-width=512",) if platform.machine() in ("x86_64", "AMD64") else ()
        return (*FLAGS, *wide)

    def compiled(self, source: str, libraries: tuple[str, ...]) -> bytes:
        """Return the shared library that source text becomes.

        Raises
        ------
        CompilerError
            If the compiler fails, or takes too long.
        """
        with tempfile.TemporaryDirectory(prefix="chainrule-") as folder:
            given, made = os.path.join(folder, "code.c"), os.path.join(folder, "code.so")
            with open(given, "w", encoding="ascii") as file:
                file.write(source)
            self._run([*self.command, *self.flags(), "-o", made, given, *libraries])
            try:
                with open(made, "rb") as result:
                    return result.read()
            except OSError as error:
                raise CompilerError(f"{self.command[0]} wrote no library") from error

    def check(self, source: str, libraries: tuple[str, ...]) -> None:
        """Raise an error if source text does not compile, or calls what there is not.

        Raises
        ------
        CompilerError
            If the compiler refuses it, or takes too long.
        """
        with tempfile.TemporaryDirectory(prefix="chainrule-") as folder:
            given = os.path.join(folder, "code.c")
            with open(given, "w", encoding="ascii") as file:
                file.write(source)
            flags = [flag for flag in self.flags() if flag != "-w"]
            made = os.path.join(folder, "code.so")
            self._run([*self.command, *flags, *STRICT, "-O0", "-o", made, given, *libraries])

    def _run(self, command: list[str]) -> None:
        """Run the compiler; end it, and what it has started, if it takes too long."""
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise CompilerError(f"{self.command[0]} cannot be run: {error}") from error
        try:
            message = _message_of(process, self.limit)
        except subprocess.TimeoutExpired:
            what = f"{self.command[0]} took more than {self.limit:g} seconds"
            raise CompilerError(what) from None
        finally:
            if process.poll() is None:
                with contextlib.suppress(OSError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        if process.returncode:
            lines = message.decode(errors="replace").strip().split("\n")
            wanted = ("error:", "undefined reference")
            first = next((x for x in lines if any(word in x for word in wanted)), lines[0])[:200]
            shown = "".join(c if c.isprintable() else "?" for c in first)
            raise CompilerError(f"{self.command[0]} failed: {shown}")


def _message_of(process: subprocess.Popen[bytes], limit: float) -> bytes:
    """Return what a compiler writes until it ends, or until it has written more than anyone reads.

    Raises
    ------
    subprocess.TimeoutExpired
        If it takes too long.
    """
    assert process.stderr is not None
    end = time.monotonic() + limit
    message = b""
    with process.stderr as stream, selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while len(message) < LONGEST:
            if not selector.select(max(end - time.monotonic(), 0)):
                raise subprocess.TimeoutExpired(process.args, limit)
            part = os.read(stream.fileno(), LONGEST)
            if not part:
                break
            message += part
    process.wait(max(end - time.monotonic(), 0))
    return message


@functools.cache
def found() -> Compiler | None:
    """Return the compiler of this machine, looked for once; None if there is none.

    It is what the environment variable ``CC`` names, if that is there, else gcc, cc or clang, or
    the one in the package ziglang.
    """
    if platform.system() == "Windows":
        return None
    for command in (_chosen(), *([name] for name in _NAMES)):
        path = shutil.which(command[0]) if command else None
        if path is not None:
            others = filter(None, map(shutil.which, command[1:]))  # behind a wrapper like ccache
            identity = "\n".join(map(_identity, (path, *others)))
            return Compiler((path, *command[1:]), identity)
    zig = importlib.util.find_spec("ziglang")
    if zig is not None and zig.origin is not None:
        return Compiler((sys.executable, "-m", "ziglang", "cc"), _identity(zig.origin), False)
    return None


def _chosen() -> list[str]:
    """Return the command that the user has chosen, in words."""
    try:
        return shlex.split(os.environ.get("CC", ""))
    except ValueError:  # a quote that does not end
        return []


def _identity(path: str) -> str:
    real = os.path.realpath(path)
    status = os.stat(real)
    return f"{real} {status.st_size} {status.st_mtime_ns}"


@functools.cache
def processor() -> str:
    """Return what machine code for this processor depends on."""
    parts = [platform.system(), platform.machine(), platform.libc_ver()[1]]
    with contextlib.suppress(OSError), open("/proc/cpuinfo", "rb") as file:
        lines = file.read(8192).decode(errors="replace").split("\n\n")[0].split("\n")
        wanted = ("flags", "model name", "features", "cpu part")
        parts += sorted(line for line in lines if line.lower().startswith(wanted))
    return "\n".join(parts)
