"""Training steps, optimisers and layers under `autograd.jit`: the same numbers, bit by bit."""

import sys
from pathlib import Path

import numpy as np
import pytest

import nn
from autograd import Tensor, jit
from autograd.errors import TraceError

sys.path.insert(0, str(Path(__file__).parent))
from jit_twins import OPTIMISERS, SCHEDULES, assert_same, batches, compare, network, trained
from samples import CONSTANTS, TABLE, arrays, factors, flat, state

# -- a whole training step --------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", OPTIMISERS)
def test_training_steps_are_the_same(name, dtype, recordings):
    expected, _ = trained(OPTIMISERS[name], lambda f: f, dtype)
    found, step = trained(OPTIMISERS[name], jit, dtype)
    assert_same(found, expected)
    assert len(recordings) == 4  # the first step, which makes the state, and the second
    assert [path.program.guards for paths in step._cache.values() for path in paths] == [[]]


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

#: What raises an error for some numbers, or has shapes that depend on them, and so checks them in each run.
CHECKED = (
    "binary cross-entropy, ",
    "hinge, ",
    "gaussian",
    "ctc",
    "RNN of packed",
    "GRU of packed",
    "EmbeddingBag, ",
    "AdaptiveLogSoftmaxWithLoss",
)


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


@pytest.mark.each("sample", TABLE, ids=lambda sample: sample.name)
def test_a_layer_is_the_same_under_jit(sample, recordings):
    recordings.clear()  # those of another sample
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


# -- optimisers ---------------------------------------------------------------------------------


def optimised(make=OPTIMISERS["Adam"]):
    model = network()
    optimizer = make(model.parameters())

    def step(x):
        optimizer.zero_grad()
        (model(x) ** 2).mean().backward()
        optimizer.step()

    return step, model, optimizer


def test_the_state_of_an_optimiser_may_be_loaded():
    states = []

    def keep(model, optimizer):
        states.append(optimizer.state_dict())

    def load(model, optimizer):
        optimizer.load_state_dict(states[-1])

    def nothing(model, optimizer):
        pass

    compare(optimised, [nothing, nothing, keep, nothing, load, nothing, nothing])


def test_states_may_be_loaded_again_and_again():
    def load(model, optimizer):
        optimizer.load_state_dict(optimizer.state_dict())

    def nothing(model, optimizer):
        pass

    compare(optimised, [nothing, *[load, *[nothing] * 6] * 20])  # warnings are errors


def test_options_and_groups_may_change():
    def weigh(model, optimizer):
        optimizer.param_groups[0]["weight_decay"] = 0.1

    def slow(model, optimizer):
        optimizer.param_groups[0]["lr"] = 1  # an integer

    extra = [nn.Parameter(np.ones(3)), nn.Parameter(np.ones(3))]

    def add(model, optimizer):
        optimizer.add_param_group({"params": [extra.pop()], "lr": 0.5})

    def freeze(model, optimizer):
        model[0].requires_grad_(False)

    def nothing(model, optimizer):
        pass

    compare(
        optimised, [nothing, nothing, weigh, nothing, slow, nothing, add, nothing, freeze, nothing]
    )


def test_a_function_may_have_the_name_of_a_method(monkeypatch, recordings):
    model = nn.Linear(4, 1, generator=np.random.default_rng(0))
    monkeypatch.setitem(globals(), "optimizer", nn.optim.SGD(model.parameters()))
    monkeypatch.setitem(globals(), "step", None)
    code = "def step(x):\n    optimizer.zero_grad()\n    optimizer.step()\n    return x * 2.0"
    exec(code, globals())
    step = globals()["step"] = jit(globals()["step"])
    assert [step(1.0) for _ in range(4)] == [2.0] * 4
    assert len(recordings) == 4  # the first step makes the state


def test_rates_read_by_the_function_are_followed():
    model = nn.Linear(4, 2, generator=np.random.default_rng(0))
    optimizer = nn.optim.SGD(model.parameters(), lr=0.5)
    schedule = nn.optim.ExponentialLR(optimizer, 0.5)
    f = jit(lambda x: optimizer.param_groups[0]["lr"] * x)
    for expected in (0.5, 0.25, 0.125):
        assert f(1.0) == expected
        schedule.step()


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_may_step_inside(name, recordings):
    def make():
        model = network()
        optimizer = nn.optim.SGD(model.parameters(), lr=0.1, momentum=0.5)
        schedule = SCHEDULES[name](optimizer)

        def step(x):
            optimizer.zero_grad()
            (model(x) ** 2).mean().backward()
            optimizer.step()
            schedule.step()
            return optimizer.param_groups[0]["lr"]

        return step, model, optimizer

    compare(make, [lambda *parts: None] * 12, recordings)
    assert len(recordings) <= 7


def test_a_plateau_schedule_is_refused():
    optimizer = nn.optim.SGD([nn.Parameter(np.ones(2))])
    schedule = nn.optim.ReduceLROnPlateau(optimizer)
    with pytest.raises(TraceError, match="outside"):
        jit(schedule.step)(1.0)


def test_lbfgs_takes_a_recorded_closure(recordings):
    def optimum(convert):
        model = nn.Linear(4, 1, generator=np.random.default_rng(0))
        optimizer = nn.optim.LBFGS(model.parameters())
        x, _ = next(batches(1))

        def closure():
            optimizer.zero_grad()
            loss = nn.mse(model(x), x[:, :1])
            loss.backward()
            return loss.data

        loss = optimizer.step(convert(closure))
        with pytest.raises(TraceError, match="jit"):
            jit(lambda: optimizer.step(closure))()
        return loss, model.state_dict()

    assert_same(optimum(jit), optimum(lambda f: f))


def test_private_steps_are_the_same(recordings):
    def steps(convert):
        model = nn.Linear(4, 3, generator=np.random.default_rng(0))
        optimizer = nn.optim.Adam(model.parameters())
        rng = np.random.default_rng(2)
        private = nn.DPSGD(model, nn.cross_entropy, optimizer, 0.1, 1.1, rng)
        step = convert(private.step)
        return [step(x, y) for x, y in batches(5, size=3)], model.state_dict()

    assert_same(steps(jit), steps(lambda f: f))
    assert len(recordings) == 4
