"""`nn.fit` and others with models, losses, data and optimisers of `nn.torch_style`."""

import functools

import numpy as np
import pytest

import nn
import nn.torch_style as torch
from autograd.errors import DataError, OptionError
from nn import keras_style as keras
from nn.torch_style import nn as layers
from nn.torch_style.nn import functional
from nn.torch_style.utils.data import DataLoader, TensorDataset

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(32, 2)).astype(np.float32)
Y = (np.hypot(X[:, 0], X[:, 1]) < 1.2).astype(int)


class Net(layers.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.first, self.norm = layers.Linear(2, 8), layers.BatchNorm1d(8)
        self.drop, self.last = layers.Dropout(0.1), layers.Linear(8, 2)

    def forward(self, x):
        x = self.norm(self.first(x.view(x.size(0), -1)))
        return self.last(self.drop(torch.relu(x)))


def of_tensors():
    return DataLoader(TensorDataset(torch.from_numpy(X), torch.from_numpy(Y)), batch_size=8)


def of_arrays():
    return nn.DataLoader((X, Y), batch_size=8)


def trained(data=None, loss=functional.cross_entropy, optimizer=torch.optim.Adam, **options):
    model = Net()
    data = of_tensors() if data is None else data
    parts = model, data, loss, optimizer(model.parameters(), lr=0.05), options.pop("epochs", 3)
    return nn.fit(*parts, progress=False, **options), model


def by_hand(data=of_tensors):
    model = Net()
    optimizer, losses = torch.optim.Adam(model.parameters(), lr=0.05), []
    for _ in range(3):
        means = []
        for x, y in map(functools.partial(map, torch.as_tensor), data()):
            optimizer.zero_grad()
            loss = functional.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            means.append(loss.item())
        losses.append(np.mean(means))
    return losses


@pytest.mark.parametrize("data", [of_tensors, of_arrays])
@pytest.mark.parametrize(
    "loss",
    [
        functional.cross_entropy,
        layers.CrossEntropyLoss(),
        lambda outputs, targets: functional.nll_loss(outputs.log_softmax(dim=1), targets),
        nn.cross_entropy,
        nn.CrossEntropyLoss(),
        functools.partial(nn.cross_entropy, reduction="mean"),
    ],
    ids=["function", "module", "lambda", "of nn", "module of nn", "partial"],
)
def test_fit_trains_modules_in_pytorchs_style(data, loss):
    found, model = trained(data(), loss, metrics=[nn.accuracy])
    np.testing.assert_allclose(found["loss"], by_hand(data), rtol=1e-5)
    assert 0.5 < found["accuracy"][-1] <= 1
    assert not model.training
    assert isinstance(model(torch.from_numpy(X)), torch.Tensor)


@pytest.mark.parametrize("optimizer", [torch.optim.Adam, nn.optim.Adam])
@pytest.mark.parametrize("options", [{}, {"jit": True}, {"max_norm": 100.0, "gradient_norm": True}])
def test_optimisers_of_both_styles_and_options_of_fit(optimizer, options):
    found, _ = trained(optimizer=optimizer, **options)
    np.testing.assert_allclose(found["loss"], by_hand(), rtol=1e-5)


def test_a_run_in_pytorchs_style_resumes_bit_for_bit(tmp_path):
    def run(epochs, path):
        torch.manual_seed(7)
        pairs = TensorDataset(torch.from_numpy(X), torch.from_numpy(Y))
        model = Net()
        torch.manual_seed(9)
        torch.randn(1)  # of a pair of normal numbers, the other one is kept
        optimizer = torch.optim.AdamW(model.parameters(), lr=0.05)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 5)
        loader, loss = DataLoader(pairs, batch_size=8, shuffle=True), functional.cross_entropy
        options = {"schedule": schedule, "checkpoint": path, "resume": True, "progress": False}
        history = nn.fit(model, loader, loss, optimizer, epochs, **options)
        return history.rows, model.last.weight.tolist(), torch.randn(3).tolist()

    whole = run(4, tmp_path / "whole")
    run(2, tmp_path / "part")
    torch.randn(5)
    assert run(4, tmp_path / "part") == whole


def test_callbacks_get_the_module_and_keep_its_best_weights(tmp_path):
    seen = []
    callbacks = [
        lambda model, history: seen.append(model.last.weight.detach().clone()),
        nn.callbacks.EarlyStopping("val_loss", patience=9, restore_best_weights=True),
        nn.callbacks.ModelCheckpoint(tmp_path / "best", "val_loss", save_best_only=True),
    ]
    history, model = trained(validation=of_tensors(), callbacks=callbacks, epochs=6)
    best = int(np.argmin(history["val_loss"]))
    assert torch.equal(model.last.weight, seen[best])
    assert nn.load_into(Net(), tmp_path / "best")["last.weight"].tolist() == seen[best].tolist()
    row = nn.evaluate(model, of_tensors(), functional.cross_entropy)
    assert row["loss"] == pytest.approx(history["val_loss"][best])


def test_keras_style_trains_modules_in_pytorchs_style():
    model = keras.Model(Net())
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, metrics=["accuracy"])
    history = model.fit(X, Y, epochs=2, validation_split=0.25, verbose=0)
    assert list(history.history) == ["lr", "loss", "accuracy", "val_loss", "val_accuracy"]
    assert model.predict(X).shape == (32, 2)
    stacked = keras.Sequential([layers.Linear(2, 4), layers.ReLU(), layers.Linear(4, 1)])
    stacked.compile("sgd", "mse")
    losses = stacked.fit(X, Y[:, None], epochs=3, verbose=0)["loss"]
    assert losses[-1] < losses[0]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (lambda: (torch.from_numpy(X), torch.from_numpy(Y)), DataError),
        (lambda: [torch.from_numpy(X)], DataError),
        (lambda: torch.from_numpy(X), DataError),
        (lambda: DataLoader(TensorDataset(torch.from_numpy(X)), batch_size=8), DataError),
    ],
)
def test_tensors_without_targets_are_refused(data, error):
    with pytest.raises(error, match="batch"):
        trained(data())


def test_losses_without_graph_and_other_optimisers_are_refused():
    with pytest.raises(DataError, match="without a graph"):
        trained(loss=lambda outputs, targets: functional.cross_entropy(outputs.detach(), targets))
    model = Net()
    optimizer = torch.optim.SGD(Net().parameters(), lr=0.1)
    with pytest.raises(OptionError, match="none of the model's parameters"):
        nn.fit(model, of_tensors(), functional.cross_entropy, optimizer, 1)
