"""Files of `nn.torch_style`: what they keep, and that loading them runs no code."""

import copy
import functools
import importlib
import inspect
import io
import os
import pickle
import sys

import numpy as np
import pytest

import autograd
import nn as plain_nn
import nn.torch_style as torch
from autograd import Tensor, define
from autograd.engine.named import item_at, place_of
from autograd.errors import DataError, WeightsError
from nn.torch_style import nn, optim
from nn.torch_style.nn import functional
from nn.torch_style.pickled import dumps
from nn.torch_style.saving import PICKLED


def test_pickles_are_refused_with_the_line_that_converts_them(tmp_path):
    path = tmp_path / "model.pt"
    path.write_bytes(pickle.dumps({"weight": [1.0]}, protocol=2))
    with pytest.raises(WeightsError, match=r"python -c .*save_file"):
        torch.load(path)
    np.savez(tmp_path / "model.npz", weight=np.ones(2))
    assert torch.load(tmp_path / "model.npz")["weight"].tolist() == [1, 1]


@pytest.mark.parametrize("as_file", [False, True])
def test_whole_objects_are_loaded_only_from_trusted_files(tmp_path, as_file):
    model = nn.Sequential(nn.TransformerEncoderLayer(4, 2, 8), nn.Linear(4, 1)).eval()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    path, x = tmp_path / "model.pt", torch.ones(2, 3, 4)
    if as_file:
        with open(path, "wb") as file:
            torch.save((model, optimizer), file)
    else:
        torch.save((model, optimizer), path)
    with open(path, "rb") as file:
        loaded, another = torch.load(file if as_file else path, weights_only=as_file)
    assert torch.equal(loaded(x), model(x))
    assert another.param_groups[0]["params"][0] is next(loaded.parameters())
    loaded(x).sum().backward()
    another.step()
    assert not torch.equal(loaded(x), model(x))
    content = path.read_bytes()
    with pytest.raises(WeightsError):
        torch.save((model, lambda: 1), path)
    assert path.read_bytes() == content


class Evil:
    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


class OwnModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(2, 1)

    def forward(self, x):
        return torch.relu(self.linear(x))


def named(item, name=None):
    """Return the code of a pickle that refers to something by its name."""
    return f"c{item.__module__}\n{name or item.__qualname__}\n".encode()


def text(string):
    return b"X" + len(string).to_bytes(4, "little") + string.encode()


def made(kind):
    return named(kind) + b")\x81"


EVIL = [
    *map(dumps, [
        Evil(os.system, "true"), Evil(eval, "1"), Evil(getattr, torch.save, "__call__"), print,
        Evil(item_at, "os", "system"), Evil(item_at, "autograd", "grad"), np.save, torch.save,
        Evil(functools.partial, print), Evil(importlib.import_module, "os"), Evil(open, "x"),
        plain_nn.export_onnx, Evil(nn.Linear, 1, 1), Evil(np.dtype, "O"), Evil(np.float64, 1),
        np.array([{}]), np.zeros(1, "O,i4"), np.dtype("O"), Evil(np.ndarray, 1),
    ]),
    # Methods of a class, or of a function with a rule, replaced in a file.
    named(nn.Linear) + b"N}" + text("forward") + named(nn.Linear) + b"s\x86b.",
    named(Tensor) + b"N}" + text("sum") + named(nn.Linear) + b"s\x86b.",
    named(item_at) + text("autograd") + text("relu") + b"\x86RN}" + text("x") + b"Ns\x86b.",
    named(item_at) + b"}" + text("x") + b"Nsb.",
    # Classes called in other ways than REDUCE: by opcodes, and as what a method was replaced by.
    b"(inn.torch_style.nn.layers\nLinear\n.", b"(" + named(nn.Linear) + b"o.", b"\x82\x01.",
    made(nn.Linear) + b"}" + text("__setstate__") + named(nn.Linear) + b"sbNb.",
    made(nn.Linear) + b"}" + text("append") + named(nn.Linear) + b"sbK\x02a.",
    made(nn.Linear) + b"}" + text("extend") + named(nn.Linear) + b"sb(K\x02e.",
    made(nn.Tanh) + made(nn.Linear) + b"}" + text("items") + named(nn.Linear) + b"sbb.",
    made(nn.Linear) + b"(K\x02\x90.", made(nn.ModuleDict) + text("x") + b"Ns.",
    made(nn.ModuleDict) + b"(" + text("x") + b"Nu.", made(Tensor) + b".", made(torch.Tensor) + b".",
    # Numbers that would be read from any memory, and what is cut off.
    dumps(torch.float64.array).replace(b"<f8", b"|O8"), b"X\1\0\0\0\xff.", dumps(np.ones(3))[:-9], b"", b"R.", b".",
]  # fmt: skip


@pytest.mark.parametrize("content", EVIL, ids=range(len(EVIL)))
def test_loading_calls_and_changes_nothing(tmp_path, content):
    before = dict(vars(nn.Linear)), dict(vars(torch.relu))
    (tmp_path / "evil.pt").write_bytes(PICKLED + content)
    with pytest.raises(WeightsError, match=r"weights_only=False|of the type|damaged"):
        torch.load(tmp_path / "evil.pt")
    assert (dict(vars(nn.Linear)), dict(vars(torch.relu))) == before


@pytest.mark.parametrize("position", [-1, 625, 10**9])
def test_generators_start_at_no_place_outside_their_state(position):
    state = torch.Generator().get_state()
    state["state"]["pos"] = position
    with pytest.raises(DataError, match="0 to 624"):
        torch.Generator().set_state(state)


ARGUMENTS = [
    (), (2,), (2, 2), (2, 2, 1), (2, 2, 2), (4, 2, 8), (nn.Linear(1, 1),), ([nn.Linear(1, 1)],),
    (nn.TransformerEncoderLayer(4, 2, 8), 1), ((2, 2),), (4, 6, [2]), (1, (2, 2)),
]  # fmt: skip


def first_made(kind):
    for arguments in ARGUMENTS:
        try:
            return kind(*arguments)
        except Exception:  # of any kind, where the arguments do not fit
            continue
    return None


def test_every_layer_can_be_loaded():
    kinds = {item for item in vars(nn).values() if inspect.isclass(item)}
    layers = [first_made(kind) for kind in kinds if issubclass(kind, plain_nn.Module)]
    layers = [layer for layer in layers if layer is not None]
    loaded = again(layers)
    assert len(layers) > 120
    for one, other in zip(layers, loaded, strict=True):
        assert type(one) is type(other)
        assert repr(one) == repr(other)
        if "Lazy" not in type(one).__name__:
            found = other.state_dict()
            assert all(torch.equal(part, found[name]) for name, part in one.state_dict().items())


@pytest.mark.parametrize("dtype", [torch.float32, torch.complex64])
@pytest.mark.parametrize("kind", [optim.Adam, optim.SGD, optim.Rprop, optim.ASGD])
def test_optimisers_and_schedules_go_on_when_loaded(kind, dtype):
    p = torch.ones(2, 2, dtype=dtype, requires_grad=True)
    optimizer = kind([p], lr=0.1)
    everything = [(p, optimizer, optim.lr_scheduler.StepLR(optimizer, 1))]
    for factor in (2, -3):
        for parameter, each, schedule in everything:
            parameter.grad = parameter.detach() * factor
            each.step()
            schedule.step()
        everything = [everything[0], again(everything[0])]
    assert torch.equal(everything[0][0], everything[1][0])


NUMBERS = [
    np.float16(3), np.bool_(True), np.array(2.5), np.array([], np.int8), np.zeros((2, 0)),
    np.arange(6.0).reshape(2, 3).T, np.arange(24).reshape(2, 3, 4).transpose(1, 0, 2),
    np.array(["a", "bc"]), np.array(["2020-01-01"], "M8[D]"), np.array([1, 2], ">i4"),
    np.broadcast_to(np.float32(1), (2, 3)), np.longdouble(1) / 3,
]  # fmt: skip


def test_numbers_are_loaded_as_they_were():
    for item in NUMBERS:
        found = again(item)
        assert type(found) is type(item)
        assert (found.dtype, found.shape) == (item.dtype, item.shape)
        np.testing.assert_array_equal(found, item)
        assert found.flags.writeable or found.ndim == 0
    one, same = again([NUMBERS[2]] * 2)
    assert one is same
    names = [torch.float32, torch.bool, torch.bfloat16, torch.preserve_format]
    for name in names:
        assert again(name) is name
        assert copy.deepcopy(name) is name


def again(item):
    """Return what a file has after this was saved as a part of a whole object."""
    file = io.BytesIO()
    torch.save([item, nn.Identity()], file)
    file.seek(0)
    return torch.load(file)[0]


own = define(lambda x: np.sin(x), lambda g, y, x: g * np.cos(x), name="own")


def test_rules_are_named_where_they_are_imported_from(monkeypatch):
    monkeypatch.setattr(sys.modules["__main__"], "relu", autograd.relu, raising=False)
    monkeypatch.setattr(sys.modules[__name__], "aaa", autograd.relu, raising=False)
    assert place_of(autograd.relu)[0].partition(".")[0] in ("autograd", "nn")
    assert place_of(own) == (__name__, "own")


def test_functions_can_be_pickled():
    for space in (torch, functional):
        for name in dir(space):
            item = getattr(space, name)
            if inspect.isfunction(item) and not name.startswith("_"):
                assert pickle.loads(pickle.dumps(item)) is item, name


def test_classes_of_files_can_be_listed(tmp_path):
    path, model, x = tmp_path / "own.pt", OwnModel(), torch.ones(3, 2)
    torch.save({"model": model, "relu": torch.relu}, path)
    with pytest.raises(WeightsError, match="OwnModel"):
        torch.load(path)
    serialization = torch.serialization
    with serialization.safe_globals([OwnModel, torch.relu]):
        assert torch.equal(torch.load(path)["model"](x), model(x))
    assert serialization.get_safe_globals() == []
    serialization.add_safe_globals([(OwnModel, f"{__name__}.OwnModel"), torch.relu])
    assert torch.equal(torch.load(path)["model"](x), model(x))
    serialization.clear_safe_globals()
    assert torch.equal(torch.load(path, weights_only=False)["model"](x), model(x))


def test_files_whose_length_looks_like_a_pickle_are_loaded(tmp_path):
    starts = set()
    for length in range(340, 370, 2):
        torch.save({"a" * length: torch.ones(1)}, tmp_path / "w.pt")
        starts.add((tmp_path / "w.pt").read_bytes()[:2])
        assert list(torch.load(tmp_path / "w.pt")) == ["a" * length]
    assert b"\x80\x03" in starts
