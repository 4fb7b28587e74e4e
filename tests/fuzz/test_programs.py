"""Random programs of assignments and views: Tensors and NumPy must agree on every one."""

import os

import numpy as np
import pytest
from fuzz import programs

from autograd.engine.tiles import TILES

#: The number of programs; `make fuzz` multiplies it.
COUNT = round(200 * float(os.environ.get("CHAINRULE_FUZZ", "1")))

PARTS = 10


@pytest.mark.parametrize("part", range(PARTS))
def test_derivatives_of_random_programs_are_right(part, monkeypatch):
    if part % 2:  # as for large arrays: in parts, and in the memory of the cotangent
        for size in ("part", "several", "reused"):
            monkeypatch.setattr(TILES, size, 16)
        monkeypatch.setattr(TILES, "large", 32)
    at = np.array([0.3, -0.7, 0.55, 1.1, -0.2, 0.9])
    for seed in range(part, COUNT, PARTS):
        source = programs.program(seed)
        fault = programs.fault(source, at, second=seed // PARTS % 4 == 0)
        assert fault is None, f"seed {seed}: {fault}\n{source}"
