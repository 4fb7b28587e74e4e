"""Random programs of assignments and views for a batch: as a loop over the entries."""

import os

import numpy as np
import pytest
from fuzz import programs

from autograd import grad, vmap
from autograd.errors import BatchError

#: The number of programs; `make fuzz` multiplies it.
COUNT = round(100 * float(os.environ.get("CHAINRULE_FUZZ", "1")))

PARTS = 5

AT = np.array([0.3, -0.7, 0.55, 1.1, -0.2, 0.9])
X = AT * (1 + 0.05 * np.random.default_rng(0).normal(size=(3, 6)))


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.filterwarnings("ignore:.*encountered:RuntimeWarning")
def test_batched_random_programs_match_a_loop(part):
    refused = 0
    for seed in range(part, COUNT, PARTS):
        source = programs.program(seed)
        recorded = programs.function(source, True)
        expected = [grad(recorded)(x) for x in X]

        def total(x, f=recorded):
            return np.sum(vmap(lambda row: f(row.copy()))(x))

        try:
            inside, around = vmap(grad(recorded))(X), grad(total)(X)
        except BatchError:  # a mask that differs between the entries, as an index
            refused += 1
            continue
        for found in (inside, around):
            fits = np.allclose(found, expected, rtol=1e-8, atol=1e-10, equal_nan=True)
            assert fits, f"seed {seed}\n{source}"
    assert refused < COUNT / PARTS / 3
