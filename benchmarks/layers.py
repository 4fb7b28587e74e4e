"""Compare every layer and loss of `nn` with PyTorch: forward plus backward, on one thread.

python benchmarks/layers.py                    all rows, sizes and types
python benchmarks/layers.py GELU Conv2d        rows whose name starts so
python benchmarks/layers.py --sizes 1e3 1e5    only these sizes
python benchmarks/layers.py --types float32    only these types
python benchmarks/layers.py --jit c            layer and backward pass under jit, with C; or numpy

A figure is PyTorch's time over ours: above 1, `nn` is faster. Both take turns in one process. Of
each the fastest turn counts, in processor time, because other programs on the machine can only make
a turn slower. Outputs and derivatives are compared first.
"""

import argparse
import math
import os
import sys
import time

os.environ.update(
    dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
)
os.environ.pop("OPENBLAS_CORETYPE", None)  # OpenBLAS chooses its kernels, as in `run.py`

import numpy as np
import torch
from layer_rows import ROWS

import autograd
import nn

SIZES = (10**3, 10**5, 10**7)
TYPES = ("float32", "float64")
FLOOR = 0.5
CONTAINERS = {"Identity", "Module", "ModuleDict", "ModuleList", "Residual"}


class Ours:
    """A layer of `nn`, and a call of it with its backward pass."""

    def __init__(self, row, inputs, dtype):
        names = {"nn": nn, "np": np, "None": None}
        self.model = eval(row.ours, names)
        if self.model is not None:
            self.model.astype(np.dtype(dtype).type)
        self.given = [autograd.Tensor(inputs[0]) if inputs[0].dtype.kind == "f" else inputs[0]]
        self.given += inputs[1:]
        self.forward = eval(f"lambda model, x: {row.call}", names)
        shape = self.forward(self.model, self.given).shape
        self.seed = np.cos(np.arange(math.prod(shape), dtype=dtype)).reshape(shape)

    def run(self):
        y = self.forward(self.model, self.given)
        y.backward(self.seed)
        return y

    def clear(self):
        for tensor in self.tensors():
            tensor.grad = None

    def tensors(self):
        parameters = [] if self.model is None else list(self.model.parameters())
        return [x for x in self.given[:1] if isinstance(x, autograd.Tensor)] + parameters

    def found(self):
        y = self.run().data
        found = [y, *(tensor.grad for tensor in self.tensors())]
        self.clear()
        return found


class Jitted(Ours):
    """The same under `autograd.jit`."""

    def __init__(self, row, inputs, dtype, backend):
        super().__init__(row, inputs, dtype)
        self.arrays = inputs
        self.step = autograd.jit(self.output_and_derivative, backend=backend)

    def output_and_derivative(self, first, *others):
        x = autograd.Tensor(first) if first.dtype.kind == "f" else first
        y = self.forward(self.model, [x, *others])
        y.backward(self.seed)
        return y.data, x.grad if isinstance(x, autograd.Tensor) else None

    def run(self):
        y, derivative = self.step(*self.arrays)
        if derivative is not None:
            self.given[0].grad = derivative
        return autograd.Tensor(y)


class Theirs:
    """The same in PyTorch."""

    def __init__(self, row, inputs, dtype, state, seed):
        names = {"nn": torch.nn, "F": torch.nn.functional, "None": None, "torch": torch}
        self.model = eval(row.theirs or row.ours, names)
        if self.model is not None:
            self.model.to(getattr(torch, dtype))
            self.model.load_state_dict({k: torch.from_numpy(np.array(v)) for k, v in state.items()})
        self.given = [torch.from_numpy(x) for x in inputs]
        self.given[0].requires_grad_(inputs[0].dtype.kind == "f")
        self.forward = eval(f"lambda model, x: {row.their_call or row.call}", names)
        self.seed = torch.from_numpy(seed)

    def run(self):
        y = self.forward(self.model, self.given)
        y.backward(self.seed)
        return y

    def clear(self):
        for tensor in self.tensors():
            tensor.grad = None

    def tensors(self):
        parameters = [] if self.model is None else list(self.model.parameters())
        return [x for x in self.given[:1] if x.requires_grad] + parameters

    def found(self):
        y = self.run().detach().numpy()
        found = [y, *(tensor.grad.numpy() for tensor in self.tensors())]
        self.clear()
        return found


def seconds(peer, loops):
    """Return the processor time of one call, without releasing the derivatives."""
    total = 0.0
    for _ in range(loops):
        start = time.process_time()
        peer.run()
        total += time.process_time() - start
        peer.clear()
    return total / loops


def ratio(row, size, dtype, budget, backend=None):
    """Return PyTorch's time over ours, and ours in seconds."""
    inputs = [x.astype(dtype) if x.dtype.kind == "f" else x for x in row.inputs(size)]
    ours = Jitted(row, inputs, dtype, backend) if backend else Ours(row, inputs, dtype)
    state = {} if ours.model is None else ours.model.state_dict()
    theirs = Theirs(row, inputs, dtype, state, ours.seed)
    if not row.is_random and size < SIZES[-1]:
        compare(row, ours.found(), theirs.found(), dtype)
    peers = {"ours": ours, "theirs": theirs}
    loops = {name: max(1, int(0.002 / max(seconds(peer, 1), 1e-6))) for name, peer in peers.items()}
    fastest = dict.fromkeys(peers, math.inf)
    end, turns = time.process_time() + budget, 0
    while turns < 2 or (time.process_time() < end and turns < 30):
        for name in peers if turns % 2 else reversed(peers):
            fastest[name] = min(fastest[name], seconds(peers[name], loops[name]))
        turns += 1
    return fastest["theirs"] / fastest["ours"], fastest["ours"]


def compare(row, ours, theirs, dtype):
    """Raise an error if outputs or derivatives differ.

    In single precision some may: those of a ReLU in the layer whose input is nearly 0.
    """
    tolerance, most = (1e-9, 0.0) if dtype == "float64" else (2e-3, 1e-3)
    for a, b in zip(ours, theirs, strict=True):
        close = tolerance, tolerance * max(float(np.abs(b).max(initial=0.0)), 1e-6)
        if np.mean(~np.isclose(a, b, *close)) > most:
            np.testing.assert_allclose(a, b, *close, err_msg=row.name)


def unlisted():
    """Return the layers and losses of `nn` that have no row."""
    text = " ".join(row.ours + row.call for row in ROWS)
    classes = {n for n in nn.__all__ if isinstance(getattr(nn, n), type)}
    layers = {n for n in classes if issubclass(getattr(nn, n), nn.Module)}
    layers = {n for n in layers if not n.endswith("Loss")} - CONTAINERS
    functions = {
        n
        for n in nn.__all__
        if getattr(getattr(nn, n), "__module__", "").startswith("nn.losses")
        and not isinstance(getattr(nn, n), type)
    }
    return sorted(name for name in layers | functions if f"nn.{name}(" not in text)


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="row")
    parser.add_argument("--sizes", nargs="+", type=float, default=SIZES)
    parser.add_argument("--types", nargs="+", choices=TYPES, default=TYPES)
    parser.add_argument(
        "--budget", type=float, default=0.3, help="seconds for a figure, at least three turns"
    )
    parser.add_argument("--jit", choices=("c", "numpy"), help="what runs the programs of jit")
    return parser.parse_args()


def main():
    options = arguments()
    torch.set_num_threads(1)
    found = {}
    columns = [(int(size), dtype) for size in options.sizes for dtype in options.types]
    print(f"{'':34}", *(f"{size:.0e} {dtype[0]}{dtype[-2:]}" for size, dtype in columns), sep="  ")
    for row in ROWS:
        if options.names and not row.name.startswith(tuple(options.names)):
            continue
        line = []
        for size, dtype in columns:
            found[row.name, size, dtype], ours = ratio(
                row, size, dtype, options.budget, options.jit
            )
            line.append(f"{found[row.name, size, dtype]:5.2f} {ours * 1e3:6.3g}"[:12])
        print(f"{row.name:34}", *line, sep="  ", flush=True)
    mean = math.exp(sum(map(math.log, found.values())) / len(found))
    print(f"\nPyTorch's time over ours, geometric mean of {len(found)}: {mean:.2f}")
    for (name, size, dtype), value in sorted(found.items(), key=lambda item: item[1]):
        if value < FLOOR:
            print(f"below {FLOOR}: {value:.2f}  {name}, {size:.0e}, {dtype}")
    missing = unlisted()
    if missing:
        print("without a row:", ", ".join(missing))
    return 0


if __name__ == "__main__":
    sys.exit(main())
