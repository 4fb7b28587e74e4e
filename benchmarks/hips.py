"""This distribution against HIPS autograd, which lives in an environment of its own.

python benchmarks/hips.py --theirs PYTHON            all rows
python benchmarks/hips.py --theirs PYTHON lstm mlp   only some of:
                                                     scalar mlp lstm jacobian hessian lifelines

Both import `autograd`, so each runs in a process of its own, and they take turns: A B A B.
The row ``lifelines`` needs that in both environments; ``make bench-hips`` sets them up.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

import numpy as np

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
NAMES = ("scalar", "mlp", "lstm", "jacobian", "hessian", "lifelines")


class Worker:
    def __init__(self, python):
        self.process = subprocess.Popen(
            [python, str(Path(__file__).with_name("hips_worker.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **dict.fromkeys(THREADS, "1")},
        )

    def ask(self, *words):
        print(*words, file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline())


def compare(name, ours, theirs, rounds):
    np.testing.assert_allclose(ours.ask("check", name), theirs.ask("check", name), 1e-6, 1e-12)
    counts = [max(1, round(0.05 / worker.ask("time", name, 1))) for worker in (ours, theirs)]
    pairs = []
    for _ in range(rounds + 1):
        a, b = (w.ask("time", name, n) for w, n in zip((ours, theirs), counts, strict=True))
        pairs.append((b / a, a, b))
    ratios = [ratio for ratio, _, _ in pairs[1:]]  # the first round warms up
    low, median, high = statistics.quantiles(ratios, n=4)
    a, b = (statistics.median(column) for column in list(zip(*pairs[1:], strict=True))[1:])
    spread = f"{median:.2f} ({low:.2f} to {high:.2f})"
    print(f"| {name} | {spread} | {1e3 * a:.3f} | {1e3 * b:.3f} |", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", metavar="work", help=", ".join(NAMES))
    parser.add_argument("--ours", default=sys.executable, help="a Python with this distribution")
    parser.add_argument("--theirs", required=True, help="a Python with HIPS autograd")
    parser.add_argument("--rounds", type=int, default=25)
    options = parser.parse_args()
    ours, theirs = Worker(options.ours), Worker(options.theirs)
    print("One thread; median (quartiles) of paired rounds; times in milliseconds.\n")
    print("| work | times as fast as HIPS autograd | ours | theirs |\n|---|---|---|---|")
    for name in options.names or NAMES:
        compare(name, ours, theirs, options.rounds)


main()
