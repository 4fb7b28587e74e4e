"""`nn` under `autograd.jit`: the same numbers, bit by bit, and few recordings."""

import importlib
import sys
from pathlib import Path

import numpy as np
import pytest

import nn
from autograd import Tensor, jit, no_grad, trace
from autograd.errors import DataError, TraceError

sys.path.insert(0, str(Path(__file__).parent))
from samples import CONSTANTS, TABLE, arrays, factors, flat, state

JIT = importlib.import_module("autograd.program.jit")
TRACING = importlib.import_module("autograd.program.tracing")


@pytest.fixture(autouse=True)
def recordings(monkeypatch):
    """List the recordings, isolated ones as well."""
    counted = []

    def record(function, *more):
        counted.append(function)
        return original(function, *more)

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


@pytest.mark.parametrize("sample", TABLE, ids=[sample.name for sample in TABLE])
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


# -- modes, states, replacements --------------------------------------------------------------


def compare(make, changes, recordings=None, expected_recordings=None):
    """Call a jitted function and a plain one on twins, with a change of the model before each."""
    twins = [make(), make()]
    functions = [jit(f) if i else f for i, (f, *_) in enumerate(twins)]
    rng = np.random.default_rng(0)
    for change in changes:
        x = rng.normal(size=(6, 4))
        found = []
        for function, (_, *parts) in zip(functions, twins, strict=True):
            if change is not None:
                change(*parts)
            found.append(function(x))
        assert_same(found[1], found[0])
        for a, b in zip(twins[0][1:], twins[1][1:], strict=True):
            assert_same(b.state_dict(), a.state_dict())
    if expected_recordings is not None:
        assert len(recordings) == 2 * expected_recordings
    return functions[1]


def inference():
    model = network()
    return (lambda x: model(x).data), model


def nothing(model):
    pass


def test_modes_select_programs(recordings):
    changes = [nothing, nothing, lambda m: m.eval(), nothing, lambda m: m.train(), nothing]
    compare(inference, changes, recordings, 2)


def test_the_mode_of_an_inner_module_counts(recordings):
    compare(inference, [nothing, lambda m: m[3].eval(), nothing], recordings, 2)


def test_loaded_weights_are_read(recordings):
    other = {k: v * 1.5 for k, v in network().state_dict().items() if "num_b" not in k}
    changes = [nothing, lambda m: m.load_state_dict(other, strict=False), nothing]
    compare(inference, changes, recordings, 1)


def replace_parameter(model):
    model[0].weight = nn.Parameter(np.ones((8, 4)))


def replace_buffer(model):
    model[1].running_mean = np.full(8, 2.0)


def replace_generator(model):
    model[3].generator = np.random.default_rng(99)


def replace_module(model):
    setattr(model, "2", nn.Tanh())


def convert(model):
    model.astype(np.float32)


def change_setting(model):
    model[3].p = 0.9


@pytest.mark.parametrize(
    "change",
    [replace_parameter, replace_generator, replace_module, change_setting, convert],
)
def test_replaced_parts_are_recorded_anew(change, recordings):
    compare(inference, [nothing, change, nothing], recordings, 2)


def test_a_replaced_buffer_is_read(recordings):
    compare(inference, [nothing, replace_buffer, nothing], recordings, 1)


def gradients():
    model = network()

    def run(x):
        model.zero_grad()
        (model(x) ** 2).mean().backward()
        return [p.grad for p in model.parameters()]

    return run, model


def freeze(model):
    model[0].requires_grad_(False)


def test_freezing_is_noticed():
    compare(gradients, [nothing, freeze, nothing, lambda m: m.requires_grad_(), nothing])


def test_new_hooks_are_called():
    def double(model):
        model[0].weight.register_hook(lambda g: 2 * g)

    compare(gradients, [nothing, double, nothing, double, nothing])


def test_without_gradients(recordings):
    model = network().eval()
    f = jit(lambda x: model(x).data)
    for x, _ in batches(3):
        with no_grad():
            assert_same(f(x), model(x).data)
        assert_same(f(x), model(x).data)
    assert len(recordings) == 4


def test_a_module_itself_can_be_converted(recordings):
    model = network().eval()
    f = jit(model)
    for x, _ in batches(3):
        assert_same(f(x), model(x))
    assert len(recordings) == 2


def test_a_module_may_be_an_argument(recordings):
    f = jit(lambda model, x: model(x).data)
    models = [network().eval(), network()]
    twins = [network().eval(), network()]
    for x, _ in batches(3):
        for model, twin in zip(models, twins, strict=True):
            assert_same(f(model, x), twin(x).data)
    assert len(recordings) == 4


SCALE = 2.0


class Custom(nn.Module):
    """Keeps state in attributes of all kinds."""

    def __init__(self):
        self.inner = [nn.Linear(4, 4, generator=np.random.default_rng(0))]
        self.calls = 0
        self.mean = np.zeros(4)
        self.seen = False
        self.rng = np.random.default_rng(1)

    def forward(self, x):
        self.calls += 1
        self.seen = True
        self.mean = 0.9 * self.mean + 0.1 * x.mean(axis=0)
        noise = self.rng.normal(size=x.shape)
        return SCALE * self.inner[0](x + noise * self.calls) - self.mean


def custom():
    model = Custom()
    model.state_dict = lambda: {
        "calls": model.calls, "seen": str(model.seen), "mean": model.mean,
        "rng": str(model.rng.bit_generator.state),
    }  # fmt: skip
    return (lambda x: model(x).data), model


def test_state_of_all_kinds_is_followed(recordings):
    compare(custom, [nothing] * 6, recordings)
    assert len(recordings) <= 5


def test_a_list_of_modules_is_compared(recordings):
    def replace(model):
        model.inner[0] = nn.Linear(4, 4, generator=np.random.default_rng(5))

    compare(custom, [nothing, nothing, replace, nothing], recordings)


def test_globals_of_a_module_are_compared(monkeypatch):
    model = Custom()
    f, twin = jit(model), Custom()
    x = np.ones((2, 4))
    for number in (2.0, 3.0, 3.0):
        monkeypatch.setitem(globals(), "SCALE", number)
        assert_same(f(x), twin(x))


class Nested(nn.Module):
    """Keeps state in lists and dicts, and one array in two places."""

    def __init__(self):
        self.states = [np.zeros(4), np.zeros(4)]
        self.more = {"sum": np.zeros(4), "count": 0, "inner": {"last": np.zeros(4)}, 3: 1.0}
        self.same = self.states[0]

    def forward(self, x):
        self.states[0] += x.mean(axis=0)
        self.states[1] = self.states[1] * 0.5 + self.same
        self.more["sum"] += self.states[1]
        self.more["count"] += 1
        self.more[3] *= 2.0
        self.more["inner"]["last"] = self.more["sum"] / self.more["count"] + self.more[3]
        return x + self.more["inner"]["last"]


def nested():
    model = Nested()
    model.state_dict = lambda: {
        "states": model.states, "same": model.same, "sum": model.more["sum"],
        "count": model.more["count"], "power": model.more[3],
        "last": model.more["inner"]["last"],
    }  # fmt: skip
    return (lambda x: model(x)), model


def test_state_in_lists_and_dicts_is_followed(recordings):
    compare(nested, [nothing] * 6, recordings)
    assert len(recordings) <= 4


def test_arrays_in_two_places_stay_shared(recordings):
    def separate(model):
        model.same = np.full(4, 7.0)

    def join(model):
        model.states[0] = model.same

    compare(nested, [nothing, nothing, separate, nothing, join, nothing])


class OwnState(nn.optim.Optimizer):
    """Keeps its state by parameter, as optimisers of PyTorch do."""

    def __init__(self, params, lr):
        super().__init__(params, lr=lr)
        self.state = {}
        self.steps = 0

    def step(self):
        self.steps += 1
        for group in self.param_groups:
            for p in group["params"]:
                v = self.state.setdefault(p, {"v": np.zeros_like(p.data)})["v"]
                v *= 0.9
                v += p.grad
                p.data -= group["lr"] / self.steps**0.5 * v


def test_an_optimiser_may_keep_its_own_state(recordings):
    expected, _ = trained(lambda p: OwnState(p, 0.1), lambda f: f)
    found, _ = trained(lambda p: OwnState(p, 0.1), jit)
    assert_same(found, expected)
    assert len(recordings) <= 7


def test_a_module_that_keeps_a_node_is_refused():
    class Keeper(nn.Module):
        def forward(self, x):
            self.kept = Tensor(x) * 2.0
            return self.kept.data

    model = Keeper()
    with pytest.raises(TraceError, match="kept"):
        jit(model)(np.ones(3))
    assert "kept" not in vars(model)


def test_a_list_that_grows_is_never_replayed():
    class Log(nn.Module):
        def __init__(self):
            self.log = []

        def forward(self, x):
            self.log.append(float(len(self.log)))
            return x * 2.0

    model = Log()
    f = jit(model)
    with pytest.warns(RuntimeWarning, match="recorded"):
        assert_same([f(np.ones(2)) for _ in range(20)], [np.full(2, 2.0)] * 20)
    assert model.log == [float(i) for i in range(20)]


def test_trace_leaves_no_mark():
    model = network()
    optimizer = nn.optim.Adam(model.parameters())

    def step(x, y):
        optimizer.zero_grad()
        loss = nn.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        return loss.data

    before = model.state_dict(), str(model[3].generator.bit_generator.state)
    x, y = next(batches(1))
    program = trace(step)(x, y)
    assert len(program.instructions) > 50
    assert_same(model.state_dict(), before[0])
    assert str(model[3].generator.bit_generator.state) == before[1]
    assert optimizer.state_dict()["state"] == {}
    assert all(p.grad is None for p in model.parameters())
    assert all(type(x) in (np.ndarray, np.generic) for x in model.buffers())


def test_an_error_leaves_what_it_leaves_without_jit():
    def run(convert):
        model = network()

        def late(x):
            model(x)
            raise ValueError("late")

        with pytest.raises(ValueError, match="late"):
            convert(late)(next(batches(1))[0])
        return model.state_dict(), str(model[3].generator.bit_generator.state)

    assert_same(run(jit), run(lambda f: f))


def test_wrong_targets_raise_the_error_of_the_loss():
    model = network()
    f = jit(lambda x, y: nn.cross_entropy(model(x), y).data)
    x, y = next(batches(1))
    f(x, y)
    before = model.state_dict()
    with pytest.raises(DataError, match="integers from 0 to 2"):
        f(x, y + 1)
    expected = network()
    nn.cross_entropy(expected(x), y)
    assert before.keys() == expected.state_dict().keys()


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


# -- random numbers -----------------------------------------------------------------------------

DRAWS = {
    "normal": lambda rng, x: rng.normal(size=x.shape) * x,
    "scaled": lambda rng, x: rng.normal(x, 2.0),
    "integers": lambda rng, x: x * rng.integers(0, 5, 4),
    "one number": lambda rng, x: x * rng.random(),
    "permutation": lambda rng, x: x[rng.permutation(len(x))],
    "permuted": lambda rng, x: rng.permuted(x, axis=1),
    "choice": lambda rng, x: rng.choice(x, 3),
    "out": lambda rng, x: rng.random(out=np.zeros_like(x)),
    "single": lambda rng, x: rng.standard_normal(dtype="f", out=np.zeros_like(x, np.float32)),
    "gamma": lambda rng, x: rng.standard_gamma(2.0, out=np.zeros_like(x)),
    "a check": lambda rng, x: x if isinstance(rng, np.random.Generator) else None,
    "unused": lambda rng, x: (rng.random(3), x)[1],
}


def shuffle(rng, x):
    x = x.copy()
    rng.shuffle(x)
    return x


@pytest.mark.parametrize("draw", [*DRAWS.values(), shuffle], ids=[*DRAWS, "shuffle"])
def test_a_generator_may_be_an_argument(draw, recordings):
    f = jit(draw)
    ours, theirs = np.random.default_rng(3), np.random.default_rng(3)
    rng = np.random.default_rng(4)
    for _ in range(4):
        x = rng.normal(size=(3, 4))
        assert_same(f(ours, x), draw(theirs, x))
        assert ours.bit_generator.state == theirs.bit_generator.state
    assert len(recordings) == 2


def test_branches_on_random_numbers_draw_once():
    def draw(rng, x):
        if rng.random() < 0.5:
            return x + rng.normal()
        return x * rng.random()

    f = jit(draw)
    ours, theirs = np.random.default_rng(3), np.random.default_rng(3)
    for _ in range(12):
        assert f(ours, 2.0) == draw(theirs, 2.0)
        assert ours.bit_generator.state == theirs.bit_generator.state


def test_the_generator_of_nn_is_followed():
    model = nn.Dropout(0.5)
    f = jit(lambda x: model(x))
    found = []
    for function in (f, model):
        nn.seed(0)
        found.append([function(np.ones((2, 5))) for _ in range(4)])
    assert_same(*found)


def test_generators_do_not_reveal_their_state():
    with pytest.raises(TraceError, match="state"):
        jit(lambda rng, x: rng.bit_generator)(np.random.default_rng(), 1.0)
    with pytest.raises(TraceError, match="spawn"):
        jit(lambda rng, x: rng.spawn(2))(np.random.default_rng(), 1.0)
    with pytest.raises(TraceError, match="bytes"):
        jit(lambda rng, x: rng.bytes(2))(np.random.default_rng(), 1.0)


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
        options = {"progress": False, "jit": is_jitted}
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


# -- the founding articles' networks ------------------------------------------------------------


def step_of(model, loss, make=OPTIMISERS["SGD"]):
    optimizer = make(list(model.parameters()))

    def step(*batch):
        optimizer.zero_grad()
        outputs = model(*batch[:-1])
        outputs = outputs[0] if isinstance(outputs, tuple) else outputs
        result = loss(outputs, batch[-1])
        result.backward()
        nn.optim.clip_grad_norm(model.parameters(), 1.0)
        optimizer.step()
        return result.data, outputs.data

    return step, model


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
