"""The C compiler and the cache of what it has compiled: damage, races, and compilers that fail."""

import os
import shutil
import stat
import subprocess
import sys
import time

import numpy as np
import pytest

from autograd import jit
from autograd.program.backends.c import cache, compiler, library
from autograd.program.backends.c.library import unavailable

pytestmark = pytest.mark.skipif(unavailable() != "", reason=unavailable())


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Use a cache of its own, and forget which compiler was found."""
    path = tmp_path / "cache"
    monkeypatch.setenv("CHAINRULE_CACHE", str(path))
    monkeypatch.setattr(library, "_failure", [])
    yield path
    compiler.found.cache_clear()


def computed(scale=2.0):
    """Compile and run a small function; return its result and its report."""
    f = jit(lambda x: np.sum(np.tanh(x) * scale + 1), backend="c")
    x = np.linspace(0, 1, 5)
    f(x)
    assert np.allclose(f(x), np.sum(np.tanh(x) * scale + 1), rtol=1e-14)
    return f.summary()


def compiler_that(monkeypatch, tmp_path, script):
    """Let a shell script be the only compiler."""
    place = tmp_path / "bin"
    place.mkdir()
    (place / "gcc").write_text(f"#!/bin/sh\n{script}\n")
    (place / "gcc").chmod(0o755)
    monkeypatch.setenv("PATH", f"{place}:/bin:/usr/bin" if "exec" in script else str(place))
    compiler.found.cache_clear()


def refuse_to_compile(monkeypatch):
    def compiled(*arguments):
        raise AssertionError("this was in the cache")

    monkeypatch.setattr(compiler.Compiler, "compiled", compiled)


def test_a_library_is_compiled_once(folder, monkeypatch):
    assert "C kernels: " in computed()
    assert len(list(folder.glob("*.so"))) == 1
    refuse_to_compile(monkeypatch)
    assert "C kernels: " in computed()


def test_only_the_user_can_write_to_the_cache(folder):
    computed()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


@pytest.mark.parametrize("damage", ["cut", "changed", "empty", "no hash", "long hash", "other"])
def test_damaged_files_are_made_again(folder, damage):
    computed()
    (made,) = folder.glob("*.so")
    (hash_,) = folder.glob("*.hash")
    data = made.read_bytes()
    made.unlink()  # it is loaded: the file may not change
    if damage == "cut":
        made.write_bytes(data[: len(data) // 2])
    elif damage == "changed":
        made.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    elif damage == "empty":
        made.write_bytes(b"")
    elif damage == "other":
        hash_.write_bytes(b"\xff" * 64)
    else:
        made.write_bytes(data)
        hash_.write_text(hash_.read_text() + "0" if damage == "long hash" else "")
    assert cache.stored(hash_.stem) is None
    assert "C kernels: " in computed()
    assert cache.stored(hash_.stem) is not None


def test_a_folder_that_others_can_write_to_is_not_used(folder):
    folder.mkdir()
    folder.chmod(0o777)
    assert cache.folder() is None
    assert "C kernels: " in computed()
    assert list(folder.iterdir()) == []


def test_without_a_folder_nothing_is_kept(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    for place in (str(tmp_path / "file"), str(tmp_path / "file" / "inside"), "off"):
        monkeypatch.setenv("CHAINRULE_CACHE", place)
        assert "C kernels: " in computed()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file"]


def test_only_the_newest_libraries_are_kept(folder, monkeypatch):
    monkeypatch.setattr(cache, "MOST", 2)
    for scale in (1.5, 2.5, 3.5):
        computed(scale)
        time.sleep(0.01)
    assert len(list(folder.glob("*.so"))) == 2


PROCESS = """
import numpy as np
from autograd import jit
f = jit(lambda x: np.sum(np.tanh(x) * 3 + 1), backend="c")
x = np.linspace(0, 1, 5)
f(x)
assert np.allclose(f(x), np.sum(np.tanh(x) * 3 + 1), rtol=1e-14)
assert "C kernels: " in f.summary()
"""


@pytest.mark.slow
def test_processes_that_start_together_share_the_cache(folder):
    paths = os.pathsep.join(sys.path)
    running = [
        subprocess.Popen([sys.executable, "-c", PROCESS], env={**os.environ, "PYTHONPATH": paths})
        for _ in range(4)
    ]
    assert [process.wait() for process in running] == [0] * 4
    assert not list(folder.glob(".part-*"))
    (hash_,) = folder.glob("*.hash")
    assert cache.stored(hash_.stem) is not None


def test_a_compiler_that_fails_is_tried_once(monkeypatch, tmp_path):
    compiler_that(monkeypatch, tmp_path, 'echo called >> "$0.log"; echo "no space" >&2; exit 1')
    for _ in range(2):
        summary = computed()
        assert "NumPy runs it" in summary
        assert "failed: no space" in summary
    assert (tmp_path / "bin" / "gcc.log").read_text() == "called\n"


def test_a_compiler_that_hangs_is_ended(monkeypatch, tmp_path):
    monkeypatch.setattr(compiler, "LIMIT", 0.3)
    compiler_that(monkeypatch, tmp_path, 'sleep 60 & echo $! > "$0.pid"; exec sleep 60')
    assert "took more than 0.3 seconds" in computed()
    child = (tmp_path / "bin" / "gcc.pid").read_text().strip()
    state = ["ps", "-o", "stat=", "-p", child]
    for _ in range(100):
        found = subprocess.run(state, capture_output=True, text=True, check=False).stdout.strip()
        if found[:1] in ("", "Z"):  # it has ended, perhaps as a zombie
            return
        time.sleep(0.02)
    pytest.fail("what the compiler has started is still running")


def test_a_compiler_that_writes_without_end_is_ended(monkeypatch, tmp_path):
    compiler_that(monkeypatch, tmp_path, "exec yes nonsense >&2")
    assert "gcc failed: nonsense" in computed(3.5)


def test_the_variable_cc_chooses_the_compiler(monkeypatch, tmp_path):
    own = tmp_path / "my compiler"
    calls = tmp_path / "calls"
    real = shutil.which("gcc") or shutil.which("clang")
    own.write_text(f'#!/bin/sh\necho "$1" >> {calls}\nshift\nexec {real} "$@"\n')
    own.chmod(0o755)
    monkeypatch.setenv("CC", f"'{own}' -a-flag")
    compiler.found.cache_clear()
    assert "C kernels: " in computed(3.25)
    assert set(calls.read_text().split()) == {"-a-flag"}
    for absent in ("there-is-no-such-compiler -O2", "'", "", " "):
        monkeypatch.setenv("CC", absent)
        compiler.found.cache_clear()
        assert compiler.found().command[0] != str(own)


def test_a_compiler_that_writes_nothing_is_noticed(monkeypatch, tmp_path):
    compiler_that(monkeypatch, tmp_path, "exit 0")
    assert "wrote no library" in computed()


def test_a_library_that_cannot_be_loaded_is_noticed(monkeypatch):
    monkeypatch.setattr(compiler.Compiler, "compiled", lambda *arguments: b"no library")
    assert "NumPy runs it" in computed()


def test_a_compiler_that_writes_nonsense_is_noticed_each_time(monkeypatch, tmp_path, folder):
    script = 'for a in "$@"; do [ "$p" = -o ] && echo no > "$a"; p=$a; done; exec true'
    compiler_that(monkeypatch, tmp_path, script)
    for _ in range(2):  # the second finds it in the cache
        monkeypatch.setattr(library, "_failure", [])
        assert "NumPy runs it" in computed()
        assert list(folder.glob("*.so"))


def test_the_cache_may_lie_where_no_program_runs(folder, monkeypatch):
    loaded = library.Library.__init__

    def load(self, path):
        if path.startswith(str(folder)):
            raise OSError("failed to map segment from shared object")
        loaded(self, path)

    monkeypatch.setattr(library.Library, "__init__", load)
    for _ in range(2):
        assert "C kernels: " in computed()


def test_a_user_without_a_home_has_no_cache(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CHAINRULE_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")  # ignored, as the specification says
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    assert cache.folder() is None
    assert list(tmp_path.iterdir()) == []


def test_messages_of_compilers_are_shown_as_text(monkeypatch, tmp_path):
    compiler_that(monkeypatch, tmp_path, r"printf '\\033[2J\\377no\\0 space' >&2; exit 1")
    message = computed()
    assert message.replace("\n", "").isprintable()
    assert "[2J" in message


def test_without_a_compiler_numpy_runs_everything(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(compiler.importlib.util, "find_spec", lambda name: None)
    compiler.found.cache_clear()
    assert "no C compiler was found" in computed()


def test_constants_and_names_cannot_change_the_code():
    strange = float("nan"), float("inf"), -0.0, 1e-320, 1e300, -1e-5, 0.1
    x = np.array([0.5, 2.0])
    source = "def f(x):\n    a_int_main_void_ = x * 2\n    return a_int_main_void_ + 1\n"
    names = {}
    exec(source.replace("a_int", "é_int"), names)
    assert np.array_equal(jit(names["f"], backend="c")(x), 2 * x + 1)
    for number in strange:
        f = jit(lambda x, number=number: x * number + number, backend="c")
        f(x)
        assert np.array_equal(f(x), x * number + number, equal_nan=True)
