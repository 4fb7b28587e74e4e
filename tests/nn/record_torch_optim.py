"""Record the steps of PyTorch's optimisers and schedules, for `test_optim.py` and `test_schedules.py`.

Run by hand where PyTorch is installed: `python tests/nn/record_torch_optim.py`. The tests read the
same tables and build the same objects with `nn.optim` instead of `torch.optim`.
"""

from pathlib import Path

import numpy as np

STEPS = 50
FOLDER = Path(__file__).parent / "data"

OPTIMIZERS = {
    "SGD": lambda o, p: o.SGD(p, lr=0.1),
    "SGD, default rate": lambda o, p: o.SGD(p),
    "SGD, momentum": lambda o, p: o.SGD(p, lr=0.1, momentum=0.9),
    "SGD, dampening": lambda o, p: o.SGD(p, lr=0.1, momentum=0.9, dampening=0.3, weight_decay=0.01),
    "SGD, Nesterov": lambda o, p: o.SGD(p, lr=0.05, momentum=0.8, nesterov=True, weight_decay=0.02),
    "Adagrad": lambda o, p: o.Adagrad(p),
    "Adagrad, all": lambda o, p: o.Adagrad(
        p, lr=0.1, lr_decay=0.1, weight_decay=0.01, initial_accumulator_value=0.2, eps=1e-6
    ),
    "RMSprop": lambda o, p: o.RMSprop(p),
    "RMSprop, centered": lambda o, p: o.RMSprop(p, lr=0.02, alpha=0.9, eps=1e-4, centered=True),
    "RMSprop, all": lambda o, p: o.RMSprop(
        p, lr=0.005, momentum=0.7, weight_decay=0.01, centered=True, eps=1e-5
    ),
    "Adam": lambda o, p: o.Adam(p),
    "Adam, decay": lambda o, p: o.Adam(p, lr=0.05, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1),
    "Adam, amsgrad": lambda o, p: o.Adam(p, lr=0.1, betas=(0.5, 0.6), amsgrad=True),
    "AdamW": lambda o, p: o.AdamW(p, lr=0.05),
    "AdamW, amsgrad": lambda o, p: o.AdamW(p, lr=0.1, weight_decay=0.3, amsgrad=True),
    "groups": lambda o, p: o.Adam(
        [{"params": p[:1], "lr": 0.1}, {"params": p[1:], "weight_decay": 0.1}], lr=0.01
    ),
}

OPTIMIZERS.update(
    {
        "SGD, maximize": lambda o, p: o.SGD(
            p, lr=0.01, momentum=0.9, weight_decay=0.01, maximize=True
        ),
        "Adagrad, maximize": lambda o, p: o.Adagrad(p, weight_decay=0.1, maximize=True),
        "RMSprop, maximize": lambda o, p: o.RMSprop(p, weight_decay=0.1, maximize=True),
        "Adam, maximize": lambda o, p: o.Adam(p, weight_decay=0.1, maximize=True),
        "Adadelta": lambda o, p: o.Adadelta(p),
        "Adadelta, all": lambda o, p: o.Adadelta(p, 0.5, rho=0.8, eps=1e-4, weight_decay=0.1),
        "Adamax": lambda o, p: o.Adamax(p),
        "Adamax, all": lambda o, p: o.Adamax(
            p, 0.1, betas=(0.8, 0.9), eps=1e-3, weight_decay=0.1, maximize=True
        ),
        "NAdam": lambda o, p: o.NAdam(p),
        "NAdam, all": lambda o, p: o.NAdam(
            p, 0.01, betas=(0.8, 0.95), eps=1e-2, weight_decay=0.1, momentum_decay=0.1
        ),
        "RAdam": lambda o, p: o.RAdam(p),
        "RAdam, all": lambda o, p: o.RAdam(
            p, 0.1, betas=(0.7, 0.9), eps=1e-4, weight_decay=0.1, maximize=True
        ),
        "AdamW, maximize": lambda o, p: o.AdamW(p, amsgrad=True, maximize=True),
        "ASGD": lambda o, p: o.ASGD(p),
        "ASGD, all": lambda o, p: o.ASGD(
            p, 0.05, lambd=0.2, alpha=0.5, t0=10, weight_decay=0.1, maximize=True
        ),
        "Rprop": lambda o, p: o.Rprop(p),
        "Rprop, all": lambda o, p: o.Rprop(
            p, 0.5, etas=(0.3, 1.6), step_sizes=(0.02, 0.4), maximize=True
        ),
        "Adafactor": lambda o, p: o.Adafactor(p),
        "Adafactor, all": lambda o, p: o.Adafactor(
            p, 0.1, -0.5, eps=(1e-3, 0.2), d=1.1, weight_decay=0.1, maximize=True
        ),
    }
)


#: Optimisers that call a closure.
CLOSURES = {
    "LBFGS": lambda o, p: o.LBFGS(p, lr=0.5, max_iter=4),
    "LBFGS, defaults": lambda o, p: o.LBFGS(p),
    "LBFGS, short memory": lambda o, p: o.LBFGS(p, lr=0.3, max_iter=3, history_size=2),
    "LBFGS, search": lambda o, p: o.LBFGS(p, max_iter=3, line_search_fn="strong_wolfe"),
    "LBFGS, far": lambda o, p: o.LBFGS(p, 50.0, 5, 12, line_search_fn="strong_wolfe"),
}


class Together:
    """Schedules of one optimiser, each of which takes its own steps."""

    def __init__(self, *schedules):
        self.schedules = schedules

    def step(self):
        for schedule in self.schedules:
            schedule.step()


class ByHand:
    """Sets the rate once, after some steps."""

    def __init__(self, optimizer, after, lr):
        self.optimizer, self.after, self.lr = optimizer, after, lr

    def step(self):
        self.after -= 1
        if self.after == 0:
            self.optimizer.param_groups[0]["lr"] = self.lr


TOGETHER = {
    "StepLR, ExponentialLR": lambda s, o: Together(s.StepLR(o, 7, 0.5), s.ExponentialLR(o, 0.97)),
    "ExponentialLR, StepLR": lambda s, o: Together(s.ExponentialLR(o, 0.97), s.StepLR(o, 7, 0.5)),
    "LinearLR, CosineAnnealingLR": lambda s, o: Together(
        s.LinearLR(o, 0.2, total_iters=10), s.CosineAnnealingLR(o, 60, eta_min=0.01)
    ),
    "CosineAnnealingLR, MultiStepLR": lambda s, o: Together(
        s.CosineAnnealingLR(o, 20, eta_min=0.02), s.MultiStepLR(o, [5, 25], 0.5)
    ),
    "three": lambda s, o: Together(
        s.LinearLR(o, 0.5, total_iters=4), s.StepLR(o, 9), s.ExponentialLR(o, 0.99)
    ),
    "chained, with another": lambda s, o: Together(
        s.ChainedScheduler([s.LinearLR(o, total_iters=10), s.StepLR(o, 15)]),
        s.ExponentialLR(o, 0.95),
    ),
    "PolynomialLR, by hand": lambda s, o: Together(s.PolynomialLR(o, 60, 0.5), ByHand(o, 9, 0.3)),
    "ConstantLR, StepLR": lambda s, o: Together(s.ConstantLR(o, 0.5), s.StepLR(o, 3)),
    "StepLR, by hand": lambda s, o: Together(s.StepLR(o, 7, 0.5), ByHand(o, 10, 0.3)),
    "LinearLR, by hand": lambda s, o: Together(s.LinearLR(o), ByHand(o, 3, 0.3)),
    "ExponentialLR, by hand": lambda s, o: Together(ByHand(o, 10, 0.3), s.ExponentialLR(o, 0.9)),
    "CosineAnnealingLR, by hand": lambda s, o: Together(
        s.CosineAnnealingLR(o, 20, eta_min=0.01), ByHand(o, 12, 0.3)
    ),
}

SCHEDULES = {
    "ConstantLR": lambda s, o: s.ConstantLR(o),
    "PolynomialLR": lambda s, o: s.PolynomialLR(o, total_iters=40, power=2.0),
    "MultiplicativeLR": lambda s, o: s.MultiplicativeLR(o, lambda t: 1 - 1 / (t + 4)),
    "CyclicLR": lambda s, o: s.CyclicLR(o, 0.01, 0.1, step_size_up=7),
    "CyclicLR, all": lambda s, o: s.CyclicLR(
        o, 0.01, 0.1, 5, 9, mode="triangular2", base_momentum=0.5, max_momentum=0.7
    ),
    "CyclicLR, exponential": lambda s, o: s.CyclicLR(
        o, 0.01, 0.1, 4, mode="exp_range", gamma=0.97, cycle_momentum=False
    ),
    "LambdaLR": lambda s, o: s.LambdaLR(o, lambda t: 1 / (1 + t)),
    "StepLR": lambda s, o: s.StepLR(o, step_size=7, gamma=0.5),
    "MultiStepLR": lambda s, o: s.MultiStepLR(o, milestones=[5, 6, 30], gamma=0.3),
    "ExponentialLR": lambda s, o: s.ExponentialLR(o, gamma=0.9),
    "LinearLR": lambda s, o: s.LinearLR(o),
    "LinearLR, all": lambda s, o: s.LinearLR(o, start_factor=0.1, end_factor=0.7, total_iters=20),
    "CosineAnnealingLR": lambda s, o: s.CosineAnnealingLR(o, T_max=20, eta_min=0.01),
    "CosineAnnealingWarmRestarts": lambda s, o: s.CosineAnnealingWarmRestarts(
        o, T_0=5, T_mult=2, eta_min=0.02
    ),
    "CosineAnnealingWarmRestarts, equal": lambda s, o: s.CosineAnnealingWarmRestarts(o, T_0=8),
    "OneCycleLR": lambda s, o: s.OneCycleLR(o, max_lr=0.7, total_steps=STEPS),
    "OneCycleLR, all": lambda s, o: s.OneCycleLR(
        o,
        max_lr=0.7,
        total_steps=60,
        pct_start=0.4,
        base_momentum=0.5,
        max_momentum=0.8,
        div_factor=10,
        final_div_factor=50,
    ),
    "SequentialLR": lambda s, o: s.SequentialLR(
        o,
        [s.LinearLR(o, total_iters=10), s.CosineAnnealingLR(o, T_max=20), s.ExponentialLR(o, 0.9)],
        milestones=[10, 30],
    ),
    "SWALR": lambda s, o: s.SWALR(o, 0.02),
    "SWALR, linear": lambda s, o: s.SWALR(o, 0.3, anneal_epochs=7, anneal_strategy="linear"),
    "SWALR, at once": lambda s, o: s.SWALR(o, 0.3, anneal_epochs=0),
    "ChainedScheduler": lambda s, o: s.ChainedScheduler(
        [s.LinearLR(o, total_iters=10), s.StepLR(o, 15), s.ExponentialLR(o, 0.95)]
    ),
}

PLATEAUS = {
    "least": lambda s, o: s.ReduceLROnPlateau(o, patience=2, factor=0.5),
    "cooling": lambda s, o: s.ReduceLROnPlateau(o, patience=1, cooldown=3, min_lr=0.02, factor=0.6),
    "largest": lambda s, o: s.ReduceLROnPlateau(o, mode="max", patience=1, threshold=0.05),
    "absolute": lambda s, o: s.ReduceLROnPlateau(
        o, mode="max", patience=0, threshold=0.2, threshold_mode="abs", factor=0.9
    ),
}


def loss(tanh, parameters, inputs, targets):
    """Return the loss to minimise, with the tanh of either library."""
    weight, bias, scale = parameters
    return ((tanh(inputs @ weight + bias) * scale - targets) ** 2).mean()


def problem():
    """Return inputs, targets and the initial parameters."""
    random = np.random.default_rng(0)
    shapes = (6, 2), (6, 2), (2, 2), (2,), ()
    return [np.asarray(random.normal(size=shape)) for shape in shapes]


def metrics():
    """Return numbers that improve, then oscillate, for plateaus."""
    t = np.arange(STEPS)
    return 2 + np.exp(-t / 5) + 0.3 * np.cos(t / 3) * (t > 20)


def observed(group):
    """Return the learning rate and the momentum of a group."""
    return [group["lr"], group["betas"][0]]


def rates(schedules, build, optimizer, plateau=False):
    """Return the rate and the momentum of the first group before and after each step."""
    scheduler = build(schedules, optimizer)
    found = [observed(optimizer.param_groups[0])]
    for metric in metrics()[:-1]:
        optimizer.step()
        scheduler.step(*[metric] if plateau else [])
        found.append(observed(optimizer.param_groups[0]))
    return np.array(found)


def main():
    import torch
    from safetensors.torch import save_file

    torch.optim.lr_scheduler.SWALR = torch.optim.swa_utils.SWALR
    torch.set_default_dtype(torch.float64)
    inputs, targets, *start = problem()
    found = {}
    for name, build in OPTIMIZERS.items():
        parameters = [torch.tensor(array, requires_grad=True) for array in start]
        optimizer = build(torch.optim, parameters)
        path = []
        for _ in range(STEPS):
            optimizer.zero_grad()
            loss(torch.tanh, parameters, torch.tensor(inputs), torch.tensor(targets)).backward()
            optimizer.step()
            path.append(np.concatenate([p.detach().numpy().ravel() for p in parameters]))
        found[f"optimizer: {name}"] = np.array(path)
    for name, build in CLOSURES.items():
        parameters = [torch.tensor(array, requires_grad=True) for array in start]
        optimizer = build(torch.optim, parameters)

        def closure(optimizer=optimizer, parameters=parameters):
            optimizer.zero_grad()
            result = loss(torch.tanh, parameters, torch.tensor(inputs), torch.tensor(targets))
            result.backward()
            return result

        path = []
        for _ in range(6):
            result = optimizer.step(closure).item()
            path.append(
                np.concatenate([[result], *[p.detach().numpy().ravel() for p in parameters]])
            )
        found[f"closure: {name}"] = np.array(path)
    for kind, table in (
        ("schedule", SCHEDULES), ("together", TOGETHER), ("plateau", PLATEAUS)
    ):  # fmt: skip
        for name, build in table.items():
            optimizer = torch.optim.Adam([torch.zeros(1, requires_grad=True)], lr=0.1)
            plateau = kind == "plateau"
            found[f"{kind}: {name}"] = rates(torch.optim.lr_scheduler, build, optimizer, plateau)
    np.savez_compressed(FOLDER / "torch_optim.npz", **found)

    torch.manual_seed(0)
    model = torch.nn.Sequential(
        torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.ReLU(), torch.nn.Linear(4, 2)
    )
    inputs = torch.randn(5, 3)
    model(inputs)  # changes the running statistics
    model.eval()
    state = {**model.state_dict(), "inputs": inputs, "outputs": model(inputs).detach()}
    save_file(state, FOLDER / "torch_weights.safetensors")


if __name__ == "__main__":
    main()
