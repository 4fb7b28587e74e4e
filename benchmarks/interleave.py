"""Time peers in turn, A B C, B C A, ..., so that drift of the machine affects all equally."""

import json
import subprocess
from pathlib import Path

import numpy as np
from peers import environment_of, python_of

WORKER = Path(__file__).with_name("worker.py")


class PeerError(Exception):
    """The error that a peer's process returned instead of a result."""


class Worker:
    """A peer's process."""

    def __init__(self, peer, hips_python):
        self.process = subprocess.Popen(
            [
                python_of(peer, hips_python),
                str(WORKER),
                peer.imports,
                peer.distribution,
                peer.function,
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment_of(peer),
        )
        self.version = self._answer()

    def ask(self, do, **details):
        print(json.dumps({"do": do, **details}), file=self.process.stdin, flush=True)
        return self._answer()

    def _answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise PeerError(f"its process ended ({self.process.wait()})")
        answer = json.loads(line)
        if "error" in answer:
            raise PeerError(answer["error"].splitlines()[0][:200])
        return answer["answer"]

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()


class DisagreementError(Exception):
    """Raised if peers that should compute the same numbers do not."""


def assert_same(workload, size, found):
    """Compare the numbers of every peer with those of the first."""
    (first, expected), *others = found.items()
    for name, numbers in others:
        scale = max(1e-12, float(np.max(np.abs(expected), initial=0.0)))
        try:
            np.testing.assert_allclose(
                numbers, expected, workload.tolerance, workload.tolerance * scale
            )
        except AssertionError as error:
            message = f"{workload.name} {size}: {name} does not compute what {first} does.{error}"
            raise DisagreementError(message) from None


def time_in_turn(workers, rounds, least, budget):
    """Return for each worker the seconds of one call, one entry per round.

    There are `rounds` rounds, or as many as fit into `budget` seconds, but at least three; a round
    before them warms up.
    """
    loops = {name: worker.ask("calibrate", least=least) for name, worker in workers.items()}
    seconds = {name: [] for name in workers}
    order = list(workers)
    round_ = 0
    while round_ <= rounds:
        for name in order:
            value = workers[name].ask("time", loops=loops[name])
            if round_:
                seconds[name].append(value)
            else:
                budget_for = budget / max(value * loops[name], 1e-9)
                rounds = min(rounds, max(3, int(budget_for / len(order))))
        order.append(order.pop(0))
        round_ += 1
    return seconds
