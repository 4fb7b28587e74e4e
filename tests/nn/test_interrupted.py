"""Training that real signals end: the checkpoint is whole, and resuming gives the same numbers."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import nn

PROGRAM = """
import json, signal, sys, time
import numpy as np
import nn

signal.signal(signal.SIGINT, signal.default_int_handler)  # a process in the background ignores it

path, epochs, slow = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "slow"
nn.seed(0)
x = np.random.default_rng(0).normal(size=(64, 4))
y = np.sin(x.sum(axis=1, keepdims=True))

class Network(nn.Module):
    def __init__(self):  # modules and parameters in containers in containers
        self.parts = [[nn.Linear(4, 16), {"norm": nn.BatchNorm1d(16), "scale": (nn.Parameter(1.0),)}]]
        self.ends = {"all": [nn.ModuleList([nn.Linear(16, 1)])]}
        self.drop = (nn.Dropout(0.2, generator=np.random.default_rng(1)),)

    def forward(self, x):
        (first, more), = self.parts
        x = self.drop[0](np.tanh(more["norm"](first(x))))
        return self.ends["all"][0][0](x) * more["scale"][0]

model = Network()
assert len(model.parameters()) == 7
optimizer = nn.optim.Adam(model.parameters(), lr=0.01)

def loss(outputs, targets):
    if slow:
        time.sleep(0.01)
    return nn.mse(outputs, targets)

history = nn.fit(
    model, nn.DataLoader((x, y), batch_size=8, shuffle=True), loss, optimizer, epochs,
    checkpoint=path, resume=True, callbacks=[nn.callbacks.CSVLogger(path + ".csv")],
)
print(json.dumps([history.rows, history.stopped, model.state_dict()["parts.0.0.weight"].tolist()]))
"""


def started(path, epochs, pace):
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(path), str(epochs), pace],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process):
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    return json.loads(output)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Return the result of a run without interruption, and its table."""
    path = tmp_path_factory.mktemp("whole") / "run"
    return ended(started(path, 12, "fast")), Path(f"{path}.csv").read_text()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM", "SIGKILL"])
def test_a_run_that_a_signal_ends_can_be_resumed(number, whole, tmp_path):
    path = tmp_path / "run"
    process = started(path, 1000, "slow")
    deadline = time.monotonic() + 60
    while not path.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.15)  # somewhere in an epoch
    process.send_signal(getattr(signal, number))
    if number == "SIGINT":
        rows, stopped, _ = ended(process)
        done = f"interrupted in epoch {len(rows)}, after its last step"  # while it was saved
        assert stopped.startswith(f"interrupted in epoch {len(rows) + 1}, ") or stopped == done
    else:
        process.communicate(timeout=60)
        assert process.returncode == -getattr(signal, number)
    assert "model.parts.0.0.weight" in nn.load(path)
    assert 0 < len(Path(f"{path}.csv").read_text().splitlines()) - 1 <= 12
    assert (ended(started(path, 12, "fast")), Path(f"{path}.csv").read_text()) == whole
