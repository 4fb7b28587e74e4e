"""Record what the calls in `torch_calls.py` return under PyTorch.

Run it where PyTorch is installed: ``python tests/nn/record_torch_calls.py``.
"""

import json
import sys
import warnings
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).parent))
from torch_calls import CALLS, outcome


def rounded(item):
    """Return numbers with nine digits, enough for float32."""
    if isinstance(item, dict):
        return {name: rounded(part) for name, part in item.items()}
    if isinstance(item, list):
        return [rounded(part) for part in item]
    return float(f"{item:.9g}") if isinstance(item, float) else item


if __name__ == "__main__":
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    lines = []
    for call in CALLS:
        found = rounded(outcome(call, torch, nn, functional))
        lines.append(f"{json.dumps(call)}: {json.dumps(found, separators=(',', ':'))}")
    path = Path(__file__).parent / "data" / "torch_calls.json"
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
