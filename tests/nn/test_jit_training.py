"""`fit`, networks of the founding articles, and the examples, under `autograd.jit`."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

import nn
from autograd import Value, jit

sys.path.insert(0, str(Path(__file__).parent))
from jit_twins import OPTIMISERS, assert_same, network, step_of

# -- training -----------------------------------------------------------------------------------


def fitted(is_jitted, make=OPTIMISERS["AdamW"], epochs=3, **options):
    """Train with `fit`; return the history and what has changed."""
    model = network()
    optimizer = make(model.parameters())
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(50, 4)), rng.integers(0, 3, 50)
    loader = nn.DataLoader((x, y), 16, shuffle=True, generator=rng)  # the last batch is smaller
    options = {name: o(model, optimizer) if callable(o) else o for name, o in options.items()}
    history = nn.fit(
        model, loader, nn.cross_entropy, optimizer, epochs, progress=False, jit=is_jitted, **options
    )
    found = [history.rows, history.stopped, model.state_dict(), optimizer.state_dict()["state"]]
    return [*found, model.training, str(model[3].generator.bit_generator.state)]


def validation(model, optimizer):
    rng = np.random.default_rng(8)
    return nn.DataLoader((rng.normal(size=(20, 4)), rng.integers(0, 3, 20)), 8)


FITS = {
    "plainly": {},
    "with metrics": {"metrics": [nn.accuracy], "validation": validation},
    "with accumulation": {"accumulate": 2, "max_norm": 0.5},
    "with a schedule": {"schedule": lambda m, o: nn.optim.ExponentialLR(o, 0.9)},
    "with a schedule of batches": {
        "schedule": lambda m, o: nn.optim.OneCycleLR(o, 0.1, 12),
        "schedule_each": "batch",
    },
    "with a plateau": {
        "schedule": lambda m, o: nn.optim.ReduceLROnPlateau(o, patience=0, threshold=1.0),
        "validation": validation,
    },
    "with early stopping": {
        "early_stopping": lambda m, o: nn.EarlyStopping(1, min_delta=1.0),
        "validation": validation,
    },
    "with callbacks": {"callbacks": [lambda m, h: m[0].requires_grad_(False) and None]},
}


@pytest.mark.parametrize("name", FITS)
def test_fit_is_the_same(name, recordings):
    assert_same(fitted(True, **FITS[name]), fitted(False, **FITS[name]))
    assert len(recordings) <= 16


def test_fit_records_each_size_once(recordings):
    fitted(True, OPTIMISERS["SGD"], epochs=4)
    assert len(recordings) == 6  # the first step, and two sizes


def test_fit_with_lbfgs_is_the_same():
    def lbfgs(parameters):
        return nn.optim.LBFGS(parameters, max_iter=3)

    assert_same(fitted(True, lbfgs), fitted(False, lbfgs))


def test_fit_resumes_with_programs(tmp_path):
    path = tmp_path / "run.safetensors"
    fitted(True, epochs=2, checkpoint=path)
    found = fitted(True, epochs=4, checkpoint=path, resume=True)
    assert_same(found, fitted(False, epochs=4))


def test_evaluation_is_the_same(recordings):
    model, data = network(), validation(None, None)
    expected = nn.evaluate(model, data, nn.cross_entropy, [nn.accuracy])
    assert nn.evaluate(model, data, nn.cross_entropy, [nn.accuracy], jit=True) == expected
    assert len(recordings) == 4


def test_fit_of_batches_without_targets(recordings):
    def run(is_jitted):
        model = nn.Linear(3, 3, generator=np.random.default_rng(0))
        optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
        data = nn.DataLoader(np.random.default_rng(1).normal(size=(12, 3)), 4)
        options = {"targets": "inputs", "progress": False, "jit": is_jitted}
        return nn.fit(model, data, nn.mse, optimizer, 3, **options).rows, model.state_dict()

    assert_same(run(True), run(False))
    assert len(recordings) == 4


# -- networks of Values -------------------------------------------------------------------------


@pytest.mark.parametrize("make", [OPTIMISERS["SGD"], OPTIMISERS["Adam"], None])
def test_networks_of_values_are_the_same(make, recordings):
    def run(convert):
        model = nn.MLP(2, [4, 1], generator=np.random.default_rng(0))
        optimizer = None if make is None else make(model.parameters())

        def step(x, y):
            model.zero_grad()
            losses = [(model(list(row)) - target) ** 2 for row, target in zip(x, y, strict=True)]
            loss = sum(losses) * (1.0 / len(losses))
            loss.backward()
            if optimizer is None:
                for parameter in model.parameters():
                    parameter.data -= 0.05 * parameter.grad
            else:
                optimizer.step()
            return loss.data

        step = convert(step)
        rng = np.random.default_rng(1)
        found = []
        for _ in range(8):
            x = [tuple(row) for row in rng.normal(size=(3, 2)).tolist()]
            found.append(step(x, rng.normal(size=3).tolist()))
        return found, [p.data for p in model.parameters()], [p.grad for p in model.parameters()]

    assert_same(run(jit), run(lambda f: f))


def test_many_values_are_updated_without_guards(recordings):
    def run(convert):
        values = [Value(i * 0.01) for i in range(1200)]
        optimizer = nn.optim.Adam(values)

        def step(x):
            optimizer.zero_grad()
            (sum(values[::2]) * x).backward()
            optimizer.step()

        step = convert(step)
        for x in (1.0, -2.0, 3.0):
            step(x)
        return [value.data for value in values]

    assert_same(run(jit), run(lambda f: f))
    assert len(recordings) == 4


# -- the founding articles' networks ------------------------------------------------------------


def rumelhart(rng):
    """The network that learns exclusive or (Rumelhart, Hinton & Williams, 1986)."""
    model = nn.Sequential(
        nn.Linear(2, 2, generator=rng), nn.Sigmoid(), nn.Linear(2, 1, generator=rng), nn.Sigmoid()
    )
    inputs = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    step, model = step_of(model, nn.mse, OPTIMISERS["momentum"])
    return step, model, lambda: (inputs, inputs[:, :1] != inputs[:, 1:])


def lecun(rng):
    """A small convolutional network (LeCun et al., 1998)."""
    model = nn.Sequential(
        nn.Conv2d(1, 3, 3, padding=1, generator=rng), nn.Tanh(), nn.AvgPool2d(2),
        nn.Conv2d(3, 4, 3, generator=rng), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(4, 10, generator=rng),
    )  # fmt: skip
    step, model = step_of(model, nn.cross_entropy)
    return step, model, lambda: (rng.normal(size=(4, 1, 8, 8)), rng.integers(0, 10, 4))


class Reader(nn.Module):
    """A recurrent network (Elman, 1990; Hochreiter & Schmidhuber, 1997) on embeddings."""

    def __init__(self, kind, rng):
        self.embedding = nn.Embedding(7, 3, generator=rng)
        self.recurrent = kind(3, 5, generator=rng)
        self.out = nn.Linear(5, 7, generator=rng)

    def forward(self, indices):
        return self.out(self.recurrent(self.embedding(indices))[0][-1])


def reader(kind):
    def make(rng):
        step, model = step_of(Reader(kind, rng), nn.cross_entropy, OPTIMISERS["RMSprop"])
        return step, model, lambda: (rng.integers(0, 7, (4, 6)), rng.integers(0, 7, 6))

    return make


def he(rng):
    """A residual network with normalisation (He et al., 2016; Ioffe & Szegedy, 2015)."""
    model = nn.Sequential(
        nn.Linear(4, 6, generator=rng),
        *[
            nn.Residual(nn.BatchNorm1d(6), nn.ReLU(), nn.Linear(6, 6, generator=rng))
            for _ in range(3)
        ],
        nn.Linear(6, 3, generator=rng),
    )
    step, model = step_of(model, nn.cross_entropy, OPTIMISERS["Nesterov"])
    return step, model, lambda: (rng.normal(size=(8, 4)), rng.integers(0, 3, 8))


class Language(nn.Module):
    """A language model of one transformer block (Vaswani et al., 2017)."""

    def __init__(self, rng):
        self.embedding = nn.Embedding(7, 4, generator=rng)
        self.register_buffer("places", np.sin(np.arange(20.0).reshape(5, 4)))
        self.block = nn.TransformerBlock(
            4, 2, 6, 0.1, nn.gelu, True, True, generator=np.random.default_rng(5)
        )
        self.out = nn.Linear(4, 7, generator=rng)

    def forward(self, indices):
        x = self.embedding(indices) + self.places
        return self.out(self.block(x, is_causal=True)).transpose((0, 2, 1))


def vaswani(rng):
    step, model = step_of(Language(rng), nn.cross_entropy, OPTIMISERS["AdamW"])
    return step, model, lambda: (rng.integers(0, 7, (3, 5)), rng.integers(0, 7, (3, 5)))


ARTICLES = {
    "back-propagation": rumelhart,
    "convolution": lecun,
    "recurrence": reader(nn.RNN),
    "long short-term memory": reader(nn.LSTM),
    "gated recurrence": reader(nn.GRU),
    "residual": he,
    "transformer": vaswani,
}


@pytest.mark.parametrize("name", ARTICLES)
def test_networks_of_the_articles_are_the_same(name, recordings):
    def run(convert):
        step, model, draw = ARTICLES[name](np.random.default_rng(0))
        step = convert(step)
        return [step(*draw()) for _ in range(5)], model.state_dict()

    assert_same(run(jit), run(lambda f: f))
    assert len(recordings) == 4


# -- examples -----------------------------------------------------------------------------------

EXAMPLES = Path(__file__).parents[2] / "examples"


def example(name):
    """Import an example."""
    for needed in ("matplotlib", "sklearn"):
        pytest.importorskip(needed)
    spec = importlib.util.spec_from_file_location(f"example_{name}", EXAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def copy_task(rng):
    module = example("copy_task")
    model = module.Copier(8, 2).astype(np.float32)
    step, model = step_of(model, module.loss_of_copy, OPTIMISERS["AdamW"])
    return step, model, lambda: module.copies(4, rng)


def characters(rng):
    module = example("characters")
    model = module.Writer(9, 8).astype(np.float32)
    step, model = step_of(model, module.loss_of, OPTIMISERS["AdamW"])
    return step, model, lambda: (rng.integers(0, 9, (4, 6)), rng.integers(0, 9, (4, 6)))


def digits(name, make):
    def build(rng):
        model = make(example(name)).astype(np.float32)
        step, model = step_of(model, nn.cross_entropy, OPTIMISERS["AdamW"])
        shape = (6, 1, 8, 8) if name == "digits_cnn" else (6, 8, 8)
        return step, model, lambda: (
            rng.normal(size=shape).astype(np.float32), rng.integers(0, 10, 6),
        )  # fmt: skip

    return build


def deep(kind):
    def build(rng):
        module = example("depth")
        module.DEPTH = 5
        step, model = step_of(module.NETWORKS[kind](), nn.cross_entropy, OPTIMISERS["Adam"])
        return step, model, lambda: (rng.normal(size=(8, 64)), rng.integers(0, 10, 8))

    return build


def policy_gradient(rng):
    module = example("policy_gradient")
    policy = nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 1))
    baseline = nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 1))
    both = nn.Sequential(policy, baseline)
    optimizer = nn.optim.Adam(both.parameters(), lr=1e-2)

    def step(states, pushes, returns):
        expected = baseline(states)[:, 0]
        advantages = returns / 100 - expected.data
        advantages = (advantages - advantages.mean()) / advantages.std()
        surprise = nn.binary_cross_entropy_with_logits(
            policy(states)[:, 0], pushes, reduction="none"
        )
        loss = (surprise * advantages).mean() + nn.mse(expected, returns / 100)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.data

    def draw():
        states, pushes, stood = module.episodes(policy, 4, rng)
        return states[:5, 0], pushes[:5, 0], module.returns_of(stood)[:5, 0]

    return step, both, draw


FROM_EXAMPLES = {
    "a transformer that copies": copy_task,
    "a gated network that writes": characters,
    "convolutions of digits": digits("digits_cnn", lambda module: module.network()),
    "digits row by row": digits("digits_lstm", lambda module: module.Reader(6)),
    "depth, sigmoid": deep("sigmoid"),
    "depth, residual": deep("sigmoid, residual"),
    "depth, batch norm": deep("ReLU, batch norm"),
    "policy gradient": policy_gradient,
}


@pytest.mark.parametrize("name", FROM_EXAMPLES)
def test_networks_of_the_examples_are_the_same(name, recordings):
    def run(convert):
        nn.seed(0)
        step, model, draw = FROM_EXAMPLES[name](np.random.default_rng(0))
        step = convert(step)
        return [step(*draw()) for _ in range(5)], model.state_dict()

    assert_same(run(jit), run(lambda f: f))
    assert len(recordings) == 4


def test_moons_with_their_accuracy_are_the_same(recordings):
    """Count right answers in Python, as micrograd's demo does."""

    def run(convert):
        model = nn.MLP(2, [4, 1], generator=np.random.default_rng(0))
        optimizer = nn.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4)

        def step(points, signs):
            optimizer.zero_grad()
            scores = [model(point) for point in points]
            loss = sum((1 - s * score).relu() for s, score in zip(signs, scores, strict=True))
            loss = loss / len(scores)
            loss.backward()
            optimizer.step()
            right = sum((x.data > 0) == (s > 0) for s, x in zip(signs, scores, strict=True))
            return loss.data, right

        step = convert(step)
        rng = np.random.default_rng(1)
        found = []
        for _ in range(8):
            points, signs = rng.normal(size=(5, 2)).tolist(), rng.choice([-1.0, 1.0], 5).tolist()
            found.append(step(points, signs))
        return found, [p.data for p in model.parameters()]

    assert_same(run(jit), run(lambda f: f))
    assert len(recordings) == 4


def test_steps_with_blocks_of_parameters_are_replayed():
    model = nn.Sequential(nn.Linear(300, 300), nn.Linear(300, 2))  # several blocks of Adam
    adam = nn.optim.Adam(model.parameters())

    @jit
    def step(x):
        adam.zero_grad()
        loss = (model(x) ** 2).mean()
        loss.backward()
        adam.step()
        return loss.item()

    x = np.random.default_rng(0).normal(size=(4, 300))
    losses = [step(x) for _ in range(4)]
    (path,) = next(iter(step._cache.values()))
    losses += [path.run(x) for _ in range(3)]  # no error, of which a call would say nothing
    assert len(set(losses)) == len(losses)
