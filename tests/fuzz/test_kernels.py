"""Random programs in C: special numbers of every type and layout, the same as in NumPy."""

import os
import warnings

import numpy as np
import pytest
from fuzz.kernels import Kernels, fault

from autograd import jit
from autograd.program.backends.c import compiler
from autograd.program.backends.c.library import unavailable

pytestmark = pytest.mark.skipif(unavailable() != "", reason=unavailable())

#: The number of programs; `make fuzz` multiplies it.
COUNT = round(24 * float(os.environ.get("CHAINRULE_FUZZ", "1")))

PARTS = 4


@pytest.fixture(autouse=True, scope="module")
def own_cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiler, "FLAGS", tuple(x.replace("-O3", "-O1") for x in compiler.FLAGS))
        patch.setenv("CHAINRULE_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.mark.parametrize("part", range(PARTS))
def test_random_kernels_do_what_numpy_does(part):
    for seed in range(part, COUNT, PARTS):
        kernels = Kernels(seed, steps=16)
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            wanted = kernels(*kernels.arguments)
            jitted = jit(lambda *x, kernels=kernels: kernels(*x), backend="c")
            jitted(*kernels.arguments)
            found = jitted(*kernels.arguments)
        for number, (one, other) in enumerate(zip(found, wanted, strict=True)):
            what = fault(one, other, kernels.close[number])
            assert not what, f"seed {seed}, step {number}: {what}\n{jitted.source()}"
