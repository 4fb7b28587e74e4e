import numpy as np
import pytest

import nn
from autograd.errors import DataError, OptionError
from nn.training import privacy

RANDOM = np.random.default_rng(0)
X, Y = RANDOM.normal(size=(12, 3)), RANDOM.normal(size=12)


class Network(nn.Module):
    def __init__(self):
        random = np.random.default_rng(1)
        self.first = nn.Parameter(random.normal(size=(3, 4)))
        self.second = nn.Parameter(random.normal(size=4))

    def forward(self, x):
        return np.tanh(x @ self.first) @ self.second


def mse(outputs, targets):
    return ((outputs - targets) ** 2).mean()


def private(model, limit, noise, **options):
    optimizer = nn.optim.SGD(model.parameters(), lr=1.0)
    return nn.DPSGD(model, mse, optimizer, limit, noise, np.random.default_rng(2), **options)


def moved(model, before):
    return np.concatenate([np.ravel(before[n] - p.data) for n, p in model.named_parameters()])


def test_per_example_gradients_sum_to_the_batch_gradient():
    model = Network()
    kept = np.ones((3, 4))
    model.first.grad = kept
    found = nn.per_example_grads(mse, model, X, Y)
    assert model.first.grad is kept
    assert found["first"].shape == (12, 3, 4)
    model.zero_grad()
    mse(model(X), Y).backward()
    for name, parameter in model.named_parameters():
        np.testing.assert_allclose(found[name].mean(axis=0), parameter.grad, rtol=1e-12)


def test_each_row_is_the_gradient_of_one_example():
    model = Network()
    found = nn.per_example_grads(mse, model, X, Y)
    mse(model(X[4:5]), Y[4:5]).backward()
    np.testing.assert_array_equal(found["second"][4], model.second.grad)


def test_a_private_step_without_noise_is_an_ordinary_step():
    model, other = Network(), Network()
    loss = private(model, 1e9, 0.0).step(X, Y)
    result = mse(other(X), Y)
    result.backward()
    nn.optim.SGD(other.parameters(), lr=1.0).step()
    assert loss == pytest.approx(result.item())
    for a, b in zip(model.parameters(), other.parameters(), strict=True):
        np.testing.assert_allclose(a.data, b.data, rtol=1e-12)
        assert a.grad is None


def test_each_example_contributes_at_most_the_limit():
    model = Network()
    before = model.state_dict()
    found = nn.per_example_grads(mse, model, X, Y)
    norms = np.sqrt(sum((g.reshape(12, -1) ** 2).sum(axis=1) for g in found.values()))
    limit = float(np.median(norms))
    private(model, limit, 0.0).step(X, Y)
    scales = np.minimum(1, limit / norms)
    expected = [np.einsum("n...,n->...", g, scales).ravel() / 12 for g in found.values()]
    np.testing.assert_allclose(moved(model, before), np.concatenate(expected), rtol=1e-12)


def test_noise_has_the_requested_standard_deviation():
    class Wide(nn.Module):
        def __init__(self):
            self.weight = nn.Parameter(np.zeros(20_000))

        def forward(self, x):
            return x[:, 0] * self.weight[0] * 0.0

    model = Wide()
    before = model.state_dict()
    private(model, 3.0, 2.0, expected_batch_size=4).step(X, Y)
    change = moved(model, before)
    assert np.std(change) == pytest.approx(2.0 * 3.0 / 4, rel=0.02)
    assert np.mean(change) == pytest.approx(0.0, abs=0.05)


def test_a_seed_gives_the_same_noise():
    models = Network(), Network()
    for model in models:
        private(model, 1.0, 1.0).step(X, Y)
    np.testing.assert_array_equal(models[0].first.data, models[1].first.data)


def test_frozen_and_unused_parameters_are_allowed():
    model = Network()
    model.unused = nn.Parameter(np.zeros(2))
    model.first.requires_grad = False
    before = model.state_dict()
    assert set(nn.per_example_grads(mse, model, X, Y)) == {"second", "unused"}
    private(model, 1.0, 1.0).step(X, Y)
    np.testing.assert_array_equal(model.first.data, before["first"])
    assert np.all(model.unused.data != 0)  # whether it was used is private, too


@pytest.mark.parametrize(("limit", "noise"), [(0.0, 1.0), (1.0, -1.0), (float("nan"), 1.0)])
def test_invalid_limits_are_rejected(limit, noise):
    with pytest.raises(OptionError, match="max_grad_norm"):
        private(Network(), limit, noise)


def test_a_batch_needs_inputs_targets_and_an_example():
    with pytest.raises(OptionError, match="at least one example"):
        nn.per_example_grads(mse, Network(), X)
    with pytest.raises(OptionError, match="at least one example"):
        private(Network(), 1.0, 0.0).step(X[:0], Y[:0])


def test_complex_parameters_are_refused():
    model = Network()
    model.rotation = nn.Parameter(np.ones(2, complex))
    with pytest.raises(DataError, match="noise is real"):
        private(model, 1.0, 1.0).step(X, Y)


# -- all examples at once ----------------------------------------------------------------------

IMAGES, SEQUENCES = RANDOM.normal(size=(5, 2, 6, 6)), RANDOM.normal(size=(5, 4, 3))
CLASSES = RANDOM.integers(0, 4, 5)

MODELS = {
    "dense": (nn.Sequential(nn.Linear(3, 6), nn.GELU(), nn.LayerNorm(6), nn.Linear(6, 4)), X[:5]),
    "convolution": (
        nn.Sequential(
            nn.Conv2d(2, 3, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(12, 4)
        ),
        IMAGES,
    ),
    "embedding": (nn.Sequential(nn.Embedding(4, 3), nn.Linear(3, 4)), CLASSES),
}


def one_by_one(monkeypatch):
    monkeypatch.setattr(privacy, "_at_once", lambda *_: None)


@pytest.mark.parametrize("name", MODELS)
def test_a_batch_gives_what_single_examples_give(name, monkeypatch):
    model, inputs = MODELS[name]
    assert privacy._at_once(nn.cross_entropy, model, [*model.parameters()], (inputs, CLASSES))
    found = nn.per_example_grads(nn.cross_entropy, model, inputs, CLASSES)
    one_by_one(monkeypatch)
    expected = nn.per_example_grads(nn.cross_entropy, model, inputs, CLASSES)
    for key in expected:
        np.testing.assert_allclose(found[key], expected[key], rtol=1e-10, atol=1e-12)


def test_recurrent_models_give_what_single_examples_give(monkeypatch):
    class Last(nn.Module):
        def __init__(self, cell):
            self.cell = cell(3, 4)

        def forward(self, x):
            return self.cell(x)[0][:, -1]

    for cell in (nn.RNN, nn.GRU, nn.LSTM):
        model = Last(cell)
        found = nn.per_example_grads(nn.cross_entropy, model, SEQUENCES, CLASSES)
        with monkeypatch.context() as patched:
            one_by_one(patched)
            expected = nn.per_example_grads(nn.cross_entropy, model, SEQUENCES, CLASSES)
        for key in expected:
            np.testing.assert_allclose(found[key], expected[key], rtol=1e-10, atol=1e-12)


def test_a_model_that_changes_its_state_runs_one_by_one():
    class Counting(Network):
        def __init__(self):
            super().__init__()
            self.seen, self.calls = None, 0

        def forward(self, x):
            self.seen, self.calls = x, self.calls + 1
            return super().forward(x)

    model = Counting()
    found = nn.per_example_grads(mse, model, X, Y)
    assert model.calls == len(X)
    np.testing.assert_array_equal(model.seen, X[-1:])
    expected = nn.per_example_grads(mse, Network(), X, Y)
    np.testing.assert_allclose(found["first"], expected["first"])


def test_a_model_that_branches_runs_one_by_one():
    class Branching(Network):
        def forward(self, x):
            return super().forward(x) if x[0, 0] > 0 else x @ self.first @ self.second

    found = nn.per_example_grads(mse, Branching(), X, Y)
    for i in (0, 5):
        model = Branching()
        mse(model(X[i : i + 1]), Y[i : i + 1]).backward()
        np.testing.assert_allclose(found["first"][i], model.first.grad)


def test_each_example_has_its_own_dropout_mask():
    layer = nn.Sequential(nn.Linear(1, 40), nn.Dropout(0.5, generator=np.random.default_rng(4)))
    found = nn.per_example_grads(nn.mse, layer, np.ones((6, 1)), np.full((6, 40), 9.0))
    masks = found["0.weight"][:, :, 0] != 0
    assert len({mask.tobytes() for mask in masks}) == 6
    assert 0.3 < masks.mean() < 0.7


def test_blocks_of_examples_give_the_same_step(monkeypatch):
    model, other = Network(), Network()
    private(model, 0.1, 0.0).step(X, Y)
    monkeypatch.setattr(privacy, "BLOCK", 1000)
    private(other, 0.1, 0.0).step(X, Y)
    for (_, one), (_, two) in zip(model.named_parameters(), other.named_parameters(), strict=True):
        np.testing.assert_allclose(one.data, two.data)


def with_penalty(model, penalty):
    return lambda outputs, targets: mse(outputs, targets) + penalty(model)


class Closing(Network):
    """Uses a parameter through a closure too, where no attribute can be replaced."""

    def __init__(self):
        super().__init__()
        second = self.second
        self.shift = lambda x: second.sum()

    def forward(self, x):
        return super().forward(x) + self.shift(x)


@pytest.mark.parametrize(
    ("model", "penalty"),
    [
        (Network(), lambda model: 0.1 * (model.first**2).sum()),
        (Network(), lambda model: 0.1 * model.second.sum()),
        (Closing(), lambda model: 0.0),
    ],
)
def test_gradients_contain_what_the_loss_takes_from_the_model(model, penalty):
    loss = with_penalty(model, penalty)
    found = privacy.per_example_grads(loss, model, X, Y)
    for name, parameter in model.named_parameters():
        original = parameter.data.copy()
        for place in np.ndindex(parameter.shape):
            losses = []
            for change in (1e-6, -1e-6):
                parameter.data = original.copy()
                parameter.data[place] += change
                losses.append(
                    [float(plain(loss(model(x[None]), y))) for x, y in zip(X, Y, strict=True)]
                )
            parameter.data = original
            expected = (np.array(losses[0]) - losses[1]) / 2e-6
            np.testing.assert_allclose(found[name][:, *place], expected, rtol=1e-4, atol=1e-6)


def plain(x):
    return getattr(x, "data", x)


# -- gradients as factors ----------------------------------------------------------------------


class Tied(nn.Module):
    """Uses the weight of its dense layer once more, beside it."""

    def __init__(self):
        self.dense = nn.Linear(3, 4)

    def forward(self, x):
        return self.dense(x) + 0.1 * (x @ self.dense.weight.T)


class Twice(nn.Module):
    def __init__(self):
        self.dense, self.last = nn.Linear(3, 3), nn.Linear(3, 4)

    def forward(self, x):
        return self.last(np.tanh(self.dense(np.tanh(self.dense(x)))))


class Shared(nn.Module):
    def __init__(self):
        self.first, self.second, self.last = nn.Linear(3, 3), nn.Linear(3, 3), nn.Linear(3, 4)
        self.second.weight = self.first.weight

    def forward(self, x):
        return self.last(np.tanh(self.second(np.tanh(self.first(x)))))


FACTORED = {
    **{name: (*MODELS[name], True) for name in ("dense", "convolution", "embedding")},
    "without bias": (nn.Sequential(nn.Linear(3, 5, bias=False), nn.Linear(5, 4)), X[:5], True),
    "sequences": (nn.Sequential(nn.Linear(3, 4), nn.Flatten(), nn.Linear(16, 4)), SEQUENCES, False),
    "tied": (Tied(), X[:5], False),
    "twice": (Twice(), X[:5], False),
    "shared": (Shared(), X[:5], True),  # only its last layer
}


def step_of(model, inputs, limit=0.3):
    """Return the parameters after a step without noise, which are put back."""
    optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
    before = [p.data.copy() for p in model.parameters()]
    nn.DPSGD(model, nn.cross_entropy, optimizer, limit, 0.0).step(inputs, CLASSES)
    found = [p.data.copy() for p in model.parameters()]
    for parameter, data in zip(model.parameters(), before, strict=True):
        parameter.data = data
    return found


@pytest.mark.parametrize("name", FACTORED)
def test_steps_with_factors_are_those_with_whole_gradients(name, monkeypatch):
    model, inputs, is_factored = FACTORED[name]
    before = [vars(module).copy() for module in model.modules()]
    parts = privacy.factored(nn.cross_entropy, model, [*model.parameters()], (inputs, CLASSES))
    assert (parts is not None) == is_factored
    assert [vars(module) for module in model.modules()] == before
    found = step_of(model, inputs)
    monkeypatch.setattr(privacy, "factored", lambda *_: None)
    for ours, theirs in zip(found, step_of(model, inputs), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-12)
    one_by_one(monkeypatch)
    for ours, theirs in zip(found, step_of(model, inputs), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-12)


def test_frozen_biases_and_penalties_are_not_factored():
    model = nn.Linear(3, 4)
    weight = [model.weight]
    assert privacy.factored(nn.cross_entropy, model, weight, (X[:5], CLASSES)) is None
    penalised = lambda y, t: nn.cross_entropy(y, t) + np.sum(model.weight**2)  # noqa: E731
    assert privacy.factored(penalised, model, [*model.parameters()], (X[:5], CLASSES)) is None
