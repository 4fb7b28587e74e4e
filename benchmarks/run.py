"""Side by side with the peers: every figure is a ratio of times taken in turn in one run.

python benchmarks/run.py                    all workloads
python benchmarks/run.py mlp lstm           only these
python benchmarks/run.py --quick            fewer rounds and sizes: under two minutes
python benchmarks/run.py --peers torch      chainrule and only these peers
python benchmarks/run.py --write            also write RESULTS.md, results.json and images/
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
    measure_each,
    time_in_turn,
)
from peers import BY_NAME, PEERS
from results import Results

HERE = Path(__file__).resolve().parent
OURS = ("chainrule", "interpreted")


class Field:
    """The processes of the peers, started when first needed; those that cannot are left out."""

    def __init__(self, chosen, hips_python, quick):
        self.chosen = chosen
        self.quick = quick
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
        """Return the workers of those who do this workload at this size."""
        able = [p for p in self.chosen if workload.can(p, size)]
        if self.quick:
            able = [p for p in able if p.name not in workload.slow]
        return {peer.name: worker for peer in able if (worker := self.worker(peer))}

    def restart(self):
        for worker in self.workers.values():
            worker.close()
        self.workers.clear()

    def versions(self):
        return {name: worker.version for name, worker in self.workers.items()}


def run_case(field, workload, size, options):
    """Let all peers do one workload at one size; return seconds or bytes for each."""
    workers, found = {}, {}
    if workload.unit != "second":
        field.restart()  # memory is measured in processes that did nothing else before
    for name, worker in field.of(workload, size).items():
        try:
            found[name] = worker.ask("start", workload=workload.name, size=size)
        except PeerError as error:
            print(f"{workload.name} {size}: {BY_NAME[name].title} is left out: {error}", flush=True)
            if worker.process.poll() is not None:
                del field.workers[name]
        else:
            workers[name] = worker
    if not workers:
        return {}
    if workload.unit != "second":
        return measure_each(workers, 3)
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
    parser.add_argument("--quick", action="store_true", help="fewer rounds and sizes")
    parser.add_argument("--rounds", type=int, help="how often each peer has its turn")
    parser.add_argument("--peers", nargs="+", metavar="peer", choices=sorted(BY_NAME))
    parser.add_argument("--hips", default=".venv-hips/bin/python", help="a Python with it")
    parser.add_argument("--write", action="store_true", help="write the results down")
    parser.add_argument("--list", action="store_true", help="tell what there is, and stop")
    options = parser.parse_args()
    unknown = sorted(set(options.names) - set(catalogue.names()))
    if unknown:
        parser.error(f"no workload {', '.join(unknown)}; there are {', '.join(catalogue.names())}")
    options.rounds = options.rounds or (3 if options.quick else 15)
    options.least = 0.005 if options.quick else 0.05  # seconds, of a block of calls
    options.budget = 0.5 if options.quick else 12.0  # seconds, of all rounds of a workload
    return options


def main():
    options = arguments()
    if options.list:
        for name in catalogue.names():
            print(f"{name:20} {catalogue.load(name).title}")
        print("\npeers:", ", ".join(BY_NAME))
        return 0
    chosen = [p for p in PEERS if not options.peers or p.name in (*options.peers, *OURS)]
    field, results = Field(chosen, options.hips, options.quick), Results()
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
    field.restart()
    print(f"\n{time.time() - start:.0f} seconds", flush=True)
    if options.write:
        results.write(HERE / "results.json")
        report.write(results, HERE)
    return len(wrong)


if __name__ == "__main__":
    sys.exit(main())
