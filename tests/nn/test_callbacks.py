"""Callbacks: when they are called, what they do, and that it is what Keras does."""

import contextlib
import csv
import json
import runpy
import struct
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import nn
from autograd.errors import DataError, MissingProgramError, OptionError, WeightsError
from nn import callbacks
from nn.training.progress import ProgressLines

RECORDER = runpy.run_path(str(Path(__file__).with_name("record_keras.py")))
RECORDED = json.loads(RECORDER["PATH"].read_text(encoding="utf-8"))


def settings(**options):
    """Return new arguments of `fit`."""
    random = np.random.default_rng(0)
    x = random.normal(size=(24, 2))
    y = (x[:, :1] > 0) * 1.0
    model = nn.Linear(2, 1, generator=np.random.default_rng(1))
    found = {
        "model": model,
        "data": nn.DataLoader((x, y), 8, shuffle=True, generator=np.random.default_rng(2)),
        "loss": nn.mse,
        "optimizer": nn.optim.SGD(model.parameters(), lr=0.1, momentum=0.5),
        "epochs": 3,
        "validation": [(x, y)],
    }
    return {**found, **options}


def recorder(calls):
    class Recorder(callbacks.Callback):
        pass

    def method(name):
        def record(self, *arguments):
            *places, logs = arguments
            calls.append((name, *places, sorted(logs)))

        return record

    for name in vars(callbacks.Callback):
        if name.startswith("on_"):
            setattr(Recorder, name, method(name))
    return Recorder()


def test_hooks_are_called_in_the_order_of_keras():
    calls = []
    nn.fit(**settings(epochs=2, callbacks=[recorder(calls)]))
    row = ["loss", "lr", "val_loss"]

    def epoch(number):
        steps = [
            call
            for step in range(3)
            for call in (
                ("on_train_batch_begin", step, []),
                ("on_train_batch_end", step, ["loss"]),
            )
        ]
        return [
            ("on_epoch_begin", number, []),
            *steps,
            ("on_test_begin", []),
            ("on_test_batch_begin", 0, []),
            ("on_test_batch_end", 0, ["loss"]),
            ("on_test_end", ["val_loss"]),
            ("on_epoch_end", number, row),
        ]

    assert calls == [("on_train_begin", []), *epoch(0), *epoch(1), ("on_train_end", row)]


def test_callbacks_made_of_functions_are_called_for_steps():
    seen = []
    note = callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: seen.append(batch))
    nn.fit(**settings(epochs=1, callbacks=[note]))
    assert seen == [0, 1, 2]


def test_monitors_ask_for_a_direction_that_they_do_not_know():
    def spread(outputs, targets):
        return np.std(outputs - targets)

    watch = callbacks.EarlyStopping("val_spread", patience=1)
    with pytest.raises(OptionError, match="Is a larger 'val_spread' better"):
        nn.fit(**settings(metrics=[spread], callbacks=[watch]))
    watch = callbacks.EarlyStopping("val_mae", patience=1)
    nn.fit(**settings(metrics=[nn.mae], callbacks=[watch]))
    assert watch.mode == "min"


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_training_that_fails_calls_the_last_hook(error):
    calls = []

    def fail(outputs, targets):
        raise error

    if error is ValueError:
        with pytest.raises(ValueError):
            nn.fit(**settings(loss=fail, callbacks=[recorder(calls)]))
    else:
        assert "interrupted" in nn.fit(**settings(loss=fail, callbacks=[recorder(calls)])).stopped
    assert calls[-1] == ("on_train_end", [])


def test_callbacks_end_training_in_three_ways():
    class AtOnce(callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 1:
                self.model.stop_training = True

    history = nn.fit(**settings(epochs=9, callbacks=[AtOnce()]))
    assert (len(history), history.stopped) == (2, "after epoch 2, by model.stop_training")
    stop = callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: epoch == 2)
    assert len(nn.fit(**settings(epochs=9, callbacks=[stop]))) == 3
    assert len(nn.fit(**settings(epochs=9, callbacks=[lambda model, history: True]))) == 1
    arguments = settings(callbacks=[AtOnce()])
    arguments["model"].stop_training = True  # of a run before
    assert len(nn.fit(**arguments)) == 2
    with pytest.raises(OptionError, match="no callback"):
        nn.fit(**settings(callbacks=["plot"]))
    with pytest.raises(OptionError, match="on_epoch_ends"):
        callbacks.LambdaCallback(on_epoch_ends=print)


def ran(callback, run, name="val_loss"):
    """Return the results and the rates of a callback for a run of measurements."""
    group = {"lr": 0.1}
    callback.optimizer = SimpleNamespace(param_groups=[group])
    callback.history = nn.History()
    callback.set_params({"directions": {"accuracy": "max"}})
    callback.set_model(SimpleNamespace(state_dict=dict))
    callback.on_train_begin({})
    rates = []
    for epoch, number in enumerate(run):
        stops = callback.on_epoch_end(epoch, {name: float(number)})
        rates.append(group["lr"])
        if stops is True:
            return epoch, rates
    return -1, rates


def test_early_stopping_stops_where_keras_does():
    expected = iter(RECORDED["stops"])
    for options in RECORDER["STOPS"]:
        for run in RECORDER["measurements"]():
            callback = callbacks.EarlyStopping(**options)
            epoch, _ = ran(callback, run, options.get("monitor", "val_loss"))
            assert [epoch, callback.best_epoch] == next(expected), options
            assert callback.stopped_epoch == max(epoch, 0)


def test_the_best_weights_are_those_of_the_same_run():
    stop = callbacks.EarlyStopping("loss", patience=9, restore_best_weights=True)
    nn.fit(**settings(callbacks=[stop]))
    stop.start_from_epoch = 9
    arguments = settings(callbacks=[stop])
    nn.fit(**arguments)
    np.testing.assert_array_equal(arguments["model"].weight.data, fitted().weight.data)


def fitted():
    arguments = settings()
    nn.fit(**arguments)
    return arguments["model"]


def test_rates_are_reduced_where_keras_does():
    expected = iter(RECORDED["plateaus"])
    for options in RECORDER["PLATEAUS"]:
        for run in RECORDER["measurements"]():
            _, rates = ran(callbacks.ReduceLROnPlateau(**options), run)
            np.testing.assert_allclose(rates, next(expected), rtol=1e-9)


def test_the_best_weights_are_restored_and_saved(tmp_path):
    weights = []

    def keep(model, history):
        weights.append(model.weight.data.copy())
        model.weight.data[...] += 1.0  # makes it worse

    stop = callbacks.EarlyStopping("val_loss", patience=2, restore_best_weights=True)
    path = tmp_path / "best-{epoch}.safetensors"
    save = callbacks.ModelCheckpoint(path, save_best_only=True)
    arguments = settings(epochs=8, callbacks=[stop, save, keep])
    history = nn.fit(**arguments)
    best = int(np.argmin(history["val_loss"]))
    assert history.best == best + 1
    assert len(history) == best + 3
    np.testing.assert_array_equal(arguments["model"].weight.data, weights[best])
    saved = sorted(tmp_path.iterdir())
    np.testing.assert_array_equal(nn.load(saved[-1])["weight"], weights[best])
    with pytest.raises(OptionError, match="accuracy"):
        nn.fit(**settings(callbacks=[callbacks.ModelCheckpoint(tmp_path / "{accuracy}")]))
    with pytest.raises(OptionError, match="'val_acc' is not measured"):
        nn.fit(**settings(callbacks=[callbacks.EarlyStopping("val_acc")]))


def test_a_schedule_sets_the_rate_before_each_epoch():
    both = callbacks.LearningRateScheduler(lambda epoch, lr: lr / 2 if epoch else lr)
    assert nn.fit(**settings(callbacks=[both]))["lr"] == [0.1, 0.05, 0.025]
    alone = callbacks.LearningRateScheduler(lambda epoch: 1 / (epoch + 1))
    assert nn.fit(**settings(callbacks=[alone]))["lr"] == [1.0, 0.5, 1 / 3]


def test_the_table_has_a_row_for_each_epoch(tmp_path):
    path = tmp_path / "log.csv"
    history = nn.fit(**settings(callbacks=[callbacks.CSVLogger(path)]))

    def rows():
        with path.open(newline="", encoding="utf-8") as file:
            return list(csv.reader(file))

    assert rows()[0] == ["epoch", "lr", "loss", "val_loss"]
    assert [float(row[2]) for row in rows()[1:]] == history["loss"]
    nn.fit(**settings(callbacks=[callbacks.CSVLogger(path, append=True)]))
    assert len(rows()) == 7
    with pytest.raises(OptionError, match="columns"):
        nn.fit(**settings(validation=None, callbacks=[callbacks.CSVLogger(path, append=True)]))


class Crash(callbacks.Callback):
    """Keeps the weights after each step, and raises after one."""

    def __init__(self, step=None, error=None):
        self.step, self.error, self.taken = step, error, []
        self.first = None

    def on_train_batch_begin(self, batch, logs=None):
        if self.first is None:
            self.first = self.history.before, self.model.weight.data.copy()

    def on_train_batch_end(self, batch, logs=None):
        self.taken.append(self.model.weight.data.copy())
        if len(self.taken) == self.step:
            raise self.error


@pytest.mark.parametrize("save_freq", ["epoch", 1, 5])
@pytest.mark.parametrize("step", [3, 9, 11])  # of 4 in each epoch
@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_a_run_goes_on_from_its_backup(tmp_path, save_freq, step, error):
    def run(watch, **options):
        backup = callbacks.BackupAndRestore(tmp_path / "run", save_freq, **options)
        model = nn.Linear(1, 1, generator=np.random.default_rng(2))
        optimizer = nn.optim.Adam(model.parameters(), lr=0.1)
        x = np.linspace(-1, 1, 16)[:, None]
        data = nn.DataLoader((x, x**2), 4)
        order = [watch, backup] if save_freq == "epoch" else [backup, watch]
        fit = lambda: nn.fit(model, data, nn.mse, optimizer, 4, callbacks=order)  # noqa: E731
        return model, optimizer, fit

    crash = Crash(step, error)
    with pytest.raises(ValueError) if error is ValueError else contextlib.nullcontext():
        run(crash)[2]()
    every = 4 if save_freq == "epoch" else save_freq
    saved = every * (step // every)
    again = Crash()
    _, optimizer, fit = run(again)
    history = fit()
    first = crash.first[1] if not saved else crash.taken[saved - 1]
    np.testing.assert_array_equal(again.first[1], first)
    assert again.first[0] == (saved // 4 if save_freq == "epoch" else max(saved - 1, 0) // 4)
    assert history.epoch == list(range(again.first[0], 4))
    steps = {int(state["step"]) for state in optimizer.state_dict()["state"].values()}
    assert steps == {saved + len(again.taken)}
    assert not (tmp_path / "run").exists()


def test_backups_are_kept_and_replaced_as_asked(tmp_path, monkeypatch):
    folder = tmp_path / "run"

    def run(epochs, **options):
        backup = callbacks.BackupAndRestore(folder, delete_checkpoint=False, **options)
        return nn.fit(**settings(epochs=epochs, callbacks=[backup])).epoch

    assert run(2, double_checkpoint=True) == [0, 1]
    assert sorted(path.name for path in folder.iterdir()) == [
        "latest.safetensors", "latest.safetensors.bkp"
    ]  # fmt: skip
    latest = folder / "latest.safetensors"
    whole = latest.read_bytes()
    latest.write_bytes(whole[:50])  # damaged: the one before is read
    assert run(3, double_checkpoint=True) == [1, 2]
    whole = latest.read_bytes()
    monkeypatch.setattr("os.fsync", lambda file: (_ for _ in ()).throw(OSError("no space")))
    with pytest.raises(OSError, match="no space"):
        run(4)
    monkeypatch.undo()
    assert latest.read_bytes() == whole
    (folder / "latest.safetensors.bkp").unlink()
    latest.write_bytes(whole[:50])
    with pytest.raises(WeightsError):
        run(4)
    nn.save(nn.Linear(1, 1), latest)
    with pytest.raises(WeightsError, match="no backup"):
        run(4)
    for options in ({"backup_dir": ""}, {"backup_dir": "a", "save_freq": 0}):
        with pytest.raises(OptionError, match=r"backup_dir|save_freq"):
            callbacks.BackupAndRestore(**options)


def test_weights_are_saved_after_so_many_steps(tmp_path):
    crash = Crash()
    save = callbacks.ModelCheckpoint(tmp_path / "new" / "{epoch}-{batch}", save_freq=3)
    better = callbacks.ModelCheckpoint(
        tmp_path / "{epoch}", "loss", save_best_only=True, initial_value_threshold=0.0
    )
    nn.fit(**settings(callbacks=[crash, save, better]))
    names = {path.name for path in (tmp_path / "new").iterdir()}
    count = len(crash.taken) // 3
    places = [divmod(step - 1, count) for step in range(3, len(crash.taken) + 1, 3)]
    assert names == {f"{epoch + 1}-{batch + 1}" for epoch, batch in places}
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def test_callbacks_resume_with_the_run(tmp_path):
    def arguments(**options):
        watched = [
            callbacks.EarlyStopping(patience=4, restore_best_weights=True),
            callbacks.ReduceLROnPlateau(patience=1, factor=0.5, min_delta=0.01),
            callbacks.CSVLogger(tmp_path / f"{options['epochs']}.csv"),
        ]
        return settings(callbacks=watched, **options)

    whole, path = arguments(epochs=12), tmp_path / "run.safetensors"
    expected = nn.fit(**whole)
    nn.fit(**arguments(epochs=5, checkpoint=path))
    resumed = arguments(epochs=12, checkpoint=path, resume=True)
    table = (tmp_path / "12.csv").read_text()
    assert nn.fit(**resumed).rows == expected.rows
    assert (tmp_path / "12.csv").read_text() == table
    assert (resumed["model"].weight.data == whole["model"].weight.data).all()


# -- what is seen ---------------------------------------------------------------------------------


def test_progress_is_shown_in_terminals_only(capsys, monkeypatch):
    monkeypatch.setattr("tqdm.auto.tqdm.monitor_interval", 0)  # else a thread of it stays
    nn.fit(**settings())
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    nn.fit(**settings())
    shown = capsys.readouterr().err.rpartition("\r")[2]
    assert "epoch 3/3: 100%" in shown
    assert "9/9" in shown
    assert "step/s" in shown
    assert "val_loss=" in shown
    nn.fit(**settings(progress=False))
    assert capsys.readouterr().err == ""
    with pytest.raises(OptionError, match="progress"):
        nn.fit(**settings(progress="yes"))


def test_a_stream_of_batches_has_a_bar_of_epochs(capsys, monkeypatch):
    monkeypatch.setattr("tqdm.auto.tqdm.monitor_interval", 0)

    class Stream:
        def __iter__(self):
            return iter([(np.zeros((1, 2)), np.zeros((1, 1)))])

    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    nn.fit(**settings(data=Stream(), progress=True))
    assert "3/3" in capsys.readouterr().err


def test_a_log_gets_a_few_lines_instead_of_a_bar(capsys):
    history = nn.fit(**settings(progress=True))
    first, last = capsys.readouterr().err.splitlines()
    assert first.startswith("epoch 1/3: lr 0.1, loss ")
    assert last.startswith(f"epoch 3/3: lr 0.1, loss {history['loss'][-1]:.4g}, val_loss ")


def test_a_line_is_written_for_the_first_epoch_after_ten_seconds(capsys):
    clock = iter(range(0, 1000, 4))  # two readings in an epoch with a line, one in another
    lines = ProgressLines(lambda: next(clock))
    nn.fit(**settings(progress=False, epochs=9, callbacks=[lines]))
    written = [line.partition(":")[0] for line in capsys.readouterr().err.splitlines()]
    assert written == ["epoch 1/9", "epoch 4/9", "epoch 7/9", "epoch 9/9"]


@pytest.mark.parametrize("jit", [False, True])
@pytest.mark.parametrize("limit", [None, 0.1])
def test_the_norm_of_gradients_is_that_before_clipping(jit, limit):
    norms = []

    class Measured(nn.optim.SGD):
        pass

    arguments = settings(epochs=2, max_norm=limit, gradient_norm=True, jit=jit)
    model, data = arguments["model"], list(arguments["data"])
    arguments["data"] = data
    twin = nn.Linear(2, 1)
    twin.load_state_dict(model.state_dict())
    optimizer = Measured(twin.parameters(), lr=0.1, momentum=0.5)
    for _ in range(2):
        epoch = []
        for x, y in data:
            optimizer.zero_grad()
            nn.mse(twin(x), y).backward()
            epoch.append(nn.optim.clip_grad_norm(twin.parameters(), limit or np.inf))
            optimizer.step()
        norms.append(np.mean(epoch))
    assert nn.fit(**arguments)["gradient_norm"] == pytest.approx(norms, rel=1e-12)


def test_a_live_plot_does_nothing_outside_jupyter(capsys):
    nn.fit(**settings(callbacks=[callbacks.LivePlot()]))
    assert capsys.readouterr() == ("", "")


@pytest.mark.slow
def test_a_live_plot_is_updated_in_jupyter():
    nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
    client = pytest.importorskip("nbclient", reason="nbclient is not installed")
    pytest.importorskip("ipykernel", reason="ipykernel is not installed")
    lines = (
        "import numpy as np, nn",
        "model, x = nn.Linear(2, 1), np.ones((8, 2))",
        "optimizer = nn.optim.SGD(model.parameters(), lr=0.1)",
        "plot = nn.callbacks.LivePlot()",
        "nn.fit(model, [(x, x[:, :1])], nn.mse, optimizer, 3, callbacks=[plot]);",
    )
    cell = nbformat.v4.new_code_cell("\n".join(lines))
    seen = []

    class Client(client.NotebookClient):
        def process_message(self, message, cell, cell_index):
            if message["msg_type"] in ("display_data", "update_display_data"):
                seen.append(message["content"]["data"]["image/png"])
            return super().process_message(message, cell, cell_index)

    Client(nbformat.v4.new_notebook(cells=[cell]), timeout=120, kernel_name="python3").execute()
    assert len(set(seen)) == len(seen) == 3
    text = "".join(output.get("text", "") for output in cell.outputs)
    assert "epoch 3/3: 100%" in text
    assert "Warning" not in text


def scalars(folder):
    """Return the tags and numbers in TensorBoard's files, which are framed protocol buffers."""
    event_pb2 = pytest.importorskip("tensorboardX.proto.event_pb2")
    found = {}
    for path in sorted(folder.iterdir()):
        data, at = path.read_bytes(), 0
        while at < len(data):
            (length,) = struct.unpack("<Q", data[at : at + 8])
            event = event_pb2.Event.FromString(data[at + 12 : at + 12 + length])
            at += 16 + length
            for value in event.summary.value:
                if value.HasField("simple_value"):
                    found.setdefault(value.tag, []).append((event.step, value.simple_value))
    return found


def test_logs_for_tensorboard_hold_the_measurements(tmp_path):
    pytest.importorskip("tensorboardX", reason="tensorboardX is not installed")
    board = callbacks.TensorBoard(tmp_path, histogram_freq=1, update_freq="batch")
    history = nn.fit(**settings(callbacks=[board]))
    train, validation = scalars(tmp_path / "train"), scalars(tmp_path / "validation")
    assert [step for step, _ in train["epoch_loss"]] == [0, 1, 2]
    assert [x for _, x in train["epoch_loss"]] == pytest.approx(history["loss"], rel=1e-6)
    assert [x for _, x in validation["epoch_loss"]] == pytest.approx(history["val_loss"], rel=1e-6)
    assert [step for step, _ in train["batch_loss"]] == list(range(1, 10))


def test_tensorboard_without_its_writer_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    with pytest.raises(MissingProgramError, match=r'pip install "chainrule\[tensorboard\]"'):
        nn.fit(**settings(callbacks=[callbacks.TensorBoard(tmp_path)]))
    with pytest.raises(OptionError, match="update_freq"):
        callbacks.TensorBoard(update_freq="often")


def test_a_checkpoint_of_other_callbacks_is_refused(tmp_path):
    path = tmp_path / "run.safetensors"
    nn.fit(**settings(callbacks=[callbacks.EarlyStopping()], checkpoint=path))
    with pytest.raises(nn.weights.WeightsError, match="callbacks"):
        nn.fit(**settings(checkpoint=path, resume=True))
    with pytest.raises(DataError):
        nn.fit(**settings(loss=lambda y, t: None))
