"""What runs programs in these tests, and a fixture that counts recordings."""

import importlib

import pytest


@pytest.fixture(autouse=True)
def numpy_runs_programs(monkeypatch):
    """Expect the same bits; of large arrays, C would add in another order."""
    monkeypatch.setenv("CHAINRULE_BACKEND", "numpy")


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
