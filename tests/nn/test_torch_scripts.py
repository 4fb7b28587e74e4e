"""Programs written for PyTorch, run with their imports changed: the losses are PyTorch's."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

HERE = Path(__file__).parent
SCRIPTS = sorted((HERE / "torch_scripts").glob("*.py"))
RECORDED = json.loads((HERE / "data" / "torch_scripts.json").read_text(encoding="utf-8"))["losses"]

#: The only lines that change.
IMPORTS = re.compile(r"^(\s*)(from|import) torch\b(.*)$", re.MULTILINE)


def with_imports_changed(source):
    """Return a script that imports `nn.torch_style` in place of PyTorch."""

    def changed(line):
        indent, word, rest = line.groups()
        return f"{indent}{word} nn.torch_style{rest or ' as torch'}"

    return IMPORTS.sub(changed, source)


def run_script(path):
    source = with_imports_changed(path.read_text(encoding="utf-8"))
    space = {"__name__": path.stem}
    exec(compile(source, str(path), "exec", dont_inherit=True), space)
    return space["run"]()


def test_only_imports_change():
    source = "import torch\nfrom torch.nn import functional as F\nimport torch.nn as nn\nx = torch.ones(1)"
    changed = with_imports_changed(source).splitlines()
    assert changed == [
        "import nn.torch_style as torch",
        "from nn.torch_style.nn import functional as F",
        "import nn.torch_style.nn as nn",
        "x = torch.ones(1)",
    ]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_gives_the_losses_of_pytorch(path, capsys):
    recorded = RECORDED[path.stem]
    losses = run_script(path)
    assert len(losses) == len(recorded) >= 4
    # Sums of float32 in another order differ by some units in the last place.
    np.testing.assert_allclose(losses, recorded, rtol=2e-5, atol=2e-6)
