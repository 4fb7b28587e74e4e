import os
import sys

import pytest
from hypothesis import settings

import autograd

#: Scripts that write down what PyTorch finds; PyTorch is not needed otherwise.
collect_ignore_glob = ["nn/record_*.py"]

settings.register_profile("default", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("default")


def pytest_report_header():
    return f"engine: {'compiled' if autograd.COMPILED else 'interpreted'}, {autograd.__file__}"


def pytest_sessionstart():
    """The suite runs compiled and interpreted; make sure that it is not twice the same."""
    expected = os.environ.get("CHAINRULE_EXPECTED")
    actual = "compiled" if autograd.COMPILED else "interpreted"
    if expected not in (None, actual):
        pytest.exit(f"expected the {expected} engine, but {autograd.__file__} is {actual}", 3)


@pytest.fixture
def run_python(tmp_path):
    """Run a program in a Python of its own, with the same engine; return what it prints."""
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
