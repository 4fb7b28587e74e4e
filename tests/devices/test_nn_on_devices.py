"""Layers, losses, optimisers and training on arrays of a device, compared with NumPy's."""

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from devices import strict
from devices.strict import DeviceArray, on_device

import nn
from autograd import Tensor
from autograd.errors import OptionError

sys.path.insert(0, str(Path(__file__).parents[1] / "nn"))
from samples import CONSTANTS, TABLE, arrays, factors, flat
from test_layers import build

DEVICE = SimpleNamespace(asarray=on_device)
RANDOM = np.random.default_rng(0)
INPUTS, CLASSES = RANDOM.normal(size=(40, 4)), RANDOM.integers(0, 3, 40)
OPTIMIZERS = [
    name
    for name, kind in vars(nn.optim).items()
    if isinstance(kind, type)
    and issubclass(kind, nn.optim.Optimizer)
    and kind.__module__ != nn.optim.Optimizer.__module__
]


def results(sample, there):
    move = on_device if there else lambda x: x
    model, x = build(sample), [Tensor(move(np.asarray(a, float))) for a in arrays(sample)]
    if there and model is not None:
        model.to(DEVICE)
    names = {"nn": nn, **move(CONSTANTS)}
    outputs = flat(eval(sample.call, names, {"model": model, "x": x}))
    total = sum((y * move(f)).sum() for y, f in zip(outputs, factors(outputs), strict=True))
    if total.requires_grad:
        total.backward()
    found = [y.data for y in outputs] + [leaf.grad for leaf in x]
    if model is not None:
        found += [p.grad for p in model.parameters()] + list(model.buffers())
    return found


@pytest.mark.each("sample", TABLE, ids=lambda sample: sample.name)
def test_a_layer_works_on_arrays_of_a_device(sample):
    for there, here in zip(results(sample, True), results(sample, False), strict=True):
        assert (there is None) == (here is None)
        if here is not None:
            assert isinstance(there, DeviceArray)
            np.testing.assert_allclose(there.get(), here, 1e-9, 1e-9)


def model_of(there):
    first, last = (np.random.default_rng(seed) for seed in (1, 2))
    model = nn.Sequential(
        nn.Linear(4, 8, generator=first), nn.Tanh(), nn.Linear(8, 3, generator=last)
    )
    return model.to(DEVICE) if there else model


def batches(there):
    move = on_device if there else np.array
    return [(move(INPUTS[i : i + 8]), move(CLASSES[i : i + 8])) for i in range(0, 40, 8)]


def same(found, expected):
    for p, q in zip(found.parameters(), expected.parameters(), strict=True):
        assert isinstance(p.data, DeviceArray)
        np.testing.assert_allclose(p.data.get(), q.data, 1e-9, 1e-10)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_works_on_arrays_of_a_device(name):
    models = []
    for there in (True, False):
        model = model_of(there)
        parameters = [p for p in model.parameters() if p.ndim == 2 or name != "Muon"]
        optimizer = getattr(nn.optim, name)(parameters, lr=0.01)
        for x, y in batches(there):

            def closure(x=x, y=y, model=model, optimizer=optimizer):
                optimizer.zero_grad()
                loss = nn.cross_entropy(model(x), y)
                loss.backward()
                nn.optim.clip_grad_norm(model.parameters(), 0.5)
                return loss

            if name == "LBFGS":
                optimizer.step(closure)
            else:
                closure()
                optimizer.step()
        models.append(model)
    same(*models)


@pytest.mark.parametrize(
    "options", [{}, {"accumulate": 2, "max_norm": 1.0}, {"jit": True}], ids=str
)
def test_fit_works_on_arrays_of_a_device(options, tmp_path):
    models = []
    for there in (True, False):
        file = tmp_path / f"{there}.safetensors"
        for epochs in (2, 4):  # the second run resumes the first one
            model = model_of(there)
            history = nn.fit(
                model,
                batches(there),
                nn.cross_entropy,
                nn.optim.Adam(model.parameters(), 0.01),
                epochs,
                metrics=[nn.accuracy],
                checkpoint=file,
                resume=True,
                progress=False,
                **options,
            )
        assert len(history["loss"]) == 4
        models.append(model)
    same(*models)


def test_a_loader_takes_examples_from_a_device():
    loader = nn.DataLoader((on_device(INPUTS), on_device(CLASSES)), batch_size=8, shuffle=True)
    assert all(isinstance(part, DeviceArray) for batch in loader for part in batch)


def test_weights_are_saved_from_and_loaded_to_a_device(tmp_path):
    saved, loaded, here = model_of(True), model_of(True), model_of(False)
    for parameter in saved.parameters():
        parameter.data = parameter.data * 2
    nn.save(saved, tmp_path / "weights.safetensors")
    for model in (loaded, here):
        nn.load_into(model, tmp_path / "weights.safetensors")
    same(loaded, here)
    loaded.load_state_dict(model_of(False).state_dict())
    same(loaded, model_of(False))


def test_a_model_moves_there_and_back():
    model = model_of(True).to(np)
    assert all(type(p.data) is np.ndarray for p in model.parameters())
    with pytest.raises(OptionError, match="no library of arrays"):
        model.to("gpu")


@pytest.mark.skipif(strict.CUPY, reason="the transfers of CuPy are not counted")
def test_a_step_reads_only_what_it_must():
    model = model_of(True)
    optimizer = nn.optim.Adam(model.parameters(), 0.01)
    for x, y in batches(True):
        strict.transfers.clear()
        optimizer.zero_grad()
        nn.cross_entropy(model(x), y).backward()
        optimizer.step()
        assert strict.transfers == ["get"]  # the least and the largest class
