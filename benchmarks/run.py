"""Compare with the peers: every figure is a ratio of times taken in turns in one run.

python benchmarks/run.py                    all workloads
python benchmarks/run.py mlp lstm           only these
python benchmarks/run.py --quick            fewer rounds, sizes and peers: under two minutes
python benchmarks/run.py --peers torch      chainrule and only these peers
python benchmarks/run.py --write            also write RESULTS.md, results.json and images/; with
                                            some workloads, replace only these
python benchmarks/run.py --list             the workloads and the peers
"""

import argparse
import sys
import time
from pathlib import Path

import catalogue
import report
from interleave import (
    DisagreementError,
    PeerError,
    Worker,
    assert_same,
    time_in_turn,
)
from peers import BY_NAME, PEERS
from results import Results

HERE = Path(__file__).resolve().parent
OURS = ("chainrule", "chainrule_jit", "chainrule_c", "interpreted")
QUICK = (*OURS[:3], "floats", "numpy", "textbook", "micrograd", "torch", "hips")


class Field:
    """The processes of the peers, started when first needed; those that fail are omitted."""

    def __init__(self, chosen, hips_python):
        self.chosen = chosen
        self.hips_python = hips_python
        self.workers = {}
        self.left_out = {}

    def worker(self, peer):
        if peer.name not in self.workers and peer.name not in self.left_out:
            try:
                self.workers[peer.name] = Worker(peer, self.hips_python)
            except (PeerError, OSError):
                self.left_out[peer.name] = "not installed"
                print(f"{peer.title} is not installed: it is left out.", flush=True)
        return self.workers.get(peer.name)

    def of(self, workload, size):
        """Return the workers of the peers that support this workload at this size."""
        able = [p for p in self.chosen if workload.can(p, size)]
        return {peer.name: worker for peer in able if (worker := self.worker(peer))}

    def restart(self):
        for worker in self.workers.values():
            worker.close()
        self.workers.clear()

    def versions(self):
        return {name: worker.version for name, worker in self.workers.items()}


def start(field, workload, size):
    """Set up the peers; return the workers that succeeded and the numbers they computed."""
    workers, found = {}, {}
    for name, worker in field.of(workload, size).items():
        try:
            found[name] = worker.ask("start", workload=workload.name, size=size)
        except PeerError as error:
            print(f"{workload.name} {size}: {BY_NAME[name].title} is left out: {error}", flush=True)
            if worker.process.poll() is not None:
                del field.workers[name]
        else:
            workers[name] = worker
    return workers, found


def measure_memory(field, workload, size, rounds):
    """Return bytes for each peer, measured in fresh processes."""
    measured = {}
    for _ in range(rounds):
        field.restart()
        for name, worker in start(field, workload, size)[0].items():
            measured.setdefault(name, []).append(worker.ask("measure"))
    return measured


def run_case(field, workload, size, options):
    """Run one workload at one size with all peers; return seconds or bytes for each."""
    if workload.unit != "second":
        return measure_memory(field, workload, size, 1 if options.quick else 3)
    workers, found = start(field, workload, size)
    if not workers:
        return {}
    assert_same(workload, size, found)
    measured = time_in_turn(workers, options.rounds, options.least, options.budget)
    for worker in workers.values():
        worker.ask("stop")
    return measured


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="workload")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, sizes and peers")
    parser.add_argument("--rounds", type=int, help="how often each peer has its turn")
    parser.add_argument("--budget", type=float, help="seconds for all rounds of one size")
    parser.add_argument("--peers", nargs="+", metavar="peer", choices=sorted(BY_NAME))
    parser.add_argument("--hips", default=".venv-hips/bin/python", help="HIPS autograd's Python")
    parser.add_argument("--write", action="store_true", help="store the results")
    parser.add_argument("--list", action="store_true", help="list workloads and peers, and stop")
    options = parser.parse_args()
    unknown = sorted(set(options.names) - set(catalogue.names()))
    if unknown:
        parser.error(f"no workload {', '.join(unknown)}; there are {', '.join(catalogue.names())}")
    options.rounds = options.rounds or (3 if options.quick else 15)
    options.least = 0.005 if options.quick else 0.05  # seconds, of a block of calls
    options.budget = options.budget or (0.5 if options.quick else 12.0)
    return options


def main():
    options = arguments()
    if options.list:
        for name in catalogue.names():
            print(f"{name:20} {catalogue.load(name).title}")
        print("\npeers:", ", ".join(BY_NAME))
        return 0
    wanted = (*options.peers, *OURS) if options.peers else QUICK if options.quick else BY_NAME
    chosen = [peer for peer in PEERS if peer.name in wanted]
    field, results = Field(chosen, options.hips), Results()
    if options.write and options.names:
        results = Results.read(HERE / "results.json").without(options.names)
    start, wrong = time.time(), []
    for name in options.names or catalogue.names():
        workload = catalogue.load(name)
        for size in workload.quick_sizes if options.quick else workload.sizes:
            try:
                measured = run_case(field, workload, size, options)
            except DisagreementError as error:
                wrong.append(error)
                print(error, flush=True)
                continue
            results.add(workload, size, measured)
            results.versions.update(field.versions())
            print(report.line(results, name, size), flush=True)
        if options.write:
            results.sort(catalogue.names())
            results.write(HERE / "results.json")
    field.restart()
    print(f"\n{time.time() - start:.0f} seconds", flush=True)
    if options.write:
        report.write(results, HERE)
    return len(wrong)


if __name__ == "__main__":
    sys.exit(main())
