"""What runs programs in these tests, how C is compiled, and a fixture that counts recordings."""

import importlib

import pytest
from program.saved_c import SANITIZERS

from autograd.program.backends.c import compiler


@pytest.fixture(autouse=True)
def numpy_runs_programs(monkeypatch):
    """Expect the same bits; of large arrays, C would add in another order."""
    monkeypatch.setenv("CHAINRULE_BACKEND", "numpy")


@pytest.fixture(scope="module")
def quickly_compiled(tmp_path_factory):
    """Compile C without optimisation, into a cache of these tests."""
    with pytest.MonkeyPatch.context() as patch:
        quick = ["-O0" if flag == "-O3" else flag for flag in compiler.FLAGS]
        patch.setattr(compiler, "FLAGS", (*quick, *SANITIZERS))
        patch.setenv("CHAINRULE_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def recordings(monkeypatch):
    """List the recordings, isolated ones as well."""
    counted = []

    def record(function, *more, **keywords):
        counted.append(function)
        return original(function, *more, **keywords)

    modules = [importlib.import_module(f"autograd.program.{name}") for name in ("tracing", "jit")]
    original = modules[0].record
    for module in modules:
        monkeypatch.setattr(module, "record", record)
    return counted
