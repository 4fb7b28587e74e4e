"""Peak of the memory of a training step above what stays between steps."""

import importlib

import resident

UNIT = "byte"
SIZES = (
    *("mlp 128×[784,256,128,10] float32", "mlp 1024×[1024,1024,1024,10] float32"),
    *(f"{work} {kind}" for work in ("digits", "lstm_layer", "lenet") for kind in ("float32",)),
)
QUICK_SIZES = SIZES[1:2]


def steps_of(peer):
    """Return what measures the steps of a peer in another workload."""

    def start(size):
        name, inside = size.split(" ", 1)
        workload = importlib.import_module(f"workloads.{name}")
        if not hasattr(workload, peer):
            raise NotImplementedError(f"{name} is not written for {peer}")
        step = getattr(workload, peer)(inside)

        def measure():
            step()
            step()
            return resident.peak_during(lambda: [step() for _ in range(3)])

        return measure

    return start


chainrule = steps_of("chainrule")
numpy = steps_of("numpy")
torch = steps_of("torch")
jax_jit = steps_of("jax_jit")
hips = steps_of("hips")
mygrad = steps_of("mygrad")
