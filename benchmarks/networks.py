"""Training steps of whole networks, with `nn` and with PyTorch: the same weights, the same losses.

python benchmarks/networks.py            times and peak memory of all
python benchmarks/networks.py --quick    fewer rounds
python benchmarks/networks.py lstm       only some of: digits lstm lenet
"""

import argparse
import os
import re
import statistics
import subprocess
import sys
from pathlib import Path

THREADS = "1"
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = THREADS  # before NumPy is imported, and for child processes

import numpy as np  # noqa: E402
import torch  # noqa: E402
from paired import ratio, times  # noqa: E402

import autograd  # noqa: E402
import nn  # noqa: E402

torch.set_num_threads(int(THREADS))
KIND = "compiled" if autograd.COMPILED else "interpreted"
DTYPES = (np.float32, np.float64)


def pair(ours, theirs, dtype):
    """Give both models the same weights, of one type; return both with an optimiser."""
    ours.astype(dtype)
    theirs.to(torch.float64 if dtype is np.float64 else torch.float32)
    theirs.load_state_dict({name: torch.tensor(a) for name, a in ours.state_dict().items()})
    return nn.optim.Adam(ours.parameters()), torch.optim.Adam(theirs.parameters())


def digits(dtype):
    """Return an epoch of an MLP on 1,437 handwritten digits, batches of 32."""
    random = np.random.default_rng(0)
    images, labels = random.uniform(size=(1437, 64)).astype(dtype), random.integers(0, 10, 1437)
    ours = nn.Sequential(nn.Linear(64, 128), nn.Tanh(), nn.Linear(128, 10))
    layers = [torch.nn.Linear(64, 128), torch.nn.Tanh(), torch.nn.Linear(128, 10)]
    theirs = torch.nn.Sequential(*layers)
    our_adam, their_adam = pair(ours, theirs, dtype)
    x, y = torch.tensor(images), torch.tensor(labels)
    batches = [np.arange(start, min(start + 32, 1437)) for start in range(0, 1437, 32)]

    def our_epoch():
        total = 0.0
        for rows in batches:
            our_adam.zero_grad()
            loss = nn.cross_entropy(ours(images[rows]), labels[rows])
            loss.backward()
            our_adam.step()
            total += loss.item()
        return total

    def their_epoch():
        total = 0.0
        for rows in batches:
            their_adam.zero_grad()
            loss = torch.nn.functional.cross_entropy(theirs(x[rows]), y[rows])
            loss.backward()
            their_adam.step()
            total += loss.item()
        return total

    return our_epoch, their_epoch


def lstm(dtype):
    """Return a step of an LSTM over 50 steps, 32 sequences, width 64."""
    random = np.random.default_rng(0)
    data = random.normal(size=(50, 32, 64)).astype(dtype)
    ours, theirs = nn.LSTM(64, 64), torch.nn.LSTM(64, 64)
    our_adam, their_adam = pair(ours, theirs, dtype)
    x = torch.tensor(data)

    def our_step():
        our_adam.zero_grad()
        loss = (ours(data)[0] ** 2).mean()
        loss.backward()
        our_adam.step()
        return loss.item()

    def their_step():
        their_adam.zero_grad()
        loss = (theirs(x)[0] ** 2).mean()
        loss.backward()
        their_adam.step()
        return loss.item()

    return our_step, their_step


def lenet(dtype):
    """Return a step of a LeNet on 64 images of 28×28."""
    random = np.random.default_rng(0)
    images, labels = random.normal(size=(64, 1, 28, 28)).astype(dtype), random.integers(0, 10, 64)

    def layers(made_of):
        return made_of.Sequential(
            made_of.Conv2d(1, 6, 5, padding=2),
            made_of.ReLU(),
            made_of.MaxPool2d(2),
            made_of.Conv2d(6, 16, 5),
            made_of.ReLU(),
            made_of.MaxPool2d(2),
            made_of.Flatten(),
            made_of.Linear(400, 120),
            made_of.ReLU(),
            made_of.Linear(120, 84),
            made_of.ReLU(),
            made_of.Linear(84, 10),
        )

    ours, theirs = layers(nn), layers(torch.nn)
    our_adam, their_adam = pair(ours, theirs, dtype)
    x, y = torch.tensor(images), torch.tensor(labels)

    def our_step():
        our_adam.zero_grad()
        loss = nn.cross_entropy(ours(images), labels)
        loss.backward()
        our_adam.step()
        return loss.item()

    def their_step():
        their_adam.zero_grad()
        loss = torch.nn.functional.cross_entropy(theirs(x), y)
        loss.backward()
        their_adam.step()
        return loss.item()

    return our_step, their_step


WORKLOADS = {"digits": digits, "lstm": lstm, "lenet": lenet}
TITLES = {
    "digits": "epoch of an MLP on 1,437 digits, batches of 32",
    "lstm": "LSTM, 50 steps, 32 sequences, width 64",
    "lenet": "LeNet, 64 images of 28×28",
}


def memory_in_kib(field):
    """Return a field of this process's memory, such as VmHWM, its peak (Linux)."""
    return int(re.search(rf"{field}:\s+(\d+)", Path("/proc/self/status").read_text())[1])


def peak_of(name, dtype, side):
    """Return how many KiB a training step takes at its peak, above what stays between steps."""
    step = WORKLOADS[name](DTYPES[dtype])[side]
    for _ in range(2):
        step()
    before = memory_in_kib("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    for _ in range(3):
        step()
    return memory_in_kib("VmHWM") - before, memory_in_kib("VmHWM")


def memory(name, dtype):
    """Return the peaks of both sides, each in a process of its own, the median of three."""
    peaks = []
    for side in range(2):
        command = [sys.executable, __file__, "--peak", name, str(dtype), str(side)]
        found = [
            subprocess.run(command, capture_output=True, text=True, check=True).stdout
            for _ in range(3)
        ]
        peaks.append(statistics.median(int(out.split()[1]) for out in found) / 1024)
    return peaks


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(WORKLOADS))
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    parser.add_argument("--peak", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peak:
        name, dtype, side = options.peak
        print(*peak_of(name, int(dtype), int(side)))
        return
    print(f"{KIND}, PyTorch {torch.__version__}, {THREADS} thread(s); ")
    print("median of paired ratios (lower to upper quartile).\n")
    print("| training step | type | times as fast as PyTorch | peak memory, MiB | PyTorch's |")
    print("|---|---|---|---|---|", flush=True)
    for name in options.names or WORKLOADS:
        for dtype in range(2):
            ours, theirs = WORKLOADS[name](DTYPES[dtype])
            for _ in range(3):
                np.testing.assert_allclose(ours(), theirs(), rtol=1e-3)
            a, b = times([ours, theirs], 7 if options.quick else 25)
            found = memory(name, dtype) if Path("/proc/self/clear_refs").exists() else ("", "")
            peaks = " | ".join(f"{peak:.0f}" for peak in found)
            kind = np.dtype(DTYPES[dtype]).name
            print(f"| {TITLES[name]} | {kind} | {ratio(b, a)} | {peaks} |", flush=True)


if __name__ == "__main__":
    main()
