import json
import runpy
from pathlib import Path

import numpy as np
import pytest

import autograd
from autograd import Tensor
from autograd.errors import OptionError
from nn import optim

RECORDER = runpy.run_path(str(Path(__file__).with_name("record_torch_optim.py")))
RECORDED = np.load(RECORDER["FOLDER"] / "torch_optim.npz")
SCHEDULES = RECORDER["SCHEDULES"]


def adam():
    return optim.Adam([Tensor([1.0])], lr=0.1)


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedules_match_the_rates_of_pytorch(name):
    found = RECORDER["rates"](optim, SCHEDULES[name], adam())
    np.testing.assert_allclose(found, RECORDED[f"schedule: {name}"], rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("name", RECORDER["TOGETHER"])
def test_schedules_of_one_optimiser_compose_as_in_pytorch(name):
    found = RECORDER["rates"](optim, RECORDER["TOGETHER"][name], adam())
    np.testing.assert_allclose(found, RECORDED[f"together: {name}"], rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_rate_set_by_hand_is_kept_or_refused(name):
    optimizer = adam()
    scheduler = SCHEDULES[name](optim, optimizer)
    other = adam()
    same = SCHEDULES[name](optim, other)
    scheduler.step()
    same.step()
    optimizer.param_groups[0]["lr"] *= 3.0
    if name.startswith(("OneCycleLR", "CyclicLR", "SWALR, at once")):
        with pytest.raises(OptionError, match=r"LR set .* whatever it was"):
            scheduler.step()
        return
    scheduler.step()
    same.step()
    ratio = optimizer.param_groups[0]["lr"] / other.param_groups[0]["lr"]
    least = 1.5 if name.startswith("SWALR") else 2.8  # much of which is the fixed rate
    assert least < ratio < 3.6  # three times as large, except for the part above a minimum


def test_a_lambda_composes_with_other_schedules():
    optimizer = adam()
    first = optim.LambdaLR(optimizer, lambda t: min(1.0, (t + 1) / 4))
    second = optim.StepLR(optimizer, 3)
    rates = []
    for _ in range(8):
        rates.append(optimizer.param_groups[0]["lr"])
        first.step()
        second.step()
    expected = [0.1 * min(1.0, (t + 1) / 4) * 0.1 ** (t // 3) for t in range(8)]
    np.testing.assert_allclose(rates, expected, rtol=1e-12)


def test_a_schedule_alone_accumulates_no_rounding_errors():
    optimizer = adam()
    schedule = optim.ExponentialLR(optimizer, 0.9)
    for t in range(1, 200):
        schedule.step()
        assert optimizer.param_groups[0]["lr"] == 0.1 * 0.9**t


def test_two_schedules_are_restored_exactly():
    def build(optimizer):
        return [optim.StepLR(optimizer, 3, 0.5), optim.CosineAnnealingLR(optimizer, 9, 0.01)]

    def go(schedules, optimizer, steps):
        for _ in range(steps):
            for schedule in schedules:
                schedule.step()
        return optimizer.param_groups[0]["lr"]

    optimizer, other = adam(), adam()
    schedules, again = build(optimizer), build(other)
    go(schedules, optimizer, 5)
    for schedule, restored in zip(schedules, again, strict=True):
        restored.load_state_dict(json.loads(json.dumps(schedule.state_dict())))
    assert go(again, other, 7) == go(schedules, optimizer, 7)


def test_two_schedules_and_a_rate_set_by_hand_in_a_program():
    def run(wrap):
        weight = Tensor([1.0, -2.0])
        optimizer = optim.SGD([weight], lr=0.1, momentum=0.5)
        first, second = optim.ExponentialLR(optimizer, 0.9), optim.CosineAnnealingLR(optimizer, 9)

        @wrap
        def step():
            optimizer.zero_grad()
            (weight**2).sum().backward()
            optimizer.step()
            first.step()
            second.step()

        rates = []
        for t in range(12):
            if t == 6:
                optimizer.param_groups[0]["lr"] = 0.3
            step()
            rates.append(optimizer.param_groups[0]["lr"])
        return rates, weight.data.tolist()

    assert run(autograd.jit) == run(lambda function: function)


def test_a_group_added_later_is_scheduled_from_its_rate():
    optimizer = adam()
    schedule = optim.ExponentialLR(optimizer, 0.5)
    schedule.step()
    optimizer.add_param_group({"params": [Tensor([1.0])], "lr": 1.0})
    schedule.step()
    assert schedule.get_last_lr() == [0.025, 0.5]


@pytest.mark.parametrize("name", RECORDER["PLATEAUS"])
def test_plateau_schedules_match_pytorch(name):
    found = RECORDER["rates"](optim, RECORDER["PLATEAUS"][name], adam(), plateau=True)
    np.testing.assert_allclose(found, RECORDED[f"plateau: {name}"], rtol=1e-10)
    assert found[0, 0] > found[-1, 0]


@pytest.mark.parametrize("name", [*SCHEDULES, *RECORDER["PLATEAUS"]])
def test_a_schedule_restored_from_json_continues_exactly(name):
    build = {**SCHEDULES, **RECORDER["PLATEAUS"]}[name]
    metrics = RECORDER["metrics"]() if name in RECORDER["PLATEAUS"] else None

    def go(scheduler, optimizer, first, last):
        for t in range(first, last):
            scheduler.step(*[] if metrics is None else [metrics[t]])
        return [RECORDER["observed"](g) for g in optimizer.param_groups]

    optimizer = adam()
    scheduler = build(optim, optimizer)
    go(scheduler, optimizer, 0, 23)
    state = json.loads(json.dumps(scheduler.state_dict()))
    other = adam()
    again = build(optim, other)
    again.load_state_dict(state)
    assert go(again, other, 23, 49) == go(scheduler, optimizer, 23, 49)
    assert again.get_last_lr() == scheduler.get_last_lr()


def test_each_group_has_its_own_rate():
    optimizer = optim.SGD([{"params": [Tensor([1.0])], "lr": 1.0}, {"params": [Tensor([1.0])]}])
    optim.StepLR(optimizer, 1).step()
    assert optimizer.param_groups[0]["lr"] == pytest.approx(0.1)
    assert optimizer.param_groups[1]["lr"] == pytest.approx(1e-4)


def test_one_cycle_counts_epochs():
    first, second = (
        optim.OneCycleLR(adam(), 1.0, 12),
        optim.OneCycleLR(adam(), 1.0, epochs=3, steps_per_epoch=4),
    )
    for _ in range(5):
        first.step()
        second.step()
    assert first.get_last_lr() == second.get_last_lr()
    with pytest.raises(OptionError, match="total_steps=, or epochs="):
        optim.OneCycleLR(adam(), 1.0, epochs=3)


def test_one_cycle_also_cycles_momentum():
    optimizer = optim.SGD([Tensor([1.0])], momentum=0.9)
    optim.OneCycleLR(optimizer, 1.0, 10)
    assert optimizer.param_groups[0]["momentum"] == pytest.approx(0.95)
    optim.OneCycleLR(optimizer, 1.0, 10, pct_start=0.1, cycle_momentum=False)
    assert optimizer.param_groups[0]["lr"] == 1.0


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda o: optim.StepLR(o, 0), "step_size=0 must be at least 1"),
        (lambda o: optim.CosineAnnealingLR(o, 0), "T_max=0"),
        (lambda o: optim.OneCycleLR(o, 1.0, 10, pct_start=1.0), "pct_start=1.0"),
        (lambda o: optim.SequentialLR(o, [optim.StepLR(o, 1)], [3]), "1 schedules need 0"),
        (lambda o: optim.ChainedScheduler([]), "Combine at least one"),
        (
            lambda o: optim.ChainedScheduler([optim.ReduceLROnPlateau(o)]),
            "does not depend on t alone",
        ),
        (lambda o: optim.ChainedScheduler([optim.StepLR(o, 1), optim.StepLR(adam(), 1)]), "same"),
        (lambda o: optim.ReduceLROnPlateau(o, mode="least"), "mode='least'"),
        (lambda o: optim.ReduceLROnPlateau(o, factor=1.5), "factor=1.5"),
    ],
)
def test_invalid_schedule_arguments_are_rejected(build, message):
    with pytest.raises(OptionError, match=message):
        build(adam())


def test_a_finished_cycle_cannot_continue():
    scheduler = optim.OneCycleLR(adam(), 1.0, 2)
    for _ in range(2):  # once after each of total_steps steps, as in training
        scheduler.step()
    with pytest.raises(OptionError, match="total_steps=2"):
        scheduler.step()
