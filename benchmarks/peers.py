"""The peers: each runs in its own process, with its own Python and settings."""

import os
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

#: One thread for every peer; `worker.py` also keeps each process on one processor.
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
}


#: What would keep OpenBLAS from the kernels that it chooses for the processor.
KERNELS = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")


@dataclass(frozen=True)
class Peer:
    """One column of the tables.

    `name` is the function that a workload holds for it, unless `runs` names another.
    """

    name: str
    title: str
    distribution: str = ""
    imports: str = ""
    runs: str = ""
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def function(self):
        return self.runs or self.name


def tinygrad_settings():
    """Make tinygrad compile its kernels with clang, or with the clang inside the ziglang wheel."""
    if shutil.which("clang"):
        return {"DEV": "CPU"}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return {"DEV": "CPU", "CC": str(Path(__file__).with_name("clang.py")), "PATH": path}


JAX = {"JAX_ENABLE_X64": "1", "JAX_PLATFORMS": "cpu"}

PEERS = (
    Peer("chainrule", "chainrule", "chainrule", "autograd"),
    Peer(
        "chainrule_jit",
        "chainrule, jit",
        "chainrule",
        "autograd",
        settings={"CHAINRULE_BACKEND": "numpy"},
    ),
    Peer(
        "chainrule_c",
        "chainrule, jit, C",
        "chainrule",
        "autograd",
        runs="chainrule_jit",
        settings={"CHAINRULE_BACKEND": "c"},
    ),
    Peer(
        "interpreted",
        "chainrule, interpreted",
        "numpy",
        "autograd",
        runs="chainrule",
        settings={"PYTHONPATH": str(ROOT)},  # the source tree contains no compiled files
    ),
    Peer("floats", "plain floats, by hand"),
    Peer("numpy", "NumPy, by hand", "numpy", "numpy"),
    Peer("textbook", "textbook Value"),
    Peer("micrograd", "micrograd", "micrograd", "micrograd"),
    Peer("torch", "PyTorch", "torch", "torch"),
    Peer("jax", "JAX", "jax", "jax", settings=JAX),
    Peer("jax_jit", "JAX, jit", "jax", "jax", settings=JAX),
    Peer("asdex", "asdex on JAX, jit", "asdex", "asdex", settings=JAX),
    Peer("hips", "HIPS autograd", "autograd", "autograd"),
    Peer("mygrad", "MyGrad", "mygrad", "mygrad"),
    Peer("tinygrad", "tinygrad", "tinygrad", "tinygrad", settings=tinygrad_settings()),
    Peer("casadi", "CasADi", "casadi", "casadi"),
)
BY_NAME = {peer.name: peer for peer in PEERS}


def python_of(peer, hips_python):
    """Return the Python that runs a peer; HIPS autograd needs its own, having our import name."""
    return hips_python if peer.name == "hips" else sys.executable


def environment_of(peer):
    """Return the environment variables of a peer's process."""
    dropped = ("PYTHONPATH", *KERNELS)
    inherited = {name: value for name, value in os.environ.items() if name not in dropped}
    return {**inherited, **ONE_THREAD, **peer.settings}
