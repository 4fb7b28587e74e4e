"""Rates of several groups, each with settings of its own, and schedules that go on in the middle."""

import torch
from torch import optim
from torch.optim import lr_scheduler

SCHEDULES = {
    "one cycle": lambda o: lr_scheduler.OneCycleLR(
        o, [1.0, 0.2], epochs=2, steps_per_epoch=5, anneal_strategy="linear"
    ),
    "three phases": lambda o: lr_scheduler.OneCycleLR(o, 1.0, 10, three_phase=True),
    "cycles": lambda o: lr_scheduler.CyclicLR(o, [0.1, 0.01], [1.0, 0.5], step_size_up=3),
    "heights": lambda o: lr_scheduler.CyclicLR(
        o, 0.1, 1.0, 2, scale_fn=lambda t: 0.5**t, scale_mode="iterations"
    ),
    "functions": lambda o: lr_scheduler.LambdaLR(o, [lambda t: 0.9**t, lambda t: 1 / (t + 1)]),
    "factors": lambda o: lr_scheduler.MultiplicativeLR(o, [lambda t: 0.9, lambda t: 0.8]),
    "plateau": lambda o: lr_scheduler.ReduceLROnPlateau(
        o, "min", 0.1, 0, min_lr=[0.3, 0.001], eps=0.0
    ),
}


def optimizer_of(kind, **options):
    first, second = (torch.nn.Parameter(torch.linspace(-1, 1, 4)) for _ in range(2))
    return kind([{"params": [first], "lr": 0.5}, {"params": [second]}], lr=0.1, **options)


def rates_of(optimizer):
    return [group["lr"] for group in optimizer.param_groups]


def run():
    found = []
    for name, make in SCHEDULES.items():
        optimizer = optimizer_of(optim.SGD, momentum=0.9)
        schedule = make(optimizer)
        for step in range(7):
            optimizer.step()
            schedule.step(*[1.0] * (name == "plateau"))
            found += rates_of(optimizer) if step % 3 == 0 else []
        found += schedule.get_last_lr() + [optimizer.param_groups[0]["momentum"]]
    optimizer = optimizer_of(optim.SGD)
    schedule = lr_scheduler.CosineAnnealingWarmRestarts(optimizer, 4, 2)
    for step in range(6):
        schedule.step(step * 0.7)
        found += rates_of(optimizer)
    optimizer = optimizer_of(optim.SGD)
    for group in optimizer.param_groups:
        group["initial_lr"] = group["lr"]
    lr_scheduler.LambdaLR(optimizer, lambda t: 0.9**t, last_epoch=4)
    found += rates_of(optimizer)
    for kind in (optim.NAdam, optim.RAdam):
        optimizer = optimizer_of(kind, weight_decay=0.3, decoupled_weight_decay=True)
        for _ in range(8):
            optimizer.zero_grad()
            parameters = [p for group in optimizer.param_groups for p in group["params"]]
            loss = sum(((p - 0.3) ** 2).sum() for p in parameters)
            loss.backward()
            optimizer.step()
        found.append(loss.item())
    return found
