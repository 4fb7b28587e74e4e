import itertools
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

TESTS = Path(__file__).parent
#: The number of cases of a test marked with `each` that run as one.
GROUP = 20

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


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path, parent):
    """Look for doctests in the packages only: to search the tests, which have none, takes long."""
    found = yield
    if TESTS not in file_path.parents:
        return found
    return [each for each in found if type(each).__name__ != "DoctestModule"]


def pytest_generate_tests(metafunc):
    """Make the cases of tests marked with `each`, in groups: a test costs more than most cases.

    They are separate if tests are selected by keyword or by node id. Those of a gallery that is
    left out are not made.
    """
    mark = metafunc.definition.get_closest_marker("each")
    if mark is None:
        return
    config = metafunc.config
    names, cases, to_id = each_of(mark)
    if "not gallery" in config.getoption("markexpr"):
        cases = [(values, marks) for values, marks in cases if not marks]
    sample = config.getoption("sample")
    if sample is not None:
        cases = cases[:: max(1, -(-len(cases) // sample))]
    selected = config.option.keyword or any("::" in argument for argument in config.args)
    size = 1 if selected else GROUP
    groups = []
    for has_marks, alike in itertools.groupby(cases, lambda case: bool(case[1])):
        alike = list(alike)
        for part in (alike[i : i + size] for i in range(0, len(alike), size)):
            values = [values for values, _ in part]
            name = to_id(*values[0]) + "..." * (size > 1)
            marks = part[0][1] if has_marks else ()
            groups.append(pytest.param(*zip(*values, strict=True), id=name, marks=marks))
    metafunc.parametrize(names, groups)


def each_of(mark):
    """Return the names of the arguments, the values and marks of each case, and what names it."""
    names, cases = mark.args
    names = [name.strip() for name in names.split(",")]
    to_id = mark.kwargs.get("ids", lambda *values: "-".join(map(text_of, values)))
    sets = [case if hasattr(case, "marks") else None for case in cases]
    return (
        names,
        [
            (known.values, known.marks)
            if known
            else (tuple(case) if len(names) > 1 else (case,), ())
            for case, known in zip(cases, sets, strict=True)
        ],
        to_id,
    )


def text_of(value):
    """Return the text of a value if all workers would write the same, or its name or type."""
    text = str(value)
    return getattr(value, "__name__", type(value).__name__) if " at 0x" in text else text


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    """Call a test marked with `each` for each case of its group, and name those that fail."""
    __tracebackhide__ = True
    mark = pyfuncitem.get_closest_marker("each")
    if mark is None:
        return None
    names, _, to_id = each_of(mark)
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    cases = list(zip(*(arguments[name] for name in names), strict=True))
    failed, skipped = {}, []
    for case in cases:
        try:
            pyfuncitem.obj(**{**arguments, **dict(zip(names, case, strict=True))})
        except pytest.skip.Exception as error:
            skipped.append(error)
        except (Exception, pytest.fail.Exception) as error:
            failed[to_id(*case)] = error
    if failed:
        first = next(iter(failed.values()))
        first.add_note(f"This was case {' and case '.join(failed)}.")
        raise first
    if len(skipped) == len(cases):
        raise skipped[0]
    return True


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
