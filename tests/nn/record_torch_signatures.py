"""Record the arguments of PyTorch's public functions and classes.

Run it where PyTorch is installed: ``python tests/nn/record_torch_signatures.py``.
"""

import inspect
import json
import sys
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from torch_signatures import MODULES, arguments, is_open, public

if __name__ == "__main__":
    warnings.simplefilter("ignore")
    lines = []
    for module in MODULES:
        for name, item in sorted(public("torch", module).items()):
            try:
                signature = inspect.signature(item)
            except ValueError:  # of C
                continue
            if not is_open(signature):
                found = json.dumps(arguments(signature))
                lines.append(f"{json.dumps(f'{module}.{name}')}: {found}")
    path = Path(__file__).parent / "data" / "torch_signatures.json"
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
