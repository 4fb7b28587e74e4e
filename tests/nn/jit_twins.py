"""Networks, optimisers and comparisons for the tests of `nn` under `autograd.jit`."""

import numpy as np

import nn
from autograd import Tensor, jit


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
    "Adadelta": lambda p: nn.optim.Adadelta(p, weight_decay=0.01),
    "Adamax": lambda p: nn.optim.Adamax(p, lr=0.01),
    "NAdam": lambda p: nn.optim.NAdam(p, lr=0.01),
    "RAdam": lambda p: nn.optim.RAdam(p, lr=0.01, betas=(0.5, 0.9)),
    "Lion": lambda p: nn.optim.Lion(p, lr=0.01),
    "ASGD": lambda p: nn.optim.ASGD(p, lr=0.01, t0=5),
    "Rprop": lambda p: nn.optim.Rprop(p),
    "SparseAdam": lambda p: nn.optim.SparseAdam(p, lr=0.01),
    "Adafactor": lambda p: nn.optim.Adafactor(p, weight_decay=0.1),
    "groups": lambda p: nn.optim.Adam([{"params": p[:2], "lr": 0.1}, {"params": p[2:]}]),
}


def network(dtype=np.float64):
    """Return a network with parameters, running statistics and a generator."""
    rng = np.random.default_rng(0)
    return nn.Sequential(
        nn.Linear(4, 8, generator=rng),
        nn.BatchNorm1d(8),
        nn.ReLU(),
        nn.Dropout(0.3, generator=np.random.default_rng(7)),
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


SCHEDULES = {
    "exponential": lambda o: nn.optim.ExponentialLR(o, 0.9),
    "one cycle": lambda o: nn.optim.OneCycleLR(o, max_lr=0.2, total_steps=21),
    "cycles": lambda o: nn.optim.CyclicLR(o, 0.01, 0.1, 3),
    "polynomial": lambda o: nn.optim.PolynomialLR(o, 9),
    "warm restarts": lambda o: nn.optim.CosineAnnealingWarmRestarts(o, 5),
}


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
