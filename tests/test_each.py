"""The mark `each`: all cases run, a failure names its case, and a keyword selects single cases."""

import shutil
import subprocess
import sys
from pathlib import Path

CASES = """
import pytest

@pytest.mark.each("a", range(45), ids=str)
def test_one(a, tmp_path):
    print(f"<{a}>")
    if a in (3, 4):
        pytest.skip("not here")
    assert a not in (5, 7, 44)

@pytest.mark.parametrize("c", [1, 2])
@pytest.mark.each("a, b", [(1, 2), pytest.param(3, 4, marks=[pytest.mark.gallery])])
def test_two(a, b, c):
    print(f"<{a}{b}{c}>")
"""


def run(folder, *options):
    finished = subprocess.run(
        [sys.executable, "-P", "-m", "pytest", "-rP", "-p", "no:cacheprovider", *options, "tests"],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
    )
    return finished.stdout


def test_every_case_runs_and_those_that_fail_are_named(tmp_path):
    here = Path(__file__).parent
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_cases.py").write_text(CASES, encoding="utf-8")
    shutil.copy(here / "conftest.py", tmp_path / "tests")
    shutil.copy(here.parent / "pyproject.toml", tmp_path)
    found = run(tmp_path, "-q")
    for name in (*range(45), 121, 122):
        assert f"<{name}>" in found
    assert "<341>" not in found  # one of a gallery
    assert "This was case 5 and case 7." in found
    assert "This was case 44." in found
    assert "2 failed, 3 passed" in found
    assert "1 failed, 46 deselected" in run(tmp_path, "-k", "test_one and 44")
