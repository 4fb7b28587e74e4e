"""Record what the scripts in `torch_scripts` return under PyTorch.

Run it where PyTorch is installed: ``python tests/nn/record_torch_scripts.py``.
"""

import contextlib
import io
import json
from pathlib import Path

import torch

HERE = Path(__file__).parent
SCRIPTS = HERE / "torch_scripts"


def losses_of(path):
    """Run a script as it is."""
    space = {"__name__": path.stem}
    exec(compile(path.read_text(encoding="utf-8"), path.name, "exec"), space)
    with contextlib.redirect_stdout(io.StringIO()):
        return space["run"]()


if __name__ == "__main__":
    torch.set_num_threads(1)
    found = {path.stem: losses_of(path) for path in sorted(SCRIPTS.glob("*.py"))}
    text = json.dumps({"torch": torch.__version__, "losses": found}, indent=1)
    (HERE / "data" / "torch_scripts.json").write_text(text + "\n", encoding="utf-8")
