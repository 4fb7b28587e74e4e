"""What holds for all tests of programs."""

import pickle
import subprocess
import sys

import pytest
from program.saved_modules import SERVER

#: Errors that code written by `running` never raises, and that a call of the function would hide.
WRONG = (NameError, AttributeError, SyntaxError)


@pytest.fixture(autouse=True)
def replays_are_well_formed(monkeypatch):
    """Check that no replay fails because its code is wrong."""
    found = []
    backends = sys.modules["autograd.program.backends"]
    compile_ = backends.compiled

    def compiled(*programs):
        run = compile_(*programs)

        def watched(*inputs):
            try:
                return run(*inputs)
            except WRONG as error:
                found.append(error)
                raise

        watched.source = run.source
        return watched

    monkeypatch.setattr(backends, "compiled", compiled)
    yield
    assert not found, found


@pytest.fixture(scope="module")
def server():
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd="/"
    )
    yield process
    process.stdin.close()
    process.stdout.close()
    process.wait()


@pytest.fixture
def run(server, tmp_path):
    """Return a function that saves a program and calls it in the other process."""

    def call(program, *arguments, setup="", sources=None, like=(), **keywords):
        path = tmp_path / "saved.py"
        program.save(path, *like, name="saved", sources=sources)
        pickle.dump((str(path), "saved", setup, arguments, keywords), server.stdin)
        server.stdin.flush()
        return pickle.load(server.stdout)

    return call
