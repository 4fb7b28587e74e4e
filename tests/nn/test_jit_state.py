"""Modes, state of all kinds, and random generators of modules under `autograd.jit`."""

import sys
from pathlib import Path

import numpy as np
import pytest

import nn
from autograd import Tensor, jit, no_grad, trace
from autograd.errors import DataError, TraceError

sys.path.insert(0, str(Path(__file__).parent))
from jit_twins import assert_same, batches, compare, network, trained

# -- modes and replacements ---------------------------------------------------------------------


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
def test_replaced_parts_are_recorded_again(change, recordings):
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


class Remembering(nn.Module):
    """Keeps its last output, None at first."""

    def __init__(self):
        self.inner = nn.Linear(4, 4, generator=np.random.default_rng(0))
        self.last = None

    def forward(self, x):
        y = self.inner(x) if self.last is None else self.inner(x) + self.last
        self.last = y.data
        return y


def remembering():
    model = Remembering()
    model.state_dict = lambda: {"last": model.last}
    return (lambda x: model(x).data), model


def test_state_may_be_none_at_first(recordings):
    def reset(model):
        model.last = None

    compare(remembering, [nothing, nothing, nothing, reset, nothing, nothing], recordings, 2)


KINDS = {
    "None": None,
    "array": np.ones(3),
    "shorter array": np.ones(2),
    "masked array": np.ma.ones(3),
    "array without axes": np.array(2.0),
    "float": 2.0,
    "tuple": (1.0, 2.0, 3.0),
    "shorter tuple": (1.0,),
    "list": [1.0, 2.0, 3.0],
    "missing": ...,
}


class OfAnyKind(nn.Module):
    """Keeps something of any kind, and changes it."""

    def __init__(self):
        self.state = {}

    def forward(self, x):
        state = self.state.get("a")
        if state is None:
            return x * 1.0
        if isinstance(state, tuple):
            self.state["a"] = tuple([2 * t for t in state])
            return x * (sum(state) + len(self.state))
        if not isinstance(state, list):
            self.state["a"] = state * 2
        return x * (np.sum(state) + len(self.state))

    def put(self, item):
        if item is ...:
            self.state.pop("a", None)
        else:
            self.state["a"] = item


def test_tuples_of_numbers_are_read_and_stored():
    model, twin = OfAnyKind(), OfAnyKind()
    f = jit(model)
    for either in (model, twin):
        either.put((1.0, 2.0))
    for _ in range(8):
        assert_same(f(np.ones(3)), twin(np.ones(3)))
    assert len(f.programs) == 1


@pytest.mark.filterwarnings("ignore:jit has recorded:RuntimeWarning")
@pytest.mark.parametrize("first", KINDS)
def test_state_may_change_its_kind(first):
    x = np.arange(3.0)
    for second in KINDS:
        model, twin = OfAnyKind(), OfAnyKind()
        f = jit(lambda x, model=model: model(x))
        for kind in (first, second, first, second):
            model.put(KINDS[kind])
            twin.put(KINDS[kind])
            for _ in range(5):
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


class StateByParameter(nn.optim.Optimizer):
    """Keeps new arrays and a number in the dict that the base class has for each parameter."""

    def __init__(self, params, lr):
        super().__init__(params, lr=lr)

    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                state = self.state[p]
                state["step"] = state.get("step", 0) + 1
                state["v"] = 0.9 * state.get("v", 0.0) + p.grad
                p.data -= group["lr"] / state["step"] ** 0.5 * state["v"]


@pytest.mark.parametrize("kind", [OwnState, StateByParameter])
def test_an_optimiser_may_keep_its_own_state(kind, recordings):
    expected, _ = trained(lambda p: kind(p, 0.1), lambda f: f)
    found, _ = trained(lambda p: kind(p, 0.1), jit)
    assert_same(found, expected)
    assert len(recordings) <= 7


def test_a_module_made_inside_is_new_in_each_run(recordings):
    def run(x):
        model = nn.Sequential(nn.Linear(4, 2), nn.Dropout(0.5))
        return model(x).data, model.eval()(x).data

    found = []
    for function in (run, jit(run)):
        nn.seed(0)
        found.append([function(x) for x, _ in batches(3)])
    assert_same(*found)
    assert len(recordings) == 2


def test_running_averages_made_inside_are_refused():
    with pytest.raises(TraceError, match="running_mean"):
        jit(lambda x: nn.BatchNorm1d(4)(x))(np.ones((3, 4)))


def test_an_optimiser_made_inside_is_new_in_each_run():
    def run(convert):
        model = nn.Linear(4, 2, generator=np.random.default_rng(0))

        def step(x):
            model.zero_grad()
            optimizer = nn.optim.Adam(model.parameters(), lr=0.1)
            model(x).sum().backward()
            optimizer.step()

        step = convert(step)
        for x, _ in batches(3):
            step(x)
        return model.state_dict()

    assert_same(run(jit), run(lambda f: f))


def test_seeding_inside_is_refused():
    with pytest.raises(TraceError, match="seed"):
        jit(lambda x: nn.seed(0))(1.0)


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


def test_a_warning_names_what_changes():
    model = nn.Linear(2, 2, generator=np.random.default_rng(0))
    model.losses = []
    f = jit(model)
    with pytest.warns(RuntimeWarning, match="'losses' of an object"):
        assert [model.losses.append(f(np.ones(2)).shape) for _ in range(20)] == [None] * 20


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
    model = nn.Sequential(nn.Linear(4, 3), nn.Dropout(0.5, generator=np.random.default_rng(7)))
    f = jit(lambda x, y: nn.cross_entropy(model(x), y).data)
    x, y = next(batches(1))
    f(x, y)
    with pytest.raises(DataError, match="integers from 0 to 2"):
        f(x, y + 1)


def test_wrong_targets_raise_an_error_after_integers_changed():
    model = network()  # counts batches before it looks at the targets
    f = jit(lambda x, y: nn.cross_entropy(model(x), y).data)
    x, y = next(batches(1))
    f(x, y)
    with pytest.raises(ValueError, match="coordinates"):  # of NumPy, in the program
        f(x, y + 1)
    assert model[1].num_batches_tracked == 2  # as without jit


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
