"""What a step of `nn.fit` on the workers of a cluster takes: a model of its cost, and measurements.

``python -P benchmarks/cluster.py`` measures a gradient, the time of a task and of sending arrays,
predicts from these what a step takes with one and with two workers, measures that, and extrapolates
to networks. Run it with OMP_NUM_THREADS=1, on a machine that does nothing else.
"""

import argparse
import math
import statistics
import time
from dataclasses import dataclass, replace

import dask
import dask.array as da
import numpy as np
from distributed import Client, LocalCluster, wait

import nn
from autograd import value_and_grad

#: Bytes per second of a message between two machines: what MPI or TCP reaches on such networks.
#: 1 and 10 Gbit/s are Ethernet's rates; NDR InfiniBand has 400 Gbit/s, and its predecessors 100.
NETWORKS = {"1 Gbit/s": 0.125e9, "10 Gbit/s": 1.25e9, "100 Gbit/s": 12.5e9}


@dataclass(frozen=True)
class Cost:
    """What the parts of a step take.

    Attributes
    ----------
    gradient : float
        Seconds for the gradient of one shard's batch.
    task : float
        Seconds that Dask needs for a task among many.
    latency : float
        Seconds from the submission of one task to its result.
    size : float
        The bytes of the parameters, and of their gradient.
    bandwidth : float
        Bytes per second between two processes.
    """

    gradient: float
    task: float
    latency: float
    size: float
    bandwidth: float

    def tasks(self, shards: int) -> int:
        """Return how many tasks a step has: the model, a gradient of each shard, and the sums."""
        return 2 * shards

    def bytes_moved(self, workers: int) -> float:
        """Return how many bytes a step moves.

        The model goes by way of the scheduler to one worker and from there to the others, and
        their gradients come together on one, which returns the sum.
        """
        out, back = 2 + (workers - 1), (workers - 1) + 1
        return self.size * (out + back)

    def step(self, workers: int, shards: int) -> float:
        """Return the seconds of a step: each level of the tree of sums waits for the one before."""
        rounds = -(-shards // workers)
        moved = self.bytes_moved(workers) / self.bandwidth
        levels = 1 + math.ceil(math.log2(shards))
        waiting = self.tasks(shards) * self.task + levels * self.latency
        return rounds * self.gradient + waiting + moved


def times(function, count=5):
    """Return how long a function takes, several times."""
    found = []
    for _ in range(count):
        begun = time.perf_counter()
        function()
        found.append(time.perf_counter() - begun)
    return found


def best(function, count=5):
    """Return the least time that a function takes."""
    return min(times(function, count))


def model_of(width):
    return nn.Sequential(nn.Linear(64, width), nn.Tanh(), nn.Linear(width, width), nn.Tanh(),
                         nn.Linear(width, 1))  # fmt: skip


def epoch(width, shards, data, client=None):
    """Return a function that trains for one epoch of four steps, and the number of steps."""
    model = model_of(width)
    optimizer = nn.optim.SGD(model.parameters(), 1e-6)
    parts = nn.Shards(data, shards, len(data[0]) // 4)
    return lambda: nn.fit(model, parts, nn.mse, optimizer, 1, client=client, progress=False), 4


def measured_cost(client, width, shards, data):
    """Measure the parts of a step."""
    run, steps = epoch(width, shards, data)
    size = sum(p.data.nbytes for p in model_of(width).parameters())
    many = 200
    tasks = best(lambda: wait([client.submit(int, k, pure=False) for k in range(many)]), 3) / many
    latency = best(lambda: client.submit(int, 0, pure=False).result(), 20)
    array = np.zeros(int(4e6))
    moved = best(lambda: client.submit(lambda x: x, array, pure=False).result(), 3)
    return Cost(best(run) / steps / shards, tasks, latency, size, 3 * array.nbytes / moved)


def overhead(rows=400_000):
    """Return the seconds of a gradient of logistic regression in NumPy, and functions for Dask."""
    numbers = np.random.default_rng(0).normal(size=(rows, 50))

    def slope(data):
        classes = (data[:, 0] > 0) * 1.0

        def loss(w):
            margin = np.matmul(data, w)
            return np.mean(np.logaddexp(0.0, margin) - classes * margin)

        return value_and_grad(loss)

    def lazily():
        data = da.from_array(numbers, chunks=(rows // 8, 50)).persist()
        wait(data)
        objective = slope(data)
        return best(lambda: dask.compute(*objective(np.zeros(50))), 3)

    objective = slope(numbers)
    return best(lambda: objective(np.zeros(50)), 3), lazily


def cluster_of(workers):
    return LocalCluster(n_workers=workers, threads_per_worker=1, host="127.0.0.1",
                        dashboard_address="127.0.0.1:0", memory_limit=0)  # fmt: skip


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--width", type=int, default=512)
    parser.add_argument("--shards", type=int, default=8)
    parser.add_argument("--examples", type=int, default=16384)
    options = parser.parse_args(arguments)
    data = (
        np.random.default_rng(0).normal(size=(options.examples, 64)),
        np.zeros((options.examples, 1)),
    )
    here, lazily = overhead()
    cost = None
    for workers in (1, 2):
        with cluster_of(workers) as cluster, Client(cluster) as client:
            cost = cost or measured_cost(client, options.width, options.shards, data)
            run, steps = epoch(options.width, options.shards, data, client)
            run()
            taken, lazy = times(run), lazily()
        predicted = cost.step(workers, options.shards)
        least, middle = min(taken) / steps, statistics.median(taken) / steps
        print(
            f"{workers} workers: predicted {predicted * 1e3:.0f} ms for a step; measured at least"
        )
        print(f"    {least * 1e3:.0f} ms, {least / predicted:.1f} times as much, in the median")
        print(f"    {middle * 1e3:.0f} ms, {middle / predicted:.1f} times as much")
        print(f"    logistic regression: {lazy / here:.2f} times as long as in NumPy")
    print(f"one process: {cost.gradient * options.shards * 1e3:.0f} ms; {cost}")
    print("| network | 2 workers | 8 workers | 32 workers |\n|---|---|---|---|")
    for name, bandwidth in NETWORKS.items():
        there = replace(cost, bandwidth=bandwidth)
        shards = 32
        alone = shards * cost.gradient
        speed = [f"{alone / there.step(w, shards):.1f}" for w in (2, 8, 32)]
        print(f"| {name} | {' | '.join(speed)} |")
    return cost


if __name__ == "__main__":
    main()
