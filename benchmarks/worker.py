"""A process that runs the work of one peer on request; the other end of `interleave.py`.

It reads requests from standard input and answers each with a line, both JSON:
``{"do": "start", "workload": ..., "size": ...}`` sets up and answers with the computed numbers,
``{"do": "calibrate", "least": seconds}`` with the number of calls that take at least this long,
``{"do": "time", "loops": n}`` with the seconds that one call took,
``{"do": "measure"}`` with what the call returns, for workloads that do their own measuring.
"""

import gc
import importlib
import importlib.metadata
import json
import os
import sys
import time
import warnings

import numpy as np

FEW = 1000  # of more numbers than this, this many are compared, and the norm


class Work:
    """The timed call, and the operations on it."""

    def __init__(self, function):
        self.function = function
        self.call = None

    def start(self, workload, size):
        self.call = None
        gc.collect()
        module = importlib.import_module(f"workloads.{workload}")
        self.call = getattr(module, self.function)(size)
        if getattr(module, "UNIT", "second") != "second":
            return []
        first = [some(numbers(self.call())) for _ in range(getattr(module, "CALLS", 1))]
        return np.concatenate(first).tolist()

    def stop(self):
        """Release the arrays."""
        self.call = None
        gc.collect()

    def calibrate(self, least):
        """Double the number of calls until they take long enough, like pyperf."""
        loops = 1
        while self.time(loops) * loops < least:
            loops *= 2
        return loops

    def time(self, loops):
        """Return the seconds of a call, including garbage collection."""
        calls = [self.call] * loops
        start = time.perf_counter()
        for call in calls:
            call()
        return (time.perf_counter() - start) / loops

    def measure(self):
        return self.call()


def numbers(result):
    """Return all numbers in a result, one after the other."""
    if isinstance(result, dict):
        result = list(result.values())
    if isinstance(result, (list, tuple)):
        return np.concatenate([numbers(item) for item in result])
    if hasattr(result, "detach"):
        result = result.detach()
    if hasattr(result, "numpy"):
        result = result.numpy()
    return np.ravel(np.asarray(result, dtype=float))


def some(found):
    """Return the numbers, or a sample and the norm if there are many."""
    if found.size <= FEW:
        return found
    return np.append(found[:: found.size // FEW], np.linalg.norm(found))


def prepare(peer_imports):
    """Pin this process to one processor and its libraries to one thread."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    warnings.simplefilter("ignore")
    sys.setrecursionlimit(10**6)  # micrograd's backward is recursive
    if peer_imports:
        importlib.import_module(peer_imports)
    if peer_imports == "torch":
        import torch

        torch.set_num_threads(1)
        torch.set_num_interop_threads(1)


def main():
    peer_imports, distribution, function = sys.argv[1:]
    answers, sys.stdout = sys.stdout, sys.stderr  # output of libraries is not an answer
    prepare(peer_imports)
    version = importlib.metadata.version(distribution) if distribution else sys.version.split()[0]
    print(json.dumps({"answer": version}), file=answers, flush=True)
    work = Work(function)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = {"answer": getattr(work, request.pop("do"))(**request)}
        except Exception as error:  # returned to the caller
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
