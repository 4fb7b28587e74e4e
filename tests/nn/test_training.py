import copy
import math
import sys

import numpy as np
import pytest

import nn
from autograd.errors import DataError, MissingProgramError, OptionError, WeightsError
from nn.training.checkpoints import Checkpoint


class Network(nn.Module):
    """Two layers, with noise in training from its own generator."""

    def __init__(self, seed=0, noise=0.0):
        random = np.random.default_rng(seed)
        self.first = nn.Parameter(random.normal(size=(2, 8)))
        self.second = nn.Parameter(random.normal(size=8))
        self.register_buffer("batches", np.zeros(1))
        self.noise = noise
        self.generator = np.random.default_rng(seed + 1)

    def forward(self, x):
        if self.training:
            self.batches += 1
            x = x + self.noise * self.generator.normal(size=x.shape)
        return np.tanh(x @ self.first) @ self.second


def mse(outputs, targets):
    return ((outputs - targets) ** 2).mean()


def distance(outputs, targets):
    return np.abs(outputs - targets).mean()


class Pair(Network):
    """A model with two outputs."""

    by_name = False

    def forward(self, x):
        y = super().forward(x)
        return {"first": y, "second": 2 * y} if self.by_name else (y, 2 * y)


@pytest.mark.parametrize(("by_name", "first"), [(False, "outputs[0]"), (True, "outputs['first']")])
def test_losses_of_one_output_refuse_several(by_name, first):
    model, batches = Pair(), [(np.ones((4, 2)), np.ones(4))]
    model.by_name = by_name
    for call in (
        lambda: nn.fit(model, batches, nn.mse, nn.optim.SGD(model.parameters(), lr=0.1), 1),
        lambda: nn.evaluate(model, batches, nn.mse),
    ):
        with pytest.raises(DataError, match="returned a") as caught:
            call()
        assert f"loss({first}, targets)" in str(caught.value)
    both = lambda outputs, targets: sum(mse(y, targets) for y in (  # noqa: E731
        outputs.values() if by_name else outputs))  # fmt: skip
    assert nn.evaluate(model, batches, both)["loss"] > 0


def test_batches_without_examples_are_refused():
    model = nn.Linear(2, 1)
    with pytest.raises(DataError, match="no examples"):
        nn.evaluate(model, [(np.ones((0, 2)), np.ones((0, 1)))], nn.mse)


def points(count=40, seed=3):
    x = np.random.default_rng(seed).normal(size=(count, 2))
    return x, np.sin(x[:, 0]) * x[:, 1]


def loader(**options):
    options = {"batch_size": 8, "shuffle": True, **options}
    return nn.DataLoader(points(), generator=np.random.default_rng(4), **options)


def settings(noise=0.1, **options):
    """Return new arguments of `fit`."""
    model = Network(noise=noise)
    optimizer = nn.optim.Adam(model.parameters(), lr=0.02)
    found = {
        "model": model,
        "data": loader(),
        "loss": mse,
        "optimizer": optimizer,
        "epochs": 6,
        "validation": nn.DataLoader(points(seed=5), batch_size=16),
        "metrics": [distance],
        "progress": False,
    }
    return {**found, **options}


def interrupt_at(step):
    """Return a loss that is interrupted, as by Ctrl-C, when it is computed for that step."""
    calls = []

    def interrupted(outputs, targets):
        calls.append(1)
        if len(calls) == step:
            raise KeyboardInterrupt
        return mse(outputs, targets)

    return interrupted


def assert_same_state(first, second):
    for (name, a), b in zip(first.items(), second.values(), strict=True):
        np.testing.assert_array_equal(a, b, err_msg=name)


def test_training_measures_loss_and_metrics_on_both_parts():
    arguments = settings()
    history = nn.fit(**arguments)
    assert len(history) == 6
    assert list(history.rows[0]) == ["lr", "loss", "distance", "val_loss", "val_distance"]
    assert history["loss"][-1] < history["loss"][0]
    assert history["val_loss"][-1] < history["val_loss"][0]
    assert history.stopped == ""
    model = arguments["model"]
    assert not model.training
    assert all(p.grad is None for p in model.parameters())
    x, y = points(seed=5)
    assert history["val_loss"][-1] == pytest.approx(mse(model(x).data, y))
    assert history["val_distance"][-1] == pytest.approx(distance(model(x).data, y))


def test_fit_matches_a_hand_written_loop():
    arguments = settings()
    history = nn.fit(**arguments)
    again = settings()
    model, losses = again["model"], []
    for _ in range(6):
        total = 0.0
        model.train()
        for x, y in again["data"]:
            model.zero_grad()
            loss = mse(model(x), y)
            loss.backward()
            again["optimizer"].step()
            total += loss.item() * len(y)
        losses.append(total / 40)
    assert history["loss"] == losses
    assert_same_state(arguments["model"].state_dict(), model.state_dict())


def test_accumulated_gradients_match_one_large_batch():
    large = settings(noise=0.0, data=loader(batch_size=16), optimizer=None)
    small = settings(noise=0.0, data=loader(batch_size=4), accumulate=4, optimizer=None)
    uneven = settings(noise=0.0, data=loader(batch_size=7), accumulate=6, optimizer=None)
    whole = settings(noise=0.0, data=loader(batch_size=40), optimizer=None)
    histories = []
    for arguments in (large, small, uneven, whole):
        arguments["optimizer"] = nn.optim.SGD(arguments["model"].parameters(), lr=0.05)
        histories.append(nn.fit(**arguments))
    np.testing.assert_allclose(histories[0]["loss"], histories[1]["loss"], rtol=1e-12)
    np.testing.assert_allclose(histories[2]["loss"], histories[3]["loss"], rtol=1e-12)
    np.testing.assert_allclose(large["model"].first.data, small["model"].first.data, rtol=1e-12)
    np.testing.assert_allclose(uneven["model"].first.data, whole["model"].first.data, rtol=1e-12)


def test_gradients_are_clipped_before_each_step():
    arguments = settings(noise=0.0, max_norm=0.1, epochs=1, data=loader(batch_size=40))
    arguments["optimizer"] = nn.optim.SGD(arguments["model"].parameters(), lr=1.0)
    before = arguments["model"].state_dict()
    nn.fit(**arguments)
    after = arguments["model"].state_dict()
    moved = np.concatenate([np.ravel(after[n] - before[n]) for n in ("first", "second")])
    assert np.linalg.norm(moved) == pytest.approx(0.1, rel=1e-4)


@pytest.mark.parametrize(("each", "steps"), [("epoch", 6), ("batch", 30)])
def test_the_schedule_steps_after_each_epoch_or_batch(each, steps):
    arguments = settings(schedule_each=each)
    schedule = nn.optim.ExponentialLR(arguments["optimizer"], 0.9)
    history = nn.fit(**arguments, schedule=schedule)
    assert schedule.last_epoch == steps
    assert arguments["optimizer"].param_groups[0]["lr"] == pytest.approx(0.02 * 0.9**steps)
    assert history["lr"][0] == pytest.approx(0.02 if each == "epoch" else 0.02 * 0.9**5)


def test_a_plateau_schedule_uses_the_monitored_metric():
    arguments = settings()
    schedule = nn.optim.ReduceLROnPlateau(arguments["optimizer"], patience=0, threshold=10.0)
    nn.fit(**arguments, schedule=schedule, monitor="val_distance")
    assert arguments["optimizer"].param_groups[0]["lr"] < 1e-5


def test_early_stopping_restores_the_best_weights():
    arguments = settings(epochs=50)
    arguments["optimizer"].param_groups[0]["lr"] = 0.5  # large enough to get worse
    snapshots = []
    history = nn.fit(
        **arguments,
        early_stopping=nn.EarlyStopping(patience=3),
        callbacks=[lambda model, history: snapshots.append(model.state_dict())],
    )
    best = int(np.argmin(history["val_loss"]))
    assert history.best == best + 1
    assert len(history) == best + 4 < 50
    assert f"after epoch {best + 4}" in history.stopped
    assert f"epoch {best + 1}" in repr(history)
    assert_same_state(arguments["model"].state_dict(), snapshots[best])


def test_the_best_weights_are_restored_after_the_last_epoch():
    arguments = settings(epochs=5)
    arguments["optimizer"].param_groups[0]["lr"] = 0.5
    snapshots = []
    history = nn.fit(
        **arguments,
        monitor="val_distance",
        early_stopping=nn.EarlyStopping(patience=50, mode="max", min_delta=0.01),
        callbacks=[lambda model, history: snapshots.append(model.state_dict())],
    )
    assert history.stopped == ""
    assert history.best == int(np.argmax(history["val_distance"])) + 1
    assert_same_state(arguments["model"].state_dict(), snapshots[history.best - 1])


def test_a_nan_metric_is_never_the_best():
    stopping = nn.EarlyStopping(patience=2)
    model = Network()
    assert not stopping.ends(1, math.nan, model)
    assert not stopping.weights
    assert not stopping.ends(2, 1.0, model)
    assert not stopping.ends(3, math.nan, model)
    assert stopping.ends(4, math.nan, model)
    assert stopping.epoch == 2


def test_a_callback_can_end_training():
    def enough(model, history):
        return len(history) == 2

    history = nn.fit(**settings(callbacks=[enough]))
    assert len(history) == 2
    assert history.stopped == "after epoch 2, by enough"


def test_an_interrupt_keeps_the_model_and_reports_progress():
    arguments = settings(loss=interrupt_at(8), validation=None)
    history = nn.fit(**arguments)
    assert history.stopped == "interrupted in epoch 2, after step 2"
    assert len(history) == 1
    assert "stopped: interrupted" in repr(history)
    model = arguments["model"]
    assert not model.training
    reference = settings(validation=None, epochs=2)
    kept = []
    step = reference["optimizer"].step

    def recorded(closure):
        step(closure)
        kept.append(reference["model"].state_dict())

    reference["optimizer"].step = recorded
    nn.fit(**reference)
    np.testing.assert_array_equal(model.first.data, kept[6]["first"])


def complete(path, **options):
    arguments = settings(**options)
    optimizer = arguments["optimizer"]
    arguments["schedule"] = nn.optim.SequentialLR(
        optimizer,
        [nn.optim.LinearLR(optimizer, total_iters=2), nn.optim.ExponentialLR(optimizer, 0.8)],
        milestones=[2],
    )
    arguments["early_stopping"] = nn.EarlyStopping(patience=10)
    return {**arguments, "checkpoint": path}


@pytest.mark.parametrize("step", [9, 13, 25])
def test_resumed_training_equals_uninterrupted_training(tmp_path, step):
    whole = complete(tmp_path / "whole.safetensors")
    expected = nn.fit(**whole)

    path = tmp_path / "run.safetensors"
    broken = complete(path, validation=None, loss=interrupt_at(step))
    broken["validation"] = settings()["validation"]
    assert "interrupted" in nn.fit(**broken).stopped

    resumed = complete(path, resume=True)
    history = nn.fit(**resumed)
    assert history.rows == expected.rows
    assert history.best == expected.best
    assert_same_state(resumed["model"].state_dict(), whole["model"].state_dict())
    for number, state in whole["optimizer"].state_dict()["state"].items():
        assert_same_state(state, resumed["optimizer"].state_dict()["state"][number])
    assert resumed["model"].generator.random() == whole["model"].generator.random()
    assert resumed["data"].generator.random() == whole["data"].generator.random()


def test_finished_training_resumes_only_for_more_epochs(tmp_path):
    path = tmp_path / "run.safetensors"
    nn.fit(**settings(checkpoint=path, epochs=3))
    again = nn.fit(**settings(checkpoint=path, resume=True, epochs=3))
    assert len(again) == 3
    longer = nn.fit(**settings(checkpoint=path, resume=True, epochs=6))
    assert longer.rows == nn.fit(**settings()).rows


def test_resuming_without_a_file_starts_from_scratch(tmp_path):
    history = nn.fit(**settings(checkpoint=tmp_path / "new.safetensors", resume=True))
    assert history.rows == nn.fit(**settings()).rows


def test_a_foreign_checkpoint_raises_and_changes_nothing(tmp_path):
    path = tmp_path / "run.safetensors"
    nn.fit(**settings(checkpoint=path, epochs=2))
    arguments = settings(checkpoint=path, resume=True)
    before = arguments["model"].state_dict()
    with pytest.raises(WeightsError, match="early stopping: False, but this run has True"):
        nn.fit(**arguments, early_stopping=nn.EarlyStopping())
    optimizer = arguments["optimizer"]
    with pytest.raises(WeightsError, match="schedule: None, but this run has StepLR"):
        nn.fit(**arguments, schedule=nn.optim.StepLR(optimizer, 1))
    sgd = nn.optim.SGD(arguments["model"].parameters())
    with pytest.raises(WeightsError, match="optimizer: Adam, but this run has SGD"):
        nn.fit(**{**arguments, "optimizer": sgd})
    adam = nn.optim.Adam([{"params": [p]} for p in arguments["model"].parameters()])
    with pytest.raises(WeightsError, match="groups"):
        nn.fit(**{**arguments, "optimizer": adam})
    assert_same_state(arguments["model"].state_dict(), before)
    nn.save(arguments["model"], path)
    with pytest.raises(WeightsError, match="not a checkpoint"):
        nn.fit(**arguments)
    assert_same_state(arguments["model"].state_dict(), before)


def test_every_kind_of_generator_is_restored(tmp_path):
    path = tmp_path / "run.safetensors"
    for kind in (np.random.PCG64DXSM, np.random.MT19937, np.random.Philox, np.random.SFC64):
        model = Network()
        model.generator = np.random.Generator(kind(7))
        optimizer = nn.optim.SGD(model.parameters())
        checkpoint = Checkpoint(model, optimizer, nn.History())
        model.generator.normal(size=3)
        checkpoint.save(path)
        expected = model.generator.normal(size=3)
        checkpoint.restore(path)
        np.testing.assert_array_equal(model.generator.normal(size=3), expected)


def test_resuming_continues_dropout_and_shuffling(tmp_path):
    def arguments(**options):
        nn.seed(3)
        model = nn.Sequential(
            nn.Linear(2, 16), nn.BatchNorm1d(16), nn.Dropout(0.3), nn.Linear(16, 1)
        )
        x, y = points()
        data = nn.DataLoader((x, y[:, None]), batch_size=8, shuffle=True)
        optimizer = nn.optim.AdamW(model.parameters())
        return settings(model=model, data=data, optimizer=optimizer, validation=None, **options)

    path = tmp_path / "run.safetensors"
    whole = arguments()
    expected = nn.fit(**whole)
    nn.fit(**arguments(checkpoint=path, loss=interrupt_at(17)))
    resumed = arguments(checkpoint=path, resume=True)
    nn.seed(99)
    assert nn.fit(**resumed).rows == expected.rows
    assert_same_state(resumed["model"].state_dict(), whole["model"].state_dict())


@pytest.mark.slow
def test_lbfgs_is_trained_by_the_same_loop():
    arguments = settings(noise=0.0, data=loader(batch_size=40), epochs=2)
    model = arguments["model"]
    # Without a line search it may diverge: the rounding of the processor decides.
    arguments["optimizer"] = nn.optim.LBFGS(
        model.parameters(), max_iter=300, line_search_fn="strong_wolfe"
    )
    x, y = points()
    before = mse(model(x), y).item()
    history = nn.fit(**arguments)
    first, second = history["loss"]
    assert second == pytest.approx(mse(model(x), y).item(), rel=1e-2)
    assert before > first >= second * (1 - 1e-9)
    assert history["lr"] == [1.0, 1.0]


def test_whole_batches_go_to_model_and_loss_if_asked_for():
    arguments = settings(data=nn.DataLoader(points()[0], batch_size=8), metrics=(), validation=None)
    arguments["targets"] = "inputs"
    history = nn.fit(**{**arguments, "loss": lambda outputs, batch: (outputs**2).mean()})
    assert history["loss"][-1] < history["loss"][0]
    batches = nn.DataLoader({"x": points()[0], "y": points()[1]}, batch_size=8)

    class FromDict(Network):
        def forward(self, batch):
            return super().forward(batch["x"])

    model = FromDict()
    optimizer = nn.optim.Adam(model.parameters())
    loss = lambda outputs, batch: mse(outputs, batch["y"])  # noqa: E731
    history = nn.fit(model, batches, loss, optimizer, 3, targets="inputs", progress=False)
    assert history["loss"][-1] < history["loss"][0]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"schedule_each": "step"}, "schedule_each='step'"),
        ({"accumulate": 0}, "accumulate=0"),
        ({"resume": True}, "needs a file"),
        ({"early_stopping": nn.EarlyStopping(), "monitor": "f1"}, "'f1' is not measured.*val_loss"),
        ({"data": []}, "no batch"),
        ({"epochs": 1.5}, "epochs=1.5"),
        ({"initial_epoch": 9}, "initial_epoch=9"),
        ({"metrics": nn.mae}, "must be a list"),
        ({"metrics": ["mae"]}, "write a function"),
        ({"callbacks": [nn.TerminateOnNaN]}, r"write TerminateOnNaN\(\)"),
        ({"schedule": abs}, "must be one of nn.optim"),
        (
            {"schedule": nn.optim.StepLR(nn.optim.SGD([nn.Parameter([1.0])]), 1)},
            "another optimizer",
        ),
    ],
)
def test_invalid_arguments_are_rejected(options, message):
    with pytest.raises(OptionError, match=message):
        nn.fit(**settings(**options))


def test_early_stopping_rejects_an_unknown_mode():
    with pytest.raises(OptionError, match="mode='less'"):
        nn.EarlyStopping(mode="less")


@pytest.mark.slow
def test_a_history_can_be_plotted(monkeypatch, tmp_path):
    history = nn.fit(**settings(early_stopping=nn.EarlyStopping()))
    figure = history.plot()
    assert [axes.get_title() for axes in figure.axes] == ["lr", "loss", "distance"]
    assert [len(axes.lines) for axes in figure.axes] == [2, 3, 3]
    figure.savefig(tmp_path / "history.png")
    assert nn.History().plot().axes
    with pytest.raises(OptionError, match="Measured: lr, loss"):
        history["f1"]
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(MissingProgramError, match=r"chainrule\[plot\]"):
        history.plot()


def test_tqdm_shows_a_progress_bar_if_installed(capsys, monkeypatch):
    monkeypatch.setattr("tqdm.auto.tqdm.monitor_interval", 0)  # else a thread of it stays
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    nn.fit(**settings(progress=True))
    assert "6/6" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    assert len(nn.fit(**settings(progress=True))) == 6
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("loss", "message"),
    [
        (lambda y, t: None, "None.*lacks a return"),
        (lambda y, t: float(mse(y, t).data), "a float without a graph"),
        (lambda y, t: mse(y, t).detach(), "without a graph"),
        (lambda y, t: (mse(y, t), 1), "a tuple of"),
    ],
    ids=["None", "float", "detached", "tuple"],
)
def test_a_loss_must_return_a_number_with_a_graph(loss, message):
    with pytest.raises(DataError, match=message):
        nn.fit(**settings(loss=loss))


def test_an_optimiser_of_another_model_is_an_error():
    arguments = settings()
    arguments["model"] = copy.deepcopy(arguments["model"])
    with pytest.raises(OptionError, match="none of the model's parameters"):
        nn.fit(**arguments)


@pytest.mark.parametrize("kind", ["Momentum", "LBFGS"])
def test_own_optimisers_resume_from_checkpoints(kind, tmp_path):
    class Momentum(nn.optim.Optimizer):
        def __init__(self, params, keep=0.9):
            super().__init__(params, {"lr": 0.01, "keep": keep})

        def step(self, closure=None):
            loss = closure()
            for p in self.param_groups[0]["params"]:
                state = self.state[p]
                state["count"] = state.get("count", 0) + 1
                state["v"] = self.param_groups[0]["keep"] * state.get("v", 0.0) + p.grad
                p.data -= self.param_groups[0]["lr"] * state["v"] / state["count"]
            return loss

    def arguments(**options):
        found = settings(noise=0.0, **options)
        parameters = found["model"].parameters()
        found["optimizer"] = (
            Momentum(parameters) if kind == "Momentum" else nn.optim.LBFGS(parameters, 0.1, 2)
        )
        return found

    whole, path = arguments(epochs=4), tmp_path / "run.safetensors"
    expected = nn.fit(**whole)
    nn.fit(**arguments(epochs=2, checkpoint=path))
    resumed = arguments(epochs=4, checkpoint=path, resume=True)
    assert nn.fit(**resumed).rows == expected.rows
    assert_same_state(resumed["model"].state_dict(), whole["model"].state_dict())


def test_a_metric_can_measure_all_examples_together():
    class Farthest:
        def begin(self):
            self.found = 0.0

        def take(self, outputs, targets):
            self.found = max(self.found, float(np.abs(outputs - targets).max()))

        def result(self):
            return self.found

    x = np.arange(6.0)[:, None]
    data = nn.DataLoader((x, np.zeros((6, 1))), batch_size=4)
    model = nn.Linear(1, 1)
    model.weight.data[...], model.bias.data[...] = 1.0, 0.0
    assert nn.evaluate(model, data, nn.mse, [Farthest(), nn.mae])["Farthest"] == 5.0
    optimizer = nn.optim.LBFGS(model.parameters())
    history = nn.fit(model, data, nn.mse, optimizer, 3, metrics=[Farthest()], initial_epoch=1)
    assert history.epoch == [1, 2]
    assert history["Farthest"][-1] < 5.0


def test_a_metric_returns_one_number_under_a_name_of_its_own():
    def lr(outputs, targets):
        return outputs - targets

    with pytest.raises(DataError, match="metric lr_2 returned an array of shape"):
        nn.fit(**settings(metrics=[lr]))
    history = nn.fit(**settings(metrics=[lambda outputs, targets: np.array([7.0])]))
    assert history["<lambda>"][-1] == 7.0
    with pytest.raises(DataError, match=r"write MSELoss\(\)"):
        nn.fit(**settings(loss=nn.MSELoss))
