"""Run notebooks and store them with their outputs: `make notebooks NAMES="03_arrays.ipynb"`.

A translation, such as ``01_one_number.zh-CN.ipynb``, has texts of its own. Its code and outputs are
copied from the notebook that it translates.
"""

import sys
from pathlib import Path

import nbclient
import nbformat

FOLDER = Path(__file__).resolve().parent
#: Metadata that does not differ from machine to machine.
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def executed(path):
    """Run a notebook in its folder, from the start; raise if a cell fails."""
    notebook = nbformat.read(path, as_version=4)
    nbclient.NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(path.parent)}},
    ).execute()
    return normalised(notebook)


def normalised(notebook):
    """Remove what differs from run to run or depends on the editor."""
    notebook.metadata = nbformat.from_dict(METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for number, cell in enumerate(notebook.cells, 1):
        cell.id = f"cell-{number}"
        cell.metadata = nbformat.NotebookNode()
        if cell.cell_type == "code":
            cell.outputs = [x for x in cell.outputs if not is_progress(x)]
        for output in cell.get("outputs", []):
            if "metadata" in output:
                output.metadata = nbformat.NotebookNode()
    return notebook


def is_progress(output):
    """Return whether an output is a line that is written over itself: how far a check is."""
    return output.output_type == "stream" and "\r" in output.text


def translations(path):
    """Return the translations of a notebook; a translation has none."""
    return sorted(path.parent.glob(f"{path.stem}.*{path.suffix}"))


def originals(folder=FOLDER):
    """Return the notebooks that are not translations."""
    return sorted(path for path in folder.glob("*.ipynb") if "." not in path.stem)


def with_code_of(notebook, translation):
    """Return a translation with the code cells of a notebook, in the same places."""
    kinds = [cell.cell_type for cell in notebook.cells]
    if kinds != [cell.cell_type for cell in translation.cells]:
        raise SystemExit("The translation needs the same cells as the notebook, in the same order.")
    pairs = zip(notebook.cells, translation.cells, strict=True)
    translation.cells = [ours if ours.cell_type == "code" else theirs for ours, theirs in pairs]
    return normalised(translation)


def main(names):
    """Run the named notebooks, or all."""
    for path in [FOLDER / name for name in names] or originals():
        print(path.name, flush=True)
        notebook = executed(path)
        nbformat.write(notebook, path)
        for other in translations(path):
            nbformat.write(with_code_of(notebook, nbformat.read(other, as_version=4)), other)


if __name__ == "__main__":
    main(sys.argv[1:])
