"""Every notebook and its solutions run in a new kernel.

The output is not compared with the stored output, which contains times and pictures.
`make notebooks` runs all notebooks and stores their output.
"""

import json
import os
import re
import shutil
from pathlib import Path

import pytest

nbclient = pytest.importorskip("nbclient")
nbformat = pytest.importorskip("nbformat")

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
#: A translation has the code and the outputs of the notebook with the same name.
TRANSLATIONS = [path for path in NOTEBOOKS if "." in path.stem]
LARGEST = 1_000_000  # bytes
LINK = re.compile(r"\]\(([^)\s]+)\)")
DETAILS = re.compile(r"<details>(.*?)</details>", re.DOTALL)
BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
#: A line that is written over itself: how far a check is, on a slow machine.
PROGRESS = re.compile(r"\r[^\r\n]*")

#: Warnings of Jupyter itself, in this process, are not about this library.
pytestmark = pytest.mark.filterwarnings("default")
each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
each_original = pytest.mark.parametrize(
    "path", [path for path in NOTEBOOKS if path not in TRANSLATIONS], ids=lambda path: path.stem
)


def solutions(cell):
    """Return the hidden code of a text cell: its solutions."""
    text = "".join(DETAILS.findall(cell.source)) if cell.cell_type == "markdown" else ""
    return BLOCK.findall(text)


def complaints(cell):
    """Yield the errors and warnings that a cell printed."""
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            yield "\n".join(output.traceback)
        elif output.output_type == "stream" and output.name == "stderr":
            text = PROGRESS.sub("", output.text)
            if text.strip():
                yield text


@each_original
@pytest.mark.slow
def test_notebooks_and_their_solutions_run(path, tmp_path):
    folder = tmp_path / "notebooks"
    shutil.copytree(path.parent, folder)
    before = {file.name for file in folder.iterdir()}
    notebook = nbformat.read(folder / path.name, as_version=4)
    found = [code for cell in notebook.cells for code in solutions(cell)]
    notebook.cells += [nbformat.v4.new_code_cell(code) for code in found]
    configure(tmp_path)
    options = {
        "timeout": 300,
        "kernel_name": "python3",
        "resources": {"metadata": {"path": str(folder)}},
    }
    try:
        nbclient.NotebookClient(notebook, **options).execute(env=environment(tmp_path))
    except nbclient.exceptions.CellExecutionError as error:
        if error.ename == "MissingProgramError" and shutil.which("dot") is None:
            pytest.skip("dot is not installed")
        raise
    for cell in notebook.cells:
        assert not list(complaints(cell)), cell.source
    assert {file.name for file in folder.iterdir()} == before, "it leaves files behind"


def configure(folder):
    """Let the kernel search briefly for wrong lines, and draw coarsely: no output is compared."""
    profile = folder / "ipython" / "profile_default"
    startup = profile / "startup"
    startup.mkdir(parents=True)
    (profile / "ipython_kernel_config.py").write_text(
        "get_config().InlineBackend.print_figure_kwargs = {'bbox_inches': None, 'dpi': 20}\n"
    )
    (startup / "brief.py").write_text(
        "from autograd.check.explain.repair import outcomes\noutcomes.SECONDS = 0.3\n"
    )


def environment(folder):
    """Return the environment of the kernel: one thread, and no configuration of the user."""
    return {
        **os.environ,
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "IPYTHONDIR": str(folder / "ipython"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
    }


@each_notebook
def test_only_reproducible_output_is_stored(path):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    for cell in nbformat.read(path, as_version=4).cells:
        assert not list(complaints(cell)), cell.source
        assert "execution" not in cell.metadata, "it holds the times at which it ran"
    assert any(cell["outputs"] for cell in code)


@each_notebook
def test_notebooks_are_small(path):
    assert path.stat().st_size < LARGEST


@each_notebook
def test_notebook_links_lead_to_files(path):
    text = [c.source for c in nbformat.read(path, as_version=4).cells if c.cell_type == "markdown"]
    links = [link.partition("#")[0] for source in text for link in LINK.findall(source)]
    missing = [
        link for link in links if link and ":" not in link and not (path.parent / link).exists()
    ]
    assert not missing


@each_original
def test_notebooks_have_exercises_with_solutions(path):
    cells = nbformat.read(path, as_version=4).cells
    assert any("## Exercises" in cell.source for cell in cells if cell.cell_type == "markdown")
    assert sum(len(solutions(cell)) for cell in cells) >= 3


@pytest.mark.parametrize("path", TRANSLATIONS, ids=lambda path: path.stem)
def test_translations_have_the_same_code_and_outputs(path):
    ours = nbformat.read(path, as_version=4).cells
    theirs = nbformat.read(path.with_stem(path.stem.partition(".")[0]), as_version=4).cells
    assert [cell.cell_type for cell in ours] == [cell.cell_type for cell in theirs]
    for our, their in zip(ours, theirs, strict=True):
        if our.cell_type == "code":
            assert our == their
        else:
            assert solutions(our) == solutions(their)
            assert our.source != their.source
