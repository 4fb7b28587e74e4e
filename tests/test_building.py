import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import autograd

ROOT = Path(__file__).resolve().parents[1]


def test_a_build_with_unknown_c_stops_and_changes_nothing(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(ROOT)
    from building.documentation import Documentation
    from building.generated_c import UnexpectedCError, improve

    generated = tmp_path / "engine.c"
    generated.write_text("int main(void) { return 0; }\n")
    with pytest.raises(UnexpectedCError, match="`untrack_values` found nothing to replace"):
        improve([str(generated)], Documentation([]))
    assert generated.read_text() == "int main(void) { return 0; }\n"


def test_a_release_gets_its_links_from_the_repository(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(ROOT)
    from building import release

    for name in ("pyproject.toml", "README.md"):
        (tmp_path / name).write_text((ROOT / name).read_text(encoding="utf-8"), encoding="utf-8")
    release.main("https://example.org/us/chainrule/", tmp_path)
    project = tomllib.loads((tmp_path / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["urls"]["Source"] == "https://example.org/us/chainrule"
    pages = [url.partition("/blob/main/")[2] for url in project["urls"].values()]
    assert all((ROOT / page).exists() for page in pages)
    readme = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "(https://example.org/us/chainrule/raw/main/docs/images/" in readme
    assert re.findall(r"\]\((?!https?:|#)[^)]*\)", readme) == []
    with pytest.raises(SystemExit, match="already"):
        release.main("https://example.org", tmp_path)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("from nn import mse", "from chainrule.nn import mse"),
        ("import autograd.tree", "import chainrule.autograd.tree; from chainrule import autograd"),
        ("import autograd.tree as t", "import chainrule.autograd.tree as t"),
        ("import nn as net, os", "from chainrule import nn as net; import os"),
        ("from torch import nn", "from torch import nn"),
        ("import autograds, nns", "import autograds, nns"),
        ("x = 'autograd.tree'", "x = 'chainrule.autograd.tree'"),
        ("x = f'autograd.{y}'", "x = f'chainrule.autograd.{y}'"),
        ("x = 'HIPS autograd. So'", "x = 'HIPS autograd. So'"),
        ("'>>> import nn, os'", "'>>> from chainrule import nn; import os'"),
        ("nn.mse(autograd.grad)", "nn.mse(autograd.grad)"),
    ],
)
def test_sources_under_one_name_import_by_it(source, expected, monkeypatch):
    monkeypatch.syspath_prepend(ROOT)
    from building import one_name

    assert one_name.renamed(source) == expected


PROGRAM = """
import autograd as theirs, nn as theirs_too
from chainrule import autograd, nn
import chainrule.autograd.numpy as anp
assert autograd.jit(autograd.grad(lambda x: anp.sin(x) * nn.sigmoid(x)))(0.0) == 0.5
assert theirs.__doc__ == theirs_too.__doc__ == "another library"
"""


@pytest.mark.slow
def test_one_name_leaves_the_others_to_other_libraries(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(ROOT)
    from building import one_name

    one_name.write(tmp_path, tests=False)
    configuration = (tmp_path / "pyproject.toml").read_text("utf-8")
    assert 'name = "chainrule-one-name"' in configuration
    assert 'include = ["chainrule*"]' in configuration
    for name in ("autograd", "nn"):
        (tmp_path / f"{name}.py").write_text("'another library'")
    subprocess.run(
        [sys.executable, "-P", "-c", PROGRAM],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        check=True,
    )


def test_the_citation_names_the_version():
    assert f"\nversion: {autograd.__version__}\n" in (ROOT / "CITATION.cff").read_text("utf-8")


def test_the_workflows_run_tests_that_exist():
    text = "".join(path.read_text("utf-8") for path in (ROOT / ".github/workflows").glob("*.yml"))
    named = set(re.findall(r"\b(?:tests|building)/[\w/.]+", text))
    assert len(named) > 3
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_each_folder_of_modules_is_a_package():
    """Others would not be installed."""
    modules = [path for package in ("autograd", "nn") for path in (ROOT / package).rglob("*.py")]
    assert {path.parent for path in modules if not (path.parent / "__init__.py").exists()} == set()
