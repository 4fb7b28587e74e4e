"""Peak memory of training: weights, data and three steps."""

import importlib
import os
from unittest import mock

import resident

from workloads import mlp

UNIT = "byte"
SIZES = (
    "mlp 128×[784,256,128,10] float32",
    "mlp 1024×[1024,1024,1024,10] float32",
    "digits float32",
    "lstm_layer float32",
    "lenet float32",
)
QUICK_SIZES = ()


def load(peer):
    """Load what every training needs; with `jit` what runs C, which a tiny step would not use."""
    with mock.patch.dict(os.environ, CHAINRULE_BACKEND="c"):
        repeat(getattr(mlp, peer)(mlp.SIZES[0]))


def repeat(step):
    for _ in range(3):
        step()


def steps_of(peer):
    """Return what measures the steps of a peer in another workload."""

    def start(size):
        name, inside = size.split(" ", 1)
        workload = importlib.import_module(f"workloads.{name}")
        if not hasattr(workload, peer):
            raise NotImplementedError(f"{name} is not written for {peer}")
        load(peer)

        def train():
            repeat(getattr(workload, peer)(inside))

        def measure():
            return resident.peak_during(train)

        return measure

    return start


chainrule = steps_of("chainrule")
chainrule_jit = steps_of("chainrule_jit")
numpy = steps_of("numpy")
torch = steps_of("torch")
jax_jit = steps_of("jax_jit")
hips = steps_of("hips")
mygrad = steps_of("mygrad")
