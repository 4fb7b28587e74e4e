import os
import sys
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import settings

import autograd
from autograd import aliases

#: Scripts that record the results of PyTorch, and code for type checkers only; doctest would run them.
collect_ignore_glob = [
    "check/gallery/programs/*.py",  # loaded by the gallery, with mistakes
    "devices/write_interface.py",
    "nn/record_*.py",
    "nn/torch_scripts/*.py",  # run by a test, with changed imports
    "typing/*_code.py",
    "typing/numpy_functions.py",
]

settings.register_profile("default", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("default")


def pytest_addoption(parser):
    parser.addoption(
        "--sample",
        type=int,
        metavar="N",
        help="run about N cases, evenly spaced, of each test that has more than N",
    )
    parser.addoption(
        "--device",
        choices=("stand-in", "cupy"),
        default="stand-in",
        help="whose arrays tests/devices computes with: a stand-in for those of a GPU, or CuPy's",
    )


def pytest_configure(config):
    """Leave the alias files out of the doctests: they are never imported, only read by tools."""
    package = Path(autograd.__file__).parent
    aliased = [package / f"{name}{suffix}" for name in aliases.MODULES for suffix in ("", ".py")]
    config.option.ignore = [*(config.option.ignore or []), *map(str, aliased)]
    os.environ["CHAINRULE_DEVICE"] = config.getoption("device")


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(collector, obj):
    """Make no cases of a gallery that is left out: to make and drop them takes long."""
    marks = getattr(obj, "pytestmark", None)
    is_gallery = isinstance(marks, list) and any(mark.name == "gallery" for mark in marks)
    is_left_out = is_gallery and "not gallery" in collector.config.getoption("markexpr")
    return [] if is_left_out else None


@pytest.hookimpl(trylast=True)  # after markers have been selected
def pytest_collection_modifyitems(config, items):
    size = config.getoption("sample")
    if size is None:
        return
    cases = defaultdict(list)
    for item in items:
        cases[item.nodeid.partition("[")[0]].append(item)
    kept = {item for each in cases.values() for item in each[:: -(-len(each) // size)]}
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = [item for item in items if item in kept]


def pytest_report_header():
    return f"engine: {'compiled' if autograd.COMPILED else 'interpreted'}, {autograd.__file__}"


def pytest_sessionstart():
    """Check that the engine is the one to be tested: the suite runs compiled and interpreted."""
    expected = os.environ.get("CHAINRULE_EXPECTED")
    actual = "compiled" if autograd.COMPILED else "interpreted"
    if expected not in (None, actual):
        pytest.exit(f"expected the {expected} engine, but {autograd.__file__} is {actual}", 3)


@pytest.fixture
def run_python(tmp_path):
    """Run a program in a new Python process, with the same engine; return the finished process."""
    import subprocess

    def run(program, *arguments, check=True):
        finished = subprocess.run(
            [sys.executable, "-P", "-c", program, *arguments],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            timeout=300,
        )
        if check:
            assert finished.returncode == 0, finished.stderr
        return finished

    return run
