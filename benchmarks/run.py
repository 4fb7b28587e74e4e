"""Side by side with the peers: every figure is a ratio of two times taken in turn in one run.

python benchmarks/run.py             all rows (some minutes)
python benchmarks/run.py --quick     fewer rounds
python benchmarks/run.py scalar mlp  only some of: scalar demo mlp lstm check import flat adam
"""

import argparse
import os
import statistics
import subprocess
import sys
from functools import partial
from pathlib import Path

THREADS = "1"
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = THREADS  # before NumPy is imported, and for child processes

import numpy as np  # noqa: E402
from paired import ratio, times  # noqa: E402
from workloads import (  # noqa: E402
    SIZES,
    layers_chainrule,
    layers_torch,
    lstm_chainrule,
    lstm_torch,
    micrograd_demo,
    mlp_chainrule,
    mlp_numpy,
    mlp_torch,
    scalar_expression,
)

import autograd  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
sys.setrecursionlimit(100_000)  # micrograd's backward is recursive
KIND = "compiled" if autograd.COMPILED else "interpreted"


def row(work, against, result, unit="times as fast"):
    print(f"| {work} | {against} | {result} {unit} |", flush=True)


def scalar(rounds):
    from micrograd.engine import Value as Micrograd

    ours, theirs = scalar_expression(autograd.Value), scalar_expression(Micrograd)
    np.testing.assert_allclose(ours, theirs, rtol=1e-9)
    a, b = times(
        [lambda: scalar_expression(autograd.Value), lambda: scalar_expression(Micrograd)], rounds
    )
    row(f"scalar expression, 1,500 operations, {KIND}", "micrograd", ratio(b, a))


def demo(rounds):
    from micrograd.engine import Value as Micrograd

    ours, theirs = micrograd_demo(autograd.Value), micrograd_demo(Micrograd)
    np.testing.assert_allclose([ours(), ours()], [theirs(), theirs()], rtol=1e-9)
    a, b = times([ours, theirs], max(3, rounds // 4))
    row(f"micrograd's demo step, {KIND}", "micrograd", ratio(b, a))


def mlp(rounds):
    peers = [mlp_chainrule, mlp_numpy]
    try:
        import torch
    except ImportError:
        print("PyTorch is not installed: its rows are left out.")
    else:
        torch.set_num_threads(int(THREADS))
        peers.append(mlp_torch)
    for size in SIZES:
        for dtype in (np.float32, np.float64):
            steps = [peer(size, dtype) for peer in peers]
            losses = [[step() for _ in range(3)] for step in steps]
            for other in losses[1:]:
                np.testing.assert_allclose(losses[0], other, rtol=1e-4)
            ours, numpy, *pytorch = times(steps, rounds)
            name = f"MLP step {size} {np.dtype(dtype)}, {KIND}"
            row(name, "hand-written NumPy", ratio(ours, numpy), "of its time")
            if pytorch:
                row(name, "PyTorch", ratio(pytorch[0], ours))


def lstm(rounds):
    try:
        import torch
    except ImportError:
        print("PyTorch is not installed: the rows of the LSTM are left out.")
        return
    torch.set_num_threads(int(THREADS))
    for dtype in (np.float32, np.float64):
        ours, theirs = lstm_chainrule(dtype), lstm_torch(dtype)
        for gate, expected in theirs().items():
            np.testing.assert_allclose(ours()[gate], expected, rtol=1e-2, atol=1e-5)
        a, b = times([ours, theirs], rounds)
        row(f"hand-written LSTM cell, {np.dtype(dtype)}, {KIND}", "PyTorch", ratio(b, a))


def flat(rounds):
    def chain(n):
        x = autograd.Value(0.5)
        y = x
        for _ in range(n // 2):
            y = y * 0.999 + x
        y.backward()

    costs = {}
    for n in (10**3, 10**4, 10**5, 10**6):
        (seconds,) = times([lambda n=n: chain(n)], max(3, min(rounds, 2 * 10**6 // n)), 0.01)
        costs[n] = statistics.median(seconds) / n
    base = costs[10**3]
    text = ", ".join(f"{n:,}: {cost / base:.2f}" for n, cost in costs.items())
    row(f"cost per operation by number of nodes, {KIND}", "the same with 1,000 nodes", text, "")


def check(rounds):
    try:
        import torch
    except ImportError:
        print("PyTorch is not installed: the rows of the gradient check are left out.")
        return
    torch.set_num_threads(int(THREADS))
    rows = (
        ("element by element", "gradcheck", {"method": "full"}, {}),
        ("projected", "gradcheck, fast_mode", {"method": "projected"}, {"fast_mode": True}),
    )
    for total in (False, True):
        ours, theirs = layers_chainrule(total), layers_torch(total)
        for name, peer, mine, its in rows:
            a, b = times([partial(ours, **mine), partial(theirs, **its)], max(5, rounds))
            of = "their sum" if total else "64 results"
            work = f"check of three tanh layers, 192 inputs, {of}, {name}, {KIND}"
            row(work, f"PyTorch's {peer}", ratio(b, a))


def import_time(rounds):
    def importing(module):
        def run():
            subprocess.run([sys.executable, "-P", "-c", f"import {module}"], check=True)

        return run

    ours, numpy = times([importing("autograd"), importing("numpy")], rounds, 0)
    row(f"import autograd, {KIND}", "import numpy", ratio(ours, numpy), "of its time")


def adam(rounds):
    """Compare one step over many small parameters, and one over the layers of a network."""
    import torch

    import nn

    torch.set_num_threads(int(THREADS))
    random = np.random.default_rng(0)
    for name, shapes in (
        ("100 parameters of 8×8", [(8, 8)] * 100),
        ("the parameters of 784-256-128-10", [(784, 256), (256,), (256, 128), (128,), (128, 10)]),
    ):
        for dtype in (np.float32, np.float64):
            ours = [autograd.Tensor(random.normal(size=shape).astype(dtype)) for shape in shapes]
            theirs = [torch.tensor(p.data, requires_grad=True) for p in ours]
            for mine, other in zip(ours, theirs, strict=True):
                mine.grad = random.normal(size=mine.shape).astype(dtype)
                other.grad = torch.tensor(mine.grad)
            steps = [nn.optim.Adam(ours).step, torch.optim.Adam(theirs).step]
            a, b = times(steps, rounds)
            row(f"Adam step, {name}, {np.dtype(dtype).name}, {KIND}", "PyTorch", ratio(b, a))


WORKLOADS = {
    "scalar": scalar,
    "demo": demo,
    "mlp": mlp,
    "lstm": lstm,
    "check": check,
    "import": import_time,
    "flat": flat,
    "adam": adam,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(WORKLOADS))
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    unknown = set(options.names) - set(WORKLOADS)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(WORKLOADS)}")
    if not options.child:
        print(f"Python {sys.version.split()[0]}, NumPy {np.__version__}, {THREADS} thread(s); ")
        print("median of paired ratios (lower to upper quartile).\n")
        print("| work | against | result |\n|---|---|---|", flush=True)
    for name in options.names or WORKLOADS:
        WORKLOADS[name](7 if options.quick else 25)
    if autograd.COMPILED and not options.child:
        names = [n for n in options.names or ["scalar", "demo"] if n in ("scalar", "demo", "mlp")]
        if names:  # the same again from the source tree, which is never compiled
            subprocess.run(
                [sys.executable, __file__, "--child", *names, *(["--quick"] * options.quick)],
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                check=True,
            )


if __name__ == "__main__":
    main()
