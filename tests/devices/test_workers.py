"""Training on several workers: the numbers of one process, also when a worker is killed."""

import importlib.util
import os
import pickle
import signal
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

import autograd
import nn
from autograd.errors import OptionError, SchedulerLostError

distributed = pytest.importorskip("distributed")

#: What Dask leaves open when a worker is killed is closed later.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    # Tasks are short here, so on a busy machine one worker is often slower than the others.
    pytest.mark.filterwarnings("ignore:The worker .* times as long:RuntimeWarning"),
]

RANDOM = np.random.default_rng(0)
X, Y = RANDOM.normal(size=(50, 4)), RANDOM.integers(0, 3, 50)


def model_of():
    first, last = (np.random.default_rng(seed) for seed in (1, 2))
    return nn.Sequential(
        nn.Linear(4, 8, generator=first),
        nn.Tanh(),
        nn.Dropout(0.5),
        nn.Linear(8, 3, generator=last),
    )


def trained(client=None, epochs=2, model=None, **options):
    model = model_of() if model is None else model
    shards = nn.Shards((X[:48], Y[:48]), 4, batch_size=16)
    optimizer = nn.optim.Adam(model.parameters(), 0.01)
    options = {"metrics": [nn.accuracy], "max_norm": 1.0, "progress": False, **options}
    history = nn.fit(model, shards, nn.cross_entropy, optimizer, epochs, client=client, **options)
    return [history["loss"], history["accuracy"], *(p.data for p in model.parameters())]


def same(found, expected):
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, 1e-9, 1e-12)  # BLAS may round otherwise elsewhere


@pytest.fixture(scope="module")
def cluster():
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": "127.0.0.1:0"}
    with distributed.LocalCluster(host="127.0.0.1", **options) as found:
        yield found


@pytest.fixture
def client(cluster):
    with distributed.Client(cluster) as found:
        yield found


def test_shards_give_what_all_examples_give_at_once():
    models = [nn.Linear(4, 3, generator=np.random.default_rng(0)) for _ in range(2)]
    data = (X[:48], Y[:48])
    for model, batches in zip(models, (nn.Shards(data, 4, 48), [data]), strict=True):
        optimizer = nn.optim.SGD(model.parameters(), lr=0.5)
        nn.fit(model, batches, nn.cross_entropy, optimizer, 5, progress=False)
    np.testing.assert_allclose(models[0].weight.data, models[1].weight.data, 1e-12)


def test_workers_give_the_numbers_of_one_process(client):
    same(trained(client), trained())


def killing(file, here):
    """Return a metric that kills the first worker that is in the middle of the second step."""

    def killed(outputs, targets):
        if os.getpid() != here and not file.exists():
            called = [*getattr(nn, "called", []), 1]
            nn.called = called  # in the process of the worker
            if len(called) > 4:
                file.touch()
                os.kill(os.getpid(), signal.SIGKILL)
        return 0.0

    return killed


def test_a_killed_worker_loses_nothing(client, tmp_path):
    metrics = [nn.accuracy, killing(tmp_path / "killed", os.getpid())]
    found = trained(client, metrics=metrics)
    assert (tmp_path / "killed").exists()
    same(found, trained())


def test_training_resumes_on_workers(client, tmp_path):
    for epochs in (1, 2):
        found = trained(client, epochs, checkpoint=tmp_path / "run", resume=True)
    same(found, trained())


def test_running_statistics_are_refused():
    model = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3))
    with pytest.raises(OptionError, match="track_running_stats=False"):
        trained(model=model)
    trained(model=nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3, track_running_stats=False)))


def test_a_slow_worker_is_reported():
    from nn.training.workers import ShardTrainer

    model = model_of()
    trainer = ShardTrainer(
        nn.Shards((X, Y), 4, 16), None, model, nn.mse, None, None, False, False, False
    )
    for times in ({"a": [1.0, 1.0], "b": [1.1], "c": [9.0]}, {"b": [1.0], "c": [8.6]}):
        trainer.times = times
        with pytest.warns(RuntimeWarning, match=r"c took 8\.6 times as long"):
            trainer.end_epoch()
        assert not trainer.times


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (((X, Y), 4, 10), "multiple of the number of shards, 4"),
        (((X, Y), 60, 60), "50 examples, fewer than 60"),
        ((X, 4, 16), "tuple of arrays"),
    ],
)
def test_bad_shards_are_refused(arguments, text):
    with pytest.raises(OptionError, match=text):
        nn.Shards(*arguments)


def test_a_client_needs_shards():
    model = nn.Linear(4, 3)
    optimizer = nn.optim.SGD(model.parameters(), 0.1)
    with pytest.raises(OptionError, match=r"nn\.Shards"):
        nn.fit(model, [(X, Y)], nn.cross_entropy, optimizer, 1, client=object())


class Cluster:
    """A client of Dask whose workers run here, or are lost."""

    def __init__(self, version=autograd.__version__, lasts=10**6):
        self.version, self.lasts, self.status = version, lasts, "running"
        self.sizes = []  # of the results of tasks

    def run(self, function, on_error):
        return {"tcp://10.0.0.7:41": self.version}

    def submit(self, function, *arguments, pure):
        self.lasts -= 1
        if self.lasts < 0:
            self.status = "closed"
            raise RuntimeError("Client is closed.")
        given = [x.found if isinstance(x, Future) else x for x in arguments]
        found = function(*given)
        self.sizes.append(len(pickle.dumps(found)))
        return Future(found)


class Future:
    def __init__(self, found):
        self.found = found

    def result(self):
        return self.found


def test_a_lost_scheduler_is_named_and_its_steps_are_kept():
    same(trained(Cluster()), trained())
    model = model_of()
    # 4 shards and a check with 3 tasks, and a step takes 8: the scheduler is lost in the second one.
    with pytest.raises(SchedulerLostError, match=r"is lost \(closed\).*resume=True"):
        trained(Cluster(lasts=21), model=model, epochs=2)
    assert not np.allclose(model_of()[0].weight.data, model[0].weight.data)


def test_workers_with_another_version_are_named():
    with pytest.raises(OptionError, match=r"10\.0\.0\.7.*0\.0\.9.*same version"):
        trained(Cluster(version="0.0.9"))


def test_workers_without_the_library_are_named():
    with pytest.raises(OptionError, match=r"10\.0\.0\.7.* cannot use chainrule: No module"):
        trained(Cluster(version=ModuleNotFoundError("No module named 'nn'")))


def test_a_worker_that_joins_with_another_version_is_named(monkeypatch):
    cluster, workers = Cluster(), sys.modules["nn.training.workers"]
    monkeypatch.setattr(workers, "_worker", lambda: "tcp://10.0.0.8:41")
    monkeypatch.setattr(workers, "_version", lambda: "0.0.9")
    with pytest.raises(OptionError, match=r"10\.0\.0\.8.*0\.0\.9.*same version"):
        trained(cluster)


HIDDEN = np.random.default_rng(0)


class Noise(nn.Module):
    def forward(self, x):
        return x + HIDDEN.normal(size=x.shape)


def test_what_the_workers_decide_is_refused():
    model = nn.Sequential(Noise(), nn.Linear(4, 3))
    for client in (Cluster(), Communicator(0, 1, threading.Barrier(1), [None])):
        with pytest.raises(OptionError, match="differ when they are computed twice"):
            trained(client, model=model)


def test_a_step_moves_what_the_model_of_costs_says():
    path = Path(__file__).parents[2] / "benchmarks" / "cluster.py"
    spec = importlib.util.spec_from_file_location("cluster_costs", path)
    costs = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = costs
    spec.loader.exec_module(costs)
    model = costs.model_of(256)
    size = sum(p.data.nbytes for p in model.parameters())
    cost = costs.Cost(gradient=1.0, task=0.0, latency=0.0, size=size, bandwidth=1e30)
    shards, cluster = nn.Shards((np.ones((32, 64)), np.ones((32, 1))), 4, 16), Cluster()
    nn.fit(
        model,
        shards,
        nn.mse,
        nn.optim.SGD(model.parameters(), 0.01),
        1,
        client=cluster,
        progress=False,
    )
    assert len(cluster.sizes) == 4 + 3 + 2 * cost.tasks(4)  # the shards, a check, and two steps
    np.testing.assert_allclose(cluster.sizes[4:], size, 0.02)  # the model, gradients and sums
    assert cost.bytes_moved(1) == 3 * size
    assert [cost.step(w, 4) for w in (1, 2, 3, 4, 8)] == pytest.approx([4, 2, 2, 1, 1])


class Communicator:
    """One of the processes of MPI, which is a thread here."""

    def __init__(self, rank, size, barrier, slots):
        self.rank, self.size, self.barrier, self.slots = rank, size, barrier, slots

    def Get_rank(self):  # noqa: N802 - the name is MPI's
        return self.rank

    def Get_size(self):  # noqa: N802 - the name is MPI's
        return self.size

    def bcast(self, item, root):
        return pickle.loads(pickle.dumps(self.allgather(item)[root]))

    def allgather(self, item):
        self.slots[self.rank] = item
        self.barrier.wait(30)
        found = list(self.slots)
        self.barrier.wait(30)
        return found


def on_ranks(size, function):
    """Call a function in as many threads; return what each has returned or raised."""
    barrier, slots, found = threading.Barrier(size), [None] * size, [None] * size

    def run(rank):
        try:
            found[rank] = function(Communicator(rank, size, barrier, slots))
        except Exception as error:
            found[rank] = error

    threads = [threading.Thread(target=run, args=(rank,)) for rank in range(size)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


def test_processes_of_mpi_give_the_numbers_of_one():
    expected = trained()
    for size in (1, 3):
        for found in on_ranks(size, trained):
            same(found, expected)


def test_processes_of_mpi_begin_with_the_model_of_the_first():
    def begun(comm):
        first, last = (np.random.default_rng(seed + 10 * comm.rank) for seed in (1, 2))
        parts = nn.Linear(4, 8, generator=first), nn.Linear(8, 3, generator=last)
        return trained(comm, model=nn.Sequential(parts[0], nn.Tanh(), nn.Dropout(0.5), parts[1]))

    expected = trained()
    for found in on_ranks(2, begun):
        same(found, expected)


def test_an_error_in_one_process_is_raised_in_all():
    def failing(comm):
        from nn.training.ranks import Ranks

        return Ranks(comm).computed([lambda: 1, lambda: 1 / 0, lambda: 3])

    assert [type(x) for x in on_ranks(2, failing)] == [ZeroDivisionError] * 2
