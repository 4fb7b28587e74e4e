"""Random functions with branches, loops and assignments do the same under `jit`, at many inputs."""

import os

import numpy as np
import pytest
from fuzz import branching
from program.agreement import difference, near

#: The number of functions; `make fuzz` multiplies it.
COUNT = round(40 * float(os.environ.get("CHAINRULE_FUZZ", "1")))

PARTS = 10


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("part", range(PARTS))
def test_replays_of_random_functions_are_right(part):
    for seed in range(part, COUNT, PARTS):
        source = branching.program(seed)
        f = branching.function(source)
        with np.errstate(all="ignore"):
            fault = difference(f, *branching.inputs(seed), warned=False)
        assert fault is None, f"seed {seed}: {fault}\n{source}"


@pytest.mark.filterwarnings("ignore")
def test_replays_with_long_vectors_are_right():
    for seed in range(COUNT):
        source = branching.lengthened(branching.program(seed))
        if source is None:
            continue
        f = branching.function(source)
        with np.errstate(all="ignore"):
            inputs = branching.long_inputs(seed, 20_000, 5)
            fault = difference(f, *inputs, warned=False, backend="numpy")
        assert fault is None, f"seed {seed}: {fault}\n{source}"


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("seed", [*range(0, COUNT, PARTS), 62])  # 62 reads memory late
def test_c_computes_random_functions_to_rounding(seed, tmp_path, monkeypatch):
    monkeypatch.setenv("CHAINRULE_CACHE", str(tmp_path))
    source = branching.program(seed)
    f = branching.function(source)
    with np.errstate(all="ignore"):
        inputs = list(branching.inputs(seed, 6))
        fault = difference(f, *inputs, *inputs, warned=False, backend="c", same=near)
    assert fault is None, f"seed {seed}: {fault}\n{source}"
