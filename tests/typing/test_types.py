"""The types that users see: checked by mypy and, where it is installed, by pyright."""

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import autograd
from autograd.engine.missing import HINTS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        tuple(map(int, np.__version__.split(".")[:2])) < (2, 4),
        reason="the annotations agree with the stubs of NumPy from 2.4 on",
    ),
]

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
MYPY = """\
[mypy]
strict = True
cache_dir = .mypy_cache/user_code
plugins = autograd.mypy_plugin
[mypy-autograd.*,nn.*]
follow_imports = silent
[mypy-scipy.*,graphviz.*]
ignore_missing_imports = True
"""

#: Why the types of these differ from the modules.
STUBS_MAY_DIFFER = r"""
# primitives, whose calls have types of their own
autograd\.(elu|erf|gelu|leaky_relu|lgamma|log_softmax|logsumexp|relu|sigmoid|silu|softmax|softplus)
# modules without stubs
autograd\.(?!Value|Tensor|no_grad|scope)\w+\..*
"""


USER_CODE = ("user_code.py", "hips_code.py", "numpy_functions.py", "torch_code.py")


def run(*command, **environment):
    return subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "MYPYPATH": str(ROOT)} | environment,
        capture_output=True,
        text=True,
    )


def test_mypy_accepts_user_code_with_the_stated_types(tmp_path):
    configuration = tmp_path / "mypy.ini"
    configuration.write_text(MYPY)
    files = [str(HERE / name) for name in USER_CODE]
    found = run(sys.executable, "-m", "mypy", "--config-file", str(configuration), *files)
    assert found.returncode == 0, found.stdout + found.stderr


def test_pyright_accepts_user_code_with_the_stated_types():
    pyright = shutil.which("pyright")
    if pyright is None:
        pytest.skip("pyright is not installed")
    found = run(
        pyright, "--project", str(HERE), "--pythonpath", sys.executable, "--outputjson"
    )  # fmt: skip
    report = json.loads(found.stdout)
    assert report["summary"]["filesAnalyzed"] == 2
    assert not report["generalDiagnostics"]


def test_the_stub_of_autograd_has_the_names_of_the_package():
    stub = ast.parse(Path(autograd.__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
    found = set()
    for item in ast.walk(stub):
        if isinstance(item, (ast.FunctionDef, ast.ClassDef)):
            found.add(item.name)
        elif isinstance(item, ast.ImportFrom):
            found |= {alias.asname or alias.name for alias in item.names}
        elif isinstance(item, ast.Name) and isinstance(item.ctx, ast.Store):
            found.add(item.id)
    assert set(autograd.__all__) <= found


@pytest.mark.gallery  # mypy reads the whole package for it
def test_the_stub_of_autograd_agrees_with_the_package(tmp_path):
    allowlist = tmp_path / "allowlist"
    missing = "|".join(HINTS)  # names that only raise
    allowlist.write_text(f"{STUBS_MAY_DIFFER}autograd\\.Tensor\\.({missing})\n")
    found = run(
        sys.executable, "-m", "mypy.stubtest", "autograd", "--concise", "--ignore-unused-allowlist",
        "--mypy-config-file", "pyproject.toml", "--allowlist", str(allowlist),
    )  # fmt: skip
    assert found.returncode == 0, found.stdout + found.stderr
