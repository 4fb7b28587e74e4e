"""The examples of the page about other arrays, as a reader would paste them, on stand-ins."""

import re
import sys
import types
from pathlib import Path

import numpy as np
import pytest
from devices import kernels, strict

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "other-arrays.md"
BLOCKS = re.findall(r"^```py\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)


def block(text):
    """Return the only example that contains a text."""
    (found,) = [code for code in BLOCKS if text in code]
    return found


def run(code, **names):
    exec(compile(code, str(PAGE), "exec"), names)
    return names


@pytest.mark.skipif(strict.CUPY, reason="it runs on a stand-in for CuPy")
def test_the_example_for_a_gpu_runs(monkeypatch):
    module = types.ModuleType("cupy")
    module.asarray = strict.on_device
    module.linspace = lambda *arguments: strict.on_device(np.linspace(*arguments))
    module.ElementwiseKernel = kernels.ElementwiseKernel
    monkeypatch.setitem(sys.modules, "cupy", module)
    found = run(block("import cupy").replace("1_000_000", "1_000").replace("1000", "128"))
    assert isinstance(found["slope"], strict.DeviceArray)
    assert isinstance(found["model"][0].weight.data, strict.DeviceArray)


def test_the_example_for_a_cluster_runs():
    pytest.importorskip("dask.array")
    code = block("da.random").replace("10_000_000", "1_000").replace("100_000", "200")
    found = run(code)
    assert found["slope"].shape == (50,)
    np.testing.assert_allclose(found["value"], np.log(2))


def test_the_example_for_workers_runs(monkeypatch):
    distributed = pytest.importorskip("distributed")
    pytest.importorskip("sklearn")
    from devices.test_workers import Cluster, on_ranks

    class Client(Cluster):
        def __init__(self, n_workers, threads_per_worker):
            super().__init__()

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

    monkeypatch.setattr(distributed, "Client", Client)
    code = block("from distributed").replace("epochs=10", "epochs=1")
    train = run(code, __name__="__main__")["train"]

    def ranked(comm):
        module = types.ModuleType("mpi4py")
        module.MPI = types.SimpleNamespace(COMM_WORLD=comm)
        monkeypatch.setitem(sys.modules, "mpi4py", module)
        return run(block("from mpi4py"), train=train)["history"]["loss"]

    assert len(on_ranks(1, ranked)[0]) == 1
