"""`nn` under `autograd.jit`: the same numbers, bit by bit, and few recordings."""

import importlib
import sys
from pathlib import Path

import numpy as np
import pytest

import nn
from autograd import Tensor, jit

sys.path.insert(0, str(Path(__file__).parent))
from samples import CONSTANTS, TABLE, arrays, factors, flat, state

JIT = importlib.import_module("autograd.program.jit")
TRACING = importlib.import_module("autograd.program.tracing")


@pytest.fixture(autouse=True)
def recordings(monkeypatch):
    """Count recordings: each entry tells whether one was isolated."""
    counted = []

    def record(function, arguments, keywords, isolated=False, *more):
        counted.append(isolated)
        return original(function, arguments, keywords, isolated, *more)

    original = TRACING.record
    monkeypatch.setattr(TRACING, "record", record)
    monkeypatch.setattr(JIT, "record", record)
    return counted


def assert_same(found, expected):
    """Require the same bits, types and structure."""
    if isinstance(expected, dict):
        assert found.keys() == expected.keys()
        found, expected = list(found.values()), list(expected.values())
    if isinstance(expected, (list, tuple)):
        assert len(found) == len(expected)
        for a, b in zip(found, expected, strict=True):
            assert_same(a, b)
    elif expected is None or isinstance(expected, str):
        assert found == expected
    else:
        a, b = (np.asarray(x.data if isinstance(x, Tensor) else x) for x in (found, expected))
        assert (a.dtype, a.shape) == (b.dtype, b.shape)
        assert a.tobytes() == b.tobytes(), (a, b)


# -- a whole training step --------------------------------------------------------------------

OPTIMISERS = {
    "SGD": lambda p: nn.optim.SGD(p, lr=0.1),
    "momentum": lambda p: nn.optim.SGD(p, 0.1, momentum=0.9, dampening=0.1, weight_decay=0.01),
    "Nesterov": lambda p: nn.optim.SGD(p, 0.1, momentum=0.9, nesterov=True),
    "Adam": lambda p: nn.optim.Adam(p, lr=0.01),
    "Adam, everything": lambda p: nn.optim.Adam(p, lr=0.01, amsgrad=True, weight_decay=0.1),
    "AdamW": lambda p: nn.optim.AdamW(p, lr=0.01),
    "RMSprop": lambda p: nn.optim.RMSprop(p, lr=0.01),
    "RMSprop, everything": lambda p: nn.optim.RMSprop(p, momentum=0.5, centered=True),
    "Adagrad": lambda p: nn.optim.Adagrad(p, lr=0.1, lr_decay=0.1),
    "groups": lambda p: nn.optim.Adam([{"params": p[:2], "lr": 0.1}, {"params": p[2:]}]),
}


def network(dtype=np.float64):
    """Return a network with parameters, running statistics and a generator."""
    rng = np.random.default_rng(0)
    return nn.Sequential(
        nn.Linear(4, 8, generator=rng),
        nn.BatchNorm1d(8),
        nn.ReLU(),
        nn.Dropout(0.3, np.random.default_rng(7)),
        nn.Linear(8, 3, generator=rng),
    ).astype(dtype)


def batches(count, dtype=np.float64, size=16):
    rng = np.random.default_rng(3)
    for _ in range(count):
        yield rng.normal(size=(size, 4)).astype(dtype), rng.integers(0, 3, size)


def trained(make, convert, dtype=np.float64, schedule=None, max_norm=None, steps=20):
    """Train; return everything that has changed, and the function."""
    model = network(dtype)
    optimizer = make(model.parameters())
    schedule = None if schedule is None else schedule(optimizer)

    def step(x, y):
        optimizer.zero_grad()
        loss = nn.cross_entropy(model(x), y)
        loss.backward()
        norm = None
        if max_norm is not None:
            norm = nn.optim.clip_grad_norm(model.parameters(), max_norm)
        optimizer.step()
        return loss.data, norm

    step = convert(step)
    found = []
    for x, y in batches(steps, dtype):
        loss, norm = step(x, y)
        found.append((loss.copy(), norm))
        if schedule is not None:
            schedule.step()
    generator = model[3].generator.bit_generator.state
    gradients = [p.grad for p in model.parameters()]
    state = optimizer.state_dict()["state"]
    return [found, model.state_dict(), gradients, list(state.values()), str(generator)], step


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", OPTIMISERS)
def test_training_steps_are_the_same(name, dtype, recordings):
    expected, _ = trained(OPTIMISERS[name], lambda f: f, dtype)
    found, step = trained(OPTIMISERS[name], jit, dtype)
    assert_same(found, expected)
    assert len(recordings) == 4  # the first step, which makes the state, and the second
    assert [path.program.guards for paths in step._cache.values() for path in paths] == [[]]


SCHEDULES = {
    "exponential": lambda o: nn.optim.ExponentialLR(o, 0.9),
    "one cycle": lambda o: nn.optim.OneCycleLR(o, max_lr=0.2, total_steps=21),
    "warm restarts": lambda o: nn.optim.CosineAnnealingWarmRestarts(o, 5),
}


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("name", ["momentum", "AdamW", "RMSprop, everything", "Adagrad"])
def test_schedules_change_rates_without_recording(name, schedule, recordings):
    options = OPTIMISERS[name], np.float64, SCHEDULES[schedule], 0.5
    expected, _ = trained(options[0], lambda f: f, *options[1:])
    found, _ = trained(options[0], jit, *options[1:])
    assert_same(found, expected)
    assert len(recordings) <= 6  # a momentum that changes is recorded once more


@pytest.mark.parametrize("max_norm", [1e-3, 0.3, 1e3])
def test_clipping_needs_no_guard(max_norm, recordings):
    expected, _ = trained(OPTIMISERS["SGD"], lambda f: f, max_norm=max_norm)
    found, _ = trained(OPTIMISERS["SGD"], jit, max_norm=max_norm)
    assert_same(found, expected)
    assert len(recordings) == 4


def test_clipping_by_value_is_the_same():
    def gradients(convert):
        model = network().eval()

        def step(x, y):
            model.zero_grad()
            nn.cross_entropy(model(x), y).backward()
            nn.optim.clip_grad_value(model.parameters(), 0.01)

        step = convert(step)
        found = []
        for x, y in batches(4):
            step(x, y)
            found.append([p.grad.copy() for p in model.parameters()])
        return found

    assert_same(gradients(jit), gradients(lambda f: f))


# -- layers and losses ------------------------------------------------------------------------

#: Losses that raise an error for some numbers: they check them in each run.
CHECKED = ("binary cross-entropy, ", "hinge, ")

#: Layers that fill arrays made by np.zeros and np.empty.
WAITING = ("Conv", "MaxPool", "AvgPool", "RNN", "LSTM", "GRU")
SAMPLES = [sample for sample in TABLE if not sample.name.startswith(WAITING)]


def gradients_of(sample):
    """Return a function of inputs and constants that returns outputs and gradients."""
    model = eval(sample.model, {"nn": nn})
    if model is not None:
        own = model.state_dict()
        model.load_state_dict({**own, **state({name: array.shape for name, array in own.items()})})
    parameters = [] if model is None else model.parameters()
    code = compile(sample.call, sample.name, "eval")

    def run(inputs, constants):
        x = [Tensor(array) for array in inputs]
        outputs = flat(eval(code, {"nn": nn, **constants}, {"model": model, "x": x}))
        for parameter in parameters:
            parameter.grad = None
        total = sum((y * factor).sum() for y, factor in zip(outputs, factors(outputs), strict=True))
        if total.requires_grad:
            total.backward()
        found = [y.data for y in outputs], [p.grad for p in parameters], [node.grad for node in x]
        return *found, [] if model is None else list(model.buffers())

    return run


@pytest.mark.parametrize("sample", SAMPLES, ids=[sample.name for sample in SAMPLES])
def test_a_layer_is_the_same_under_jit(sample, recordings):
    rng = np.random.default_rng(5)
    first = [np.asarray(array, float) for array in arrays(sample)]
    constants = {name: x for name, x in CONSTANTS.items() if name in sample.call}
    eager, found = gradients_of(sample), jit(gradients_of(sample))
    for scale in (1.0, 0.99, 0.97, 0.9):
        inputs = [x * scale if x.min() >= 0 else rng.permuted(x, axis=-1) * scale for x in first]
        assert_same(found(inputs, constants), eager(inputs, constants))
    assert len(recordings) == 2
    (paths,) = found._cache.values()
    assert sample.name.startswith(CHECKED) or paths[0].program.guards == []
