import copy
import math
import pickle
import runpy
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from optimised import assert_same, numbers, with_gradients

import autograd
import nn
from autograd import Tensor, Value
from autograd.errors import (
    DataError,
    GraphError,
    OptionError,
    ShapeError,
    WeightsError,
)
from nn import optim
from nn.optim import packing

#: Blocks of fewer numbers than usual: as many of them, in less time.
BLOCK = 1 << 12

RECORDER = runpy.run_path(str(Path(__file__).with_name("record_torch_optim.py")))
RECORDED = np.load(RECORDER["FOLDER"] / "torch_optim.npz")

EVERYTHING = {
    "SGD": lambda p: optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.1),
    "Adagrad": lambda p: optim.Adagrad(p, lr_decay=0.1, weight_decay=0.1),
    "RMSprop": lambda p: optim.RMSprop(p, momentum=0.9, centered=True, weight_decay=0.1),
    "Adam": lambda p: optim.Adam(p, weight_decay=0.1, amsgrad=True),
    "AdamW": lambda p: optim.AdamW(p, amsgrad=True),
    "Adadelta": lambda p: optim.Adadelta(p, weight_decay=0.1),
    "Adamax": lambda p: optim.Adamax(p, weight_decay=0.1),
    "NAdam": lambda p: optim.NAdam(p, weight_decay=0.1),
    "RAdam": lambda p: optim.RAdam(p, lr=0.1, betas=(0.5, 0.9), weight_decay=0.1),
    "Lion": lambda p: optim.Lion(p, lr=0.1, weight_decay=0.1),
    "ASGD": lambda p: optim.ASGD(p, lr=0.1, weight_decay=0.1, t0=1),
    "Rprop": lambda p: optim.Rprop(p, lr=0.1),
}


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(packing, "BLOCK", BLOCK)


@pytest.mark.parametrize("name", RECORDER["OPTIMIZERS"])
def test_fifty_steps_match_pytorch(name):
    inputs, targets, *start = RECORDER["problem"]()
    parameters = [Tensor(array) for array in start]
    optimizer = RECORDER["OPTIMIZERS"][name](optim, parameters)
    for expected in RECORDED[f"optimizer: {name}"]:
        optimizer.zero_grad()
        RECORDER["loss"](np.tanh, parameters, inputs, targets).backward()
        optimizer.step()
        found = np.concatenate([np.ravel(p.data) for p in parameters])
        np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-10)


def test_lion_takes_the_steps_of_its_formula():
    random = np.random.default_rng(0)
    (parameter,) = with_gradients((4,))
    optimizer = optim.Lion([parameter], lr=0.1, betas=(0.8, 0.9), weight_decay=0.3)
    p, m = parameter.data.copy(), np.zeros(4)
    for _ in range(5):
        g = parameter.grad = random.normal(size=4)
        optimizer.step()
        p -= 0.1 * (np.sign(0.8 * m + 0.2 * g) + 0.3 * p)
        m = 0.9 * m + 0.1 * g
        np.testing.assert_allclose(parameter.data, p, rtol=1e-14)


@pytest.mark.parametrize("options", [{}, {"nesterov": False, "adjust_lr_fn": "match_rms_adamw"}])
@pytest.mark.parametrize("shape", [(5, 3), (2, 4)])
def test_muon_changes_singular_values_by_its_polynomial(shape, options):
    random = np.random.default_rng(0)
    parameter = nn.Parameter(random.normal(size=shape))
    optimizer = optim.Muon([parameter], lr=0.1, weight_decay=0.2, **options)
    step = autograd.jit(optimizer.step)
    p, v = parameter.data.copy(), np.zeros(shape)
    ratio = 0.2 * max(shape) ** 0.5 if options else max(1, shape[0] / shape[1]) ** 0.5
    for _ in range(4):
        g = parameter.grad = random.normal(size=shape)
        step()
        v = 0.95 * v + 0.05 * g
        u, s, w = np.linalg.svd(v if options else 0.05 * g + 0.95 * v, full_matrices=False)
        s = s / np.linalg.norm(s)
        for _ in range(5):
            s = 3.4445 * s - 4.775 * s**3 + 2.0315 * s**5
        p = p * (1 - 0.1 * 0.2) - 0.1 * ratio * (u * s) @ w
        np.testing.assert_allclose(parameter.data, p, rtol=1e-9)
    with pytest.raises(DataError, match=r"AdamW"):
        optim.Muon([nn.Parameter([1.0])])


#: Not those with groups, and not Adafactor, which looks at whole matrices.
ELEMENTWISE = [name for name in RECORDER["OPTIMIZERS"] if name[:4] not in ("grou", "Adaf")]


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_values_and_tensors_take_the_same_steps(name):
    inputs, targets, *start = RECORDER["problem"]()
    values = [[Value(x) for x in np.ravel(array)] for array in start]
    flat = [value for group in values for value in group]
    optimizer = RECORDER["OPTIMIZERS"][name](optim, flat)
    for expected in RECORDED[f"optimizer: {name}"][:5]:
        optimizer.zero_grad()
        arrays = [
            np.stack(group).reshape(array.shape) for group, array in zip(values, start, strict=True)
        ]
        RECORDER["loss"](np.tanh, arrays, inputs, targets).backward()
        optimizer.step()
        np.testing.assert_allclose([v.data for v in flat], expected, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
@pytest.mark.parametrize("build", EVERYTHING.values(), ids=EVERYTHING)
def test_parameters_keep_their_dtype_and_array(build, dtype):
    parameters = with_gradients((3, 2), (), dtype=dtype)
    arrays = [p.data for p in parameters]
    before = numbers(parameters)
    build(parameters).step()
    for parameter, array, old in zip(parameters, arrays, before, strict=True):
        assert parameter.data is array
        assert parameter.dtype == dtype
        assert np.all(array != old)
        assert np.all(np.isfinite(array))


@pytest.mark.parametrize("build", EVERYTHING.values(), ids=EVERYTHING)
def test_a_step_allocates_nothing_after_the_first(build):
    parameters = with_gradients((1000, BLOCK // 400), (20_000,), (64, 64), (7,), dtype=np.float32)
    optimizer = build(parameters)
    optimizer.step()
    optimizer.step()
    tracemalloc.start()
    try:
        for _ in range(3):
            optimizer.step()
        used, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * BLOCK, (used, peak)  # less than a block


@pytest.mark.parametrize("build", EVERYTHING.values(), ids=EVERYTHING)
def test_packing_of_parameters_does_not_change_results(build):
    shapes = (BLOCK + 5,), (3, BLOCK), (5,), (2, 3), (0, 4), (), (BLOCK // 8, 20), (1, 2 * BLOCK)
    together, alone = with_gradients(*shapes), with_gradients(*shapes)
    optimizers = [build(together), *[build([p]) for p in alone]]
    for _ in range(3):
        for optimizer in optimizers:
            optimizer.step()
    assert_same(numbers(together), numbers(alone))
    states = [optimizer.state_dict()["state"] for optimizer in optimizers[1:]]
    for position, state in optimizers[0].state_dict()["state"].items():
        for name, array in state.items():
            np.testing.assert_array_equal(array, states[position][0][name])


@pytest.mark.parametrize("dtype", [float, complex])
@pytest.mark.parametrize("build", EVERYTHING.values(), ids=EVERYTHING)
def test_copies_read_the_gradients_of_their_own_parameters(build, dtype):
    parameters = with_gradients((3, 2), (4,), dtype=dtype)
    optimizer = build(parameters)
    optimizer.step()
    pairs = [(parameters, optimizer)]
    pairs += [copy.deepcopy(pairs[0]), pickle.loads(pickle.dumps(pairs[0]))]
    for copies, another in pairs:
        for parameter in copies:
            parameter.grad = parameter.grad**2 - 1
        another.step()
        assert_same(numbers(copies), numbers(parameters))


@pytest.mark.parametrize("build", EVERYTHING.values(), ids=EVERYTHING)
def test_memory_order_does_not_change_results(build):
    (parameter,) = with_gradients((300, BLOCK // 100))
    turned = Tensor(np.asfortranarray(parameter.data))
    turned.grad = np.asfortranarray(parameter.grad)
    for each in (parameter, turned):
        optimizer = build([each])
        optimizer.step()
        optimizer.step()
    assert turned.data.flags.f_contiguous
    np.testing.assert_array_equal(parameter.data, turned.data)


@pytest.mark.parametrize("build", EVERYTHING.values(), ids=EVERYTHING)
def test_a_parameter_without_gradient_keeps_data_and_state(build):
    together, alone = with_gradients((3,), (4,)), with_gradients((3,), (4,))
    both, first, second = build(together), build(alone[:1]), build(alone[1:])
    gradient = together[1].grad
    for step in range(6):
        together[1].grad = gradient if step % 3 else None
        both.step()
        first.step()
        if step % 3:
            second.step()
    assert_same(numbers(together), numbers(alone))
    assert [state["step"] for state in both.state_dict()["state"].values()] == [6, 4]


@pytest.mark.parametrize("build", EVERYTHING.values(), ids=EVERYTHING)
def test_a_restored_state_continues_bit_for_bit(build):
    shapes = (40, 3), (2,), (BLOCK // 2, 3)
    parameters, others = with_gradients(*shapes), with_gradients(*shapes)
    optimizer = build(parameters)
    for _ in range(3):
        optimizer.step()
    state = optimizer.state_dict()
    for parameter, other in zip(parameters, others, strict=True):
        other.data = parameter.data.copy()
    optimizer.step()
    again = build(others)
    again.param_groups[0]["lr"] = 123.0
    again.load_state_dict(state)
    again.step()
    assert_same(numbers(parameters), numbers(others))
    again.load_state_dict(state)  # and the state was not changed by going on from it
    assert again.state_dict()["state"][0]["step"] == 3


def test_a_mismatched_state_changes_nothing():
    optimizer = optim.Adam(with_gradients((3,), (2, 2)))
    optimizer.step()
    other = optim.Adam(with_gradients((3,), (2, 3)), lr=0.5)
    with pytest.raises(WeightsError, match=r"'exp_avg' of parameter 1 has shape \(2, 2\)"):
        other.load_state_dict(optimizer.state_dict())
    assert other.param_groups[0]["lr"] == 0.5
    assert other.state_dict()["state"] == {}
    with pytest.raises(WeightsError, match=r"groups of \[2\] parameters.*\[1\]"):
        optim.Adam(with_gradients((3,))).load_state_dict(optimizer.state_dict())


@pytest.mark.parametrize(
    "build", [optim.SGD, optim.Adam, optim.AdamW, optim.RMSprop, optim.Adagrad]
)
def test_a_loaded_state_may_go_uphill(build):
    first, second = with_gradients((3,)), with_gradients((3,))
    uphill, loaded = build(first, lr=0.1, maximize=True), build(second, lr=0.1)
    loaded.load_state_dict(uphill.state_dict())
    uphill.step()
    loaded.step()
    assert_same(numbers(first), numbers(second))
    (parameter,) = with_gradients((3,))
    before = parameter.data.copy()
    build([parameter], lr=0.1, maximize=True).step()
    assert (np.sign(parameter.data - before) == np.sign(parameter.grad)).all()


def test_options_of_a_loaded_state_are_known_or_refused():
    optimizer = optim.Adam(with_gradients((3,)), lr=0.5)
    state = optimizer.state_dict()
    theirs = {"foreach": None, "fused": True, "capturable": False, "initial_lr": 0.1, "name": "a"}
    state["param_groups"][0] |= {**theirs, "decoupled_weight_decay": False, "lr": 0.25}
    optimizer.load_state_dict(state)
    assert optimizer.param_groups[0]["lr"] == 0.25
    assert "fused" not in optimizer.param_groups[0]
    state["param_groups"][0] |= {"decoupled_weight_decay": True, "lr": 0.125}
    with pytest.raises(WeightsError, match=r"decoupled_weight_decay=True, which Adam"):
        optimizer.load_state_dict(state)
    assert optimizer.param_groups[0]["lr"] == 0.25
    optim.AdamW(with_gradients((3,))).load_state_dict(state)
    state = optim.SGD(with_gradients((3,)), lr=0.1).state_dict()
    state["param_groups"][0]["lookahead"] = 5
    with pytest.raises(WeightsError, match=r"lookahead=5, which SGD"):
        optim.SGD(with_gradients((3,))).load_state_dict(state)


@pytest.mark.parametrize("decay", [None, 0.9])
def test_an_averaged_model_has_the_averages_of_the_weights(decay):
    random = np.random.default_rng(0)
    model = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))
    average = optim.AveragedModel(model, decay)
    seen = []
    for _ in range(5):
        model[0].weight.data[...] = random.normal(size=(3, 2))
        model(random.normal(size=(4, 2)))
        average.update_parameters(model)
        seen.append(model[0].weight.data.copy())
    expected = np.mean(seen, axis=0)
    if decay:
        expected = seen[0]
        for weight in seen[1:]:
            expected = decay * expected + (1 - decay) * weight
    own = average.module[0].weight
    np.testing.assert_allclose(own.data, expected, rtol=1e-12)
    np.testing.assert_array_equal(average.module[1].running_mean, model[1].running_mean)
    x = random.normal(size=(4, 2))
    np.testing.assert_array_equal(average(x).data, average.module(x).data)
    again = optim.AveragedModel(nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3)), decay)
    again.load_state_dict(average.state_dict())
    again.update_parameters(model)
    average.update_parameters(model)
    np.testing.assert_array_equal(again.module[0].weight.data, own.data)
    assert not own.requires_grad
    assert model[0].weight.requires_grad
    with pytest.raises(WeightsError, match="other parameters"):
        average.update_parameters(nn.Linear(2, 3))
    with pytest.raises(OptionError, match=r"decay=1\.5"):
        optim.AveragedModel(model, 1.5)


class Averaging(optim.Optimizer):
    """Momentum as PyTorch's users write it."""

    def __init__(self, params, lr=0.1, keep=0.9):
        super().__init__(params, {"lr": lr, "keep": keep})

    def step(self, closure=None):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                if not state:
                    state["step"], state["v"] = 0, np.zeros_like(p.data)
                state["step"] += 1
                state["v"] *= group["keep"]
                state["v"] += p.grad
                p.data -= group["lr"] * state["v"]


def test_an_optimiser_may_define_its_own_step():
    def run(optimizer, parameters, steps):
        random = np.random.default_rng(1)
        for _ in range(steps):
            for parameter in parameters:
                parameter.grad = random.normal(size=parameter.shape)
            optimizer.step()
        return numbers(parameters)

    first, second, third = (with_gradients((3,), (2, 2)) for _ in range(3))
    own = Averaging(first, lr=0.2)
    built_in = optim.SGD(second, lr=0.2, momentum=0.9)
    for a, b in zip(run(own, first, 5), run(built_in, second, 5), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)
    state = own.state_dict()
    assert state["state"][1]["v"].shape == (2, 2)
    assert state["param_groups"][0]["keep"] == 0.9
    again = Averaging(third)
    again.load_state_dict(state)
    for parameter, other in zip(third, first, strict=True):
        parameter.data = other.data.copy()
    assert_same(run(own, first, 3), run(again, third, 3))
    assert again.state[third[0]]["step"] == 8
    assert again.param_groups[0]["lr"] == 0.2
    with pytest.raises(OptionError, match="no option 'momentum'"):
        Averaging([{"params": third, "momentum": 0.9}])


def test_a_step_updates_newly_assigned_data():
    (parameter,) = with_gradients((3,))
    optimizer = optim.SGD([parameter], lr=1.0)
    optimizer.step()
    fresh = np.zeros(3)
    parameter.data = fresh
    parameter.grad = np.ones(3)
    optimizer.step()
    np.testing.assert_array_equal(fresh, -np.ones(3))
    parameter.data = np.zeros((2, 2))
    parameter.grad = np.ones((2, 2))
    optimizer.step()
    np.testing.assert_array_equal(parameter.data, -np.ones((2, 2)))


def test_a_parameter_that_changed_shape_is_an_error():
    (parameter,) = with_gradients((3,))
    optimizer = optim.Adam([parameter])
    optimizer.step()
    parameter.data = np.zeros(4)
    parameter.grad = np.ones(4)
    for _ in range(2):
        with pytest.raises(ShapeError, match="Create a new optimiser"):
            optimizer.step()


def test_converting_parameters_converts_their_state():
    (parameter,) = with_gradients((3,))
    optimizer = optim.Adam([parameter])
    optimizer.step()
    parameter.data = parameter.data.astype(np.float32)
    parameter.grad = np.ones(3)
    optimizer.step()
    assert parameter.dtype == np.float32
    state = optimizer.state_dict()["state"][0]
    assert state["exp_avg"].dtype == np.float32
    assert state["step"] == 2


def test_an_update_before_backward_is_detected():
    (parameter,) = with_gradients((3,))
    loss = (parameter**2).sum()
    optim.SGD([parameter]).step()
    with pytest.raises(GraphError):
        loss.backward()


def test_values_and_tensors_can_share_a_group():
    value, (tensor,) = Value(1.0), with_gradients((2,))
    (value * value + tensor.sum()).backward()
    optimizer = optim.SGD([value, tensor], lr=0.5, momentum=0.5)
    optimizer.step()
    assert value.data == 0.0
    optimizer.zero_grad()
    assert value.grad == 0.0
    assert tensor.grad is None


def test_gradients_that_are_nodes_count_as_their_numbers():
    tensor, value = Tensor([1.0, 2.0]), Value(3.0)
    ((tensor**2).sum() + value**2).backward(create_graph=True)
    optim.SGD([tensor, value], lr=0.5).step()
    np.testing.assert_array_equal(tensor.data, [0.0, 0.0])
    assert value.data == 0.0


def test_a_closure_computes_the_loss_first():
    parameter = Tensor([2.0])

    def closure():
        parameter.grad = None
        loss = (parameter**2).sum()
        loss.backward()
        return loss

    assert optim.SGD([parameter], lr=0.25).step(closure).item() == 4.0
    np.testing.assert_array_equal(parameter.data, [1.0])


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        ([[]], {}, OptionError, "empty"),
        ([[Tensor([1.0])]], {"lr": -1.0}, OptionError, r"lr=-1.0 .* \[0, inf\)"),
        ([[Tensor([1.0])]], {"lr": math.nan}, OptionError, "lr=nan"),
        ([[Tensor([1.0])]], {"betas": (0.9, 1.0)}, OptionError, "betas"),
        ([[{"params": [Tensor([1.0])], "rate": 1}]], {}, OptionError, "no option 'rate'.*lr"),
        ([Tensor([1.0])], {}, DataError, r"\[parameter\]"),
        ([[np.zeros(2)]], {}, DataError, "not ndarray"),
        ([[Tensor([1.0]) * 2]], {}, DataError, "Tensor computed by 'multiply'"),
    ],
)
def test_invalid_options_are_rejected(arguments, options, error, message):
    with pytest.raises(error, match=message):
        optim.Adam(*arguments, **options)


def test_duplicate_parameters_are_rejected():
    one = Tensor([1.0])
    with pytest.raises(OptionError, match="twice"):
        optim.SGD([one, one])
    with pytest.raises(OptionError, match="twice"):
        optim.SGD([{"params": one}, {"params": [one]}])


def test_nesterov_needs_momentum():
    with pytest.raises(OptionError, match=r"momentum=0\.0"):
        optim.SGD([Tensor([1.0])], nesterov=True)


def pair(z):
    """Return real and imaginary parts along a new last axis."""
    return np.stack([np.real(z), np.imag(z)], axis=-1)


@pytest.mark.parametrize("is_jitted", [False, True], ids=["eager", "jit"])
@pytest.mark.parametrize("build", EVERYTHING.values(), ids=EVERYTHING)
def test_complex_parameters_step_as_two_numbers_each(build, is_jitted):
    random = np.random.default_rng(0)
    shapes = [(BLOCK // 100, 150), (3, 2), (), (0, 2)]
    ones = [Tensor((random.normal(size=(*s[::-1], 2)) @ [1, 1j]).T) for s in shapes]
    twos = [Tensor(pair(p.data)) for p in ones]
    both = [build(ones), build(twos)]
    for _ in range(2):
        steps = [autograd.jit(each.step) if is_jitted else each.step for each in both]
        for _ in range(2):  # a program is recorded first, and then repeated
            for a, b in zip(ones, twos, strict=True):
                b.grad = random.normal(size=b.shape)
                a.grad = b.grad[..., 0] - 1j * b.grad[..., 1]  # the convention of gradients
            for step in steps:
                step()
        states = [optimizer.state_dict() for optimizer in both]
        both = [build(ones), build(twos)]
        for optimizer, state in zip(both, states, strict=True):
            optimizer.load_state_dict(state)
    for place, (a, b) in enumerate(zip(ones, twos, strict=True)):
        assert_same(pair(a.data), b.data)
        for name, array in states[1]["state"].get(place, {}).items():
            found = states[0]["state"][place][name]
            np.testing.assert_array_equal(found if name == "step" else pair(found), array)


def test_lbfgs_takes_complex_parameters():
    target, w, b = np.array([2 - 1j, 1j]), nn.Parameter(np.zeros(2, complex)), Tensor(1.0)
    optimizer = optim.LBFGS([w, b], line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        loss = (np.abs(w * [1, 3] - target) ** 2).sum() + (b - 2) ** 2
        loss.backward()
        return loss

    optimizer.step(closure)
    np.testing.assert_allclose(w.data, target / [1, 3], atol=1e-5)
    np.testing.assert_allclose(b.data, 2, atol=1e-5)


def test_complex_numbers_are_refused_where_they_mean_nothing():
    z = Tensor(np.array([[1j]]))
    for kind in (optim.Muon, optim.Adafactor, optim.SparseAdam):
        with pytest.raises(DataError, match="real and one for the imaginary part"):
            kind([z])
    z.grad = np.array([[1j]])
    with pytest.raises(DataError, match="clip_grad_norm"):
        optim.clip_grad_value([z], 1.0)


def test_averages_take_the_functions_of_pytorch():
    model = nn.Sequential(nn.Linear(1, 1), nn.BatchNorm1d(1))
    swa = optim.swa_utils
    ways = {
        "decay": {"decay": 0.8},
        "avg_fn": {"avg_fn": swa.get_ema_avg_fn(0.8)},
        "multi_avg_fn": {"multi_avg_fn": swa.get_ema_multi_avg_fn(0.8), "use_buffers": True},
        "mean": {"use_buffers": True},
    }
    averages = {name: optim.AveragedModel(model, **options) for name, options in ways.items()}
    for value in (1.0, 2.0, 6.0):
        model[0].weight.data[...] = model[1].running_mean[...] = value
        for average in averages.values():
            average.update_parameters(model)
    weights = {name: a.module[0].weight.item() for name, a in averages.items()}
    assert weights == pytest.approx(dict.fromkeys(ways, 0.64 + 0.32 + 1.2) | {"mean": 3.0})
    means = {name: a.module[1].running_mean.item() for name, a in averages.items()}
    assert means == pytest.approx({"decay": 6, "avg_fn": 6, "multi_avg_fn": 2.16, "mean": 3})
    with pytest.raises(OptionError, match="one of"):
        optim.AveragedModel(model, 0.5, avg_fn=swa.get_ema_avg_fn())


def test_update_bn_takes_means_over_all_batches():
    model = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Dropout(0.5)).eval()
    x = np.random.default_rng(0).normal(size=(12, 2))
    optim.update_bn(nn.DataLoader((x, x), batch_size=4), model)
    y = model[0](x).data
    np.testing.assert_allclose(model[1].running_mean, y.mean(axis=0))
    variances = [y[i : i + 4].var(axis=0, ddof=1) for i in (0, 4, 8)]
    np.testing.assert_allclose(model[1].running_var, np.mean(variances, axis=0))
    assert (model.training, model[1].momentum) == (False, 0.1)


def test_repr_shows_the_options():
    assert repr(optim.SGD([Tensor([1.0])], lr=0.5)).startswith("SGD(1 parameters, lr=0.5, ")
