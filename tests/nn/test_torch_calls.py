"""Functions and methods of `nn.torch_style`: values, types, shapes and gradients are PyTorch's."""

import json
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

import nn.torch_style as torch
from autograd.errors import MissingProgramError
from nn.torch_style.nn import functional

sys.path.insert(0, str(Path(__file__).parent))
from torch_calls import CALLS, outcome

RECORDED = json.loads((Path(__file__).parent / "data" / "torch_calls.json").read_text("utf-8"))


@pytest.mark.each("call", CALLS)
def test_a_call_does_what_pytorch_does(call):
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            found = outcome(call, torch, torch.nn, functional)
        except MissingProgramError:
            pytest.skip("SciPy is not installed")
    recorded = RECORDED[call]
    assert [row[:2] for row in found["parts"]] == [row[:2] for row in recorded["parts"]]
    for row, expected in zip(found["parts"], recorded["parts"], strict=True):
        np.testing.assert_allclose(row[2], expected[2], rtol=1e-5, atol=1e-6) if not isinstance(
            expected[2], (str, bool)
        ) else None
        if isinstance(expected[2], (str, bool)):
            assert row[2] == expected[2]
    assert found["gradients"].keys() == recorded["gradients"].keys()
    for name, gradient in found["gradients"].items():
        np.testing.assert_allclose(gradient, recorded["gradients"][name], rtol=2e-5, atol=2e-6)
