"""HIPS autograd in the same environment: what is said, whichever was installed first."""

import os
import pathlib
import subprocess
import sys

import pytest

import autograd
import nn
from autograd import pytest_plugin


def run(folder, *arguments):
    """Run Python with a folder that comes first on its path."""
    path = os.pathsep.join([str(folder), str(pathlib.Path(nn.__path__[0]).parent)])
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip


@pytest.mark.parametrize(
    "arguments",
    [
        *[["-c", f"import {name}"] for name in ("nn", "autograd.check", "autograd.scipy.special")],
        ["-c", "from autograd.engine.value import Value"],
        ["-m", "autograd", "x", "x=1"],
    ],
    ids=" ".join,
)
def test_files_replaced_by_hips_autograd_are_reported(arguments, tmp_path):
    (tmp_path / "autograd").mkdir()
    (tmp_path / "autograd" / "__init__.py").write_text(
        f"__path__.append({autograd.__path__[0]!r})\nfrom .core import grad"
    )
    (tmp_path / "autograd" / "core.py").write_text("grad = None")
    done = run(tmp_path, *arguments)
    assert done.returncode != 0
    assert "HIPS autograd, which has the same import name, was installed over" in done.stderr
    assert "pip uninstall -y autograd" in done.stderr


def test_the_pytest_plugin_reports_replaced_files(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "autograd.installation", None)
    assert "chainrule: import of autograd.installation" in pytest_plugin.pytest_report_header()


def test_hips_autograd_under_the_same_name_gives_a_warning(tmp_path):
    copied = tmp_path / "autograd"
    (copied / "scipy" / "stats").mkdir(parents=True)
    for name in ("installation.py", "aliases.py"):
        (copied / name).write_text((pathlib.Path(autograd.__path__[0]) / name).read_text())
    (copied / "__init__.py").write_text("from autograd import aliases, installation")
    assert run(tmp_path, "-W", "error", "-c", "import autograd").returncode == 0
    (copied / "scipy" / "stats" / "norm.py").touch()
    done = run(tmp_path, "-c", "import autograd")
    assert done.returncode == 0
    assert "HIPS autograd is installed under the same import name" in done.stderr
